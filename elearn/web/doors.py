"""Who may open a page. A view without one of these marks is refused when the app is made.

Here too: who is asking, the guard of every unsafe request, and the keys that forms carry.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from elearn.core.permissions import may
from elearn.store import accounts
from elearn.store.base import db, now

COOKIE = "__Host-elearn"
SAFE = {"GET", "HEAD", "OPTIONS"}

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anyone may open it."""
    cast(Any, view).door = "public"
    return view


def allowed_to(deed: str) -> Callable[[View], View]:
    """Only signed-in people whose role may do `deed` (core/permissions)."""
    may("", deed)

    def mark(view: View) -> View:
        cast(Any, view).door = deed
        return view

    return mark


def keeps_what_was_typed(view: View) -> View:
    """A form of an ended session is not refused here: the view shows it again, filled in (`stale_form()` tells it)."""
    cast(Any, view).keeps = True
    return view


def changes_nothing(view: View) -> View:
    """A question sent by a form: it may come without an origin, as from a page that sends no referrer."""
    cast(Any, view).harmless = True
    return view


def stale_form() -> bool:
    return bool(g.get("stale", False))


class UnmarkedRoute(Exception):
    """A route that says of nobody that they may use it."""


def close_by_default(app: Flask) -> None:
    """Refuse an app that has a route without a mark; then guard every request."""
    unmarked = [name for name, view in app.view_functions.items() if not hasattr(view, "door")]
    if unmarked:
        raise UnmarkedRoute(", ".join(sorted(unmarked)))
    login = LoginManager()
    login.session_protection = None
    login.init_app(app, add_context_processor=False)
    login.request_loader(_who)
    app.before_request(_guard)
    app.jinja_env.globals.update(csrf_token=csrf_token, new_key=new_key, viewer=viewer, may=_viewer_may)


def viewer() -> accounts.Viewer | None:
    """Who is asking, read once a request in one statement; None for a visitor, without any statement."""
    if "viewer" not in g:
        g.viewer = current_user._get_current_object() if current_user.is_authenticated else None
    found: accounts.Viewer | None = g.viewer
    return found


def require_viewer() -> accounts.Viewer:
    found = viewer()
    if found is None:
        abort(401)
    return found


def csrf_token() -> str:
    """Bound to the session on the server: lives as long as it, so that a long text is never refused."""
    person = viewer()
    return _keyed("csrf", person.sign_in) if person else ""


def new_key() -> str:
    """A fresh idempotency key for a form."""
    return secrets.token_urlsafe(16)


def _keyed(purpose: str, value: str) -> str:
    secret: bytes = current_app.config["ELEARN_SECRET"]
    return hmac.new(secret, f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


def _viewer_may(deed: str) -> bool:
    person = viewer()
    return person is not None and may(person.role, deed)


def _who(_request: Any) -> accounts.Viewer | None:
    token = request.cookies.get(COOKIE, "")
    if not token or len(token) > 100:
        return None
    with db.engine.connect() as connection:
        return accounts.viewer(connection, token, now())


def _guard() -> Response | None:
    if request.endpoint is None:
        return None  # nothing is there: the body of such a request is not worth reading
    view = current_app.view_functions.get(request.endpoint)
    door = getattr(view, "door", "public")
    harmless = getattr(view, "harmless", False)
    if request.method not in SAFE and not harmless and not _from_here():
        abort(400, "origin")
    if door != "public":
        person = viewer()
        if person is None:
            back = request.full_path.rstrip("?") if request.method in SAFE else None
            return redirect(url_for("accounts.sign_in", next=back), 303)
        if not may(person.role, door):
            abort(404)
    if request.method not in SAFE and not harmless:
        if viewer() is None:
            g.stale = bool(request.form.get("csrf_token"))
        elif not _right_token():
            if not getattr(view, "keeps", False):
                abort(400, "token")
            g.stale = True
    return None


def genuine() -> accounts.Viewer | None:
    """The signed-in person who sent this form from one of our pages; for views that are not guarded beforehand."""
    return viewer() if _from_here() and viewer() and _right_token() else None


def _right_token() -> bool:
    return hmac.compare_digest(request.form.get("csrf_token", "").encode(), csrf_token().encode())


def _from_here() -> bool:
    """True where the browser says that the form was sent by one of our own pages (Fetch Metadata, else Origin)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and origin == request.host_url.rstrip("/")
