"""What a browser holds of a session: one cookie, shut in to this host; and how its device is called in words."""

import datetime as dt

from flask import request
from werkzeug.wrappers import Response

from elearn.core.devices import device_words
from elearn.web import doors


def with_session(response: Response, token: str, lasts: dt.timedelta) -> Response:
    """The answer that hands a session over. The cookie goes when the session ends at the latest."""
    seconds = max(0, int(lasts.total_seconds()))
    response.set_cookie(doors.COOKIE, token, secure=True, httponly=True, samesite="Lax", path="/", max_age=seconds)
    return response


def without_session(response: Response) -> Response:
    """The answer that takes it back, with what the browser keeps of the site's pages."""
    response.delete_cookie(doors.COOKIE, secure=True, httponly=True, samesite="Lax", path="/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def device() -> str:
    """Browser and system of who asks; empty where neither is known."""
    return device_words(request.headers.get("User-Agent", ""))
