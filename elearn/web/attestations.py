"""Attestations: the holder's pages, and the public page that shows what a paper says to whoever has its address."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer
from wtforms import BooleanField, Form, HiddenField, StringField

from elearn.core.attestations import Title, load, state
from elearn.core.codes import grouped, normal_code
from elearn.core.completion import course_progress, facts_from_state
from elearn.core.course import Course, in_language
from elearn.core.credentials import ATTACHED, VARIANTS
from elearn.core.paper import kind, paper
from elearn.core.printed_names import masked, same_name
from elearn.services import attestations, issuers, learning, lifecycle, pdf
from elearn.store import attestations as store
from elearn.store.accounts import reminded
from elearn.store.base import db, now
from elearn.store.credentials import current
from elearn.store.editions import Published
from elearn.store.learning import place
from elearn.web import doors, i18n
from elearn.web.i18n import _, day, language
from elearn.web.limits import allow, count_opening, openings

bp = Blueprint("attestations", __name__)

LONGEST_TYPED = 200

CLOSED_TO_INDEXES = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


ENDS = {"": None, "30": dt.timedelta(days=30), "182": dt.timedelta(days=182), "365": dt.timedelta(days=365)}
"""Days after which an address ends by itself, as chosen; none by default."""


class NameForm(Form):
    printed_name = StringField()
    course = HiddenField()


class LinkForm(Form):
    label = StringField()
    title = StringField()
    name = BooleanField()
    details = BooleanField()
    ends = StringField()


@dataclass(frozen=True)
class Held:
    """An attestation in its holder's list."""

    id: str
    kind: str
    title: str
    issued_at: Any
    state: str


REASON_WORDS = {
    "mistake": lambda: _("Elle a été délivrée par erreur."),
    "other-person": lambda: _("Elle porte le nom d'une autre personne."),
    "not-earned": lambda: _("Elle n'a pas été obtenue comme elle le dit."),
    "asked": lambda: _("Vous l'avez demandé."),
}


@bp.get("/attestations/")
@doors.allowed_to("hold attestations")
def index() -> str:
    with db.engine.connect() as connection:
        rows = store.held(connection, doors.require_viewer().id)
        reminders = reminded(connection, doors.require_viewer().id)
    return render_template("attestations/index.html", held=[_held(row) for row in rows], reminders=reminders)


@bp.post("/attestations/reminders")
@doors.allowed_to("hold attestations")
def reminders() -> Any:
    """Be reminded, or no longer, before an attestation ends."""
    lifecycle.set_reminders(doors.require_viewer().id, bool(request.form.get("wanted")))
    return redirect(url_for(".index", _anchor="reminders"), 303)


@bp.get("/attestations/new")
@doors.allowed_to("hold attestations")
def new() -> Any:
    if not request.args.get("course"):
        return redirect(url_for(".index"), 303)
    edition, course = _complete_course(request.args.get("course", ""))
    if edition is None:
        return redirect(url_for("learning.course", course=course.id), 303)
    with db.engine.connect() as connection:
        issued = store.held(connection, doors.require_viewer().id)
    known = next((one.id for one in issued if load(one.facts).course == course.id), None)
    if known:
        return redirect(url_for(".attestation", attestation=known), 303)
    with db.engine.connect() as connection:
        named = store.confirmed_name(connection, doors.require_viewer().id, course.id)
    return _form(course, NameForm(course=course.id, printed_name=named.printed_name if named else ""), named)


