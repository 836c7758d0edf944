"""Accounts: sign up, sign in, sign out, one's own page. No address is asked; a sign-in name need not be real."""

import logging
from typing import Any

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response
from wtforms import Form, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from elearn import logs
from elearn.core.codes import normal_code
from elearn.services import accounts, links, sessions
from elearn.store.base import now
from elearn.web import doors
from elearn.web.cookies import with_session, without_session
from elearn.web.i18n import _, language
from elearn.web.limits import allow, count, is_slowed

bp = Blueprint("accounts", __name__, url_prefix="/accounts")

CHOOSE_PASSWORD = "/accounts/password"  # noqa: S105 - an address

MESSAGES = {
    "short": {
        "sign_in_name": lambda: _("Au moins 3 signes."),
        "password": lambda: _("Au moins 12 signes : quelques mots à vous, par exemple."),
    },
    "long": {
        "sign_in_name": lambda: _("Au plus 40 signes."),
        "chosen_name": lambda: _("Au plus 80 signes."),
        "password": lambda: _("Au plus 200 signes."),
    },
    "characters": {
        "sign_in_name": lambda: _("Lettres, chiffres, espaces, points, tirets et apostrophes seulement."),
        "chosen_name": lambda: _("Ce nom contient un signe invisible : écrivez-le à nouveau."),
    },
    "taken": {"sign_in_name": lambda: _("Ce nom est déjà pris : ajoutez un mot ou un chiffre.")},
    "common": {"password": lambda: _("Trop facile à deviner : assemblez trois ou quatre mots sans lien entre eux.")},
    "names": {"password": lambda: _("Il contient votre nom : choisissez autre chose.")},
}


class SignUpForm(Form):
    sign_in_name = StringField(validators=[InputRequired(), Length(max=200)])
    chosen_name = StringField(validators=[Length(max=200)])
    password = PasswordField(validators=[InputRequired(), Length(max=1000)])
    next = HiddenField()


class SignInForm(Form):
    name = StringField(validators=[InputRequired(), Length(max=200)])
    password = PasswordField(validators=[InputRequired(), Length(max=1000)])
    next = HiddenField()


@bp.get("/sign-up")
@doors.public
def sign_up() -> str:
    return render_template("accounts/sign_up.html", form=SignUpForm(next=request.args.get("next", "")))


@bp.post("/sign-up")
@doors.public
def create_account() -> Any:
    form = SignUpForm(request.form)
    _require(form)
    if form.errors:
        return render_template("accounts/sign_up.html", form=form), 422
    name, password = form.sign_in_name.data or "", form.password.data or ""
    if is_slowed("sign-up", limit=200, seconds=3600):
        abort(429)
    try:
        person = accounts.sign_up(name, form.chosen_name.data or "", password, now(), language())
    except accounts.Unacceptable as problem:
        form[problem.field].errors = [MESSAGES[problem.code][problem.field]()]
        return render_template("accounts/sign_up.html", form=form), 422
    count("sign-up", seconds=3600)
    return with_session(sessions.open_session(person, now(), "sign-up"), form.next.data)


@bp.get("/sign-in")
@doors.public
def sign_in() -> str:
    return render_template("accounts/sign_in.html", form=SignInForm(next=request.args.get("next", "")))


@bp.post("/sign-in")
@doors.public
def create_session() -> Any:
    form = SignInForm(request.form)
    _require(form)
    if form.errors:
        return render_template("accounts/sign_in.html", form=form), 422
    name = form.name.data or ""
    if is_slowed("sign-in", limit=100, seconds=600) or is_slowed("sign-in", name, limit=10, seconds=600):
        form.form_errors.append(_("Trop d'essais de suite. Attendez dix minutes, puis réessayez : rien n'est perdu."))
        return render_template("accounts/sign_in.html", form=form), 429
    token = sessions.sign_in(name, form.password.data or "", now())
    if token is None:
        count("sign-in", seconds=600)
        count("sign-in", name, seconds=600)
        form.form_errors.append(_("Ce nom et ce mot de passe ne vont pas ensemble. Vérifiez les deux, puis réessayez."))
        return render_template("accounts/sign_in.html", form=form), 422
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
    session = links.use_link(token, at)
    if whose is None or session is None:
        logs.note("link refused", logging.WARNING, kind="link", endpoint=request.endpoint)
        return render_template("accounts/link.html", token=None), 410
    return with_session(session, None if whose.demo else CHOOSE_PASSWORD)


@bp.get("/")
@doors.allowed_to("keep an account")
def account() -> str:
    who = doors.require_viewer()
    return render_template("accounts/account.html", person=who, sessions=len(sessions.open_sessions(who.id, now())))


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


def _require(form: Form) -> None:
    """Our own words for a field left empty or far too long."""
    form.validate()
    for field in form:
        if field.errors:
            field.errors = [_("À remplir.") if not (field.data or "").strip() else _("C'est trop long.")]
