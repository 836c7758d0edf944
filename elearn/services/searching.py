"""Makes units ready to be searched: their passages, which come into force with the edition that holds them.

Upkeep does the same for an edition that an earlier release made, a few units a transaction. Doing it again changes
nothing.
"""

import datetime as dt
from collections.abc import Mapping
from functools import partial

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from elearn.core.course import Unit
from elearn.core.search import passages
from elearn.services import transaction
from elearn.store.base import db
from elearn.store.editions import Passage, newest
from elearn.store.search import with_passages, without_passages

AT_ONCE = 50

Rows = list[dict[str, str]]


def rows_of(units: Mapping[str, Unit]) -> Rows:
    """The passages of those units, by hash, that have none yet. Writes nothing: it takes too long for a transaction."""
    with db.engine.connect() as connection:
        known = with_passages(connection, units)
    return [
        {"document": digest, "section": section, "words": words}
        for digest, unit in units.items()
        if digest not in known
        for section, words in passages(unit).items()
    ]


def keep(tx: Session, rows: Rows) -> None:
    """Documents never change: another process that does the same at this moment writes the same."""
    documents = sorted({row["document"] for row in rows})
    for start in range(0, len(documents), AT_ONCE):
        tx.execute(delete(Passage).where(Passage.document.in_(documents[start : start + AT_ONCE])))
    if rows:
        tx.execute(insert(Passage), rows)


def fill(_at: dt.datetime | None = None) -> int:
    """How many units of the edition in force were made ready. Where none waits, one look that writes nothing."""
    done = 0
    while units := _waiting():
        transaction.run(partial(keep, rows=rows_of(units)))
        done += len(units)
    return done


def _waiting() -> dict[str, Unit]:
    with db.engine.connect() as connection:
        number = newest(connection)
        return without_passages(connection, number, AT_ONCE) if number is not None else {}
