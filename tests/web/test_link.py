"""The page of a one-time sign-in link."""

from flask import Flask

from elearn.services import accounts
from elearn.store.base import now
from tests.browse import Browser


def test_it_works_once(site: Flask) -> None:
    with site.app_context():
        token = accounts.make_demo("Benoît", "Benoît", "trainee", now())
    browser = Browser(site)
    page = browser.get(f"/accounts/links/{token}")
    assert browser.get(f"/accounts/links/{token}").status == 200, "opening it changes nothing"
    page = page.form(f"/accounts/links/{token}").submit()
    assert "Benoît" in page.text
    again = Browser(site).get(f"/accounts/links/{token}").form(f"/accounts/links/{token}").submit()
    assert again.status == 410
    assert "ne sert plus" in again.text


def test_a_link_that_was_never_made(visitor: Browser) -> None:
    page = visitor.get("/accounts/links/never-made").form("/accounts/links/never-made").submit()
    assert page.status == 410
