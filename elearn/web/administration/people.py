"""The list of people, and making an account for someone: its password is random, a link opens it."""

from typing import Any

from flask import render_template, request
from wtforms import Form, RadioField, SelectField, StringField

from elearn.core.listing import MOST, search_words, typed
from elearn.core.permissions import ROLES
from elearn.services import people as deeds_on_people
from elearn.services.accounts import Unacceptable
from elearn.store import people
from elearn.store.base import db
from elearn.web import doors
from elearn.web.administration.handing import LASTS, handed
from elearn.web.administration.parts import asked_sheet, bp, by, form_key
from elearn.web.deeds import ROLES as ROLE_WORDS
from elearn.web.i18n import LANGUAGES, _, language

MESSAGES = {
    ("sign_in_name", "short"): lambda: _("Au moins 3 signes."),
    ("sign_in_name", "long"): lambda: _("Au plus 40 signes."),
    ("sign_in_name", "characters"): lambda: _("Lettres, chiffres, espaces, points, tirets et apostrophes seulement."),
    ("sign_in_name", "taken"): lambda: _("Ce nom est déjà pris : ajoutez un mot ou un chiffre."),
    ("chosen_name", "long"): lambda: _("Au plus 80 signes."),
    ("chosen_name", "characters"): lambda: _("Ce nom contient un signe invisible : écrivez-le à nouveau."),
}


class PersonForm(Form):
    sign_in_name = StringField()
    chosen_name = StringField()
    role = SelectField()
    locale = SelectField()
    lasts = RadioField()


@bp.get("/people")
@doors.allowed_to("manage people")
def people_list() -> str:
    asked = request.args
    q = typed(asked.get("q", ""))
    role = asked.get("role", "") if asked.get("role") in ROLES else ""
    state = asked.get("state", "") if asked.get("state") in people.STATES else ""
    with db.engine.connect() as connection:
        sheet = asked_sheet(people.count(connection, search_words(q), role, state))
        rows = people.page(connection, search_words(q), role, state, sheet.offset, MOST)
    chosen = {"q": q or None, "role": role or None, "state": state or None}
    return render_template("administration/people.html", rows=rows, sheet=sheet, chosen=chosen, roles=ROLE_WORDS)


@bp.get("/people/new")
@doors.allowed_to("manage people")
@doors.recent
def new_person() -> str:
    return render_template("administration/new_person.html", form=_form(None))


@bp.post("/people")
@doors.allowed_to("manage people")
@doors.recent
def create_person() -> Any:
    form, key = _form(request.form), form_key()
    if not form.validate():
        for field in form:
            field.errors = [_("Choisissez dans la liste.")] if field.errors else []
        return render_template("administration/new_person.html", form=form), 422
    try:
        uid = deeds_on_people.create(
            form.sign_in_name.data or "", form.chosen_name.data or "", form.role.data, form.locale.data, by()
        )
    except Unacceptable as problem:
        form[problem.field].errors = [MESSAGES[problem.field, problem.code]()]
        return render_template("administration/new_person.html", form=form), 422
    return handed(uid, form.lasts.data, key)


def _form(posted: Any) -> PersonForm:
    form = PersonForm(posted, role="trainee", locale=language(), lasts="paper")
    form.role.choices = [(name, ROLE_WORDS[name]()) for name in ROLES]
    form.locale.choices = list(LANGUAGES.items())
    form.lasts.choices = [(name, words()) for name, (_lasts, words) in LASTS.items()]
    return form
