"""The list of courses and the page of one: what it holds, where one stands in it, why it is not complete yet."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template
from werkzeug.wrappers import Response

from elearn.core.completion import CourseProgress, Missing, UnitProgress, facts_from_state
from elearn.core.course import Course, Unit, in_language
from elearn.services import learning
from elearn.store.base import db
from elearn.store.editions import Published
from elearn.store.learning import overview
from elearn.web import doors
from elearn.web.addresses import page_url
from elearn.web.i18n import _, language
from elearn.web.learning.parts import (
    NOWHERE,
    Standing,
    asker,
    bp,
    course_named,
    course_url,
    current_edition,
    progress_of,
    shows_drafts,
    standing_in,
    unit_url,
)


@dataclass(frozen=True)
class Card:
    course: Course
    title: str
    summary: str
    units: int
    minutes: int
    url: str
    progress: CourseProgress | None
    resume_url: str | None
    reviewed: bool


@dataclass(frozen=True)
class Line:
    unit: Unit
    url: str
    progress: UnitProgress | None


@bp.get("/")
@doors.public
def catalogue() -> str:
    edition = current_edition()
    mine = own_courses()
    cards = [_card(edition, edition.courses[name], mine.get(name)) for name in edition.site.courses]
    cards.sort(key=lambda card: list(mine).index(card.course.id) if card.course.id in mine else len(mine))
    return render_template("learning/catalogue.html", cards=cards)


@bp.get("/<course>")
@doors.public
def course(course: str) -> str:
    edition = current_edition()
    found = course_named(edition, course)
    standing = standing_in(found)
    units = edition.shown_units(found, language(), shows_drafts())
    progress = progress_of(edition, found, standing) if standing.enrolled else None
    lines = [Line(unit, unit_url(found, unit), progress.units.get(unit.id) if progress else None) for unit in units]
    return render_template(
        "learning/course.html",
        course=found,
        title=in_language(found.title, language()),
        summary=in_language(found.summary, language()),
        disclaimer=in_language(found.disclaimer, language()),
        lines=lines,
        progress=progress,
        resume_url=_resume_url(edition, found, standing, progress) if progress else None,
        reasons=_reasons(edition, found, progress) if progress else [],
        attestation_url=page_url("attestations.new", course=found.id) if progress and progress.complete else None,
        owed=[in_language(review.kind, language()) for review in found.reviews if not review.by],
        enrolment_url=page_url("learning.enrol", course=found.id),
    )


@bp.post("/<course>/enrolments")
@doors.allowed_to("learn")
def enrol(course: str) -> Response:
    edition = current_edition()
    found = course_named(edition, course)
    learning.enrol(asker(), edition, found)
    first = edition.shown_units(found, language(), shows_drafts())
    return redirect(unit_url(found, first[0]) if first else course_url(found), 303)


def _card(edition: Published, found: Course, row: Any) -> Card:
    units = edition.shown_units(found, language(), shows_drafts())
    standing = Standing([row], facts_from_state(row.state), True) if row else NOWHERE
    progress = progress_of(edition, found, standing) if row else None
    return Card(
        course=found,
        title=in_language(found.title, language()),
        summary=in_language(found.summary, language()),
        units=len(units),
        minutes=sum(unit.minutes for unit in units),
        url=course_url(found),
        progress=progress,
        resume_url=_resume_url(edition, found, standing, progress) if progress else None,
        reviewed=all(review.by for review in found.reviews),
    )


def _reasons(edition: Published, found: Course, progress: CourseProgress) -> list[tuple[str, str]]:
    return [(_reason(edition, found, progress, one), _reason_url(edition, found, one)) for one in progress.missing]


def _reason(edition: Published, found: Course, progress: CourseProgress, one: Missing) -> str:
    text = edition.unit(found.id, one.unit, language())
    if text is None:
        return one.unit
    if one.code == "exam":
        return _("%(where)s : pas encore réussi", where=text.title)
    here = text.section(one.section)
    where = f"{text.title} – {here.title}" if here else text.title
    if one.code == "section":
        return _("%(where)s : section pas encore lue", where=where)
    if one.code == "question":
        return _("%(where)s : question de sécurité, à réussir pour terminer", where=where)
    unit = progress.units[one.unit]
    return _(
        "%(where)s : question à reprendre (%(score)s %% pour l'instant, %(mark)s %% pour terminer l'unité)",
        where=where,
        score=unit.score,
        mark=unit.pass_mark,
    )


def _reason_url(edition: Published, found: Course, one: Missing) -> str:
    if one.code == "exam":
        return page_url("learning.cover", course=found.id, unit=one.unit)
    return page_url(
        "learning.section", course=found.id, unit=one.unit, section=one.section, _anchor=one.question or None
    )


def _resume_url(edition: Published, found: Course, standing: Standing, progress: CourseProgress) -> str | None:
    """The unit left last, where it is not done; else the first that is not; none when all is done."""
    open_units = [unit for unit in progress.counted if not progress.units[unit].done]
    last = standing.last[0]
    if not open_units:
        return None
    name = last if last in open_units else open_units[0]
    missing = progress.units[name].missing
    if all(one.code != "section" for one in missing):
        return _reason_url(edition, found, missing[0])
    return page_url("learning.unit", course=found.id, unit=name)


def own_courses() -> dict[str, Any]:
    who = doors.viewer()
    if who is None:
        return {}
    with db.engine.connect() as connection:
        return {row.course: row for row in overview(connection, who.id)}
