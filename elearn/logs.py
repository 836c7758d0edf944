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


class JsonLines(logging.Formatter):
    """`{"at": …, "level": …, "event": …, fields…}`; line breaks in values are escaped by JSON itself."""

    def format(self, record: logging.LogRecord) -> str:
        at = dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds")
        ours = getattr(record, "fields", None)
        line = {"at": at, "level": record.levelname.lower()}
        line |= {"event": record.msg, **ours} if ours is not None else {"event": "message", "where": record.name}
        return json.dumps(line, ensure_ascii=False, default=str)


def begin(level: int = logging.INFO) -> None:
    """Send the log of elearn to standard error. Called once by whatever serves the site."""
    if not any(isinstance(one.formatter, JsonLines) for one in _log.handlers):
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        _log.addHandler(handler)
    _log.setLevel(level)
    _log.propagate = False
