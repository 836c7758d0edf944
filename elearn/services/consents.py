"""Consents: given once, withdrawn as easily, each with the version and language of the words that were shown."""

import datetime as dt

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from elearn.core.consents import NOTICE, REFLECTIONS, version
from elearn.services import audit, reflections, transaction
from elearn.services.audit import By
from elearn.store.accounts import Person
from elearn.store.learning import Reflection
from elearn.store.privacy import Consent


class NotGiven(Exception):
    """The deed needs a consent that its person has not given: nothing is stored."""


def give(person: int, locale: str, at: dt.datetime, purpose: str = REFLECTIONS) -> None:
    """Doing it twice changes nothing."""
    transaction.run(lambda tx: need(tx, person, locale, at, agreed=True, purpose=purpose))


def need(
    tx: Session, person: int, locale: str, at: dt.datetime, agreed: bool = False, purpose: str = REFLECTIONS
) -> None:
    """Go on only where the consent stands, or is given now. Part of the caller's transaction. NotGiven.

    Its row is held until the end of the deed: a withdrawal waits, and then finds what the deed has written.
    """
    stands = (Consent.person_id == person, Consent.purpose == purpose, Consent.withdrawn_at.is_(None))
    if tx.execute(select(Consent.id).where(*stands).with_for_update(read=True)).first() is not None:
        return
    if not agreed:
        raise NotGiven(purpose)
    record(tx, person, purpose, version(purpose, locale), locale, at)


def record(tx: Session, person: int, purpose: str, text_version: str, locale: str, at: dt.datetime) -> None:
    """Note which words a person was shown and agreed to. Part of the caller's transaction.

    The privacy notice is shown, not agreed to: its row says which version, and the log says nothing.
    """
    values = {"purpose": purpose, "text_version": text_version, "locale": locale, "given_at": at}
    tx.execute(insert(Consent).values(person_id=person, **values))
    if purpose == NOTICE:
        return
    uid = tx.execute(select(Person.uid).where(Person.id == person)).scalar_one()
    audit.record(tx, By(at, uid), "consent given", uid, purpose=purpose, version=text_version, locale=locale)


def withdraw(person: int, by: By, erase: bool) -> int:
    """Take the consent to private texts back: no new text is kept, and none is shared any more.

    `erase`: those kept are deleted; how many.
    """

    def work(tx: Session) -> int:
        mine = (Consent.person_id == person, Consent.purpose == REFLECTIONS, Consent.withdrawn_at.is_(None))
        open_ones = tx.execute(update(Consent).where(*mine).values(withdrawn_at=by.at).returning(Consent.id)).all()
        gone = 0
        reflections.end_sharing(tx, person, by)
        if erase:
            gone = len(
                tx.execute(delete(Reflection).where(Reflection.person_id == person).returning(Reflection.id)).all()
            )
        if open_ones or gone:
            audit.record(tx, by, "consent withdrawn", by.uid, purpose=REFLECTIONS, erased=gone)
        return gone

    return transaction.run(work)
