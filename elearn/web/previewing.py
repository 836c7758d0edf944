"""In a preview, what stands in the way of what was just saved, on top of every page. Nowhere else is this loaded.

The process that publishes at each save writes a file into the throwaway instance; pages read it.
"""

import json
from typing import Any

from flask import Flask, current_app

PROBLEMS = "preview-problems.json"


def register(app: Flask) -> None:
    app.jinja_env.globals["preview_problems"] = problems


def problems() -> list[dict[str, Any]]:
    """Newest check, worst first: path, line, column, code, severity, and the sentence as `fr` and `en`."""
    try:
        found: list[dict[str, Any]] = json.loads((current_app.config["ELEARN"].instance / PROBLEMS).read_bytes())
    except (FileNotFoundError, json.JSONDecodeError):
        return []
    return sorted(found, key=lambda one: str(one["severity"]) != "error")
