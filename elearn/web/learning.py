"""Learning: catalogue, course, unit by sections, answers. Visitors read and try with nothing stored.

A page is a GET that writes nothing: one statement tells who asks, one where they stand, the rest is in memory.
"""

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response

from elearn.core.completion import (
    CourseProgress,
    Facts,
    Missing,
    UnitProgress,
    course_progress,
    facts_from_state,
    next_section,
)
from elearn.core.consents import PURPOSES, REFLECTIONS
from elearn.core.course import Course, Section, Unit, in_language
from elearn.core.drawing import undrawn
from elearn.core.questions import KINDS
from elearn.core.questions.base import Key, Prompt, Shown, UnreadableResponse
from elearn.core.sealing import BrokenSeal
from elearn.services import consents, learning, reflections
from elearn.store.base import db, now
from elearn.store.editions import Published, Shelf
from elearn.store.learning import overview, place
from elearn.web import doors, regions
from elearn.web.addresses import page_url
from elearn.web.i18n import _, language
from elearn.web.sources import sources

bp = Blueprint("learning", __name__, url_prefix="/learning")


@dataclass(frozen=True)
class Card:
    course: Course
    title: str
    summary: str
    units: int
    minutes: int
    url: str
    progress: CourseProgress | None
    resume_url: str | None
    reviewed: bool


@dataclass(frozen=True)
class Line:
    unit: Unit
    url: str
    progress: UnitProgress | None


@dataclass(frozen=True)
class Standing:
    """Where the viewer stands in a course; a visitor and someone not enrolled stand nowhere."""

    rows: list[Any]
    facts: Facts
    enrolled: bool

    @property
    def last(self) -> tuple[str, str]:
        return (self.rows[0].last_unit, self.rows[0].last_section) if self.enrolled else ("", "")


NOWHERE = Standing([], Facts(), False)

DIGEST = re.compile(r"[0-9a-f]{64}")
FORM_KEY = re.compile(r"[\w-]{8,64}")
SESSION = dt.timedelta(hours=12)
NOTHING = {
    "reflection": "no words",
    "survey": "no_opinion",
    "scale": "no_opinion",
    "ordering": "places_empty",
    "matching": "pairs_empty",
}
"""Kind -> what is said where nothing was answered, unless it is « Choisissez une réponse »."""

REFUSED: dict[type[Exception], tuple[str, int]] = {
    learning.OtherForm: ("other", 409),
    reflections.StaleBase: ("stale", 409),
    consents.NotGiven: ("consent", 422),
    BrokenSeal: ("sealed", 409),
    DBAPIError: ("away", 503),
}
"""What keeps an answer from being kept -> the message beside the field, and the status. What was typed stays."""


@bp.get("/")
@doors.public
def catalogue() -> str:
    edition = _edition()
    mine = _overview()
    cards = [_card(edition, edition.courses[name], mine.get(name)) for name in edition.site.courses]
    cards.sort(key=lambda card: list(mine).index(card.course.id) if card.course.id in mine else len(mine))
    return render_template("learning/catalogue.html", cards=cards)


@bp.get("/<course>")
@doors.public
def course(course: str) -> str:
    edition = _edition()
    found = _course(edition, course)
    standing = _standing(found)
    units = edition.shown_units(found, language(), _drafts())
    progress = _progress(edition, found, standing) if standing.enrolled else None
    lines = [Line(unit, _unit_url(found, unit), progress.units.get(unit.id) if progress else None) for unit in units]
    return render_template(
        "learning/course.html",
        course=found,
        title=in_language(found.title, language()),
        summary=in_language(found.summary, language()),
        disclaimer=in_language(found.disclaimer, language()),
        lines=lines,
        progress=progress,
        resume_url=_resume_url(edition, found, standing, progress) if progress else None,
        reasons=_reasons(edition, found, progress) if progress else [],
        attestation_url=page_url("attestations.new", course=found.id) if progress and progress.complete else None,
        owed=[in_language(review.kind, language()) for review in found.reviews if not review.by],
        enrolment_url=page_url("learning.enrol", course=found.id),
    )


@bp.post("/<course>/enrolments")
@doors.allowed_to("learn")
def enrol(course: str) -> Response:
    edition = _edition()
    found = _course(edition, course)
    learning.enrol(_asker(), edition, found)
    first = edition.shown_units(found, language(), _drafts())
    return redirect(_unit_url(found, first[0]) if first else _course_url(found), 303)


