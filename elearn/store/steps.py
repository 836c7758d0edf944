"""The statements of a deed of learning. Made once: to build them anew cost more than to run them (profile, 2026-11)."""

from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, insert, select, update

from elearn.store.learning import Attempt, Draft, Enrolment, Idempotency, Progress, Step

_ATTEMPT: Table = Attempt.__table__  # type: ignore[assignment]
_STEP: Table = Step.__table__  # type: ignore[assignment]
_PROGRESS: Table = Progress.__table__  # type: ignore[assignment]
_FORM: Table = Idempotency.__table__  # type: ignore[assignment]

_MINE = and_(Enrolment.person_id == bindparam("person"), Enrolment.course == bindparam("course"))
_LOCK = select(Enrolment.id).where(_MINE).with_for_update()
_STANDING = (
    select(
        Enrolment.id,
        Progress.state,
        Progress.completed_at,
        Progress.completed_edition,
        Attempt.id.label("attempt_id"),
        Attempt.steps,
        Idempotency.parameters,
        Draft.response.label("draft_response"),
        Draft.document.label("draft_document"),
        Draft.revision.label("draft_revision"),
        Draft.saved_at.label("draft_saved_at"),
    )
    .join(Progress, Progress.enrolment_id == Enrolment.id)
    .outerjoin(
        Attempt,
        and_(Attempt.enrolment_id == Enrolment.id, Attempt.unit == bindparam("unit"), Attempt.closed_at.is_(None)),
    )
    .outerjoin(Idempotency, and_(Idempotency.person_id == Enrolment.person_id, Idempotency.key == bindparam("form")))
    .outerjoin(
        Draft,
        and_(
            Draft.enrolment_id == Enrolment.id,
            Draft.unit == bindparam("unit"),
            Draft.question == bindparam("question"),
        ),
    )
    .where(_MINE)
)
_OPEN = insert(_ATTEMPT).returning(_ATTEMPT.c.id)
_COUNT = update(_ATTEMPT).where(_ATTEMPT.c.id == bindparam("attempt"))
_APPEND = insert(_STEP)
_SET = update(_PROGRESS).where(_PROGRESS.c.enrolment_id == bindparam("enrolment"))
_REMEMBER = insert(_FORM)


def standing(connection: Connection, person: int, course: str, unit: str, form: str, question: str = "") -> Any:
    """Where a person stands, whether this form was sent before and what was begun of `question`, under a lock; None
    where they are not enrolled.

    PostgreSQL reads joined rows as they were before it waited for a lock: there the lock has a statement of its own.
    """
    mine = {"person": person, "course": course}
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, mine)
    return connection.execute(_STANDING, {**mine, "unit": unit, "form": form, "question": question}).first()


def open_attempt(connection: Connection, **values: Any) -> int:
    return int(connection.execute(_OPEN, values).scalar_one())


def count_step(connection: Connection, attempt: int, steps: int) -> None:
    connection.execute(_COUNT, {"attempt": attempt, "steps": steps})


def append_step(connection: Connection, **values: Any) -> None:
    connection.execute(_APPEND, values)


def set_progress(connection: Connection, enrolment: int, **values: Any) -> None:
    connection.execute(_SET, {"enrolment": enrolment, **values})


def remember_form(connection: Connection, **values: Any) -> None:
    connection.execute(_REMEMBER, values)
