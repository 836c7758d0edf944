"""Sittings of an exam: attempts that keep their questions and are closed when handed in. Queries only."""

from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from elearn.core.course import Course, Unit, load
from elearn.store.accounts import Person
from elearn.store.editions import Document, EditionEntry, source_language
from elearn.store.learning import Attempt, Draft, Enrolment, Step

_COLUMNS = (
    Attempt.id,
    Attempt.number,
    Attempt.seed,
    Attempt.edition,
    Attempt.opened_at,
    Attempt.closed_at,
    Attempt.questions,
    Attempt.score,
    Attempt.passed,
    Attempt.held_aloud,
    Attempt.held_by,
)
_SAT = (
    select(*_COLUMNS, Person.chosen_name.label("held_with"))
    .join(Enrolment, Attempt.enrolment_id == Enrolment.id)
    .outerjoin(Person, Person.id == Attempt.held_by)
    .where(Enrolment.person_id == bindparam("person"), Enrolment.course == bindparam("course"))
    .where(Attempt.unit == bindparam("unit"), Attempt.questions.is_not(None))
    .order_by(Attempt.number)
)
_ONE = (
    select(
        *_COLUMNS,
        Draft.question.label("draft_question"),
        Draft.response.label("draft_response"),
        Draft.document.label("draft_document"),
        Draft.revision.label("draft_revision"),
        Draft.saved_at.label("draft_saved_at"),
    )
    .join(Enrolment, Attempt.enrolment_id == Enrolment.id)
    .outerjoin(
        Draft,
        and_(Draft.enrolment_id == Enrolment.id, Draft.unit == Attempt.unit, Attempt.closed_at.is_(None)),
    )
    .where(Enrolment.person_id == bindparam("person"), Enrolment.course == bindparam("course"))
    .where(Attempt.unit == bindparam("unit"), Attempt.number == bindparam("number"))
)


def sittings(connection: Connection, person: int, course: str, unit: str) -> list[Any]:
    """Every sitting of an exam by one person, the first one first. `held_with`: the trainer of one held aloud."""
    rows = connection.execute(_SAT, {"person": person, "course": course, "unit": unit})
    return [row for row in rows if row.questions is not None]


def sitting(connection: Connection, person: int, course: str, unit: str, number: int) -> list[Any]:
    """One sitting with what was saved so far: a row for each draft, one where there is none; empty where it is not
    there or is somebody else's."""
    named = {"person": person, "course": course, "unit": unit, "number": number}
    return [row for row in connection.execute(_ONE, named) if row.questions is not None]


def answers(connection: Connection, attempt: int) -> list[Any]:
    """The steps of a sitting that was handed in, in the order of its questions."""
    columns = Step.question, Step.document, Step.fingerprint, Step.locale, Step.response, Step.fraction
    return list(connection.execute(select(*columns).where(Step.attempt_id == attempt).order_by(Step.sequence)))


def documents(connection: Connection, edition: int, course: str, unit: str) -> dict[str, str]:
    """Language -> hash of the unit as an edition has it."""
    rows = connection.execute(
        select(EditionEntry.name, EditionEntry.hash).where(
            EditionEntry.edition == edition, EditionEntry.name.like(f"unit/{course}/{unit}/%")
        )
    )
    return {row.name.rpartition("/")[2]: row.hash for row in rows}


def exam_then(connection: Connection, edition: int, course: str, unit: str) -> tuple[Unit, int] | None:
    """An exam in the source language and its pass mark in percent, as an edition has them; None where it has none."""
    source = source_language(connection, edition)
    names = f"course/{course}", f"unit/{course}/{unit}/{source}"
    rows = connection.execute(
        select(EditionEntry.name, Document.body)
        .join(Document, Document.hash == EditionEntry.hash)
        .where(EditionEntry.edition == edition, EditionEntry.name.in_(names))
    )
    bodies = {row.name: row.body for row in rows}
    if len(bodies) < len(names):
        return None
    text, ruled = load(Unit, bodies[names[1]]), load(Course, bodies[names[0]])
    return text, ruled.rule.pass_mark if text.pass_mark is None else text.pass_mark


def was_sat(connection: Connection, course: str, unit: str) -> bool:
    """Has anyone handed in a sitting of this unit?"""
    sat = (
        select(Attempt.id)
        .join(Enrolment, Attempt.enrolment_id == Enrolment.id)
        .where(Enrolment.course == course, Attempt.unit == unit, Attempt.score.is_not(None))
    )
    return connection.execute(sat.limit(1)).first() is not None
