"""What has run its time goes, by itself, once a day: rows past the days that the inventory gives their table, accounts
left for two years (after two notices), and accounts whose erasure is due. The same numbers as pages and register show.
"""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, select, update
from sqlalchemy.orm import Session

from elearn import logs
from elearn.services import audit, erasure, outbox, transaction
from elearn.services.audit import By
from elearn.store.accounts import IDLE, Person, SignIn, SignInLink
from elearn.store.audit import AuditEntry
from elearn.store.base import db
from elearn.store.cohorts import Cohort, Invitation
from elearn.store.inventory import keep_days, tables
from elearn.store.learning import Draft, Idempotency
from elearn.store.mail import OutboxMessage
from elearn.store.privacy import Erasure
from elearn.store.upkeep import SiteNote

Past = Callable[[dt.datetime], ColumnElement[bool]]
DAY = dt.timedelta(days=1)

RULES: Mapping[str, Past] = {
    "draft": lambda before: Draft.saved_at < before,
    "idempotency": lambda before: Idempotency.made_at < before,
    "sign_in": lambda before: (
        (SignIn.expires_at < before) | ((SignIn.seen_at < before - IDLE) & SignIn.stays.is_(False))
    ),
    "sign_in_link": lambda before: SignInLink.expires_at < before,
    "outbox_message": lambda before: (
        OutboxMessage.state.in_(("sent", "failed", "dropped")) & (OutboxMessage.made_at < before)
    ),
    "invitation": lambda before: (Invitation.expires_at < before) | (Invitation.closed_at < before),
    "cohort": lambda before: Cohort.closed_at < before,
    "erasure": lambda before: Erasure.at < before,
    "audit_entry": lambda before: AuditEntry.id < _first_kept(before),
}
"""Table -> which rows are past their time, given the moment before which they are. Accounts are told first: below."""

TOLD_FIRST = {"person"}
FIRST_NOTICE = dt.timedelta(days=60)
SECOND_NOTICE = dt.timedelta(days=14)
"""How long before an account left alone is erased its person is told."""
LONG_WITHOUT = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Report:
    """`deleted`: table -> rows. `notices`: people told that their account will be erased. `erased`: accounts."""

    deleted: Mapping[str, int] = field(default_factory=dict)
    notices: int = 0
    erased: int = 0

    def counts(self) -> dict[str, int]:
        found = {**self.deleted, "notices": self.notices, "accounts erased": self.erased}
        return {name: number for name, number in found.items() if number}


def run(at: dt.datetime) -> Report:
    """Do it all. Safe to run at any time and as often as one likes: a second run finds nothing left."""
    left = _left_alone(at)
    notices = sum(_tell(person, at) for person in left)
    gone = [person.uid for person in left if _is_over(person, at)]
    erased = erasure.erase_due(at) + erasure.erase(gone, at, Person.inactivity_notices >= 2)
    deleted = transaction.run(lambda tx: _delete(tx, at, notices, erased))
    return Report(deleted, notices, erased)


def daily(at: dt.datetime) -> Report:
    """The same, by itself. After a long time without a run the first one only takes note: it may be the clock that is
    months ahead, and whoever looks after the site has a day to set it right."""
    with db.engine.connect() as connection:
        last = connection.execute(select(SiteNote.at).where(SiteNote.name == "retention")).scalar()
    if last is None or at - last < LONG_WITHOUT:
        return run(at)
    logs.note("retention waits a day", logging.WARNING, count=(at - last).days)
    transaction.run(lambda tx: tx.merge(SiteNote(name="retention", value="", at=at)))
    return Report()


def look(at: dt.datetime) -> Report:
    """What `run` would do now. Changes nothing."""
    left = _left_alone(at)
    with db.engine.connect() as connection:
        counts = {
            table.name: connection.execute(select(func.count()).select_from(table).where(_past(table, at))).scalar_one()
            for table in tables()
            if table.name in RULES
        }
    over = sum(_is_over(person, at) for person in left)
    return Report(counts, sum(_owes_notice(person, at) > 0 for person in left), over + len(erasure.due(at)))


def _past(table: Table, at: dt.datetime) -> ColumnElement[bool]:
    days = keep_days(table)
    if days is None:
        raise LookupError(table.name)
    return RULES[table.name](at - dt.timedelta(days=days))


def _first_kept(before: dt.datetime) -> Any:
    """The log is shortened from its start, so that the chain of what is left still holds; a day late, since the
    database itself refuses to delete an entry of three years by its own clock."""
    return select(func.min(AuditEntry.id)).where(AuditEntry.at >= before - DAY).scalar_subquery()


def _delete(tx: Session, at: dt.datetime, notices: int, erased: int) -> dict[str, int]:
    audit.record(tx, By(at), "retention ran", notices=notices, erased=erased)
    deleted = {
        name: int(tx.execute(delete(table).where(_past(table, at))).rowcount)  # type: ignore[attr-defined]
        for name, table in ((table.name, table) for table in tables())
        if name in RULES
    }
    if deleted["audit_entry"]:
        audit.record(tx, By(at), "log shortened", count=deleted["audit_entry"])
    if deleted["erasure"]:
        erasure.trim(tx, at - dt.timedelta(days=keep_days(Erasure.__table__) or 0))  # type: ignore[arg-type]
    said = ", ".join(f"{name} {count}" for name, count in Report(deleted, notices, erased).counts().items())
    tx.merge(SiteNote(name="retention", value=said[:400], at=at))
    return deleted


def _left_alone(at: dt.datetime) -> list[Any]:
    """Accounts so long without a visit that a notice or an end may be due, with the moment of the last notice."""
    since = func.coalesce(Person.seen_at, Person.created_at)
    told = (
        select(func.max(AuditEntry.at))
        .where(AuditEntry.subject == Person.uid, AuditEntry.deed == "inactivity notice")
        .scalar_subquery()
    )
    columns = Person.id, Person.uid, Person.inactivity_notices, since.label("since"), told.label("told_at")
    with db.engine.connect() as connection:
        return list(
            connection.execute(select(*columns).where(since < at - _lasts() + FIRST_NOTICE, Person.erase_at.is_(None)))
        )


def _lasts() -> dt.timedelta:
    return dt.timedelta(days=keep_days(Person.__table__) or 0)  # type: ignore[arg-type]


def _owes_notice(person: Any, at: dt.datetime) -> int:
    """1 or 2: which notice is due; 0 for none. The second leaves its time after the first, however late that was."""
    if person.inactivity_notices == 0:
        return 1
    late_enough = person.since < at - _lasts() + SECOND_NOTICE
    apart = person.told_at is None or person.told_at <= at - (FIRST_NOTICE - SECOND_NOTICE)
    return 2 if person.inactivity_notices == 1 and late_enough and apart else 0


def _is_over(person: Any, at: dt.datetime) -> bool:
    told = person.told_at is not None and person.told_at <= at - SECOND_NOTICE
    return bool(person.inactivity_notices >= 2 and person.since < at - _lasts() and told)


def _tell(person: Any, at: dt.datetime) -> int:
    """Send the notice that is due; how many were sent. Whoever has signed in meanwhile is not told."""
    number = _owes_notice(person, at)
    if not number:
        return 0

    def work(tx: Session) -> int:
        still = (Person.id == person.id, Person.inactivity_notices == number - 1)
        if (
            tx.execute(update(Person).where(*still).values(inactivity_notices=number).returning(Person.id)).first()
            is None
        ):
            return 0
        audit.record(tx, By(at), "inactivity notice", person.uid, number=number)
        outbox.put(tx, person.id, "notice", at)
        return 1

    return transaction.run(work)
