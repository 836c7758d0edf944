"""Answers begun and not given yet: kept as they are typed, one a question, gone when the answer is given.

A draft is never marked and never overwrites what another tab or device saved meanwhile. Private texts are kept sealed
(services.reflections), not here.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
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
        select(Draft).where(Draft.enrolment_id == enrolment, Draft.unit == unit, Draft.question == question)
    ).scalar()
    if row is not None and (row.response, row.document) == (response, document):
        return row.revision
    if (row.revision if row else 0) != revision:
        raise StaleDraft
    if row is None:
        tx.add(
            Draft(
                enrolment_id=enrolment,
                unit=unit,
                question=question,
                response=response,
                document=document,
                revision=1,
                saved_at=at,
            )
        )
        return 1
    row.response, row.document, row.revision, row.saved_at = response, document, row.revision + 1, at
    return row.revision


def clear(tx: Session, enrolment: int, unit: str, questions: Iterable[str]) -> None:
    """Their answers were given: the drafts go. Part of the caller's transaction."""
    tx.execute(
        delete(Draft).where(Draft.enrolment_id == enrolment, Draft.unit == unit, Draft.question.in_(list(questions)))
    )
