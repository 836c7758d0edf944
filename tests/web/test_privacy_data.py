"""« Mes données »: what one may do with one's own data, without asking anybody."""

import io
import json
import zipfile

import pytest
from flask import Flask
from sqlalchemy import select

from elearn.store.accounts import Person
from elearn.store.base import db
from elearn.store.privacy import Consent
from tests.browse import Browser, Page

DATA = "/privacy/data"
SECTION = "/learning/reperes/ecouter/verifier"
TEXT = "le jour du canari-9"


def write(browser: Browser, text: str = TEXT) -> Page:
    form = browser.get(SECTION).form("/une-fois/attempts")
    consent = {"consent": "yes"} if any(one.get("name") == "consent" for one in form.element.iter()) else {}
    return form.submit(text=text, **consent)


def press(page: Page, ending: str, value: str) -> Page:
    """The button of a form that says `value`."""
    form = page.form(ending)
    button = next(one for one in form.buttons() if one.get("value") == value)
    return page.browser.send(form.method, form.action, form.values() | {button.get("name") or "": [value]})


def consents(site: Flask) -> list[tuple[str, bool]]:
    with site.app_context(), db.engine.connect() as connection:
        rows = connection.execute(select(Consent.purpose, Consent.withdrawn_at).order_by(Consent.id)).all()
    return [(row.purpose, row.withdrawn_at is None) for row in rows]


def test_it_works(benoit: Browser) -> None:
    page = benoit.get("/accounts/").follow("Mes données")
    assert page.path == DATA and page.heading() == "Mes données"
    for words in ("Emporter mes données", "Mes textes privés", "Effacer mon compte"):
        assert words in page.text


def test_a_visitor_signs_in_first(visitor: Browser) -> None:
    for path in (DATA, "/privacy/export", "/privacy/erasure"):
        assert visitor.get(path).path.startswith("/accounts/sign-in")


def test_a_consent_is_given_and_withdrawn_on_the_same_page(site: Flask, benoit: Browser) -> None:
    page = benoit.get(DATA)
    assert "Pas de consentement en ce moment" in page.text
    page = page.form("/privacy/consents").submit()
    assert "Consentement donné" in page.text
    page.form("/privacy/withdrawals")
    page = press(page, "/privacy/withdrawals", "keep")
    assert "Votre consentement est retiré" in page.text and "Pas de consentement en ce moment" in page.text
    assert consents(site) == [("reflections", False)]


def test_a_consent_given_twice_is_one(site: Flask, benoit: Browser) -> None:
    form = benoit.get(DATA).form("/privacy/consents")
    form.submit()
    form.submit()
    assert consents(site) == [("reflections", True)]


def test_withdrawing_stops_new_texts_and_keeps_the_others(site: Flask, benoit: Browser) -> None:
    write(benoit)
    page = press(benoit.get(DATA), "/privacy/withdrawals", "keep")
    assert "Vous avez 1 texte gardé." in page.text
    page = benoit.get(SECTION)
    assert TEXT in "".join(page.all("textarea")[0].itertext())
    assert page.form("/une-fois/attempts").submit(text="encore").status == 422
    assert consents(site) == [("reflections", False)]


def test_withdrawing_may_erase_what_is_kept(benoit: Browser, chloe: Browser) -> None:
    write(benoit)
    write(chloe, "le canari de Chloé")
    page = benoit.get(DATA)
    folded = [button.get("value") for one in page.all("details") for button in one.iter("button")]
    assert folded == ["erase"], "one press alone does not erase what was written"
    page = press(page, "/privacy/withdrawals", "erase")
    assert "vos textes privés sont effacés" in page.text and "Vous avez 0 texte gardé." in page.text
    assert TEXT not in benoit.get(SECTION).response.get_data(as_text=True)
    assert "le canari de Chloé" in chloe.get(SECTION).response.get_data(as_text=True)


def test_a_withdrawal_that_says_something_else_is_refused(benoit: Browser) -> None:
    form = benoit.get(DATA).form("/privacy/consents").submit().form("/privacy/withdrawals")
    page = benoit.send("post", form.action, form.values() | {"texts": ["everything"]})
    assert page.status == 400


