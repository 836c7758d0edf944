"""Real accounts for tests of the door: made with a cheap hash, signed in by the page, their letters read."""

from __future__ import annotations

import datetime as dt
import json
import time
from dataclasses import dataclass
from typing import Any

from flask import Flask, url_for
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from elearn.core.totp import STEP, code_of
from elearn.services import accounts, factor, sessions, transaction
from elearn.services.keys import unseal_for
from elearn.store.accounts import Person, SignIn, Viewer, token_hash, viewer
from elearn.store.audit import AuditEntry
from elearn.store.base import db, now
from elearn.store.mail import OutboxMessage
from tests.browse import Browser, Page

FAST = "scrypt:1024:8:1"
WORDS = "lampe ronde tabouret"
COOKIE = "__Host-elearn"


@dataclass
class Member:
    app: Flask
    name: str
    id: int
    uid: str

    def browser(self) -> Browser:
        """A browser in which they just signed in with their password."""
        browser = Browser(self.app)
        self.sign_in(browser)
        return browser

    def sign_in(self, browser: Browser) -> Page:
        form = browser.get("/accounts/sign-in").form("/accounts/sign-in")
        return form.submit(name=self.name, password=WORDS)

    def viewer(self, at: dt.datetime | None = None) -> Viewer:
        """As someone who just signed in by the password, for services."""
        at = at or now()
        with self.app.app_context():
            token = sessions.open_session(self.id, at)
            with db.engine.connect() as connection:
                found = viewer(connection, token, at)
        assert found is not None
        return found

    def letters(self) -> list[tuple[str, str, dict[str, str]]]:
        """(kind, to, words) of every message written for them, in order."""
        with self.app.app_context(), Session(db.engine) as tx:
            rows = tx.execute(select(OutboxMessage).where(OutboxMessage.person_id == self.id)).scalars().all()
            found = []
            for row in sorted(rows, key=lambda one: one.id):
                plain = json.loads(unseal_for(tx, self.id, row.key_id, row.sealed, "outbox_message", row.uid))
                found.append((row.kind, plain["to"], plain["words"]))
            return found

    def link(self, kind: str) -> str:
        """The path of the newest link of a kind that was sent to them."""
        words = [words for one, _to, words in self.letters() if one == kind][-1]
        return words["link"].removeprefix("http://localhost")

    def deeds(self) -> list[tuple[str, bool]]:
        """(deed, told) of every entry about them, but for the sign-ins."""
        columns = select(AuditEntry.deed, AuditEntry.told).where(AuditEntry.subject == self.uid)
        with self.app.app_context(), db.engine.connect() as connection:
            rows = connection.execute(columns.order_by(AuditEntry.id)).all()
        return [(row.deed, row.told) for row in rows if row.deed not in ("account made", "signed in")]

    def second_factor(self) -> bytes:
        """Give them a second factor, proved an hour ago; its secret."""
        who, earlier = self.viewer(), now() - dt.timedelta(hours=1)
        with self.app.app_context():
            factor.start(who, earlier)
            found = factor.pending(who)
            assert found is not None
            code = code_of(found.secret, int(earlier.timestamp()) // STEP)
            assert factor.confirm(who, code, earlier, "") is not None
        return found.secret


def member(app: Flask, name: str, role: str = "trainee") -> Member:
    with app.app_context():
        person = accounts.sign_up(name, "", WORDS, now(), role=role, method=FAST)
        with db.engine.connect() as connection:
            uid = connection.execute(select(Person.uid).where(Person.id == person)).scalar_one()
    return Member(app, name, person, uid)


def code_now(secret: bytes, later: int = 0) -> str:
    return code_of(secret, int(time.time()) // STEP + later)


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie(COOKIE, domain="localhost")
    return found.value if found else ""


def changed(browser: Browser, **values: Any) -> None:
    """Change the row of this browser's session."""
    with browser.client.application.app_context():
        statement = update(SignIn).where(SignIn.id == token_hash(cookie(browser))).values(**values)
        transaction.run(lambda tx: tx.execute(statement))


def gave_the_password_long_ago(browser: Browser) -> None:
    changed(browser, confirmed_at=now() - dt.timedelta(minutes=31))


def asks_for_the_password(app: Flask, browser: Browser, method: str, path: str, **data: str) -> bool:
    """Does this page lead to the one that asks for the password again?"""
    if "accounts.confirm" not in app.view_functions:
        app.url_map.add(Rule("/accounts/confirm", endpoint="accounts.confirm"))
    answer = browser.client.open(path, method=method, data=data, headers={"Sec-Fetch-Site": "same-origin"})
    with app.test_request_context():
        there = url_for("accounts.confirm")
    return answer.status_code == 303 and answer.headers["Location"].split("?")[0] == there
