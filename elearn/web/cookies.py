"""The cookie of a session: given with a new token, taken back at sign-out; and how its device is called in words."""

import datetime as dt

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from elearn.core.devices import device_words
from elearn.services import sessions
from elearn.store.accounts import token_hash, viewer
from elearn.store.base import db, now
from elearn.web import doors
from elearn.web.addresses import local_path


def with_session(token: str, wanted: str | None) -> Response:
    """To the page that was asked for, signed in; first to what is still owed: the second factor, given or added."""
    at = now()
    with db.engine.connect() as connection:
        who = viewer(connection, token, at)
    wanted = local_path(wanted)
    owed = who and doors.owed(who)
    response = redirect(url_for(owed, next=wanted) if owed else wanted or url_for("learning.catalogue"), 303)
    return keep_session(response, token, who.ends_at - at if who else sessions.LASTS)


def keep_session(response: Response, token: str, lasts: dt.timedelta) -> Response:
    """The session that this browser had before ends."""
    former = request.cookies.get(doors.COOKIE)
    if former:
        sessions.sign_out(token_hash(former))
    response.set_cookie(
        doors.COOKIE,
        token,
        secure=True,
        httponly=True,
        samesite="Lax",
        path="/",
        max_age=max(0, int(lasts.total_seconds())),
    )
    return response


def without_session() -> Response:
    return forget_session(redirect(url_for("site.home"), 303))


def forget_session(response: Response) -> Response:
    response.delete_cookie(doors.COOKIE, secure=True, httponly=True, samesite="Lax", path="/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def device() -> str:
    """Browser and system of who asks; empty where neither is known."""
    return device_words(request.headers.get("User-Agent", ""))