@bp.post("/attestations/")
@doors.allowed_to("hold attestations")
def create() -> Any:
    form = NameForm(request.form)
    edition, course = _complete_course(form.course.data or "")
    if edition is None:
        return redirect(url_for("learning.course", course=course.id), 303)
    who = doors.require_viewer()
    try:
        name = lifecycle.confirm_name(who.id, course.id, form.printed_name.data or "", now())
        made = attestations.issue(attestations.Request(who.id, course.id, name, language(), now(), *_site()), edition)
    except attestations.NotApproved:
        return redirect(url_for(".new", course=course.id), 303)
    except attestations.UnprintableName as problem:
        form.printed_name.errors = [_name_problem(problem)]
        return _form(course, form), 422
    except (attestations.NotEnrolled, attestations.NotComplete):
        return redirect(url_for("learning.course", course=course.id), 303)
    return redirect(url_for(".attestation", attestation=made), 303)


@bp.get("/attestations/<uuid:attestation>")
@doors.allowed_to("hold attestations")
def attestation(attestation: Any) -> str:
    return _page(str(attestation))


@bp.post("/attestations/<uuid:attestation>/links")
@doors.allowed_to("hold attestations")
def create_link(attestation: Any) -> Any:
    key, form = request.form.get("idempotency_key", ""), LinkForm(request.form)
    title: Title = "discreet" if form.title.data == "discreet" else "real"
    if not 8 <= len(key) <= 64 or form.title.data not in ("real", "discreet") or (form.ends.data or "") not in ENDS:
        abort(400)
    lasting = ENDS[form.ends.data or ""]
    ends = now() + lasting if lasting else None
    shown = attestations.Shown(title, bool(form.name.data), bool(form.details.data), form.label.data or "", ends)
    try:
        attestations.open_link(doors.require_viewer().id, str(attestation), shown, key, now())
    except LookupError:
        doors.missing("attestation")
    except attestations.TooManyLinks:
        return _page(str(attestation), _("Vingt adresses sont ouvertes : fermez-en une d'abord.")), 422
    return redirect(url_for(".attestation", attestation=attestation, _anchor="links"), 303)


@bp.post("/attestations/<uuid:attestation>/links/<code>/closure")
@doors.allowed_to("hold attestations")
def close_link(attestation: Any, code: str) -> Answer:
    try:
        attestations.close_link(doors.require_viewer().id, str(attestation), code, now())
    except LookupError:
        doors.missing("attestation")
    return redirect(url_for(".attestation", attestation=attestation, _anchor="links"), 303)


@bp.post("/attestations/<uuid:attestation>/name")
@doors.allowed_to("hold attestations")
def ask_name(attestation: Any) -> Any:
    """Ask for another name on it: who issues it agrees or declines."""
    row, _links = _mine(str(attestation))
    who = doors.require_viewer()
    try:
        lifecycle.confirm_name(
            who.id, load(row.facts).course, request.form.get("printed_name", "")[:LONGEST_TYPED], now()
        )
    except attestations.UnprintableName as problem:
        return _page(str(attestation), name_error=_name_problem(problem)), 422
    except attestations.NotEnrolled:
        doors.missing("enrolment")
    return redirect(url_for(".attestation", attestation=attestation, _anchor="name"), 303)


@bp.post("/attestations/<uuid:attestation>/renewal")
@doors.allowed_to("hold attestations")
def renew(attestation: Any) -> Any:
    """A new attestation in the place of one that ends; where the course has grown, what it gained comes first."""
    row, _links = _mine(str(attestation))
    who, facts = doors.require_viewer(), load(row.facts)
    asked = attestations.Request(who.id, facts.course, facts.printed_name, facts.locale, now(), *_site())
    try:
        made = attestations.renew(asked, str(attestation), _edition())
    except (attestations.NotComplete, attestations.NotEnrolled):
        return redirect(url_for("learning.course", course=facts.course), 303)
    except LookupError:
        return redirect(url_for(".attestation", attestation=attestation), 303)
    return redirect(url_for(".attestation", attestation=made), 303)


