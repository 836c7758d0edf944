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


def new_link(page: Page, **chosen: str) -> Page:
    """Another paper; a box that is not to be ticked is given as empty."""
    form = page.form("/links")
    values = {name: value[0] for name, value in form.values().items()} | chosen
    return page.browser.send("post", form.action, {name: value for name, value in values.items() if value})


def test_an_address_has_a_label_and_counts_how_often_it_was_opened(benoit: Browser, visitor: Browser) -> None:
    page = new_link(issued(benoit), title="real", label="Pour l'hôpital", ends="30")
    assert "Pour l'hôpital" in page.text and "prend fin le" in page.text and "pas encore ouverte" in page.text
    path = next(link for link in page.links if link.startswith("/V/") and link != address(page))
    visitor.get(path)
    visitor.get(path)
    visitor.get(path).form(path).submit(name="Benoît Roy")
    text = benoit.get(page.path).text
    assert "ouverte au moins 3 fois" in text and "pas encore ouverte" in text, "each address has its own count"


def test_the_holder_chooses_what_an_address_shows(benoit: Browser, visitor: Browser) -> None:
    page = issued(benoit)
    known = {link for link in page.links if link.startswith("/V/")}
    page = new_link(page, title="real", name="1", details="")
    (path,) = {link for link in page.links if link.startswith("/V/")} - known
    shown = visitor.get(path)
    assert "Benoît Roy a réussi" in shown.text and not [form for form in shown.forms if form.action == path]
    for hidden in ("Écouter", "Compétences", "des points"):
        assert hidden not in shown.text
    assert "Votre nom est montré en entier." in page.text and "Sans les unités" in page.text


def test_an_address_that_ended_answers_as_an_unknown_one(benoit: Browser, visitor: Browser, site: Flask) -> None:
    from sqlalchemy import update

    from elearn.store.attestations import ShareLink
    from elearn.store.base import db, now

    page = new_link(issued(benoit), title="discreet", label="Brève", ends="30")
    with site.app_context(), db.engine.begin() as connection:
        connection.execute(update(ShareLink).where(ShareLink.label == "Brève").values(expires_at=now()))
    page = benoit.get(page.path)
    assert "Brève" in page.text and "1 adresse fermée" in page.text


def test_the_signed_file_is_taken_along(benoit: Browser, chloe: Browser) -> None:
    page = issued(benoit)
    for variant in ("real", "discreet"):
        answer = benoit.get(f"{page.path}/credentials/{variant}").response
        assert answer.mimetype == "application/vc" and answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"] == 'attachment; filename="attestation.vc.json"'
        assert chloe.get(f"{page.path}/credentials/{variant}").status == 404
    assert benoit.get(f"{page.path}/credentials/other").status == 404


def test_the_paper_holds_the_signed_file_of_its_own_title(benoit: Browser, tmp_path: Path) -> None:
    import io
    import json

    import pikepdf

    page = issued(benoit)
    page = new_link(page, title="discreet")
    seen = set()
    for number in (0, 1):
        with pikepdf.open(io.BytesIO(paper(page, number).response.get_data())) as file:
            (name,) = file.attachments
            credential = json.loads(file.attachments[name].get_file().read_bytes())
        assert name == "attestation.vc.json"
        seen.add(credential["credentialSubject"]["achievement"]["name"])
    assert seen == {"Premiers repères", "Relations et écoute"}


def test_a_name_that_cannot_be_printed_is_refused_beside_its_field(benoit: Browser) -> None:
    page = issued(benoit).form("/name").submit(printed_name="Benoît \U0001f600")
    assert page.status == 422 and "ne peuvent pas être imprimés" in page.text


def test_reminders_are_a_choice(benoit: Browser, site: Flask) -> None:
    from sqlalchemy import select

    from elearn.store.accounts import Person
    from elearn.store.base import db

    issued(benoit)
    form = benoit.get("/attestations/").form("/reminders")
    assert form.values()["wanted"] == ["1"]
    token = form.values()["csrf_token"][0]
    benoit.send("post", "/attestations/reminders", {"csrf_token": token})
    with site.app_context(), db.engine.connect() as connection:
        assert connection.execute(select(Person.reminders)).scalars().all() == [False]
    assert "wanted" not in benoit.get("/attestations/").form("/reminders").values()


def test_a_renewal_is_offered_when_the_end_is_near(benoit: Browser, site: Flask) -> None:
    import datetime as dt

    from sqlalchemy import update

    from elearn.store.attestations import Attestation
    from elearn.store.base import db, now

    page = issued(benoit)
    assert not [form for form in page.forms if form.action.endswith("/renewal")]
    with site.app_context(), db.engine.begin() as connection:
        connection.execute(update(Attestation).values(valid_until=now() + dt.timedelta(days=20)))
    page = benoit.get(page.path)
    assert "Elle prend fin le" in page.text
    renewed = page.form("/renewal").submit()
    assert renewed.path != page.path and "Attestation de réussite" in renewed.text
    assert not [form for form in benoit.get(page.path).forms if form.action.endswith("/renewal")]


def test_what_the_issuers_name_reveals_is_said_before_it_is_chosen(benoit: Browser) -> None:
    assert "le nom de l'organisme, « Association Exemple », y reste écrit" in issued(benoit).text
