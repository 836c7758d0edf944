"""Search inside the units that one may read. A GET that writes nothing; what is asked is written nowhere."""

from dataclasses import dataclass

from flask import Blueprint, abort, current_app, render_template, request

from elearn.core import search as words_alike
from elearn.core.course import Course, Section, Unit, in_language
from elearn.core.listing import sheet
from elearn.store.base import db
from elearn.store.editions import Published, Shelf
from elearn.store.search import Found, find
from elearn.web import doors
from elearn.web.addresses import page_url
from elearn.web.i18n import language

bp = Blueprint("search", __name__)

MOST = 20


@dataclass(frozen=True)
class Line:
    """A section that was found; `section`: None for an exam, of which only the title is told. `parts`: of the excerpt,
    in `lang`, each with whether it answers."""

    course: str
    unit: Unit
    section: Section | None
    url: str
    lang: str
    parts: list[tuple[str, bool]]


@bp.get("/search")
@doors.public
def index() -> str:
    typed = " ".join(request.args.get("q", "").split())[: words_alike.LONGEST]
    words = words_alike.asked(typed)
    edition = _edition()
    readable = _readable(edition)
    found = _ranked(_found(edition, words), readable)
    shown = sheet(request.args.get("page", ""), len(found), MOST)
    lines = [_line(readable, one, words) for one in found[shown.offset : shown.offset + MOST]]
    alone = typed.split() if not found and len(words) > 1 else []
    return render_template("search/index.html", q=typed, words=words, sheet=shown, lines=lines, alone=alone)


Readable = dict[tuple[str, str, str], tuple[int, Course, Unit]]
"""By course, unit and language, in the order of the site: what the viewer may read, in the language that is shown."""


def _edition() -> Published:
    shelf: Shelf = current_app.extensions["shelf"]
    who = doors.viewer()
    return shelf.current(who.edition if who else None) or abort(503, "edition")


def _readable(edition: Published) -> Readable:
    found: Readable = {}
    for name in edition.site.courses:
        course = edition.courses[name]
        if course.open or doors.viewer() is not None:
            for unit in edition.shown_units(course, language(), bool(current_app.config["ELEARN_PREVIEW"])):
                if (course.id, unit.id) in edition.closed:
                    continue
                found[course.id, unit.id, unit.lang] = (len(found), course, unit)
    return found


def _found(edition: Published, words: tuple[str, ...]) -> list[Found]:
    languages = dict.fromkeys((language(), edition.site.source_language))
    with db.engine.connect() as connection:
        return find(connection, edition.number, list(languages), words)


def _ranked(found: list[Found], readable: Readable) -> list[Found]:
    """Those that may be read: most words in the title first, then as the site has them."""

    def rank(one: Found) -> tuple[int, int, int]:
        number, _course, unit = readable[one[:3]]
        places = [section.id for section in unit.sections]
        return -one[4], number, places.index(one[3]) if one[3] in places else 0

    return sorted((one for one in found if one[:3] in readable), key=rank)


def _line(readable: Readable, one: Found, words: tuple[str, ...]) -> Line:
    _number, course, unit = readable[one[:3]]
    section = unit.section(one[3])
    lang, parts = words_alike.excerpt(words_alike.pieces(unit, section) if section else [], words)
    title = in_language(course.title, language())
    if section is None or unit.exam:
        return Line(title, unit, None, page_url("learning.unit", course=course.id, unit=unit.id), lang, parts)
    url = page_url("learning.section", course=course.id, unit=unit.id, section=section.id)
    return Line(title, unit, section, url, lang, parts)
