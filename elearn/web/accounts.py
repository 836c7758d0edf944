"""Accounts: sign up, sign in, sign out. No address is asked; a sign-in name need not be real. One's own pages:
own_account.py."""

import logging
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from elearn import logs
from elearn.core.codes import normal_code, normal_recovery
from elearn.services import accounts, links, sessions
from elearn.store.base import now
from elearn.web import doors
from elearn.web.account_forms import SignInForm, SignUpForm, is_filled, say
from elearn.web.cookies import device, with_session, without_session
from elearn.web.i18n import _, language
from elearn.web.limits import allow, count, is_slowed, keyed_network, password_was_right, try_password

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
    return with_session(sessions.open_session(person, now(), "sign-up", device=device()), form.next.data)


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
        logs.note("sign-in slowed", logging.WARNING, network=keyed_network())
        return render_template("accounts/sign_in.html", form=form), 429
    token = sessions.sign_in(name, form.password.data or "", now(), stays, device())
    if token is None:
        form.form_errors.append(_("Ce nom et ce mot de passe ne vont pas ensemble. Vérifiez les deux, puis réessayez."))
        logs.note("sign-in refused", logging.WARNING, network=keyed_network())
        return render_template("accounts/sign_in.html", form=form), 422
    password_was_right(name)
    return with_session(token, form.next.data)


@bp.get("/links/")
@doors.public
def paper() -> str:
    """For whoever has a code on paper and cannot scan it."""
    return render_template("accounts/paper.html", typed="", error="")


@bp.post("/links/")
@doors.public
@doors.changes_nothing
def read_paper() -> Any:
    """Leads to the same button as the link itself. Not in the address: it would stay in the browser's history."""
    typed = request.form.get("code", "")[:200]
    token = normal_code(typed)
    if token is None:
        error = _("Il manque un signe, ou il y en a un de trop : un code a 26 lettres et chiffres.")
        if normal_recovery(typed):
            error = _("Ce code a 24 lettres et chiffres : c'est sans doute un code de secours. Sa page est plus bas.")
        return render_template("accounts/paper.html", typed=typed, error=error), 422
    return render_template("accounts/link.html", token=token)


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
    at = now()
    whose = links.whose(token, "link", at)
    session = links.use_link(token, at, device())
    if whose is None or session is None:
        logs.note("link refused", logging.WARNING, kind="link", endpoint=request.endpoint)
        return render_template("accounts/link.html", token=None), 410
    return with_session(session, None if whose.demo else url_for(".password"))


@bp.post("/sign-out")
@doors.allowed_to("keep an account")
@doors.owes_factor
def sign_out() -> Response:
    sessions.sign_out(doors.require_viewer(half=True).sign_in)
    return without_session()


@bp.post("/sign-out-everywhere")
@doors.allowed_to("keep an account")
def sign_out_everywhere() -> Response:
    sessions.sign_out_everywhere(doors.require_viewer(), now())
    return without_session()
