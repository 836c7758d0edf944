"""A real Chromium on a real site: the shipped content, published, served on a free port of this machine."""

from __future__ import annotations

import faulthandler
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from elearn.config import ROOT, Settings

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine: install the package chromium"))


LONGEST = 1800 if os.environ.get("ELEARN_LONG_PLAYS") else 300
"""Seconds: a call that Chromium never answers must not hold the whole run."""


@pytest.fixture(autouse=True)
def ends_in_time() -> Iterator[None]:
    """Playwright has no time limit for a new page. A test that hangs is told with its traceback and ends its worker."""
    faulthandler.dump_traceback_later(LONGEST, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


@dataclass
class Site:
    app: Flask
    url: str

    def enter(self, context: BrowserContext, name: str, role: str) -> None:
        """Sign someone in by a one-time link, pressed as a person would. All tests come from one network: what the ones
        before have tried there does not count."""
        from elearn.services import accounts
        from elearn.store.base import now

        self.forget_tries()
        with self.app.app_context():
            token = accounts.make_demo(name, name, role, now())
        page = context.new_page()
        page.goto(f"{self.url}/accounts/links/{token}")
        page.locator("main form button").click()
        # A click waits for no page, and Chromium may never answer the closing of one that is on its way elsewhere.
        page.wait_for_url(lambda url: "/accounts/links/" not in url)
        page.close()

    def forget_tries(self) -> None:
        """As if an hour had passed: no limit answers in place of a page."""
        counters = self.app.config["ELEARN"].instance / "limits.sqlite"
        if counters.exists():
            with closing(sqlite3.connect(counters, timeout=5)) as file, file:
                file.execute("DELETE FROM hit")

    def join(self, cohort: str, names: list[str]) -> None:
        """Put so many people into a cohort, without a browser."""
        from sqlalchemy import select

        from elearn.services import accounts, transaction
        from elearn.store.base import now
        from elearn.store.cohorts import TRAINEE, Cohort, CohortMember

        with self.app.app_context():
            people = [accounts.sign_up(name, name, "lampe ronde tabouret", now()) for name in names]

            def work(tx: Any) -> None:
                found = tx.execute(select(Cohort.id).where(Cohort.uid == cohort)).scalar_one()
                tx.add_all(
                    CohortMember(cohort_id=found, person_id=one, part=TRAINEE, joined_at=now()) for one in people
                )

            transaction.run(work)


@pytest.fixture(scope="session")
def site(migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    from elearn.store.content_folder import read_folder

    with served(migrated, tmp_path_factory.mktemp("site"), read_folder(ROOT / "content")) as found:
        yield found


@contextmanager
def served(migrated: str, folder: Path, files: Mapping[str, bytes]) -> Iterator[Site]:
    """A site with this content, on a free port, until the block ends."""
    from werkzeug.serving import WSGIRequestHandler, make_server

    from elearn.app import create_app
    from elearn.services.publishing import publish_files
    from elearn.services.writing import KEPT
    from elearn.store.base import now
    from tests.conftest import close

    shutil.copyfile(migrated.removeprefix("sqlite:///"), folder / "elearn.sqlite")
    settings = Settings.from_env(
        {},
        database_url=f"sqlite:///{folder / 'elearn.sqlite'}",
        instance=str(folder / "instance"),
        keys=str(folder / "keys"),
        content=str(ROOT / "content"),
    )
    settings.make_folders()
    app = create_app(settings)
    with app.app_context():
        outcome = publish_files(files, settings.instance, now(), kept=KEPT)
    assert outcome.changed, outcome.problems

    class Silent(WSGIRequestHandler):
        def log(self, *_anything: object) -> None:
            pass

    def whole(environ: Any, start_response: Any) -> list[bytes]:
        """Werkzeug's server does not close an answer whose reader left in the middle of it."""
        answer = app(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()

    server = make_server("127.0.0.1", 0, whole, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    thread.join(timeout=5)
    close(app)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = play.chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *sandbox])
        yield browser
        browser.close()


@dataclass
class Watch:
    """What went wrong in a browser besides what one sees."""

    home: str
    console: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("console", lambda one: self.console.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on(
            "request",
            lambda one: self.elsewhere.append(one.url) if not one.url.startswith((self.home, "blob:")) else None,
        )


@pytest.fixture
def open_browser(chromium: Browser, site: Site) -> Iterator[Callable[..., tuple[BrowserContext, Watch]]]:
    """A new browser profile. After the test: no console message, no request to another host."""
    opened: list[tuple[BrowserContext, Watch]] = []

    def make(**options: Any) -> tuple[BrowserContext, Watch]:
        settings = {"viewport": {"width": 390, "height": 844}, "locale": "fr-CA", **options}
        site.forget_tries()
        context = chromium.new_context(base_url=site.url, **settings)
        context.set_default_timeout(10_000)
        watch = Watch(site.url)
        context.on("page", watch.follow)
        opened.append((context, watch))
        return context, watch

    yield make
    for context, watch in opened:
        context.close()
        assert watch.console == []
        assert watch.elsewhere == []
