"""What one does after an answer that is not right yet, as links: what to reread and the way back, what is still open.

Reads the edition in memory and the facts it is given: it asks the database nothing.
"""

from dataclasses import dataclass

from flask import request

from elearn.core.course import Course, Unit
from elearn.core.feedback import Open, Reread, open_questions, to_reread
from elearn.core.questions.base import Html
from elearn.store.editions import Published
from elearn.web.i18n import language
from elearn.web.learning.parts import Standing, as_asked, section_url, shows_drafts


@dataclass(frozen=True)
class RereadLink:
    """`unit`: its title, where it is another one than the question's."""

    url: str
    section: str
    lang: str
    unit: str = ""
    unit_lang: str = ""


@dataclass(frozen=True)
class OpenLink:
    """A question that is not right yet. `believed`: the last answer was given with confidence."""

    url: str
    title: Html
    lang: str
    tried: bool
    believed: bool
    must_pass: bool
    reread: list[RereadLink]


def reread_links(edition: Published, found: Course, asked: Unit, question: str, here: str = "") -> list[RereadLink]:
    """`here`: the section of the page; what stands in it is a place on the same page."""
    units = {unit.id: unit for unit in edition.shown_units(found, language(), shows_drafts())}
    return [_reread(found, asked, units, one, question, here) for one in to_reread(units, asked, question)]


def _reread(found: Course, asked: Unit, units: dict[str, Unit], place: Reread, question: str, here: str) -> RereadLink:
    text = units.get(place.unit, asked)
    section = text.section(place.section)
    assert section is not None
    anchor = "read_here" if place.block is None else f"read_here_{place.block}"
    if (place.unit, place.section) == (asked.id, here):
        url = f"#{anchor}"
    else:
        url = section_url(found, text, place.section, anchor=anchor, back=f"{asked.id}.{question}")
    elsewhere = place.unit != asked.id
    return RereadLink(url, section.title, section.lang, text.title if elsewhere else "", text.lang)


def way_back(edition: Published, found: Course) -> OpenLink | None:
    """The question that one came from to reread, where the address names one that there is."""
    name, _dot, question = request.args.get("back", "").partition(".")
    shown = edition.shown_units(found, language(), shows_drafts())
    unit = next((as_asked(unit) for unit in shown if unit.id == name), None)
    if unit is None:
        return None
    for section in unit.sections:
        for prompt in section.prompts:
            if prompt.id == question:
                url = section_url(found, unit, section.id, anchor=question)
                return OpenLink(url, prompt.title, prompt.lang, True, False, prompt.must_pass, [])
    return None


def missed_links(edition: Published, found: Course, asked: Unit, standing: Standing) -> list[OpenLink]:
    """What was tried in a unit and is not right yet."""
    missed = (one for one in open_questions(asked, standing.facts) if one.answered)
    return [_open(edition, found, asked, one, reread=True) for one in missed]


def _open(edition: Published, found: Course, asked: Unit, one: Open, reread: bool = False) -> OpenLink:
    prompt = one.prompt
    return OpenLink(
        section_url(found, asked, one.section, anchor=prompt.id),
        prompt.title,
        prompt.lang,
        one.answered is not None,
        one.believed,
        prompt.must_pass,
        reread_links(edition, found, asked, prompt.id) if reread else [],
    )
