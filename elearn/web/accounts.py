"""Accounts: sign up, sign in, sign out. No address is asked; a sign-in name need not be real. One's own pages:
own_account.py."""

import logging
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from elearn import logs
from elearn.services import accounts, links, sessions
from elearn.store.accounts import token_hash
from elearn.store.base import now
from elearn.web import doors
from elearn.web.account_forms import SignInForm, SignUpForm, is_filled, say
from elearn.web.addresses import local_path
from elearn.web.i18n import _, language
from elearn.web.limits import allow, count, is_slowed, network_mark, password_was_right, try_password
from elearn.web.session_cookie import device, with_session, without_session

bp = Blueprint("accounts", __name__, url_prefix="/accounts")


@bp.get("/sign-up")
@doors.public
def sign_up() -> str:
    return render_template("accounts/sign_up.html", form=SignUpForm(next=request.args.get("next", "")))


@bp.post("/sign-up")
@doors.public
def create_account() -> Any:
    form = SignUpForm(request.form)
    if not is_filled(form):
        return render_template("accounts/sign_up.html", form=form), 422
    name, password = form.sign_in_name.data or "", form.password.data or ""
    if is_slowed("sign-up", limit=200, seconds=3600):
        abort(429)
    try:
        person = accounts.sign_up(name, form.chosen_name.data or "", password, now(), language())
    except accounts.Unacceptable as problem:
        say(form, problem)
        return render_template("accounts/sign_up.html", form=form), 422
    count("sign-up", seconds=3600)
    return _enter(sessions.open_session(person, now(), "sign-up", device=device()), form.next.data)


@bp.get("/sign-in")
@doors.public
def sign_in() -> str:
    return render_template("accounts/sign_in.html", form=SignInForm(next=request.args.get("next", "")))


@bp.post("/sign-in")
@doors.public
def create_session() -> Any:
    form = SignInForm(request.form)
    if not is_filled(form):
        return render_template("accounts/sign_in.html", form=form), 422
    name, stays = form.name.data or "", bool(form.stays.data)
    if not try_password(name):
        form.form_errors.append(_("Trop d'essais de suite. Attendez dix minutes, puis réessayez : rien n'est perdu."))
        logs.note("sign-in slowed", logging.WARNING, network=network_mark())
        return render_template("accounts/sign_in.html", form=form), 429
    token = sessions.sign_in(name, form.password.data or "", now(), stays, device())
    if token is None:
        form.form_errors.append(_("Ce nom et ce mot de passe ne vont pas ensemble. Vérifiez les deux, puis réessayez."))
        logs.note("sign-in refused", logging.WARNING, network=network_mark())
        return render_template("accounts/sign_in.html", form=form), 422
    password_was_right(name)
    return _enter(token, form.next.data, stays)


@bp.get("/links/<token>")
@doors.public
def link(token: str) -> str:
    """Opening a link changes nothing: mail readers and link checkers open them too. The button uses it."""
    return render_template("accounts/link.html", token=token)


@bp.post("/links/<token>")
@doors.public
def use_link(token: str) -> Any:
    if not allow("link", limit=30, seconds=600):
        abort(429)
    session = links.use_link(token, now(), device())
    if session is None:
        return render_template("accounts/link.html", token=None), 410
    return _enter(session, None)


@bp.post("/sign-out")
@doors.allowed_to("keep an account")
def sign_out() -> Response:
    sessions.sign_out(doors.require_viewer().sign_in)
    return without_session(redirect(url_for("site.home"), 303))


@bp.post("/sign-out-everywhere")
@doors.allowed_to("keep an account")
def sign_out_everywhere() -> Response:
    sessions.sign_out_everywhere(doors.require_viewer(), now())
    return without_session(redirect(url_for("site.home"), 303))


def _enter(token: str, wanted: str | None, stays: bool = False) -> Response:
    """Hand the new session over; the one that this browser had before ends."""
    former = request.cookies.get(doors.COOKIE)
    if former:
        sessions.sign_out(token_hash(former))
    lasts = sessions.STAYS if stays else sessions.LASTS
    return with_session(redirect(local_path(wanted) or url_for("learning.catalogue"), 303), token, lasts)
