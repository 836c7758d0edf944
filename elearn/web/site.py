"""Home, help, privacy, language, health: what answers even when the database does not."""

import datetime as dt
import hmac
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from sqlalchemy.exc import DBAPIError
from werkzeug.wrappers import Response

from elearn.core.completion import Taught, taught
from elearn.core.consents import PURPOSES, REFLECTIONS
from elearn.core.course import HelpLine, in_language
from elearn.core.help_lines import fingerprint
from elearn.core.inventory import NOTICE_ON, TOPICS, Topic, notice_version, said
from elearn.services import accounts
from elearn.store.base import db, now
from elearn.store.cohorts import in_charge
from elearn.store.editions import Shelf, newest
from elearn.store.gauges import exposition, file_gauges, gauges
from elearn.store.help_lines import checks, help_lines
from elearn.store.inventory import topic_days
from elearn.web import doors, i18n
from elearn.web.addresses import local_path
from elearn.web.i18n import _
from elearn.web.regions import REGIONS

bp = Blueprint("site", __name__)

KINDS = {
    "emergency": lambda: _("Urgence"),
    "suicide": lambda: _("Idées de suicide"),
    "listening": lambda: _("Écoute"),
    "social": lambda: _("Aide sociale"),
    "youth": lambda: _("Jeunes"),
    "child": lambda: _("Enfants en danger"),
    "family": lambda: _("Familles"),
    "violence": lambda: _("Violence"),
    "housing": lambda: _("Hébergement"),
    "indigenous": lambda: _("Premières Nations, Inuit et Métis"),
}


@dataclass(frozen=True)
class Region:
    """`lines`: each with the day it was last checked, None where this site has not done so yet."""

    id: str
    name: str
    lines: list[tuple[HelpLine, dt.date | None]]

    @property
    def unchecked(self) -> bool:
        """None of its lines is checked yet: said once, above them."""
        return all(day is None for _line, day in self.lines)


@dataclass(frozen=True)
class Kept:
    """A kind of thing that the site keeps, as the privacy page says it. `stays`: why it cannot be taken along."""

    what: str
    why: str
    kept: str
    stays: str
    erased: str


@dataclass(frozen=True)
class Offer:
    """A course as the home page shows it."""

    title: str
    summary: str
    taught: Taught
    minutes: int
    url: str


@bp.get("/")
@doors.public
def home() -> str:
    try:
        doors.viewer()
        return render_template("site/home.html", offers=_offers())
    except DBAPIError:
        return render_template("site/home.html", offers=[], quiet=True)


@bp.get("/help")
@doors.public
def help() -> str:
    instance = current_app.config["ELEARN"].instance
    regions = _regions(help_lines(instance), checks(instance))
    return render_template("site/help.html", regions=regions, kinds=KINDS, quiet=True)


@bp.get("/privacy")
@doors.public
def privacy() -> str:
    """Made from the inventory of columns, so that it cannot say anything else than what is done."""
    lang, days = i18n.language(), topic_days()
    return render_template(
        "site/privacy.html",
        topics=[_kept(one, lang, days.get(name)) for name, one in TOPICS.items() if one.about],
        in_charge=_in_charge(),
        changed_on=dt.date.fromisoformat(NOTICE_ON),
        version=notice_version(days),
        private=PURPOSES[REFLECTIONS],
        quiet=True,
    )


@bp.post("/language")
@doors.public
@doors.changes_nothing
def choose_language() -> Response:
    """Keep the choice in a cookie, and with the account of a signed-in person; then back to where one was.

    It works with the database down and from pages that send no referrer: a cookie of two letters is no one's secret.
    """
    chosen = request.form.get("language", "")
    if chosen not in i18n.LANGUAGES:
        abort(400, "language")
    with suppress(DBAPIError):
        person = doors.genuine()
        if person is not None:
            accounts.choose_language(person.id, chosen)
    response = redirect(local_path(request.form.get("next")) or url_for(".home"), 303)
    response.set_cookie(i18n.COOKIE, chosen, max_age=i18n.YEAR, secure=request.is_secure, httponly=True, samesite="Lax")
    return response


@bp.get("/healthz")
@doors.public
def health() -> Any:
    try:
        with db.engine.connect() as connection:
            edition = newest(connection)
        database = "ok"
    except DBAPIError:
        edition, database = None, "unavailable"
    return {"edition": edition, "database": database}, 503 if edition is None else 200


@bp.get("/metrics")
@doors.public
def metrics() -> Any:
    """Gauges for whoever looks after the site. Without the right token it is a page that does not exist."""
    token = current_app.config["ELEARN"].metrics_token
    sent = request.headers.get("Authorization", "").encode("utf-8", "replace")
    if not token or not hmac.compare_digest(sent, f"Bearer {token}".encode()):
        abort(404)
    settings = current_app.config["ELEARN"]
    with db.engine.connect() as connection:
        found = gauges(connection, now()) | file_gauges(settings.instance, settings.database_url)
    return exposition(found), 200, {"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}


@bp.get("/robots.txt")
@doors.public
def robots() -> Any:
    """Public verification pages are not named here: they carry `noindex`, which only a crawler that reads them sees."""
    closed = "".join(f"Disallow: /{word}/\n" for word in ("accounts", "administration", "attestations", "authoring"))
    return f"User-agent: *\n{closed}", 200, {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/favicon.ico")
@doors.public
def icon() -> Response:
    return redirect(url_for("static", filename="favicon.svg"), 302)


def _offers() -> list[Offer]:
    shelf: Shelf = current_app.extensions["shelf"]
    edition = shelf.current()
    if edition is None:
        return []
    lang, offers = i18n.language(), []
    for course in (edition.courses[name] for name in edition.site.courses):
        units = edition.shown_units(course, lang, bool(current_app.config["ELEARN_PREVIEW"]))
        minutes = sum(unit.minutes for unit in units)
        title, summary = in_language(course.title, lang), in_language(course.summary, lang)
        offers.append(
            Offer(title, summary, taught(course, units), minutes, url_for("learning.course", course=course.id))
        )
    return offers


def _kept(topic: Topic, lang: str, days: int | None) -> Kept:
    stays = said(topic.stays, lang) if topic.stays else ""
    return Kept(
        said(topic.what, lang), said(topic.why, lang), said(topic.kept, lang, days), stays, said(topic.erased, lang)
    )


def _in_charge() -> list[Any]:
    """Who answers for privacy; nobody is named where the database does not answer."""
    with suppress(DBAPIError), db.engine.connect() as connection:
        return in_charge(connection)
    return []


def _regions(lines: tuple[HelpLine, ...], days: dict[str, dt.date]) -> list[Region]:
    """Every region in the order of REGIONS, unknown ones last; within each, the order that its file gives."""
    known = list(REGIONS)

    def place(line: HelpLine) -> tuple[int, str]:
        return (known.index(line.region) if line.region in known else len(known), line.region)

    def name(region: str) -> str:
        return REGIONS[region]() if region in REGIONS else region.upper()

    ordered = sorted(lines, key=lambda line: (place(line), line.order))
    grouped = groupby(ordered, key=lambda line: line.region)
    return [Region(region, name(region), [(row, _checked(row, days)) for row in rows]) for region, rows in grouped]


def _checked(line: HelpLine, days: dict[str, dt.date]) -> dt.date | None:
    """The newer of the day written in the content and of the last check noted on this site."""
    known = [days[fingerprint(line)]] if fingerprint(line) in days else []
    with suppress(ValueError):
        known.append(dt.date.fromisoformat(line.checked_on))
    return max(known, default=None)
