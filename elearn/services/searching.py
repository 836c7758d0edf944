"""Makes the units of the edition in force ready to be searched: its passages, a few units a transaction.

Done when an edition is published and as upkeep, so that one made by an earlier release, and one whose publication ended
in the midst, are made ready too. Doing it again changes nothing.
"""

import datetime as dt
from functools import partial

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from elearn.core.course import Unit
from elearn.core.search import passages
from elearn.services import transaction
from elearn.store.base import db
from elearn.store.editions import Passage, newest
from elearn.store.search import without_passages

AT_ONCE = 50


def fill(_at: dt.datetime | None = None) -> int:
    """How many units were made ready. Where there is nothing to do, one look that writes nothing."""
    done = 0
    while units := _waiting():
        rows = [
            {"document": digest, "section": section, "words": words}
            for digest, unit in units.items()
            for section, words in passages(unit).items()
        ]
        transaction.run(partial(_keep, documents=list(units), rows=rows))
        done += len(units)
    return done


def _waiting() -> dict[str, Unit]:
    with db.engine.connect() as connection:
        number = newest(connection)
        return without_passages(connection, number, AT_ONCE) if number is not None else {}


def _keep(tx: Session, documents: list[str], rows: list[dict[str, str]]) -> None:
    """Documents never change: another process that does the same at this moment writes the same."""
    tx.execute(delete(Passage).where(Passage.document.in_(documents)))
    tx.execute(insert(Passage), rows)
