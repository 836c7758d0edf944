"""An answer: marked against the question as it was shown, kept for a signed-in person, shown to a visitor."""

import datetime as dt
import re
from dataclasses import replace
from typing import Any

from flask import abort, redirect, request
from sqlalchemy.exc import DBAPIError

from elearn.core.course import Section, Unit
from elearn.core.questions import KINDS
from elearn.core.questions.base import Key, Prompt, Shown, UnreadableResponse
from elearn.core.sealing import BrokenSeal
from elearn.services import consents, learning, reflections
from elearn.store.base import now
from elearn.store.editions import Published
from elearn.web import doors
from elearn.web.i18n import _
from elearn.web.learning.parts import (
    NOWHERE,
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


REFUSED: dict[type[Exception], tuple[str, int]] = {
    learning.OtherForm: ("other", 409),
    reflections.StaleBase: ("stale", 409),
    consents.NotGiven: ("consent", 422),
    BrokenSeal: ("sealed", 409),
    DBAPIError: ("away", 503),
}
"""What keeps an answer from being kept -> the message beside the field, and the status. What was typed stays."""


@bp.post("/<course>/<unit>/<section>/<question>/attempts")
@doors.public
@doors.keeps_what_was_typed
def attempt(course: str, unit: str, section: str, question: str) -> Any:
    """One answer: marked against the question as it was shown, kept for a signed-in person, shown to a visitor."""
    edition = current_edition()
    found = course_named(edition, course)
    text = unit_named(edition, found, unit)
    document = request.form.get("document", "")
    asked = shelf().unit_document(document) if DIGEST.fullmatch(document) else None
    if asked is None or (asked.course, asked.id) != (found.id, text.id):
        abort(400, "document")
    asked = as_asked(asked)
    prompt = asked.prompt(question) or abort(404)
    here = _section_of(text, section, question)
    who = doors.viewer()
    posted = {name: request.form.getlist(name) for name in request.form}
    shown = Shown(prompt, learning.arrangement(prompt, seed_of(text)))
    at = learning.Place(edition, found, source_unit(edition, text), here.id)
    try:
        if doors.stale_form():
            raise UnreadableResponse("session" if who is None else "again")
        if KINDS[prompt.kind].scored and not _still_counts(edition, text, asked, prompt):
            shown = shown_to(text, text.prompt(question) or prompt, NOWHERE)
            raise UnreadableResponse("changed")
        if prompt.kind == "reflection":
            if who is None:
                abort(400, "reflection")
            words = "" if request.form.get("erase") else KINDS["reflection"].read_text(posted)
            agreed = request.form.get("consent") == "yes"
            learning.write_reflection(asker(), at, prompt, document, words, _revision(), agreed)
            return redirect(section_url(found, text, here.id, told="kept" if words else "erased", anchor=question), 303)
        response = KINDS[prompt.kind].read(prompt, posted, shown.arrangement)
        key = asked.keys[question]
        if not KINDS[prompt.kind].finished(key, response):
            return page(edition, found, text, here, standing_in(found, text), _begun(shown, key, response))
        mark = KINDS[prompt.kind].mark(key, response)
        if who is not None:
            given = learning.Answer(prompt, document, asked.fingerprints[question], response, mark)
            learning.answer(asker(), at, given)
            return redirect(section_url(found, text, here.id, anchor=question), 303)
        review = KINDS[prompt.kind].explain(key, response, mark)
        shown = replace(shown, response=response, mark=mark, review=review)
        return page(edition, found, text, here, standing_in(found, text), shown)
    except UnreadableResponse as problem:
        code = NOTHING.get(prompt.kind, "empty") if problem.code == "empty" else problem.code
        posted = {} if code == "changed" else posted
        shown = _refused(shown, asked, code, posted)
        return page(edition, found, text, here, standing_in(found, text), shown), 422
    except (learning.OtherForm, reflections.StaleBase, consents.NotGiven, BrokenSeal, DBAPIError) as problem:
        code, status = REFUSED[type(problem) if type(problem) in REFUSED else DBAPIError]
        shown = _refused(shown, asked, code, posted)
        if status == 503:
            shown = replace(shown, form_key=request.form.get("idempotency_key", ""))
        where = NOWHERE if status == 503 else standing_in(found, text)
        headers = [("Retry-After", "5")] if status == 503 else []
        return page(edition, found, text, here, where, shown), status, headers


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