@bp.get("/<course>/<unit>")
@doors.public
def unit(course: str, unit: str) -> Response:
    """Leads to where one stopped in this unit, else to its first section."""
    edition = _edition()
    found = _course(edition, course)
    text = _unit(edition, found, unit)
    standing = _standing(found, text)
    read = standing.facts.read.get(text.id, frozenset())
    last = standing.last[1] if standing.last[0] == text.id else ""
    where = next_section(text, read, last, regions.chosen())
    return redirect(_section_url(found, text, where), 302)


@bp.get("/<course>/<unit>/print")
@doors.public
def print_unit(course: str, unit: str) -> str:
    edition = _edition()
    found = _course(edition, course)
    text = _whole_unit(edition, found, unit)
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
    edition = _edition()
    found = _course(edition, course)
    text = _unit(edition, found, unit)
    here = _section(text, section)
    return _page(edition, found, text, here, _standing(found, text))


@bp.post("/<course>/<unit>/<section>/readings")
@doors.public
@doors.keeps_what_was_typed
def read(course: str, unit: str, section: str) -> Response:
    """« Continuer » : the section counts as read; a visitor just goes on."""
    edition = _edition()
    found = _course(edition, course)
    text = _unit(edition, found, unit)
    here = _section(text, section)
    if doors.stale_form():
        return redirect(page_url("accounts.sign_in", next=_section_url(found, text, here.id)), 303)
    if doors.viewer():
        learning.read_section(_asker(), learning.Place(edition, found, _source(edition, text), here.id))
    following = _following(text, here)
    where = _section_url(found, text, following.id) if following else _course_url(found, told="unit")
    return redirect(where, 303)


@bp.post("/<course>/<unit>/<section>/<question>/attempts")
@doors.public
@doors.keeps_what_was_typed
def attempt(course: str, unit: str, section: str, question: str) -> Any:
    """One answer: marked against the question as it was shown, kept for a signed-in person, shown to a visitor."""
    edition = _edition()
    found = _course(edition, course)
    text = _unit(edition, found, unit)
    document = request.form.get("document", "")
    asked = _shelf().unit_document(document) if DIGEST.fullmatch(document) else None
    if asked is None or (asked.course, asked.id) != (found.id, text.id):
        abort(400, "document")
    asked = _drawn(asked)
    prompt = asked.prompt(question) or abort(404)
    here = _section_of(text, section, question)
    who = doors.viewer()
    posted = {name: request.form.getlist(name) for name in request.form}
    shown = Shown(prompt, learning.arrangement(prompt, _seed(text)))
    at = learning.Place(edition, found, _source(edition, text), here.id)
    try:
        if doors.stale_form():
            raise UnreadableResponse("session" if who is None else "again")
        if KINDS[prompt.kind].scored and not _still_counts(edition, text, asked, prompt):
            shown = _shown(text, text.prompt(question) or prompt, NOWHERE)
            raise UnreadableResponse("changed")
        if prompt.kind == "reflection":
            if who is None:
                abort(400, "reflection")
            words = "" if request.form.get("erase") else KINDS["reflection"].read_text(posted)
            agreed = request.form.get("consent") == "yes"
            learning.write_reflection(_asker(), at, prompt, document, words, _revision(), agreed)
            return redirect(
                _section_url(found, text, here.id, told="kept" if words else "erased", anchor=question), 303
            )
        response = KINDS[prompt.kind].read(prompt, posted, shown.arrangement)
        key = asked.keys[question]
        if not KINDS[prompt.kind].finished(key, response):
            return _page(edition, found, text, here, _standing(found, text), _begun(shown, key, response))
        mark = KINDS[prompt.kind].mark(key, response)
        if who is not None:
            given = learning.Answer(prompt, document, asked.fingerprints[question], response, mark)
            learning.answer(_asker(), at, given)
            return redirect(_section_url(found, text, here.id, anchor=question), 303)
        review = KINDS[prompt.kind].explain(key, response, mark)
        shown = replace(shown, response=response, mark=mark, review=review)
        return _page(edition, found, text, here, _standing(found, text), shown)
    except UnreadableResponse as problem:
        code = NOTHING.get(prompt.kind, "empty") if problem.code == "empty" else problem.code
        posted = {} if code == "changed" else posted
        shown = _refused(shown, asked, code, posted)
        return _page(edition, found, text, here, _standing(found, text), shown), 422
    except (learning.OtherForm, reflections.StaleBase, consents.NotGiven, BrokenSeal, DBAPIError) as problem:
        code, status = REFUSED[type(problem) if type(problem) in REFUSED else DBAPIError]
        shown = _refused(shown, asked, code, posted)
        where = NOWHERE if status == 503 else _standing(found, text)
        return _page(edition, found, text, here, where, shown), status


