"""A database as files: a copy of an SQLite file, or rows as JSON lines, which either kind of database can take in.

Tables are read as they stand in the database, not as the code declares them: an older database is saved as it is.
"""

import base64
import contextlib
import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Connection, DateTime, Engine, LargeBinary, MetaData, Table, func, select, text

VERSION_TABLE = "alembic_version"
PAGES = 500
BATCH = 500

Progress = Callable[[int, int], None]


class Damaged(Exception):
    """A database file that does not hold together; its message is the database's own."""


def copy_sqlite(source: Path, target: Path, progress: Progress = lambda done, of: None) -> None:
    """One consistent state of a database that is being written to, as a single file.

    The source is read within one transaction, so that writers do not make the copy begin again.
    """
    with contextlib.closing(sqlite3.connect(source, isolation_level=None, timeout=10)) as one:
        one.execute("BEGIN")
        one.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as other:
            one.backup(other, pages=PAGES, progress=lambda _status, left, of: progress(of - left, of))
            other.execute("PRAGMA journal_mode=DELETE").fetchone()
        one.execute("ROLLBACK")


def check_sqlite(path: Path) -> dict[str, int]:
    """Rows of each table of a file that holds together. Damaged."""
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as file:
        try:
            file.execute("PRAGMA trusted_schema=OFF")
            found = file.execute("PRAGMA integrity_check(5)").fetchall()
            if found != [("ok",)]:
                raise Damaged(str(found[0][0]))
            if file.execute("PRAGMA foreign_key_check").fetchone():
                raise Damaged("a reference leads nowhere")
            names = [row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: _count_sqlite(file, name) for name in sorted(names) if not name.startswith("sqlite_")}
        except sqlite3.DatabaseError as error:
            raise Damaged(str(error)) from error


def _count_sqlite(file: sqlite3.Connection, name: str) -> int:
    quoted = name.replace('"', '""')
    return int(file.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])  # noqa: S608 - a table's own name


def tables(connection: Connection) -> list[Table]:
    """Every table as it stands, parents first, without the one that says which migration it stands at."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != VERSION_TABLE]


def count_rows(connection: Connection) -> dict[str, int]:
    return {
        one.name: connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables(connection)
    }


def export_rows(engine: Engine, into: Path, progress: Progress = lambda done, of: None) -> dict[str, int]:
    """Write `<table>.jsonl` for each table, all of one moment. Rows by table."""
    into.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    one_moment = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    options = one_moment if engine.dialect.name == "postgresql" else {}
    with engine.connect().execution_options(**options) as connection:
        found = tables(connection)
        for number, table in enumerate(found, 1):
            with (into / f"{table.name}.jsonl").open("w", encoding="utf-8") as file:
                counts[table.name] = _export(connection, table, file)
            progress(number, len(found))
    return counts


def _export(connection: Connection, table: Table, file: Any) -> int:
    count = 0
    order = list(table.primary_key.columns)
    for row in connection.execution_options(yield_per=BATCH).execute(select(table).order_by(*order)):
        file.write(json.dumps(row._asdict(), ensure_ascii=False, default=_plain) + "\n")
        count += 1
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dt.datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def rows_of(path: Path, table: Table) -> Iterator[list[dict[str, Any]]]:
    """The rows of one JSON-lines file in batches, each value as the table's column wants it. ValueError, KeyError."""
    readers = {column.name: _reader(column.type) for column in table.columns}
    batch: list[dict[str, Any]] = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            batch.append({name: None if value is None else readers[name](value) for name, value in row.items()})
            if len(batch) == BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _reader(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    if isinstance(kind, DateTime):
        return dt.datetime.fromisoformat
    if isinstance(kind, Boolean):
        return bool
    return lambda value: value


def set_sequences(connection: Connection) -> None:
    """PostgreSQL: numbers go on after the highest that was taken in."""
    if connection.dialect.name != "postgresql":
        return
    owned = text(
        "SELECT c.table_name, c.column_name, pg_get_serial_sequence(quote_ident(c.table_name), c.column_name)"
        " FROM information_schema.columns c WHERE c.table_schema = current_schema()"
        " AND pg_get_serial_sequence(quote_ident(c.table_name), c.column_name) IS NOT NULL"
    )
    by_name = {table.name: table for table in tables(connection)}
    for table, column, sequence in connection.execute(owned).all():
        highest = connection.execute(select(func.max(by_name[table].c[column]))).scalar()
        if highest is not None:
            connection.execute(select(func.setval(sequence, highest)))
