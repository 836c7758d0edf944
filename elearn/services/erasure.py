"""Erasures that a restore must not undo: accounts named in the journal are erased again before the site opens."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from elearn.services import audit, transaction
from elearn.services.audit import By
from elearn.store.accounts import Person
from elearn.store.attestations import Attestation, Holding
from elearn.store.privacy import Erasure


def replay(uids: Iterable[str], at: dt.datetime) -> int:
    """Erase each account of the journal that stands again, one transaction each. How many there were."""
    return sum(transaction.run(lambda tx, uid=uid: _erase(tx, uid, at)) for uid in sorted(set(uids)))  # type: ignore[misc]


def _erase(tx: Session, uid: str, at: dt.datetime) -> bool:
    transaction.add_once(tx, Erasure, uid=uid, at=at)
    person = tx.execute(select(Person.id).where(Person.uid == uid)).scalar()
    if person is None:
        return False
    held = select(Holding.attestation_id).where(Holding.person_id == person)
    tx.execute(update(Attestation).where(Attestation.id.in_(held)).values(printed_name=""))
    tx.execute(delete(Person).where(Person.id == person))
    audit.record(tx, By(at), "erased", uid)
    return True
