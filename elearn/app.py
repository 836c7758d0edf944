"""create_app: settings, extensions, blueprints, headers, error pages. Nothing else."""

import io
import logging
import re
import secrets
import time
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, current_app, g, render_template, request
from markupsafe import Markup
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, SecurityError, TooManyRequests
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from elearn import logs
from elearn.config import Settings, is_loopback
from elearn.core.adoption import owed_to
from elearn.core.course import in_language
from elearn.keyring import Keyring, file_of
from elearn.store.adoptions import adoptions
from elearn.store.base import db, prepare
from elearn.store.editions import Shelf
from elearn.store.tables import TABLES  # noqa: F401 - the metadata must be whole
from elearn.web import (
    administration,
    aloud,
    authoring,
    cohort_progress,
    doors,
    factor,
    i18n,
    issuers,
    issuing,
    limits,
    media,
    own_account,
    previewing,
    privacy,
    recovery,
    reflections,
    resources,
    search,
    site,
    verifying,
)
from elearn.web import attestations as attestations_pages
from elearn.web import learning as learning_pages
from elearn.web.addresses import page_url
from elearn.web.assets import serve_assets
from elearn.web.rendering import Templates, icon

BLUEPRINTS = (
    site.bp,
    resources.bp,
    search.bp,
    media.bp,
    own_account.bp,
    factor.bp,
    recovery.bp,
    privacy.bp,
    reflections.bp,
    learning_pages.bp,
    verifying.bp,
    attestations_pages.bp,
    issuers.bp,
    issuing.bp,
    authoring.bp,
    *{aloud.bp, cohort_progress.bp},  # one and the same
    administration.bp,
)
MIB = 1024 * 1024
_FIRST_LETTER = re.compile(r"(\A\s*<p>(?:<(?:em|strong)>)*)([a-zà-öø-þœ])")
ELSEWHERE = "Ce site a une autre adresse.\nThis site has another address.\n"
"""For a request that names another host: no page is made, since its links could be made with that host."""


class Asked(Request):
    """A request whose files stay in memory, however large they may be: what someone brings is never written to disk."""

    def _get_file_stream(self, *_of: Any, **_more: Any) -> io.BytesIO:
        return io.BytesIO()


class Site(Flask):
    """Flask, but for its log of unhandled exceptions, whose words may hold what someone wrote, and its templates, which
    are compiled once a language."""

    jinja_environment = Templates
    request_class = Asked

    def log_exception(self, exc_info: Any) -> None:
        logs.fault("unhandled exception", exc_info[1], **_asked())


def create_app(settings: Settings, preview: bool = False) -> Flask:
    """`preview`: units that are not published are shown too; only a trainer's own machine does that."""
    app = Site("elearn", template_folder="web/templates", static_folder="web/static")
    keyring = Keyring(settings.keys, strict=bool(settings.base_url))
    for name in keyring.names():
        keyring.key(file_of(name))
    app.config.update(
        ELEARN=settings,
        ELEARN_SECRET=keyring.key("secret"),
        ELEARN_KEYRING=keyring,
        ELEARN_PREVIEW=preview,
        SECRET_KEY=None,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "hide_parameters": True,
            "pool_pre_ping": not settings.database_url.startswith("sqlite"),
        },
        MAX_CONTENT_LENGTH=MIB,
        MAX_FORM_MEMORY_SIZE=MIB,
        MAX_FORM_PARTS=200,
    )
    if settings.base_url:
        app.config["TRUSTED_HOSTS"] = [settings.base_url.split("://", 1)[1]]
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    app.extensions["shelf"] = Shelf(
        _engine_of(app), partial(adoptions, settings.instance), settings.hold_unread and not preview
    )
    app.before_request(_this_host_only)
    app.before_request(_no_zero)
    i18n.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if preview:
        previewing.register(app)
    serve_assets(app)
    doors.close_by_default(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        url_for=page_url,
        html=_html,
        drawn=icon,
        sentence=_sentence,
        nonce=_nonce,
        request_number=lambda: g.get("request_number", ""),
        in_language=in_language,
        owed_to=owed_to,
        demonstration=settings.demonstration,
        preview=preview,
    )
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request(_headers)
    app.after_request(_tell)
    app.register_error_handler(HTTPException, _refusal)
    app.register_error_handler(DBAPIError, _database_away)
    app.register_error_handler(500, _fault)
    return app


