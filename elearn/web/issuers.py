"""What verifiers fetch: an issuer's keys and its lists of revocations. Open to all, from anywhere, without a cookie."""

import json

from flask import Blueprint, Response, current_app

from elearn.core.credentials import Json
from elearn.services import issuers
from elearn.store.base import db
from elearn.store.credentials import status_list
from elearn.web import doors

bp = Blueprint("issuers", __name__)

OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@bp.get("/o/<slug>/did.json")
@doors.public
def document(slug: str) -> Response:
    """Kept for ever, even when the organisation has left: its attestations still refer to it."""
    found = issuers.document(slug, current_app.config["ELEARN"].address)
    if found is None:
        doors.missing("issuer")
    return _answer(_written(found), "application/did+json", 3600)


@bp.get("/o/<slug>/status/<int(max=999999):number>")
@doors.public
def status(slug: str, number: int) -> Response:
    """One list for all of an issuer's courses: whoever fetches it does not tell which attestation they look at."""
    with db.engine.connect() as connection:
        body = status_list(connection, slug, number)
    if body is None:
        doors.missing("status list")
    return _answer(body, "application/vc", 300)


def _written(document: Json) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def _answer(body: bytes, mimetype: str, seconds: int) -> Response:
    answer = Response(body, mimetype=mimetype)
    answer.headers.update(OPEN)
    answer.headers["Cache-Control"] = f"public, max-age={seconds}"
    return answer
