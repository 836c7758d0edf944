"""Sessions: a sign-in on one device. Opened, kept alive, confirmed, listed and ended; what has run its time goes.

A session ends after an hour without a sign of life and after twelve hours in any case, or after thirty days where its
person asked to stay signed in. The cookie holds a token that is nowhere kept: the row holds its SHA-256. Whenever a
password is given, the session gets a new token (ASVS 5.0, 7.2.4).
"""

import datetime as dt
import hmac
import secrets
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from elearn.core.passwords import name_problem, sign_in_key
from elearn.services import audit, passwords, transaction
from elearn.services.audit import By
from elearn.services.keys import keyed
from elearn.store.accounts import IDLE, Person, SignIn, SignInLink, Viewer, token_hash
from elearn.store.base import db
from elearn.store.learning import Idempotency

LASTS = dt.timedelta(hours=12)
STAYS = dt.timedelta(days=30)
FORMS_LAST = dt.timedelta(hours=72)
SIGN_OF_LIFE_EVERY = dt.timedelta(minutes=5)
"""A later sign of life within so long writes nothing: a row a request would cost more than it tells."""


def sign_in(name: str, password: str, at: dt.datetime, stays: bool = False, device: str = "") -> str | None:
    """A new session's token, or None. An unknown name, or one nobody can have, takes as long as a wrong password."""
    found = select(Person.id, Person.password_hash, Person.deactivated_at)
    with db.engine.connect() as connection:
        possible = name_problem(name) is None
        row = connection.execute(found.where(Person.sign_in_key == sign_in_key(name))).first() if possible else None
    right = passwords.check(row.password_hash if row else None, password)
    if row is None or not right or row.deactivated_at is not None:
        return None
    token = secrets.token_urlsafe(32)

    def work(tx: Session) -> bool:
        """The password took a while to check: one that was changed meanwhile has ended every session, this one too."""
        mine = (Person.id == row.id, Person.password_hash == row.password_hash, Person.deactivated_at.is_(None))
        if tx.execute(select(Person.id).where(*mine).with_for_update()).first() is None:
            return False
        open_within(tx, row.id, token, at, "password", stays, device)
        return True

    return token if transaction.run(work) else None


def open_session(person: int, at: dt.datetime, door: str = "password", stays: bool = False, device: str = "") -> str:
    """A new session with a new id; its token, which is nowhere kept."""
    token = secrets.token_urlsafe(32)
    transaction.run(lambda tx: open_within(tx, person, token, at, door, stays, device))
    return token


def open_within(
    tx: Session, person: int, token: str, at: dt.datetime, door: str, stays: bool = False, device: str = ""
) -> None:
    """The same as part of a deed. What has run its time goes, everybody's. `door`: how they came in."""
    tx.execute(delete(SignIn).where(SignIn.expires_at <= at))
    tx.execute(delete(SignIn).where(SignIn.seen_at <= at - IDLE, SignIn.stays.is_(False)))
    tx.execute(delete(SignInLink).where(SignInLink.expires_at <= at))
    tx.execute(delete(Idempotency).where(Idempotency.made_at < at - FORMS_LAST))
    tx.add(
        SignIn(
            id=token_hash(token),
            person_id=person,
            created_at=at,
            expires_at=at + (STAYS if stays else LASTS),
            seen_at=at,
            confirmed_at=at,
            stays=stays,
            door=door,
            device=device[:80],
        )
    )
    uid = tx.execute(
        update(Person).where(Person.id == person).values(seen_at=at, inactivity_notices=0).returning(Person.uid)
    ).scalar_one()
    audit.record(tx, By(at, uid), "signed in", uid, door=door)


def sign_of_life(who: Viewer, at: dt.datetime) -> dt.datetime:
    """The person is there: the session's hour begins again. Writes at most once in five minutes.

    The sign of life that is now kept: `at`, or the earlier one.
    """
    if at - who.seen_at < SIGN_OF_LIFE_EVERY:
        return who.seen_at
    transaction.run(lambda tx: tx.execute(update(SignIn).where(SignIn.id == who.sign_in).values(seen_at=at)))
    return at


def seconds_left(who: Viewer, at: dt.datetime) -> int:
    """How long the session goes on if nothing is heard of its person; 0 once it has ended."""
    ends = who.ends_at if who.stays else min(who.ends_at, who.seen_at + IDLE)
    return max(0, int((ends - at).total_seconds()))


def confirm(who: Viewer, password: str, at: dt.datetime) -> str | None:
    """Give the password again, for a deed that asks for it. The session's new token; None where it is wrong."""
    with db.engine.connect() as connection:
        kept = connection.execute(select(Person.password_hash).where(Person.id == who.id)).scalar_one()
    if not passwords.check(kept, password):
        return None
    token = secrets.token_urlsafe(32)
    return token if transaction.run(lambda tx: renew_within(tx, who, token, at)) else None


def renew_within(tx: Session, who: Viewer, token: str, at: dt.datetime) -> bool:
    """As part of a deed: a session whose person just gave a password goes on under a new token. False: it has ended."""
    values = {"id": token_hash(token), "confirmed_at": at, "seen_at": at, "door": "password"}
    renewed = update(SignIn).where(SignIn.id == who.sign_in).values(**values).returning(SignIn.id)
    return tx.execute(renewed).first() is not None


def sign_out(sign_in_id: str) -> None:
    transaction.run(lambda tx: tx.execute(delete(SignIn).where(SignIn.id == sign_in_id)))


def sign_out_there(who: Viewer, short: str, at: dt.datetime) -> bool:
    """End one's own session that `short_id` names. False where one has none of that name."""

    def work(tx: Session) -> bool:
        for one in tx.execute(select(SignIn.id).where(SignIn.person_id == who.id)).scalars().all():
            if hmac.compare_digest(short_id(one).encode(), short.encode()):
                tx.execute(delete(SignIn).where(SignIn.id == one))
                audit.record(tx, By(at, who.uid), "session ended", who.uid)
                return True
        return False

    return transaction.run(work)


def short_id(sign_in_id: str) -> str:
    """What a session is called in pages: a keyed hash that says nothing of its token."""
    return keyed("session", sign_in_id)[:26]


def sign_out_everywhere(who: Viewer, at: dt.datetime) -> None:
    def work(tx: Session) -> None:
        end_all(tx, who.id)
        audit.record(tx, By(at, who.uid), "signed out everywhere", who.uid)

    transaction.run(work)


def end_all(tx: Session, person: int, but: str = "") -> None:
    """End every session of a person and every secret address that still works; `but`: the session that stays."""
    tx.execute(delete(SignIn).where(SignIn.person_id == person, SignIn.id != but))
    tx.execute(delete(SignInLink).where(SignInLink.person_id == person))


def open_sessions(person: int, at: dt.datetime) -> list[Any]:
    """A person's sessions, the newest first: id, created_at, seen_at, expires_at, stays, door, device."""
    columns = SignIn.id, SignIn.created_at, SignIn.seen_at, SignIn.expires_at, SignIn.stays, SignIn.door, SignIn.device
    alive = SignIn.stays | (SignIn.seen_at > at - IDLE)
    with db.engine.connect() as connection:
        return list(
            connection.execute(
                select(*columns)
                .where(SignIn.person_id == person, SignIn.expires_at > at, alive)
                .order_by(SignIn.created_at.desc(), SignIn.id)
            )
        )