def _begun(shown: Shown, key: Key, response: list[Any]) -> Shown:
    """An answer of several goes, shown as far as it got and kept nowhere."""
    kind = KINDS[shown.prompt.kind]
    mark = kind.mark(key, response)
    ended = mark if kind.finished(key, response) else None
    return replace(shown, response=response, mark=ended, review=kind.explain(key, response, mark))


def _refused(shown: Shown, asked: Unit, code: str, posted: dict[str, list[str]]) -> Shown:
    """The same question with what was posted and why it was not kept."""
    key = asked.keys.get(shown.prompt.id)
    if key and (path := KINDS[shown.prompt.kind].so_far(shown.prompt, key, posted)):
        shown = _begun(shown, key, path)
    return replace(shown, error=_refusal(code), text=(posted.get("text") or [""])[0], posted=posted)


def _page(
    edition: Published, found: Course, text: Unit, here: Section, standing: Standing, answered: Shown | None = None
) -> str:
    number = text.sections.index(here)
    progress = None
    if standing.enrolled:
        progress = _progress(edition, found, standing).units.get(text.id)
    shown = {prompt.id: _shown(text, prompt, standing) for prompt in here.prompts}
    if answered is not None:
        shown[answered.prompt.id] = answered
    read = progress.read if progress else frozenset()
    units = edition.shown_units(found, language(), _drafts())
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
        sections=[(one, _section_url(found, text, one.id), one.id in read, one is here) for one in text.sections],
        opening=number == 0,
        shown=shown,
        attempt_url=lambda question: _attempt_url(found, text, here, question),
        reading_url=page_url("learning.read", course=found.id, unit=text.id, section=here.id),
        next_url=_section_url(found, text, onwards.id) if (onwards := _following(text, here)) else None,
        regions=regions,
        regional=_regional(text, here),
        previous_url=_section_url(found, text, text.sections[number - 1].id) if number else None,
        skip_url=_unit_url(found, following[0]) if following else _course_url(found),
        document=edition.hashes.get((text.course, text.id, text.lang), ""),
        progress=progress,
        told=request.args.get("told", ""),
        keys=text.keys if _drafts() else {},
        **sources(text, (here,), edition.site.glossary.get(text.lang, ())),
        texts=_texts(standing),
        consented=bool(standing.rows and standing.rows[0].consented),
        private=PURPOSES[REFLECTIONS],
    )


def _shown(text: Unit, prompt: Prompt, standing: Standing) -> Shown:
    """A question with the last answer, where it was given to this very question and not to an earlier wording."""
    shown = Shown(prompt, learning.arrangement(prompt, _seed(text)))
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


def _seed(text: Unit) -> str:
    """Fixed for a person and a unit; visitors, of whom nothing is known, all see the same order."""
    who = doors.viewer()
    return learning.seed(current_app.config["ELEARN_SECRET"], who.id, text.course, text.id) if who else ""


def _reasons(edition: Published, found: Course, progress: CourseProgress) -> list[tuple[str, str]]:
    return [(_reason(edition, found, progress, one), _reason_url(edition, found, one)) for one in progress.missing]


def _reason(edition: Published, found: Course, progress: CourseProgress, one: Missing) -> str:
    text = edition.unit(found.id, one.unit, language())
    if text is None:
        return one.unit
    here = text.section(one.section)
    where = f"{text.title} – {here.title}" if here else text.title
    if one.code == "section":
        return _("%(where)s : section pas encore lue", where=where)
    if one.code == "question":
        return _("%(where)s : question de sécurité, à réussir pour terminer", where=where)
    unit = progress.units[one.unit]
    return _(
        "%(where)s : question à reprendre (%(score)s %% pour l'instant, %(mark)s %% pour terminer l'unité)",
        where=where,
        score=unit.score,
        mark=unit.pass_mark,
    )


