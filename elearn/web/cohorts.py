"""For trainers: cohorts, their members, and links handed over on screen or paper. Invitations: invitations.py."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response
from wtforms import Form, SelectField, StringField

from elearn.core.codes import grouped
from elearn.core.course import in_language
from elearn.core.passwords import has_hidden_signs, search_key, shown_name
from elearn.core.sheets import sheet
from elearn.services import cohorts, invitations
from elearn.services.pdf import day_in_words
from elearn.store import cohorts as store
from elearn.store.base import db, now
from elearn.store.editions import Published
from elearn.store.reflections import waiting
from elearn.web import doors
from elearn.web.i18n import _, language
from elearn.web.qr import qr_svg
from elearn.web.whereabouts import whereabouts

bp = Blueprint("cohorts", __name__, url_prefix="/cohorts")

FORM_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
A_PAGE = 30
LONGEST_NAME = 120


class CohortForm(Form):
    name = StringField()
    course = SelectField()
    organisation = SelectField()


class NameForm(Form):
    name = StringField()


@dataclass(frozen=True)
class Paged:
    """A page of a list. `number` counts from 1; `query`: what was searched."""

    rows: Sequence[Any]
    number: int
    last: int
    total: int
    query: str


@bp.get("/")
@doors.allowed_to("lead cohorts")
def index() -> str:
    with db.engine.connect() as connection:
        rows = store.cohorts(connection, leader())
        shared = waiting(connection, doors.require_viewer().id)
    listed = paged(rows, lambda row: row.name)
    return render_template("cohorts/index.html", listed=listed, titles=titles(), shared=shared)


@bp.get("/new")
@doors.allowed_to("lead cohorts")
def new() -> str:
    return _making(_cohort_form())


@bp.post("/")
@doors.allowed_to("lead cohorts")
def create() -> Any:
    form = _cohort_form(request.form)
    form.validate()
    name = _name(form)
    for field in (form.course, form.organisation):
        field.errors = [_("Choisissez dans la liste.")] if field.errors else []
    if form.errors:
        return _making(form), 422
    who, key = doors.require_viewer(), form_key()
    made = cohorts.make(who, name, form.course.data, form.organisation.data or "", key, now())
    return redirect(url_for(".cohort", cohort=made), 303)


@bp.get("/<string(length=26):cohort>")
@doors.allowed_to("lead cohorts")
def cohort(cohort: str) -> str:
    with db.engine.connect() as connection:
        found = here(store.cohort(connection, leader(), cohort), "cohort")
        listed = members_paged(connection, found.id)
        where = whereabouts(connection, current_edition(), found.course, listed.rows)
        trainers = store.trainers(connection, found.id)
        opened = [
            one for one in store.invitations(connection, leader(), found.id) if invitations.state(one, now()) == "open"
        ]
    title = titles().get(found.course, found.course)
    return render_template(
        "cohorts/cohort.html",
        cohort=found,
        title=title,
        listed=listed,
        where=where,
        trainers=trainers,
        invitations=opened,
    )


@bp.get("/<string(length=26):cohort>/settings")
@doors.allowed_to("lead cohorts")
def settings(cohort: str) -> str:
    return _settings(cohort, NameForm(), NameForm(prefix="trainer-"))


@bp.post("/<string(length=26):cohort>/name")
@doors.allowed_to("lead cohorts")
def rename(cohort: str) -> Any:
    form = NameForm(request.form)
    name = _name(form)
    if form.errors:
        return _settings(cohort, form, NameForm(prefix="trainer-")), 422
    with theirs("cohort"):
        cohorts.rename(doors.require_viewer(), cohort, name, now())
    return redirect(url_for(".cohort", cohort=cohort), 303)


@bp.post("/<string(length=26):cohort>/closure")
@doors.allowed_to("lead cohorts")
def close(cohort: str) -> Response:
    with theirs("cohort"):
        cohorts.close(doors.require_viewer(), cohort, now())
    return redirect(url_for(".cohort", cohort=cohort), 303)


@bp.post("/<string(length=26):cohort>/reopening")
@doors.allowed_to("lead cohorts")
def reopen(cohort: str) -> Response:
    with theirs("cohort"):
        cohorts.reopen(doors.require_viewer(), cohort, now())
    return redirect(url_for(".cohort", cohort=cohort), 303)


@bp.post("/<string(length=26):cohort>/trainers")
@doors.allowed_to("lead cohorts")
def add_trainer(cohort: str) -> Any:
    form = NameForm(request.form, prefix="trainer-")
    with theirs("cohort"):
        added = cohorts.add_trainer(doors.require_viewer(), cohort, (form.name.data or "")[:200], now())
    if not added:
        form.name.errors = [_("Aucune personne qui forme n'a ce nom de connexion. Vérifiez-le avec elle.")]
        return _settings(cohort, NameForm(), form), 422
    return redirect(url_for(".settings", cohort=cohort, _anchor="trainers"), 303)


@bp.get("/<string(length=26):cohort>/members/<string(length=26):person>")
@doors.allowed_to("lead cohorts")
def member(cohort: str, person: str) -> str:
    return _member(cohort, person)


@bp.post("/<string(length=26):cohort>/members/<string(length=26):person>/removal")
@doors.allowed_to("lead cohorts")
def remove(cohort: str, person: str) -> Response:
    with theirs("member"):
        cohorts.remove(doors.require_viewer(), cohort, person, now())
    return redirect(url_for(".cohort", cohort=cohort), 303)


@bp.post("/<string(length=26):cohort>/members/<string(length=26):person>/links")
@doors.allowed_to("hand over links")
@doors.recent
def hand_over(cohort: str, person: str) -> Any:
    """Answers with the link itself, which is nowhere kept: sent again, the same form says so and makes no other."""
    how, key = request.form.get("how", ""), form_key()
    if how not in cohorts.LASTS:
        abort(400)
    try:
        with theirs("member"):
            handed = cohorts.hand_over(doors.require_viewer(), cohort, person, how, key, now())
    except cohorts.AlreadyDone:
        return _member(cohort, person, again=True), 409
    except cohorts.TooManyLinks:
        return _member(cohort, person, error=_("Vingt liens en une heure : attendez un peu avant le suivant.")), 429
    return _handed(handed, how, cohort, person)


def _making(form: CohortForm) -> str:
    return render_template("cohorts/new.html", form=form)


def _settings(cohort: str, form: NameForm, trainer: NameForm) -> str:
    with db.engine.connect() as connection:
        found = here(store.cohort(connection, leader(), cohort), "cohort")
        trainers = store.trainers(connection, found.id)
    if form.name.data is None:
        form.name.data = found.name
    return render_template("cohorts/settings.html", cohort=found, form=form, trainer=trainer, trainers=trainers)


def _member(cohort: str, person: str, error: str = "", again: bool = False) -> str:
    who = doors.require_viewer()
    with db.engine.connect() as connection:
        found = here(store.member(connection, leader(), cohort, person), "member")
        where = whereabouts(connection, current_edition(), found.course, [found])
    reachable = cohorts.reachable(who, found.role) and found.deactivated_at is None
    edition = current_edition()
    units = edition.shown_units(edition.courses[found.course], language()) if found.course in edition.courses else []
    exams = [unit for unit in units if unit.exam and found.deactivated_at is None]
    return render_template(
        "cohorts/member.html",
        member=found,
        where=where[found.id],
        reachable=reachable,
        exams=exams,
        error=error,
        again=again,
    )


def _handed(handed: cohorts.Handed, how: str, cohort: str, person: str) -> str:
    link = site_address(url_for("accounts.link", token=handed.token))
    until = day_in_words(handed.ends - dt.timedelta(hours=12), handed.locale)  # early enough for any time zone
    return render_template(
        "cohorts/handed.html",
        handed=handed,
        words=sheet(handed.locale, how, until),
        how=how,
        code=grouped(handed.token),
        short=link.removesuffix(handed.token),
        qr=qr_svg(link),
        cohort=cohort,
        member=person,
    )


def _cohort_form(posted: Any = None) -> CohortForm:
    form = CohortForm(posted)
    form.course.choices = list(titles().items())
    with db.engine.connect() as connection:
        held = store.open_organisations(connection)
    names = [(one.uid, one.name_en if language() == "en" and one.name_en else one.name_fr) for one in held]
    form.organisation.choices = [("", _("Aucun")), *names]
    return form


def _name(form: Any) -> str:
    """The cohort's name that was typed, or an error beside its field."""
    name = shown_name(form.name.data or "")
    if not name:
        form.name.errors = [_("À remplir.")]
    elif len(name) > LONGEST_NAME:
        form.name.errors = [_("Au plus 120 signes.")]
    elif has_hidden_signs(name):
        form.name.errors = [_("Ce nom contient un signe invisible : écrivez-le à nouveau.")]
    return name


