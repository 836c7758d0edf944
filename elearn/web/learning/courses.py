"""The list of courses and the page of one: what it holds, where one stands in it, why it is not complete yet."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from elearn.core.adoption import owed
from elearn.core.completion import CourseProgress, Taught, UnitProgress, facts_from_state, taught
from elearn.core.course import Course, ReaderReview, Unit, in_language
from elearn.services import learning
from elearn.store.base import db
from elearn.store.editions import Published
from elearn.store.learning import overview
from elearn.web import doors
from elearn.web.addresses import page_url
from elearn.web.i18n import language
from elearn.web.learning.lacking import Lacking, lacking, where_to_mend
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
    taught: Taught
    minutes: int
    url: str
    progress: CourseProgress | None
    resume_url: str | None
    reviewed: bool
    completed: bool
    attestation_url: str | None


@dataclass(frozen=True)
class Line:
    """A unit of the course. `progress`: None for whoever does not follow the course. `closed`: it waits for a reading
    before it opens on this site."""

    unit: Unit
    url: str
    progress: UnitProgress | None
    counts: bool
    closed: bool


@dataclass(frozen=True)
class End:
    """What is said at the end of a unit: of which one, what it lacks, and what comes after it in the course."""

    line: Line
    lacks: Lacking | None
    following: Line | None


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
    lines = [
        Line(
            unit,
            unit_url(found, unit),
            progress.units.get(unit.id) if progress else None,
            progress is not None and unit.id in progress.counted,
            (found.id, unit.id) in edition.closed,
        )
        for unit in units
    ]
    asked = [line for line in lines if line.progress and line.counts and not line.closed]
    reasons = [lacking(found, line.unit, line.progress) for line in asked if line.progress]
    shown = {unit.id for unit in units}
    return render_template(
        "learning/course.html",
        course=found,
        title=in_language(found.title, language()),
        summary=in_language(found.summary, language()),
        disclaimer=in_language(found.disclaimer, language()),
        lines=lines,
        taught=taught(found, units),
        credits=[
            [one.name, in_language(one.role, language()), in_language(one.hats, language())] for one in found.credits
        ],
        first_url=next((line.url for line in lines if not line.closed), None),
        waiting=[line.unit for line in lines if line.closed],
        minutes=sum(unit.minutes for unit in units),
        progress=progress,
        completed=completed(standing, progress),
        resume_url=_resume_url(edition, found, standing, progress) if progress else None,
        reasons=[one for one in reasons if one],
        end=_end(found, lines, standing),
        attestation_url=_attestation_url(found, standing, progress),
        attested=bool(standing.attestation),
        answered_elsewhere=sorted(set(standing.facts.answers) - shown),
        owed=[_asked_of(review, units) for review in owed(found)],
        read=[(_asked_of(review, units), review.by, review.on) for review in found.reviews if review.by],
        enrolment_url=page_url("learning.enrol", course=found.id),
    )


@bp.post("/<course>/enrolments")
@doors.allowed_to("learn")
def enrol(course: str) -> Response:
    edition = current_edition()
    found = course_named(edition, course)
    learning.enrol(asker(), edition, found)
    units = edition.shown_units(found, language(), shows_drafts())
    first = next((unit for unit in units if (found.id, unit.id) not in edition.closed), None)
    return redirect(unit_url(found, first) if first else course_url(found), 303)


def _card(edition: Published, found: Course, row: Any) -> Card:
    units = edition.shown_units(found, language(), shows_drafts())
    standing = Standing([row], facts_from_state(row.state), True) if row else NOWHERE
    progress = progress_of(edition, found, standing) if row else None
    return Card(
        course=found,
        title=in_language(found.title, language()),
        summary=in_language(found.summary, language()),
        taught=taught(found, units),
        minutes=sum(unit.minutes for unit in units),
        url=course_url(found),
        progress=progress,
        resume_url=_resume_url(edition, found, standing, progress) if progress else None,
        reviewed=all(review.by for review in found.reviews),
        completed=completed(standing, progress),
        attestation_url=_attestation_url(found, standing, progress),
    )


def _asked_of(review: ReaderReview, units: list[Unit]) -> str:
    """The kind of reader, and of which units."""
    kind, titles = in_language(review.kind, language()), [unit.title for unit in units if unit.id in review.units]
    return f"{kind} ({' · '.join(titles)})" if titles else kind


def completed(standing: Standing, progress: CourseProgress | None) -> bool:
    """Completion once reached is kept, though a later edition asks for more."""
    return progress is not None and (standing.completed_at is not None or progress.complete)


def _attestation_url(found: Course, standing: Standing, progress: CourseProgress | None) -> str | None:
    if standing.attestation:
        return page_url("attestations.attestation", attestation=standing.attestation)
    return page_url("attestations.new", course=found.id) if completed(standing, progress) else None


def _end(found: Course, lines: list[Line], standing: Standing) -> End | None:
    """Where the last « Continuer » of a unit has led here: the unit that the address names, else the one left last."""
    names = [line.unit.id for line in lines]
    name = request.args.get("unit") or standing.last[0]
    if request.args.get("told") != "unit" or name not in names:
        return None
    at = names.index(name)
    line = lines[at]
    lacks = lacking(found, line.unit, line.progress) if line.progress else None
    return End(line, lacks, next((one for one in lines[at + 1 :] if not one.closed), None))


def _resume_url(edition: Published, found: Course, standing: Standing, progress: CourseProgress) -> str | None:
    """The unit left last, where it is not done; else the first that is not; none when all that is open is done."""
    undone = (unit for unit in progress.counted if not progress.units[unit].done)
    open_units = [unit for unit in undone if (found.id, unit) not in edition.closed]
    last = standing.last[0]
    if not open_units:
        return None
    name = last if last in open_units else open_units[0]
    missing = progress.units[name].missing
    if all(one.code != "section" for one in missing):
        return where_to_mend(found, missing[0])
    return page_url("learning.unit", course=found.id, unit=name)


def own_courses() -> dict[str, Any]:
    who = doors.viewer()
    if who is None:
        return {}
    with db.engine.connect() as connection:
        return {row.course: row for row in overview(connection, who.id)}
