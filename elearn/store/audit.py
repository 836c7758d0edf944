"""The audit log: who did what to whom and when, never what anyone wrote. Append-only, each entry chained to the last.

The database itself refuses to change an entry, or to delete one younger than three years (see the migration).
"""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.base import Care, Model, Moment

AUDIT = Care(
    "audit",
    "internal",
    "legitimate interest: accountability",
    "{keep}",
    "yes",
    "kept: random identifiers only, which name nobody once the account is gone",
    keep_days=1095,
)


class AuditEntry(Model):
    """One deed. `actor` and `subject` are random identifiers (Person.uid), no foreign keys: they outlive accounts."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject", "id"), Index("ix_audit_entry_actor", "actor", "id"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, info=AUDIT("order: 1, 2, 3, no gap"))
    at: Mapped[dt.datetime] = mapped_column(Moment, index=True, info=AUDIT("when"))
    deed: Mapped[str] = mapped_column(String(40), info=AUDIT("what was done, one of a closed list"))
    actor: Mapped[str] = mapped_column(String(26), info=AUDIT("who did it; empty for the command line or the site"))
    subject: Mapped[str] = mapped_column(String(26), info=AUDIT("whose account it concerns; empty where nobody's"))
    told: Mapped[bool] = mapped_column(info=AUDIT("is it shown to its subject as news"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, info=AUDIT("roles, identifiers and counts; never a text"))
    seal: Mapped[str] = mapped_column(String(64), unique=True, info=AUDIT("HMAC of this entry and the one before"))


def last_entry(connection: Connection) -> tuple[int, str]:
    """(number, seal) of the newest entry; (0, "") where there is none."""
    row = connection.execute(select(AuditEntry.id, AuditEntry.seal).order_by(AuditEntry.id.desc()).limit(1)).first()
    return (row.id, row.seal) if row else (0, "")


def about(connection: Connection, uid: str, most: int = 50) -> list[Any]:
    """The newest entries about one account, newest first."""
    return list(
        connection.execute(
            select(AuditEntry.id, AuditEntry.at, AuditEntry.deed, AuditEntry.actor, AuditEntry.told, AuditEntry.facts)
            .where(AuditEntry.subject == uid)
            .order_by(AuditEntry.id.desc())
            .limit(most)
        )
    )


def count(connection: Connection, deed: str = "", person: str = "") -> int:
    """How many entries: of a deed, or by or about a person (uid); all where both are empty."""
    return int(
        connection.execute(select(func.count()).select_from(AuditEntry).where(*_chosen(deed, person))).scalar_one()
    )


def page(connection: Connection, deed: str, person: str, offset: int, most: int) -> list[Any]:
    """Entries, newest first: id, at, deed, actor, subject, facts."""
    columns = AuditEntry.id, AuditEntry.at, AuditEntry.deed, AuditEntry.actor, AuditEntry.subject, AuditEntry.facts
    chosen = select(*columns).where(*_chosen(deed, person)).order_by(AuditEntry.id.desc())
    return list(connection.execute(chosen.offset(offset).limit(most)))


def _chosen(deed: str, person: str) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if deed:
        chosen.append(AuditEntry.deed == deed)
    if person:
        chosen.append((AuditEntry.subject == person) | (AuditEntry.actor == person))
    return chosen
