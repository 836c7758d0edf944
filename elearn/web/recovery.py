"""Ways back in: by mail, by a link on paper, by a printed code. Same words and time for known and unknown names."""

import logging
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, Form, PasswordField, StringField
from wtforms.validators import DataRequired, Length

from elearn import logs
from elearn.core.codes import grouped
from elearn.core.mail_address import masked, normal_address, shown
from elearn.services import addresses, links, recovery
from elearn.services.accounts import Unacceptable
from elearn.store.base import now
from elearn.web import doors
from elearn.web.addresses import full_address, site_address
from elearn.web.cookies import with_session
from elearn.web.forms import require
from elearn.web.i18n import _
from elearn.web.limits import allow, count, is_slowed
from elearn.web.pace import evenly

bp = Blueprint("recovery", __name__, url_prefix="/accounts/recovery")

UNACCEPTABLE = {
    "short": lambda: _("Au moins 12 signes : quelques mots à vous, par exemple."),
    "long": lambda: _("Au plus 200 signes."),
    "common": lambda: _("Trop facile à deviner : assemblez trois ou quatre mots sans lien entre eux."),
    "names": lambda: _("Il contient votre nom : choisissez autre chose."),
}


class MailForm(Form):
    who = StringField(validators=[DataRequired(), Length(max=300)])


class PasswordForm(Form):
    password = PasswordField(validators=[DataRequired(), Length(max=1000)])


class CodeForm(Form):
    name = StringField(validators=[DataRequired(), Length(max=200)])
    code = StringField(validators=[DataRequired(), Length(max=200)])


class AddressForm(Form):
    address = StringField(validators=[DataRequired(), Length(max=300)])


class UsesForm(Form):
    for_notices = BooleanField()
    for_digest = BooleanField()


@bp.get("/")
@doors.public
def index() -> str:
    return render_template("recovery/index.html")


@bp.get("/mail")
@doors.public
def mail() -> str:
    return render_template("recovery/mail.html", form=MailForm())


@bp.post("/mail")
@doors.public
def ask_by_mail() -> Any:
    form = MailForm(request.form)
    require(form)
    if form.errors:
        return render_template("recovery/mail.html", form=form), 422
    if not allow("reset", limit=30, seconds=3600):
        abort(429)
    with evenly():
        recovery.ask_by_mail(form.who.data or "", now(), _page(".new_password"))
    return render_template("recovery/asked.html")


@bp.get("/new-password/<token>")
@doors.public
def new_password(token: str) -> Any:
    """Opening the link changes nothing: programs that check mails open it too."""
    whose = links.whose(token, "reset", now())
    if whose is None:
        return _refused("reset")
    return render_template("recovery/new_password.html", form=PasswordForm(), token=token, name=whose.sign_in_name)


@bp.post("/new-password/<token>")
@doors.public
def reset(token: str) -> Any:
    if not allow("reset-link", limit=30, seconds=600):
        abort(429)
    form, whose = PasswordForm(request.form), links.whose(token, "reset", now())
    if whose is None:
        return _refused("reset")
    require(form)
    if not form.errors:
        try:
            if not recovery.reset(token, form.password.data or "", now(), _notice()):
                return _refused("reset")
            return render_template("recovery/done.html", name=whose.sign_in_name)
        except Unacceptable as problem:
            form.password.errors = [UNACCEPTABLE[problem.code]()]
    return render_template("recovery/new_password.html", form=form, token=token, name=whose.sign_in_name), 422


@bp.get("/code")
@doors.public
def code() -> str:
    return render_template("recovery/code.html", form=CodeForm())


