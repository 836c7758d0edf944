"""Private texts: written, read and deleted by their owner alone. No role, export or statistic opens them; a trainer
opens the one that its owner shared with them (services.own_texts).

Each person has a data key, wrapped by the outer key of the site, which lies outside the database and its backups.
"""

import datetime as dt
import logging
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn import logs
from elearn.core.sealing import NONCE, BrokenSeal, seal, unseal
from elearn.services import audit, keys
from elearn.services.audit import By
from elearn.store.accounts import Person
from elearn.store.learning import Reflection


@dataclass(frozen=True, slots=True)
class PrivateText:
    """`text` is None where the seal does not open: it is then neither shown nor overwritten."""

    text: str | None
    saved_at: dt.datetime
    revision: int


def texts(rows: list[Any], person: int) -> dict[str, PrivateText]:
    """Their owner's texts by question id, from the rows of `store.learning.place`."""
    found: dict[str, PrivateText] = {}
    for row in rows:
        if row.reflection_id is not None and row.reflection_question not in found:
            found[row.reflection_question] = opened(row, person)
    return found


def opened(row: Any, person: int) -> PrivateText:
    """The text of a row that holds it with its owner's data key. Where the seal does not open, a line of the log tells
    whoever runs the site: by the row's random id, and nothing else."""
    try:
        key = keys.open_key(row.data_key_id or "", row.wrapped_by or "", row.wrapped or b"", person)
        plain = unseal(key, row.sealed, "reflection", row.reflection_id, str(person), row.key_id)
        return PrivateText(plain.decode(), row.saved_at, row.revision)
    except BrokenSeal:
        logs.note("sealed value does not open", logging.ERROR, kind="reflection", code=row.reflection_id)
        return PrivateText(None, row.saved_at, row.revision)


class StaleBase(Exception):
    """The text kept has changed since the page was shown, on another tab or device: nothing is overwritten."""


@dataclass(frozen=True, slots=True)
class Whose:
    """One private text: its owner, where it was asked for, and the revision that the owner had before them."""

    person: int
    course: str
    unit: str
    question: str
    revision: int


def save(tx: Session, whose: Whose, text: str, at: dt.datetime) -> int:
    """Seal `text` in its row, made if need be; its new revision. Part of the caller's transaction. StaleBase,
    BrokenSeal. The same text again is kept already and changes nothing."""
    person = whose.person
    key_id, key = keys.data_key(tx, person, at)
    row = _row(tx, whose)
    if row is not None:
        before = unseal(key, row.sealed, "reflection", row.id, str(person), row.key_id).decode()
        if before == text:
            return row.revision
    _known(row, whose)
    row_id = row.id if row else str(uuid.uuid4())
    sealed = seal(key, secrets.token_bytes(NONCE), text.encode(), "reflection", row_id, str(person), key_id)
    if row is None:
        tx.add(
            Reflection(
                id=row_id,
                person_id=person,
                course=whose.course,
                unit=whose.unit,
                question=whose.question,
                key_id=key_id,
                sealed=sealed,
                revision=1,
                saved_at=at,
            )
        )
        return 1
    row.sealed, row.key_id, row.revision, row.saved_at = sealed, key_id, row.revision + 1, at
    return row.revision


def delete(tx: Session, whose: Whose) -> None:
    """Delete a text for good. Part of the caller's transaction. StaleBase."""
    row = _row(tx, whose)
    _known(row, whose)
    if row is not None:
        tx.delete(row)


def end_sharing(tx: Session, person: int, by: By, text: str = "") -> None:
    """A text of a person, or all of them, are theirs alone again. Part of the caller's transaction."""
    shared = [Reflection.person_id == person, Reflection.shared_at.is_not(None)]
    if text:
        shared.append(Reflection.id == text)
    rows = select(Reflection.id, Person.uid).outerjoin(Person, Person.id == Reflection.shared_with).where(*shared)
    for one, trainer in tx.execute(rows.order_by(Reflection.id)).all():
        audit.record(tx, by, "text no longer shared", by.uid, text=one, trainer=trainer or "")
    tx.execute(update(Reflection).where(*shared).values(shared_with=None, shared_revision=None, shared_at=None))


def _row(tx: Session, whose: Whose) -> Reflection | None:
    return tx.execute(
        select(Reflection)
        .where(
            Reflection.person_id == whose.person,
            Reflection.course == whose.course,
            Reflection.unit == whose.unit,
            Reflection.question == whose.question,
        )
        .with_for_update()
    ).scalar()


def _known(row: Reflection | None, whose: Whose) -> None:
    if (row.revision if row else 0) != whose.revision:
        raise StaleBase