def test_the_words_and_the_language_are_kept_with_the_consent(site: Flask, benoit: Browser) -> None:
    from elearn.core.consents import REFLECTIONS, version

    benoit.get("/").form("/language").submit(language="en")
    write(benoit)
    with site.app_context(), db.engine.connect() as connection:
        row = connection.execute(select(Consent.locale, Consent.text_version)).one()
    assert tuple(row) == ("en", version(REFLECTIONS, "en")) and version(REFLECTIONS, "en") != version(REFLECTIONS, "fr")


def archive(browser: Browser) -> dict[str, str]:
    page = browser.get(DATA).follow("Emporter mes données").form("/privacy/export").submit()
    assert page.status == 200 and page.response.mimetype == "application/zip"
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.response.headers["Content-Disposition"].startswith('attachment; filename="elearn-')
    with zipfile.ZipFile(io.BytesIO(page.response.data)) as opened:
        return {name: opened.read(name).decode("utf-8-sig") for name in opened.namelist()}


def test_one_takes_everything_along(benoit: Browser, chloe: Browser) -> None:
    write(benoit, "<b>le canari & moi</b>")
    write(chloe, "le canari de Chloé")
    files = archive(benoit)
    assert {"index.html", "data.json", "csv/reflection.csv", "csv/person.csv"} <= set(files)
    assert "&lt;b&gt;le canari &amp; moi&lt;/b&gt;" in files["index.html"]
    assert json.loads(files["data.json"])["tables"]["reflection"][0]["sealed"] == "<b>le canari & moi</b>"
    assert "Chloé" not in "".join(files.values())


def test_the_page_to_read_stands_alone_in_both_languages(benoit: Browser) -> None:
    write(benoit)
    french = archive(benoit)["index.html"]
    assert '<html lang="fr">' in french and "Nom de connexion" in french and "Ce qui n'y est pas" in french
    assert "http" not in french and "<script" not in french
    benoit.get("/").form("/language").submit(language="en")
    page = benoit.get("/privacy/export").form("/privacy/export").submit()
    with zipfile.ZipFile(io.BytesIO(page.response.data)) as opened:
        english = opened.read("index.html").decode()
    assert '<html lang="en">' in english and "Sign-in name" in english and "What is not in it" in english


def test_the_page_before_says_what_stays(benoit: Browser) -> None:
    page = benoit.get("/privacy/export")
    assert "Mot de passe, codes de secours" in page.text
    assert "n'en garde pas de copie" in page.text


@pytest.mark.parametrize(
    "endpoint", ["privacy.export", "privacy.export_data", "privacy.erasure", "privacy.ask_erasure"]
)
def test_the_password_is_asked_again_for_what_cannot_be_taken_back(site: Flask, endpoint: str) -> None:
    assert site.view_functions[endpoint].recent  # type: ignore[attr-defined]


def test_leaving_says_what_happens_and_leaves_seven_days(site: Flask, benoit: Browser) -> None:
    page = benoit.get(DATA).follow("Effacer mon compte")
    for words in ("Pendant 7 jours", "sans nom", "Télécharger mes attestations", "Emporter mes données"):
        assert words in page.text
    page = page.form("/privacy/erasure").submit()
    assert page.path.startswith(DATA) and "Ce compte sera effacé le" in page.text
    assert "Ce compte sera effacé le" in benoit.get("/learning/").text
    assert benoit.get("/learning/reperes").status == 200, "the account works meanwhile"
    page = benoit.get(DATA).form("/privacy/keeping").submit()
    assert "Votre compte reste ouvert" in page.text
    assert "Ce compte sera effacé le" not in benoit.get("/learning/").text


def test_whoever_left_finds_the_way_back_from_the_same_page(benoit: Browser) -> None:
    benoit.get("/privacy/erasure").form("/privacy/erasure").submit()
    page = benoit.get("/privacy/erasure")
    assert "Garder mon compte" in page.text
    assert [form.action for form in page.forms if form.action == "/privacy/erasure"] == []


def test_keeping_an_account_that_nobody_erases_changes_nothing(site: Flask, benoit: Browser) -> None:
    form = benoit.get("/privacy/erasure").form("/privacy/erasure")
    form.submit()
    keeping = benoit.get(DATA).form("/privacy/keeping")
    keeping.submit()
    assert keeping.submit().status == 200
    with site.app_context(), db.engine.connect() as connection:
        assert connection.execute(select(Person.erase_at)).scalar() is None
