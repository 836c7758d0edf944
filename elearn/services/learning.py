"""Deeds of learning: enrol, read a section, begin an answer, give it, write a private text. Each appends once, whatever
is sent, and none overwrites what the page that sent it has not seen.

A deed reads its place in one statement under a lock, decides with the core's rules, writes, and is acknowledged
after the commit only.
"""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from elearn.core.begun import Base
from elearn.core.completion import Facts, course_progress, facts_from_state, facts_to_state
from elearn.core.course import Course, Unit
from elearn.core.drawing import drawn, has_pools
from elearn.core.questions import KINDS
from elearn.core.questions.base import Arrangement, Mark, Prompt, Response, arrange
from elearn.services import consents, drafts, reflections, transaction
from elearn.store import steps
from elearn.store.editions import Published
from elearn.store.learning import Enrolment, Progress


class OtherForm(Exception):
    """The form was already sent, with other words: nothing is stored, both versions can be shown."""


class OtherAnswer(Exception):
    """The question was answered on another page since this one was shown: nothing is stored, both can be shown."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who does a deed, when, with which form. `secret` keys hashes and seeds."""

    person: int
    locale: str
    at: dt.datetime
    form: str
    secret: bytes


@dataclass(frozen=True, slots=True)
class Place:
    """The section a deed is about, in the edition that is current when it is done."""

    edition: Published
    course: Course
    unit: Unit
    section: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a prompt as it was shown: `document` and `fingerprint` name the unit and the question, by hash.

    `sure`: how sure the person says they are of it, from 1 to 3, 0 where it was not said. Only they ever see it.
    """

    prompt: Prompt
    document: str
    fingerprint: str
    response: Response
    mark: Mark
    sure: int = 0


def enrol(who: Asker, edition: Published, course: Course) -> None:
    """Follow a course. Doing it twice changes nothing."""
    transaction.run(lambda tx: enrol_within(tx, who, edition, course))


def enrol_within(tx: Session, who: Asker, edition: Published, course: Course) -> bool:
    """The same as part of a deed. False where the person followed the course already."""
    made = transaction.add_once(
        tx,
        Enrolment,
        person_id=who.person,
        course=course.id,
        locale=who.locale,
        edition=edition.number,
        rule_version=course.rule.version,
        title=dict(course.title),
        discreet_title=dict(course.discreet_title),
        created_at=who.at,
    )
    if not made:
        return False
    enrolment = tx.execute(
        select(Enrolment.id).where(Enrolment.person_id == who.person, Enrolment.course == course.id)
    ).scalar_one()
    tx.execute(
        insert(Progress).values(
            enrolment_id=enrolment,
            state=facts_to_state(Facts()),
            units_done=0,
            units_total=len(course_progress(course, edition.source_units(course), Facts()).counted),
            edition=edition.number,
            rule_version=course.rule.version,
            updated_at=who.at,
        )
    )
    return True


def read_section(who: Asker, place: Place) -> None:
    """Record a section as read and as the place to come back to: the next one, where there is one."""
    parameters = ["read", place.course.id, place.unit.id, place.section]

    def change(tx: Session, row: Row[Any], facts: Facts) -> Facts:
        return facts.with_section(place.unit.id, place.section)

    _deed(who, place, "reading", parameters, change)


def answer(who: Asker, place: Place, given: Answer, base: Base | None = None) -> None:
    """Append one answer as a step and count it; what was begun of it goes.

    `base`: what the page knew of the question, None where it did not say. OtherAnswer.
    """
    question = given.prompt.id
    parameters = ["answer", place.course.id, place.unit.id, question, given.document, given.response, given.sure]

    def change(tx: Session, row: Row[Any], facts: Facts) -> Facts:
        if base is not None and facts.tries(place.unit.id, question) != base.tries:
            raise OtherAnswer
        if row.draft_revision is not None:
            drafts.clear(tx, row.id, place.unit.id, [question])
        fraction = given.mark.fraction if KINDS[given.prompt.kind].scored else None
        _append(tx, who, place, row, question, given.document, given.fingerprint, given.response, fraction, given.sure)
        return facts.with_answer(place.unit.id, question, given.mark, given.response, given.fingerprint, given.sure)

    _deed(who, place, "attempt", parameters, change, question)


def keep_answer(who: Asker, place: Place, question: str, document: str, response: Response, base: Base) -> Base:
    """Keep an answer as far as it got (core.begun); what the page knows now. Sent twice it is kept once.

    OtherAnswer, drafts.StaleDraft: where the page had not seen what was answered or kept meanwhile.
    """
    unit = place.unit.id

    def work(tx: Session) -> Base:
        row = _standing_made(tx, who, place, question)
        if facts_from_state(row.state).tries(unit, question) != base.tries:
            raise OtherAnswer
        before = None
        if row.draft_revision is not None:
            before = drafts.Begun(row.draft_response, row.draft_document, row.draft_revision, row.draft_saved_at)
        now = drafts.Begun(response, document, base.revision, who.at)
        return Base(base.tries, drafts.keep(tx, drafts.Where(row.id, unit, question), before, now))

    return transaction.run(work)


def write_reflection(
    who: Asker, place: Place, prompt: Prompt, document: str, text: str, revision: int, agreed: bool = False
) -> None:
    """Keep a private text; the log only says that something was written. An empty text deletes the one kept.

    `revision`: of the text that the page showed, 0 where there was none. `agreed`: the consent is given with this very
    form. NotGiven where there is none yet, StaleBase, BrokenSeal.
    """
    whose = reflections.Whose(who.person, place.course.id, place.unit.id, prompt.id, revision)
    fingerprint = place.unit.fingerprints.get(prompt.id, "")
    parameters = ["reflection", place.course.id, place.unit.id, prompt.id, text]

    def change(tx: Session, row: Row[Any], facts: Facts) -> Facts:
        if not text:
            reflections.delete(tx, whose)
            return facts
        consents.need(tx, who.person, who.locale, who.at, agreed)
        reflections.save(tx, whose, text, who.at)
        _append(tx, who, place, row, prompt.id, document, fingerprint, [], None)
        return facts.with_text(place.unit.id, prompt.id)

    _deed(who, place, "reflection", parameters, change)


def keep_text(
    who: Asker, place: Place, question: str, document: str, text: str, revision: int, agreed: bool = False
) -> int:
    """Keep a private text as far as it got; its new revision. Only the first one leaves a step. An empty one keeps and
    deletes nothing. As `write_reflection` else."""
    whose = reflections.Whose(who.person, place.course.id, place.unit.id, question, revision)
    fingerprint = place.unit.fingerprints.get(question, "")

    def work(tx: Session) -> int:
        consents.need(tx, who.person, who.locale, who.at, agreed)
        row = _standing_made(tx, who, place)
        kept = reflections.save(tx, whose, text, who.at)
        facts = facts_from_state(row.state)
        if question not in facts.written.get(place.unit.id, ()):
            _append(tx, who, place, row, question, document, fingerprint, [], None)
            set_progress(tx, who, place, row, facts.with_text(place.unit.id, question))
        return kept

    return transaction.run(work) if text else revision


def seed(secret: bytes, person: int, course: str, unit: str, number: int = 1) -> str:
    """The seed of an attempt, known before it is opened, because a page that shows a question writes nothing."""
    return _keyed(secret, f"seed:{person}:{course}:{unit}:{number}")


def drawn_unit(unit: Unit, secret: bytes, person: int | None) -> Unit:
    """The unit with the questions that this person is asked of its pools; a visitor's has the empty seed. An exam is
    given back as it is: each of its sittings has a draw of its own."""
    if unit.exam or not has_pools(unit):
        return unit
    return drawn(unit, seed(secret, person, unit.course, unit.id) if person is not None else "")


def drawn_units(edition: Published, course: Course, secret: bytes, person: int) -> dict[str, Unit]:
    """The units that count, as this person is asked them: what completion is computed from."""
    return {name: drawn_unit(unit, secret, person) for name, unit in edition.source_units(course).items()}


def arrangement(prompt: Prompt, attempt_seed: str) -> Arrangement:
    """How a question is shown in an attempt; a visitor's has the empty seed: the same order for all."""
    return arrange(prompt, f"{attempt_seed}:{prompt.id}".encode())


