"""What tests of administration pages share: accounts made as people make them, and Émile before a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from tests.browse import Browser, Page

if TYPE_CHECKING:
    from flask import Flask

FAST = "scrypt:1024:8:1"
WORDS = "lampe ronde tabouret"


def account(app: Flask, name: str, chosen: str = "", role: str = "trainee") -> str:
    """A real account; its uid."""
    from elearn.services import accounts
    from elearn.store.accounts import Person
    from elearn.store.base import db, now

    with app.app_context():
        person = accounts.sign_up(name, chosen, WORDS, now(), role=role, method=FAST)
        with db.engine.connect() as connection:
            return str(connection.execute(select(Person.uid).where(Person.id == person)).scalar_one())


def crowd(app: Flask, people: int) -> None:
    """So many more trainees, in one statement."""
    from sqlalchemy import insert

    from elearn.store.accounts import Person
    from elearn.store.base import db
    from tests import world

    with app.app_context(), db.engine.begin() as connection:
        for n in range(people):
            name = f"personne {n:04}"
            connection.execute(
                insert(Person).values(
                    sign_in_name=name, sign_in_key=name, chosen_name=name, password_hash="x", role="trainee",
                    locale="fr", demo=False, created_at=world.AT,
                )
            )  # fmt: skip


def values(app: Flask, uid: str) -> Any:
    """The row of an account."""
    from elearn.store.accounts import Person
    from elearn.store.base import db

    with app.app_context(), db.engine.connect() as connection:
        return connection.execute(select(Person.__table__).where(Person.uid == uid)).one()


def logged(app: Flask, subject: str | None = None) -> list[tuple[str, bool, dict[str, Any]]]:
    """(deed, told, facts) of the entries about an account, or of all, oldest first; what sign-in leaves is left out."""
    from elearn.store.audit import AuditEntry
    from elearn.store.base import db

    with app.app_context(), db.engine.connect() as connection:
        rows = connection.execute(select(AuditEntry.__table__).order_by(AuditEntry.id)).all()
    own = ("signed in", "link used")
    return [
        (row.deed, row.told, dict(row.facts))
        for row in rows
        if row.deed not in own and (subject is None or row.subject == subject)
    ]


def open_file(browser: Browser, uid: str) -> Page:
    """A person's file, by the button that opens it where it is not open yet."""
    page = browser.get(f"/administration/people/{uid}")
    looks = [form for form in page.forms if form.action.endswith("/looks")]
    return looks[0].submit() if looks else page


def code_of(page: Page) -> str:
    """The code that a person types, as the paper shows it."""
    return "".join(page.all("code", class_="big")[0].itertext())
