"""The database: declared base, moments in UTC, the inventory of columns, and how SQLite is opened.

Every column says what it is for, how long it is kept, whether its person can take it away, and what erasure does:
`info=` is filled by a `Care`, and a test refuses a column without one.
"""

import datetime as dt
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Engine, MetaData, TypeDecorator, event
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


class Moment(TypeDecorator[dt.datetime]):
    """An instant: always aware and in UTC in Python; stored without zone, in UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Any) -> dt.datetime | None:
        return None if value is None else value.replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class Care:
    """How a group of columns is looked after; call it with a column's purpose to get that column's `info`.

    topic: its words for people (core.inventory.TOPICS). klass: open, internal, personal, sensitive or secret.
    keep_days: after so many days `services.retention` deletes it, counted from what `retention` says; pages and
    register show the same number as `{keep}`. export: "yes", or "no: " and why. erasure: what happens when the person
    is erased.
    """

    topic: str
    klass: str
    basis: str
    retention: str
    export: str
    erasure: str
    keep_days: int | None = None

    def __call__(self, purpose: str) -> dict[str, Any]:
        return {"purpose": purpose, **asdict(self)}


PUBLISHED = Care(
    "content", "open", "running the site", "as long as an answer may refer to it", "no: not personal", "kept"
)


def prepare(engine: Engine, readers_wait_ms: int = 4500) -> None:
    """Make SQLite durable and strict: WAL, FULL, foreign keys, explicit BEGIN. Other databases are left as they are.

    pysqlite opens no transaction before a read, and one that reads first and writes later is refused at once when
    another has written in between; so we begin ourselves, IMMEDIATE where the caller says that it will write.
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _open(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={readers_wait_ms}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writing", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:  # waits for nothing, so nothing can be said of it; past SQLAlchemy's layers it costs a tenth
            cast(sqlite3.Connection, connection.connection.dbapi_connection).execute("BEGIN")


Clock = Callable[[], dt.datetime]


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
