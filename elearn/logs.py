"""Structured logs: one JSON object a line on standard error, with a closed list of fields. What is not on the list is
not written: no name, no address, no text, no token. Times are UTC. Imports nothing of elearn."""

import datetime as dt
import json
import logging
import sys
from typing import Any

FIELDS = frozenset(
    {
        "actor",  # random identifier of who asked (Person.uid)
        "role",
        "subject",  # random identifier of the account concerned
        "network",  # keyed hash of the visitor's network
        "request",  # random number of the request, also in the error page
        "endpoint",  # name of the route, never its address
        "method",
        "status",
        "ms",
        "deed",
        "kind",
        "code",
        "count",
        "version",
        "edition",
        "error",  # class of an exception, never its words
        "where",  # module and line of an exception
    }
)

_log = logging.getLogger("elearn")


def note(event: str, level: int = logging.INFO, **fields: Any) -> None:
    """Write `event`, a few fixed words, with fields of the list. ValueError for another field: it is a mistake here."""
    strange = set(fields) - FIELDS
    if strange:
        raise ValueError(f"not a field of the log: {', '.join(sorted(strange))}")
    _log.log(level, event, extra={"fields": fields})


def fault(event: str, error: BaseException, **fields: Any) -> None:
    """An exception: its class and the place in our code where it came up. Never its words, which may hold data."""
    note(event, logging.ERROR, error=type(error).__name__, where=place(error), **fields)


def place(error: BaseException) -> str:
    """`module:line` of the innermost frame of elearn, else of the innermost one."""
    found = "?"
    step = error.__traceback__
    while step is not None:
        module = str(step.tb_frame.f_globals.get("__name__", "?"))
        if module.startswith("elearn") or not found.startswith("elearn"):
            found = f"{module}:{step.tb_lineno}"
        step = step.tb_next
    return found


class JsonLines(logging.Formatter):
    """`{"at": …, "level": …, "event": …, fields…}`; line breaks of any alphabet are escaped.

    Of what a library says, only which one spoke and the class of its error are kept: its words may hold data.
    """

    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        ours = getattr(record, "fields", None)
        line = {"at": at, "level": record.levelname.lower()}
        if ours is not None:
            line |= {"event": record.msg, **ours}
        else:
            line |= {"event": "message", "where": record.name}
            if record.exc_info and record.exc_info[0] is not None:
                line |= {"error": record.exc_info[0].__name__}
        return json.dumps(line, default=str)


def begin(level: int = logging.INFO) -> None:
    """Send every log of the process to standard error, as lines of ours. Called once by whatever serves the site."""
    root = logging.getLogger()
    if not any(isinstance(one.formatter, JsonLines) for one in root.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    _log.setLevel(level)
    logging.captureWarnings(True)
