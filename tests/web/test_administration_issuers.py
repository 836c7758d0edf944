"""Organisations as issuers: what they need before they may, their look on paper, their keys."""

import io
import json
import struct
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from flask import Flask

from tests.browse import Browser, Page
from tests.pictures import picture
from tests.web.groups import invitation, join
from tests.web.papers import issued
from tests.web.test_administration_organisations import LIST, add

ASSO = {"name_fr": "Maison Écoute", "slug": "maison-ecoute", "agreement": "Convention du 3 mars 2026"}
SIGNS = {"signatory": "Dalia Benali", "role_fr": "directrice", "role_en": "director"}


@pytest.fixture
def emile(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Émile")


@pytest.fixture
def dalia(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Dalia")


def send(page: Page, **files: bytes) -> Page:
    token = page.form("/pictures").values()["csrf_token"][0]
    data = {name: (io.BytesIO(body), f"{name}.png") for name, body in files.items()}
    return page.browser.send("post", page.form("/pictures").action, {"csrf_token": token, **data})


def cohort_of(trainer: Browser, name: str = "Maison Écoute") -> Page:
    """A cohort that the organisation holds."""
    form = trainer.get("/cohorts/new").form("/cohorts/")
    return form.submit(name="Mardi", organisation=form.choices("organisation")[name])


def test_it_works(emile: Browser, dalia: Browser, benoit: Browser, visitor: Browser) -> None:
    """From the form to a paper that bears its name, its look, its signatory, signed with its own key."""
    page = add(emile, **ASSO, **SIGNS, colour="#5A1E6E", web="https://ecoute.example").follow("Maison Écoute")
    page = send(page, logo=picture(), signature=picture(200, 60))
    assert page.status == 200 and page.text.count("Il y en a une") == 2
    sample = emile.get(page.path + "/paper").response
    assert sample.mimetype == "application/pdf"

    join(benoit, invitation(cohort_of(dalia)))
    made = issued(benoit)
    assert "Maison Écoute" in made.text and "Dalia Benali, directrice" in made.text
    credential = json.loads(benoit.get(f"{made.path}/credentials/real").response.get_data())
    assert credential["issuer"]["id"].endswith(":o:maison-ecoute") and credential["issuer"]["name"] == "Maison Écoute"
    assert json.loads(visitor.get("/o/maison-ecoute/did.json").response.get_data())["id"] == credential["issuer"]["id"]
    link = next(one for one in made.links if one.endswith("/pdf"))
    with pikepdf.open(io.BytesIO(benoit.get(link).response.get_data())) as paper:
        images = [one for one in paper.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]
        assert len(images) >= 2


def test_without_an_agreement_its_name_is_on_no_attestation(emile: Browser, dalia: Browser, benoit: Browser) -> None:
    add(emile, **(ASSO | {"agreement": ""}))
    join(benoit, invitation(cohort_of(dalia)))
    made = issued(benoit)
    assert "Association Exemple" in made.text and "Maison Écoute" not in made.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"slug": "Été !"}, "Des lettres sans accent"),
        ({"slug": "site"}, "déjà pris"),
        ({"slug": "-a"}, "Des lettres sans accent"),
        ({"slug": "", "agreement": "Convention"}, "À remplir"),
        ({"colour": "bleu"}, "Une couleur comme"),
        ({"colour": "#ffee00"}, "trop pâle"),
        ({"colour": "#767676"}, "trop pâle"),
        ({"signatory": "x" * 121}, "Au plus 120 signes"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_its_field(emile: Browser, changes: dict[str, str], words: str) -> None:
    page = add(emile, **(ASSO | changes))
    assert page.status == 422 and words in page.text and "Maison Écoute" in str(page.form(LIST).values())


def test_two_organisations_have_two_short_names(emile: Browser) -> None:
    add(emile, **ASSO)
    assert "déjà pris" in add(emile, **(ASSO | {"name_fr": "Une autre"})).text


def test_a_short_name_that_has_signed_no_longer_changes(emile: Browser, dalia: Browser, benoit: Browser) -> None:
    add(emile, **ASSO)
    join(benoit, invitation(cohort_of(dalia)))
    issued(benoit)
    page = emile.get(LIST).follow("Maison Écoute")
    changed = page.form(page.path.rpartition("/")[2]).submit(slug="autre-nom")
    assert changed.status == 422 and "il ne change plus" in changed.text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"GIF89a" + bytes(100), "Seules les images PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "Seules les images PNG"),
        (picture()[:-20], "Seules les images PNG"),
        (picture().replace(b"IDAT", b"IDAX"), "Seules les images PNG"),
        (picture(20, 10), "Au moins 40"),
        (picture(2401, 30), "Au plus 2400"),
        (picture() + bytes(300_001), "Au plus 300 ko"),
    ],
)
def test_a_picture_that_cannot_be_printed(emile: Browser, body: bytes, words: str) -> None:
    page = add(emile, **ASSO).follow("Maison Écoute")
    sent = send(page, logo=body)
    assert sent.status == 422 and words in sent.text
    assert "Il y en a une" not in emile.get(page.path).text


def test_what_a_picture_hides_is_left_out(emile: Browser, site: Flask) -> None:
    from sqlalchemy import select

    from elearn.store.base import db
    from elearn.store.cohorts import Organisation

    hidden = b"Author\0canari-photographe"
    chunk = struct.pack(">I", len(hidden)) + b"tEXt" + hidden + struct.pack(">I", zlib.crc32(b"tEXt" + hidden))
    page = send(add(emile, **ASSO).follow("Maison Écoute"), logo=picture(extra=chunk))
    assert page.status == 200
    with site.app_context(), db.engine.connect() as connection:
        kept = connection.execute(select(Organisation.logo)).scalar_one()
    assert kept == picture() and b"canari" not in kept
    token = page.form("/pictures").values()["csrf_token"][0]
    emile.send("post", page.form("/pictures").action, {"csrf_token": token, "no_logo": "1"})
    assert "Il y en a une" not in emile.get(page.path).text


def test_its_keys(emile: Browser, benoit: Browser, visitor: Browser) -> None:
    assert "Pas encore de clé" in emile.get("/administration/issuers/site").text
    made = issued(benoit)
    before = json.loads(benoit.get(f"{made.path}/credentials/real").response.get_data())
    page = emile.get(LIST).follow("Clés de signature du site")
    assert page.text.count("Signe") >= 1
    token = page.form("/keys").values()["csrf_token"][0]
    page = emile.send("post", "/administration/issuers/site/keys", {"csrf_token": token})
    assert "Retirée, toujours reconnue" in page.text
    name = before["proof"]["verificationMethod"].partition("#")[2]
    page = emile.send("post", "/administration/issuers/site/keys", {"csrf_token": token, "compromised": name})
    assert "Compromise, plus reconnue" in page.text
    document = json.loads(visitor.get("/o/site/did.json").response.get_data())
    assert before["proof"]["verificationMethod"] not in document["assertionMethod"]
    after = json.loads(benoit.get(f"{made.path}/credentials/real").response.get_data())
    assert after["proof"]["verificationMethod"] in document["assertionMethod"] and after["id"] == before["id"]
    assert (
        emile.send("post", "/administration/issuers/site/keys", {"csrf_token": token, "compromised": "x"}).status == 404
    )
    assert emile.get("/administration/issuers/nobody").status == 404
