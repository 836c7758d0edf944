"""One's own account: what is kept of it, name, password, sessions, and what happened to it. The same blueprint as
accounts.py, whose doors lead here."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from elearn import logs
from elearn.services import accounts, sessions
from elearn.store.accounts import Viewer, own_account
from elearn.store.audit import about
from elearn.store.base import db, now
from elearn.store.cohorts import learns_in
from elearn.web import doors
from elearn.web.account_forms import ConfirmForm, NameForm, PasswordForm, is_filled, say
from elearn.web.accounts import bp as bp
from elearn.web.addresses import local_path
from elearn.web.cookies import keep_session
from elearn.web.deeds import ago, done_by, words
from elearn.web.i18n import _
from elearn.web.limits import keyed_network, password_was_right, try_password

SHOWN, SEARCHED = 12, 200
"""Entries of the log on the account page: so many, and those of the last 200 that are news."""

CARDS: dict[str, tuple[str, Callable[[], str], Callable[[], str]]] = {
    "accounts.name": ("person", lambda: _("Nom affiché"), lambda: _("La façon dont le site s'adresse à vous.")),
    "accounts.password": ("lock", lambda: _("Mot de passe"), lambda: _("En choisir un nouveau.")),
    "accounts.open_sessions": (
        "out",
        lambda: _("Appareils connectés"),
        lambda: _("Voir où votre compte est ouvert, et le fermer ailleurs."),
    ),
    "factor.index": (
        "seal",
        lambda: _("Deuxième vérification"),
        lambda: _("Un code en plus du mot de passe, sur votre téléphone."),
    ),
    "recovery.codes": (
        "again",
        lambda: _("Codes de secours"),
        lambda: _("Des codes à imprimer, pour revenir même sans mot de passe."),
    ),
    "recovery.address": (
        "message",
        lambda: _("Adresse de courriel"),
        lambda: _("Facultative. Vous choisissez à quoi elle sert."),
    ),
    "reflections.index": (
        "pen",
        lambda: _("Mes textes personnels"),
        lambda: _("Ce que vous avez écrit pour vous : relire, télécharger, effacer."),
    ),
    "privacy.index": (
        "leaf",
        lambda: _("Mes données"),
        lambda: _("Ce que le site garde, en avoir une copie, effacer le compte."),
    ),
}
"""Pages about one's account: endpoint -> icon, title, what one finds there. Only those that the app has are shown."""


@dataclass(frozen=True)
class Card:
    icon: str
    title: str
    words: str
    url: str


@dataclass(frozen=True)
class Event:
    """An entry of the log about the person. `fresh`: it has not been shown yet."""

    what: str
    when: str
    by: str
    fresh: bool


@dataclass(frozen=True)
class Device:
    """A session as its person sees it. `here`: the one of this page."""

    words: str
    since: str
    seen: str
    stays: bool
    here: bool
    url: str


@bp.get("/")
@doors.allowed_to("keep an account")
def account() -> str:
    who = doors.require_viewer()
    with db.engine.connect() as connection:
        mine, entries = own_account(connection, who.id), about(connection, who.uid, SEARCHED)
        groups = learns_in(connection, who.id)
    at = now()
    fresh = {one.id for one in entries if one.told and one.id > mine.told_up_to}
    happened = [
        Event(words(one.deed, one.facts), ago(one.at, at), done_by(one.actor, who.uid), one.id in fresh)
        for number, one in enumerate(entries)
        if number < SHOWN or one.id in fresh
    ]
    return render_template(
        "accounts/account.html",
        who=who,
        sign_in_name=mine.sign_in_name,
        groups=groups,
        cards=_cards(),
        happened=happened,
        newest=entries[0].id if entries else 0,
        told=request.args.get("told", ""),
    )


@bp.post("/news")
@doors.allowed_to("keep an account")
def read_news() -> Response:
    """« J'ai lu » : news up to the newest entry that the page showed are no longer new."""
    posted = request.form.get("up_to", "")
    if not (posted.isascii() and posted.isdigit() and len(posted) < 16):
        abort(400, "form")
    accounts.was_told(doors.require_viewer(), int(posted))
    return redirect(url_for(".account"), 303)


@bp.get("/name")
@doors.allowed_to("keep an account")
def name() -> str:
    form = NameForm(chosen_name=doors.require_viewer().chosen_name)
    return render_template("accounts/name.html", form=form)


@bp.post("/name")
@doors.allowed_to("keep an account")
def change_name() -> Any:
    form = NameForm(request.form)
    if not is_filled(form):
        return render_template("accounts/name.html", form=form), 422
    try:
        accounts.change_chosen_name(doors.require_viewer(), form.chosen_name.data or "", now())
    except accounts.Unacceptable as problem:
        say(form, problem)
        return render_template("accounts/name.html", form=form), 422
    return redirect(url_for(".account", told="name"), 303)


