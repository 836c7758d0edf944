"""Invitations: a trainer makes, shows and closes them; whoever has the address joins.

The pages belong to the blueprint of cohorts.py.
"""

import logging
from typing import Any

from flask import abort, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form, IntegerField, SelectField

from elearn import logs
from elearn.core.codes import grouped, normal_code
from elearn.core.course import in_language
from elearn.services import invitations, learning
from elearn.store import cohorts as store
from elearn.store.base import db, now
from elearn.web import doors
from elearn.web.cohorts import bp as bp
from elearn.web.cohorts import current_edition, form_key, here, leader, paged, site_address, theirs, titles
from elearn.web.i18n import _, language
from elearn.web.limits import count, is_slowed
from elearn.web.qr import qr_svg

DAYS, MOST_DAYS = 30, 120
PLACES, MOST_PLACES = 30, 500
WRONG_CODES = 60
"""Codes that let nobody in, from one network within ten minutes; right ones are not counted, so a class may join."""


class InvitationForm(Form):
    into = SelectField()
    days = IntegerField(default=DAYS)
    most = IntegerField(default=PLACES)


@bp.get("/invitations")
@doors.allowed_to("lead cohorts")
def invited() -> str:
    with db.engine.connect() as connection:
        rows = store.invitations(connection, leader())
    listed = paged(rows, lambda row: row.cohort_name or row.course)
    return render_template("cohorts/invitations.html", listed=listed, titles=titles(), state=_state)


@bp.get("/invitations/new")
@doors.allowed_to("lead cohorts")
def new_invitation() -> str:
    form = _invitation_form()
    wanted = f"cohort:{request.args.get('cohort', '')}"
    if wanted in dict(form.into.choices):
        form.into.data = wanted
    return render_template("cohorts/new_invitation.html", form=form)


@bp.post("/invitations")
@doors.allowed_to("lead cohorts")
def invite() -> Any:
    form = _invitation_form(request.form)
    form.validate()
    _within(form.days, MOST_DAYS)
    _within(form.most, MOST_PLACES)
    if form.into.errors:
        form.into.errors = [_("Choisissez dans la liste.")]
    if form.errors:
        return render_template("cohorts/new_invitation.html", form=form), 422
    kind, _colon, name = form.into.data.partition(":")
    group, course = (name, "") if kind == "cohort" else ("", name)
    who, key = doors.require_viewer(), form_key()
    with theirs("cohort"):
        made = invitations.make(who, group, course, form.days.data or DAYS, form.most.data or PLACES, key, now())
    return redirect(url_for(".invitation", invitation=made), 303)


@bp.get("/invitations/<string(length=26):invitation>")
@doors.allowed_to("lead cohorts")
def invitation(invitation: str) -> str:
    """The sheet to show or print, at any time. Its code is made again from what is kept."""
    with db.engine.connect() as connection:
        row = here(store.invitation(connection, leader(), invitation), "invitation")
    code = invitations.code(row.nonce)
    course = current_edition().courses.get(row.course)
    return render_template(
        "cohorts/invitation.html",
        row=row,
        state=_state(row),
        title=in_language(course.title, language()) if course else row.course,
        discreet=in_language(course.discreet_title, language()) if course else "",
        code=grouped(code),
        address=site_address(url_for(".join", code=code)),
        short=site_address(url_for(".type_code")),
        qr=qr_svg(site_address(url_for(".join", code=code))),
    )


@bp.post("/invitations/<string(length=26):invitation>/closure")
@doors.allowed_to("lead cohorts")
def close_invitation(invitation: str) -> Response:
    with theirs("invitation"):
        invitations.close(doors.require_viewer(), invitation, now())
    return redirect(url_for(".invitation", invitation=invitation), 303)


@bp.get("/join")
@doors.public
def type_code() -> Any:
    """Type a code from a sheet."""
    typed = request.args.get("code")
    code = normal_code(typed or "")
    if typed and code:
        return redirect(url_for(".join", code=code), 303)
    error = _("Un code a 26 lettres et chiffres : comparez avec le papier.") if typed else ""
    return render_template("cohorts/type_code.html", typed=typed or "", error=error)


@bp.get("/join/<code>")
@doors.public
def join(code: str) -> Any:
    """What an invitation leads to. Opening it changes nothing; the button joins."""
    _slow_guesses()
    person = doors.viewer()
    current = current_edition()
    try:
        with db.engine.connect() as connection:
            row, already = invitations.look(connection, code, person.id if person else None, current, now())
    except invitations.Refused as refusal:
        return _refused(refusal)
    course = current.courses[row.course]
    title = in_language(course.title, language())
    page = render_template("cohorts/join.html", row=row, course=course, title=title, already=already, code=code)
    return _unlisted(make_response(page))


@bp.post("/join/<code>")
@doors.allowed_to("learn")
def enter(code: str) -> Any:
    _slow_guesses()
    who = doors.require_viewer()
    asker = learning.Asker(who.id, language(), now(), "", current_app.config["ELEARN_SECRET"])
    try:
        course = invitations.join(who, asker, code, current_edition())
    except invitations.Refused as refusal:
        return _refused(refusal)
    return redirect(url_for("learning.course", course=course, told="joined"), 303)


def _refused(refusal: invitations.Refused) -> Any:
    """Unknown, closed, ended and full ones get one and the same answer; the log knows."""
    count("join", seconds=600)
    logs.note("invitation refused", logging.WARNING, endpoint=request.endpoint, code=str(refusal))
    here = url_for(".type_code")
    return _unlisted(make_response(render_template("cohorts/refused.html", here=here, quiet=True), 410))


def _slow_guesses() -> None:
    if is_slowed("join", limit=WRONG_CODES, seconds=600):
        abort(429)


def _unlisted(answer: Any) -> Any:
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _invitation_form(posted: Any = None) -> InvitationForm:
    with db.engine.connect() as connection:
        led = [one for one in store.cohorts(connection, leader()) if one.closed_at is None]
    form = InvitationForm(posted)
    groups = [(f"cohort:{one.uid}", _("Groupe : %(name)s", name=one.name)) for one in led]
    courses = [(f"course:{name}", _("Cours seul : %(title)s", title=title)) for name, title in titles().items()]
    form.into.choices = groups + courses
    return form


def _within(field: Any, most: int) -> None:
    if field.errors or not field.data or not 1 <= field.data <= most:
        field.errors = [_("Un nombre de 1 à %(most)s.", most=most)]


def _state(row: Any) -> str:
    return invitations.state(row, now())
