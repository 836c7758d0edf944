"""An answer: marked against the question as it was shown, kept for a signed-in person, shown to a visitor.

Here too: which question a form is about, and what is said where nothing could be kept.
"""

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, redirect, request
from sqlalchemy.exc import DBAPIError

from elearn.core import feedback
from elearn.core.begun import Base, fields_of, read_base
from elearn.core.course import Course, Section, Unit
from elearn.core.questions import KINDS
from elearn.core.questions.base import Key, Prompt, Shown, UnreadableResponse
from elearn.core.sealing import BrokenSeal
from elearn.services import consents, drafts, learning, reflections
from elearn.store.base import now
from elearn.store.editions import Published
from elearn.web import doors
from elearn.web.i18n import _, ngettext
from elearn.web.learning.parts import (
    AWAY,
    as_asked,
    asker,
    bp,
    course_named,
    current_edition,
    section_url,
    seed_of,
    shelf,
    source_unit,
    standing_in,
    unit_named,
)
from elearn.web.learning.sections import page, shown_to
from elearn.web.learning.versions import beside

DIGEST = re.compile(r"[0-9a-f]{64}")


SESSION = dt.timedelta(hours=12)


NOTHING = {
    "reflection": "no words",
    "survey": "no_opinion",
    "scale": "no_opinion",
    "ordering": "places_empty",
    "matching": "pairs_empty",
}
"""Kind -> what is said where nothing was answered, unless it is « Choisissez une réponse »."""


LONGEST_TOLD = 500
"""Signs of an address."""


class LeftEmpty(UnreadableResponse):
    """Some places hold nothing: said before anything is marked, once."""

    def __init__(self, count: int) -> None:
        super().__init__("left_empty")
        self.count = count


REFUSED: dict[type[Exception], tuple[str, int]] = {
    learning.OtherForm: ("other", 409),
    learning.OtherAnswer: ("elsewhere", 409),
    drafts.StaleDraft: ("begun_elsewhere", 409),
    reflections.StaleBase: ("stale", 409),
    consents.NotGiven: ("consent", 422),
    BrokenSeal: ("sealed", 409),
    DBAPIError: ("away", 503),
}
"""What keeps an answer from being kept -> the message beside the field, and the status. What was typed stays."""


CANNOT: tuple[type[Exception], ...] = (UnreadableResponse, *REFUSED)
BOTH = {"other", "elsewhere", "begun_elsewhere"}
"""Messages beside which both versions are shown; but for the last, the other one is an answer that was given."""


@dataclass(frozen=True)
class Asked:
    """The question that a form is about: `unit` and `prompt` as they were shown, `text` as it is now, and where."""

    edition: Published
    course: Course
    text: Unit
    here: Section
    unit: Unit
    prompt: Prompt
    document: str

    @property
    def shown(self) -> Shown:
        return Shown(self.prompt, learning.arrangement(self.prompt, seed_of(self.text)))

    @property
    def place(self) -> learning.Place:
        return learning.Place(self.edition, self.course, source_unit(self.edition, self.text), self.here.id)

    def page(self, shown: Shown) -> str:
        return page(self.edition, self.course, self.text, self.here, standing_in(self.course, self.text), shown)


@bp.post("/<course>/<unit>/<section>/<question>/attempts")
@doors.public
@doors.keeps_what_was_typed
def attempt(course: str, unit: str, section: str, question: str) -> Any:
    """One answer: marked against the question as it was shown, kept for a signed-in person, shown to a visitor."""
    it = asked_about(course, unit, section, question)
    prompt, who, posted, shown = it.prompt, doors.viewer(), everything_posted(), it.shown
    try:
        if doors.stale_form():
            raise UnreadableResponse("session" if who is None else "again")
        if KINDS[prompt.kind].scored and not _still_counts(it):
            shown = shown_to(it.edition, it.text, it.text.prompt(question) or abort(410, "withdrawn"), AWAY)
            raise UnreadableResponse("changed")
        if prompt.kind == "reflection":
            if who is None:
                abort(400, "reflection")
            words = "" if request.form.get("erase") else KINDS["reflection"].read_text(posted)
            agreed = request.form.get("consent") == "yes"
            learning.write_reflection(asker(), it.place, prompt, it.document, words, revision_posted(), agreed)
            told = "kept" if words else "erased"
            return redirect(section_url(it.course, it.text, it.here.id, told=told, anchor=question), 303)
        response = KINDS[prompt.kind].read(prompt, posted, shown.arrangement)
        key = it.unit.keys[question]
        kind, sure = KINDS[prompt.kind], feedback.confidence(prompt, posted)
        shown = replace(shown, tried=kind.tried(prompt, key, posted, response))
        if not kind.finished(key, response):
            if who is not None:
                fields = fields_of({"path": [".".join(map(str, response))]})
                learning.keep_answer(asker(), it.place, question, it.document, fields, base_posted() or Base())
            return it.page(_begun(shown, key, response))
        if (left := kind.left_empty(response)) and not posted.get("even_so"):
            raise LeftEmpty(left)
        mark = kind.mark(key, response)
        if who is not None:
            given = learning.Answer(prompt, it.document, it.unit.fingerprints[question], response, mark, sure)
            learning.answer(asker(), it.place, given, base_posted())
            tried = _tried_elsewhere(shown, kind.tried(prompt, key, {}, response))
            return redirect(section_url(it.course, it.text, it.here.id, anchor=question, tried=tried), 303)
        review = kind.explain(key, response, mark)
        return it.page(replace(shown, response=response, mark=mark, review=review, best=mark.fraction, sure=sure))
    except CANNOT as problem:
        return refused(it, shown, posted, problem)


