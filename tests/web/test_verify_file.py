"""« Vérifier le fichier »: what a stranger is told of a PDF or a JSON, and that nothing of it is kept."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import update

from elearn.services import credentials, issuers, signing, status_lists
from elearn.services.audit import By
from elearn.store.attestations import Attestation
from elearn.store.base import db, now
from elearn.store.credentials import StatusList
from tests.browse import Browser, Page
from tests.web.papers import NAME, issued

ADDRESS = "http://localhost:8080"


@pytest.fixture
def page(benoit: Browser) -> Page:
    return issued(benoit)


@pytest.fixture
def signed(page: Page) -> bytes:
    found: bytes = page.browser.get(f"{page.path}/credentials/real").response.get_data()
    return found


def bring(browser: Browser, body: bytes, name: str = "attestation.pdf", typed: str = "") -> Page:
    data = {"file": (io.BytesIO(body), name), "name": typed}
    return browser.send("post", "/V/file", data)


def pdf_of(page: Page) -> bytes:
    link = next(one for one in page.links if one.endswith("/pdf"))
    found: bytes = page.browser.get(link).response.get_data()
    return found


def test_it_works(page: Page, visitor: Browser) -> None:
    told = bring(visitor, pdf_of(page))
    assert (told.status, told.heading()) == (200, "Valide")
    for words in (
        "Attestation de réussite : Premiers repères",
        NAME,
        "Association Exemple",
        "localhost",
        "n'a pas été gardé",
    ):
        assert words in told.text, words


def test_the_json_alone(signed: bytes, visitor: Browser) -> None:
    assert bring(visitor, signed, "attestation.vc.json").heading() == "Valide"
    spaced = json.dumps(json.loads(signed), indent=3).encode()
    assert bring(visitor, spaced).heading() == "Valide", "what counts is what it says, not how it is written"


def test_the_discreet_file_says_no_name_and_compares_one(page: Page, visitor: Browser) -> None:
    body = page.browser.get(f"{page.path}/credentials/discreet").response.get_data()
    told = bring(visitor, body)
    assert told.heading() == "Valide" and NAME not in told.text and "ne dit pas le nom" in told.text
    assert "Premiers repères" not in told.text and "Relations et écoute" in told.text
    assert "Oui : c'est le nom" in bring(visitor, body, typed="Benoît Roy").text
    assert "Non : ce n'est pas le nom" in bring(visitor, body, typed="Chloé Roy").text


def test_an_edited_pdf(page: Page, visitor: Browser) -> None:
    """The words on the page were changed: the file within still tells the truth, and the answer shows it."""
    with pikepdf.open(io.BytesIO(pdf_of(page))) as paper:
        attached = paper.attachments["attestation.vc.json"].get_file()
        credential = json.loads(attached.read_bytes())
        credential["credentialSubject"]["identifier"][0]["identityHash"] = "Une autre personne"
        paper.attachments["attestation.vc.json"] = pikepdf.AttachedFileSpec(paper, json.dumps(credential).encode())
        forged = io.BytesIO()
        paper.save(forged)
    told = bring(visitor, forged.getvalue())
    assert told.heading() == "Pas authentique" and "Une autre personne" not in told.text


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.update(name="Attestation de réussite : Tout savoir"),
        lambda one: one.update(grade="A"),
        lambda one: one["credentialSubject"].update(activityEndDate="2020-01-01T00:00:00Z"),
        lambda one: one["proof"].update(verificationMethod=one["proof"]["verificationMethod"][:-1] + "9"),
        lambda one: one["proof"].update(verificationMethod="did:web:localhost%3A8080:o:autre#key-2026-1"),
        lambda one: one["credentialStatus"].update(statusListIndex="1"),
        lambda one: one.pop("credentialStatus"),
        lambda one: one.update({"@context": one["@context"][:1]}),
    ],
)
def test_a_forged_file(change: Callable[[Any], object], signed: bytes, visitor: Browser) -> None:
    credential = json.loads(signed)
    change(credential)
    assert bring(visitor, json.dumps(credential).encode()).heading() == "Pas authentique"


def test_another_issuers_credential(signed: bytes, visitor: Browser) -> None:
    """Well signed, by somebody else: the site says that it cannot tell, and asks no other machine."""
    text = signed.decode().replace("did:web:localhost%3A8080:o:site", "did:web:autre.example.org:o:site")
    credential = json.loads(text)
    del credential["proof"]
    secret = signing.new_key()
    forged = signing.sign(credential, secret, "did:web:autre.example.org:o:site#key-2026-1", now())
    told = bring(visitor, json.dumps(forged).encode())
    assert told.heading() == "Délivrée ailleurs" and "did:web:autre.example.org:o:site" in told.text
    assert NAME not in told.text


def _zip() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "a")
    return file.getvalue()


EMPTY_PDF = pikepdf.new()
EMPTY_PDF.add_blank_page()
_WITHOUT = io.BytesIO()
EMPTY_PDF.save(_WITHOUT)
DEEP = b'{"proof":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    ("body", "heading"),
    [
        (_WITHOUT.getvalue(), "Pas d'attestation signée"),
        (_zip(), "Fichier illisible"),
        (b"%PDF-1.7 \x00\xff" * 40, "Fichier illisible"),
        (b"PK\x03\x04%PDF-1.7", "Fichier illisible"),
        (b"{", "Fichier illisible"),
        (b"[]", "Fichier illisible"),
        (b'{"proof": 1}', "Fichier illisible"),
        (b'{"proof": {"verificationMethod": []}, "issuer": {"id": 4}}', "Fichier illisible"),
        (b'"\xff\xfe"', "Fichier illisible"),
        (DEEP, "Fichier illisible"),
        (b'{"proof": {}, "issuer": "did:web:..:..", "type": ["OpenBadgeCredential"]}', "Pas authentique"),
    ],
)
def test_what_is_no_attestation(body: bytes, heading: str, visitor: Browser) -> None:
    told = bring(visitor, body)
    assert (told.status, told.heading()) == (200, heading)


def test_no_file(visitor: Browser) -> None:
    told = bring(visitor, b"")
    assert told.status == 422 and "Choisissez d'abord un fichier." in told.text


def test_fifty_megabytes_are_refused_unread(visitor: Browser) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7'
    body = head + bytes(50 * 1024 * 1024) + b"\r\n--x--\r\n"
    answer = visitor.client.post("/V/file", data=body, content_type="multipart/form-data; boundary=x")
    told = Page(visitor, "/V/file", answer)
    assert (told.status, told.heading()) == (413, "Fichier trop gros")


def test_a_revoked_one(page: Page, signed: bytes, site: Flask, visitor: Browser) -> None:
    with site.app_context():
        attestation = page.path.rpartition("/")[2]
        with db.engine.begin() as connection:
            connection.execute(update(Attestation).values(state="revoked"))
        from elearn.services import transaction

        transaction.run(lambda tx: credentials.revoke(tx, attestation, now()))
        status_lists.sign("site", ADDRESS, now())
    assert bring(visitor, signed).heading() == "Révoquée par l'organisme"


def test_a_corrected_one_tells_that_a_newer_one_is_there(
    page: Page, signed: bytes, site: Flask, visitor: Browser
) -> None:
    with site.app_context():
        credentials.remake(page.path.rpartition("/")[2], ADDRESS, now())
        status_lists.sign("site", ADDRESS, now())
    assert bring(visitor, signed).heading() == "Remplacée"
    newer = page.browser.get(f"{page.path}/credentials/real").response.get_data()
    assert newer != signed and bring(visitor, newer).heading() == "Valide"
    assert json.loads(newer)["id"] == json.loads(signed)["id"]


def test_a_retired_key_still_vouches_and_a_compromised_one_does_not(
    page: Page, signed: bytes, site: Flask, visitor: Browser
) -> None:
    with site.app_context():
        assert issuers.renew_key("site", By(now())) != "key-2026-1"
        status_lists.sign("site", ADDRESS, now())
    assert bring(visitor, signed).heading() == "Valide"
    with site.app_context():
        issuers.renew_key("site", By(now()), compromised=f"key-{now().year}-1")
        assert credentials.sign_again(ADDRESS, By(now())) == 1
        assert credentials.sign_again(ADDRESS, By(now())) == 0
    assert bring(visitor, signed).heading() == "Pas authentique"
    newer = page.browser.get(f"{page.path}/credentials/real").response.get_data()
    assert bring(visitor, newer).heading() == "Valide"


def test_a_list_past_its_week_is_an_unknown_status(signed: bytes, site: Flask, visitor: Browser) -> None:
    with site.app_context():
        status_lists.sign("site", ADDRESS, now() - status_lists.signing.LIST_LASTS)
    assert bring(visitor, signed).heading() == "Statut inconnu"
    with site.app_context(), db.engine.begin() as connection:
        connection.execute(update(StatusList).values(body=b""))
    assert bring(visitor, signed).heading() == "Statut inconnu"
    with site.app_context():
        assert status_lists.sign_due(now()) == 1
    assert bring(visitor, signed).heading() == "Valide"


def test_after_erasure_the_holders_own_file_still_verifies(
    page: Page, signed: bytes, site: Flask, visitor: Browser
) -> None:
    from sqlalchemy import select

    from elearn.services import erasure
    from elearn.store.accounts import Person

    with site.app_context():
        with db.engine.connect() as connection:
            uid = connection.execute(select(Person.uid)).scalar_one()
        assert erasure.erase([uid], now()) == 1
    told = bring(visitor, signed)
    assert told.heading() == "Valide" and NAME in told.text


def test_nothing_is_stored(page: Page, site: Flask, visitor: Browser) -> None:
    folder: Path = site.config["ELEARN"].instance
    body = pdf_of(page)

    def there() -> dict[str, int]:
        return {str(path): path.stat().st_size for path in folder.rglob("*") if "limits" not in path.name}

    before = there()
    assert bring(visitor, body).heading() == "Valide"
    after = {name: size for name, size in there().items() if not name.endswith(("-wal", "-shm"))}
    assert {name: size for name, size in before.items() if name in after} == after


def test_it_is_shut_in(visitor: Browser) -> None:
    for answer in (visitor.get("/V/file"), bring(visitor, b"{")):
        headers = answer.response.headers
        assert headers["X-Robots-Tag"] == "noindex, nofollow" and headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in headers


def test_in_english(signed: bytes, visitor: Browser) -> None:
    visitor.get("/").form("/language").submit(language="en")
    told = bring(visitor, signed)
    assert told.heading() == "Valid" and "The file was not kept" in told.text
