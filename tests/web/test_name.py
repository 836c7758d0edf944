"""The page that changes one's chosen name."""

import pytest
from flask import Flask

from tests.browse import Browser, Page
from tests.web.people import logged, sign_up


@pytest.fixture
def ben(site: Flask) -> Browser:
    return sign_up(site)


def change(browser: Browser, name: str) -> Page:
    return browser.get("/accounts/name").form("/accounts/name").submit(chosen_name=name)


def test_it_works(ben: Browser, site: Flask) -> None:
    page = change(ben, "  Benjamin   des Érables ")
    assert "Votre nom affiché est changé" in page.text and "Benjamin des Érables" in page.text
    assert logged(site, "name changed") == 1


def test_the_list_of_people_finds_the_new_name(ben: Browser, site: Flask) -> None:
    from sqlalchemy import select

    from elearn.store.accounts import Person
    from elearn.store.base import db

    change(ben, "Érable")
    with site.app_context(), db.engine.connect() as connection:
        assert connection.execute(select(Person.search_key)).scalar_one() == "benoit erable"


@pytest.mark.parametrize(
    ("name", "message"),
    [("", "À remplir."), ("   ", "À remplir."), ("b" * 81, "Au plus 80 signes"), ("Ben\u202e", "signe invisible")],
)
def test_a_name_that_cannot_be_taken(ben: Browser, name: str, message: str) -> None:
    page = change(ben, name)
    assert page.status == 422
    assert message in page.text
    assert page.form("/accounts/name").values()["chosen_name"] == [name]


def test_markup_in_a_name_stays_text(ben: Browser) -> None:
    page = change(ben, "<b>Ben</b>")
    assert "<b>Ben</b>" in page.text
    assert page.all("b") == []
