"""The second factor: add an authenticator, give a code, take it away. No other page is opened meanwhile."""

import logging
from typing import Any

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from elearn import logs
from elearn.core import totp
from elearn.core.codes import grouped
from elearn.core.permissions import SECOND_FACTOR
from elearn.services import factor, sessions
from elearn.store.accounts import Viewer
from elearn.store.base import now
from elearn.web import doors
from elearn.web.addresses import full_address, local_path, site_address
from elearn.web.cookies import forget_session, keep_session, with_session
from elearn.web.forms import require
from elearn.web.i18n import _
from elearn.web.limits import account_was_right, allow_account
from elearn.web.qr import qr_svg

bp = Blueprint("factor", __name__, url_prefix="/accounts/second-factor")

ISSUER = "elearn"
TRIES, IN_SECONDS = 5, 600
"""Codes that an account may try in ten minutes, from wherever: only who has its password gets here."""
SESSION_TRIES, SESSION_SECONDS = 10, 12 * 3600
"""After so many, a session that has only given the password ends."""


class CodeForm(Form):
    code = StringField(validators=[DataRequired(), Length(max=100)])
    next = HiddenField()


@bp.get("/")
@doors.allowed_to("keep an account")
def index() -> str:
    who = doors.require_viewer()
    return render_template("factor/index.html", on=who.factor, required=_required(who))


@bp.get("/new")
@doors.allowed_to("keep an account")
@doors.recent
def add() -> Any:
    who = doors.require_viewer()
    if who.factor:
        return redirect(url_for(".index"), 303)
    return _adding(who, CodeForm(next=request.args.get("next", "")))


@bp.post("/secret")
@doors.allowed_to("keep an account")
@doors.recent
def start() -> Response:
    started = factor.start(doors.require_viewer(), now())
    return redirect(url_for(".add", next=local_path(request.form.get("next"))) if started else url_for(".index"), 303)


@bp.post("/new")
@doors.allowed_to("keep an account")
@doors.recent
def confirm() -> Any:
    who, form = doors.require_viewer(), CodeForm(request.form)
    if who.factor:
        return redirect(url_for(".index"), 303)
    status = _problem(form, who)
    added = None if status else factor.confirm(who, form.code.data or "", now(), _notice())
    if added is None:
        status = status or _wrong(form, who)
        return _adding(who, form), status
    _was_right(who)
    onwards = local_path(form.next.data) or url_for("accounts.account")
    codes = [grouped(one) for one in added.codes]
    page = make_response(render_template("factor/added.html", codes=codes, site=site_address(), onwards=onwards))
    return keep_session(page, added.token, who.ends_at - now())


@bp.get("/code")
@doors.allowed_to("keep an account")
@doors.owes_factor
def give() -> Any:
    who, wanted = doors.half_viewer(), request.args.get("next", "")
    if who is None:
        return redirect(local_path(wanted) or url_for("learning.catalogue"), 303)
    return render_template("factor/give.html", form=CodeForm(next=wanted), printed=who.door == "password")


@bp.post("/code")
@doors.allowed_to("keep an account")
@doors.owes_factor
def use_code() -> Any:
    who, form = doors.half_viewer(), CodeForm(request.form)
    if who is None:
        return redirect(local_path(form.next.data) or url_for("learning.catalogue"), 303)
    status = _problem(form, who)
    token = None if status else factor.give(who, form.code.data or "", now(), _notice())
    if token is not None:
        _was_right(who)
        return with_session(token, form.next.data)
    status = status or _wrong(form, who)
    if not allow_account("second-factor-session", who.sign_in, limit=SESSION_TRIES - 1, seconds=SESSION_SECONDS):
        return _end(who, form)
    return render_template("factor/give.html", form=form, printed=who.door == "password"), status


@bp.get("/removal")
@doors.allowed_to("keep an account")
@doors.recent
def remove() -> Any:
    who = doors.require_viewer()
    if not who.factor or _required(who):
        return redirect(url_for(".index"), 303)
    return render_template("factor/remove.html", form=CodeForm())


@bp.post("/removal")
@doors.allowed_to("keep an account")
@doors.recent
def create_removal() -> Any:
    who, form = doors.require_viewer(), CodeForm(request.form)
    if not who.factor or _required(who):
        return redirect(url_for(".index"), 303)
    status = _problem(form, who)
    if not status and factor.remove(who, form.code.data or "", now(), _notice()):
        _was_right(who)
        _was_right(who)
        return redirect(url_for(".index"), 303)
    status = status or _wrong(form, who)
    return render_template("factor/remove.html", form=form), status


def _required(who: Viewer) -> bool:
    """The role needs it on a real site: whoever has one keeps one."""
    return who.role in SECOND_FACTOR and bool(current_app.config["ELEARN"].base_url)


def _adding(who: Viewer, form: CodeForm) -> str:
    found = factor.pending(who)
    address = totp.address(found.secret, found.sign_in_name, ISSUER) if found else ""
    return render_template(
        "factor/add.html",
        form=form,
        required=_required(who),
        address=address,
        qr=qr_svg(address) if found else "",
        spelled=totp.spelled(found.secret) if found else "",
    )


def _problem(form: CodeForm, who: Viewer) -> int:
    """The status of a form that is not worth a try; 0 where it is, and the try is counted."""
    require(form)
    if form.errors:
        return 422
    if allow_account("second-factor", who.uid, limit=TRIES, seconds=IN_SECONDS):
        return 0
    form.form_errors.append(_("Trop d'essais de suite. Attendez dix minutes, puis réessayez : rien n'est perdu."))
    return 429


def _was_right(who: Viewer) -> None:
    account_was_right("second-factor", who.uid, seconds=IN_SECONDS)


def _wrong(form: CodeForm, who: Viewer) -> int:
    logs.note("second factor refused", logging.WARNING, actor=who.uid, endpoint=request.endpoint)
    form.code.errors = [_("Ce code ne va pas, ou a déjà servi. Attendez le suivant, puis tapez-le.")]
    return 422


def _end(who: Viewer, form: CodeForm) -> Any:
    logs.note("session ended after many codes", logging.WARNING, actor=who.uid)
    sessions.sign_out(who.sign_in)
    page = make_response(render_template("factor/ended.html", next=local_path(form.next.data)), 429)
    return forget_session(page)


def _notice() -> str:
    return full_address("accounts.account")
