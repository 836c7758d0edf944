"""Who is where in the course of a cohort: members by name, units, a word each. Never answers, marks, texts nor time.

The pages belong to the blueprint of cohorts.py, as those of invitations.py do.
"""

from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, render_template

from elearn.core.passwords import search_key
from elearn.core.spreadsheet import csv_text
from elearn.store import cohorts as store
from elearn.store.base import db
from elearn.web import doors
from elearn.web.cohorts import current_edition, here, leader, members_paged, titles
from elearn.web.i18n import _, language
from elearn.web.invitations import bp as bp
from elearn.web.whereabouts import BEGUN, DONE, OPEN, Whereabouts, whereabouts

AT_ONCE = 200


@dataclass(frozen=True)
class Column:
    unit: str
    title: str
    lang: str
    exam: bool


@bp.get("/<string(length=26):cohort>/progress")
@doors.allowed_to("lead cohorts")
def progress(cohort: str) -> str:
    edition = current_edition()
    with db.engine.connect() as connection:
        found = here(store.cohort(connection, leader(), cohort), "cohort")
        listed = members_paged(connection, found.id)
        where = whereabouts(connection, edition, found.course, listed.rows)
    title = titles().get(found.course, found.course)
    return render_template(
        "cohorts/progress.html",
        cohort=found,
        title=title,
        listed=listed,
        where=where,
        columns=_columns(found.course),
        said=_words(),
    )


@bp.get("/<string(length=26):cohort>/progress.csv")
@doors.allowed_to("lead cohorts")
def progress_sheet(cohort: str) -> Response:
    """The same for every member, as a file for a spreadsheet."""
    edition, said = current_edition(), _words()
    with db.engine.connect() as connection:
        found = here(store.cohort(connection, leader(), cohort), "cohort")
        rows = sorted(store.members(connection, found.id), key=lambda row: (search_key(row.chosen_name), row.uid))
        where: dict[int, Whereabouts] = {}
        for start in range(0, len(rows), AT_ONCE):
            where |= whereabouts(connection, edition, found.course, rows[start : start + AT_ONCE])
    columns = _columns(found.course)
    header = [_("Nom affiché"), _("Là depuis"), *(one.title for one in columns), _("Unités terminées"), _("Terminé le")]
    lines = [_line(row, where[row.id], columns, said) for row in rows]
    answer = current_app.response_class(csv_text(header, lines).encode("utf-8-sig"), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="progress.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _columns(course: str) -> list[Column]:
    """The units that count, in the order of the rule."""
    edition = current_edition()
    held = edition.courses.get(course)
    if held is None:
        return []
    shown = {unit.id: unit for unit in edition.shown_units(held, language())}
    ruled = dict.fromkeys((*held.rule.units, held.rule.exam))
    units = [shown[name] for name in ruled if name in shown]
    return [Column(unit.id, unit.title, unit.lang, unit.exam) for unit in units]


def _words() -> dict[tuple[bool, str], str]:
    """(is it an exam, state) -> a word."""
    return {
        (False, OPEN): _("pas commencée"),
        (False, BEGUN): _("commencée"),
        (False, DONE): _("terminée"),
        (True, OPEN): _("pas encore passé"),
        (True, BEGUN): _("pas encore réussi"),
        (True, DONE): _("réussi"),
    }


def _line(row: Any, where: Whereabouts, columns: list[Column], said: dict[tuple[bool, str], str]) -> list[Any]:
    states = [said[one.exam, where.states.get(one.unit, OPEN)] for one in columns]
    ended = where.completed_at.date().isoformat() if where.completed_at else ""
    return [row.chosen_name, row.joined_at.date().isoformat(), *states, where.done, ended]
