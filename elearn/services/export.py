"""Everything of one person, for that person: collected in one reading, made into a ZIP as it is sent.

Which tables and columns is told by the inventory alone. Sealed values are opened for their owner; they pass through
memory only, never through a file. Secrets stay, and the archive says so.
"""

import datetime as dt
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Table, select
from sqlalchemy.orm import Session

from elearn.core.column_words import column_words, table_words
from elearn.core.inventory import TOPICS, said
from elearn.core.sealing import BrokenSeal
from elearn.core.spreadsheet import csv_text
from elearn.services import audit, keys, transaction
from elearn.services.audit import By
from elearn.store.base import db
from elearn.store.inventory import Whose, exported, owned, tables, topic_days

SEALED: Mapping[str, Callable[[Row[Any]], str]] = {
    "reflection": lambda row: str(row.id),
    "mail_address": lambda row: str(row.person_id),
}
"""Tables with a sealed column -> the row's part of its seal."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A person's rows of one table. `columns`: names; `rows`: values as JSON has them, in the same order."""

    table: str
    topic: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def title(self, lang: str) -> str:
        return table_words(self.table, lang)

    def headings(self, lang: str) -> list[str]:
        return [column_words(name, lang) for name in self.columns]


@dataclass(frozen=True, slots=True)
class Export:
    """What one person has here. `unreadable`: sealed values that did not open."""

    uid: str
    at: dt.datetime
    sheets: tuple[Sheet, ...]
    unreadable: int


def take(person: int, by: By) -> Export:
    """Collect everything of a person, in one reading, and log that it was taken. Nobody waits for the reading:
    only the line of the log is written under the lock."""
    whose = Whose(person, by.uid)
    with db.engine.connect() as connection, Session(connection) as reading:
        found = [_sheet(reading, table, whose) for table in tables() if exported(table)]
    sheets = tuple(sorted(found, key=lambda sheet: list(TOPICS).index(sheet.topic)))
    broken = sum(row[sheet.columns.index("sealed")] is None for sheet in _sealed(sheets) for row in sheet.rows)
    rows = sum(len(sheet.rows) for sheet in sheets)
    transaction.run(lambda tx: audit.record(tx, by, "data exported", by.uid, rows=rows))
    return Export(by.uid, by.at, sheets, broken)


def note_texts_taken(by: By, texts: int) -> None:
    """Log that a person took their private texts along, as a file of their own."""
    transaction.run(lambda tx: audit.record(tx, by, "data exported", by.uid, rows=texts))


def left_out(lang: str) -> list[tuple[str, str]]:
    """(what, why) of everything that stays."""
    return [
        (said(one.what, lang), said(one.stays, lang)) for one in TOPICS.values() if one.about and one.stays is not None
    ]


def archive(taken: Export, page: str, lang: str) -> Iterator[bytes]:
    """The ZIP, piece by piece: `index.html` (the readable page, given), `data.json`, and a CSV for each table."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in _members(taken, page, lang):
            stamp = taken.at.timetuple()[:6]
            made.writestr(zipfile.ZipInfo(name, stamp), body, zipfile.ZIP_DEFLATED)
            yield sink.taken()
    yield sink.taken()


def _members(taken: Export, page: str, lang: str) -> Iterable[tuple[str, bytes]]:
    yield "index.html", page.encode()
    yield "data.json", _json(taken, lang)
    for sheet in taken.sheets:
        yield f"csv/{sheet.table}.csv", csv_text(sheet.columns, sheet.rows).encode("utf-8-sig")


def _json(taken: Export, lang: str) -> bytes:
    data = {
        "format": 1,
        "made_at": taken.at.isoformat(),
        "tables": {
            sheet.table: [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows] for sheet in taken.sheets
        },
        "left_out": [{"what": what, "why": why} for what, why in left_out(lang)],
        "kept": {name: said(one.kept, lang, topic_days().get(name)) for name, one in TOPICS.items() if one.about},
    }
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def _sheet(tx: Session, table: Table, whose: Whose) -> Sheet:
    columns = exported(table)
    mine = owned(table, whose)
    if mine is None:
        raise LookupError(table.name)
    rows = tx.execute(select(*columns).where(mine).order_by(*table.primary_key.columns)).all()
    values = tuple(tuple(_value(tx, table, row, column.name, whose) for column in columns) for row in rows)
    return Sheet(table.name, columns[0].info["topic"], tuple(column.name for column in columns), values)


def _value(tx: Session, table: Table, row: Row[Any], name: str, whose: Whose) -> Any:
    value = getattr(row, name)
    if table.name in SEALED and name == "sealed":
        try:
            part = SEALED[table.name](row)
            return keys.unseal_for(tx, whose.id, row.key_id, value, table.name, part).decode()
        except BrokenSeal:
            return None
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return json.loads(value or b"null") if isinstance(value, bytes) else value


def _sealed(sheets: Iterable[Sheet]) -> Iterator[Sheet]:
    return (sheet for sheet in sheets if sheet.table in SEALED)


class _Sink:
    """What the archive is written to: a place in memory, emptied at each piece. It cannot seek, and says so."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, body: bytes, /) -> int:
        self._parts.append(bytes(body))
        return len(body)

    def flush(self) -> None:
        """Nothing to do: there is no file."""

    def close(self) -> None:
        """Nothing to do either."""

    def taken(self) -> bytes:
        body = b"".join(self._parts)
        self._parts.clear()
        return body
