"""Upkeep that is done now and then by whoever does `elearn work`: one at a time, on one machine or several.

A task's last run is the site's note `task:<name>`: "running", "done", or the class of what went wrong.
"""

import datetime as dt

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.services import transaction
from elearn.store.upkeep import SiteNote

RUNNING, DONE = "running", "done"
AGAIN_AFTER = dt.timedelta(hours=1)
"""A task that went wrong, or whose process ended in the midst, is tried again so long after it began."""


def claim(name: str, every: dt.timedelta, at: dt.datetime) -> bool:
    """True where the task is due and nobody else is at it: the caller now does it, then calls `finish`."""
    key = f"task:{name}"

    def work(tx: Session) -> bool:
        if transaction.add_once(tx, SiteNote, name=key, value=RUNNING, at=at):
            return True
        last = tx.execute(select(SiteNote.value, SiteNote.at).where(SiteNote.name == key).with_for_update()).one()
        wait = every if last.value == DONE else min(every, AGAIN_AFTER)
        if last.at - wait < at < last.at + wait:  # a run noted further ahead was noted by a wrong clock
            return False
        tx.execute(update(SiteNote).where(SiteNote.name == key).values(value=RUNNING, at=at))
        return True

    return transaction.run(work)


def finish(name: str, at: dt.datetime, trouble: str = "") -> None:
    """Note what came of the run that was claimed at `at`; another that was claimed since is left alone."""
    mine = update(SiteNote).where(SiteNote.name == f"task:{name}", SiteNote.at == at, SiteNote.value == RUNNING)
    transaction.run(lambda tx: tx.execute(mine.values(value=trouble or DONE)))
