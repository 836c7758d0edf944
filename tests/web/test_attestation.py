"""The holder's page: the facts, the addresses, the paper."""

import re
import subprocess
import uuid
from pathlib import Path

from flask import Flask

from tests.browse import Browser, Page
from tests.services.test_pdf import run
from tests.web.papers import address, issued


def paper(page: Page, number: int = 0) -> Page:
    return page.browser.get([link for link in page.links if link.endswith("/pdf")][number])


def test_it_works(benoit: Browser) -> None:
    page = issued(benoit)
    for words in (
        "Attestation de réussite",
        "Benoît Roy",
        "Valide",
        "Délivrée par Association Exemple",
        "1 h (théorie), non mesurée",
        "Écouter",
        "Identité non vérifiée",
        "ni un titre professionnel",
        "peut laisser deviner un vécu en santé mentale",
    ):
        assert words in page.text, words


def test_asvs_5_4_1_the_paper(benoit: Browser, tmp_path: Path) -> None:
    answer = paper(issued(benoit))
    assert answer.response.mimetype == "application/pdf"
    assert answer.response.headers["Content-Disposition"] == 'attachment; filename="attestation.pdf"'
    assert answer.response.headers["Cache-Control"] == "no-store"
    (tmp_path / "paper.pdf").write_bytes(answer.response.get_data())
    text = " ".join(run("pdftotext", tmp_path / "paper.pdf", "-").split())
    assert "Benoît Roy" in text and "Premiers repères" in text


def test_the_discreet_paper_has_its_own_address(benoit: Browser, tmp_path: Path) -> None:
    page = issued(benoit).form("/links").submit(title="discreet")
    assert "Papier avec le titre discret" in page.text
    assert len({address(page, 0), address(page, 1)}) == 2
    places = [one for one in page.text.split("Papier avec ") if one.startswith("le titre")]
    number = next(n for n, one in enumerate(places) if one.startswith("le titre discret"))
    (tmp_path / "paper.pdf").write_bytes(paper(page, number).response.get_data())
    text = run("pdftotext", tmp_path / "paper.pdf", "-") + run("pdfinfo", tmp_path / "paper.pdf")
    assert "Relations et écoute" in text
    assert not re.search(r"Premiers repères|reperes|Parler", text)
    public = benoit.get(address(page, number)).text
    assert "Relations et écoute" in public
    assert not re.search(r"Premiers repères|reperes|Parler", public)


def test_closing_an_address(benoit: Browser, visitor: Browser) -> None:
    page = issued(benoit)
    path, pdf = address(page), next(link for link in page.links if link.endswith("/pdf"))
    assert visitor.get(path).status == 200
    page = page.form("/closure").submit()
    assert "Aucune adresse n'est ouverte" in page.text and "1 adresse fermée" in page.text
    assert visitor.get(path).status == 404
    assert benoit.get(pdf).status == 404
    assert "Valide" in page.text, "the attestation itself stands"
    page = page.form("/links").submit(title="real")
    assert address(page) != path and visitor.get(address(page)).status == 200


def test_the_same_form_sent_twice_opens_one_address(benoit: Browser) -> None:
    form = issued(benoit).form("/links")
    form.submit(title="discreet")
    page = form.submit(title="discreet")
    assert len([link for link in page.links if link.startswith("/V/")]) == 2


def test_twenty_addresses_are_enough(benoit: Browser) -> None:
    page = issued(benoit)
    for _ in range(19):
        page = page.form("/links").submit(title="real")
        assert page.status == 200
    page = page.form("/links").submit(title="real")
    assert page.status == 422 and "fermez-en une d'abord" in page.text


def test_a_form_with_another_title_or_no_key(benoit: Browser) -> None:
    form = issued(benoit).form("/links")
    for changes in ({"title": ["other"]}, {"title": ["real"], "idempotency_key": [""]}):
        assert benoit.send("post", form.action, {**form.values(), **changes}).status == 400


def test_somebody_elses_is_not_there(benoit: Browser, chloe: Browser) -> None:
    page = issued(benoit)
    mine = chloe.get("/accounts/").form("/sign-out").values()
    assert chloe.get(page.path).status == 404
    assert chloe.get(next(link for link in page.links if link.endswith("/pdf"))).status == 404
    for ending, extra in (("/links", {"title": "real", "idempotency_key": "k" * 20}), ("/closure", {})):
        form = page.form(ending)
        assert chloe.send("post", form.action, {**mine, **extra}).status == 404
    assert benoit.get(address(page)).status == 200, "nothing was closed"


def test_an_attestation_that_does_not_exist(benoit: Browser) -> None:
    assert benoit.get(f"/attestations/{uuid.uuid4()}").status == 404
    assert benoit.get("/attestations/1").status == 404


def test_in_english_the_page_changes_and_the_paper_stays(benoit: Browser, tmp_path: Path) -> None:
    page = issued(benoit)
    page = benoit.get(page.path).form("/language").submit(language="en")
    page = benoit.get(next(link for link in benoit.get("/attestations/").links if re.search(r"/[0-9a-f-]{36}$", link)))
    assert "Attestation of achievement" in page.text and "First landmarks" in page.text
    (tmp_path / "paper.pdf").write_bytes(paper(page).response.get_data())
    assert "Attestation de réussite" in run("pdftotext", tmp_path / "paper.pdf", "-")


def test_the_qr_code_leads_to_the_address(benoit: Browser, site: Flask, tmp_path: Path) -> None:
    page = issued(benoit)
    (tmp_path / "paper.pdf").write_bytes(paper(page).response.get_data())
    run("pdftoppm", "-gray", "-r", "100", "-l", "1", "-singlefile", tmp_path / "paper.pdf", tmp_path / "page")
    run("zbarimg", "--version")
    read = subprocess.run(["zbarimg", "-q", "--raw", tmp_path / "page.pgm"], capture_output=True, text=True, check=True)
    assert read.stdout.strip() == ("http://localhost" + address(page)).upper()
    assert Browser(site).get(read.stdout.strip().removeprefix("HTTP://LOCALHOST")).status == 200
