"""One's own data: consents, export, erasure. Reads and writes nothing of anybody else."""

import datetime as dt
import json
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from elearn.core.consents import PURPOSES, REFLECTIONS
from elearn.services import consents, erasure, export
from elearn.services.audit import By
from elearn.store import privacy as store
from elearn.store.base import db, now
from elearn.store.learning import texts_kept
from elearn.web import doors
from elearn.web.i18n import _, day, language
from elearn.web.limits import allow

bp = Blueprint("privacy", __name__, url_prefix="/privacy")

TEXTS = {"keep": False, "erase": True}
"""What a withdrawn consent does to the texts that are kept."""


@bp.get("/data")
@doors.allowed_to("keep an account")
def index() -> str:
    who = doors.require_viewer()
    with db.engine.connect() as connection:
        rows = [row for row in store.consents(connection, who.id) if row.purpose in PURPOSES]
        texts = texts_kept(connection, who.id)
    given = next((row for row in rows if row.withdrawn_at is None), None)
    return render_template(
        "privacy/index.html",
        given=given,
        texts=texts,
        private=PURPOSES[REFLECTIONS],
        days=erasure.CHANGE_OF_MIND.days,
        told=request.args.get("told", ""),
    )


@bp.post("/consents")
@doors.allowed_to("keep an account")
def consent() -> Answer:
    consents.give(doors.require_viewer().id, language(), now())
    return _told("given")


@bp.post("/withdrawals")
@doors.allowed_to("keep an account")
def withdraw() -> Answer:
    erase = TEXTS.get(request.form.get("texts", "keep"))
    if erase is None:
        abort(400, "form")
    consents.withdraw(doors.require_viewer().id, _by(), erase)
    return _told("erased" if erase else "withdrawn")


@bp.get("/export", endpoint="export")
@doors.allowed_to("keep an account")
@doors.recent
def export_page() -> str:
    return render_template("privacy/export.html", left_out=export.left_out(language()))


@bp.post("/export")
@doors.allowed_to("keep an account")
@doors.recent
def export_data() -> Any:
    """A ZIP, made while it is sent: it lies in no file of the server."""
    if not allow("export", limit=20, seconds=3600):
        abort(429)
    lang, taken = language(), export.take(doors.require_viewer().id, _by())
    page = render_template(
        "privacy/archive.html", taken=taken, lang=lang, readable=_readable, left_out=export.left_out(lang)
    )
    answer: Response = current_app.response_class(export.archive(taken, page, lang), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="elearn-{taken.at:%Y-%m-%d}.zip"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/erasure", endpoint="erasure")
@doors.allowed_to("keep an account")
@doors.recent
def erasure_page() -> str:
    return render_template("privacy/erasure.html", days=erasure.CHANGE_OF_MIND.days)


@bp.post("/erasure")
@doors.allowed_to("keep an account")
@doors.recent
def ask_erasure() -> Answer:
    erasure.ask_for(doors.require_viewer().uid, _by())
    return _told("asked")


@bp.post("/keeping")
@doors.allowed_to("keep an account")
def keep_account() -> Answer:
    return _told("kept" if erasure.keep(doors.require_viewer().id, _by()) else "")


def _readable(value: Any) -> str:
    """A value as a person reads it; a moment in words, in UTC."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, str):
        with suppress(ValueError):
            moment = dt.datetime.fromisoformat(value)
            return f"{day(moment)}, {moment:%H:%M} UTC" if moment.tzinfo else value
        return value
    return json.dumps(value, ensure_ascii=False)


def _by() -> By:
    who = doors.require_viewer()
    return By(now(), who.uid, who.role)


def _told(word: str) -> Answer:
    return redirect(url_for(".index", told=word or None), 303)