def _begin() -> None:
    g.request_number = secrets.token_hex(6)
    g.began = time.monotonic()


def _asked() -> dict[str, Any]:
    """What a line of the log says of a request: never its address or what was sent."""
    return {"request": g.get("request_number"), "endpoint": request.endpoint, "method": request.method}


def _tell(response: Response) -> Response:
    """One line a request. An address is looked up nowhere; a network is a keyed hash, to see one that does too much."""
    person = g.get("viewer")
    level = logging.WARNING if response.status_code in (401, 403, 429) else logging.INFO
    ms = round(1000 * (time.monotonic() - g.get("began", time.monotonic())), 1)
    known = {"actor": person.uid, "role": person.role} if person else {}
    keyed = limits.keyed_network()
    logs.note("request", level, **_asked(), **known, status=response.status_code, ms=ms, network=keyed)
    return response


def _engine_of(app: Flask) -> Any:
    with app.app_context():
        engine = db.engine
    return lambda: engine


@lru_cache(maxsize=2048)
def _html(body: bytes) -> Markup:
    """Cleaned HTML of an edition. Only bytes come from there: a str is refused, since nobody has cleaned it."""
    if not isinstance(body, bytes):
        raise TypeError("only cleaned bytes are HTML")
    return Markup(body.decode())  # noqa: S704 - cleaned by core.markup before it was published


@lru_cache(maxsize=2048)
def _sentence(body: bytes) -> Markup:
    """HTML that followed a label in the source, « Indice : relisez… », and stands alone here: it begins with a capital.
    Code keeps its first letter."""
    return Markup(_FIRST_LETTER.sub(lambda found: found[1] + found[2].upper(), _html(body), count=1))  # noqa: S704 - a letter alone


def _nonce() -> str:
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _headers(response: Response) -> Response:
    set_if_absent = response.headers.setdefault
    set_if_absent(
        "Content-Security-Policy",
        "default-src 'none'; "
        f"script-src 'self' 'nonce-{_nonce()}'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
        "connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types elearn",
    )
    set_if_absent("Referrer-Policy", "same-origin")
    set_if_absent("X-Content-Type-Options", "nosniff")
    set_if_absent("Cross-Origin-Opener-Policy", "same-origin")
    set_if_absent("Cross-Origin-Resource-Policy", "same-origin")
    set_if_absent(
        "Permissions-Policy",
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
        "microphone=(), payment=(), usb=(), browsing-topics=()",
    )
    if current_app.config["ELEARN"].base_url.startswith("https:"):
        set_if_absent("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    set_if_absent("Cache-Control", "no-store" if doors.COOKIE in request.cookies else "private, no-cache")
    response.vary.add("Cookie")
    return response


def _this_host_only() -> None:
    """Werkzeug compares names without ports; here the whole must be the site's own (ASVS 5.0, 4.1.3).

    A site without an address of its own is a trial, and answers to the names of its own machine only: links are made
    with the name that a request gives, and no visitor from elsewhere may choose it.
    """
    host = current_app.config["ELEARN"].base_url.partition("://")[2]
    known = request.host in (host, f"{host}:443") if host else is_loopback(urlsplit(f"//{request.host}").hostname or "")
    if not known:
        raise SecurityError


def _no_zero() -> None:
    """No address of ours holds a zero, and PostgreSQL takes none. Verification asks no database for such a code, and
    gives its one answer."""
    if "\0" in request.path and request.endpoint != "attestations.verify":
        doors.missing("address")


def _refusal(error: HTTPException) -> Any:
    """One page for every refusal: what happened in words, what to do, where to find help."""
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):
        return ELSEWHERE, 400, {"Content-Type": "text/plain; charset=utf-8"}
    body = render_template("errors/error.html", code=error.code, reason=error.description, quiet=True)
    headers = [(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")]
    if isinstance(error, TooManyRequests):
        headers.append(("Retry-After", "60"))
    return body, error.code, headers


def _database_away(error: DBAPIError) -> Any:
    logs.fault("database error", error.orig or error, **_asked())
    reason = "" if request.method in doors.SAFE else "unsent"
    return render_template("errors/error.html", code=503, reason=reason, quiet=True), 503, [("Retry-After", "5")]


def _fault(error: Exception) -> Any:
    return render_template("errors/error.html", code=500, reason="", quiet=True), 500