Change = Callable[[Session, Row[Any], Facts], Facts]


def _deed(who: Asker, place: Place, name: str, parameters: list[Any], change: Change, question: str = "") -> None:
    """One transaction: know the form, change the facts, set progress whole. Not run twice for one form."""
    posted = _keyed(who.secret, json.dumps(parameters, ensure_ascii=True, separators=(",", ":")))

    def work(tx: Session) -> None:
        row = _standing_made(tx, who, place, question)
        if row.parameters is not None:
            if row.parameters != posted:
                raise OtherForm
            return
        facts = change(tx, row, facts_from_state(row.state))
        set_progress(tx, who, place, row, facts)
        steps.remember_form(
            tx.connection(),
            person_id=who.person,
            key=who.form,
            deed=name,
            parameters=posted,
            result=place.section,
            made_at=who.at,
        )

    transaction.run(work)


def _standing_made(tx: Session, who: Asker, place: Place, question: str = "") -> Row[Any]:
    """Where the asker stands, enrolled if need be."""
    row = _standing(tx, who, place, question)
    if row is None:
        enrol_within(tx, who, place.edition, place.course)
        row = _standing(tx, who, place, question)
    if row is None:
        raise LookupError("enrolment")
    return row


def _standing(tx: Session, who: Asker, place: Place, question: str = "") -> Row[Any] | None:
    found: Row[Any] | None = steps.standing(
        tx.connection(), who.person, place.course.id, place.unit.id, who.form, question
    )
    return found


