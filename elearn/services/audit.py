"""Append to the audit log, within the transaction of the deed, and look whether its chain still holds."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from elearn.core.audit import LOGGED, Entry, broken_at, chain
from elearn.services.keys import keyring
from elearn.store.audit import AuditEntry, last_entry
from elearn.store.base import db

_LOCK = 0x656C6561
"""PostgreSQL: a lock of the transaction, so that two deeds at once do not chain to the same entry."""


@dataclass(frozen=True, slots=True)
class By:
    """Who does a deed, and when. `uid` is empty for the command line and for what the site does by itself."""

    at: dt.datetime
    uid: str = ""
    role: str = ""


def record(tx: Session, by: By, deed: str, subject: str = "", told: bool | None = None, **facts: Any) -> None:
    """Log `deed`, one of core.audit.LOGGED, as done by `by` to the account `subject`.

    `facts`: identifiers, roles, counts. `told`: whether the subject sees it as news; by default as the table says, and
    never where people did it themselves from their own session.
    """
    default = LOGGED[deed]
    if tx.get_bind().dialect.name == "postgresql":
        tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    tx.flush()
    number, previous = last_entry(tx.connection())
    if by.role:
        facts = {"role": by.role, **facts}
    entry = Entry(number + 1, by.at, deed, by.uid, subject, facts)
    tx.execute(
        insert(AuditEntry).values(
            id=entry.number,
            at=by.at,
            deed=deed,
            actor=by.uid,
            subject=subject,
            told=default if told is None else told,
            facts=dict(facts),
            seal=chain(keyring().key("audit"), previous, entry),
        )
    )


def broken() -> int | None:
    """The number of the first entry that was changed, or that follows a missing one; None where the chain holds."""
    with db.engine.connect() as connection:
        first = connection.execute(select(AuditEntry.id).order_by(AuditEntry.id).limit(1)).scalar()
        before = "" if first in (None, 1) else None
        return broken_at(keyring().key("audit"), _entries(connection), before)


def _entries(connection: Any) -> Iterator[tuple[Entry, str]]:
    rows = connection.execution_options(yield_per=1000).execute(select(AuditEntry.__table__).order_by(AuditEntry.id))
    for row in rows:
        yield Entry(row.id, row.at, row.deed, row.actor, row.subject, row.facts), row.seal