@bp.get("/attestations/<uuid:attestation>/links/<code>/pdf")
@doors.allowed_to("hold attestations")
def download(attestation: Any, code: str) -> Response:
    row, links = _mine(str(attestation))
    link = next((one for one in links if one.code == code and one.closed_at is None), None)
    if link is None:
        doors.missing("link")
    title = link.shows["title"]
    with db.engine.connect() as connection:
        signed = current(connection, row.id, title)
        look = issuers.look_of(connection, row.issuer)
    body = pdf.attestation(load(row.facts), title, code, _base_url(), look, signed.body if signed else b"")
    return _file(body, "application/pdf", "attestation.pdf")


@bp.get("/attestations/<uuid:attestation>/credentials/<variant>")
@doors.allowed_to("hold attestations")
def credential(attestation: Any, variant: str) -> Response:
    """The signed file alone, for a wallet or for whoever checks it without the paper."""
    row, _links = _mine(str(attestation))
    with db.engine.connect() as connection:
        signed = current(connection, row.id, variant) if variant in VARIANTS else None
    if signed is None or not signed.body:
        doors.missing("credential")
    return _file(signed.body, "application/vc", ATTACHED)


def _file(body: bytes, mimetype: str, name: str) -> Response:
    answer = current_app.response_class(body, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/V/")
@doors.public
def lookup() -> Any:
    """Type a code from a paper."""
    typed = request.args.get("code")
    code = normal_code(typed or "")
    if typed and code:
        return _shut_in(redirect(url_for(".verify", code=code), 303))
    error = _("Un code a 26 lettres et chiffres : comparez avec le papier.") if typed else ""
    return _shut_in(make_response(render_template("attestations/lookup.html", typed=typed or "", error=error)))


@bp.get("/V/<code>")
@doors.public
def verify(code: str) -> Response:
    """What a link shows. Unknown, closed, ended and malformed ones get one and the same answer."""
    return _verification(code, None)


@bp.post("/V/<code>")
@doors.public
@doors.changes_nothing
def confirm(code: str) -> Response:
    """Is this the name on the paper? Only yes or no; nothing is stored."""
    return _verification(code, request.form.get("name", "")[:LONGEST_TYPED])


def _verification(typed: str, name: str | None) -> Response:
    code = normal_code(typed)
    if not allow("verify", limit=120, seconds=600):
        abort(429)
    with db.engine.connect() as connection:
        row = store.shown(connection, code or "", now())
    if row is None or code is None:
        return _shut_in(make_response(render_template("attestations/unknown.html", quiet=True, here="/V/"), 404))
    if name is not None and not allow("verify name", code, limit=10, seconds=3600):
        abort(429)
    snapshot = load(row.facts)
    i18n.speak(snapshot.locale)
    said = paper(snapshot, row.shows["title"], language(), day)
    if name is None:
        count_opening(code)
    body = render_template(
        "attestations/verify.html",
        paper=said if row.shows.get("details", True) else replace(said, units=(), competencies=(), rule=()),
        whole=bool(row.shows.get("name")),
        printed=paper(snapshot, row.shows["title"], snapshot.locale, day),
        code=grouped(code),
        action=url_for(".confirm", code=code),
        state=state(row.state, row.valid_until, now()),
        changed_at=row.state_changed_at,
        masked=masked(snapshot.printed_name),
        typed=name,
        same=name is not None and same_name(name, snapshot.printed_name),
        checked_at=now(),
        quiet=True,
        here=url_for(".verify", code=code),
    )
    return _shut_in(make_response(body))


def _shut_in(answer: Any) -> Any:
    answer.headers.update(CLOSED_TO_INDEXES)
    return answer


def _form(course: Course, form: NameForm, named: Any = None) -> str:
    with db.engine.connect() as connection:
        issuer = issuers.issuer_of(connection, _edition().site, doors.require_viewer().id, course.id)
    return render_template(
        "attestations/new.html",
        form=form,
        course=course,
        title=in_language(course.title, language()),
        discreet_title=in_language(course.discreet_title, language()),
        issuer=in_language(issuer.name, language()),
        waits=course.issue == "approval",
        named=named if named and named.printed_name else None,
    )


def _page(attestation: str, error: str = "", name_error: str = "") -> str:
    row, links = _mine(attestation)
    snapshot, at = load(row.facts), now()
    with db.engine.connect() as connection:
        named = store.confirmed_name(connection, doors.require_viewer().id, snapshot.course)
        signed = current(connection, attestation, "real")
    wanted = named.printed_name if named and named.printed_name != row.printed_name else ""
    ended = [one for one in links if one.closed_at is None and one.expires_at is not None and one.expires_at <= at]
    return render_template(
        "attestations/attestation.html",
        id=attestation,
        paper=paper(snapshot, "real", language(), day),
        discreet_title=in_language(snapshot.discreet_title, language()),
        state=state(row.state, row.valid_until, at),
        open_links=[
            (one, _address(one.code), grouped(one.code), openings(one.code))
            for one in links
            if one.closed_at is None and one not in ended
        ],
        closed_links=[(one, grouped(one.code)) for one in links if one.closed_at is not None or one in ended],
        error=error,
        name_error=name_error,
        wanted=wanted if row.enrolment_id is not None else "",
        current=row.enrolment_id is not None,
        renewable=attestations.may_renew(row, at),
        ends=row.valid_until,
        announced=row.state_changed_at if row.state == "active" and row.reason else None,
        revoked_on=row.state_changed_at if row.state == "revoked" else None,
        reason=REASON_WORDS[row.reason]() if row.reason in REASON_WORDS else "",
        signed=signed is not None and bool(signed.body),
        here=url_for(".attestation", attestation=attestation),
    )


def _mine(attestation: str) -> tuple[Any, list[Any]]:
    who = doors.require_viewer()
    with db.engine.connect() as connection:
        row = store.held_one(connection, who.id, attestation)
        if row is None:
            doors.missing("attestation")
        return row, store.links(connection, who.id, attestation)


def _held(row: Any) -> Held:
    snapshot = load(row.facts)
    return Held(
        row.id,
        kind(snapshot.kind, language()),
        in_language(snapshot.title, language()),
        row.issued_at,
        state(row.state, row.valid_until, now()),
    )


def _complete_course(name: str) -> tuple[Published | None, Course]:
    """The edition and the course, where the viewer has completed it; (None, course) where not yet."""
    edition, who = _edition(), doors.require_viewer()
    course = edition.courses.get(name) or abort(404)
    with db.engine.connect() as connection:
        rows = place(connection, who.id, name)
    if not rows:
        return None, course
    facts = facts_from_state(rows[0].state)
    drawn = learning.drawn_units(edition, course, _secret(), who.id)
    complete = rows[0].completed_at or course_progress(course, drawn, facts).complete
    return (edition if complete else None), course


def _site() -> tuple[bytes, str]:
    """The secret that keys draws, and the address from which the issuer's is made."""
    return _secret(), current_app.config["ELEARN"].address


def _secret() -> bytes:
    secret: bytes = current_app.config["ELEARN_SECRET"]
    return secret


def _edition() -> Published:
    who = doors.require_viewer()
    found = current_app.extensions["shelf"].current(who.edition)
    if not isinstance(found, Published):
        abort(503, "edition")
    return found


def _base_url() -> str:
    settings = current_app.config["ELEARN"]
    return str(settings.base_url) or request.url_root.rstrip("/")


def _address(code: str) -> str:
    return f"{_base_url()}/V/{code}"


def _name_problem(problem: attestations.UnprintableName) -> str:
    if problem.code == "signs":
        return _("Ces signes ne peuvent pas être imprimés : %(signs)s", signs=" ".join(problem.signs))
    return {
        "empty": _("Écrivez le nom à imprimer sur l'attestation."),
        "long": _("Au plus 200 signes, et 80 d'affilée."),
        "marks": _("Trop d'accents sur une même lettre pour être imprimés."),
    }[problem.code]
