"""What was decided for answers given before a key changed (store.editions.KeyChange), done in batches of enrolments.

Each batch is one transaction that notes how far it came, so that work that was cut short goes on where it stopped and
is never done twice. An answer only ever gains: what was right stays right. The log of steps is never rewritten.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from elearn import logs
from elearn.core.changes import CANCEL, KEEP, SAME, TEXT, compared, follow, moves
from elearn.core.completion import Answered, course_progress, facts_from_state, facts_to_state
from elearn.core.course import Unit
from elearn.core.questions import KINDS
from elearn.core.questions.base import Key, Prompt, Response
from elearn.services import audit, learning, sat_again, transaction
from elearn.services.audit import By
from elearn.services.keys import keyring
from elearn.services.sat_again import Exams, Raised
from elearn.store.base import db
from elearn.store.editions import KeyChange, Published, forms_of, newest, read_edition, source_language
from elearn.store.learning import Enrolment, Progress
from elearn.store.sittings import was_sat

BATCH = 200
"""Enrolments in one transaction: others who write wait for no longer than that."""

Told = Callable[[int, int], None]
"""Told (done, of how many) after each batch."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question whose key changed. `keys`, `fingerprints`: of the question now, by language; `former`: of
    every form of it that an answer can be taken over from -> its language. `items`, `targets`, `menus`: where former
    texts went."""

    course: str
    unit: str
    id: str
    decision: str
    keys: Mapping[str, Key]
    fingerprints: Mapping[str, str]
    former: Mapping[str, str]
    items: tuple[int, ...] = ()
    targets: tuple[int, ...] = ()
    menus: tuple[tuple[int, ...], ...] = ()


def apply(at: dt.datetime, progress: Told = lambda done, of: None) -> int:
    """Do all that was decided and is not done yet, oldest first. How many people's standing changed."""
    return sum(_do(edition, question, at, progress) for edition, question in waiting())


def waiting() -> list[tuple[int, str]]:
    """(edition, course/unit/question) of what was decided and is not done."""
    with db.engine.connect() as connection:
        rows = connection.execute(
            select(KeyChange.edition, KeyChange.question)
            .where(KeyChange.done_at.is_(None))
            .order_by(KeyChange.edition, KeyChange.question)
        )
        return [(int(edition), str(question)) for edition, question in rows]


def one_batch(edition: int, question: str, at: dt.datetime) -> tuple[bool, int]:
    """The next batch of one decision, once: is it all done, and how many people's standing changed."""
    with db.engine.connect() as connection:
        what, now = _question(connection, edition, question), _current(connection)
        exams = _exams(connection, what)
    return transaction.run(partial(_batch, edition=edition, question=question, what=what, now=now, exams=exams, at=at))


def decided(connection: Connection, course: str, unit: str) -> list[tuple[int, Question]]:
    """(edition, question) of every decision on this unit, oldest first, done or not: a sitting that is handed in while
    the work goes on is not missed."""
    named = KeyChange.question.startswith(f"{course}/{unit}/", autoescape=True)
    rows = connection.execute(
        select(KeyChange.edition, KeyChange.question)
        .where(named, KeyChange.decision != KEEP)
        .order_by(KeyChange.edition, KeyChange.question)
    ).all()
    return [(row.edition, _question(connection, row.edition, row.question)) for row in rows]


def raised(
    question: str,
    response: Response,
    fingerprint: str,
    mark: float,
    edition: int,
    decisions: Sequence[tuple[int, Question]],
) -> float:
    """What an answer of an exam sat in `edition` counts for after the decisions: never less than it was marked.

    What is cancelled counts as right for whoever was asked it, answered or not.
    """
    before = Answered(mark, mark, response, fingerprint, 1)
    for since, what in decisions:
        if what.id != question or since <= edition or before.fingerprint in what.fingerprints.values():
            continue
        if what.decision == CANCEL:
            return 1.0
        before = (_marked_again(before, what) if response else None) or before
    return before.best


def _do(edition: int, question: str, at: dt.datetime, progress: Told) -> int:
    with db.engine.connect() as connection:
        what, now = _question(connection, edition, question), _current(connection)
        exams = _exams(connection, what)
        of = connection.execute(
            select(func.count()).select_from(Enrolment).where(Enrolment.course == what.course)
        ).scalar_one()
    batch = partial(_batch, edition=edition, question=question, what=what, now=now, exams=exams, at=at)
    looked = changed = 0
    while True:
        done, some = transaction.run(batch)
        changed += some
        looked += BATCH
        progress(of if done else min(looked, of), of)
        if done:
            logs.note("answers marked again", edition=edition, kind=what.decision, count=changed)
            return changed


def _batch(
    tx: Session, edition: int, question: str, what: Question, now: Published, exams: Exams | None, at: dt.datetime
) -> tuple[bool, int]:
    row = tx.execute(
        select(KeyChange).where(KeyChange.edition == edition, KeyChange.question == question).with_for_update()
    ).scalar_one()
    if row.done_at is not None:
        return True, 0
    found = tx.execute(
        select(Enrolment.id, Enrolment.person_id, Progress.state, Progress.completed_at, Progress.completed_edition)
        .join(Progress, Progress.enrolment_id == Enrolment.id)
        .where(Enrolment.course == what.course, Enrolment.id > row.reached)
        .order_by(Enrolment.id)
        .limit(BATCH)
        .with_for_update(of=Progress)
    ).all()
    sat = sat_again.again(tx, [one.id for one in found], what.unit, what.id, exams) if exams else {}
    gained = [values for standing in found if (values := _gain(standing, what, now, sat.get(standing.id, []), at))]
    if gained:
        tx.connection().execute(_SET, gained)
    row.reached = found[-1].id if found else row.reached
    if len(found) < BATCH:
        row.done_at = at
        audit.record(tx, By(at), "answers marked again", edition=edition, question=question, decision=what.decision)
    tx.flush()
    return row.done_at is not None, len(gained)


