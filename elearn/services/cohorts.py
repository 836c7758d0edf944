"""Deeds of those who lead cohorts: make, rename, close, share, part with a member, hand over a link that signs in.

Who leads is asked in the query of each deed: a cohort of somebody else is as one that is not there (NotTheirs).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from elearn.core.passwords import sign_in_key
from elearn.core.permissions import only_own
from elearn.services import audit, links, outbox, transaction
from elearn.services.audit import By
from elearn.services.forms import first_time
from elearn.store import cohorts as store
from elearn.store.accounts import Person, Viewer, new_uid
from elearn.store.audit import AuditEntry
from elearn.store.cohorts import TRAINER, Cohort, CohortMember, Organisation

LASTS = {"screen": links.ON_SCREEN, "paper": links.ON_PAPER}
"""How a link is handed over -> how long it works."""
MOST_LINKS = 20
"""Links that one person may hand over within an hour."""


class NotTheirs(Exception):
    """A cohort, member or invitation that is not there, or that somebody else leads: the same to whoever asks."""


class AlreadyDone(Exception):
    """This very form was sent before: the link it made was shown then, and is nowhere kept."""


class TooManyLinks(Exception):
    """As many links as one person may hand over within an hour."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A link as it is shown once. `locale`: the language of the person who will read it."""

    token: str
    chosen_name: str
    locale: str
    ends: dt.datetime


def leader(who: Viewer, deed: str = "lead cohorts") -> int | None:
    """Whose cohorts `who` reaches: their own; None for all, where the role is not held to its own."""
    return who.id if only_own(who.role, deed) else None


def reachable(who: Viewer, role: str) -> bool:
    """May `who` hand a link to someone of this role? A trainer to trainees, an admin to anyone but an admin."""
    return role == "trainee" or (role != "admin" and not only_own(who.role, "hand over links"))


def make(who: Viewer, name: str, course: str, organisation: str, form: str, at: dt.datetime) -> str:
    """A new cohort led by `who`; its uid. `organisation`: a uid, or empty. The same form again gives the same one."""
    uid = new_uid()

    def work(tx: Session) -> str:
        before = first_time(tx, who.id, form, "cohort", at, uid)
        if before is not None:
            return before
        holds = tx.execute(select(Organisation.id).where(Organisation.uid == organisation)).scalar()
        values = {"uid": uid, "name": name, "course": course, "organisation_id": holds, "made_at": at}
        made = tx.execute(insert(Cohort).values(values).returning(Cohort.id)).scalar_one()
        tx.execute(insert(CohortMember).values(cohort_id=made, person_id=who.id, part=TRAINER, joined_at=at))
        audit.record(tx, By(at, who.uid, who.role), "cohort made", cohort=uid)
        return uid

    return transaction.run(work)


def rename(who: Viewer, uid: str, name: str, at: dt.datetime) -> None:
    _change(who, uid, at, {"name": name}, "cohort changed")


def close(who: Viewer, uid: str, at: dt.datetime) -> None:
    """Its invitations stop working; people keep their accounts and what they did."""
    _change(who, uid, at, {"closed_at": at}, "cohort closed")


def reopen(who: Viewer, uid: str, at: dt.datetime) -> None:
    _change(who, uid, at, {"closed_at": None}, "cohort changed")


def add_trainer(who: Viewer, uid: str, name: str, at: dt.datetime) -> bool:
    """Share a cohort with another trainer. False where nobody who may lead has that sign-in name."""

    def work(tx: Session) -> bool:
        cohort = _cohort(tx, who, uid)
        person = tx.execute(
            select(Person.id, Person.uid).where(
                Person.sign_in_key == sign_in_key(name), Person.role != "trainee", Person.deactivated_at.is_(None)
            )
        ).first()
        if person is None:
            return False
        part = {"cohort_id": cohort.id, "person_id": person.id, "part": TRAINER, "joined_at": at}
        if not transaction.add_once(tx, CohortMember, **part):
            mine = CohortMember.cohort_id == cohort.id, CohortMember.person_id == person.id
            tx.execute(update(CohortMember).where(*mine).values(part=TRAINER))
        audit.record(tx, By(at, who.uid, who.role), "cohort changed", person.uid, cohort=uid)
        return True

    return transaction.run(work)


def remove(who: Viewer, uid: str, person: str, at: dt.datetime) -> None:
    """Take someone out of a cohort. The account and what was learnt stay theirs; they are told."""

    def work(tx: Session) -> None:
        cohort, found = _cohort(tx, who, uid), _member(tx, who, uid, person)
        mine = CohortMember.cohort_id == cohort.id, CohortMember.person_id == found.id
        tx.execute(delete(CohortMember).where(*mine))
        audit.record(tx, By(at, who.uid, who.role), "left cohort", person, cohort=uid)

    transaction.run(work)


def hand_over(who: Viewer, uid: str, person: str, how: str, form: str, at: dt.datetime) -> Handed:
    """A link that signs a member in once, to be given in person. `how`: screen or paper.

    NotTheirs for somebody else's member and for an account that is out of reach or closed; AlreadyDone, TooManyLinks.
    """
    lasts = LASTS[how]

    def work(tx: Session) -> Handed:
        tx.execute(select(Person.id).where(Person.uid == person).with_for_update())  # the role stays what it is
        found = _member(tx, who, uid, person)
        if not reachable(who, found.role) or found.deactivated_at is not None:
            raise NotTheirs(person)
        if first_time(tx, who.id, form, "link", at, uid) is not None:
            raise AlreadyDone
        if _handed_lately(tx, who, at) >= MOST_LINKS:
            raise TooManyLinks
        minutes = int(lasts.total_seconds() // 60)
        audit.record(tx, By(at, who.uid, who.role), "link handed over", person, minutes=minutes, cohort=uid)
        outbox.put(tx, found.id, "notice", at, {"link": ""})
        token = links.make_within(tx, found.id, "link", at, lasts)
        return Handed(token, found.chosen_name, found.locale, at + lasts)

    return transaction.run(work)


def _change(who: Viewer, uid: str, at: dt.datetime, values: dict[str, Any], deed: str) -> None:
    def work(tx: Session) -> None:
        cohort = _cohort(tx, who, uid)
        tx.execute(update(Cohort).where(Cohort.id == cohort.id).values(**values))
        audit.record(tx, By(at, who.uid, who.role), deed, cohort=uid)

    transaction.run(work)


def _cohort(tx: Session, who: Viewer, uid: str) -> Any:
    return _there(uid, lambda: store.cohort(tx.connection(), leader(who), uid, lock=True))


def _member(tx: Session, who: Viewer, uid: str, person: str) -> Any:
    return _there(person, lambda: store.member(tx.connection(), leader(who), uid, person))


def _there(uid: str, find: Callable[[], Any]) -> Any:
    found = find()
    if found is None:
        raise NotTheirs(uid)
    return found


def _handed_lately(tx: Session, who: Viewer, at: dt.datetime) -> int:
    mine = AuditEntry.actor == who.uid, AuditEntry.deed == "link handed over"
    lately = select(func.count()).select_from(AuditEntry).where(*mine, AuditEntry.at > at - dt.timedelta(hours=1))
    return tx.execute(lately).scalar_one()
