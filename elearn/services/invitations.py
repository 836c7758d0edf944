"""Invitations: an address that lets people into a course or a cohort, so many people until such a day.

The code is made from the row's nonce and the site's secret: a trainer can show it again, a stolen database cannot.
"""

import datetime as dt
import hashlib
import hmac
import secrets
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from elearn.core.codes import BYTES, code_from_random, normal_code
from elearn.services import audit, learning, transaction
from elearn.services.audit import By
from elearn.services.cohorts import NotTheirs, leader
from elearn.services.forms import first_time
from elearn.services.keys import keyring
from elearn.store import cohorts as store
from elearn.store.accounts import Viewer, new_uid, token_hash
from elearn.store.cohorts import TRAINEE, CohortMember, Invitation
from elearn.store.editions import Published
from elearn.store.learning import Enrolment


class Refused(Exception):
    """An invitation that lets nobody in: unknown, closed, ended, full or gone. Visitors are not told which."""


def code(nonce: str) -> str:
    """The code of an invitation, 26 characters, from its nonce and the site's secret."""
    made = hmac.new(keyring().derived("invitation"), nonce.encode(), hashlib.sha256).digest()
    return code_from_random(made[:BYTES])


def make(who: Viewer, cohort: str, course: str, days: int, most: int, form: str, at: dt.datetime) -> str:
    """A new invitation to a cohort, or to a course alone where `cohort` is empty; its uid.

    NotTheirs where the cohort is closed or not theirs. The same form again gives the same one.
    """
    uid, nonce = new_uid(), secrets.token_hex(16)

    def work(tx: Session) -> str:
        into = store.cohort(tx.connection(), leader(who), cohort) if cohort else None
        if cohort and (into is None or into.closed_at is not None):
            raise NotTheirs(cohort)
        before = first_time(tx, who.id, form, "invitation", at, uid)
        if before is not None:
            return before
        tx.execute(
            insert(Invitation).values(
                id=token_hash(code(nonce)),
                uid=uid,
                nonce=nonce,
                course=into.course if into else course,
                cohort_id=into.id if into else None,
                most=most,
                used=0,
                made_by=who.id,
                made_at=at,
                expires_at=at + dt.timedelta(days=days),
            )
        )
        audit.record(tx, By(at, who.uid, who.role), "invitation made", invitation=uid, most=most, days=days)
        return uid

    return transaction.run(work)


def close(who: Viewer, uid: str, at: dt.datetime) -> None:
    """Close it for good; closing it twice changes nothing. NotTheirs where it is not theirs."""

    def work(tx: Session) -> None:
        found = store.invitation(tx.connection(), leader(who), uid)
        if found is None:
            raise NotTheirs(uid)
        open_still = Invitation.id == found.id, Invitation.closed_at.is_(None)
        if tx.execute(update(Invitation).where(*open_still).values(closed_at=at).returning(Invitation.id)).first():
            audit.record(tx, By(at, who.uid, who.role), "invitation closed", invitation=uid)

    transaction.run(work)


def state(row: Any, at: dt.datetime) -> str:
    """open, closed, ended or full. An invitation to a closed cohort is closed."""
    if row.closed_at is not None or row.cohort_closed_at is not None:
        return "closed"
    if row.expires_at <= at:
        return "ended"
    return "full" if row.used >= row.most else "open"


def look(connection: Any, typed: str, person: int | None, edition: Published, at: dt.datetime) -> tuple[Any, bool]:
    """(the invitation of a code, is this person in already). Refused where it would not let them in."""
    row = _usable(connection, typed, edition, at)
    already = person is not None and _is_in(connection, row, person)
    if not already and state(row, at) == "full":
        raise Refused("full")
    return row, already


def join(who: Viewer, asker: learning.Asker, typed: str, edition: Published) -> str:
    """Enrol in the invitation's course, and in its cohort if it has one; the course. Refused.

    The row is locked while its places are counted. Someone who is in already takes no place.
    """

    def work(tx: Session) -> str:
        connection = tx.connection()
        row = _usable(connection, typed, edition, asker.at, lock=True)
        already = _is_in(connection, row, who.id)
        if not already and row.used >= row.most:
            raise Refused("full")
        learning.enrol_within(tx, asker, edition, edition.courses[row.course])
        if not already:
            _take_a_place(tx, who, row, asker.at)
        return str(row.course)

    return transaction.run(work)


def _take_a_place(tx: Session, who: Viewer, row: Any, at: dt.datetime) -> None:
    by = By(at, who.uid, who.role)
    tx.execute(update(Invitation).where(Invitation.id == row.id).values(used=Invitation.used + 1))
    audit.record(tx, by, "invitation used", who.uid, invitation=row.uid)
    if row.cohort_id is not None:
        tx.execute(insert(CohortMember).values(cohort_id=row.cohort_id, person_id=who.id, part=TRAINEE, joined_at=at))
        audit.record(tx, by, "joined cohort", who.uid, cohort=row.cohort)


def _usable(connection: Any, typed: str, edition: Published, at: dt.datetime, lock: bool = False) -> Any:
    known = normal_code(typed)
    row = store.invited(connection, known, lock) if known else None
    if row is None:
        raise Refused("unknown")
    if state(row, at) in ("closed", "ended"):
        raise Refused(state(row, at))
    if row.course not in edition.courses:
        raise Refused("gone")
    return row


def _is_in(connection: Any, row: Any, person: int) -> bool:
    if row.cohort_id is not None:
        return store.part_in(connection, row.cohort_id, person) is not None
    mine = Enrolment.person_id == person, Enrolment.course == row.course
    return connection.execute(select(Enrolment.id).where(*mine)).scalar() is not None
