"""Sittings handed in that asked a question whose key was corrected: what they are worth now, only ever more.

Part of a batch of services.key_changes. The score of the sitting is set; its steps stay as they were marked.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.core.course import Unit
from elearn.core.questions.base import Response
from elearn.core.sittings import asked, result
from elearn.store.learning import Attempt, Step
from elearn.store.sittings import exam_then


class Worth(Protocol):
    def __call__(self, question: str, response: Response, fingerprint: str, mark: float, edition: int) -> float:
        """What an answer counts for now, given in a sitting of `edition`."""


@dataclass(frozen=True, slots=True)
class Exams:
    """Of which course, what an answer is worth now, and the exam by edition as it was read so far."""

    course: str
    worth: Worth
    then: dict[int, tuple[Unit, int] | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Raised:
    score: int
    passed: bool
    aloud: bool


def again(tx: Session, enrolments: Iterable[int], unit: str, question: str, exams: Exams) -> dict[int, list[Raised]]:
    """Enrolment -> its sittings of this exam that asked `question` and are worth more now; they are set so."""
    rows = tx.execute(
        select(
            Attempt.id,
            Attempt.enrolment_id,
            Attempt.edition,
            Attempt.questions,
            Attempt.score,
            Attempt.passed,
            Attempt.held_aloud,
        )
        .where(Attempt.enrolment_id.in_(list(enrolments)), Attempt.unit == unit, Attempt.closed_at.is_not(None))
        .where(Attempt.questions.is_not(None), Attempt.score.is_not(None))
        .order_by(Attempt.number)
    ).all()
    found: dict[int, list[Raised]] = {}
    for row in rows:
        if row.questions is not None and question in row.questions and (more := _more(tx, row, unit, exams)):
            tx.execute(update(Attempt).where(Attempt.id == row.id).values(score=more.score, passed=more.passed))
            found.setdefault(row.enrolment_id, []).append(more)
    return found


def _more(tx: Session, row: Any, unit: str, exams: Exams) -> Raised | None:
    if row.edition not in exams.then:
        exams.then[row.edition] = exam_then(tx.connection(), row.edition, exams.course, unit)
    then = exams.then[row.edition]
    if then is None:
        return None
    text, pass_mark = then
    steps = tx.execute(
        select(Step.question, Step.response, Step.fingerprint, Step.fraction).where(Step.attempt_id == row.id)
    ).all()
    fractions = {
        one.question: exams.worth(one.question, one.response, one.fingerprint, one.fraction, row.edition)
        for one in steps
        if one.fraction is not None
    }
    now = result(asked(text, row.questions), fractions, pass_mark)
    raised = Raised(max(now.score, row.score), now.passed or row.passed, row.held_aloud)
    return raised if (raised.score, raised.passed) != (row.score, row.passed) else None
