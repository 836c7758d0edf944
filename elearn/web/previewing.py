"""In a preview: what stands in the way of what was just saved, beside the text, and pages that follow each save.

The process that publishes at each save writes a file into the throwaway instance; pages read it. Nowhere else is this
loaded: the routes below do not exist on a site that is served.
"""

import json
from typing import Any

from flask import Blueprint, Flask, current_app

from elearn.core.course import Section, Unit
from elearn.store.editions import Shelf
from elearn.web import doors

PROBLEMS = "preview-problems.json"

bp = Blueprint("previewing", __name__, url_prefix="/preview")


def register(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals.update(preview_problems=problems, preview_here=here, preview_state=state)


@bp.get("/state")
@doors.public
def saved() -> dict[str, str]:
    """What a page compares with its own state, to know that something was saved since it was made."""
    return {"state": state()}


def state() -> str:
    """The edition shown and the check of the last save, in one word."""
    shelf: Shelf = current_app.extensions["shelf"]
    edition = shelf.current()
    return f"{edition.number if edition else 0}-{_read().get('save', '')}"


def problems() -> list[dict[str, Any]]:
    """Newest check, worst first: path, line, column, code, severity, and the sentence as `fr` and `en`."""
    order = ("error", "warning")
    rank = {severity: n for n, severity in enumerate(order)}
    found: list[dict[str, Any]] = _read().get("problems", [])
    return sorted(found, key=lambda one: rank.get(str(one["severity"]), len(order)))


def here(unit: Unit, section: Section, anchor: str) -> list[dict[str, Any]]:
    """The problems told at a question or, where `anchor` is the section's id, in its prose. What stands before the
    first section is shown with it."""
    first = unit.sections[0].id == section.id
    wanted = {anchor, ""} if first and anchor == section.id else {anchor}
    mine = [unit.course, unit.id, unit.lang]
    return [one for one in problems() if one["unit"] == mine and one["anchor"] in wanted]


def _read() -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((current_app.config["ELEARN"].instance / PROBLEMS).read_bytes())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found
