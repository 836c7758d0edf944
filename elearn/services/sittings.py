"""Deeds of an exam: begin a sitting, keep an answer, hand it in. Marked once, when it is handed in, and never before.

A sitting is asked and marked in the edition in which it was begun, whatever is published meanwhile. It may be held
aloud: a trainer writes down the answers of a member of a cohort they lead, and the log says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from elearn.core.completion import facts_from_state
from elearn.core.course import Course, Unit
from elearn.core.drawing import sitting
from elearn.core.questions.base import Response, UnreadableResponse
from elearn.core.sittings import answered, asked, confidence, fraction, result
from elearn.services import audit, cohorts, drafts, key_changes, learning, transaction
from elearn.services.audit import By
from elearn.services.forms import first_time
from elearn.store import cohorts as cohort_store
from elearn.store import steps
from elearn.store.accounts import Viewer
from elearn.store.base import db
from elearn.store.editions import Published
from elearn.store.learning import Attempt, Draft, Enrolment


class NoMore(Exception):
    """As many sittings as the trainer set were begun already."""


class HandedIn(Exception):
    """The sitting is closed: nothing can be added to it."""


class NotAsked(Exception):
    """A question that is not in this sitting, or a sitting that is not this person's."""


class Elsewhere(Exception):
    """The person sits it alone, or aloud with a trainer: it goes on with whom it was begun."""


class Moved(Exception):
    """Answers were saved after the page was shown that hands in: they are to be seen first."""


@dataclass(frozen=True, slots=True)
class Exam:
    """An exam as the current edition has it. `unit`: in the source language."""

    edition: Published
    course: Course
    unit: Unit


@dataclass(frozen=True, slots=True)
class Pinned:
    """An exam as the edition of one sitting has it: by language, with the hash of each document."""

    edition: int
    source: str
    units: Mapping[str, Unit]
    hashes: Mapping[str, str]
    pass_mark: int

    @property
    def unit(self) -> Unit:
        """In the source language, or the one language there is."""
        return self.units.get(self.source) or next(iter(self.units.values()))

    def language_of(self, document: str) -> str:
        """Of the document that an answer was given to; the source language where it is none of these."""
        return next((lang for lang, digest in self.hashes.items() if digest == document), self.unit.lang)


@dataclass(frozen=True, slots=True)
class Aloud:
    """A trainer who writes down the answers of `member` (Person.uid) of the cohort `cohort` (uid)."""

    by: Viewer
    cohort: str
    member: str


def start(who: learning.Asker, exam: Exam, aloud: Aloud | None = None) -> int:
    """The number of the open sitting: the one that is open already, or a new one.

    Someone who goes on alone with a sitting that was begun aloud makes it one of their own. NoMore; Elsewhere where a
    trainer asks and one is open with somebody else, or alone; NotTheirs; NotAsked where nothing can be asked.
    """

    def work(tx: Session) -> int:
        _theirs(tx, aloud)
        enrolment = _enrolment(tx, who, exam.course)
        if enrolment is None:
            learning.enrol_within(tx, who, exam.edition, exam.course)
            enrolment = _enrolment(tx, who, exam.course)
        rows = tx.execute(
            select(
                Attempt.id,
                Attempt.number,
                Attempt.closed_at,
                Attempt.questions,
                Attempt.held_aloud,
                Attempt.held_by,
            )
            .where(Attempt.enrolment_id == enrolment, Attempt.unit == exam.unit.id)
            .order_by(Attempt.number)
        ).all()
        number = max((row.number for row in rows), default=0) + 1
        opened = next((row for row in rows if row.closed_at is None), None)
        if opened is not None and opened.questions is not None:
            return _go_on(tx, opened, aloud)
        before = first_time(tx, who.person, who.form, "sitting", who.at, str(number))
        if before is not None:
            return int(before)
        sat = [row for row in rows if row.questions is not None]
        if exam.unit.sittings is not None and len(sat) >= exam.unit.sittings:
            raise NoMore
        if opened is not None:  # practised while it was no exam yet
            tx.execute(update(Attempt).where(Attempt.id == opened.id).values(closed_at=who.at))
        tx.execute(delete(Draft).where(Draft.enrolment_id == enrolment, Draft.unit == exam.unit.id))
        _open(tx, who, exam, enrolment, number, [name for row in sat for name in row.questions], aloud)
        return number

    return transaction.run(work)


