"""Secret addresses that work once: to sign in (handed over on screen or paper), to set a password anew, to prove a mail
address. The token is 26 characters that can be read out and typed; only its SHA-256 is kept."""

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import join, select, update
from sqlalchemy.orm import Session

from elearn.core.codes import BYTES, code_from_random, normal_code
from elearn.core.passwords import sign_in_key
from elearn.services import audit, sessions, transaction
from elearn.services.audit import By
from elearn.store.accounts import Person, SignInLink, token_hash
from elearn.store.base import db

ON_SCREEN = dt.timedelta(minutes=30)
ON_PAPER = dt.timedelta(hours=72)
"""A sheet of paper is read at home, perhaps the day after tomorrow."""
BY_MAIL = dt.timedelta(minutes=10)
"""ASVS 5.0, 6.5.5: what goes through another channel ends soon."""


@dataclass(frozen=True, slots=True)
class Whose:
    """The account that a link is for, before it is used. `demo`: a trial account."""

    sign_in_name: str
    chosen_name: str
    demo: bool


@dataclass(frozen=True, slots=True)
class Used:
    """A link that has just been used: whose, and which keyed hash it was about."""

    person: int
    uid: str
    about: str
    demo: bool


def make_link(
    name: str, at: dt.datetime, lasts: dt.timedelta = ON_SCREEN, by: By | None = None, told: bool | None = None
) -> str | None:
    """A token that signs this person in once; None for an unknown or closed account. The person is told of it."""

    def work(tx: Session) -> str | None:
        person = tx.execute(
            select(Person.id, Person.uid).where(
                Person.sign_in_key == sign_in_key(name), Person.deactivated_at.is_(None)
            )
        ).first()
        if person is None:
            return None
        audit.record(tx, by or By(at), "link handed over", person.uid, told, minutes=int(lasts.total_seconds() // 60))
        return make_within(tx, person.id, "link", at, lasts)

    return transaction.run(work)


def make_within(tx: Session, person: int, purpose: str, at: dt.datetime, lasts: dt.timedelta, about: str = "") -> str:
    """A new token as part of a deed. Earlier ones of the same purpose stay good until they end."""
    token = code_from_random(secrets.token_bytes(BYTES))
    ends = at + lasts
    tx.add(
        SignInLink(id=token_hash(token), person_id=person, purpose=purpose, about=about, created_at=at, expires_at=ends)
    )
    return token


def whose(token: str, purpose: str, at: dt.datetime) -> Whose | None:
    """Whom a token that still works is for; None where `use_within` would refuse it. Changes nothing."""
    found = select(Person.sign_in_name, Person.chosen_name, Person.demo)
    with db.engine.connect() as connection:
        row = connection.execute(_good(found, token, purpose, at)).first()
    return None if row is None else Whose(row.sign_in_name, row.chosen_name, row.demo)


def use_within(tx: Session, token: str, purpose: str, at: dt.datetime) -> Used | None:
    """Use a token up; None where it was used, has ended, is for something else, or its account is closed."""
    found = select(SignInLink.id, SignInLink.person_id, SignInLink.about, Person.uid, Person.demo)
    row = tx.execute(_good(found, token, purpose, at).with_for_update(of=SignInLink)).first()
    if row is None:
        return None
    tx.execute(update(SignInLink).where(SignInLink.id == row.id).values(used_at=at))
    return Used(row.person_id, row.uid, row.about, row.demo)


def use_link(token: str, at: dt.datetime, device: str = "") -> str | None:
    """A session's token for a link that was never used and has not ended; None otherwise."""
    session = secrets.token_urlsafe(32)

    def work(tx: Session) -> bool:
        used = use_within(tx, token, "link", at)
        if used is not None:
            audit.record(tx, By(at, used.uid), "link used", used.uid)
            sessions.open_within(tx, used.person, session, at, "demo" if used.demo else "link", device=device)
        return used is not None

    return session if transaction.run(work) else None


def _good(found: Any, token: str, purpose: str, at: dt.datetime) -> Any:
    """The statement `found` of the one link that may be used."""
    return found.select_from(join(SignInLink, Person, Person.id == SignInLink.person_id)).where(
        SignInLink.id == token_hash(normal_code(token) or token[:100]),
        SignInLink.purpose == purpose,
        SignInLink.used_at.is_(None),
        SignInLink.expires_at > at,
        Person.deactivated_at.is_(None),
    )
