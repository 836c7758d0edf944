"""Help lines to check: oldest first, and a button that notes who found a line right today."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import current_app, redirect, render_template, request, url_for

from elearn.core.course import HelpLine, in_language
from elearn.core.help_lines import fingerprint
from elearn.core.listing import MOST, search_words, typed
from elearn.core.passwords import search_key
from elearn.services import help_lines
from elearn.services.accounts import Unacceptable
from elearn.store import upkeep
from elearn.store.base import db
from elearn.store.editions import Shelf
from elearn.web import doors
from elearn.web.administration.parts import asked_sheet, bp, by
from elearn.web.i18n import _, language

MESSAGES = {
    "needed": lambda: _("Écrivez le nom de la personne qui a vérifié."),
    "long": lambda: _("Au plus 80 signes."),
    "characters": lambda: _("Ce nom contient un signe invisible : écrivez-le à nouveau."),
}
NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True)
class Row:
    """A line with its newest check; `at` None where nobody checked it as it reads now."""

    line: HelpLine
    id: str
    at: dt.datetime | None
    checked_by: str


@bp.get("/help-lines")
@doors.allowed_to("check help lines")
def help_lines_list() -> str:
    return _page()


@bp.post("/help-lines/<id>/checks")
@doors.allowed_to("check help lines")
def check_help_line(id: str) -> Any:
    line = next((line for line in _lines() if fingerprint(line) == id), None) or doors.missing("help line")
    name = request.form.get("name", "")
    try:
        help_lines.check(line, name, by(), current_app.config["ELEARN"].instance)
    except Unacceptable as problem:
        return _page(id, name, MESSAGES[problem.code]()), 422
    return redirect(url_for(".help_lines_list", q=_q() or None, page=request.args.get("page")), 303)


def _page(refused: str = "", name: str = "", error: str = "") -> str:
    words = search_words(_q())
    with db.engine.connect() as connection:
        checks = upkeep.help_line_checks(connection)
    rows = sorted(
        (_row(line, checks) for line in _lines() if _has(line, words)),
        key=lambda row: (row.at or NEVER, row.line.region, row.line.order),
    )
    sheet = asked_sheet(len(rows))
    return render_template(
        "administration/help_lines.html",
        rows=rows[sheet.offset : sheet.offset + MOST],
        sheet=sheet,
        chosen={"q": _q() or None},
        refused=refused,
        typed=name,
        error=error,
        here=url_for(".help_lines_list", q=_q() or None),
    )


def _q() -> str:
    return typed(request.args.get("q", ""))


def _lines() -> tuple[HelpLine, ...]:
    shelf: Shelf = current_app.extensions["shelf"]
    edition = shelf.current(doors.require_viewer().edition)
    return edition.site.help_lines if edition else ()


def _has(line: HelpLine, words: tuple[str, ...]) -> bool:
    key = search_key(line.region, in_language(line.name, language()), line.tel, line.sms)
    return all(word in key for word in words)


def _row(line: HelpLine, checks: dict[str, tuple[dt.datetime, str]]) -> Row:
    id = fingerprint(line)
    at, checked_by = checks.get(id, (None, ""))
    return Row(line, id, at, checked_by)
