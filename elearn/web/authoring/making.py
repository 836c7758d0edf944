"""A new course, a new unit: a title and the id proposed from it. Both begin as drafts."""

import re
from typing import Any

from flask import redirect, render_template, request
from wtforms import BooleanField, Form, StringField

from elearn.core.writable import First, slug
from elearn.services import writing
from elearn.store.base import now
from elearn.web import doors
from elearn.web.addresses import page_url
from elearn.web.authoring import parts
from elearn.web.authoring.parts import bp
from elearn.web.i18n import _

IDENTITY = re.compile(r"[a-z][a-z0-9-]{1,38}[a-z0-9]")


class CourseForm(Form):
    title = StringField()
    name = StringField()
    summary = StringField()


class UnitForm(CourseForm):
    author = StringField()
    exam = BooleanField()


@bp.get("/courses/new")
@doors.allowed_to("write content")
def new_course() -> str:
    return render_template("authoring/new_course.html", form=CourseForm())


@bp.post("/courses")
@doors.allowed_to("write content")
def create_course() -> Any:
    form = CourseForm(request.form)
    asked = _asked(form)
    there = parts.desk()
    languages = there.build.site.languages if there.build.site else ("fr",)
    if not form.errors:
        try:
            folder = writing.new_course(parts.settings(), asked, languages, now().date())
            return redirect(page_url("authoring.new_unit", course=folder), 303)
        except writing.Refused as problem:
            form.name.errors = [parts.refusal(problem)]
    return render_template("authoring/new_course.html", form=form), 422


@bp.get("/courses/<course>/units/new")
@doors.allowed_to("write content")
def new_unit(course: str) -> str:
    return _making(course, UnitForm(author=doors.require_viewer().chosen_name))


@bp.post("/courses/<course>/units")
@doors.allowed_to("write content")
def create_unit(course: str) -> Any:
    form = UnitForm(request.form)
    asked = _asked(form)
    if not form.errors:
        site = parts.desk().build.site
        lang = site.source_language if site else "fr"
        try:
            path = writing.new_unit(parts.settings(), course, asked, lang, now().date())
            return redirect(page_url("authoring.text", path=path), 303)
        except writing.Refused as problem:
            form.name.errors = [parts.refusal(problem)]
    return _making(course, form), 422


def _making(course: str, form: UnitForm) -> str:
    there = parts.desk()
    if course not in parts.courses(there):
        doors.missing("course")
    return render_template("authoring/new_unit.html", form=form, course=course, title=parts.course_title(there, course))


def _asked(form: CourseForm) -> First:
    """What was typed; an id that nobody typed is made of the title. Errors stand beside their fields."""
    form.validate()
    title, author = parts.posted("title", 200), parts.posted("author", 120)
    name = parts.posted("name", 60) or slug(title)
    if not title:
        form.title.errors = [_("Écrivez un titre.")]
    elif not IDENTITY.fullmatch(name):
        form.name.errors = [
            _("Trois à quarante lettres sans accent, chiffres ou tirets, par exemple « ecouter-sans-juger ».")
        ]
        form.name.data = name
    if isinstance(form, UnitForm) and not author:
        form.author.errors = [_("Écrivez qui signe cette unité.")]
    exam = isinstance(form, UnitForm) and bool(form.exam.data)
    return First(name, title, author, parts.posted("summary", 500), exam)
