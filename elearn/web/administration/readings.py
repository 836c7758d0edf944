"""Readings that courses still owe, and adopting one: who read the text for this site, as what, and when."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from wtforms import Form, StringField

from elearn.core.adoption import Adoption, fingerprint
from elearn.core.course import Course, ReaderReview, in_language
from elearn.services import adoptions
from elearn.services.accounts import Unacceptable
from elearn.services.adoptions import LONGEST
from elearn.store.adoptions import standing
from elearn.store.base import db
from elearn.store.editions import Published
from elearn.web import doors
from elearn.web.administration.parts import bp, by
from elearn.web.i18n import _, language

MESSAGES: dict[str, Callable[[str], str]] = {
    "needed": lambda _field: _("À remplir."),
    "long": lambda field: _("Au plus %(most)s signes.", most=LONGEST[field]),
    "characters": lambda _field: _("Ce texte contient un signe invisible : écrivez-le à nouveau."),
    "signs": lambda _field: _("Ce texte contient un signe que le papier ne sait pas imprimer : écrivez-le autrement."),
    "date": lambda _field: _("Une date comme 2026-11-30."),
    "future": lambda _field: _("Ce jour n'est pas encore venu."),
}


class ReadingForm(Form):
    reader = StringField()
    role = StringField()
    on = StringField()


@dataclass(frozen=True)
class Reading:
    """A reading of a course. `adoption`: who made it, said on this site; the files may say it too (`review.by`)."""

    id: str
    course: Course
    review: ReaderReview
    units: tuple[str, ...]
    adoption: Adoption | None

    @property
    def owed(self) -> bool:
        return not self.review.by


@bp.get("/readings")
@doors.allowed_to("adopt courses")
def readings_list() -> str:
    found: dict[str, list[Reading]] = {}
    for one in _readings():
        found.setdefault(in_language(one.course.title, language()), []).append(one)
    return render_template("administration/readings.html", courses=found, held=current_app.config["ELEARN"].hold_unread)


@bp.get("/readings/<reading>")
@doors.allowed_to("adopt courses")
def reading(reading: str) -> str:
    return _page(_named(reading), ReadingForm())


@bp.post("/readings/<reading>/adoptions")
@doors.allowed_to("adopt courses")
def adopt(reading: str) -> Any:
    one, form = _named(reading), ReadingForm(request.form)
    said = {name: field.data or "" for name, field in form._fields.items()}
    try:
        adoptions.adopt(one.course, one.review, _source(), said, by(), current_app.config["ELEARN"].instance)
    except Unacceptable as problem:
        form[problem.field].errors = [MESSAGES[problem.code](problem.field)]
        return _page(one, form), 422
    return redirect(url_for(".readings_list"), 303)


@bp.post("/readings/<reading>/withdrawals")
@doors.allowed_to("adopt courses")
def withdraw_adoption(reading: str) -> Any:
    one = _named(reading)
    adoptions.withdraw(one.course, one.review, _source(), by(), current_app.config["ELEARN"].instance)
    return redirect(url_for(".readings_list"), 303)


def _page(one: Reading, form: ReadingForm) -> str:
    return render_template("administration/reading.html", one=one, form=form, today=by().at.date().isoformat())


def _edition() -> Published | None:
    found: Published | None = current_app.extensions["shelf"].current(doors.require_viewer().edition)
    return found


def _source() -> str:
    edition = _edition()
    return edition.site.source_language if edition else ""


def _readings() -> Iterator[Reading]:
    edition = _edition()
    if edition is None:
        return
    with db.engine.connect() as connection:
        made = standing(connection)
    for name in edition.site.courses:
        course = edition.courses[name]
        titles = {unit.id: unit.title for unit in edition.shown_units(course, language())}
        for review in course.reviews:
            id = fingerprint(name, review, edition.site.source_language)
            units = tuple(titles.get(unit, unit) for unit in review.units)
            yield Reading(id, course, review, units, made.get(id))


def _named(id: str) -> Reading:
    return next((one for one in _readings() if one.id == id), None) or doors.missing("reading")
