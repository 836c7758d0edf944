"""The second factor: the secret shared with an authenticator, sealed with its person's key; codes that work once.

A session whose factor is given gets a new token (ASVS 5.0, 7.2.4). Where the phone is lost, a recovery code counts as
the second factor, but only beside the password: two codes from one sheet of paper are one factor.
"""

import datetime as dt
import logging
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from elearn import logs
from elearn.core.sealing import BrokenSeal
from elearn.core.totp import SECRET_BYTES, matching_step
from elearn.services import audit, outbox, recovery, sessions, transaction
from elearn.services.audit import By
from elearn.services.keys import seal_for, unseal_for
from elearn.store.accounts import Person, SecondFactor, SignIn, Viewer, token_hash
from elearn.store.base import db


@dataclass(frozen=True, slots=True)
class Added:
    """The session's new token, and the recovery codes to keep: both are shown once."""

    token: str
    codes: list[str]


@dataclass(frozen=True, slots=True)
class Pending:
    """A secret that no code has proved yet, and the name that the authenticator will show."""

    secret: bytes
    sign_in_name: str


def start(who: Viewer, at: dt.datetime) -> bool:
    """A new secret, in place of one that was never proved. False where a proved one stands: it is removed first."""

    def work(tx: Session) -> bool:
        row = _row(tx, who.id)
        if row is not None and row.confirmed_at is not None:
            return False
        key_id, sealed = seal_for(tx, who.id, secrets.token_bytes(SECRET_BYTES), "second_factor", str(who.id), at)
        if row is None:
            row = SecondFactor(person_id=who.id, key_id=key_id, sealed=sealed)
            tx.add(row)
        row.key_id, row.sealed, row.last_step = key_id, sealed, 0
        return True

    return transaction.run(work)


def pending(who: Viewer) -> Pending | None:
    """What there is to scan. BrokenSeal where it does not open."""
    with Session(db.engine) as tx:
        row = tx.execute(
            select(SecondFactor).where(SecondFactor.person_id == who.id, SecondFactor.confirmed_at.is_(None))
        ).scalar()
        if row is None:
            return None
        name = tx.execute(select(Person.sign_in_name).where(Person.id == who.id)).scalar_one()
        return Pending(_secret(tx, row), name)


def confirm(who: Viewer, code: str, at: dt.datetime, notice: str) -> Added | None:
    """Prove the secret by a first code. From now on every sign-in asks for one; other open sessions do so at once."""
    token = secrets.token_urlsafe(32)

    def work(tx: Session) -> Added | None:
        row = _row(tx, who.id)
        if row is None or row.confirmed_at is not None or not _take(tx, row, code, at):
            return None
        row.confirmed_at = at
        _renew(tx, who, token, at)
        audit.record(tx, By(at, who.uid), "second factor added", who.uid, told=False)
        return Added(token, recovery.make_codes_within(tx, who, at, notice))

    return transaction.run(work)


def give(who: Viewer, code: str, at: dt.datetime, notice: str) -> str | None:
    """The session's new token for a code of the authenticator, or for a recovery code beside the password."""
    token = secrets.token_urlsafe(32)

    def work(tx: Session) -> bool:
        if not _proves(tx, who, code, at, notice, printed=who.door == "password"):
            return False
        _renew(tx, who, token, at)
        return True

    return token if transaction.run(work) else None


def remove(who: Viewer, code: str, at: dt.datetime, notice: str) -> bool:
    """Take one's own away, by a code of it or a recovery code. False where the code is wrong or there is nothing."""

    def work(tx: Session) -> bool:
        if not _proves(tx, who, code, at, notice, printed=True):
            return False
        remove_within(tx, who.id, who.uid, By(at, who.uid), notice)
        return True

    return transaction.run(work)


def remove_for(uid: str, by: By, notice: str) -> bool:
    """Take somebody's lost second factor away, after whoever does it made sure who asks. Their sessions end, and they
    are told. False where there is no such account, or nothing to take away.
    """

    def work(tx: Session) -> bool:
        person = tx.execute(select(Person.id).where(Person.uid == uid)).scalar()
        if person is None or not remove_within(tx, person, uid, by, notice):
            return False
        sessions.end_all(tx, person)
        return True

    return transaction.run(work)


def remove_within(tx: Session, person: int, uid: str, by: By, notice: str) -> bool:
    """The same as part of a deed. Sessions that still owed it end: they must not open for want of the question."""
    row = _row(tx, person)
    if row is None or row.confirmed_at is None:
        return False
    tx.delete(row)
    tx.execute(delete(SignIn).where(SignIn.person_id == person, SignIn.factor_at.is_(None)))
    audit.record(tx, by, "second factor removed", uid, told=by.uid != uid)
    outbox.put(tx, person, "notice", by.at, {"link": notice})
    return True


def _proves(tx: Session, who: Viewer, code: str, at: dt.datetime, notice: str, printed: bool) -> bool:
    row = _row(tx, who.id)
    if row is None or row.confirmed_at is None:
        return False
    return _take(tx, row, code, at) or (printed and recovery.spend_within(tx, who.id, who.uid, code, at, notice))


def _take(tx: Session, row: SecondFactor, code: str, at: dt.datetime) -> bool:
    """Use a code up. After a jump of the clock backwards, codes work again once time has caught up.

    A secret that does not open takes no code: a recovery code, or somebody of the team, helps on.
    """
    try:
        secret = _secret(tx, row)
    except BrokenSeal:
        logs.note("second factor does not open", logging.ERROR, error="BrokenSeal")
        return False
    step = matching_step(secret, code, at.timestamp(), row.last_step)
    if step is None:
        return False
    row.last_step = step
    return True


def _row(tx: Session, person: int) -> SecondFactor | None:
    return tx.execute(select(SecondFactor).where(SecondFactor.person_id == person).with_for_update()).scalar()


def _secret(tx: Session, row: SecondFactor) -> bytes:
    return unseal_for(tx, row.person_id, row.key_id, row.sealed, "second_factor", str(row.person_id))


def _renew(tx: Session, who: Viewer, token: str, at: dt.datetime) -> None:
    """The same session under a new token: the old one is worth nothing from now on."""
    values = {"id": token_hash(token), "factor_at": at, "confirmed_at": at, "seen_at": at}
    tx.execute(update(SignIn).where(SignIn.id == who.sign_in).values(**values))
