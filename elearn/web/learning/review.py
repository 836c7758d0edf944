"""« À revoir » : what one has tried in a course and not got right yet, what one was sure of first. One's own only."""

from flask import render_template

from elearn.core.course import in_language
from elearn.web import doors
from elearn.web.i18n import language
from elearn.web.learning import feedback
from elearn.web.learning.parts import (
    as_asked,
    bp,
    course_named,
    course_url,
    current_edition,
    shows_drafts,
    standing_in,
)


@bp.get("/<course>/review")
@doors.allowed_to("learn")
def review(course: str) -> str:
    edition = current_edition()
    found = course_named(edition, course)
    standing = standing_in(found)
    units = [as_asked(unit) for unit in edition.shown_units(found, language(), shows_drafts())]
    missed = [(unit, feedback.missed_links(edition, found, unit, standing)) for unit in units]
    return render_template(
        "learning/review.html",
        title=in_language(found.title, language()),
        url=course_url(found),
        enrolled=standing.enrolled,
        believed=[(unit, some) for unit, all_ in missed if (some := [one for one in all_ if one.believed])],
        others=[(unit, some) for unit, all_ in missed if (some := [one for one in all_ if not one.believed])],
    )
