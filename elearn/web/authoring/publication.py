"""Publishing: what would change, what to do with answers given before, and the deed. Withdrawing a unit, at once."""

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request

from elearn.core.changes import DECISIONS, KEEP, SAME, Change, needing_decision
from elearn.core.course import Unit
from elearn.core.writable import UNIT_TEXT
from elearn.services import writing
from elearn.services.publishing import prepare
from elearn.services.writing import Deed, Desk, Proposal
from elearn.store.base import now
from elearn.web import doors
from elearn.web.addresses import page_url
from elearn.web.authoring import parts
from elearn.web.authoring.parts import bp
from elearn.web.i18n import _, language

NOTE = 300


@dataclass(frozen=True)
class Asking:
    """What the page shows. `found`: units, their ids and their changes; `asked`: what needs a decision; `stale`: was
    something saved after the page was shown."""

    scope: str
    proposed: Proposal
    found: list[tuple[Unit | None, str, list[Change]]]
    asked: tuple[Change, ...]
    note: str = ""
    stale: bool = False
    problems: tuple[Any, ...] = ()


@bp.get("/publication")
@doors.allowed_to("write content")
def publishing() -> str:
    there, scope = parts.desk(), parts.scope()
    return _page(there, _asking(there, scope))


@bp.post("/publications")
@doors.allowed_to("write content")
def publish() -> Any:
    there, scope = parts.desk(), parts.scope()
    asking = _asking(there, scope, parts.posted("note", NOTE))
    if request.form.get("base") != asking.proposed.digest:
        return _page(there, _asking(there, scope, asking.note, stale=True)), 409
    decisions = {one.key: _decision(one) for one in asking.asked}
    deed = Deed(doors.require_viewer().id, now(), asking.note, decisions)
    try:
        outcome = writing.put_in_force(parts.settings(), asking.proposed, deed)
    except writing.StaleBase:
        there = parts.desk()
        return _page(there, _asking(there, scope, asking.note, stale=True)), 409
    if parts.errors(outcome.problems):
        return _page(parts.desk(), _asking(there, scope, asking.note, problems=outcome.problems)), 422
    return redirect(page_url("authoring.index", told="published" if outcome.changed else "same"), 303)


@bp.post("/withdrawals")
@doors.allowed_to("write content")
def withdraw() -> Any:
    there, scope = parts.desk(), parts.scope()
    if not scope:
        doors.missing("unit")
    before = parts.published()
    deed = Deed(doors.require_viewer().id, now(), _note(there, scope))
    outcome = writing.bring(parts.settings(), lambda: (writing.withdrawal(parts.desk(), scope, now().date()), ()), deed)
    if parts.errors(outcome.problems):
        return _page(there, _asking(there, "", problems=outcome.problems)), 422
    undo = before.number if before and outcome.changed else None
    return redirect(page_url("authoring.index", told="withdrawn", undo=undo), 303)


def _note(there: Desk, scope: str) -> str:
    """What the history says of a withdrawal."""
    source = there.build.site.source_language if there.build.site else ""
    return _("Retirée : %(unit)s", unit=parts.title(there, f"{scope}/{source}.md"))[:NOTE]


def _decision(one: Change) -> str:
    said = request.form.get(f"decision-{one.key}", KEEP)
    return said if said in DECISIONS else KEEP


def _asking(there: Desk, scope: str, note: str = "", stale: bool = False, problems: tuple[Any, ...] = ()) -> Asking:
    proposed = writing.proposal(there, scope, now().date(), whole_site=parts.whole_site())
    ready = prepare(proposed.files, parts.settings().instance, now(), proposed.added, kept=writing.KEPT)
    every = [one for one in ready.changes if one.kind != SAME]
    titles = {(one.course, one.id): one for one in proposed.build.units.values() if one.lang == _source(proposed)}
    found: dict[tuple[str, str], list[Change]] = {}
    for one in every:
        found.setdefault((one.course, one.unit), []).append(one)
    listed = [(titles.get(where), where[1], ones) for where, ones in found.items()]
    return Asking(scope, proposed, listed, needing_decision(every), note, stale, problems or ready.problems)


def _source(proposed: Proposal) -> str:
    return proposed.build.site.source_language if proposed.build.site else ""


def _page(there: Desk, asking: Asking) -> str:
    blocking = parts.told(parts.errors(asking.problems), there)
    first = _text(there, asking.scope)
    advice = [one for one in asking.proposed.build.problems if one.path in asking.proposed.changed]
    return render_template(
        "authoring/publication.html",
        asking=asking,
        advice=parts.told(advice, there),
        title=parts.title(there, first) if first else "",
        first=first,
        blocking=blocking,
        drafts=sorted(asking.proposed.changed),
        kinds=_kinds(),
        parts_words=_parts_words(),
        truths={"true": _("oui"), "false": _("non")},
        whole=not asking.scope,
    )


def _text(there: Desk, scope: str) -> str:
    """The text of a unit in the language of the page, else in another; empty for everything."""
    found = [
        path for path in sorted(there.files) if scope and path.startswith(scope + "/") and UNIT_TEXT.fullmatch(path)
    ]
    spoken = f"{scope}/{language()}.md"
    return spoken if spoken in found else next(iter(found), "")


def _kinds() -> dict[str, tuple[str, str, str]]:
    """Class of a change -> its name, the look of its badge, and what it means for people who answered already."""
    return {
        "T": (_("Mots"), "", _("Les réponses données restent comme elles sont.")),
        "C": (_("Corrigé"), "again", _("Ce qui est juste a changé : dites plus bas quoi faire des réponses données.")),
        "S": (_("Refaite"), "again", _("La question n'est plus la même : les réponses données ne comptent plus ici.")),
        "N": (_("Nouvelle"), "good", _("Elle sera à faire par qui n'a pas encore terminé.")),
        "R": (_("Retirée"), "again", _("Les réponses données restent dans les dossiers, mais ne comptent plus.")),
    }


def _parts_words() -> dict[str, str]:
    return {
        "title": _("Titre"),
        "stem": _("Énoncé"),
        "item": _("Réponse proposée"),
        "target": _("Case à relier"),
        "hint": _("Indice"),
        "feedback": _("Remarque"),
        "explanation": _("Explication"),
        "sample": _("Exemple de réponse"),
        "accepted": _("Mots acceptés"),
        "piece": _("Texte"),
        "menu": _("Menu"),
        "step": _("Étape"),
        "prose": _("Texte"),
        "summary": _("Résumé"),
        "right": _("Ce qui est juste"),
        "points": _("Points"),
        "must_pass": _("Question de sécurité"),
        "partial": _("Points pour chaque partie juste"),
        "bounds": _("Nombres acceptés"),
        "leads": _("Où mène chaque choix"),
        "worth": _("Points de chaque fin"),
        "exam": _("Examen"),
        "sittings": _("Tentatives permises"),
    }