def members_paged(connection: Connection, cohort: int) -> Paged:
    """Members in the order of their names, whatever they did."""
    rows = store.members(connection, cohort)
    rows.sort(key=lambda row: (search_key(row.chosen_name), row.chosen_name, row.uid))
    return paged(rows, lambda row: row.chosen_name)


def paged(rows: Sequence[Any], name: Any) -> Paged:
    """The page that the address asks for of the rows whose name holds the words searched, sorted by name.

    Names are compared here and not in the database: the key that it keeps also holds sign-in names, which are private.
    """
    query = request.args.get("q", "")[:100]
    wanted = search_key(query)
    kept = [row for row in rows if wanted in search_key(name(row))] if wanted else list(rows)
    last = max(1, -(-len(kept) // A_PAGE))
    asked = request.args.get("page", "1")
    number = min(max(int(asked), 1), last) if re.fullmatch(r"[0-9]{1,6}", asked) else 1
    return Paged(kept[(number - 1) * A_PAGE : number * A_PAGE], number, last, len(kept), query)


def leader() -> int | None:
    return cohorts.leader(doors.require_viewer())


def here(row: Any, what: str) -> Any:
    return doors.missing(what) if row is None else row


@contextmanager
def theirs(what: str) -> Iterator[None]:
    """A deed that finds nothing of theirs answers 404 and leaves a line in the log."""
    try:
        yield
    except cohorts.NotTheirs:
        doors.missing(what)


def titles() -> dict[str, str]:
    """Course id -> its title in the language of the page, in the order of the site."""
    edition = current_edition()
    return {name: in_language(edition.courses[name].title, language()) for name in edition.site.courses}


def form_key() -> str:
    key = request.form.get("idempotency_key", "")
    if not FORM_KEY.fullmatch(key):
        abort(400)
    return key


def site_address(path: str) -> str:
    settings = current_app.config["ELEARN"]
    return f"{settings.base_url or request.host_url.rstrip('/')}{path}"


def current_edition() -> Published:
    person = doors.viewer()
    found = current_app.extensions["shelf"].current(person.edition if person else None)
    if not isinstance(found, Published):
        abort(503, "edition")
    return found
