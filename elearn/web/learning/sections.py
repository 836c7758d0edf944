"""A unit by sections, one idea a screen. A page is a GET that writes nothing; « Continuer » records a reading."""

from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from elearn.core.completion import next_section
from elearn.core.consents import PURPOSES, REFLECTIONS
from elearn.core.course import Course, Section, Unit, in_language
from elearn.core.questions import KINDS
from elearn.core.questions.base import Prompt, Shown
from elearn.services import learning, reflections
from elearn.store.editions import Published
from elearn.web import doors, regions
from elearn.web.addresses import page_url
from elearn.web.i18n import language
from elearn.web.learning.parts import (
    Standing,
    asker,
    bp,
    course_named,
    course_url,
    current_edition,
    end_url,
    progress_of,
    section_named,
    section_url,
    seed_of,
    shows_drafts,
    source_unit,
    standing_in,
    unit_named,
    unit_url,
    whole_unit,
)
from elearn.web.sources import sources


@bp.get("/<course>/<unit>")
@doors.public
def unit(course: str, unit: str) -> Response:
    """Leads to where one stopped in this unit, else to its first section."""
    edition = current_edition()
    found = course_named(edition, course)
    text = unit_named(edition, found, unit)
    standing = standing_in(found, text)
    read = standing.facts.read.get(text.id, frozenset())
    last = standing.last[1] if standing.last[0] == text.id else ""
    where = next_section(text, read, last, regions.chosen())
    return redirect(section_url(found, text, where), 302)


@bp.get("/<course>/<unit>/print")
@doors.public
def print_unit(course: str, unit: str) -> str:
    edition = current_edition()
    found = course_named(edition, course)
    text = whole_unit(edition, found, unit)
    shown = {prompt.id: Shown(prompt, learning.arrangement(prompt, "")) for prompt in text.prompts}
    return render_template(
        "learning/print.html",
        course=found,
        unit=text,
        shown=shown,
        regions=regions,
        **sources(text, text.sections, edition.site.glossary.get(text.lang, ())),
    )


@bp.get("/<course>/<unit>/<section>")
@doors.public
def section(course: str, unit: str, section: str) -> str:
    edition = current_edition()
    found = course_named(edition, course)
    text = unit_named(edition, found, unit)
    here = section_named(text, section)
    return page(edition, found, text, here, standing_in(found, text))


@bp.post("/<course>/<unit>/<section>/readings")
@doors.public
@doors.keeps_what_was_typed
def read(course: str, unit: str, section: str) -> Response:
    """« Continuer » : the section counts as read; a visitor just goes on."""
    edition = current_edition()
    found = course_named(edition, course)
    text = unit_named(edition, found, unit)
    here = section_named(text, section)
    if doors.stale_form():
        return redirect(page_url("accounts.sign_in", next=section_url(found, text, here.id)), 303)
    if doors.viewer():
        learning.read_section(asker(), learning.Place(edition, found, source_unit(edition, text), here.id))
    following = _following(text, here)
    where = section_url(found, text, following.id) if following else end_url(found, text)
    return redirect(where, 303)


def page(
    edition: Published, found: Course, text: Unit, here: Section, standing: Standing, answered: Shown | None = None
) -> str:
    number = text.sections.index(here)
    progress = None
    if standing.enrolled:
        progress = progress_of(edition, found, standing).units.get(text.id)
    shown = {prompt.id: shown_to(text, prompt, standing) for prompt in here.prompts}
    if answered is not None:
        shown[answered.prompt.id] = answered
    read = progress.read if progress else frozenset()
    units = edition.shown_units(found, language(), shows_drafts())
    names = [one.id for one in units]
    following = units[names.index(text.id) + 1 :] if text.id in names else []
    return render_template(
        "learning/section.html",
        course=found,
        course_title=in_language(found.title, language()),
        unit=text,
        section=here,
        position=number + 1,
        total=len(text.sections),
        sections=[(one, section_url(found, text, one.id), one.id in read, one is here) for one in text.sections],
        opening=number == 0,
        shown=shown,
        attempt_url=lambda question: attempt_url(found, text, here, question),
        reading_url=page_url("learning.read", course=found.id, unit=text.id, section=here.id),
        next_url=section_url(found, text, onwards.id) if (onwards := _following(text, here)) else None,
        regions=regions,
        regional=_regional(text, here),
        previous_url=section_url(found, text, text.sections[number - 1].id) if number else None,
        skip_url=unit_url(found, following[0]) if following else course_url(found),
        document=edition.hashes.get((text.course, text.id, text.lang), ""),
        progress=progress,
        told=request.args.get("told", ""),
        keys=text.keys if shows_drafts() else {},
        **sources(text, (here,), edition.site.glossary.get(text.lang, ())),
        texts=_texts(standing),
        consented=bool(standing.rows and standing.rows[0].consented),
        private=PURPOSES[REFLECTIONS],
    )


def shown_to(text: Unit, prompt: Prompt, standing: Standing) -> Shown:
    """A question with the last answer, where it was given to this very question and not to an earlier wording."""
    shown = Shown(prompt, learning.arrangement(prompt, seed_of(text)))
    last = standing.facts.answers.get(text.id, {}).get(prompt.id)
    if last is None or last.fingerprint != text.fingerprints.get(prompt.id):
        return shown
    kind, key = KINDS[prompt.kind], text.keys[prompt.id]
    mark = kind.mark(key, last.response)
    return replace(shown, response=last.response, mark=mark, review=kind.explain(key, last.response, mark))


def _texts(standing: Standing) -> dict[str, Any]:
    who = doors.viewer()
    if who is None or not standing.enrolled:
        return {}
    return reflections.texts(standing.rows, who.id)


def _following(text: Unit, here: Section) -> Section | None:
    """Where « Continuer » leads: the next section that is meant for the reader's region."""
    after = text.sections[text.sections.index(here) + 1 :]
    return next((one for one in after if regions.meant_for_me(one.regions)), None)


def _regional(text: Unit, here: Section) -> bool:
    """Does this page say something by region? The first one stands for the sections that may be passed over."""
    passed_over = here is text.sections[0] and any(one.regions for one in text.sections)
    return passed_over or bool(here.regions) or any(asked.regions for asked in here.prompts)


def attempt_url(found: Course, text: Unit, here: Section, question: str) -> str:
    where = {"course": found.id, "unit": text.id, "section": here.id, "question": question}
    return page_url("learning.attempt", **where, _anchor=question)
