"""Adopting a course: an admin says who read it and as what; and the copy that every page reads."""

import datetime as dt
import fcntl
import json
import secrets
from pathlib import Path

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from elearn.core.adoption import fingerprint
from elearn.core.course import Course, ReaderReview
from elearn.core.passwords import has_hidden_signs, shown_name
from elearn.core.printed_names import heaped
from elearn.services import audit, pdf, transaction
from elearn.services.accounts import Unacceptable
from elearn.services.audit import By
from elearn.store.adoptions import COPY, CourseAdoption, standing
from elearn.store.base import db

LONGEST = {"reader": 80, "role": 120}


def adopt(course: Course, review: ReaderReview, lang: str, said: dict[str, str], by: By, instance: Path) -> None:
    """`said`: reader, role, and the day `on` (ISO). Unacceptable (needed, long, characters, signs, date, future).

    `lang`: the source language of the site. Said again, the newer word counts.
    """
    words = {name: _words(name, said.get(name, "")) for name in LONGEST}
    day = _day(said.get("on", ""), by.at.date())
    which = fingerprint(course.id, review, lang)

    def work(tx: Session) -> None:
        row = {"course": course.id, "fingerprint": which, "read_on": day, "at": by.at, **words}
        tx.execute(insert(CourseAdoption).values(**row))
        audit.record(tx, by, "course adopted", course=course.id)

    transaction.run(work)
    keep_copy(instance)


def withdraw(course: Course, review: ReaderReview, lang: str, by: By, instance: Path) -> None:
    """Take back every word on this reading: it is owed again."""

    def work(tx: Session) -> None:
        which = CourseAdoption.fingerprint == fingerprint(course.id, review, lang)
        stands = CourseAdoption.withdrawn_at.is_(None)
        done = tx.execute(update(CourseAdoption).where(which, stands).values(withdrawn_at=by.at))
        if done.rowcount:  # type: ignore[attr-defined]
            audit.record(tx, by, "adoption withdrawn", course=course.id)

    transaction.run(work)
    keep_copy(instance)


def keep_copy(instance: Path) -> None:
    """Write what stands beside the database, whole or not at all. Two at once take turns: the later one tells all."""
    target = instance / COPY
    with (instance / f".{COPY}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        with db.engine.connect() as connection:
            found = {name: (one.reader, one.role, one.on) for name, one in standing(connection).items()}
        body = json.dumps(found, sort_keys=True)
        if target.exists() and target.read_text(encoding="utf-8") == body:
            return
        mine = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        mine.write_text(body, encoding="utf-8")
        mine.replace(target)


def _words(name: str, text: str) -> str:
    """As it will be printed on attestations: a sign that no font of the paper has would stop every issue."""
    text = shown_name(text)
    if not text:
        raise Unacceptable(name, "needed")
    if len(text) > LONGEST[name]:
        raise Unacceptable(name, "long")
    if has_hidden_signs(text) or heaped(text):
        raise Unacceptable(name, "characters")
    if not pdf.covers(text):
        raise Unacceptable(name, "signs")
    return text


def _day(text: str, today: dt.date) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise Unacceptable("on", "date") from None
    if day > today + dt.timedelta(days=1):
        raise Unacceptable("on", "future")
    return day
