"""What a person did in a course: enrolment, progress, attempts, steps, drafts, idempotency. Only ever appended to,
but for the progress row, which is set whole, and drafts."""

import datetime as dt
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.attestations import Holding
from elearn.store.base import Care, Model, Moment
from elearn.store.privacy import consented

LEARNING = Care("learning", "personal", "contract: the course followed", "as long as the account", "yes", "deleted")
BEGUN = Care(
    "draft", "personal", "contract: the course followed", "{keep} without a change", "yes", "deleted", keep_days=90
)
PRIVATE = Care(
    "private",
    "sensitive",
    "explicit consent, separate from the account",
    "until the person deletes it",
    "yes",
    "deleted",
)
ANOTHER = "no: it names another person"
OTHER, SHARED = replace(LEARNING, export=ANOTHER), replace(PRIVATE, export=ANOTHER)
KEY = Care("key", "secret", "security", "as long as the account", "no: a secret protects the account", "deleted")
TRACE = Care(
    "form", "internal", "answers are counted once", "{keep}", "no: it holds no content", "deleted", keep_days=3
)


class Enrolment(Model):
    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("person_id", "course"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=LEARNING("tells enrolments apart"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), info=LEARNING("who learns"))
    course: Mapped[str] = mapped_column(String(64), info=LEARNING("the course's id"))
    locale: Mapped[str] = mapped_column(String(8), info=LEARNING("language at enrolment"))
    edition: Mapped[int] = mapped_column(info=LEARNING("edition at enrolment"))
    rule_version: Mapped[str] = mapped_column(String(32), info=LEARNING("completion rule at enrolment"))
    title: Mapped[dict[str, str]] = mapped_column(JSON, info=LEARNING("course title at enrolment"))
    discreet_title: Mapped[dict[str, str]] = mapped_column(JSON, info=LEARNING("discreet title at enrolment"))
    created_at: Mapped[dt.datetime] = mapped_column(Moment, info=LEARNING("when it began"))
    printed_name: Mapped[str] = mapped_column(
        String(200), default="", info=LEARNING("the name to print on the attestation, as the person confirmed it")
    )
    named_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=LEARNING("when that name was confirmed"))
    identity_by: Mapped[str] = mapped_column(String(120), default="", info=OTHER("who checked the person's identity"))
    identity_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=LEARNING("when it was checked"))


class Progress(Model):
    """One row an enrolment, made with it and set whole. `state`: sections read and the last and best answers."""

    __tablename__ = "progress"

    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True, info=LEARNING("whose progress")
    )
    state: Mapped[dict[str, Any]] = mapped_column(JSON, info=LEARNING("sections read, last and best answers"))
    units_done: Mapped[int] = mapped_column(info=LEARNING("units complete"))
    units_total: Mapped[int] = mapped_column(info=LEARNING("units of the course"))
    last_unit: Mapped[str] = mapped_column(String(64), default="", info=LEARNING("where the person stopped"))
    last_section: Mapped[str] = mapped_column(String(64), default="", info=LEARNING("where the person stopped"))
    edition: Mapped[int] = mapped_column(info=LEARNING("edition it was computed with"))
    rule_version: Mapped[str] = mapped_column(String(32), info=LEARNING("rule it was computed with"))
    completed_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=LEARNING("when the rule first held"))
    completed_edition: Mapped[int | None] = mapped_column(info=LEARNING("edition in which the rule first held"))
    updated_at: Mapped[dt.datetime] = mapped_column(Moment, info=LEARNING("last change"))


