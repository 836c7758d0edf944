"""A question that was asked once, found again by its ids: in the edition in force, else in the last that had it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from elearn.core.course import Section, Unit, in_language
from elearn.core.questions.base import Html, Prompt
from elearn.core.word_diff import plain_text
from elearn.store.editions import Published, forms_of
from elearn.web.addresses import page_url

Place = tuple[str, str, str]
"""Ids of a course, a unit and a question."""


@dataclass(frozen=True)
class Asked:
    """A question as it is told. Where no edition has it any more, titles are its ids. `lang`: of the question, empty
    where it has no words. `url`: where it is asked now, None where it is not. `order`: its place in the site."""

    course: str
    unit: str
    title: Html
    stem: Html
    lang: str
    url: str | None
    order: tuple[int, int, int]

    @property
    def words(self) -> str:
        """Its title on one line."""
        return plain_text(self.title)

    @property
    def more(self) -> str:
        """What stands below its title, on one line."""
        return plain_text(self.stem)


def found_again(
    connection: Connection, edition: Published | None, places: Iterable[Place], lang: str
) -> Mapping[Place, Asked]:
    """Each place with its question. Editions before the one in force are read only for what it lacks."""
    return {place: _found(connection, edition, place, lang) for place in dict.fromkeys(places)}


def _found(connection: Connection, edition: Published | None, place: Place, lang: str) -> Asked:
    course, unit, question = place
    if edition is None:
        return _unknown(place, course, unit)
    here = edition.courses.get(course)
    title = in_language(here.title, lang) if here else course
    current = edition.unit(course, unit, lang)
    for text in _forms(connection, edition, place, lang, current):
        for number, section in enumerate(text.sections):
            for prompt in section.questions:
                if prompt.id == question:
                    order = _order(edition, course, unit, number)
                    url = _url(text, section, prompt) if text is current else None
                    return Asked(title, text.title, prompt.title, prompt.stem, prompt.lang, url, order)
    return _unknown(place, title, current.title if current else unit)


def _forms(connection: Connection, edition: Published, place: Place, lang: str, current: Unit | None) -> Iterator[Unit]:
    """The unit in `lang`, else in the source language, as it is now and as each edition before had it."""
    if current is not None:
        yield current
    for forms in forms_of(connection, place[0], place[1], edition.number):
        text = forms.get(lang) or forms.get(edition.site.source_language)
        if text is not None:
            yield text


def _url(text: Unit, section: Section, prompt: Prompt) -> str | None:
    if text.status != "published" or prompt.retired:
        return None
    where = {"course": text.course, "unit": text.id, "section": section.id}
    return page_url("learning.section", **where, _anchor=prompt.id)


def _order(edition: Published, course: str, unit: str, section: int) -> tuple[int, int, int]:
    courses = list(edition.site.courses)
    units = list(edition.courses[course].units) if course in edition.courses else []
    return (
        courses.index(course) if course in courses else len(courses),
        units.index(unit) if unit in units else len(units),
        section,
    )


def _unknown(place: Place, course: str, unit: str) -> Asked:
    return Asked(course, unit, place[2].encode(), b"", "", None, (9999, 9999, 9999))
