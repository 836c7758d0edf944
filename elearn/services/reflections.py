"""Private texts: written, read and deleted by their owner alone. No role, export or statistic opens them.

Each person has a data key, wrapped by the outer key of the site, which lies outside the database and its backups.
"""

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.core.sealing import NONCE, BrokenSeal, seal, unseal
from elearn.services import keys
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
        if row.reflection_id is None or row.reflection_question in found:
            continue
        try:
            key = keys.open_key(row.data_key_id, row.wrapped_by, row.wrapped, person)
            plain = unseal(key, row.sealed, "reflection", row.reflection_id, str(person), row.key_id)
            found[row.reflection_question] = PrivateText(plain.decode(), row.saved_at, row.revision)
        except BrokenSeal:
            found[row.reflection_question] = PrivateText(None, row.saved_at, row.revision)
    return found


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
