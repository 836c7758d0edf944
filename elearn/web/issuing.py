"""The issuing desk: who is complete, who confirmed the name to print, what is missing; issue for many, print."""

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for

from elearn.core.attestations import load
from elearn.core.course import Course, in_language
from elearn.core.listing import sheet
from elearn.core.passwords import search_key
from elearn.core.permissions import only_own
from elearn.core.revocations import REASONS
from elearn.services import audit, issuers, issuing, lifecycle, pdf, transaction
from elearn.services.audit import By
from elearn.store import issuing as store
from elearn.store.attestations import one_of
from elearn.store.base import db, now
from elearn.store.editions import Published
from elearn.store.issuing import Candidate
from elearn.store.zip_files import write_zip
from elearn.web import doors
from elearn.web.i18n import _, language

bp = Blueprint("issuing", __name__, url_prefix="/issuing")

A_PAGE, AT_ONCE = 50, 100
"""People of one press: forty in a class, with room; the answer still comes within seconds."""


@bp.get("/")
@doors.allowed_to("issue attestations")
def index() -> Any:
    """The courses, with how many attestations could be issued now."""
    edition = _edition()
    with db.engine.connect() as connection:
        waiting = store.waiting(connection, _leader(), edition.courses)
    titles = {name: in_language(one.title, language()) for name, one in edition.courses.items()}
    return render_template("issuing/index.html", titles=titles, waiting=waiting)


@bp.get("/<course>")
@doors.allowed_to("issue attestations")
def course(course: str) -> str:
    """After a press of the button the address says what came of it; those just issued are ticked, to be printed."""
    told = {name: _count(name) for name in ("issued", "there", "lacking")}
    return _page(_course(course), told=told if "since" in request.args else None)


@bp.post("/<course>/issues")
@doors.allowed_to("issue attestations")
def issue(course: str) -> Any:
    """Pressed twice it issues nothing more: whoever has an attestation keeps that one."""
    found, chosen = _course(course), _chosen(course)
    if not chosen:
        return _page(found, error=_("Cochez d'abord une personne au moins.")), 422
    address, secret, by = current_app.config["ELEARN"].address, current_app.config["ELEARN_SECRET"], _by()
    outcome = issuing.issue_all(chosen, course, _edition(), secret, address, by)
    return redirect(
        url_for(
            ".course",
            course=course,
            since=int(by.at.timestamp()),
            issued=len(outcome.issued),
            there=outcome.there,
            lacking=len(outcome.not_yet),
        ),
        303,
    )


@bp.post("/<course>/papers")
@doors.allowed_to("issue attestations")
def papers(course: str) -> Any:
    """One file to print, or an archive with one file a person. An attestation whose addresses are all closed is left
    out: its holder wants nobody to see it."""
    found = _course(course)
    sheets = list(_sheets(_chosen(course)))
    if not sheets:
        return _page(found, error=_("Aucune des personnes cochées n'a d'attestation à imprimer.")), 422
    by = _by()
    transaction.run(lambda tx: audit.record(tx, by, "attestations printed", course=course, count=len(sheets)))
    base = current_app.config["ELEARN"].address
    if request.form.get("how") == "archive":
        target = BytesIO()
        write_zip(
            {
                f"{number:02}-{_plain(one.name)}.pdf": pdf.attestations([paper], base)
                for number, (one, paper) in enumerate(sheets, 1)
            },
            target,
        )
        return _file(target.getvalue(), "application/zip", "attestations.zip")
    return _file(pdf.attestations([paper for _one, paper in sheets], base), "application/pdf", "attestations.pdf")


@bp.post("/<course>/<string(length=26):person>/correction")
@doors.allowed_to("issue attestations")
def correct(course: str, person: str) -> Any:
    """Agree to a corrected name, or leave the one that is printed."""
    one = _one(course, person)
    try:
        if request.form.get("decision") == "agree":
            lifecycle.correct(one.attestation or "", current_app.config["ELEARN"].address, _by())
        else:
            lifecycle.decline(one.attestation or "", _by())
    except (lifecycle.NothingAsked, lifecycle.NotStanding, LookupError):
        pass  # dealt with in another tab: the page shows how it stands
    return redirect(url_for(".course", course=course), 303)


