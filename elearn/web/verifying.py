"""« Vérifier le fichier » : a PDF or its JSON is brought here, checked, and forgotten."""

import datetime as dt
from typing import Any
from urllib.parse import unquote

from flask import Blueprint, abort, current_app, make_response, render_template, request

from elearn.core.credentials import identity_hash
from elearn.core.verdicts import PROVED, Verdict, words
from elearn.services import attached, own_documents, verification
from elearn.store.base import now
from elearn.web import doors
from elearn.web.i18n import _, language
from elearn.web.limits import allow

bp = Blueprint("verifying", __name__)

LARGEST = 6 * 1024 * 1024
SHUT_IN = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
LOOKS = {
    "valid": ("good", "done"),
    "expired": ("again", "clock"),
    "early": ("again", "clock"),
    "replaced": ("again", "again"),
}


@bp.get("/V/file")
@doors.public
def form() -> Any:
    return _page(None)


@bp.post("/V/file")
@doors.public
@doors.changes_nothing
@doors.takes_files(LARGEST)
def check() -> Any:
    """A file that is too large is refused by its announced size, unread."""
    if not allow("verify file", limit=60, seconds=600):
        abort(429)
    if (request.content_length or 0) > LARGEST - 4096:
        return _page(Verdict("heavy")), 413
    sent = request.files.get("file")
    body = sent.read() if sent else b""
    if not body:
        return _page(None, _("Choisissez d'abord un fichier.")), 422
    return _page(_checked(body), typed=request.form.get("name", "")[:200])


def _checked(body: bytes) -> Verdict:
    address = current_app.config["ELEARN"].address
    try:
        credential = attached.read(body)
    except attached.NotRead as problem:
        return Verdict(problem.outcome)
    verdict = verification.check(credential, lambda url: own_documents.find(url, address), now())
    if verdict.outcome in ("no issuer", "unknown key") and not own_documents.is_here(verdict.issuer, address):
        return Verdict("foreign", issuer=verdict.issuer)
    if verdict.outcome == "revoked" and own_documents.is_replaced(verdict):
        return _with(verdict, "replaced")
    return verdict


def _with(verdict: Verdict, outcome: str) -> Verdict:
    return Verdict(outcome, **{name: getattr(verdict, name) for name in verdict.__slots__ if name != "outcome"})


def _page(verdict: Verdict | None, error: str = "", typed: str = "") -> Any:
    body = render_template(
        "attestations/file.html",
        verdict=verdict,
        said=words(verdict.outcome, language()) if verdict else None,
        look=LOOKS.get(verdict.outcome, ("care", "warning")) if verdict else None,
        proved=bool(verdict and verdict.outcome in PROVED),
        same=bool(verdict and typed and identity_hash(typed, verdict.hashed[1]) == verdict.hashed[0]),
        domain=unquote(verdict.issuer.removeprefix("did:web:").partition(":")[0]) if verdict else "",
        since=_day(verdict.since) if verdict else None,
        until=_day(verdict.until) if verdict else None,
        typed=typed,
        error=error,
        checked_at=now(),
        quiet=True,
        here="/V/file",
    )
    answer = make_response(body)
    answer.headers.update(SHUT_IN)
    return answer


def _day(text: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        return None
