"""« Mon relevé »: one's own learning in a course, to keep or to print. It attests nothing, and says so."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request

from elearn.core.completion import Sat, UnitProgress
from elearn.core.course import Unit, in_language
from elearn.core.paper import planned
from elearn.store.base import db, now
from elearn.store.recorded import texts_in
from elearn.web import doors
from elearn.web.i18n import language
from elearn.web.learning.courses import completed
from elearn.web.learning.parts import (
    bp,
    course_named,
    course_url,
    current_edition,
    progress_of,
    shows_drafts,
    standing_in,
)


@dataclass(frozen=True)
class Entry:
    """A unit as the record says it. `counts`: the course asks for it."""

    unit: Unit
    progress: UnitProgress | None
    counts: bool

    @property
    def sat(self) -> Sat | None:
        return self.progress.sat if self.progress else None


@bp.get("/<course>/record")
@doors.allowed_to("learn")
def record(course: str) -> Any:
    """`?texts=count` adds how many private texts are kept, never what they say: absent unless the person asks."""
    edition = current_edition()
    found = course_named(edition, course)
    standing = standing_in(found)
    if not standing.enrolled:
        return redirect(course_url(found), 303)
    progress = progress_of(edition, found, standing)
    texts = None
    if request.args.get("texts") == "count":
        with db.engine.connect() as connection:
            texts = texts_in(connection, doors.require_viewer().id, found.id)
    units = edition.shown_units(found, language(), shows_drafts())
    hours = {kind: round(hours * 60) for kind, hours in found.rule.hours.items() if hours}
    return render_template(
        "learning/record.html",
        course=found,
        title=in_language(found.title, language()),
        name=doors.require_viewer().chosen_name,
        began_at=standing.rows[0].created_at,
        completed_at=standing.completed_at,
        completed=completed(standing, progress),
        progress=progress,
        entries=[Entry(one, progress.units.get(one.id), one.id in progress.counted) for one in units],
        planned=planned(hours, language()) if hours else "",
        texts=texts,
        issuer=in_language(edition.site.issuer.name, language()),
        made_at=now(),
        edition=edition.number,
    )
