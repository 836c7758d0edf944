"""The blueprint, and what its pages share: the edition, who asks and where they stand, texts by name, addresses."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, abort, current_app, redirect, request

from elearn.core.begun import Base
from elearn.core.completion import CourseProgress, Facts, course_progress, facts_from_state
from elearn.core.course import Course, Section, Unit
from elearn.core.drawing import undrawn
from elearn.services import drafts, learning
from elearn.store.base import db, now
from elearn.store.editions import Published, Shelf
from elearn.store.learning import place
from elearn.web import doors
from elearn.web.addresses import page_url
from elearn.web.i18n import language

bp = Blueprint("learning", "elearn.web.learning", url_prefix="/learning")


@dataclass(frozen=True)
class Standing:
    """Where the viewer stands in a course; a visitor and someone not enrolled stand nowhere."""

    rows: list[Any]
    facts: Facts
    enrolled: bool

    @property
    def last(self) -> tuple[str, str]:
        return (self.rows[0].last_unit, self.rows[0].last_section) if self.enrolled else ("", "")

    @cached_property
    def begun(self) -> Mapping[str, drafts.Begun]:
        """Answers of the unit that were begun and not given yet, by question."""
        return drafts.begun(self.rows)

    def base(self, unit: str, question: str) -> str:
        """What a page that is shown now knows of a question; empty where nothing is kept, or the database is away."""
        if doors.viewer() is None or self is AWAY:
            return ""
        begun = self.begun.get(question)
        return str(Base(self.facts.tries(unit, question), begun.revision if begun else 0))

    @property
    def completed_at(self) -> dt.datetime | None:
        """When the rule first held. That stays, though a later edition asks for more."""
        return self.rows[0].completed_at if self.enrolled else None

    @property
    def attestation(self) -> str | None:
        return self.rows[0].attestation_id if self.enrolled else None


NOWHERE = Standing([], Facts(), False)
AWAY = Standing([], Facts(), False)
"""Where someone stands while the database does not answer."""


FORM_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


def standing_in(found: Course, text: Unit | None = None) -> Standing:
    who = doors.viewer()
    if who is None:
        return NOWHERE
    with db.engine.connect() as connection:
        rows = place(connection, who.id, found.id, text.id if text else "")
    return Standing(rows, facts_from_state(rows[0].state), True) if rows else NOWHERE


def progress_of(edition: Published, found: Course, standing: Standing) -> CourseProgress:
    who = doors.require_viewer()
    units = learning.drawn_units(edition, found, current_app.config["ELEARN_SECRET"], who.id)
    return course_progress(found, units, standing.facts)


def asker() -> learning.Asker:
    form = request.form.get("idempotency_key", "")
    if not FORM_KEY.fullmatch(form):
        abort(400, "form")
    config = current_app.config
    return learning.Asker(doors.require_viewer().id, language(), now(), form, config["ELEARN_SECRET"])


def current_edition() -> Published:
    who = doors.viewer()
    found = shelf().current(who.edition if who else None)
    if found is None:
        abort(503, "edition")
    return found


def shelf() -> Shelf:
    found: Shelf = current_app.extensions["shelf"]
    return found


def shows_drafts() -> bool:
    return bool(current_app.config["ELEARN_PREVIEW"])


def course_named(edition: Published, name: str) -> Course:
    found = edition.courses.get(name) or abort(404)
    if not found.open and doors.viewer() is None:
        abort(401)
    return found


def unit_named(edition: Published, found: Course, name: str) -> Unit:
    """The unit as the viewer is asked it. An exam is sat, and shows nothing elsewhere: whoever asks is led there."""
    text = whole_unit(edition, found, name)
    if text.exam and not shows_drafts():
        abort(redirect(unit_url(found, text, told="nothing" if request.method == "POST" else None), 303))
    return as_asked(text)


def as_asked(text: Unit) -> Unit:
    if shows_drafts():
        return undrawn(text)
    who = doors.viewer()
    return learning.drawn_unit(text, current_app.config["ELEARN_SECRET"], who.id if who else None)


def whole_unit(edition: Published, found: Course, name: str) -> Unit:
    text = edition.unit(found.id, name, language()) if name in found.units else None
    if text is None or (text.status != "published" and not shows_drafts()):
        abort(404)
    if request.method == "GET" and (found.id, name) in edition.closed:
        abort(redirect(course_url(found, told="closed"), 303))
    return text


def source_unit(edition: Published, text: Unit) -> Unit:
    return edition.units[text.course, text.id, edition.site.source_language]


def section_named(text: Unit, name: str) -> Section:
    return text.section(name) or abort(404)


def seed_of(text: Unit) -> str:
    """Fixed for a person and a unit; visitors, of whom nothing is known, all see the same order."""
    who = doors.viewer()
    return learning.seed(current_app.config["ELEARN_SECRET"], who.id, text.course, text.id) if who else ""


def course_url(found: Course, told: str | None = None) -> str:
    return page_url("learning.course", course=found.id, told=told)


def end_url(found: Course, text: Unit) -> str:
    """The course, which says how the unit that has just been gone through stands and what comes next."""
    return page_url("learning.course", course=found.id, told="unit", unit=text.id)


def unit_url(found: Course, text: Unit, told: str | None = None) -> str:
    if text.exam:
        return page_url("learning.cover", course=found.id, unit=text.id, told=told)
    return page_url("learning.unit", course=found.id, unit=text.id, told=told)


def section_url(
    found: Course, text: Unit, name: str, told: str | None = None, anchor: str | None = None, **more: str | None
) -> str:
    where = {"course": found.id, "unit": text.id, "section": name, "told": told, **more}
    return page_url("learning.section", **where, _anchor=anchor)