class Attempt(Model):
    """A run through a unit's questions. One open at a time; `seed` fixes the order in which things are shown.

    A sitting of an exam is an attempt that is closed when it is handed in: it keeps the questions drawn, in order, and
    its edition is the one that it was asked and marked in. Practice keeps none of the last five.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "unit", "number"),
        Index(
            "uq_attempt_open",
            "enrolment_id",
            "unit",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, info=LEARNING("tells attempts apart"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id", ondelete="CASCADE"), info=LEARNING("whose"))
    unit: Mapped[str] = mapped_column(String(64), info=LEARNING("which unit"))
    number: Mapped[int] = mapped_column(info=LEARNING("first, second…"))
    seed: Mapped[str] = mapped_column(String(64), info=LEARNING("order in which things are shown"))
    edition: Mapped[int] = mapped_column(info=LEARNING("edition it was opened in"))
    steps: Mapped[int] = mapped_column(default=0, info=LEARNING("number of its last step"))
    opened_at: Mapped[dt.datetime] = mapped_column(Moment, info=LEARNING("when it was opened"))
    closed_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=LEARNING("when it was closed"))
    questions: Mapped[list[str] | None] = mapped_column(JSON, info=LEARNING("questions drawn for an exam, in order"))
    score: Mapped[int | None] = mapped_column(info=LEARNING("percent reached in an exam"))
    passed: Mapped[bool | None] = mapped_column(info=LEARNING("whether the exam was passed"))
    held_aloud: Mapped[bool] = mapped_column(default=False, info=LEARNING("held aloud, with a trainer"))
    held_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), info=OTHER("the trainer who wrote down spoken answers")
    )


class Step(Model):
    """One answer, never changed. A reflection leaves a step that only says that something was written."""

    __tablename__ = "step"
    __table_args__ = (UniqueConstraint("attempt_id", "sequence"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=LEARNING("tells steps apart"))
    attempt_id: Mapped[int] = mapped_column(
        ForeignKey("attempt.id", ondelete="CASCADE"), info=LEARNING("of which attempt")
    )
    sequence: Mapped[int] = mapped_column(info=LEARNING("order within the attempt"))
    question: Mapped[str] = mapped_column(String(64), info=LEARNING("the question's id"))
    document: Mapped[str] = mapped_column(String(64), info=LEARNING("the unit as it was shown, by hash"))
    fingerprint: Mapped[str] = mapped_column(String(64), info=LEARNING("the question it was marked against, by hash"))
    locale: Mapped[str] = mapped_column(String(8), info=LEARNING("language shown"))
    response: Mapped[list[int | str]] = mapped_column(
        JSON, info=LEARNING("positions chosen, or the words of an answer that is marked; empty for a reflection")
    )
    fraction: Mapped[float | None] = mapped_column(info=LEARNING("mark from 0 to 1; none where nothing is scored"))
    confidence: Mapped[int | None] = mapped_column(
        info=LEARNING("how sure the person was, from 1 to 3; none where it was not said")
    )
    made_at: Mapped[dt.datetime] = mapped_column(Moment, info=LEARNING("when"))


class Draft(Model):
    """An answer begun and not yet given. Written texts are drafts in the reflection table instead."""

    __tablename__ = "draft"

    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("enrolment.id", ondelete="CASCADE"), primary_key=True, info=BEGUN("whose")
    )
    unit: Mapped[str] = mapped_column(String(64), primary_key=True, info=BEGUN("which unit"))
    question: Mapped[str] = mapped_column(String(64), primary_key=True, info=BEGUN("which question"))
    response: Mapped[list[list[str]]] = mapped_column(
        JSON, info=BEGUN("what was chosen or typed so far, field by field (core.begun)")
    )
    document: Mapped[str] = mapped_column(String(64), info=BEGUN("the unit as it was shown, by hash"))
    revision: Mapped[int] = mapped_column(info=BEGUN("tells two devices apart"))
    saved_at: Mapped[dt.datetime] = mapped_column(Moment, info=BEGUN("last save"))


class Idempotency(Model):
    """A form that took effect. Neither its words nor its answer are kept: a keyed hash and a reference."""

    __tablename__ = "idempotency"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, info=TRACE("whose form")
    )
    key: Mapped[str] = mapped_column(String(64), primary_key=True, info=TRACE("made when the form was shown"))
    deed: Mapped[str] = mapped_column(String(32), info=TRACE("what the form did"))
    parameters: Mapped[str] = mapped_column(String(64), info=TRACE("keyed hash of what was posted"))
    result: Mapped[str] = mapped_column(String(200), info=TRACE("reference to what it made"))
    made_at: Mapped[dt.datetime] = mapped_column(Moment, index=True, info=TRACE("when"))


class Reflection(Model):
    """A private text (or its draft), sealed with its owner's key and bound to this row and owner."""

    __tablename__ = "reflection"
    __table_args__ = (UniqueConstraint("person_id", "course", "unit", "question"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, info=PRIVATE("tells texts apart; part of the seal"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), info=PRIVATE("its owner"))
    course: Mapped[str] = mapped_column(String(64), info=PRIVATE("where it was written"))
    unit: Mapped[str] = mapped_column(String(64), info=PRIVATE("where it was written"))
    question: Mapped[str] = mapped_column(String(64), info=PRIVATE("where it was written"))
    key_id: Mapped[str] = mapped_column(String(36), info=PRIVATE("which data key seals it"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=PRIVATE("the text, AES-256-GCM"))
    revision: Mapped[int] = mapped_column(info=PRIVATE("tells two devices apart"))
    saved_at: Mapped[dt.datetime] = mapped_column(Moment, info=PRIVATE("last save"))
    shared_with: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True, info=SHARED("the one trainer who may read it")
    )
    shared_revision: Mapped[int | None] = mapped_column(info=PRIVATE("which wording is shared"))
    shared_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=PRIVATE("when it was shared"))