def _reason_url(edition: Published, found: Course, one: Missing) -> str:
    return page_url(
        "learning.section", course=found.id, unit=one.unit, section=one.section, _anchor=one.question or None
    )


def _card(edition: Published, found: Course, row: Any) -> Card:
    units = edition.shown_units(found, language(), _drafts())
    standing = Standing([row], facts_from_state(row.state), True) if row else NOWHERE
    progress = _progress(edition, found, standing) if row else None
    return Card(
        course=found,
        title=in_language(found.title, language()),
        summary=in_language(found.summary, language()),
        units=len(units),
        minutes=sum(unit.minutes for unit in units),
        url=_course_url(found),
        progress=progress,
        resume_url=_resume_url(edition, found, standing, progress) if progress else None,
        reviewed=all(review.by for review in found.reviews),
    )


def _resume_url(edition: Published, found: Course, standing: Standing, progress: CourseProgress) -> str | None:
    """The unit left last, where it is not done; else the first that is not; none when all is done."""
    open_units = [unit for unit in progress.counted if not progress.units[unit].done]
    last = standing.last[0]
    if not open_units:
        return None
    name = last if last in open_units else open_units[0]
    missing = progress.units[name].missing
    if all(one.code != "section" for one in missing):
        return _reason_url(edition, found, missing[0])
    return page_url("learning.unit", course=found.id, unit=name)


def _progress(edition: Published, found: Course, standing: Standing) -> CourseProgress:
    who = doors.require_viewer()
    units = learning.drawn_units(edition, found, current_app.config["ELEARN_SECRET"], who.id)
    return course_progress(found, units, standing.facts)


def _overview() -> dict[str, Any]:
    who = doors.viewer()
    if who is None:
        return {}
    with db.engine.connect() as connection:
        return {row.course: row for row in overview(connection, who.id)}


def _standing(found: Course, text: Unit | None = None) -> Standing:
    who = doors.viewer()
    if who is None:
        return NOWHERE
    with db.engine.connect() as connection:
        rows = place(connection, who.id, found.id, text.id if text else "")
    return Standing(rows, facts_from_state(rows[0].state), True) if rows else NOWHERE


def _asker() -> learning.Asker:
    form = request.form.get("idempotency_key", "")
    if not FORM_KEY.fullmatch(form):
        abort(400, "form")
    config = current_app.config
    return learning.Asker(doors.require_viewer().id, language(), now(), form, config["ELEARN_SECRET"])


def _revision() -> int:
    """Of the private text that the page showed; 0 where there was none."""
    posted = request.form.get("revision", "")
    return int(posted) if posted.isascii() and posted.isdigit() and len(posted) < 9 else 0


def _still_counts(edition: Published, text: Unit, asked: Unit, prompt: Prompt) -> bool:
    """Is the question as it was shown still asked so, or was it until the length of a session ago?

    A key that was corrected must not go on opening doors; someone who was answering is not sent back.
    """
    current = edition.unit(text.course, text.id, asked.lang) or text
    same = current.fingerprints.get(prompt.id) == asked.fingerprints.get(prompt.id)
    return same or now() - edition.published_at < SESSION


def _section_of(text: Unit, name: str, question: str) -> Section:
    """The section of the address; where it was renamed meanwhile, the one that holds the question now."""
    holds = (one for one in text.sections if any(prompt.id == question for prompt in one.prompts))
    return text.section(name) or next(holds, None) or text.sections[0]


def _shelf() -> Shelf:
    found: Shelf = current_app.extensions["shelf"]
    return found


def _edition() -> Published:
    who = doors.viewer()
    found = _shelf().current(who.edition if who else None)
    if found is None:
        abort(503, "edition")
    return found


def _drafts() -> bool:
    return bool(current_app.config["ELEARN_PREVIEW"])


def _course(edition: Published, name: str) -> Course:
    found = edition.courses.get(name) or abort(404)
    if not found.open and doors.viewer() is None:
        abort(401)
    return found


def _unit(edition: Published, found: Course, name: str) -> Unit:
    """The unit as the viewer is asked it."""
    return _drawn(_whole_unit(edition, found, name))


def _drawn(text: Unit) -> Unit:
    if _drafts():
        return undrawn(text)
    who = doors.viewer()
    return learning.drawn_unit(text, current_app.config["ELEARN_SECRET"], who.id if who else None)


