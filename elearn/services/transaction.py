"""One deed, one transaction. Nothing else in the project may commit.

A deed is a function of a session. It re-reads what it decides on, writes, and is run again as a whole when the database
says that another was first: busy (SQLite), serialisation failure or deadlock (40001, 40P01) or a row made meanwhile
(23505). See the PostgreSQL manual, "Serialization Failure Handling".
"""

import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from elearn.store.base import db
from elearn.store.turns import Turns

TRIES = 5
PATIENCE = 4.0
"""Seconds after which a deed is not begun again: better an answer that says so than a worker that waits. Less than
SQLite waits for a lock, so that one wait is all: a deed ends within five seconds."""
AGAIN = {"40001", "40P01", "23505"}
AGAIN_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")

Result = TypeVar("Result")


def run(work: Callable[[Session], Result], engine: Engine | None = None) -> Result:
    """Run `work` in one write transaction and commit; at most five times. The database's error after the last."""
    engine = engine or db.engine
    began = time.monotonic()
    for attempt in range(1, TRIES + 1):
        try:
            with (
                _turn(engine),
                engine.connect().execution_options(writing=True) as connection,
                Session(connection) as tx,
            ):
                result = work(tx)
                tx.commit()
                return result
        except DBAPIError as error:
            late = time.monotonic() - began >= PATIENCE
            if attempt == TRIES or late or not _worth_another_try(error):
                raise
            time.sleep(random.uniform(0.005, 0.02) * attempt)  # noqa: S311 - spreads retries, guards nothing
    raise AssertionError("unreachable")


def add_once(tx: Session, table: Any, **values: Any) -> bool:
    """Insert a row unless one with the same unique values stands already. True where it was inserted."""
    target: Table = table.__table__
    dialect = postgresql if tx.get_bind().dialect.name == "postgresql" else sqlite
    added = dialect.insert(target).values(**values).on_conflict_do_nothing().returning(*target.primary_key.columns)
    return tx.execute(added).first() is not None


def _turn(engine: Engine) -> AbstractContextManager[None]:
    """On SQLite, writers wait for each other here first, for a tenth of the patience: SQLite's own wait comes after."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    return _turns(f"{file}-turn").turn(PATIENCE / 10) if file and file != ":memory:" else nullcontext()


@cache
def _turns(path: str) -> Turns:
    return Turns(Path(path))


def _worth_another_try(error: DBAPIError) -> bool:
    original = error.orig
    if getattr(original, "sqlstate", None) in AGAIN:
        return True
    name = getattr(original, "sqlite_errorname", "")
    return name.startswith(AGAIN_SQLITE)
