"""Organisations that hold courses: list, add, change, close, open again."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for
from wtforms import Form, StringField

from elearn.core.listing import MOST, search_words, typed
from elearn.services import organisations
from elearn.services.accounts import Unacceptable
from elearn.services.organisations import LONGEST, Details
from elearn.store import cohorts
from elearn.store.base import db
from elearn.web import doors
from elearn.web.administration.parts import asked_sheet, bp, by, known
from elearn.web.i18n import _

MESSAGES: dict[str, Callable[[str], str]] = {
    "needed": lambda _field: _("À remplir."),
    "long": lambda field: _("Au plus %(most)s signes.", most=LONGEST[field]),
    "characters": lambda _field: _("Ce texte contient un signe invisible : écrivez-le à nouveau."),
    "address": lambda _field: _("Une adresse complète, qui commence par https://"),
}


class OrganisationForm(Form):
    name_fr = StringField()
    name_en = StringField()
    web = StringField()
    officer = StringField()
    contact = StringField()


@bp.get("/organisations")
@doors.allowed_to("manage organisations")
def organisations_list() -> str:
    q = typed(request.args.get("q", ""))
    with db.engine.connect() as connection:
        sheet = asked_sheet(cohorts.count_organisations(connection, search_words(q)))
        rows = cohorts.organisations(connection, search_words(q), sheet.offset, MOST)
    return render_template("administration/organisations.html", rows=rows, sheet=sheet, chosen={"q": q or None})


@bp.get("/organisations/new")
@doors.allowed_to("manage organisations")
def new_organisation() -> str:
    return render_template("administration/organisation.html", form=OrganisationForm(), one=None)


@bp.post("/organisations")
@doors.allowed_to("manage organisations")
def create_organisation() -> Any:
    form = OrganisationForm(request.form)
    try:
        organisations.add(_details(form), by())
    except Unacceptable as problem:
        return _again(form, problem, None)
    return redirect(url_for(".organisations_list"), 303)


@bp.get("/organisations/<uid>")
@doors.allowed_to("manage organisations")
def organisation(uid: str) -> str:
    one = _one(uid)
    return render_template("administration/organisation.html", form=OrganisationForm(obj=one), one=one)


@bp.post("/organisations/<uid>")
@doors.allowed_to("manage organisations")
def change_organisation(uid: str) -> Any:
    one, form = _one(uid), OrganisationForm(request.form)
    try:
        organisations.change(one.uid, _details(form), by())
    except Unacceptable as problem:
        return _again(form, problem, one)
    return redirect(url_for(".organisations_list"), 303)


@bp.post("/organisations/<uid>/closing")
@doors.allowed_to("manage organisations")
def close_organisation(uid: str) -> Any:
    organisations.close(_one(uid).uid, by())
    return redirect(url_for(".organisations_list"), 303)


@bp.post("/organisations/<uid>/reopening")
@doors.allowed_to("manage organisations")
def reopen_organisation(uid: str) -> Any:
    organisations.reopen(_one(uid).uid, by())
    return redirect(url_for(".organisations_list"), 303)


def _one(uid: str) -> Any:
    with db.engine.connect() as connection:
        return cohorts.organisation(connection, known(uid, "organisation")) or doors.missing("organisation")


def _details(form: OrganisationForm) -> Details:
    return Details(**{field.name: field.data or "" for field in form})


def _again(form: OrganisationForm, problem: Unacceptable, one: Any) -> Any:
    form[problem.field].errors = [MESSAGES[problem.code](problem.field)]
    return render_template("administration/organisation.html", form=form, one=one), 422
