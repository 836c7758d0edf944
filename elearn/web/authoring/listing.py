"""Every course and unit as it is published and as it is being written, and the ways to go on from there."""

import datetime as dt
from dataclasses import dataclass

from flask import render_template
from sqlalchemy import Connection

from elearn.core.course import in_language
from elearn.core.rules import ERROR
from elearn.core.writable import UNIT_TEXT, id_of, is_name, is_text, title_of
from elearn.services.writing import Desk
from elearn.store.base import db
from elearn.store.editions import Published
from elearn.store.publications import file_editions, publications
from elearn.web import doors
from elearn.web.addresses import page_url
from elearn.web.authoring import parts
from elearn.web.authoring.parts import bp
from elearn.web.i18n import language


@dataclass(frozen=True)
class Last:
    """The publication that brought a unit as it stands. `who`: empty where it was made on the server."""

    number: int
    at: dt.datetime
    who: str
    note: str


@dataclass(frozen=True)
class Row:
    """A unit folder. `state`: published, draft, review or new; `drafted`: changed since; `errors`: of all its texts."""

    folder: str
    title: str
    lang: str
    url: str
    state: str
    drafted: bool
    errors: int
    texts: dict[str, str]
    missing: dict[str, str]
    last: Last | None
    online: str | None


@dataclass(frozen=True)
class Listing:
    folder: str
    title: str
    rows: list[Row]
    owed: list[str]
    drafted: bool


@bp.get("/")
@doors.allowed_to("follow publishing")
def index() -> str:
    edition, there = parts.published(), parts.desk()
    with db.engine.connect() as connection:
        dates = _last(connection)
    listings = [_listing(there, edition, course, dates) for course in parts.courses(there)]
    texts = (path for path in there.files if is_text(path) and is_name(path, parts.whole_site()))
    return render_template(
        "authoring/index.html",
        edition=edition,
        listings=listings,
        shared=[(path, path in there.drafted) for path in sorted(texts) if not path.startswith("courses/")],
        drafts=len(there.drafted),
        guide=parts.guide(),
    )


def _last(connection: Connection) -> dict[str, Last]:
    """File -> the publication that brought it as it is."""
    made = {row.number: Last(row.number, row.published_at, row.who or "", row.note) for row in publications(connection)}
    return {path: made[number] for path, number in file_editions(connection).items() if number in made}


def _listing(there: Desk, edition: Published | None, course: str, dates: dict[str, Last]) -> Listing:
    known = next((one for one in there.build.courses if one.id == course), None)
    order = known.units if known else ()
    rows = [_row(there, edition, course, folder, dates) for folder in there.folders(course)]
    places = {row.folder: _place(there, row, order) for row in rows}
    rows.sort(key=lambda row: (places[row.folder], row.folder))
    owed = [in_language(review.kind, language()) for review in known.reviews if not review.by] if known else []
    drafted = f"courses/{course}/course.yaml" in there.drafted
    return Listing(course, parts.course_title(there, course), rows, owed, drafted)


def _place(there: Desk, row: Row, order: tuple[str, ...]) -> int:
    unit = id_of(there.text(row.texts[row.lang]) or "")
    return order.index(unit) if unit in order else len(order)


def _row(there: Desk, edition: Published | None, course: str, folder: str, dates: dict[str, Last]) -> Row:
    start = f"courses/{course}/{folder}/"
    found = {m["lang"]: path for path in there.files if path.startswith(start) and (m := UNIT_TEXT.fullmatch(path))}
    source = there.build.site.source_language if there.build.site else "fr"
    texts = dict(sorted(found.items(), key=lambda one: (one[0] != source, one[0])))
    lang = source if source in texts else min(texts)
    shown = language() if language() in texts else lang
    text = there.text(texts[lang]) or ""
    unit = edition.units.get((course, id_of(text), lang)) if edition else None
    spoken = there.build.site.languages if there.build.site else ()
    known = [dates[path] for path in dates if path.startswith(start)]
    return Row(
        folder=folder,
        title=title_of(there.text(texts[shown]) or "") or folder,
        lang=lang,
        url=f"{start}{shown}.md",
        state=unit.status if unit else "new",
        drafted=any(path.startswith(start) for path in there.drafted),
        errors=sum(p.severity == ERROR and p.path.startswith(start) for p in there.build.problems),
        texts=texts,
        missing={one: f"{start}{one}.md" for one in spoken if one not in texts},
        last=max(known, key=lambda one: one.number, default=None),
        online=page_url("learning.unit", course=unit.course, unit=unit.id)
        if unit and unit.status == "published"
        else None,
    )
