"""Sealed values moved where they do not belong, as someone who may write to the database could."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select, update

from elearn.services import reflections, transaction
from elearn.store.base import db
from elearn.store.learning import DataKey, Reflection
from tests import world


def rows(site: Flask) -> list[Any]:
    with site.app_context(), db.engine.connect() as connection:
        columns = Reflection.id, Reflection.sealed, Reflection.key_id, Reflection.revision
        return list(connection.execute(select(*columns).order_by(Reflection.id)))


def swapped(site: Flask, what: str) -> None:
    """`texts` of two people, or their `data keys`; `questions`: two texts of the person who wrote first."""
    table: Any = DataKey.__table__ if what == "data keys" else Reflection.__table__
    columns = ("wrapped",) if what == "data keys" else ("sealed", "key_id")
    with site.app_context():
        if what == "questions":
            transaction.run(_second_text)
        with db.engine.begin() as connection:
            a, b = connection.execute(select(table).order_by(table.c.person_id)).mappings().all()[:2]
            for mine, theirs in ((a, b), (b, a)):
                values = {name: theirs[name] for name in columns}
                connection.execute(update(table).where(table.c.id == mine["id"]).values(**values))


def _second_text(tx: Any) -> None:
    first = tx.execute(select(Reflection.person_id).order_by(Reflection.person_id).limit(1)).scalar_one()
    reflections.save(tx, reflections.Whose(first, "reperes", "ecouter", "autre", 0), "un autre canari", world.AT)
