"""What happens to an attestation once it is there: its name confirmed and corrected, its end reminded, its revocation.

A revocation is announced first: its holder is told, and may answer before it takes effect. `state` stays active until
then; `reason` and `state_changed_at` say what is to come and when.
"""

import datetime as dt
from dataclasses import replace
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from elearn.core.attestations import canonical, digest, load
from elearn.core.revocations import NOTICE, REASONS, REMINDERS, reminder_due
from elearn.services import audit, credentials, outbox, status_lists, transaction
from elearn.services.attestations import NotEnrolled, printable_name, tell
from elearn.services.audit import By
from elearn.store.accounts import Person
from elearn.store.attestations import Attestation, Holding
from elearn.store.base import db
from elearn.store.learning import Enrolment


class NothingAsked(Exception):
    """No correction is asked for, or it was dealt with meanwhile."""


class NotStanding(Exception):
    """The attestation is already revoked, or another has taken its place."""


def confirm_name(person: int, course: str, typed: str, at: dt.datetime) -> str:
    """Keep the name to print, as its person confirmed it; as it will be printed. UnprintableName, NotEnrolled.

    Where an attestation is there already, this asks for a correction: whoever issues agrees or declines.
    """
    name = printable_name(typed)

    def work(tx: Session) -> str:
        mine = Enrolment.person_id == person, Enrolment.course == course
        kept = update(Enrolment).where(*mine).values(printed_name=name, named_at=at).returning(Enrolment.id)
        if tx.execute(kept).first() is None:
            raise NotEnrolled
        return name

    return transaction.run(work)


def check_identity(person: int, course: str, seen_by: str, by: By) -> None:
    """Note that `seen_by` saw a document that proves who the person is, or, where it is empty, that nobody did. It is
    printed on what is issued afterwards; nothing of the document is kept. NotEnrolled."""

    def work(tx: Session) -> None:
        mine = Enrolment.person_id == person, Enrolment.course == course
        values = {"identity_by": seen_by[:120], "identity_at": by.at if seen_by else None}
        if tx.execute(update(Enrolment).where(*mine).values(**values).returning(Enrolment.id)).first() is None:
            raise NotEnrolled
        uid = tx.execute(select(Person.uid).where(Person.id == person)).scalar_one()
        audit.record(tx, by, "identity checked", uid, checked=bool(seen_by))

    transaction.run(work)


def correct(attestation: str, address: str, by: By) -> None:
    """Print the name that its holder asked for: the same identifiers, newer signed files, and no trace of the former
    name. NothingAsked, NotStanding; LookupError for an unknown one."""
    asked = _asked(attestation)
    facts = replace(load(asked.facts), printed_name=asked.wanted)
    body = canonical(facts)

    def keep(tx: Session, made: list[credentials.Signed]) -> None:
        row = _locked(tx, Attestation.id == attestation)
        if row is None or row.digest != asked.digest:
            raise NothingAsked
        values = {"printed_name": asked.wanted, "facts": body, "digest": digest(body)}
        tx.execute(update(Attestation).where(Attestation.id == attestation).values(**values))
        credentials.replace(tx, attestation, made, by.at)
        tell(tx, asked.person_id, by, "attestation corrected", attestation)

    uids = transaction.run(lambda tx: credentials.uids_of(tx, attestation))
    credentials.until_placed(lambda: credentials.prepare(facts, asked.issuer, address, by.at, uids), keep)
    status_lists.sign(asked.issuer, address, by.at)


def decline(attestation: str, by: By) -> None:
    """Leave the name as it is; the holder is told. NothingAsked; LookupError for an unknown one."""
    asked = _asked(attestation)

    def work(tx: Session) -> None:
        kept = Enrolment.id == asked.enrolment_id, Enrolment.printed_name == asked.wanted
        tx.execute(update(Enrolment).where(*kept).values(printed_name=asked.printed_name))
        tell(tx, asked.person_id, by, "attestation corrected", attestation, declined=True)

    transaction.run(work)


def announce(attestation: str, reason: str, by: By) -> dt.datetime:
    """Tell the holder that it will be revoked, and why; when. At once where they asked for it. NotStanding."""
    if reason not in REASONS:
        raise ValueError(reason)
    due = by.at if reason == "asked" else by.at + NOTICE

    def work(tx: Session) -> None:
        row = _standing(tx, attestation)
        if row.reason:
            return
        values = {"reason": reason, "state_changed_at": due}
        tx.execute(update(Attestation).where(Attestation.id == attestation).values(**values))
        _tell_holder(tx, attestation, by, "attestation revoked", reason=reason, announced=True)

    transaction.run(work)
    return due


def withdraw(attestation: str, by: By) -> None:
    """Take back an announced revocation. NotStanding where it took effect."""

    def work(tx: Session) -> None:
        row = _standing(tx, attestation)
        if not row.reason:
            return
        values = {"reason": "", "state_changed_at": None}
        tx.execute(update(Attestation).where(Attestation.id == attestation).values(**values))
        _tell_holder(tx, attestation, by, "attestation revoked", withdrawn=True)

    transaction.run(work)


