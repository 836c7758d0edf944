"""Where an admin begins: what needs attention now, and the way to each page."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template

from elearn.core.help_lines import fingerprint
from elearn.store import mail, people, upkeep
from elearn.store.base import db, now
from elearn.store.editions import Shelf
from elearn.web import doors
from elearn.web.administration.parts import bp
from elearn.web.i18n import _, ngettext

LATE = dt.timedelta(hours=26)
"""A daily backup that is so old did not run."""


@dataclass(frozen=True)
class Card:
    """`alert`: what needs attention, in words; empty where nothing does."""

    title: str
    about: str
    endpoint: str
    alert: str = ""


Facts = Mapping[str, Any]

CARDS: tuple[Callable[[Facts], Card], ...] = (
    lambda facts: Card(
        _("Personnes"),
        _("Comptes, rôles, liens de connexion à remettre."),
        "administration.people_list",
        ngettext(
            "%(num)d compte d'administration n'a pas encore de second facteur.",
            "%(num)d comptes d'administration n'ont pas encore de second facteur.",
            facts["admins"],
        )
        if facts["admins"]
        else "",
    ),
    lambda facts: Card(
        _("Lignes d'aide"),
        _("Les numéros de la page d'aide, et qui les a vérifiés quand."),
        "administration.help_lines_list",
        ngettext(
            "%(num)d ligne n'est pas encore vérifiée.",
            "%(num)d lignes ne sont pas encore vérifiées.",
            facts["unchecked"],
        )
        if facts["unchecked"]
        else "",
    ),
    lambda facts: Card(
        _("Relectures"),
        _("Qui a relu les cours pour ce site, et ce qui attend encore."),
        "administration.readings_list",
        ngettext("%(num)d relecture est encore attendue.", "%(num)d relectures sont encore attendues.", facts["owed"])
        if facts["owed"]
        else "",
    ),
    lambda facts: Card(
        _("Courrier"),
        _("Les messages du site : en attente, envoyés, pas partis."),
        "administration.outbox_list",
        ngettext("%(num)d message n'est pas parti.", "%(num)d messages ne sont pas partis.", facts["failed"])
        if facts["failed"]
        else "",
    ),
    lambda facts: Card(
        _("Sauvegardes"),
        _("Les copies du site et leur dernier essai."),
        "administration.backups_list",
        _late(facts["backup"], facts["at"]),
    ),
    lambda _facts: Card(
        _("Organisations"),
        _("Qui tient les cours, et qui répond de la vie privée."),
        "administration.organisations_list",
    ),
    lambda _facts: Card(
        _("Journal"), _("Qui a fait quoi, et quand ; jamais ce qui est écrit."), "administration.audit_log"
    ),
)


@bp.get("/")
@doors.allowed_to("manage people")
def index() -> str:
    shelf: Shelf = current_app.extensions["shelf"]
    edition = shelf.current(doors.require_viewer().edition)
    lines = edition.site.help_lines if edition else ()
    courses = edition.courses.values() if edition else ()
    with db.engine.connect() as connection:
        checked = upkeep.help_line_checks(connection)
        facts: Facts = {
            "at": now(),
            "unchecked": sum(fingerprint(line) not in checked for line in lines),
            "owed": sum(not one.by for course in courses for one in course.reviews),
            "failed": mail.counts(connection).get("failed", 0),
            "backup": upkeep.note(connection, "backup"),
            "admins": people.admins_without_factor(connection),
        }
    return render_template("administration/index.html", cards=[card(facts) for card in CARDS])


def _late(backup: tuple[str, dt.datetime] | None, at: dt.datetime) -> str:
    if backup is None:
        return _("Pas encore de sauvegarde.")
    return _("Aucune sauvegarde depuis plus de 26 heures.") if at - backup[1] > LATE else ""