@bp.get("/password")
@doors.allowed_to("keep an account")
def password() -> str:
    return render_template("accounts/password.html", form=_password_form(doors.require_viewer()))


@bp.post("/password")
@doors.allowed_to("keep an account")
def change_password() -> Any:
    who = doors.require_viewer()
    form = _password_form(who)
    if not is_filled(form):
        return render_template("accounts/password.html", form=form), 422
    current = form.current.data or "" if "current" in form else None
    if current is not None and not try_password(who.uid):
        return _slowed("accounts/password.html", form)
    link = url_for(".account", _external=True) if current_app.config["ELEARN"].base_url else ""
    try:
        token = accounts.change_password(who, current, form.password.data or "", now(), link)
    except accounts.Unacceptable as problem:
        _note_refusal(who, problem.field)
        if current is not None and problem.field != "current":
            password_was_right(who.uid)
        say(form, problem)
        return render_template("accounts/password.html", form=form), 422
    if current is not None:
        password_was_right(who.uid)
    return keep_session(redirect(url_for(".account", told="password"), 303), token, who.ends_at - now())


@bp.get("/confirm")
@doors.allowed_to("keep an account")
def confirm() -> str:
    form = ConfirmForm(next=request.args.get("next", ""))
    return render_template("accounts/confirm.html", form=form, without=_may_choose_anew(doors.require_viewer()))


@bp.post("/confirm")
@doors.allowed_to("keep an account")
def give_password() -> Any:
    """The password once more; then on to the page that asked for it."""
    who, form = doors.require_viewer(), ConfirmForm(request.form)
    without = _may_choose_anew(who)
    if not is_filled(form):
        return render_template("accounts/confirm.html", form=form, without=without), 422
    if not try_password(who.uid):
        return _slowed("accounts/confirm.html", form, without=without)
    token = sessions.confirm(who, form.password.data or "", now())
    if token is None:
        _note_refusal(who, "current")
        form.password.errors = [_("Ce n'est pas le mot de passe actuel. Vérifiez, puis réessayez.")]
        return render_template("accounts/confirm.html", form=form, without=without), 422
    password_was_right(who.uid)
    where = local_path(form.next.data) or url_for(".account")
    return keep_session(redirect(where, 303), token, who.ends_at - now())


@bp.get("/sessions")
@doors.allowed_to("keep an account")
def open_sessions() -> str:
    who, at = doors.require_viewer(), now()
    devices = [
        Device(
            one.device or _("Appareil inconnu"),
            ago(one.created_at, at),
            ago(one.seen_at, at),
            one.stays,
            one.id == who.sign_in,
            url_for(".sign_out_there", session=sessions.short_id(one.id)),
        )
        for one in sessions.open_sessions(who.id, at)
    ]
    return render_template("accounts/sessions.html", devices=sorted(devices, key=lambda one: not one.here))


@bp.post("/sessions/<session>/closure")
@doors.allowed_to("keep an account")
def sign_out_there(session: str) -> Response:
    if not sessions.sign_out_there(doors.require_viewer(), session, now()):
        doors.missing("session")
    return redirect(url_for(".open_sessions"), 303)


@bp.get("/presence")
@doors.public
def presence() -> Any:
    """How long the session goes on, for session.js: after a sleep, or a sign-in in another tab. Writes nothing."""
    who = doors.viewer()
    if who is None:
        return jsonify(left=0, person="", token="", half=doors.half_viewer() is not None)
    return jsonify(left=doors.session_left(), person=who.uid, token=doors.csrf_token(), half=False)


@bp.post("/presence")
@doors.allowed_to("keep an account")
def keep_presence() -> Any:
    """A sign of life from a page where someone reads or writes: the guard has taken note of it already."""
    return "", 204, {"Session-Left": str(doors.session_left())}


def _cards() -> list[Card]:
    there = current_app.view_functions
    return [
        Card(icon, title(), words(), url_for(name)) for name, (icon, title, words) in CARDS.items() if name in there
    ]


def _may_choose_anew(who: Viewer) -> bool:
    return accounts.came_without_password(who, now())


def _password_form(who: Viewer) -> PasswordForm:
    form = PasswordForm(request.form)
    if _may_choose_anew(who):
        del form.current
    return form


def _slowed(template: str, form: Any, **more: Any) -> Any:
    form.form_errors.append(_("Trop d'essais de suite. Attendez dix minutes, puis réessayez : rien n'est perdu."))
    return render_template(template, form=form, **more), 429


def _note_refusal(who: Viewer, field: str) -> None:
    if field == "current":
        logs.note(
            "password refused", logging.WARNING, actor=who.uid, network=keyed_network(), endpoint=request.endpoint
        )
