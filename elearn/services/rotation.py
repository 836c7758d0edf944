"""Keys are replaced, person by person, each in one transaction: a rotation that is killed goes on where it stopped.

Every column that holds something sealed with a person's key is in SEALED; a test of the house compares.
"""

import datetime as dt
import secrets
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from elearn.core.sealing import NONCE, BrokenSeal, seal, unseal
from elearn.keyring import NEXT_SECRET, OUTER, file_of, make_key
from elearn.services import audit, issuers, keys, transaction
from elearn.services.audit import By
from elearn.services.notes import put_note
from elearn.store.accounts import SecondFactor, SignInLink
from elearn.store.base import db
from elearn.store.cohorts import Invitation
from elearn.store.learning import DataKey, Reflection
from elearn.store.mail import MailAddress, OutboxMessage
from elearn.store.upkeep import note

NOTE = "rotation"
AGAIN_AFTER = dt.timedelta(hours=1)
"""A rotation asked for again so soon is one that was typed twice."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Rows that hold something sealed: their table as the seal names it, and the row as the seal names it."""

    model: Any
    table: str
    row: Callable[[Any], str]


SEALED = (
    Sealed(Reflection, "reflection", lambda row: str(row.id)),
    Sealed(MailAddress, "mail_address", lambda row: str(row.person_id)),
    Sealed(SecondFactor, "second_factor", lambda row: str(row.person_id)),
    Sealed(OutboxMessage, "outbox_message", lambda row: str(row.uid)),
)


@dataclass(frozen=True, slots=True)
class Rotated:
    """`label`: the outer key in force. `people`: done this time. `left`: where something sealed does not open."""

    label: str
    people: int
    left: int


Progress = Callable[[int, int], None]
"""Told (done, of how many) after each person."""


def wrapped_by() -> dict[str, int]:
    """Label of an outer key -> how many keys it still wraps, of people and of issuers."""
    found = Counter(issuers.sealed_by())
    with db.engine.connect() as connection:
        rows = connection.execute(select(DataKey.wrapped_by, func.count()).group_by(DataKey.wrapped_by))
        found.update({str(label): int(count) for label, count in rows})
    return dict(found)


def is_due(at: dt.datetime) -> bool:
    """Would a new rotation begin now? False while the last one is fresh; one that was interrupted goes on anyway."""
    with db.engine.connect() as connection:
        last = note(connection, NOTE)
    return last is None or last[0] != "done" or at - last[1] > AGAIN_AFTER


def rotate(at: dt.datetime, progress: Progress = lambda done, of: None) -> Rotated:
    """A new outer key, unless a rotation was interrupted; then a new data key for each person that has an older one.

    Workers that run meanwhile see the new key by themselves: the highest number of the folder wraps what is new.
    """
    ring = keys.keyring()
    lost = set(wrapped_by()) - set(ring.labels())
    if lost or not _interrupted():  # a lost key keeps its name: one made anew under it could never be told from it
        number = max(_number(one) for one in {ring.current(), *lost}) + 1
        transaction.run(lambda tx: put_note(tx, NOTE, f"{OUTER}-{number}", at))
    label = max(_begun(), ring.current(), key=_number)  # a restore may have brought back an older beginning
    make_key(ring.folder / file_of(label))
    todo = _behind(label)
    left = 0
    for done, person in enumerate(todo, 1):
        left += not transaction.run(lambda tx, person=person: _renew(tx, person, label, at))  # type: ignore[misc]
        progress(done, len(todo))
    people = len(todo) - left
    left += transaction.run(lambda tx: issuers.rewrap(tx, label))
    transaction.run(lambda tx: _finish(tx, label, people, left, at))
    return Rotated(label, people, left)


def _number(label: str) -> int:
    return int(label.rpartition("-")[2])


def _interrupted() -> bool:
    with db.engine.connect() as connection:
        last = note(connection, NOTE)
    return last is not None and last[0] != "done"


def _begun() -> str:
    with db.engine.connect() as connection:
        last = note(connection, NOTE)
    assert last is not None
    return last[0]


def _behind(label: str) -> list[int]:
    with db.engine.connect() as connection:
        wanted = select(DataKey.person_id).where(DataKey.wrapped_by != label).order_by(DataKey.person_id)
        return list(connection.execute(wanted).scalars())


def _renew(tx: Session, person: int, label: str, at: dt.datetime) -> bool:
    """Give a person a new data key and seal all that is theirs with it. False, and nothing changed, where one does not
    open: its key is kept, for the day when whatever lacks is found again."""
    row = tx.execute(select(DataKey).where(DataKey.person_id == person).with_for_update()).scalar()
    if row is None or row.wrapped_by == label:
        return True
    new_id, new = str(uuid.uuid4()), secrets.token_bytes(32)
    try:
        old = keys.open_key(row.id, row.wrapped_by, row.wrapped, person)
        opened = [
            (one, found, unseal(old, found.sealed, one.table, one.row(found), str(person), found.key_id))
            for one, found in _sealed_rows(tx, person)
        ]
    except BrokenSeal:
        return False
    for one, found, plain in opened:
        nonce = secrets.token_bytes(NONCE)
        found.sealed = seal(new, nonce, plain, one.table, one.row(found), str(person), new_id)
        found.key_id = new_id
    wrapped_under, wrapped = keys.wrap(new_id, new, person, label)
    values = {"id": new_id, "wrapped_by": wrapped_under, "wrapped": wrapped, "made_at": at}
    tx.execute(update(DataKey).where(DataKey.person_id == person).values(**values))
    return True


def _sealed_rows(tx: Session, person: int) -> Iterator[tuple[Sealed, Any]]:
    for one in SEALED:
        wanted = select(one.model).where(one.model.person_id == person).with_for_update()
        for found in tx.execute(wanted).scalars():
            if found.sealed:
                yield one, found


def _finish(tx: Session, label: str, people: int, left: int, at: dt.datetime) -> None:
    put_note(tx, NOTE, "done" if not left else label, at)
    audit.record(tx, By(at), "keys rotated", kind=OUTER, label=label, people=people, left=left)


# --- the site's secret


def rotate_secret(at: dt.datetime) -> int:
    """Make `secret-next` and find every mail address again with it, in one transaction. How many addresses.

    The file takes its place in `services.key_check.finish_secret`, now or at the next start. No site may run meanwhile.
    Open forms, links and invitations end: what they carry was made with the former secret.
    """
    ring = keys.keyring()
    make_key(ring.folder / NEXT_SECRET)
    coming = ring.key(NEXT_SECRET)
    return transaction.run(lambda tx: _move_to(tx, coming, ring.fingerprint(NEXT_SECRET), at))


def _move_to(tx: Session, secret: bytes, fingerprint: str, at: dt.datetime) -> int:
    found = tx.execute(select(MailAddress).with_for_update()).scalars().all()
    for row in found:
        person = str(row.person_id)
        plain = keys.unseal_for(tx, row.person_id, row.key_id, row.sealed, "mail_address", person)
        row.lookup = keys.address_lookup(plain.decode(), secret)
    tx.execute(delete(SignInLink))
    tx.execute(update(Invitation).where(Invitation.closed_at.is_(None)).values(closed_at=at))
    put_note(tx, "key:secret", fingerprint, at)
    audit.record(tx, By(at), "keys rotated", kind="secret", addresses=len(found))
    return len(found)
