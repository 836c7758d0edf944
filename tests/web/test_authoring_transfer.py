"""Files in and out: texts and archives become drafts, all or nothing; everything leaves and comes in again the same."""

import io
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests import world
from tests.browse import FORGED, Browser, Page
from tests.store.test_zip_files import HOSTILE
from tests.web.desk import AFTER, BEFORE, FR, publish, rows, save, text, written

Enter = Callable[[str], Browser]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
NEW = world.ECOUTER_FR.replace("id: ecouter", "id: nouvelle").replace("#", "#")


@pytest.fixture
def ada(signed_in: Enter) -> Browser:
    return signed_in("Ada")


def packed(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path, body in files.items():
            archive.writestr(path, body)
    return target.getvalue()


def upload(browser: Browser, name: str, body: bytes, **changes: str) -> Page:
    form = browser.get("/authoring/upload").form("/uploads")
    fields = {name: values[0] for name, values in form.values().items() if name != "file"}
    return send(browser, name, body, **{**fields, **changes})


def send(browser: Browser, name: str, body: bytes, **fields: str) -> Page:
    """As a browser would send it. The client's own way leaves a temporary file behind for a large body."""
    kind, whole = encode_multipart({**fields, "file": FileStorage(io.BytesIO(body), name)})
    answer = browser.client.post(
        "/authoring/uploads", data=whole, headers=FORGED, content_type=f"multipart/form-data; boundary={kind}"
    )
    return browser._follow("/authoring/uploads", answer)


def drafts(site: Flask) -> set[str]:
    folder = site.config["ELEARN"].drafts
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_it_works(ada: Browser, site: Flask) -> None:
    page = upload(ada, "une unité.md", NEW.encode(), course="reperes")
    assert page.path.partition("?")[0] == text("courses/reperes/03-nouvelle/fr.md")
    assert "Rien à corriger" in page.text
    assert drafts(site) == {"courses/reperes/03-nouvelle/fr.md"}
    assert Browser(site).get("/learning/reperes/nouvelle").status == 404


def test_a_text_of_a_unit_that_is_there_becomes_its_draft(ada: Browser, site: Flask) -> None:
    upload(ada, "x.md", world.ECOUTER_FR.replace(BEFORE, AFTER).encode())
    assert drafts(site) == {FR} and AFTER in written(ada.get(text()))


@pytest.mark.parametrize("outer", ["", "mon-unite/"])
def test_a_unit_with_its_media(ada: Browser, site: Flask, outer: str) -> None:
    files = {f"{outer}fr.md": NEW.encode(), f"{outer}media/x.png": PNG, "__MACOSX/._fr.md": b"x", ".DS_Store": b"x"}
    page = upload(ada, "unite.zip", packed(files))
    assert page.status == 200
    assert drafts(site) == {"courses/reperes/03-nouvelle/fr.md", "courses/reperes/03-nouvelle/media/x.png"}


def test_a_picture_of_a_draft_is_seen_in_its_preview(ada: Browser, benoit: Browser) -> None:
    text_with_it = NEW.replace(BEFORE, "![Une croix](media/x.png)")
    upload(ada, "unite.zip", packed({"fr.md": text_with_it.encode(), "media/x.png": PNG}))
    page = ada.get("/authoring/previews/courses/reperes/03-nouvelle/fr.md")
    address = page.all("img")[0].get("src") or ""
    answer = ada.get(address).response
    assert answer.mimetype == "image/png" and answer.get_data() == PNG
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert benoit.get(address).status == 404 and ada.get("/authoring/media/" + "0" * 64 + ".png").status == 404


def test_messages_are_shown_at_once(ada: Browser) -> None:
    page = upload(ada, "x.md", NEW.replace("- (x) La personne.", "- ( ) La personne.").encode())
    assert "1 point à corriger" in page.text and "E200" in page.text


def test_asvs_5_2_2_a_hostile_archive_leaves_nothing(ada: Browser, site: Flask) -> None:
    for name, (_code, make) in HOSTILE.items():
        page = upload(ada, "x.zip", make())
        assert page.status == 422 and page.title.startswith("Erreur"), name
        assert drafts(site) == set(), name


CASES: dict[str, tuple[str, bytes, str]] = {
    "nothing": ("x.zip", b"", "Choisissez un fichier"),
    "a picture": ("x.png", PNG, "n'est ni un texte"),
    "a Word file": ("x.docx", b"PK\x03\x04" + bytes(40), "vient d'un traitement de texte"),
    "not UTF-8": ("x.md", "é".encode("latin-1"), "n'est ni un texte"),
    "no id": ("x.md", b"# Titre\n", "n'a pas d'en-tête"),
    "too long": ("x.md", NEW.encode() + b"a" * 200_000, "200 ko"),
    "no text": ("x.zip", packed({"media/x.png": PNG}), "n'est ni un texte"),
    "a bad name": ("x.zip", packed({"fr.md": NEW.encode(), "media/é à.png": PNG}), "n'est pas un nom de fichier d'ici"),
    "a place of its own": ("x.zip", packed({"fr.md": NEW.encode(), "notes/x.md": b"x"}), "n'est pas un nom de fichier"),
    "the site's own": (
        "x.zip",
        packed({"site.yaml": b"langues: [en]\n", "courses/a/course.yaml": b"id: a\n"}),
        "règle tout",
    ),
    "bytes in a text": ("x.zip", packed({"fr.md": NEW.encode(), "en.md": b"\xff"}), "n'est ni un texte"),
}


def test_what_cannot_be_taken_leaves_nothing(ada: Browser, site: Flask) -> None:
    for name, (filename, body, words) in CASES.items():
        page = upload(ada, filename, body)
        assert page.status == 422 and words in page.text, name
        assert drafts(site) == set(), name


def test_a_draft_is_replaced_only_when_asked(ada: Browser, site: Flask) -> None:
    save(ada, BEFORE, "Mon brouillon.")
    body = world.ECOUTER_FR.replace(BEFORE, AFTER).encode()
    page = upload(ada, "x.md", body)
    assert page.status == 409 and "a déjà un brouillon" in page.text
    assert "Mon brouillon." in written(ada.get(text()))
    assert upload(ada, "x.md", body, replace="y").status == 200
    assert AFTER in written(ada.get(text()))


def test_asvs_5_2_1_an_upload_is_larger_than_other_forms_and_no_more(ada: Browser, benoit: Browser) -> None:
    files = {"fr.md": NEW.encode(), "media/x.png": PNG + bytes(range(256)) * 12_000}
    assert len(packed(files)) > 3_000_000
    assert upload(ada, "x.zip", packed(files)).status == 200
    assert upload(ada, "x.zip", bytes(21 * 1024 * 1024)).status == 413
    token = benoit.get("/accounts/").form("/sign-out").values()["csrf_token"][0]
    assert send(benoit, "x.md", b"x", csrf_token=token).status == 404


def export(browser: Browser) -> dict[str, bytes]:
    answer = browser.get("/authoring/export").response
    assert answer.mimetype == "application/zip" and "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


def test_everything_leaves_and_comes_in_again_the_same(ada: Browser, site: Flask) -> None:
    assert export(ada) == world.site()
    save(ada)
    ada.get("/authoring/courses/new").form("/courses").submit(title="Vivre en groupe").form("/units").submit(title="Un")
    whole = export(ada)
    assert AFTER.encode() in whole[FR] and b"vivre-en-groupe" in whole["site.yaml"]
    before = drafts(site)
    page = upload(ada, "tout.zip", packed(whole))
    assert "déjà ainsi" in page.text and drafts(site) == before
    assert export(ada) == whole


def test_an_export_is_a_content_folder(signed_in: Enter, site: Flask, app: Flask) -> None:
    """What was written in the pages goes on in an editor: the same folder, published from a terminal, is the same."""
    emile = signed_in("Émile")
    save(emile)
    publish(emile)
    whole = export(emile)
    page = upload(emile, "tout.zip", packed(whole))
    assert "déjà ainsi" in page.text
    from elearn.services.publishing import publish_files

    with site.app_context():
        outcome = publish_files(whole, site.config["ELEARN"].instance, world.AT)
    assert not outcome.changed and rows(site, "SELECT count(*) FROM edition") == [(2,)]
