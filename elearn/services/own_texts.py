"""What one does with a private text already kept: share it with one trainer, take it back, delete it, delete all.

A text is shared in the wording that its owner saw; a later wording is not, until it is shared too. No copy is made.
Whose a text is, and whose it may be shown to, is asked in the query of each deed (NotTheirs).
"""

import datetime as dt
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from elearn.core.sealing import BrokenSeal
from elearn.services import audit, consents, reflections, transaction
from elearn.services.audit import By
from elearn.services.forms import first_time
from elearn.services.reflections import StaleBase, end_sharing
from elearn.store import reflections as store
from elearn.store.accounts import Viewer
from elearn.store.learning import Reflection


class NotTheirs(Exception):
    """A text that is not there, is somebody else's, or was not shared with whoever asks: the same to them."""


class NoTrainer(Exception):
    """Whoever was chosen does not lead a cohort of this course in which the owner learns."""


def share(who: Viewer, text: str, trainer: str, revision: int, at: dt.datetime) -> None:
    """Show `text` to one trainer (a uid), in the wording of `revision`, in place of whoever was shown it before.

    NotTheirs, StaleBase, NoTrainer, BrokenSeal; NotGiven where the consent to private texts was withdrawn.
    """

    def work(tx: Session) -> None:
        _held(tx, who, text)
        [row] = store.own(tx.connection(), who.id, text)
        if row.revision != revision:
            raise StaleBase
        consents.need(tx, who.id, who.locale, at)
        found = next((one for one in store.trainers(tx.connection(), who.id, row.course) if one.uid == trainer), None)
        if found is None:
            raise NoTrainer
        if reflections.opened(row, who.id).text is None:
            raise BrokenSeal("reflection")
        if (row.trainer, row.shared_revision) == (trainer, revision):
            return
        if row.trainer not in (None, trainer):
            end_sharing(tx, who.id, _by(who, at), text)
        values = {"shared_with": found.id, "shared_revision": revision, "shared_at": at}
        tx.execute(update(Reflection).where(Reflection.id == text).values(**values))
        audit.record(tx, _by(who, at), "text shared", who.uid, text=text, trainer=trainer)

    transaction.run(work)


def take_back(who: Viewer, text: str, at: dt.datetime) -> None:
    """Nobody but its owner reads the text from now on. Doing it twice changes nothing. NotTheirs."""

    def work(tx: Session) -> None:
        _held(tx, who, text)
        end_sharing(tx, who.id, _by(who, at), text)

    transaction.run(work)


def read(who: Viewer, text: str, at: dt.datetime) -> None:
    """Note in the log, and in its owner's, that a trainer opens a text shared with them. NotTheirs."""

    def work(tx: Session) -> None:
        found = store.shared_with(tx.connection(), who.id, text)
        if not found or found[0].revision != found[0].shared_revision:
            raise NotTheirs(text)
        audit.record(tx, _by(who, at), store.READ, found[0].owner, text=text)

    transaction.run(work)


def erase(who: Viewer, text: str, revision: int, form: str, at: dt.datetime) -> None:
    """Delete a text for good. The same form again changes nothing. NotTheirs, StaleBase."""

    def work(tx: Session) -> None:
        if first_time(tx, who.id, form, "text erased", at, text) is not None:
            return
        row = _held(tx, who, text)
        if row.revision != revision:
            raise StaleBase
        end_sharing(tx, who.id, _by(who, at), text)
        tx.execute(delete(Reflection).where(Reflection.id == text))

    transaction.run(work)


def erase_all(who: Viewer, at: dt.datetime) -> int:
    """Delete every private text for good; how many. The consent stays as it is."""

    def work(tx: Session) -> int:
        end_sharing(tx, who.id, _by(who, at))
        gone = tx.execute(delete(Reflection).where(Reflection.person_id == who.id).returning(Reflection.id)).all()
        if gone:
            audit.record(tx, _by(who, at), "texts erased", who.uid, count=len(gone))
        return len(gone)

    return transaction.run(work)


def _held(tx: Session, who: Viewer, text: str) -> Any:
    """The row of one's own text, held until the end of the deed. NotTheirs."""
    mine = Reflection.id == text, Reflection.person_id == who.id
    row = tx.execute(select(Reflection.revision).where(*mine).with_for_update()).first()
    if row is None:
        raise NotTheirs(text)
    return row


def _by(who: Viewer, at: dt.datetime) -> By:
    return By(at, who.uid, who.role)
