"""What a unit still lacks, in plain words: sections never read, questions never tried, questions to take up again.

It only says what core.completion found; it finds nothing itself.
"""

from dataclasses import dataclass

from elearn.core.completion import Missing, UnitProgress
from elearn.core.course import Course, Unit
from elearn.core.questions.base import Html
from elearn.web.addresses import page_url
from elearn.web.i18n import _, ngettext

MOST_LINKS = 12
"""Links of one unit: the next ones to follow, not a list to be afraid of."""


@dataclass(frozen=True)
class Link:
    """`title`: plain words of a section, cleaned HTML of a question."""

    title: str | Html
    lang: str
    said: str
    url: str


@dataclass(frozen=True)
class Lacking:
    """`said`: short sentences, one a kind of thing. `more`: how many links are left out."""

    unit: Unit
    url: str
    said: tuple[str, ...]
    links: tuple[Link, ...]
    more: int


def lacking(course: Course, unit: Unit, progress: UnitProgress) -> Lacking | None:
    """Nothing where the unit is done."""
    if progress.done:
        return None
    links = [link for one in progress.missing if (link := _link(course, unit, progress, one))]
    url = page_url("learning.unit", course=course.id, unit=unit.id)
    return Lacking(unit, url, tuple(_said(progress)), tuple(links[:MOST_LINKS]), max(0, len(links) - MOST_LINKS))


def where_to_mend(course: Course, one: Missing) -> str:
    if not one.section:
        return page_url("learning.unit", course=course.id, unit=one.unit)
    return page_url(
        "learning.section", course=course.id, unit=one.unit, section=one.section, _anchor=one.question or None
    )


def _said(progress: UnitProgress) -> list[str]:
    codes = [one.code for one in progress.missing]
    said = []
    if "exam" in codes:
        said.append(_("pas encore réussi"))
        if progress.score is not None:
            said.append(
                _("%(score)s %% au mieux, %(mark)s %% pour réussir", score=progress.score, mark=progress.pass_mark)
            )
    if unread := codes.count("section"):
        said.append(ngettext("%(num)d section à lire", "%(num)d sections à lire", unread))
    if unsafe := codes.count("question"):
        said.append(
            ngettext("%(num)d question de sécurité à réussir", "%(num)d questions de sécurité à réussir", unsafe)
        )
    if "score" in codes:
        said.append(
            _("%(score)s %% pour l'instant, %(mark)s %% pour terminer", score=progress.score, mark=progress.pass_mark)
        )
    return said


def _link(course: Course, unit: Unit, progress: UnitProgress, one: Missing) -> Link | None:
    """None for an exam, which is passed as a whole, and for what this language of the unit does not hold."""
    url = where_to_mend(course, one)
    if one.code == "section":
        section = unit.section(one.section)
        return Link(section.title, section.lang, _("section pas encore lue"), url) if section else None
    prompt = next(
        (prompt for section in unit.sections for prompt in section.questions if prompt.id == one.question), None
    )
    if prompt is None:
        return None
    tried = one.question in progress.tried
    if one.code == "question":
        said = _("question de sécurité, à reprendre") if tried else _("question de sécurité, pas encore essayée")
    else:
        said = _("question à reprendre") if tried else _("question pas encore essayée")
    return Link(prompt.title, prompt.lang, said, url)
