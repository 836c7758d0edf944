"""People who sign up and sign in by the pages, each in a browser of their own; and sessions made older."""

from __future__ import annotations

import datetime as dt

from flask import Flask

from tests.browse import Browser, Page

PASSWORD = "lampe ronde tabouret"
COOKIE = "__Host-elearn"


def sign_up(site: Flask, name: str = "benoît", chosen: str = "Ben") -> Browser:
    browser = Browser(site)
    form = browser.get("/accounts/sign-up").form("/accounts/sign-up")
    page = form.submit(sign_in_name=name, chosen_name=chosen, password=PASSWORD)
    assert page.status == 200, page.text
    return browser


def enter(browser: Browser, **changes: str) -> Page:
    form = browser.get("/accounts/sign-in").form("/accounts/sign-in")
    return form.submit(**{"name": "benoît", "password": PASSWORD, **changes})


def entered(site: Flask, **changes: str) -> Browser:
    browser = Browser(site)
    assert enter(browser, **changes).status == 200
    return browser


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie(COOKIE, domain="localhost")
    assert found is not None
    return str(found.value)


def with_cookie(site: Flask, token: str) -> Browser:
    """A browser that holds a session's token, perhaps an old one."""
    browser = Browser(site)
    browser.client.set_cookie(COOKIE, token, domain="localhost")
    return browser


def is_in(browser: Browser) -> bool:
    return browser.get("/accounts/").path == "/accounts/"


def move(site: Flask, **by: dt.timedelta) -> None:
    """Every session's moments, moved: `move(site, seen_at=-timedelta(minutes=61))`."""
    from sqlalchemy import select, update

    from elearn.store.accounts import SignIn
    from elearn.store.base import db

    with site.app_context(), db.engine.begin() as connection:
        for row in connection.execute(select(SignIn.__table__)).all():
            moments = {name: getattr(row, name) + delta for name, delta in by.items()}
            connection.execute(update(SignIn).where(SignIn.id == row.id).values(**moments))


def logged(site: Flask, deed: str) -> int:
    """How often a deed stands in the audit log."""
    from sqlalchemy import func, select

    from elearn.store.audit import AuditEntry
    from elearn.store.base import db

    with site.app_context(), db.engine.connect() as connection:
        return int(connection.execute(select(func.count()).where(AuditEntry.deed == deed)).scalar_one())
