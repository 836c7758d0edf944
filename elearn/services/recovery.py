"""Ways back in: a link sent to a verified address, and codes that a person printed. Neither passes a second factor.

Whoever asks learns nothing about whether an account is there: the pages answer alike, in the same time.
"""

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from elearn import logs
from elearn.core.codes import RECOVERY_BYTES, normal_recovery, recovery_from_random
from elearn.core.mail_address import normal_address
from elearn.core.passwords import password_problem, sign_in_key
from elearn.services import addresses, audit, links, outbox, passwords, sessions, transaction
from elearn.services.accounts import Unacceptable
from elearn.services.audit import By
from elearn.store.accounts import Person, RecoveryCode, Viewer, token_hash
from elearn.store.base import db
from elearn.store.mail import MailAddress

CODES = 8
ACCOUNTS_OF_AN_ADDRESS = 5
"""One address may serve a family or a house: so many of its accounts get a link at once."""


@dataclass(frozen=True, slots=True)
class Codes:
    """How many recovery codes are left, and when they were made."""

    left: int
    made_at: dt.datetime | None


def ask_by_mail(typed: str, at: dt.datetime, link: Callable[[str], str]) -> None:
    """Send a reset link to whoever has this sign-in name or verified address. Nothing tells whether anyone has.

    `link`: token -> the address of the page that sets a password.
    """
    lookup = addresses.lookup_of(normal_address(typed) or typed)
    found = (
        select(Person.id, Person.uid)
        .join(MailAddress, MailAddress.person_id == Person.id)
        .where(
            or_(Person.sign_in_key == sign_in_key(typed), MailAddress.lookup == lookup),
            MailAddress.verified_at.is_not(None),
            Person.deactivated_at.is_(None),
        )
        .order_by(Person.id)
        .limit(ACCOUNTS_OF_AN_ADDRESS)
        .with_for_update(of=Person)
    )

    def work(tx: Session) -> int:
        return sum(_send_reset(tx, row.id, at, link) for row in tx.execute(found).all())

    logs.note("reset asked", count=transaction.run(work))


def _send_reset(tx: Session, person: int, at: dt.datetime, link: Callable[[str], str]) -> bool:
    """An address that does not open is passed over: a fault would tell that the account is there."""
    if addresses.mails(tx, person, "reset", at) >= addresses.MAILS_AN_HOUR:
        return False
    token = links.make_within(tx, person, "reset", at, links.BY_MAIL)
    return outbox.put(tx, person, "reset", at, {"link": link(token)})


def reset(token: str, password: str, at: dt.datetime, notice: str) -> bool:
    """Set a new password by a link; every session and link of the person ends, and nobody is signed in (OWASP, Forgot
    Password Cheat Sheet). False where the link no longer works; Unacceptable where the password cannot be taken.
    """
    whose = links.whose(token, "reset", at)
    if whose is None:
        return False
    problem = password_problem(password, (whose.sign_in_name, whose.chosen_name), passwords.common_passwords())
    if problem:
        raise Unacceptable("password", problem)
    hashed = passwords.hash_password(password)

    def work(tx: Session) -> bool:
        used = links.use_within(tx, token, "reset", at)
        if used is None:
            return False
        tx.execute(update(Person).where(Person.id == used.person).values(password_hash=hashed))
        sessions.end_all(tx, used.person)
        audit.record(tx, By(at, used.uid), "password reset", used.uid)
        outbox.put(tx, used.person, "notice", at, {"link": notice})
        return True

    return transaction.run(work)


def make_codes(who: Viewer, at: dt.datetime, notice: str) -> list[str]:
    """Eight new codes, shown once: earlier ones no longer work."""
    return transaction.run(lambda tx: make_codes_within(tx, who, at, notice))


def make_codes_within(tx: Session, who: Viewer, at: dt.datetime, notice: str) -> list[str]:
    codes = [recovery_from_random(secrets.token_bytes(RECOVERY_BYTES)) for _ in range(CODES)]
    tx.execute(delete(RecoveryCode).where(RecoveryCode.person_id == who.id))
    tx.add_all(RecoveryCode(id=token_hash(code), person_id=who.id, made_at=at) for code in codes)
    audit.record(tx, By(at, who.uid), "recovery codes made", who.uid, told=False, count=CODES)
    outbox.put(tx, who.id, "notice", at, {"link": notice})
    return codes


def codes_of(person: int) -> Codes:
    counted = select(func.count(), func.max(RecoveryCode.made_at)).where(
        RecoveryCode.person_id == person, RecoveryCode.used_at.is_(None)
    )
    with db.engine.connect() as connection:
        row = connection.execute(counted).one()
    return Codes(row[0], row[1])


def use_code(name: str, code: str, at: dt.datetime, notice: str, device: str = "") -> str | None:
    """A session's token for a sign-in name and one of its codes; None otherwise, whatever is wrong."""
    session = secrets.token_urlsafe(32)
    found = select(Person.id, Person.uid).where(
        Person.sign_in_key == sign_in_key(name), Person.deactivated_at.is_(None)
    )

    def work(tx: Session) -> bool:
        row = tx.execute(found).first()
        person, uid = (row.id, row.uid) if row else (0, "")
        if not spend_within(tx, person, uid, code, at, notice):
            return False
        sessions.open_within(tx, person, session, at, "code", device=device)
        return True

    return session if transaction.run(work) else None


def spend_within(tx: Session, person: int, uid: str, code: str, at: dt.datetime, notice: str) -> bool:
    """Use one of a person's codes up. False where it is none of theirs, or was used."""
    mine = (RecoveryCode.person_id == person, RecoveryCode.id == token_hash(normal_recovery(code) or ""))
    spent = update(RecoveryCode).where(*mine, RecoveryCode.used_at.is_(None)).values(used_at=at)
    if tx.execute(spent.returning(RecoveryCode.id)).first() is None:
        return False
    audit.record(tx, By(at, uid), "recovery code used", uid)
    outbox.put(tx, person, "notice", at, {"link": notice})
    return True