def asked_about(course: str, unit: str, section: str, question: str) -> Asked:
    """400 where the form names no unit as it was once shown, 404 where that asks no such question."""
    edition = current_edition()
    found = course_named(edition, course)
    text = unit_named(edition, found, unit)
    document = request.form.get("document", "")
    asked = shelf().unit_document(document) if DIGEST.fullmatch(document) else None
    if asked is None or (asked.course, asked.id) != (found.id, text.id):
        abort(400, "document")
    asked = as_asked(asked)
    prompt = asked.prompt(question) or abort(404)
    return Asked(edition, found, text, _section_of(text, section, question), asked, prompt, document)


def everything_posted() -> dict[str, list[str]]:
    return {name: request.form.getlist(name) for name in request.form}


def base_posted() -> Base | None:
    """What the page knew of the question, where it says so."""
    return read_base(request.form.get("base", ""))


def revision_posted() -> int:
    """Of the private text that the page showed; 0 where there was none."""
    posted = request.form.get("revision", "")
    return int(posted) if posted.isascii() and posted.isdigit() and len(posted) < 9 else 0


def refused(
    it: Asked, shown: Shown, posted: dict[str, list[str]], problem: Exception
) -> tuple[str, int] | tuple[str, int, list[tuple[str, str]]]:
    """The page with what was posted, why it was not kept and, where something else was kept elsewhere, that too."""
    if isinstance(problem, UnreadableResponse):
        code = NOTHING.get(it.prompt.kind, "empty") if problem.code == "empty" else problem.code
        posted = {} if code == "changed" else posted
        shown = _refused(shown, it.unit, code, posted)
        if isinstance(problem, LeftEmpty):
            shown = replace(shown, error=_left_empty(problem.count), left_empty=problem.count)
        return it.page(shown), 422
    code, status = next(said for kind, said in REFUSED.items() if isinstance(problem, kind))
    shown = _refused(shown, it.unit, code, posted)
    if status == 503:
        shown = replace(shown, form_key=request.form.get("idempotency_key", ""))
        return page(it.edition, it.course, it.text, it.here, AWAY, shown), status, [("Retry-After", "5")]
    where = standing_in(it.course, it.text)
    if code in BOTH:
        shown = beside(shown, it.text, where, given=code != "begun_elsewhere")
    return page(it.edition, it.course, it.text, it.here, where, shown), status


def _tried_elsewhere(shown: Shown, now_gone: frozenset[tuple[int, int]]) -> str | None:
    """What the next page has to be told of a scenario: the choices tried on other ways than the one that it shows."""
    told = ".".join(f"{step}-{choice}" for step, choice in sorted(shown.tried - now_gone))
    return told if 0 < len(told) < LONGEST_TOLD else None


def _left_empty(count: int) -> str:
    return ngettext(
        "Il reste %(num)d case vide : complétez-la, ou vérifiez quand même avec le même bouton.",
        "Il reste %(num)d cases vides : complétez-les, ou vérifiez quand même avec le même bouton.",
        count,
    )


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
    base = base_posted() if posted else None
    text = (posted.get("text") or [""])[0]
    return replace(shown, error=_refusal(code), text=text, posted=posted, base=str(base or ""))


def _still_counts(it: Asked) -> bool:
    """Is the question as it was shown still asked so, or was it until the length of a session ago?

    A key that was corrected must not go on opening doors; someone who was answering is not sent back.
    """
    name = it.prompt.id
    current = it.edition.unit(it.course.id, it.text.id, it.unit.lang) or it.text
    same = current.fingerprints.get(name) == it.unit.fingerprints.get(name)
    return same or now() - it.edition.published_at < SESSION


def _section_of(text: Unit, name: str, question: str) -> Section:
    """The section of the address; where it was renamed meanwhile, the one that holds the question now."""
    holds = (one for one in text.sections if any(prompt.id == question for prompt in one.prompts))
    return text.section(name) or next(holds, None) or text.sections[0]


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
        "elsewhere": _(
            "Vous avez répondu à cette question ailleurs (autre onglet, autre appareil). Les deux réponses sont ici, "
            "rien n'est remplacé."
        ),
        "begun_elsewhere": _(
            "Cette réponse a aussi été commencée ailleurs (autre onglet, autre appareil). Les deux sont ici, "
            "rien n'est remplacé."
        ),
    }
    return messages.get(code, messages["unknown_position"])
