"""This site's own documents by their address, so that it checks a file as anybody else would, without the network."""

import json
import re

from elearn.core.credentials import Json, address_of, did
from elearn.core.verdicts import Verdict
from elearn.services import issuers
from elearn.store.base import db
from elearn.store.credentials import has_newer, status_list

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def find(url: str, address: str) -> Json | None:
    """`did.json` or a status list of an issuer of this site; None for any other address."""
    slug, _, rest = url.removeprefix(address_of(did(address, ""))).partition("/")
    if not url.startswith(address_of(did(address, ""))) or not _SLUG.fullmatch(slug):
        return None
    if rest == "did.json":
        return issuers.document(slug, address)
    kind, _, number = rest.partition("/")
    if kind != "status" or not number.isdigit() or len(number) > 6:
        return None
    with db.engine.connect() as connection:
        body = status_list(connection, slug, int(number))
    return json.loads(body) if body else None


def is_here(issuer: str, address: str) -> bool:
    """Is this `did:web` one of this site's?"""
    return issuer.startswith(did(address, ""))


def is_replaced(verdict: Verdict) -> bool:
    """Has a corrected file with the same identifier taken the place of a revoked one?"""
    with db.engine.connect() as connection:
        return has_newer(connection, verdict.credential.removeprefix("urn:uuid:"))
