"""The page that asks for the password once more."""

import datetime as dt

import pytest
from flask import Flask

from tests.browse import Browser, Page
from tests.web.people import PASSWORD, cookie, is_in, sign_up, with_cookie


@pytest.fixture
def ben(site: Flask) -> Browser:
    return sign_up(site)


def give(browser: Browser, password: str = PASSWORD, wanted: str = "/accounts/sessions") -> Page:
    form = browser.get(f"/accounts/confirm?next={wanted}").form("/accounts/confirm")
    return form.submit(password=password)


def confirmed(site: Flask) -> dt.datetime:
    from sqlalchemy import select

    from elearn.store.accounts import SignIn
    from elearn.store.base import db

    with site.app_context(), db.engine.connect() as connection:
        found = connection.execute(select(SignIn.confirmed_at)).scalar_one()
        assert isinstance(found, dt.datetime)
        return found


def test_it_works(ben: Browser, site: Flask) -> None:
    before = confirmed(site)
    page = give(ben)
    assert (page.status, page.path) == (200, "/accounts/sessions")
    assert confirmed(site) > before


def test_a_wrong_password(ben: Browser, site: Flask) -> None:
    before = confirmed(site)
    page = give(ben, "une autre phrase")
    assert page.status == 422
    assert "Ce n'est pas le mot de passe actuel" in page.text
    assert page.form("/accounts/confirm").values()["next"] == ["/accounts/sessions"]
    assert confirmed(site) == before


def test_asvs_6_3_1_wrong_ones_are_slowed(ben: Browser) -> None:
    for _ in range(10):
        assert give(ben, "une autre phrase").status == 422
    assert give(ben).status == 429


def test_asvs_7_2_4_the_session_gets_a_new_token(ben: Browser, site: Flask) -> None:
    old = cookie(ben)
    give(ben)
    assert is_in(ben) and cookie(ben) != old
    assert not is_in(with_cookie(site, old))


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", ""])
def test_it_never_leads_elsewhere(ben: Browser, wanted: str) -> None:
    assert give(ben, wanted=wanted).path == "/accounts/"


def test_who_came_by_a_link_is_told_what_to_do(benoit: Browser) -> None:
    page = benoit.get("/accounts/confirm")
    assert page.follow("Choisir un nouveau mot de passe").path == "/accounts/password"


def test_who_knows_it_no_more_is_told_what_to_do(ben: Browser) -> None:
    assert "revenez par un nouveau lien de connexion" in ben.get("/accounts/confirm").text


def test_a_visitor_is_asked_to_sign_in(visitor: Browser) -> None:
    assert visitor.get("/accounts/confirm").path.startswith("/accounts/sign-in")
