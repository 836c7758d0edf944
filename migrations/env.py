"""How migrations run: on the engine that `elearn migrate` hands over, else on the one the environment names.

SQLite rebuilds a table to change it; with foreign keys on, the rows that point to it would go. So they are off here,
and every reference is checked inside the same transaction, before it is committed.
"""

import os
from typing import Any

from alembic import context
from sqlalchemy import Connection, Engine, create_engine

from elearn.config import Settings
from elearn.store.base import Base, Moment, prepare
from elearn.store.tables import TABLES

__all__ = ["TABLES"]


class BrokenReferences(Exception):
    """Rows that point to nothing after a migration: it is undone."""


def engine_from_environment() -> Engine:
    engine = create_engine(Settings.from_env(os.environ).database_url)
    prepare(engine)
    return engine


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        compare_type=True,
        render_item=plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise BrokenReferences(str(broken[:5]))


def plain_type(kind: str, item: Any, _context: Any) -> str | bool:
    """A migration stands for itself: it names the database's own type, not our class, which may change."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, Moment) else False


def foreign_keys(connection: Connection, state: str) -> None:
    """Through the driver: SQLAlchemy would open a transaction first, and inside one SQLite ignores the order."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys={state}")


engine: Engine = context.config.attributes.get("engine") or engine_from_environment()
with engine.connect().execution_options(writing=True) as connection:
    foreign_keys(connection, "OFF")
    try:
        migrate(connection)
    finally:
        foreign_keys(connection, "ON")
