"""Looks whether everything sealed still opens. Counts only: what was opened is let go at once, nothing is changed."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, select

from elearn.core.sealing import BrokenSeal, unseal
from elearn.services import keys
from elearn.services.rotation import SEALED
from elearn.store.base import db
from elearn.store.learning import DataKey

AT_ONCE = 500


def unopened() -> dict[str, int]:
    """Table -> how many sealed values do not open: altered, moved, or with a key that is another or gone."""
    found: dict[str, int] = {}
    with db.engine.connect() as connection:
        opening = dict(_data_keys(connection))
        for one in SEALED:
            for row in connection.execute(select(one.model.__table__).execution_options(yield_per=AT_ONCE)):
                if row.sealed and not _opens(opening.get(row.person_id), one.table, one.row(row), row):
                    found[one.table] = found.get(one.table, 0) + 1
    return found


def _data_keys(connection: Connection) -> Iterator[tuple[int, bytes]]:
    for row in connection.execute(select(DataKey.__table__)):
        with suppress(BrokenSeal):
            yield row.person_id, keys.open_key(row.id, row.wrapped_by, row.wrapped, row.person_id)


def _opens(key: bytes | None, table: str, part: str, row: Any) -> bool:
    if key is None:
        return False
    try:
        unseal(key, row.sealed, table, part, str(row.person_id), row.key_id)
    except BrokenSeal:
        return False
    return True