def _whole_unit(edition: Published, found: Course, name: str) -> Unit:
    text = edition.unit(found.id, name, language()) if name in found.units else None
    if text is None or (text.status != "published" and not _drafts()):
        abort(404)
    return text


def _source(edition: Published, text: Unit) -> Unit:
    return edition.units[text.course, text.id, edition.site.source_language]


def _following(text: Unit, here: Section) -> Section | None:
    """Where « Continuer » leads: the next section that is meant for the reader's region."""
    after = text.sections[text.sections.index(here) + 1 :]
    return next((one for one in after if regions.meant_for_me(one.regions)), None)


def _regional(text: Unit, here: Section) -> bool:
    """Does this page say something by region? The first one stands for the sections that may be passed over."""
    passed_over = here is text.sections[0] and any(one.regions for one in text.sections)
    return passed_over or bool(here.regions) or any(asked.regions for asked in here.prompts)


def _section(text: Unit, name: str) -> Section:
    return text.section(name) or abort(404)


def _course_url(found: Course, told: str | None = None) -> str:
    return page_url("learning.course", course=found.id, told=told)


def _attempt_url(found: Course, text: Unit, here: Section, question: str) -> str:
    where = {"course": found.id, "unit": text.id, "section": here.id, "question": question}
    return page_url("learning.attempt", **where, _anchor=question)


def _unit_url(found: Course, text: Unit) -> str:
    return page_url("learning.unit", course=found.id, unit=text.id)


def _section_url(found: Course, text: Unit, name: str, told: str | None = None, anchor: str | None = None) -> str:
    return page_url("learning.section", course=found.id, unit=text.id, section=name, told=told, _anchor=anchor)


def _refusal(code: str) -> str:
    messages = {
        "empty": _("Choisissez une réponse, puis vérifiez."),
        "no_opinion": _("Choisissez une réponse d'abord, ou continuez sans répondre."),
        "places_empty": _("Donnez sa place à chaque élément, puis vérifiez."),
        "pairs_empty": _("Choisissez au moins une lettre, puis vérifiez."),
        "nothing_written": _("Écrivez une réponse, puis vérifiez."),
        "gaps_empty": _("Complétez au moins un trou, puis vérifiez."),
        "not_a_number": _(
            "Écrivez un nombre en chiffres, par exemple 12 ou 2,5. Ce que vous avez écrit reste affiché."
        ),
        "too_long_answer": _("La réponse est trop longue : 200 signes au plus. Elle reste affichée ici."),
        "no words": _("Écrivez quelques mots, puis gardez-les."),
        "place_taken_twice": _("La même place est donnée deux fois : chaque élément a la sienne."),
        "unknown_position": _("Cette réponse ne correspond pas à la question affichée : choisissez à nouveau."),
        "too_long_path": _("Ce chemin est très long : reprenez la situation depuis le début."),
        "too_long": _("Le texte est trop long : 20 000 signes au plus. Il reste affiché ici, rien n'est perdu."),
        "bad_text": _("Le texte contient un signe qui ne peut pas être gardé. Il reste affiché ici."),
        "changed": _("Cette question a changé depuis : relisez-la, puis répondez à nouveau."),
        "stale": _("Ce texte a changé ailleurs (autre onglet, autre appareil). Les deux sont ci-dessous."),
        "consent": _("Cochez la case sous votre texte pour qu'il soit gardé. Il reste affiché ici, rien n'est perdu."),
        "sealed": _("Le texte gardé est illisible pour l'instant : rien n'a été remplacé. Copiez celui-ci ailleurs."),
        "away": _("Ce n'est pas encore gardé : le site est occupé. Votre réponse est toujours là, réessayez."),
        "session": _(
            "La connexion est fermée. Ce que vous avez écrit est encore ici : reconnectez-vous dans un nouvel onglet, "
            "revenez à cette page, puis appuyez à nouveau sur le bouton."
        ),
        "again": _(
            "Cette page datait d'avant votre connexion. Votre réponse est toujours là : "
            "appuyez à nouveau sur le bouton."
        ),
        "other": _(
            "Cette page a déjà envoyé une autre réponse, qui est gardée. "
            "Appuyez à nouveau sur le bouton pour donner celle-ci aussi."
        ),
    }
    return messages.get(code, messages["unknown_position"])
