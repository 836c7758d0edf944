"""Forty people at the desk in a real browser, as a newcomer would: find it, look, press once, print, press again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pikepdf
import pytest
from sqlalchemy import func, select

from tests import world
from tests.browser.conftest import Site, Watch, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FORTY = 40


@pytest.fixture(scope="module")
def full_site(migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    from tests.completed import fill

    course = world.COURSE.replace("delivrance: automatique", "delivrance: approbation")
    files = world.site({"courses/reperes/course.yaml": course})
    with served(migrated, tmp_path_factory.mktemp("desk"), files) as found:
        with found.app.app_context():
            fill(found.app, FORTY, content=files)
        yield found


def issued(site: Site) -> int:
    from elearn.store.attestations import Attestation
    from elearn.store.base import db

    with site.app.app_context(), db.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(Attestation)).scalar_one())


def test_forty_at_once(chromium: Browser, full_site: Site, tmp_path: Path) -> None:
    context = chromium.new_context(base_url=full_site.url, locale="fr-CA", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    watch = Watch(full_site.url)
    context.on("page", watch.follow)
    full_site.enter(context, "Émile", "admin")
    page = context.new_page()
    page.goto("/")
    page.get_by_role("link", name="Groupes").click()
    page.get_by_role("link", name="Délivrer des attestations").click()
    page.get_by_text("40 personnes peuvent recevoir la leur").wait_for()
    page.get_by_role("link", name="Premiers repères").click()
    page.get_by_text("Les personnes prêtes sont déjà cochées").wait_for()
    assert page.locator("input[name=person]:checked").count() == FORTY
    page.get_by_role("button", name="Délivrer (40 prêtes)").click()
    page.get_by_text("40 attestations délivrées.").wait_for()
    assert issued(full_site) == FORTY
    assert page.locator("input[name=person]:checked").count() == FORTY, "those just issued are ticked, to be printed"

    with page.expect_download() as printed:
        page.get_by_role("button", name="Un seul PDF à imprimer").click()
    printed.value.save_as(tmp_path / "all.pdf")
    with pikepdf.open(tmp_path / "all.pdf") as paper:
        assert len(paper.pages) == 2 * FORTY
    with page.expect_download() as kept:
        page.get_by_role("button", name="Une archive").click()
    kept.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "all.zip").read_bytes())) as archive:
        assert len(archive.namelist()) == FORTY

    page.get_by_role("button", name="Délivrer").click()
    page.get_by_text("Rien de nouveau à délivrer.").wait_for()
    page.get_by_text("40 personnes avaient déjà la leur.").wait_for()
    assert issued(full_site) == FORTY
    context.close()
    assert (watch.console, watch.elsewhere) == ([], [])


def test_the_desk_on_a_phone_without_scripts(chromium: Browser, full_site: Site) -> None:
    settings = {"viewport": {"width": 390, "height": 844}, "locale": "fr-CA", "java_script_enabled": False}
    context = chromium.new_context(base_url=full_site.url, **settings)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    full_site.enter(context, "Émile", "admin")
    page = context.new_page()
    page.goto("/issuing/reperes")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("input[name=person]").first.check()
    page.get_by_role("button", name="Délivrer").click()
    page.get_by_text("Rien de nouveau à délivrer.").wait_for()
    context.close()
