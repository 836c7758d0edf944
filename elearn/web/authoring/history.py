"""Every publication: when, by whom, why; and going back to an earlier one in one step."""

from typing import Any

from flask import redirect, render_template, request

from elearn.core.listing import MOST, sheet
from elearn.services import writing
from elearn.services.writing import Deed
from elearn.store.base import db, now
from elearn.store.publications import publications
from elearn.web import doors
from elearn.web.addresses import page_url
from elearn.web.authoring import parts
from elearn.web.authoring.parts import bp
from elearn.web.i18n import _


@bp.get("/history")
@doors.allowed_to("follow publishing")
def history() -> str:
    return _page()


@bp.post("/history/<int:number>/restorations")
@doors.allowed_to("write content")
def restore(number: int) -> Any:
    edition = parts.published()
    if edition is None or number > edition.number:  # PostgreSQL refuses a number that no column could hold
        doors.missing("edition")
    note = _("Retour à l'édition %(number)s", number=number)
    deed = Deed(doors.require_viewer().id, now(), note, restores=number)
    try:
        asked = (parts.settings(), number, now().date(), parts.whole_site())
        outcome = writing.bring(parts.settings(), lambda: writing.earlier(*asked), deed)
    except LookupError:
        doors.missing("edition")
    if parts.errors(outcome.problems):
        return _page(number, parts.errors(outcome.problems)), 422
    return redirect(page_url("authoring.index", told="restored" if outcome.changed else "same"), 303)


def _page(refused: int = 0, problems: Any = ()) -> str:
    edition = parts.published()
    total = edition.number if edition else 0
    asked = sheet(request.args.get("page", ""), total)
    with db.engine.connect() as connection:
        rows = publications(connection, MOST, asked.offset)
    return render_template(
        "authoring/history.html",
        rows=rows,
        sheet=asked,
        in_force=total,
        refused=refused,
        problems=parts.told(list(problems), parts.desk()),
    )
