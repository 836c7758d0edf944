"""A site with its small course published from a content folder of its own, and the browsers of the cast."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from elearn.config import Settings
from tests import world
from tests.browse import Browser
from tests.conftest import ON_POSTGRESQL, close

if TYPE_CHECKING:
    from flask import Flask

CAST = {"Benoît": "trainee", "Chloé": "trainee", "Ada": "trainer", "Dalia": "trainer", "Émile": "admin"}


@pytest.fixture(scope="session")
def published(migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """A folder with a database in which the small course is published, and its help lines; None on PostgreSQL."""
    from elearn.app import create_app

    if ON_POSTGRESQL:
        return None
    folder = tmp_path_factory.mktemp("published")
    shutil.copyfile(migrated.removeprefix("sqlite:///"), folder / "elearn.sqlite")
    settings = Settings.from_env(
        {},
        database_url=f"sqlite:///{folder / 'elearn.sqlite'}",
        instance=str(folder / "instance"),
        keys=str(folder / "keys"),
    )
    settings.make_folders()
    app = create_app(settings)
    publish(app)
    close(app)
    return folder


@pytest.fixture
def site(app: Flask, published: Path | None) -> Flask:
    from elearn.store.base import db

    settings = app.config["ELEARN"]
    content = world.write(settings.instance.parent / "content")
    app.config["ELEARN"] = dataclasses.replace(settings, content=content)
    if published is None:
        publish(app)
        return app
    with app.app_context():
        db.engine.dispose()
    shutil.copyfile(published / "elearn.sqlite", settings.database_url.removeprefix("sqlite:///"))
    shutil.copytree(published / "instance", settings.instance, dirs_exist_ok=True)
    return app


def publish(app: Flask) -> None:
    from elearn.services.publishing import publish_files

    with app.app_context():
        outcome = publish_files(world.site(), app.config["ELEARN"].instance, world.AT)
    assert outcome.problems == ()


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
