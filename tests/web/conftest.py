"""A site with its small course published, and the browsers of the cast."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests import world
from tests.browse import Browser

if TYPE_CHECKING:
    from flask import Flask

CAST = {"Benoît": "trainee", "Chloé": "trainee", "Ada": "trainer", "Dalia": "trainer", "Émile": "admin"}


@pytest.fixture
def site(app: Flask) -> Flask:
    from elearn.services.publishing import publish_files

    with app.app_context():
        outcome = publish_files(world.site(), app.config["ELEARN"].instance, world.AT)
    assert outcome.problems == ()
    return app


@pytest.fixture
def visitor(site: Flask) -> Browser:
    return Browser(site)


@pytest.fixture
def signed_in(site: Flask) -> Callable[[str], Browser]:
    """A browser in which someone of the cast is signed in, by the door that people use."""
    from elearn.services import accounts
    from elearn.store.base import now

    def enter(name: str) -> Browser:
        with site.app_context():
            token = accounts.make_demo(name, name, CAST[name], now())
        browser = Browser(site)
        page = browser.get(f"/accounts/links/{token}")
        page = page.form(f"/accounts/links/{token}").submit()
        assert page.status == 200, page.text
        return browser

    return enter


@pytest.fixture
def benoit(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Benoît")


@pytest.fixture
def chloe(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Chloé")
