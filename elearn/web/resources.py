"""Resources: groups, communities, services and jobs of the directory by region; and the choice of a region."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, current_app, redirect, render_template, request
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response

from elearn.core.course import DirectoryEntry
from elearn.core.regions import meant_for
from elearn.store.base import now
from elearn.store.editions import Shelf
from elearn.web import doors, regions
from elearn.web.addresses import local_path, page_url
from elearn.web.i18n import YEAR, _

bp = Blueprint("resources", __name__)

OLD = dt.timedelta(days=365)
KINDS: Mapping[str, Callable[[], str]] = {
    "group": lambda: _("Groupes d'entraide"),
    "community": lambda: _("Communautés"),
    "service": lambda: _("Services"),
    "job": lambda: _("Emploi"),
}
MODES: Mapping[str, Callable[[], str]] = {
    "online": lambda: _("en ligne"),
    "in_person": lambda: _("sur place"),
    "phone": lambda: _("par téléphone"),
    "mixed": lambda: _("sur place et en ligne"),
}


@dataclass(frozen=True)
class Row:
    """`checked`: the day written in the directory, None where there is none; `old`: over a year ago."""

    entry: DirectoryEntry
    checked: dt.date | None
    old: bool


@bp.get("/resources")
@doors.public
def index() -> str:
    """Those of a region and those of everywhere; all of them where no region is asked for."""
    region = request.args.get("region", regions.chosen())
    region = region if region in regions.REGIONS else ""
    try:
        doors.viewer()
        entries, quiet = _directory(), False
    except DBAPIError:
        entries, quiet = (), True
    rows = [_row(entry) for entry in entries if meant_for(entry.regions, region)]
    kinds = [(name(), [row for row in rows if row.entry.kind == kind]) for kind, name in KINDS.items()]
    return render_template(
        "resources/index.html",
        kinds=[(name, found) for name, found in kinds if found],
        modes=MODES,
        any=bool(entries),
        region=region,
        regions=regions,
        quiet=quiet,
    )


@bp.post("/region")
@doors.public
@doors.changes_nothing
def choose_region() -> Response:
    """Keep the choice in a cookie, or forget it; then back to where one was."""
    chosen = request.form.get("region", "")
    if chosen and chosen not in regions.REGIONS:
        abort(400, "region")
    response = redirect(local_path(request.form.get("next")) or page_url("resources.index"), 303)
    if chosen:
        secure = request.is_secure
        response.set_cookie(regions.COOKIE, chosen, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(regions.COOKIE, secure=request.is_secure, httponly=True, samesite="Lax")
    return response


def _directory() -> tuple[DirectoryEntry, ...]:
    shelf: Shelf = current_app.extensions["shelf"]
    edition = shelf.current()
    return edition.site.directory if edition else ()


def _row(entry: DirectoryEntry) -> Row:
    checked = dt.date.fromisoformat(entry.checked_on) if entry.checked_on else None
    return Row(entry, checked, checked is not None and now().date() - checked > OLD)