class DataKey(Model):
    """A person's data key, wrapped by a key that lies outside the database. Destroyed with the account."""

    __tablename__ = "data_key"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, info=KEY("named in each sealed row"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), unique=True, info=KEY("its owner")
    )
    wrapped_by: Mapped[str] = mapped_column(String(64), info=KEY("which outer key wraps it"))
    wrapped: Mapped[bytes] = mapped_column(LargeBinary, info=KEY("the key, wrapped"))
    made_at: Mapped[dt.datetime] = mapped_column(Moment, info=KEY("when it was made"))


_PLACE = (
    select(
        Enrolment.id.label("enrolment_id"),
        Enrolment.created_at,
        Holding.attestation_id,
        Progress.state,
        Progress.completed_at,
        Progress.last_unit,
        Progress.last_section,
        Attempt.id.label("attempt_id"),
        Attempt.seed,
        Attempt.steps,
        Reflection.id.label("reflection_id"),
        Reflection.question.label("reflection_question"),
        Reflection.sealed,
        Reflection.key_id,
        Reflection.saved_at,
        Reflection.revision,
        DataKey.id.label("data_key_id"),
        DataKey.wrapped_by,
        DataKey.wrapped,
        Draft.question.label("draft_question"),
        Draft.response.label("draft_response"),
        Draft.document.label("draft_document"),
        Draft.revision.label("draft_revision"),
        Draft.saved_at.label("draft_saved_at"),
        consented(Enrolment.person_id).label("consented"),
    )
    .join(Progress, Progress.enrolment_id == Enrolment.id)
    .outerjoin(
        Attempt,
        and_(Attempt.enrolment_id == Enrolment.id, Attempt.unit == bindparam("unit"), Attempt.closed_at.is_(None)),
    )
    .outerjoin(
        Reflection,
        and_(
            Reflection.person_id == Enrolment.person_id,
            Reflection.course == Enrolment.course,
            Reflection.unit == bindparam("unit"),
        ),
    )
    .outerjoin(DataKey, DataKey.person_id == Enrolment.person_id)
    .outerjoin(Holding, Holding.enrolment_id == Enrolment.id)
    .outerjoin(Draft, and_(Draft.enrolment_id == Enrolment.id, Draft.unit == bindparam("unit")))
    .where(Enrolment.person_id == bindparam("person"), Enrolment.course == bindparam("course"))
)


def place(connection: Connection, person: int, course: str, unit: str = "") -> list[Any]:
    """Where a person stands in a unit, in one statement: a row for each private text with each draft, one row where
    there is neither. Both are few: a draft goes when its answer is given.

    Empty where the person is not enrolled.
    """
    return list(connection.execute(_PLACE, {"person": person, "course": course, "unit": unit}))


def texts_kept(connection: Connection, person: int) -> int:
    """How many private texts a person has here."""
    count = select(func.count()).select_from(Reflection).where(Reflection.person_id == person)
    return connection.execute(count).scalar_one()


_OVERVIEW = (
    select(
        Enrolment.course,
        Progress.state,
        Progress.units_done,
        Progress.units_total,
        Progress.last_unit,
        Progress.last_section,
        Progress.completed_at,
        Holding.attestation_id,
    )
    .join(Progress, Progress.enrolment_id == Enrolment.id)
    .outerjoin(Holding, Holding.enrolment_id == Enrolment.id)
    .where(Enrolment.person_id == bindparam("person"))
    .order_by(Progress.updated_at.desc())
)


def overview(connection: Connection, person: int) -> list[Any]:
    """Every course a person follows, the most recent first, in one statement."""
    return list(connection.execute(_OVERVIEW, {"person": person}))