def revoke(attestation: str, reason: str, address: str, by: By) -> bool:
    """Revoke now, for good: its page and every signed file say so. False where it was revoked already."""
    if reason not in REASONS:
        raise ValueError(reason)

    def work(tx: Session) -> str:
        row = _locked(tx, Attestation.id == attestation)
        if row is None:
            raise LookupError(attestation)
        if row.state == "revoked":
            return ""
        values = {"state": "revoked", "reason": row.reason or reason, "state_changed_at": by.at}
        tx.execute(update(Attestation).where(Attestation.id == attestation).values(**values))
        credentials.revoke(tx, attestation, by.at)
        _tell_holder(tx, attestation, by, "attestation revoked", reason=reason)
        return str(row.issuer)

    issuer = transaction.run(work)
    if issuer:
        status_lists.sign(issuer, address, by.at)
    return bool(issuer)


def daily(at: dt.datetime) -> None:
    """Revocations whose day has come, and reminders. Part of the upkeep."""
    address = current_app.config["ELEARN"].address
    for attestation, reason in _due(at):
        revoke(attestation, reason, address, By(at))
    remind(at, address)


def remind(at: dt.datetime, address: str) -> int:
    """Tell those whose attestation ends within ninety, thirty, seven days, once each, unless they chose not to be told;
    how many were. An attestation that was renewed or will be revoked is passed over."""
    last = at + dt.timedelta(days=max(REMINDERS))
    ends = Attestation.valid_until
    chosen = (
        select(Attestation.id, ends, Attestation.reminded, Holding.person_id)
        .join(Holding, Holding.attestation_id == Attestation.id)
        .join(Person, Person.id == Holding.person_id)
        .where(Attestation.state == "active", Attestation.reason == "", ends > at, ends <= last)
        .where(Person.reminders, Holding.enrolment_id.is_not(None))
        .order_by(Attestation.id)
    )
    with db.engine.connect() as connection:
        rows = connection.execute(chosen).all()
    return sum(_remind(row, at, address) for row in rows)


def set_reminders(person: int, wanted: bool) -> None:
    transaction.run(lambda tx: tx.execute(update(Person).where(Person.id == person).values(reminders=wanted)))


def _remind(row: Any, at: dt.datetime, address: str) -> bool:
    days = reminder_due(row.valid_until, row.reminded, at)
    if days is None:
        return False

    def work(tx: Session) -> bool:
        unchanged = Attestation.reminded.is_(None) if row.reminded is None else Attestation.reminded == row.reminded
        mine = update(Attestation).where(Attestation.id == row.id, unchanged).values(reminded=days)
        if tx.execute(mine.returning(Attestation.id)).first() is None:
            return False
        outbox.put(tx, row.person_id, "attestation ends", at, {"link": f"{address}/attestations/{row.id}"})
        return True

    return transaction.run(work)


def _due(at: dt.datetime) -> list[tuple[str, str]]:
    with db.engine.connect() as connection:
        chosen = select(Attestation.id, Attestation.reason).where(
            Attestation.state == "active", Attestation.reason != "", Attestation.state_changed_at <= at
        )
        return [(row.id, row.reason) for row in connection.execute(chosen)]


def _asked(attestation: str) -> Any:
    """The attestation with the name that its holder asks for (`wanted`)."""
    columns = (
        Attestation.facts,
        Attestation.digest,
        Attestation.state,
        Attestation.issuer,
        Attestation.printed_name,
        Holding.person_id,
        Holding.enrolment_id,
        Enrolment.printed_name.label("wanted"),
    )
    chosen = (
        select(*columns)
        .join(Holding, Holding.attestation_id == Attestation.id)
        .outerjoin(Enrolment, Enrolment.id == Holding.enrolment_id)
        .where(Attestation.id == attestation)
    )
    with db.engine.connect() as connection:
        row = connection.execute(chosen).first()
    if row is None:
        raise LookupError(attestation)
    if row.state != "active":
        raise NotStanding
    if not row.wanted or row.wanted == row.printed_name:
        raise NothingAsked
    return row


def _standing(tx: Session, attestation: str) -> Any:
    row = _locked(tx, Attestation.id == attestation)
    if row is None:
        raise LookupError(attestation)
    if row.state != "active":
        raise NotStanding
    return row


def _locked(tx: Session, which: ColumnElement[bool]) -> Any:
    columns = Attestation.state, Attestation.reason, Attestation.issuer, Attestation.digest
    return tx.execute(select(*columns).where(which).with_for_update()).first()


def _tell_holder(tx: Session, attestation: str, by: By, deed: str, **facts: Any) -> None:
    """Nobody is told of an attestation whose holder has left."""
    person = tx.execute(select(Holding.person_id).where(Holding.attestation_id == attestation)).scalar()
    if person is not None:
        tell(tx, person, by, deed, attestation, **facts)
