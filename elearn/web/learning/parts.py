"""The blueprint, and what its pages share: the edition, who asks and where they stand, texts by name, addresses."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, request

from elearn.core.completion import CourseProgress, Facts, course_progress, facts_from_state
from elearn.core.course import Course, Section, Unit
from elearn.core.drawing import undrawn
from elearn.services import learning
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


NOWHERE = Standing([], Facts(), False)


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
    """The unit as the viewer is asked it."""
    return as_asked(whole_unit(edition, found, name))


def as_asked(text: Unit) -> Unit:
    if shows_drafts():
        return undrawn(text)
    who = doors.viewer()
    return learning.drawn_unit(text, current_app.config["ELEARN_SECRET"], who.id if who else None)


def whole_unit(edition: Published, found: Course, name: str) -> Unit:
    text = edition.unit(found.id, name, language()) if name in found.units else None
    if text is None or (text.status != "published" and not shows_drafts()):
        abort(404)
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


def unit_url(found: Course, text: Unit) -> str:
    return page_url("learning.unit", course=found.id, unit=text.id)


def section_url(found: Course, text: Unit, name: str, told: str | None = None, anchor: str | None = None) -> str:
    return page_url("learning.section", course=found.id, unit=text.id, section=name, told=told, _anchor=anchor)
