"""One row of everything for a person, every value of it a canary that no other person has: what export must hold and
erasure must leave nothing of."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import JSON, LargeBinary, String, insert, select
from sqlalchemy.orm import Session

from elearn.core.attestations import canonical, digest
from elearn.services import audit, keys
from elearn.services.audit import By
from elearn.store.base import Base, Moment
from elearn.store.inventory import Whose, owned, tables
from tests.core.papers import snapshot

BEGUN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SEALED = {"reflection": "id", "mail_address": "person_id", "second_factor": "person_id", "outbox_message": "uid"}
MADE_BY_A_DEED = {"audit_entry", "data_key"}


@dataclass
class Canary:
    """A value as it was stored; `text`: what to look for. `info`: of its column."""

    table: str
    column: str
    text: str
    info: dict[str, Any]


@dataclass
class Everything:
    """`tag`: four signs that begin every canary of this person. `whose`: known once the person is there."""

    tag: str
    start: int
    whose: Whose = field(default_factory=lambda: Whose(0, ""))
    canaries: list[Canary] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers = itertools.count(self.start)

    def seed(self, tx: Session) -> None:
        """A row in every table that belongs to the person; two of what may be had twice is for the caller."""
        made: dict[str, dict[str, Any]] = {}
        for table in Base.metadata.sorted_tables:
            if table.name in MADE_BY_A_DEED or owned(table, Whose(0, "")) is None:
                continue
            made[table.name] = self._row(tx, table, made)
            if table.name == "person":
                self.whose = Whose(made["person"]["id"], made["person"]["uid"])
                keys.data_key(tx, self.whose.id, BEGUN)
        note = self._word("audit_entry", "facts", Base.metadata.tables["audit_entry"].c.facts.info)
        audit.record(tx, By(BEGUN), "file looked at", self.whose.uid, cohort=note)

    def texts(self, **wanted: str) -> list[str]:
        """What to look for, where the column's info is so: texts(export="yes")."""
        return [one.text for one in self.canaries if all(one.info[name] == value for name, value in wanted.items())]

    def _row(self, tx: Session, table: Any, made: dict[str, dict[str, Any]]) -> dict[str, Any]:
        row = {column.name: self._value(table, column, made) for column in table.columns}
        row = {name: value for name, value in row.items() if value is not LEFT_TO_THE_DATABASE}
        if table.name == "attestation":
            facts = snapshot(printed_name=row["printed_name"], salt=self._word("attestation", "facts", NAMED))
            row |= {"facts": canonical(facts), "digest": digest(canonical(facts))}
        if table.name in SEALED:
            word = self._word(table.name, "sealed", table.c.sealed.info)
            part = str(row[SEALED[table.name]])
            row["key_id"], row["sealed"] = keys.seal_for(tx, self.whose.id, word.encode(), table.name, part, BEGUN)
        found = tx.execute(insert(table).values(**row).returning(*table.primary_key.columns)).one()
        return row | dict(found._mapping)

    def _value(self, table: Any, column: Any, made: dict[str, dict[str, Any]]) -> Any:
        key = next(iter(column.foreign_keys), None)
        if key is not None:
            parent = made.get(key.column.table.name)
            return parent[key.column.name] if parent else OTHERS[key.column.table.name]
        made_below = column.name in ("sealed", "key_id") or (table.name, column.name) in FACTS
        if made_below:
            return LEFT_TO_THE_DATABASE
        if column.name == "place":
            return next(self._numbers)
        if isinstance(column.type, Moment):
            moment = BEGUN + dt.timedelta(days=400, microseconds=next(self._numbers))
            self._keep(table.name, column.name, f"{moment:%H:%M:%S.%f}", column.info)
            return moment
        if isinstance(column.type, String):
            return self._word(table.name, column.name, column.info)
        if isinstance(column.type, JSON):
            return {"word": self._word(table.name, column.name, column.info)}
        if isinstance(column.type, LargeBinary):
            return json.dumps(self._word(table.name, column.name, column.info)).encode()
        if column.primary_key and column.type.python_type is int:
            return LEFT_TO_THE_DATABASE
        return {int: 7, bool: True, float: 0.5}[column.type.python_type]

    def _word(self, table: str, column: str, info: dict[str, Any]) -> str:
        word = f"{self.tag}{next(self._numbers):04d}"
        self._keep(table, column, word, info)
        return word

    def _keep(self, table: str, column: str, text: str, info: dict[str, Any]) -> None:
        self.canaries.append(Canary(table, column, text, info))


LEFT_TO_THE_DATABASE = object()
FACTS = {("attestation", "facts"), ("attestation", "digest"), ("audit_entry", "facts")}
OTHERS = {"cohort": 1, "status_list": 1, "issuer_key": "key"}
"""Rows that are nobody's, and that the caller has made."""
NAMED = {"export": "yes", "erasure": "emptied"}
"""The salt lies inside the facts; it goes with the name."""


def a_cohort(tx: Session) -> None:
    from elearn.store.cohorts import Cohort
    from elearn.store.credentials import IssuerKey, StatusList

    if tx.execute(select(Cohort.id)).scalar() is None:
        tx.execute(insert(Cohort).values(uid="COHORT", name="Automne", course="reperes", made_at=BEGUN))

    if tx.execute(select(StatusList.id)).scalar() is None:
        tx.execute(insert(StatusList).values(id=1, issuer="site", number=1, body=b"", signed_at=BEGUN))
        common = {
            "issuer": "site",
            "name": "key-2026-1",
            "public": "z6Mk",
            "wrapped_by": "reflections-1",
            "sealed": b"",
        }
        tx.execute(insert(IssuerKey).values(id="key", state="retired", made_at=BEGUN, **common))


def owned_tables() -> set[str]:
    return {table.name for table in tables() if owned(table, Whose(0, "")) is not None}