def keep(
    who: learning.Asker,
    exam: Exam,
    number: int,
    question: str,
    fields: Response,
    document: str,
    revision: int,
    aloud: Aloud | None = None,
) -> int:
    """Save an answer as far as it got, as `fields` (core.begun); the new revision. It can be changed until handed in.

    HandedIn, NotAsked, Elsewhere, StaleDraft, NotTheirs.
    """

    def work(tx: Session) -> int:
        _theirs(tx, aloud)
        enrolment = _enrolment(tx, who, exam.course)
        row = _opened(tx, enrolment, exam.unit.id, number, aloud)
        if question not in row.questions:
            raise NotAsked
        saved = drafts.save(tx, enrolment, exam.unit.id, question, fields, document, who.at, revision)
        tx.flush()
        return saved

    return transaction.run(work)


def hand_in(
    who: learning.Asker, exam: Exam, pinned: Pinned, number: int, seen: int, aloud: Aloud | None = None
) -> None:
    """Close a sitting and mark it, in one transaction. Handing in again what is handed in changes nothing.

    `seen`: the state that the page showed (`state_of`). Moved where more was saved since; NotAsked, Elsewhere,
    NotTheirs.
    """
    with db.engine.connect() as connection:
        later = key_changes.decided(connection, exam.course.id, exam.unit.id)

    def work(tx: Session) -> None:
        _theirs(tx, aloud)
        enrolment = _enrolment(tx, who, exam.course)
        try:
            row = _opened(tx, enrolment, exam.unit.id, number, aloud)
        except HandedIn:
            return
        if row.edition != pinned.edition:
            raise NotAsked
        saved = _drafts(tx, enrolment, exam.unit.id)
        if state_of(one.revision for one in saved.values()) != seen:
            raise Moved
        standing = steps.standing(tx.connection(), who.person, exam.course.id, exam.unit.id, who.form)
        fractions: dict[str, float] = {}
        for sequence, name in enumerate(row.questions, 1):
            fractions[name] = _append(tx, who, pinned, row, sequence, name, saved.get(name), later)
        reached = result(asked(pinned.unit, row.questions), fractions, pinned.pass_mark)
        values = {"score": reached.score, "passed": reached.passed, "closed_at": who.at, "steps": len(row.questions)}
        tx.execute(update(Attempt).where(Attempt.id == row.id).values(**values))
        drafts.clear(tx, enrolment, exam.unit.id, saved)
        facts = facts_from_state(standing.state).with_sitting(
            exam.unit.id, reached.score, reached.passed, row.held_aloud
        )
        place = learning.Place(exam.edition, exam.course, exam.unit, "")
        learning.set_progress(tx, who, place, standing, facts)
        first_time(tx, who.person, who.form, "handing in", who.at, str(number))
        if aloud:
            _log(tx, who, exam, number, aloud, "exam handed in aloud")

    transaction.run(work)


def state_of(revisions: Iterable[int]) -> int:
    """What is saved of a sitting, as one number: it grows with each change of an answer, wherever it is made."""
    return sum(revisions)


def _theirs(tx: Session, aloud: Aloud | None) -> None:
    if aloud is None:
        return
    who = cohorts.leader(aloud.by)
    if cohort_store.member(tx.connection(), who, aloud.cohort, aloud.member) is None:
        raise cohorts.NotTheirs(aloud.member)


def _enrolment(tx: Session, who: learning.Asker, course: Course) -> Any:
    """The person's enrolment, held until the end of the transaction; None where there is none."""
    mine = Enrolment.person_id == who.person, Enrolment.course == course.id
    return tx.execute(select(Enrolment.id).where(*mine).with_for_update()).scalar()


