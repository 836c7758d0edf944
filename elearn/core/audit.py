"""The audit log's rules: which deeds are logged, who is told, and the chain that shows a changed or missing entry.

Pure. An entry holds identifiers, roles and counts; never a text, a name, an address or a network.
"""

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LOGGED: dict[str, bool] = {
    "account made": False,
    "signed in": False,
    "signed out everywhere": False,
    "session ended": False,
    "name changed": False,
    "password changed": True,
    "password reset": True,
    "link handed over": True,
    "link used": True,
    "recovery codes made": True,
    "recovery code used": True,
    "second factor added": True,
    "second factor removed": True,
    "address given": True,
    "address verified": True,
    "address removed": True,
    "role changed": True,
    "suspended": True,
    "reopened": True,
    "file looked at": True,
    "consent given": False,
    "consent withdrawn": False,
    "text shared": False,
    "text no longer shared": False,
    "shared text read": False,
    "texts erased": False,
    "data exported": True,
    "erasure asked": True,
    "erasure withdrawn": True,
    "erased": False,
    "inactivity notice": True,
    "cohort made": False,
    "cohort changed": False,
    "cohort closed": False,
    "joined cohort": False,
    "left cohort": True,
    "invitation made": False,
    "invitation closed": False,
    "invitation used": False,
    "organisation changed": False,
    "issuer key renewed": False,
    "attestation issued": True,
    "attestations printed": False,
    "identity checked": True,
    "attestation corrected": True,
    "attestation revoked": True,
    "help line checked": False,
    "course adopted": False,
    "adoption withdrawn": False,
    "exam held aloud": True,
    "exam handed in aloud": True,
    "content published": False,
    "answers marked again": False,
    "message retried": False,
    "message dropped": False,
    "keys rotated": False,
    "backup made": False,
    "restored": False,
    "upgraded": False,
    "retention ran": False,
    "log shortened": False,
}
"""Deed -> is the person concerned told of it as news. One that is not here cannot be logged."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed as it is chained. `actor`, `subject`: random identifiers, empty for nobody."""

    number: int
    at: dt.datetime
    deed: str
    actor: str
    subject: str
    facts: Mapping[str, Any]


def chain(key: bytes, previous: str, entry: Entry) -> str:
    """The seal of an entry: HMAC-SHA-256 over the seal before it and the entry's canonical form, as 64 hex digits."""
    stamp = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    body = [previous, entry.number, stamp, entry.deed, entry.actor, entry.subject, dict(entry.facts)]
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def broken_at(key: bytes, entries: Iterable[tuple[Entry, str]], before: str | None = "") -> int | None:
    """The number of the first entry whose seal is not the one its content and predecessor give; None where all hold.

    `entries` in order, each with its stored seal. `before`: the seal of the entry before the first one given; None
    where it was deleted with its three years, so that the first is only the start of the chain.
    """
    previous, number = before, None
    for entry, seal in entries:
        if number is not None and entry.number != number + 1:
            return entry.number
        if previous is not None and not hmac.compare_digest(chain(key, previous, entry), seal):
            return entry.number
        previous, number = seal, entry.number
    return None
