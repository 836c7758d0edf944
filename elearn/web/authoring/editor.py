"""One text, written in the browser: saved as a draft, checked, and nobody's work written over."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from elearn.core.pieces import pieces
from elearn.core.writable import UNIT_TEXT, is_name, is_text
from elearn.services import writing
from elearn.services.writing import Desk
from elearn.store.base import now
from elearn.web import doors
from elearn.web.addresses import page_url
from elearn.web.authoring import parts
from elearn.web.authoring.parts import bp
from elearn.web.i18n import _

NEXT = {"preview": "authoring.preview", "publish": "authoring.publishing"}
"""The button that was pressed -> the page that follows."""


@dataclass(frozen=True)
class Sheet:
    """A text as the form holds it. `base`: SHA-256 of what it was made from, empty for a text that is not there yet;
    `theirs`: what someone else saved meanwhile; `error`: why it was not kept."""

    path: str
    text: str
    base: str
    new: bool = False
    theirs: str | None = None
    error: str = ""


@bp.get("/texts/<path:path>")
@doors.allowed_to("write content")
def text(path: str) -> str:
    there = parts.desk()
    return _page(there, _sheet(there, path))


@bp.post("/texts/<path:path>")
@doors.allowed_to("write content")
def save(path: str) -> Any:
    there = parts.desk()
    _sheet(there, path)
    typed, base = request.form.get("text", ""), request.form.get("base", "")[:64]
    mends, kept = request.form.get("go") == "mend", typed
    try:
        if mends:
            kept = writing.repair(parts.settings(), path, typed, base, now().date(), parts.whole_site())
        else:
            writing.save(parts.settings(), path, typed, base, parts.whole_site())
    except writing.StaleBase as problem:
        return _page(there, Sheet(path, typed, problem.base, theirs=problem.theirs)), 409
    except writing.Refused as problem:
        return _page(there, Sheet(path, typed, base, error=parts.refusal(problem))), 422
    writing.note_read(parts.settings(), path, now().date(), bool(request.form.get("read")))
    if mends:
        after = parts.desk()
        return _page(after, _sheet(after, path), tuple(_mended(typed, kept)))
    return redirect(_next(path), 303)


@bp.post("/drafts/<path:path>/removal")
@doors.allowed_to("write content")
def discard(path: str) -> Response:
    there = parts.desk()
    _sheet(there, path)
    writing.discard(parts.settings(), path)
    stays = path in there.in_force
    return redirect(page_url("authoring.text", path=path) if stays else page_url("authoring.index"), 303)


def _next(path: str) -> str:
    follows = NEXT.get(request.form.get("go", ""))
    match = UNIT_TEXT.fullmatch(path)
    if follows == "authoring.publishing":
        return page_url(follows, scope=path.rpartition("/")[0] if match else None)
    if follows and match:
        return page_url(follows, path=path)
    return page_url("authoring.text", path=path, told="saved", _anchor="checked")


def _sheet(there: Desk, path: str) -> Sheet:
    """The text at this place, or a first one where a translation may be begun. 404 for anything else."""
    if not is_name(path, parts.whole_site()) or not is_text(path):
        doors.missing("text")
    found = there.text(path)
    if found is not None:
        return Sheet(path, found, writing.digest(there.files[path]))
    begun = writing.begin_translation(there, path, now().date())
    if begun is None:
        doors.missing("text")
    return Sheet(path, begun, "", new=True)


@dataclass(frozen=True)
class Mended:
    """Lines that a repair changed. `line`: the first of them, as it is now."""

    line: int
    before: str
    after: str


def _mended(before: str, after: str) -> Iterator[Mended]:
    old, new = before.splitlines(), after.splitlines()
    for what, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "replace" and end - start == last - first:
            for number in range(end - start):
                yield Mended(first + number + 1, old[start + number], new[first + number])
        elif what != "equal":
            yield Mended(first + 1, "\n".join(old[start:end]), "\n".join(new[first:last]))


def _page(there: Desk, sheet: Sheet, mended: tuple[Mended, ...] | None = None) -> str:
    path = sheet.path
    match = UNIT_TEXT.fullmatch(path)
    folder = path.rpartition("/")[0]
    site = there.build.site
    # What was not kept was not checked either: its problems would stand at lines of another text.
    kept = sheet.theirs is None and not sheet.error and not sheet.new
    problems = parts.told(there.problems(path), there) if kept else []
    others = [one for one in there.build.problems if one.path != path]
    return render_template(
        "authoring/editor.html",
        sheet=sheet,
        title=parts.title(there, path),
        course=match["course"] if match else "",
        course_title=parts.course_title(there, match["course"]) if match else "",
        folder=folder if match else "",
        lang=match["lang"] if match else "",
        translation=bool(match and site and match["lang"] != site.source_language and not sheet.new),
        texts=sorted(one for one in there.files if match and one.startswith(f"{folder}/") and UNIT_TEXT.fullmatch(one)),
        problems=problems,
        blocking=sum(one.blocks for one in problems),
        fixable=sum(one.fixable for one in problems),
        mended=mended,
        elsewhere=len({one.path for one in parts.errors(others)}),
        kept=kept,
        drafted=path in there.drafted,
        in_force=path in there.in_force,
        pieces=pieces(match["lang"], writing.new_ids(there)) if match else (),
        told=request.args.get("told", ""),
        guide=parts.guide(),
    )


@bp.get("/problems")
@doors.allowed_to("write content")
def problems() -> str:
    """Every problem of everything that is being written, text by text."""
    there = parts.desk()
    found: dict[str, list[parts.Told]] = {}
    for one in parts.told(list(there.build.problems), there):
        found.setdefault(one.path, []).append(one)
    writable = {path for path in found if is_name(path, parts.whole_site()) and there.text(path) is not None}
    titles = {path: parts.title(there, path) if path in there.files else path for path in found}
    return render_template(
        "authoring/problems.html", found=found, titles=titles, writable=writable, title=_("À revoir")
    )