def _go_on(tx: Session, opened: Any, aloud: Aloud | None) -> int:
    if aloud is None and opened.held_aloud:
        tx.execute(update(Attempt).where(Attempt.id == opened.id).values(held_aloud=False, held_by=None))
    elif aloud and opened.held_by != aloud.by.id:
        raise Elsewhere
    return int(opened.number)


def _open(
    tx: Session,
    who: learning.Asker,
    exam: Exam,
    enrolment: int,
    number: int,
    before: list[str],
    aloud: Aloud | None,
) -> None:
    seed = learning.seed(who.secret, who.person, exam.course.id, exam.unit.id, number)
    drawn = sitting(exam.unit, seed, frozenset(before))
    if not drawn.prompts:
        raise NotAsked
    tx.execute(
        insert(Attempt).values(
            enrolment_id=enrolment,
            unit=exam.unit.id,
            number=number,
            seed=seed,
            edition=exam.edition.number,
            steps=0,
            opened_at=who.at,
            questions=[prompt.id for prompt in drawn.prompts],
            held_aloud=aloud is not None,
            held_by=aloud.by.id if aloud else None,
        )
    )
    if aloud:
        _log(tx, who, exam, number, aloud, "exam held aloud")


def _opened(tx: Session, enrolment: int | None, unit: str, number: int, aloud: Aloud | None) -> Any:
    row = tx.execute(
        select(
            Attempt.id,
            Attempt.edition,
            Attempt.seed,
            Attempt.closed_at,
            Attempt.questions,
            Attempt.held_aloud,
            Attempt.held_by,
        )
        .where(Attempt.enrolment_id == enrolment, Attempt.unit == unit, Attempt.number == number)
        .with_for_update()
    ).first()
    if row is None or row.questions is None:
        raise NotAsked
    if aloud and row.held_by != aloud.by.id:
        raise Elsewhere
    if row.closed_at is not None:
        raise HandedIn
    if row.held_aloud and aloud is None:
        raise Elsewhere
    return row


def _drafts(tx: Session, enrolment: int, unit: str) -> dict[str, Any]:
    columns = Draft.question, Draft.response, Draft.document, Draft.revision
    rows = tx.execute(select(*columns).where(Draft.enrolment_id == enrolment, Draft.unit == unit))
    return {row.question: row for row in rows}


def _append(
    tx: Session,
    who: learning.Asker,
    pinned: Pinned,
    row: Any,
    sequence: int,
    name: str,
    saved: Any,
    later: list[tuple[int, key_changes.Question]],
) -> float:
    """One question of a sitting as a step, answered or not; what it counts for, after decisions on its key."""
    lang = pinned.language_of(saved.document) if saved else who.locale
    unit = pinned.units.get(lang, pinned.unit)
    unit = unit if name in unit.keys else pinned.unit
    prompt, key = asked(unit, [name])[0], unit.keys[name]
    response: Response = []
    if saved:
        try:
            response = answered(prompt, saved.response, learning.arrangement(prompt, row.seed))
        except UnreadableResponse:
            response = []
    mark = fraction(prompt, key, response)
    steps.append_step(
        tx.connection(),
        attempt_id=row.id,
        sequence=sequence,
        question=name,
        document=pinned.hashes[unit.lang],
        fingerprint=unit.fingerprints[name],
        locale=unit.lang,
        response=response,
        fraction=mark,
        confidence=confidence(saved.response) if saved else None,
        made_at=who.at,
    )
    if mark is None:
        return 0.0
    return key_changes.raised(name, response, unit.fingerprints[name], mark, pinned.edition, later)


def _log(tx: Session, who: learning.Asker, exam: Exam, number: int, aloud: Aloud, deed: str) -> None:
    by = By(who.at, aloud.by.uid, aloud.by.role)
    where = f"{exam.course.id}/{exam.unit.id}"
    audit.record(tx, by, deed, aloud.member, exam=where, number=number, cohort=aloud.cohort)