def _append(
    tx: Session,
    who: Asker,
    place: Place,
    row: Row[Any],
    question: str,
    document: str,
    fingerprint: str,
    response: Response,
    fraction: float | None,
    sure: int = 0,
) -> None:
    connection = tx.connection()
    attempt, sequence = row.attempt_id, (row.steps or 0) + 1
    if attempt is None:
        attempt = steps.open_attempt(
            connection,
            enrolment_id=row.id,
            unit=place.unit.id,
            number=1,
            seed=seed(who.secret, who.person, place.course.id, place.unit.id),
            edition=place.edition.number,
            steps=sequence,
            opened_at=who.at,
        )
    else:
        steps.count_step(connection, attempt, sequence)
    steps.append_step(
        connection,
        attempt_id=attempt,
        sequence=sequence,
        question=question,
        document=document,
        fingerprint=fingerprint,
        locale=who.locale,
        response=response,
        fraction=fraction,
        confidence=sure or None,
        made_at=who.at,
    )


def set_progress(tx: Session, who: Asker, place: Place, row: Row[Any], facts: Facts) -> None:
    """Part of a deed: the progress row from these facts. `row`: as `store.steps.standing` gives it."""
    course = place.course
    progress = course_progress(course, drawn_units(place.edition, course, who.secret, who.person), facts)
    completed_at, completed_edition = row.completed_at, row.completed_edition
    if completed_at is None and progress.complete:
        completed_at, completed_edition = who.at, place.edition.number
    steps.set_progress(
        tx.connection(),
        row.id,
        state=facts_to_state(facts),
        units_done=progress.done,
        units_total=len(progress.counted),
        last_unit=place.unit.id,
        last_section=place.section,
        edition=place.edition.number,
        rule_version=course.rule.version,
        completed_at=completed_at,
        completed_edition=completed_edition,
        updated_at=who.at,
    )


def _keyed(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
