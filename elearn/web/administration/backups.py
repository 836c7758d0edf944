"""Backups as they lie in their folder, the last drill, and what to type. No archive is ever served from here."""

from flask import current_app, render_template

from elearn.core.listing import MOST
from elearn.store import upkeep
from elearn.store.backups import archives
from elearn.store.base import db
from elearn.web import doors
from elearn.web.administration.parts import asked_sheet, bp


@bp.get("/backups")
@doors.allowed_to("see backups")
def backups_list() -> str:
    found = archives(current_app.config["ELEARN"].backups)
    sheet = asked_sheet(len(found))
    with db.engine.connect() as connection:
        last, drill = upkeep.note(connection, "backup"), upkeep.note(connection, "drill")
    return render_template(
        "administration/backups.html",
        rows=found[sheet.offset : sheet.offset + MOST],
        sheet=sheet,
        last=last,
        drill=drill,
    )
