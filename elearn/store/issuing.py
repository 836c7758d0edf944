"""Queries of the issuing desk: who follows a course, whether it is complete, which name they confirmed, what they hold.
No table here, and nothing of what anyone answered or wrote."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, case, exists, func, select

from elearn.store.accounts import Person
from elearn.store.attestations import Attestation, Holding, ShareLink
from elearn.store.cohorts import Cohort, CohortMember, led
from elearn.store.learning import Enrolment, Progress


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone who follows a course. `attestation`: its id, None where none is issued; `changes_at`: when an announced
    revocation, with its `reason`, takes effect."""

    person: int
    uid: str
    name: str
    locale: str
    units_done: int
    units_total: int
    completed_at: dt.datetime | None
    printed_name: str
    named_at: dt.datetime | None
    attestation: str | None
    state: str | None
    printed: str | None
    issued_at: dt.datetime | None
    reason: str | None
    changes_at: dt.datetime | None
    identity_by: str

    @property
    def correction(self) -> bool:
        """Another name than the one printed is asked for."""
        return bool(self.attestation and self.state == "active" and self.printed and self.printed_name != self.printed)

    @property
    def ready(self) -> bool:
        return self.attestation is None and self.completed_at is not None and bool(self.printed_name)


def _chosen(leader: int | None, course: str) -> Any:
    """Everyone who follows the course; for a trainer, the trainees of the cohorts that they lead in it."""
    chosen = (
        select(
            Person.id,
            Person.uid,
            Person.chosen_name,
            Person.locale,
            Progress.units_done,
            Progress.units_total,
            Progress.completed_at,
            Enrolment.printed_name,
            Enrolment.named_at,
            Attestation.id.label("attestation"),
            Attestation.state,
            Attestation.printed_name.label("printed"),
            Attestation.issued_at,
            Attestation.reason,
            Attestation.state_changed_at,
            Enrolment.identity_by,
        )
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Progress, Progress.enrolment_id == Enrolment.id)
        .outerjoin(Holding, Holding.enrolment_id == Enrolment.id)
        .outerjoin(Attestation, Attestation.id == Holding.attestation_id)
        .where(Enrolment.course == course)
    )
    if leader is None:
        return chosen
    mine = exists().where(
        CohortMember.person_id == Person.id,
        CohortMember.part == "trainee",
        CohortMember.cohort_id == Cohort.id,
        Cohort.course == course,
        led(leader),
    )
    return chosen.where(mine)


def candidates(connection: Connection, leader: int | None, course: str, offset: int, most: int) -> list[Candidate]:
    """Those who can be issued one first, then those who lack something, then those who have it; by name."""
    waits = Attestation.id.is_(None)
    order = case(
        (and_(waits, Progress.completed_at.is_not(None), Enrolment.printed_name != ""), 0),
        (and_(waits, Progress.completed_at.is_not(None)), 1),
        (waits, 2),
        else_=3,
    )
    rows = connection.execute(
        _chosen(leader, course).order_by(order, Person.search_key, Person.id).offset(offset).limit(most)
    )
    return [Candidate(*row) for row in rows]


def count_candidates(connection: Connection, leader: int | None, course: str) -> int:
    return int(connection.execute(select(func.count()).select_from(_chosen(leader, course).subquery())).scalar_one())


def chosen_candidates(
    connection: Connection, leader: int | None, course: str, uids: Collection[str]
) -> list[Candidate]:
    """Of these people, those whom the viewer may issue for, by name."""
    rows = connection.execute(
        _chosen(leader, course).where(Person.uid.in_(uids)).order_by(Person.search_key, Person.id)
    )
    return [Candidate(*row) for row in rows]


def everyone(connection: Connection, course: str) -> list[Candidate]:
    """Everyone who has completed a course and has no attestation yet, by name."""
    chosen = _chosen(None, course).where(Progress.completed_at.is_not(None), Attestation.id.is_(None))
    return [Candidate(*row) for row in connection.execute(chosen.order_by(Person.search_key, Person.id))]


def waiting(connection: Connection, leader: int | None, courses: Collection[str]) -> dict[str, int]:
    """Course -> how many could be issued one now."""
    found = {}
    for course in courses:
        ready = _chosen(leader, course).where(
            Attestation.id.is_(None), Progress.completed_at.is_not(None), Enrolment.printed_name != ""
        )
        found[course] = int(connection.execute(select(func.count()).select_from(ready.subquery())).scalar_one())
    return found


def first_link(connection: Connection, attestation: str, at: dt.datetime) -> str | None:
    """The code of the oldest address that is open and shows the real title; None where its holder closed them all."""
    still = (ShareLink.expires_at.is_(None)) | (ShareLink.expires_at > at)
    chosen = select(ShareLink.code, ShareLink.shows).where(
        ShareLink.attestation_id == attestation, ShareLink.closed_at.is_(None), still
    )
    rows = connection.execute(chosen.order_by(ShareLink.made_at, ShareLink.code)).all()
    return next((row.code for row in rows if row.shows.get("title") == "real"), None)
