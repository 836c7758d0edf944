"""Sealed values moved where they do not belong, as someone who may write to the database could."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Flask
from sqlalchemy import insert, select, update

from elearn.store.base import db
from elearn.store.learning import DataKey, Reflection


def sealed_rows(site: Flask) -> list[Any]:
    with site.app_context(), db.engine.connect() as connection:
        columns = Reflection.id, Reflection.sealed, Reflection.key_id, Reflection.revision
        return list(connection.execute(select(*columns).order_by(Reflection.id)))


def broken(site: Flask, swap: str) -> None:
    """`texts`: those of two people; `data keys`: their keys; `questions`: two texts of one person."""
    with site.app_context(), db.engine.begin() as connection:
        table: Any = Reflection.__table__
        if swap == "questions":
            one = connection.execute(select(table)).mappings().first()
            assert one is not None
            other = dict(one) | {"id": str(uuid.uuid4()), "question": "autre", "sealed": one["sealed"]}
            connection.execute(insert(table).values(**other))
            garbled = bytes(reversed(one["sealed"]))
            connection.execute(update(table).where(table.c.id == one["id"]).values(sealed=garbled))
            return
        table, columns = (table, ("sealed", "key_id")) if swap == "texts" else (DataKey.__table__, ("wrapped",))
        a, b = connection.execute(select(table).order_by(table.c.person_id)).mappings().all()
        for mine, theirs in ((a, b), (b, a)):
            values = {name: theirs[name] for name in columns}
            connection.execute(update(table).where(table.c.id == mine["id"]).values(**values))
