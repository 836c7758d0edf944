"""The inventory of columns, read from the tables themselves: for how long, under which topic, and whose a row is.

Whose: a row belongs to a person where a cascading reference leads to them, through as many tables as it takes; the two
tables that hold no reference to a person are told by OWNERS.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Table, select

from elearn.core.register import Line
from elearn.store.attestations import Attestation, Holding
from elearn.store.audit import AuditEntry
from elearn.store.base import Base
from elearn.store.tables import TABLES  # noqa: F401 - the metadata must be whole


@dataclass(frozen=True, slots=True)
class Whose:
    """A person, by both names under which tables know them."""

    id: int
    uid: str


OWNERS: Mapping[str, Callable[[Whose], ColumnElement[bool]]] = {
    "person": lambda whose: Base.metadata.tables["person"].c.id == whose.id,
    "audit_entry": lambda whose: AuditEntry.subject == whose.uid,
    "attestation": lambda whose: Attestation.id.in_(
        select(Holding.attestation_id).where(Holding.person_id == whose.id)
    ),
}


def tables() -> list[Table]:
    """Every table, by name."""
    return [Base.metadata.tables[name] for name in sorted(Base.metadata.tables)]


def exported(table: Table) -> list[Any]:
    """The columns of a table that its person can take away, in the order of their declaration."""
    return [column for column in table.columns if column.info["export"] == "yes"]


def keep_days(table: Table) -> int | None:
    """For how many days rows of a table are kept; None where they go with something else."""
    found = {column.info["keep_days"] for column in table.columns} - {None}
    return min(found) if found else None


def topic_days() -> dict[str, int | None]:
    """Topic -> the number of days that its words name."""
    found: dict[str, int | None] = {}
    for table in tables():
        for column in table.columns:
            found.setdefault(column.info["topic"], column.info["keep_days"])
    return found


def takeable() -> set[str]:
    """Topics of which a person can take at least one value along."""
    return {column.info["topic"] for table in tables() for column in exported(table)}


def owned(table: Table, whose: Whose) -> ColumnElement[bool] | None:
    """The condition under which a row is this person's; None for a table that belongs to nobody."""
    if table.name in OWNERS:
        return OWNERS[table.name](whose)
    ways = sorted(_ways(table), key=lambda key: key.column.table.name != "person")
    for key in ways:
        parent = owned(key.column.table, whose)
        if parent is not None:
            return key.parent.in_(select(key.column).where(parent))
    return None


def _ways(table: Table) -> Iterator[ForeignKey]:
    """References by which a row lives and dies with another."""
    return (key for key in table.foreign_keys if key.ondelete == "CASCADE" and key.column.table is not table)


def register_lines() -> list[Line]:
    """Every column, for the register."""
    told = ("topic", "purpose", "klass", "basis", "export", "keep_days")
    return [
        Line(table=table.name, column=column.name, **{word: column.info[word] for word in told})
        for table in tables()
        for column in table.columns
    ]
