"""For trainers: what is published now, unit by unit, and how to check, preview and publish. Nothing is changed here."""

from dataclasses import dataclass

from flask import Blueprint, current_app, render_template

from elearn.core.course import Course, Unit, in_language
from elearn.store.editions import Published, Shelf
from elearn.web import doors
from elearn.web.i18n import language

bp = Blueprint("authoring", __name__, url_prefix="/authoring")


@dataclass(frozen=True)
class Row:
    """A unit in all its languages."""

    unit: Unit
    languages: tuple[str, ...]
    questions: int


@dataclass(frozen=True)
class Listing:
    course: Course
    title: str
    rows: list[Row]
    owed: list[str]


@bp.get("/")
@doors.allowed_to("follow publishing")
def index() -> str:
    shelf: Shelf = current_app.extensions["shelf"]
    edition = shelf.current(doors.require_viewer().edition)
    listings = [_listing(edition, edition.courses[name]) for name in edition.site.courses] if edition else []
    return render_template("authoring/index.html", edition=edition, listings=listings)


def _listing(edition: Published, course: Course) -> Listing:
    rows = []
    for unit in edition.shown_units(course, language(), drafts=True):
        spoken = tuple(lang for lang in edition.site.languages if (course.id, unit.id, lang) in edition.units)
        rows.append(Row(unit, spoken, sum(not prompt.retired for prompt in unit.prompts)))
    owed = [in_language(review.kind, language()) for review in course.reviews if not review.by]
    return Listing(course, in_language(course.title, language()), rows, owed)