_PROGRESS: Table = Progress.__table__  # type: ignore[assignment]
_SET = update(_PROGRESS).where(_PROGRESS.c.enrolment_id == bindparam("enrolment"))


def _exams(connection: Connection, what: Question) -> Exams | None:
    """What sittings that asked a question of this unit are marked again with; None where nobody sat it."""
    if not was_sat(connection, what.course, what.unit):
        return None
    decisions = decided(connection, what.course, what.unit)
    return Exams(what.course, partial(raised, decisions=decisions))


def _gain(
    standing: Any, what: Question, now: Published, sat: Sequence[Raised], at: dt.datetime
) -> dict[str, Any] | None:
    """The new progress row of one enrolment; None where nothing is gained. `sat`: its sittings that are worth more."""
    was = facts = facts_from_state(standing.state)
    before = facts.answers.get(what.unit, {}).get(what.id)
    after = _cancelled(before, what) if what.decision == CANCEL else _marked_again(before, what)
    if before is not None and after is not None:
        answers = {**facts.answers, what.unit: {**facts.answers[what.unit], what.id: after}}
        facts = replace(facts, answers=answers)
    for one in sat:
        facts = facts.with_sitting_raised(what.unit, one.score, one.passed, one.aloud)
    if facts == was:
        return None
    course = now.courses.get(what.course)
    if course is None:
        return None
    units = learning.drawn_units(now, course, keyring().key("secret"), standing.person_id)
    progress = course_progress(course, units, facts)
    first = standing.completed_at is None and progress.complete
    return {
        "enrolment": standing.id,
        "state": facts_to_state(facts),
        "units_done": progress.done,
        "units_total": len(progress.counted),
        "completed_at": at if first else standing.completed_at,
        "completed_edition": now.number if first else standing.completed_edition,
        "edition": now.number,
        "rule_version": course.rule.version,
    }


def _cancelled(before: Answered | None, what: Question) -> Answered | None:
    """Right for whoever had answered it before; not for a first answer that is to the new question."""
    if before is None or (before.fingerprint in what.fingerprints.values() and before.tries == 1):
        return None
    return replace(before, best=1.0)


def _marked_again(before: Answered | None, what: Question) -> Answered | None:
    """The last response under the new key, where that is worth more."""
    lang = what.former.get(before.fingerprint) if before else None
    if before is None or lang is None or lang not in what.keys:
        return None
    key = what.keys[lang]
    kind = KINDS[key.kind]
    response = follow(kind.name, before.response, what.items, what.targets, what.menus)
    fraction = kind.mark(key, response).fraction
    if fraction <= before.last:
        return None
    return replace(
        before, best=max(before.best, fraction), last=fraction, response=response, fingerprint=what.fingerprints[lang]
    )


def _current(connection: Connection) -> Published:
    number = newest(connection)
    assert number is not None
    return read_edition(connection, number)


def _question(connection: Connection, edition: int, name: str) -> Question:
    """The question as this edition has it, and every earlier form of it that differed in words alone from the last."""
    course, unit, question = name.split("/")
    decision = connection.execute(
        select(KeyChange.decision).where(KeyChange.edition == edition, KeyChange.question == name)
    ).scalar_one()
    source = source_language(connection, edition)
    forms = forms_of(connection, course, unit, edition)
    here = next(forms)
    prompt, _ = _form(here[source], question)
    now = _fingerprints(here, question)
    former: dict[str, str] = {}
    last: tuple[Prompt, Key] | None = None
    for languages in forms:
        text = languages.get(source)
        if text is None or text.status != "published" or question not in text.keys:
            continue
        form = _form(text, question)
        if last is not None and compared(form, last) not in (SAME, TEXT):
            break
        last = last or form
        former = {fingerprint: lang for lang, fingerprint in _fingerprints(languages, question).items()} | former
    former = {fingerprint: lang for fingerprint, lang in former.items() if fingerprint not in now.values()}
    where = last[0] if last else prompt
    return Question(
        course,
        unit,
        question,
        decision,
        {lang: one.keys[question] for lang, one in here.items() if question in one.keys},
        now,
        former,
        moves(where.items, prompt.items),
        moves(where.targets, prompt.targets),
        tuple(moves(old, new) for old, new in zip(where.menus, prompt.menus, strict=True)),
    )


def _form(unit: Unit, question: str) -> tuple[Prompt, Key]:
    asked = (prompt for section in unit.sections for prompt in section.questions)
    return next(prompt for prompt in asked if prompt.id == question), unit.keys[question]


def _fingerprints(languages: Mapping[str, Unit], question: str) -> dict[str, str]:
    return {lang: one.fingerprints[question] for lang, one in languages.items() if question in one.fingerprints}
