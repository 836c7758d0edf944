"""Answers begun and not given yet: kept as they are typed, one a question, gone when the answer is given.

A draft is never marked and never overwrites what another tab or device saved meanwhile. Private texts are kept sealed
(services.reflections), not here.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from elearn.core.questions.base import Response
from elearn.store.learning import Draft


class StaleDraft(Exception):
    """Another tab or device saved something else since the page was shown: nothing is overwritten."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An answer as far as it got. `document`: the unit as it was shown; `revision` counts its saves from 1."""

    response: Response
    document: str
    revision: int
    saved_at: dt.datetime


def begun(rows: Iterable[Any]) -> dict[str, Begun]:
    """The drafts of a unit by question id, from the rows of `store.learning.place`."""
    return {
        row.draft_question: Begun(row.draft_response, row.draft_document, row.draft_revision, row.draft_saved_at)
        for row in rows
        if row.draft_question is not None
    }


@dataclass(frozen=True, slots=True)
class Where:
    """Which draft: of a question, in a unit, of someone who follows the course."""

    enrolment: int
    unit: str
    question: str


def save(
    tx: Session,
    enrolment: int,
    unit: str,
    question: str,
    response: Response,
    document: str,
    at: dt.datetime,
    revision: int,
) -> int:
    """Keep an answer as far as it got; the new revision. Part of the caller's transaction, which holds the enrolment.

    `revision`: of the draft that the page showed, 0 where there was none. The same words again are saved already and
    change nothing, whoever sent them. StaleDraft.
    """
    row = tx.execute(
        select(Draft.response, Draft.document, Draft.revision, Draft.saved_at).where(
            Draft.enrolment_id == enrolment, Draft.unit == unit, Draft.question == question
        )
    ).first()
    before = Begun(*row) if row else None
    return keep(tx, Where(enrolment, unit, question), before, Begun(response, document, revision, at))


def keep(tx: Session, where: Where, before: Begun | None, now: Begun) -> int:
    """The same where the caller has read the draft already: `before`. `now.revision` is that of the page. StaleDraft.

    Nothing is kept of nothing, where nothing was kept before.
    """
    if before is not None and (before.response, before.document) == (now.response, now.document):
        return before.revision
    if (before.revision if before else 0) != now.revision:
        raise StaleDraft
    values = {"response": now.response, "document": now.document, "saved_at": now.saved_at}
    if before is not None:
        mine = (Draft.enrolment_id == where.enrolment, Draft.unit == where.unit, Draft.question == where.question)
        tx.execute(update(Draft).where(*mine).values(revision=before.revision + 1, **values))
        return before.revision + 1
    if not now.response:
        return 0
    named = {"enrolment_id": where.enrolment, "unit": where.unit, "question": where.question}
    tx.execute(insert(Draft).values(revision=1, **named, **values))
    return 1


def clear(tx: Session, enrolment: int, unit: str, questions: Iterable[str]) -> None:
    """Their answers were given: the drafts go. Part of the caller's transaction."""
    tx.execute(
        delete(Draft).where(Draft.enrolment_id == enrolment, Draft.unit == unit, Draft.question.in_(list(questions)))
    )
