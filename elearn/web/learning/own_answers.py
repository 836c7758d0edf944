"""« Mes réponses »: what one answered in a unit, with each question as it was asked then and the mark as it was given.

Nothing is marked, compiled or rendered anew here: the question comes from the document that the step names, by its
hash, and the mark from the step. Only the person who answered sees it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from flask import abort, render_template, request

from elearn.core.course import Unit, in_language
from elearn.core.questions import KINDS
from elearn.core.questions.base import Given, Shown
from elearn.services import learning
from elearn.store.base import db
from elearn.store.editions import Published
from elearn.store.recorded import recorded
from elearn.web import doors
from elearn.web.addresses import page_url
from elearn.web.i18n import language
from elearn.web.learning.parts import bp, current_edition, shelf, shows_drafts

A_PAGE = 30


@dataclass(frozen=True)
class Reply:
    """One answer. `fraction`: as it was given, None where nothing is scored."""

    given: tuple[Given, ...]
    fraction: float | None
    confidence: int | None
    made_at: Any
    number: int


@dataclass(frozen=True)
class Asked:
    """A question as it was asked, and what was answered to it. `shown`: None where its document is nowhere any more.
    `url`: where the question stands today, if it still does."""

    id: str
    shown: Shown | None
    url: str | None
    replies: list[Reply] = field(default_factory=list)


@bp.get("/<course>/<unit>/answers")
@doors.allowed_to("learn")
def own_answers(course: str, unit: str) -> str:
    edition = current_edition()
    number = _page_number()
    with db.engine.connect() as connection:
        rows = recorded(connection, doors.require_viewer().id, course, unit, (number - 1) * A_PAGE, A_PAGE)
    found = edition.courses.get(course)
    text = edition.unit(course, unit, language())
    if text is not None and text.status != "published" and not shows_drafts() and not rows:
        abort(404)
    documents = {digest: shelf().unit_document(digest) for digest in dict.fromkeys(row.document for row in rows)}
    last = text or next((one for one in reversed(documents.values()) if one), None)
    if last is None and not rows:
        abort(404)
    return render_template(
        "learning/own_answers.html",
        course=found,
        course_title=in_language(found.title, language()) if found else course,
        unit=last,
        unit_id=unit,
        still_there=_still_there(edition, course, unit),
        listed=[_asked(edition, course, unit, some, documents) for some in _together(rows)],
        number=number,
        last_page=max(1, -(-rows[0].total // A_PAGE)) if rows else 1,
        total=rows[0].total if rows else 0,
        here=page_url(".own_answers", course=course, unit=unit),
    )


def _page_number() -> int:
    asked = request.args.get("page", "1")
    return max(1, int(asked)) if re.fullmatch(r"[0-9]{1,6}", asked) else 1


def _together(rows: Iterable[Any]) -> Iterator[list[Any]]:
    for _, some in groupby(rows, lambda row: (row.number, row.question, row.fingerprint)):
        yield list(some)


def _asked(edition: Published, course: str, unit: str, rows: list[Any], documents: dict[str, Unit | None]) -> Asked:
    first = rows[0]
    url = _where_now(edition, course, unit, first.question)
    shown = _shown(documents.get(first.document), first)
    asked = Asked(first.question, shown, url)
    for row in rows:
        text = documents.get(row.document)
        asked.replies.append(Reply(_given(text, row), row.fraction, row.confidence, row.made_at, row.number))
    return asked


def _shown(text: Unit | None, row: Any) -> Shown | None:
    prompts = (one for section in text.sections for one in section.questions) if text else ()
    prompt = next((one for one in prompts if one.id == row.question), None)
    return Shown(prompt, learning.arrangement(prompt, row.seed)) if prompt else None


def _given(text: Unit | None, row: Any) -> tuple[Given, ...]:
    shown = _shown(text, row)
    if text is None or shown is None or row.question not in text.keys:
        return tuple(Given(typed=one) for one in row.response if isinstance(one, str))
    return KINDS[shown.prompt.kind].given(shown.prompt, text.keys[row.question], row.response)


def _still_there(edition: Published, course: str, unit: str) -> bool:
    found, text = edition.courses.get(course), edition.unit(course, unit, language())
    return bool(found and unit in found.units and text and (text.status == "published" or shows_drafts()))


def _where_now(edition: Published, course: str, unit: str, question: str) -> str | None:
    text = edition.unit(course, unit, language()) if _still_there(edition, course, unit) else None
    for section in text.sections if text else ():
        if any(prompt.id == question for prompt in section.prompts):
            return page_url("learning.section", course=course, unit=unit, section=section.id, _anchor=question)
    return None
