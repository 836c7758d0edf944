"""What one person answered in a unit, step by step, for that person alone. It reads; nothing here is ever changed."""

from typing import Any

from sqlalchemy import Connection, String, bindparam, cast, func, null, or_, select

from elearn.store.learning import Attempt, Enrolment, Reflection, Step

_FIRST = func.min(Step.sequence).over(partition_by=(Step.attempt_id, Step.question, Step.fingerprint))
_HANDED_IN = or_(
    Attempt.closed_at.is_not(None), Attempt.questions.is_(null()), cast(Attempt.questions, String) == "null"
)
"""Practice, or a sitting that is over: a mark is not shown before its time."""

_RECORDED = (
    select(
        Step.question,
        Step.document,
        Step.fingerprint,
        Step.response,
        Step.fraction,
        Step.confidence,
        Step.made_at,
        Step.sequence,
        Attempt.number,
        Attempt.seed,
        func.count().over().label("total"),
    )
    .join(Attempt, Attempt.id == Step.attempt_id)
    .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
    .where(
        Enrolment.person_id == bindparam("person"),
        Enrolment.course == bindparam("course"),
        Attempt.unit == bindparam("unit"),
        _HANDED_IN,
    )
    .order_by(Attempt.number, _FIRST, Step.sequence)
    .offset(bindparam("offset"))
    .limit(bindparam("most"))
)
_TEXTS = (
    select(func.count())
    .select_from(Reflection)
    .where(Reflection.person_id == bindparam("person"), Reflection.course == bindparam("course"))
)


def recorded(connection: Connection, person: int, course: str, unit: str, offset: int, most: int) -> list[Any]:
    """Steps of a unit in the order in which its questions were first answered, those of one question together. Each row
    says `total`, of all of them. One statement, however many there are."""
    where = {"person": person, "course": course, "unit": unit}
    return list(connection.execute(_RECORDED, {**where, "offset": offset, "most": most}))


def texts_in(connection: Connection, person: int, course: str) -> int:
    """How many private texts a person keeps in a course; never which ones."""
    return int(connection.execute(_TEXTS, {"person": person, "course": course}).scalar_one())
