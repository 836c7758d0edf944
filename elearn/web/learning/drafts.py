"""An answer as far as it got, kept while it is typed: nothing is marked, and nothing kept elsewhere is overwritten.

The script of the page saves quietly and is answered with a header; a button without scripts comes back to the page. A
private text goes sealed into its own row. Of a visitor nothing is kept.
"""

from dataclasses import replace
from typing import Any

from flask import redirect, request

from elearn.core.begun import Base, fields_of
from elearn.core.questions import KINDS
from elearn.core.questions.base import Posted, UnreadableResponse
from elearn.services import learning
from elearn.web import doors
from elearn.web.learning.answers import (
    CANNOT,
    Asked,
    asked_about,
    base_posted,
    everything_posted,
    refused,
    revision_posted,
)
from elearn.web.learning.parts import asker, bp, section_url


@bp.post("/<course>/<unit>/<section>/<question>/drafts")
@doors.public
@doors.keeps_what_was_typed
def draft(course: str, unit: str, section: str, question: str) -> Any:
    """Keep what was chosen or typed so far. `quiet`: sent by a script, which is told what the page knows now."""
    it = asked_about(course, unit, section, question)
    quiet, who, posted = bool(request.form.get("quiet")), doors.viewer(), everything_posted()
    try:
        if doors.stale_form():
            if quiet:
                return "", 401
            raise UnreadableResponse("session" if who is None else "again")
        if who is None:
            return ("", 204) if quiet else it.page(replace(it.shown, posted=posted))
        known = _keep(it, posted)
        if quiet:
            return "", 204, {"Draft-Base": known}
        return redirect(section_url(it.course, it.text, it.here.id, anchor=question), 303)
    except CANNOT as problem:
        return refused(it, it.shown, posted, problem)


def _keep(it: Asked, posted: Posted) -> str:
    """What the page knows of the question once this is kept."""
    name = it.prompt.id
    if it.prompt.kind != "reflection":
        return str(
            learning.keep_answer(asker(), it.place, name, it.document, fields_of(posted), base_posted() or Base())
        )
    words, agreed = _words(posted), request.form.get("consent") == "yes"
    return str(learning.keep_text(asker(), it.place, name, it.document, words, revision_posted(), agreed))


def _words(posted: Posted) -> str:
    try:
        return KINDS["reflection"].read_text(posted)
    except UnreadableResponse as problem:
        if problem.code == "empty":
            return ""
        raise