@bp.post("/code")
@doors.public
def use_code() -> Any:
    form = CodeForm(request.form)
    require(form)
    if form.errors:
        return render_template("recovery/code.html", form=form), 422
    name = form.name.data or ""
    if is_slowed("recovery-code", limit=100, seconds=600) or is_slowed("recovery-code", name, limit=10, seconds=600):
        form.form_errors.append(_("Trop d'essais de suite. Attendez dix minutes, puis réessayez : rien n'est perdu."))
        return render_template("recovery/code.html", form=form), 429
    with evenly():
        token = recovery.use_code(name, form.code.data or "", now(), _notice())
    if token is None:
        count("recovery-code", seconds=600)
        count("recovery-code", name, seconds=600)
        logs.note("recovery code refused", logging.WARNING)
        form.form_errors.append(
            _("Ce nom et ce code ne vont pas ensemble, ou ce code a déjà servi. Vérifiez les deux.")
        )
        return render_template("recovery/code.html", form=form), 422
    return with_session(token, url_for("accounts.password"))


@bp.get("/codes")
@doors.allowed_to("keep an account")
@doors.recent
def codes() -> str:
    return render_template("recovery/codes.html", state=recovery.codes_of(doors.require_viewer().id))


@bp.post("/codes")
@doors.allowed_to("keep an account")
@doors.recent
def create_codes() -> str:
    """Shown in the answer and nowhere else; sent again, this makes new ones."""
    made = recovery.make_codes(doors.require_viewer(), now(), _notice())
    return render_template("recovery/made.html", codes=[grouped(code) for code in made], site=site_address())


@bp.get("/address")
@doors.allowed_to("keep an account")
@doors.recent
def address() -> str:
    return _address(AddressForm(), whole=request.args.get("whole") == "1")


@bp.post("/address")
@doors.allowed_to("keep an account")
@doors.recent
def give_address() -> Any:
    form = AddressForm(request.form)
    require(form)
    given = normal_address(form.address.data or "")
    if form.errors or given is None:
        form.address.errors = form.address.errors or [_("Écrivez-la comme ceci : prenom@exemple.org")]
        return _address(form), 422
    try:
        addresses.give(doors.require_viewer(), given, now(), _page(".proof"), _notice())
    except addresses.TooManyMails:
        form.address.errors = [_("Trois messages sont déjà partis. Attendez une heure avant d'en demander un autre.")]
        return _address(form), 429
    return redirect(url_for(".address"), 303)


@bp.post("/address/uses")
@doors.allowed_to("keep an account")
@doors.recent
def choose_uses() -> Response:
    form = UsesForm(request.form)
    addresses.choose(doors.require_viewer(), form.for_notices.data, form.for_digest.data)
    return redirect(url_for(".address", told="uses"), 303)


@bp.post("/address/removal")
@doors.allowed_to("keep an account")
@doors.recent
def take_back() -> Response:
    addresses.take_back(doors.require_viewer(), now(), _notice())
    return redirect(url_for(".address"), 303)


@bp.get("/address/proof/<token>")
@doors.public
def proof(token: str) -> str:
    """Opening the link changes nothing; its button proves the address. Nothing says whose account it is."""
    return render_template("recovery/proof.html", token=token, proved=False)


@bp.post("/address/proof/<token>")
@doors.public
def prove(token: str) -> Any:
    if not allow("proof", limit=30, seconds=600):
        abort(429)
    if not addresses.verify(token, now()):
        return _refused("verify")
    return render_template("recovery/proof.html", token=token, proved=True)


def _address(form: AddressForm, whole: bool = False) -> str:
    kept = addresses.kept(doors.require_viewer().id)
    words = ""
    if kept is not None:
        given = kept.address
        words = _("illisible pour le moment") if given is None else shown(given) if whole else masked(given)
    return render_template("recovery/address.html", form=form, kept=kept, words=words, whole=whole)


def _refused(kind: str) -> tuple[str, int]:
    """Used, ended, mistyped or forged: the same page for all."""
    logs.note("link refused", logging.WARNING, kind=kind, endpoint=request.endpoint)
    return render_template("recovery/gone.html", kind=kind), 410


def _page(endpoint: str) -> Any:
    name = f"{bp.name}{endpoint}"
    return lambda token: full_address(name, token=token)


def _notice() -> str:
    return full_address("accounts.account")
