"""A unit by sections, one idea a screen. A page is a GET that writes nothing; « Continuer » records a reading."""

from dataclasses import replace
from typing import Any

from flask import abort, redirect, render_template, request
from werkzeug.wrappers import Response

from elearn.core.begun import posted_of
from elearn.core.completion import UnitProgress, next_section, unit_progress
from elearn.core.consents import PURPOSES, REFLECTIONS
from elearn.core.course import Course, Section, Unit, in_language
from elearn.core.paths import paths
from elearn.core.questions import KINDS
from elearn.core.questions.base import Mark, Prompt, Shown
from elearn.services import drafts, learning, reflections
from elearn.store.base import now
from elearn.store.editions import Published
from elearn.web import doors, regions
from elearn.web.addresses import page_url
from elearn.web.deeds import ago
from elearn.web.i18n import language
from elearn.web.learning import feedback
from elearn.web.learning.parts import (
    Standing,
    as_asked,
    asker,
    bp,
    course_named,
    course_url,
    current_edition,
    end_url,
    section_named,
    section_url,
    seed_of,
    shelf,
    shows_drafts,
    source_unit,
    standing_in,
    unit_named,
    unit_url,
    whole_unit,
)
from elearn.web.learning.versions import version_begun
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
    if text.exam and not shows_drafts():
        abort(404)
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
    onwards = _following(text, here)
    progress = _unit_progress(edition, found, text, standing) if standing.enrolled else None
    shown = {prompt.id: shown_to(edition, text, prompt, standing) for prompt in here.prompts}
    if answered is not None:
        name = answered.prompt.id
        shown[name] = answered if answered.base else replace(answered, base=standing.base(text.id, name))
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
        drafts_url=lambda question: attempt_url(found, text, here, question, "draft"),
        taken_url=lambda question: section_url(found, text, here.id, anchor=question),
        ago=lambda moment: ago(moment, now()),
        reading_url=page_url("learning.read", course=found.id, unit=text.id, section=here.id),
        next_url=section_url(found, text, onwards.id) if onwards else None,
        regions=regions,
        regional=_regional(text, here),
        previous_url=section_url(found, text, text.sections[number - 1].id) if number else None,
        skip_url=unit_url(found, following[0]) if following else course_url(found),
        document=edition.hashes.get((text.course, text.id, text.lang), ""),
        progress=progress,
        told=request.args.get("told", ""),
        reread=lambda question: feedback.reread_links(edition, found, text, question, here.id),
        way_back=feedback.way_back(edition, found),
        review_url=page_url("learning.review", course=found.id) if standing.enrolled else None,
        keys=text.keys if shows_drafts() else {},
        paths=paths,
        **sources(text, (here,), edition.site.glossary.get(text.lang, ())),
        texts=_texts(standing),
        consented=bool(standing.rows and standing.rows[0].consented),
        private=PURPOSES[REFLECTIONS],
    )


def _unit_progress(edition: Published, found: Course, text: Unit, standing: Standing) -> UnitProgress | None:
    """Of this unit alone, so that a page costs the same in a course of a thousand."""
    if text.status != "published":
        return None
    return unit_progress(as_asked(source_unit(edition, text)), found.rule.pass_mark, standing.facts)


def shown_to(edition: Published, text: Unit, prompt: Prompt, standing: Standing) -> Shown:
    """A question with the answer begun, else with the last one and its mark as it was given, where the answer was to
    this very question, in whatever language; of one to an earlier wording only that there was one."""
    shown = Shown(prompt, learning.arrangement(prompt, seed_of(text)), base=standing.base(text.id, prompt.id))
    begun = standing.begun.get(prompt.id)
    if begun is not None and begun.response:
        asked = _asked_then(text, begun)
        if asked is None or asked.fingerprints.get(prompt.id) == _now_in(text, asked.lang).fingerprints.get(prompt.id):
            return _as_begun(text, shown, begun)
        shown = replace(shown, other=version_begun(asked, prompt.id, seed_of(text), begun))
    last = standing.facts.answers.get(text.id, {}).get(prompt.id)
    if last is None:
        return shown
    languages = (edition.units.get((text.course, text.id, lang)) for lang in edition.site.languages)
    same = (one for one in languages if one and one.fingerprints.get(prompt.id) == last.fingerprint)
    answered = next(same, None)
    if answered is None:
        return replace(shown, best=last.best, reworded=True)
    kind, key = KINDS[prompt.kind], text.keys[prompt.id]
    mark = _as_marked(kind.mark(answered.keys[prompt.id], last.response), last.last)
    review = kind.explain(key, last.response, mark)
    tried = kind.tried(prompt, key, {"tried": request.args.getlist("tried")}, last.response)
    return replace(shown, response=last.response, mark=mark, review=review, best=last.best, sure=last.sure, tried=tried)


def _as_marked(again: Mark, fraction: float) -> Mark:
    """The mark that is stored. What is said of each part comes from the key, and never contradicts it."""
    right = fraction >= 1.0
    if again.right == right:
        return replace(again, fraction=fraction)
    return Mark(fraction, tuple(True for _part in again.parts) if right else ())


def _as_begun(text: Unit, shown: Shown, begun: drafts.Begun) -> Shown:
    """The fields as they were left; of an answer of several goes, as far as it got."""
    kind, key, posted = KINDS[shown.prompt.kind], text.keys[shown.prompt.id], posted_of(begun.response)
    shown = replace(shown, posted=posted, begun_at=begun.saved_at)
    if not (path := kind.so_far(shown.prompt, key, posted)):
        return shown
    return replace(shown, response=path, review=kind.explain(key, path, kind.mark(key, path)))


def _asked_then(text: Unit, begun: drafts.Begun) -> Unit | None:
    """The unit as it was when the answer was begun; None where it is still in force."""
    edition = current_edition()
    if any(begun.document == edition.hashes.get((text.course, text.id, lang)) for lang in edition.site.languages):
        return None
    found = shelf().unit_document(begun.document)
    return as_asked(found) if found else None


def _now_in(text: Unit, lang: str) -> Unit:
    return current_edition().unit(text.course, text.id, lang) or text


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


def attempt_url(found: Course, text: Unit, here: Section, question: str, deed: str = "attempt") -> str:
    where = {"course": found.id, "unit": text.id, "section": here.id, "question": question}
    return page_url(f"learning.{deed}", **where, _anchor=question)
