"""Choosing a language."""

import pytest

from tests.browse import FORGED, Browser


def english(browser: Browser, path: str):  # type: ignore[no-untyped-def]
    page = browser.get(path)
    return page.form("/language").submit(language="en")


def test_it_works_and_stays_on_the_page(visitor: Browser) -> None:
    assert visitor.get("/learning/reperes").all("html")[0].get("lang") == "fr"
    page = english(visitor, "/learning/reperes")
    assert page.path == "/learning/reperes"
    assert page.all("html")[0].get("lang") == "en"
    assert page.heading() == "First landmarks"
    assert "Need help now?" in page.text


def test_a_unit_is_read_in_the_language_chosen(visitor: Browser) -> None:
    english(visitor, "/")
    page = visitor.get("/learning/reperes/ecouter/se-taire")
    assert "Silence leaves room." in page.text


def test_a_unit_without_translation_says_in_which_language_it_is(visitor: Browser) -> None:
    english(visitor, "/")
    page = visitor.get("/learning/reperes/parler/que-dire")
    french = [one for one in page.tree.iter() if one.get("lang") == "fr"]
    assert any("Reliez" in "".join(one.itertext()) for one in french)


def test_both_languages_are_marked_by_the_same_key(visitor: Browser) -> None:
    english(visitor, "/")
    form = visitor.get("/learning/reperes/ecouter/se-taire").form("/qui-decide/attempts")
    right = next(value for label, value in form.choices("answer").items() if "The person." in label)
    assert "A story belongs to whoever lived it" in form.submit(answer=right).text


def test_it_works_signed_in_and_from_the_help_page(benoit: Browser) -> None:
    assert english(benoit, "/learning/").all("html")[0].get("lang") == "en"
    page = benoit.get("/help").form("/language").submit(language="fr")
    assert page.status == 200
    assert page.all("html")[0].get("lang") == "fr"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "\t//evil.example"])
def test_it_never_leads_elsewhere(visitor: Browser, wanted: str) -> None:
    answer = visitor.client.post("/language", data={"language": "en", "next": wanted}, headers=FORGED)
    assert answer.headers["Location"] == "/"


def test_an_unknown_language_changes_nothing(visitor: Browser) -> None:
    answer = visitor.client.post("/language", data={"language": "xx", "next": "/"}, headers=FORGED)
    assert answer.status_code in (303, 400)
    assert visitor.get("/").all("html")[0].get("lang") == "fr"


def test_it_works_with_the_database_down(site, benoit: Browser) -> None:  # type: ignore[no-untyped-def]
    from sqlalchemy import event
    from sqlalchemy.exc import OperationalError

    from elearn.store.base import db

    form = benoit.get("/help").form("/language")
    with site.app_context():
        engine = db.engine

    def away(*_anything: object) -> None:
        raise OperationalError("away", None, Exception("away"))

    event.listen(engine, "before_cursor_execute", away)
    page = form.submit(language="en")
    event.remove(engine, "before_cursor_execute", away)
    assert (page.status, page.path) == (200, "/help")
    assert page.all("html")[0].get("lang") == "en"


def test_it_works_from_a_page_that_sends_no_referrer(visitor: Browser) -> None:
    answer = visitor.client.post("/language", data={"language": "en", "next": "/V/"}, headers={"Origin": "null"})
    assert answer.status_code == 303


def test_another_site_does_not_change_the_language_of_an_account(site, benoit: Browser) -> None:  # type: ignore[no-untyped-def]
    from sqlalchemy import select

    from elearn.store.accounts import Person
    from elearn.store.base import db

    form = benoit.get("/accounts/").form("/language").values()
    benoit.client.post("/language", data={**form, "language": "en"}, headers={"Sec-Fetch-Site": "cross-site"})
    benoit.client.post("/language", data={"language": "en"}, headers=FORGED)
    with site.app_context(), db.engine.connect() as connection:
        assert list(connection.execute(select(Person.locale)).scalars()) == ["fr"]
    benoit.client.post("/language", data={**form, "language": "en"}, headers=FORGED)
    with site.app_context(), db.engine.connect() as connection:
        assert list(connection.execute(select(Person.locale)).scalars()) == ["en"]
