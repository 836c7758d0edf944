"""Checking a signed file: who signed it, whether anything was changed, whether it still stands. Needs no database.

Where documents come from is an argument: this site's own tables for the page, the network or files for the terminal.
Fails closed: a list of revocations that cannot be read is an unknown status, never a good one.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeGuard

from elearn.core.credentials import CONTEXTS, Json, address_of, is_shaped
from elearn.core.verdicts import Verdict, issuer_of, told
from elearn.services import signing
from elearn.services.signing import Altered, NoStatus

Find = Callable[[str], Json | None]
"""The JSON document at an address: an issuer's `did.json`, or a status list. None where it cannot be had."""


def check(credential: Json, find: Find, at: dt.datetime) -> Verdict:
    """The verdict of `core.verdicts` on a file. A revocation counts before the end of its validity."""
    says = told(credential)
    issuer, method = issuer_of(credential), signing.method_of(credential)
    if not _is_ours(credential) or not method.startswith(f"{issuer}#"):
        return Verdict("unreadable" if not issuer else "altered", **says)
    try:
        base = address_of(issuer)
    except ValueError:
        return Verdict("foreign", **says)
    document = find(f"{base}/did.json")
    if document is None:
        return Verdict("no issuer", **says)
    public = public_key(document, method)
    if public is None:
        return Verdict("unknown key", **says)
    try:
        signing.check(credential, public)
        start, end = _moment(credential, "validFrom"), _moment(credential, "validUntil")
        revoked = _is_revoked(credential, base, find, document, at)
    except Altered:
        return Verdict("altered", **says)
    except NoStatus:
        return Verdict("no status", **says)
    if revoked:
        return Verdict("revoked", **says)
    if start is None or start > at:
        return Verdict("early", **says)
    return Verdict("expired" if end is not None and end <= at else "valid", **says)


def public_key(document: Json, method: str) -> str | None:
    """A key by which the issuer vouches today, as Multikey: it must be listed under `assertionMethod`."""
    listed = document.get("assertionMethod")
    methods = document.get("verificationMethod")
    if not isinstance(listed, list) or method not in listed or not isinstance(methods, list):
        return None
    for one in methods:
        if isinstance(one, dict) and one.get("id") == method and one.get("controller") == document.get("id"):
            public = one.get("publicKeyMultibase")
            return public if isinstance(public, str) else None
    return None


def _is_ours(credential: Json) -> bool:
    kinds = credential.get("type")
    ours = credential.get("@context") == list(CONTEXTS) and isinstance(kinds, list) and "OpenBadgeCredential" in kinds
    return ours and is_shaped(credential)


def _is_revoked(credential: Json, base: str, find: Find, document: Json, at: dt.datetime) -> bool:
    """The list must be the issuer's own, signed by a key that vouches, and not past its week."""
    status: Any = credential.get("credentialStatus")
    if not isinstance(status, dict) or status.get("type") != "BitstringStatusListEntry":
        raise NoStatus
    address, place = status.get("statusListCredential"), status.get("statusListIndex")
    if not isinstance(address, str) or not address.startswith(f"{base}/status/") or not _is_place(place):
        raise NoStatus
    listed = find(address)
    public = public_key(document, signing.method_of(listed)) if listed else None
    if listed is None or public is None or listed.get("id") != address:
        raise NoStatus
    try:
        signing.check(listed, public)
    except Altered as error:
        raise NoStatus from error
    end = _moment(listed, "validUntil")
    if end is None or end <= at:
        raise NoStatus
    return signing.is_set(listed, int(place))


def _is_place(place: Any) -> TypeGuard[str]:
    return isinstance(place, str) and place.isascii() and place.isdigit() and len(place) <= 9


def _moment(document: Json, name: str) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(str(document.get(name)))
    except ValueError:
        return None
    return found if found.tzinfo else None
