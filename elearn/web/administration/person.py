"""One person's file, and the deeds of an admin on it. Opening a file leaves a trace that the person sees: it is shown
for half an hour after the button that says so."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from elearn.core.permissions import ROLES
from elearn.services import people as deeds_on_people
from elearn.store import people
from elearn.store.base import db, now
from elearn.web import doors
from elearn.web.administration.handing import LASTS, handed
from elearn.web.administration.parts import bp, by, form_key, known
from elearn.web.deeds import ROLES as ROLE_WORDS
from elearn.web.i18n import _

STAYS_OPEN = dt.timedelta(minutes=30)

REFUSALS = {
    "self": lambda: _("C'est votre propre compte : une autre personne de l'administration peut le changer."),
    "last": lambda: _(
        "C'est le dernier compte d'administration : donnez d'abord ce rôle à une autre personne, puis revenez."
    ),
    "closed": lambda: _("Ce compte est suspendu : rouvrez-le d'abord, puis remettez un lien."),
    "role": lambda: _("Ce rôle n'existe pas : choisissez dans la liste."),
}


@bp.get("/people/<uid>")
@doors.allowed_to("manage people")
@doors.recent
def person(uid: str) -> Any:
    return _file(known(uid, "person"))


@bp.post("/people/<uid>/looks")
@doors.allowed_to("manage people")
@doors.recent
def look(uid: str) -> Any:
    return _do(uid, lambda one: deeds_on_people.look_at(one, by()))


@bp.get("/people/<uid>/links")
@doors.allowed_to("manage people")
def links(uid: str) -> Response:
    """A link is shown once: whoever comes back to its address finds the file."""
    return redirect(url_for(".person", uid=known(uid, "person")), 303)


@bp.post("/people/<uid>/links")
@doors.allowed_to("manage people")
@doors.recent
def hand_over(uid: str) -> Any:
    lasts, key = request.form.get("lasts", ""), form_key()
    if lasts not in LASTS:
        abort(400)
    return _do(uid, lambda one: handed(one, lasts, key))


@bp.post("/people/<uid>/suspension")
@doors.allowed_to("manage people")
@doors.recent
def suspend(uid: str) -> Any:
    return _do(uid, lambda one: deeds_on_people.suspend(one, by()))


@bp.post("/people/<uid>/reopening")
@doors.allowed_to("manage people")
@doors.recent
def reopen(uid: str) -> Any:
    return _do(uid, lambda one: deeds_on_people.reopen(one, by()))


@bp.post("/people/<uid>/role")
@doors.allowed_to("manage people")
@doors.recent
def change_role(uid: str) -> Any:
    return _do(uid, lambda one: deeds_on_people.change_role(one, request.form.get("role", ""), by()))


@bp.post("/people/<uid>/factor-removal")
@doors.allowed_to("manage people")
@doors.recent
def remove_factor(uid: str) -> Any:
    return _do(uid, lambda one: deeds_on_people.remove_factor(one, by()))


@bp.post("/people/<uid>/erasure")
@doors.allowed_to("manage people")
@doors.recent
def ask_erasure(uid: str) -> Any:
    return _do(uid, lambda one: deeds_on_people.ask_erasure(one, by()))


@bp.post("/people/<uid>/keeping")
@doors.allowed_to("manage people")
@doors.recent
def keep_account(uid: str) -> Any:
    return _do(uid, lambda one: deeds_on_people.keep(one, by()))


def _do(uid: str, deed: Callable[[str], Any]) -> Any:
    """Do a deed, then show the file again; or say why it may not be done."""
    uid = known(uid, "person")
    try:
        answer = deed(uid)
    except LookupError:
        doors.missing("person")
    except deeds_on_people.Refused as refused:
        return _file(uid, REFUSALS[refused.code]())
    return answer or redirect(url_for(".person", uid=uid), 303)


def _file(uid: str, refusal: str = "") -> Any:
    who = doors.require_viewer()
    if uid == who.uid and not refusal:
        return redirect(url_for("accounts.account"), 303)
    with db.engine.connect() as connection:
        found = people.file(connection, uid)
        opened = people.looked_at(connection, who.uid, uid, now() - STAYS_OPEN)
    if found is None:
        doors.missing("person")
    page = "administration/person.html" if opened else "administration/closed_file.html"
    choices = {name: words() for name, (_lasts, words) in LASTS.items()}
    shown = render_template(
        page,
        someone=found,
        refusal=refusal,
        roles=ROLE_WORDS,
        all_roles=ROLES,
        lasts=choices,
        own=uid == who.uid,
        here=url_for(".person", uid=uid),
    )
    return Response(shown, 422 if refusal else 200, mimetype="text/html")
