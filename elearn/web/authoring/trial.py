"""A draft as trainees would see it, whole on one page; its questions can be tried, and nothing of that is stored."""

import re
from dataclasses import replace
from mimetypes import guess_type
from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from elearn.core.consents import PURPOSES, REFLECTIONS
from elearn.core.course import Unit
from elearn.core.drawing import undrawn
from elearn.core.paths import paths
from elearn.core.questions import KINDS
from elearn.core.questions.base import Shown, UnreadableResponse
from elearn.core.writable import UNIT_TEXT
from elearn.services.learning import arrangement
from elearn.services.writing import Desk
from elearn.web import doors
from elearn.web.addresses import page_url
from elearn.web.authoring import parts
from elearn.web.authoring.parts import bp
from elearn.web.i18n import _
from elearn.web.sources import sources

_MEDIA = re.compile(r'"/media/([0-9a-f]{64}\.[a-z0-9]{3,4})"')


@bp.get("/previews/<path:path>")
@doors.allowed_to("write content")
def preview(path: str) -> str:
    there = parts.desk()
    return _page(there, path, _unit(there, path))


@bp.post("/previews/<path:path>/trials/<question>")
@doors.allowed_to("write content")
def try_question(path: str, question: str) -> Any:
    there = parts.desk()
    unit = _unit(there, path)
    prompt = unit.prompt(question) if unit else None
    if unit is None or prompt is None:
        # The draft was changed meanwhile, or the question is somewhere else: the page as it is now says it all.
        return _page(there, path, unit), 409
    shown = Shown(prompt, arrangement(prompt, ""))
    posted = {name: request.form.getlist(name) for name in request.form}
    kind, key = KINDS[prompt.kind], unit.keys[prompt.id]
    try:
        if not kind.scored:
            raise UnreadableResponse("preview")
        response = kind.read(prompt, posted, shown.arrangement)
    except UnreadableResponse as problem:
        words = _("Choisissez ou écrivez d'abord une réponse.")
        if problem.code == "preview":
            words = _("Ceci est un aperçu : rien n'est gardé, et il n'y a ici ni juste ni faux.")
        shown = replace(shown, error=words, text=(posted.get("text") or [""])[0], posted=posted)
        return _page(there, path, unit, shown), 422
    mark = kind.mark(key, response)
    shown = replace(shown, response=response, mark=mark, review=kind.explain(key, response, mark))
    return _page(there, path, unit, shown)


def _unit(there: Desk, path: str) -> Unit | None:
    """The draft compiled, with every question of its pools; None while it cannot be. 404 where there is no such
    text."""
    if not UNIT_TEXT.fullmatch(path) or path not in there.files:
        doors.missing("text")
    where = next((place for place, written in there.build.written.items() if written.path == path), None)
    return undrawn(there.build.units[where]) if where else None


def _page(there: Desk, path: str, unit: Unit | None, answered: Shown | None = None) -> str:
    shown = {prompt.id: Shown(prompt, arrangement(prompt, "")) for prompt in unit.prompts} if unit else {}
    if answered is not None:
        shown[answered.prompt.id] = answered
    site = there.build.site
    words = site.glossary.get(unit.lang, ()) if site and unit else ()
    page = render_template(
        "authoring/preview.html",
        path=path,
        folder=path.rpartition("/")[0],
        title=parts.title(there, path),
        unit=unit,
        course=next((one for one in there.build.courses if unit and one.id == unit.course), None),
        shown=shown,
        errors=len(parts.errors(there.problems(path))),
        attempt_url=lambda question: page_url("authoring.try_question", path=path, question=question),
        document="",
        texts={},
        consented=True,
        private=PURPOSES[REFLECTIONS],
        told="",
        trial=True,
        paths=paths,
        here=page_url("authoring.preview", path=path),
        **(sources(unit, unit.sections, words) if unit and unit.sections else {}),
    )
    return _MEDIA.sub(lambda found: f'"{_media_url(there, found[1])}"', page)


def _media_url(there: Desk, name: str) -> str:
    """Where a draft's image or sound is found: what is not published lies under no address of the site yet."""
    return page_url("authoring.media", name=name) if name in there.build.media else f"/media/{name}"


@bp.get("/media/<name>")
@doors.allowed_to("write content")
def media(name: str) -> Response:
    there = parts.desk()
    path = there.build.media.get(name) or doors.missing("media")
    kind = guess_type(name)[0] or "application/octet-stream"
    return Response(there.files[path], mimetype=kind)
