"""Who may open a page. A view without one of these marks is refused when the app is made.

Here too: who is asking, the guard of every unsafe request, and the keys that forms carry. A session whose second
factor is still owed opens nothing but the page that asks for it; a deed that changes who can get in asks for the
password again when the last time was long ago.
"""

import datetime as dt
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, NoReturn, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import LoginManager, current_user
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response

from elearn import logs
from elearn.core.permissions import SECOND_FACTOR, may
from elearn.services import sessions
from elearn.store import accounts
from elearn.store.base import db, now

COOKIE = "__Host-elearn"
SAFE = {"GET", "HEAD", "OPTIONS"}
RECENT = dt.timedelta(minutes=10)
HANDED = "link"
"""Whoever came in by a link that somebody handed over has proved no secret of their own: what asks for the password
asks for a new one first. So nobody who made a link for someone takes their data along and leaves no trace."""
RECENT_ENOUGH = dt.timedelta(minutes=30)
"""A form that was opened in time may be sent so long after the password was last given: nothing typed is lost."""

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


def recent(view: View) -> View:
    """The password must have been given a short while ago (ASVS 5.0, 7.5.1); else it is asked for first."""
    cast(Any, view).recent = True
    return view


def takes_files(size: int) -> Callable[[View], View]:
    """A request may be as large as `size` bytes, once it is known that whoever sends it may."""

    def mark(view: View) -> View:
        cast(Any, view).largest = size
        return view

    return mark


def owes_factor(view: View) -> View:
    """Open to someone who gave the password and still owes the second factor."""
    cast(Any, view).half = True
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
    app.before_request(_sign_of_life)
    app.after_request(_sign_of_life_after)
    app.jinja_env.globals.update(
        csrf_token=csrf_token, new_key=new_key, viewer=viewer, may=_viewer_may, session_left=session_left
    )


def viewer() -> accounts.Viewer | None:
    """Who is asking, read once a request in one statement; None for a visitor, without any statement.

    Someone whose second factor is still owed is nobody yet, but for the pages marked `owes_factor`.
    """
    found = _asking()
    return None if found is None or _half(found) else found


def half_viewer() -> accounts.Viewer | None:
    """Someone who gave the password and still owes the second factor."""
    found = _asking()
    return found if found is not None and _half(found) else None


def _asking() -> accounts.Viewer | None:
    if "viewer" not in g:
        g.viewer = current_user._get_current_object() if current_user.is_authenticated else None
    found: accounts.Viewer | None = g.viewer
    return found


def _half(who: accounts.Viewer) -> bool:
    return who.factor and who.factor_at is None


def lacks_factor(who: accounts.Viewer) -> bool:
    """A role that needs a second factor on a real site, and has none yet."""
    return who.role in SECOND_FACTOR and not who.factor and bool(current_app.config["ELEARN"].base_url)


def owed(who: accounts.Viewer) -> str | None:
    """The endpoint that someone must pass before any private page: the second factor, to give or to add."""
    if _half(who):
        return "factor.give"
    return "factor.add" if lacks_factor(who) else None


def require_viewer(half: bool = False) -> accounts.Viewer:
    """Who is asking. `half`: someone who still owes the second factor will do."""
    found = viewer() or (half_viewer() if half else None)
    if found is None:
        abort(401)
    return found


def session_left() -> int:
    """Seconds until the session of the one who asks ends, if nothing more is heard of them; 0 for a visitor."""
    person = viewer()
    return sessions.seconds_left(person, now()) if person else 0


def missing(what: str) -> NoReturn:
    """404 for an id that is not there or is somebody else's: the answer is the same, and a line of the log says so."""
    who = viewer()
    actor, role = (who.uid, who.role) if who else ("", "")
    logs.note("not theirs or not there", logging.WARNING, actor=actor, role=role, endpoint=request.endpoint, kind=what)
    abort(404)


def csrf_token() -> str:
    """Bound to the session on the server: lives as long as it, so that a long text is never refused."""
    person = _asking()
    if person is None:
        return ""
    kept: dict[str, str] = g.setdefault("csrf", {})
    if person.sign_in not in kept:
        kept[person.sign_in] = _keyed("csrf", person.sign_in)
    return kept[person.sign_in]


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
        answer = _admit(view, door)
        if answer is not None:
            return answer
    if largest := getattr(view, "largest", 0):
        request.max_content_length = largest
    if request.method not in SAFE and not harmless:
        if _asking() is None:
            g.stale = bool(request.form.get("csrf_token"))
        elif not _right_token():
            if not getattr(view, "keeps", False):
                abort(400, "token")
            g.stale = True
    return None


def _admit(view: Any, door: str) -> Response | None:
    """Let pass, or lead to what is still owed: sign-in, second factor, the password once more. 404 for the rest."""
    person = viewer()
    if person is None:
        half = half_viewer()
        if half is not None and getattr(view, "half", False):
            return None
        where = "accounts.sign_in" if half is None else "factor.give"
        return redirect(url_for(where, next=_back()), 303)
    if not may(person.role, door):
        logs.note("refused", logging.WARNING, actor=person.uid, role=person.role, endpoint=request.endpoint, deed=door)
        abort(404)
    if lacks_factor(person) and door != "keep an account":
        return redirect(url_for("factor.add", next=_back()), 303)
    limit = RECENT if request.method in SAFE else RECENT_ENOUGH
    if getattr(view, "recent", False) and (person.door == HANDED or now() - person.confirmed_at > limit):
        return redirect(url_for("accounts.confirm", next=_back() or url_for("accounts.account")), 303)
    return None


def _back() -> str | None:
    return request.full_path.rstrip("?") if request.method in SAFE else None


def _sign_of_life() -> None:
    """A form that someone sends shows that they are there. Reading writes nothing; session.js sends a sign.

    Where what was typed must not be lost, the sign is kept after the answer: a database that refuses to write would
    else refuse the sign first, and the view could not show the text again.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method not in SAFE and view is not None and not getattr(view, "harmless", False):
        person = viewer()
        if person is not None and not stale_form():
            if getattr(view, "keeps", False):
                g.sign = person
            else:
                g.viewer = replace(person, seen_at=sessions.sign_of_life(person, now()))


def _sign_of_life_after(response: Response) -> Response:
    person = g.pop("sign", None)
    if person is not None and response.status_code < 500:
        with suppress(DBAPIError):
            sessions.sign_of_life(person, now())
    return response


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
