"""The blueprint, and what its pages share: the desk, who does a deed, names of texts, problems in words."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, request

from elearn.config import Settings
from elearn.core.course import in_language
from elearn.core.permissions import may
from elearn.core.rules import ERROR, Problem
from elearn.core.writable import COURSE_FILE, UNIT_FOLDER, UNIT_TEXT, title_of
from elearn.services import writing
from elearn.services.writing import Desk
from elearn.store.base import now
from elearn.store.editions import Published, Shelf
from elearn.web import doors
from elearn.web.addresses import page_url
from elearn.web.i18n import _, language

bp = Blueprint("authoring", "elearn.web.authoring", url_prefix="/authoring")

GUIDE = "ecrire-une-unite"

REFUSED = {
    "name": lambda: _(
        "« %(what)s » n'est pas un nom de fichier d'ici. Servez-vous de lettres sans accent, de chiffres et de tirets, "
        "par exemple media/schema-1.png."
    ),
    "long": lambda: _("« %(what)s » dépasse 200 ko : coupez ce texte en plusieurs unités."),
    "heavy": lambda: _("« %(what)s » est trop lourd : 10 Mo au plus pour une image, 50 Mo pour un son ou une vidéo."),
    "full": lambda: _(
        "« %(what)s » n'entre plus : il y a déjà trop de brouillons. Publiez-en ou abandonnez-en, puis renvoyez-le."
    ),
    "taken": lambda: _("« %(what)s » est déjà pris : choisissez un autre identifiant."),
    "needed": lambda: _("Il manque quelque chose : « %(what)s »."),
    "unnamed": lambda: _(
        "« %(what)s » n'a pas d'en-tête avec une ligne « id: mon-unite ». Le plus simple : faites une nouvelle unité, "
        "puis collez-y votre texte sous l'en-tête."
    ),
    "word": lambda: _(
        "« %(what)s » vient d'un traitement de texte. Faites une nouvelle unité et collez-y le texte, ou "
        "enregistrez-le comme texte seul, avec un nom qui finit par .md."
    ),
    "absent": lambda: _("Le cours « %(what)s » n'existe pas ici."),
    "drafted": lambda: _(
        "« %(what)s » a déjà un brouillon, différent du vôtre. Rien n'est changé. Cochez la case pour le remplacer."
    ),
    "unreadable": lambda: _("« %(what)s » n'est ni un texte Markdown (.md, en UTF-8) ni une archive .zip d'une unité."),
    "site": lambda: _("« %(what)s » règle tout le site : seule l'administration peut le changer."),
}
"""What is said where a service refuses; `what` is the name it is about."""


@dataclass(frozen=True)
class Told:
    """A problem as it is shown beside a text."""

    line: int
    column: int
    code: str
    blocks: bool
    message: str
    path: str
    shown: str = ""
    fixable: bool = False


def settings() -> Settings:
    found: Settings = current_app.config["ELEARN"]
    return found


def desk() -> Desk:
    return writing.desk(settings(), now().date())


def whole_site() -> bool:
    """May who asks write the files that rule the site itself?"""
    return may(doors.require_viewer().role, "write the site's own files")


def published() -> Published | None:
    shelf: Shelf = current_app.extensions["shelf"]
    return shelf.current(doors.require_viewer().edition)


def guide() -> str | None:
    """Where the shipped course that teaches to write a unit is found, if this site shows it."""
    edition = published()
    return page_url("learning.course", course=GUIDE) if edition and GUIDE in edition.courses else None


def refusal(problem: writing.Refused) -> str:
    return REFUSED[problem.code]() % {"what": problem.what}


def told(problems: list[Problem], there: Desk) -> list[Told]:
    """Problems in words, each with the line it is about."""
    lines: dict[str, list[str]] = {}
    for one in problems:
        if one.path not in lines:
            lines[one.path] = (there.text(one.path) or "").split("\n")
    return [
        Told(
            one.line,
            one.column,
            one.code,
            one.severity == ERROR,
            one.message(language()),
            one.path,
            _line(lines[one.path], one.line),
            one.fixable,
        )
        for one in problems
    ]


def _line(lines: list[str], number: int) -> str:
    found = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    return found if len(found) <= 90 else found[:89] + "…"


def scope() -> str:
    """The unit folder that a form or an address is about; empty for everything. 404 for what is neither."""
    found = request.args.get("scope") or request.form.get("scope", "")
    if found and not (UNIT_FOLDER.fullmatch(found) and any(path.startswith(found + "/") for path in desk().files)):
        doors.missing("unit")
    return found


def course_title(there: Desk, folder: str) -> str:
    """The title of a course folder in the language of the page; the folder's name where its file is broken."""
    for one in there.build.courses:
        if one.id == folder:
            return in_language(one.title, language())
    body = there.files.get(f"courses/{folder}/course.yaml", b"").decode("utf-8", "replace")
    found = re.search(rf"\b{language()}:\s*[\"']?([^\"',}}\n]+)", body)
    return found[1].strip() if found else folder


def title(there: Desk, path: str) -> str:
    """What a text is called: its title, else where it stands."""
    if UNIT_TEXT.fullmatch(path):
        return title_of(there.text(path) or "") or path
    if match := COURSE_FILE.fullmatch(path):
        return course_title(there, match["course"])
    return path


def courses(there: Desk) -> list[str]:
    """Course folders, in the order of the catalogue; those that it does not know come last."""
    found = sorted({match["course"] for path in there.files if (match := COURSE_FILE.fullmatch(path))})
    known = [one.id for one in there.build.courses]
    return sorted(found, key=lambda one: known.index(one) if one in known else len(known))


def posted(name: str, longest: int) -> str:
    """One line that was typed, trimmed and bounded."""
    return " ".join(request.form.get(name, "").split())[:longest]


def errors(problems: Any) -> list[Problem]:
    return [one for one in problems if one.severity == ERROR]