@bp.post("/<course>/<string(length=26):person>/identity")
@doors.allowed_to("issue attestations")
def identity(course: str, person: str) -> Any:
    """Say that one saw a document that proves who the person is, or take that back; only before it is issued."""
    one = _one(course, person)
    if one.attestation is None:
        seen_by = doors.require_viewer().chosen_name if request.form.get("identity") == "checked" else ""
        lifecycle.check_identity(one.person, course, seen_by, _by())
    return redirect(url_for(".course", course=course, _anchor=f"p_{person}"), 303)


@bp.post("/<course>/<string(length=26):person>/revocation")
@doors.allowed_to("revoke attestations")
def revoke(course: str, person: str) -> Any:
    """Announce a revocation, or take it back before its day."""
    one, reason = _one(course, person), request.form.get("reason", "")
    if one.attestation is None:
        doors.missing("attestation")
    try:
        if reason == "none":
            lifecycle.withdraw(one.attestation, _by())
        elif reason in REASONS:
            lifecycle.announce(one.attestation, reason, _by())
        else:
            abort(400)
    except (lifecycle.NotStanding, LookupError):
        pass  # dealt with in another tab
    return redirect(url_for(".course", course=course), 303)


def _count(name: str) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 else 0


def _page(course: Course, error: str = "", told: dict[str, int] | None = None) -> str:
    with db.engine.connect() as connection:
        listed = sheet(request.args.get("page", ""), store.count_candidates(connection, _leader(), course.id), A_PAGE)
        rows = store.candidates(connection, _leader(), course.id, listed.offset, listed.most)
    return render_template(
        "issuing/course.html",
        course=course,
        title=in_language(course.title, language()),
        rows=rows,
        sheet=listed,
        error=error,
        told=told,
        just=[one.uid for one in rows if told and one.issued_at and one.issued_at.timestamp() >= _count("since")],
        reasons=_reasons(),
        here=url_for(".course", course=course.id),
    )


def _reasons() -> dict[str, str]:
    return {
        "mistake": _("Délivrée par erreur"),
        "other-person": _("Porte le nom d'une autre personne"),
        "not-earned": _("N'a pas été obtenue comme elle le dit"),
        "asked": _("À la demande de la personne (sans délai)"),
    }


def _sheets(chosen: Iterable[Candidate]) -> Iterable[tuple[Candidate, pdf.Sheet]]:
    with db.engine.connect() as connection:
        looks: dict[str, pdf.Look] = {}
        for one in chosen:
            code = store.first_link(connection, one.attestation, now()) if one.attestation else None
            if one.attestation is None or one.state != "active" or code is None:
                continue
            row = one_of(connection, one.attestation)
            if row.issuer not in looks:
                looks[row.issuer] = issuers.look_of(connection, row.issuer)
            yield one, pdf.Sheet(load(row.facts), "real", code, looks[row.issuer])


def _chosen(course: str) -> list[Candidate]:
    """Of the people ticked, those whom the viewer may issue for; others are passed over as if they were not there."""
    uids = request.form.getlist("person")
    if len(uids) > AT_ONCE:
        abort(400)
    with db.engine.connect() as connection:
        return store.chosen_candidates(connection, _leader(), course, uids) if uids else []


def _one(course: str, person: str) -> Candidate:
    _course(course)
    with db.engine.connect() as connection:
        found = store.chosen_candidates(connection, _leader(), course, [person])
    return found[0] if found else doors.missing("person")


def _course(name: str) -> Course:
    return _edition().courses.get(name) or doors.missing("course")


def _edition() -> Published:
    found = current_app.extensions["shelf"].current(doors.require_viewer().edition)
    if not isinstance(found, Published):
        abort(503, "edition")
    return found


def _leader() -> int | None:
    """None for whoever sees everyone; else the trainer whose cohorts count."""
    who = doors.require_viewer()
    return who.id if only_own(who.role, "issue attestations") else None


def _by() -> By:
    who = doors.require_viewer()
    return By(now(), who.uid, who.role)


def _plain(name: str) -> str:
    """A name as part of a file's name, on any system."""
    return re.sub(r"[^a-z0-9]+", "-", search_key(name)).strip("-")[:40] or "x"


def _file(body: bytes, mimetype: str, name: str) -> Response:
    answer = current_app.response_class(body, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
