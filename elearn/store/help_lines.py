"""Help lines as last published, read from a file beside the database: the help page answers when the database does not.

The last good file stays in memory: a file that lacks, or that cannot be read, never takes a known number away.
"""

import datetime as dt
import json
from pathlib import Path

from pydantic import ValidationError

from elearn.core.course import HelpLine, load

NAME = "help-lines.json"
CHECKS = "help-checks.json"
"""Fingerprint of a line -> the day it was last checked here, written by services/help_lines.py."""

_held: dict[Path, tuple[int, tuple[HelpLine, ...]]] = {}


def help_lines(instance: Path) -> tuple[HelpLine, ...]:
    """Every line, read again when the file has changed; empty where nothing was ever published."""
    path = instance / NAME
    changed, lines = _held.get(path, (-1, ()))
    try:
        now = path.stat().st_mtime_ns
        if now != changed:
            lines = load(tuple[HelpLine, ...], path.read_bytes())
            _held[path] = (now, lines)
    except (OSError, ValidationError):
        return lines
    return lines


_checks: dict[Path, tuple[int, dict[str, dt.date]]] = {}


def checks(instance: Path) -> dict[str, dt.date]:
    """The day of the last check by fingerprint of the line (core.help_lines); empty where none was ever noted."""
    path = instance / CHECKS
    changed, days = _checks.get(path, (-1, {}))
    try:
        now = path.stat().st_mtime_ns
        if now != changed:
            days = {name: dt.date.fromisoformat(day) for name, day in json.loads(path.read_bytes()).items()}
            _checks[path] = (now, days)
    except (OSError, ValueError, TypeError, AttributeError):
        return days
    return days
