"""Organisations that hold courses: list, add, change, close, open again."""

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, redirect, render_template, request, url_for
from wtforms import Form, StringField

from elearn.core.course import Text, in_language
from elearn.core.credentials import did
from elearn.core.listing import MOST, search_words, typed
from elearn.core.pictures import NotAPicture
from elearn.services import credentials, issuers, organisations, pdf, status_lists
from elearn.services.accounts import Unacceptable
from elearn.services.issuers import SITE, issuer_from
from elearn.services.organisations import LONGEST, Details
from elearn.services.pdf import INK, Look
from elearn.store import cohorts
from elearn.store.base import db, now
from elearn.store.credentials import keys_of, organisation_of
from elearn.store.editions import Published
from elearn.web import doors
from elearn.web.administration.parts import asked_sheet, bp, by, known
from elearn.web.i18n import _, language

MESSAGES: dict[str, Callable[[str], str]] = {
    "needed": lambda _field: _("À remplir."),
    "long": lambda field: _("Au plus %(most)s signes.", most=LONGEST[field]),
    "characters": lambda _field: _("Ce texte contient un signe invisible : écrivez-le à nouveau."),
    "address": lambda _field: _("Une adresse complète, qui commence par https://"),
    "slug": lambda _field: _("Des lettres sans accent, des chiffres et des tirets."),
    "taken": lambda _field: _("Ce nom court est déjà pris."),
    "fixed": lambda _field: _("Ce nom court a déjà signé des attestations : il ne change plus."),
    "colour": lambda _field: _("Une couleur comme #0b4a54 : un dièse et six signes."),
    "pale": lambda _field: _(
        "Cette couleur est trop pâle pour être lue sur du papier : choisissez-en une plus foncée."
    ),
}
PICTURES: dict[str, Callable[[], str]] = {
    "png": lambda: _("Seules les images PNG entières sont prises."),
    "heavy": lambda: _("Au plus 300 ko."),
    "large": lambda: _("Au plus 2400 points de large et de haut."),
    "small": lambda: _("Au moins 40 points de large et 20 de haut."),
}


AT_ONCE = 50
"""Attestations signed again while somebody waits: a few seconds. Upkeep does the others within ten minutes."""


class OrganisationForm(Form):
    name_fr = StringField()
    name_en = StringField()
    web = StringField()
    officer = StringField()
    contact = StringField()
    slug = StringField()
    agreement = StringField()
    signatory = StringField()
    role_fr = StringField()
    role_en = StringField()
    colour = StringField()


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


@bp.post("/organisations/<uid>/pictures")
@doors.allowed_to("manage organisations")
@doors.takes_files(1_000_000)
def change_pictures(uid: str) -> Any:
    """The logo and the drawn signature: a new file, or none where its box is ticked. An empty field changes nothing."""
    one, errors = _one(uid), {}
    for which in organisations.PICTURES:
        sent = request.files.get(which)
        body = sent.read() if sent else b""
        try:
            if request.form.get(f"no_{which}"):
                organisations.set_picture(one.uid, which, None, by())
            elif body:
                organisations.set_picture(one.uid, which, body, by())
        except NotAPicture as problem:
            errors[which] = PICTURES[problem.code]()
    if errors:
        return _sheet(OrganisationForm(obj=one), one, errors), 422
    return redirect(url_for(".organisation", uid=one.uid, _anchor="paper"), 303)


@bp.get("/organisations/<uid>/paper")
@doors.allowed_to("manage organisations")
def sample_paper(uid: str) -> Response:
    """How its paper looks, with invented facts that say so."""
    one = _one(uid)
    look = Look(one.colour or INK, one.logo, one.signature)
    answer = current_app.response_class(pdf.sample(issuer_from(one), look), mimetype="application/pdf")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/issuers/<slug>")
@doors.allowed_to("manage organisations")
def issuer(slug: str) -> str:
    """The keys that sign, of an organisation or of the site itself."""
    return _keys(slug)


@bp.post("/issuers/<slug>/keys")
@doors.allowed_to("manage organisations")
@doors.recent
def renew_issuer_key(slug: str) -> Any:
    """A new key; with `compromised`, what the named one signed is signed again with it."""
    if slug != SITE and not _issues(slug):
        doors.missing("issuer")
    address = current_app.config["ELEARN"].address
    try:
        issuers.renew_key(slug, by(), request.form.get("compromised", ""))
    except LookupError:
        doors.missing("key")
    credentials.sign_again(address, by(), most=AT_ONCE)
    status_lists.sign(slug, address, now())
    return redirect(url_for(".issuer", slug=slug), 303)


def _keys(slug: str) -> str:
    if slug != SITE and not _issues(slug):
        doors.missing("issuer")
    with db.engine.connect() as connection:
        keys = keys_of(connection, slug)
        one = organisation_of(connection, slug)
    name = in_language(current_edition_issuer(), language()) if slug == SITE else one.name_fr
    did_address = did(current_app.config["ELEARN"].address, slug)
    return render_template("administration/issuer.html", slug=slug, keys=keys, name=name, did=did_address, one=one)


def _issues(slug: str) -> bool:
    with db.engine.connect() as connection:
        return organisation_of(connection, slug) is not None


def current_edition_issuer() -> Text:
    found = current_app.extensions["shelf"].current(doors.require_viewer().edition)
    return found.site.issuer.name if isinstance(found, Published) else {"fr": "Le site", "en": "The site"}


def _sheet(form: OrganisationForm, one: Any, errors: dict[str, str]) -> str:
    here = url_for(".organisation", uid=one.uid)
    return render_template("administration/organisation.html", form=form, one=one, pictures=errors, here=here)


def _one(uid: str) -> Any:
    with db.engine.connect() as connection:
        return cohorts.organisation(connection, known(uid, "organisation")) or doors.missing("organisation")


def _details(form: OrganisationForm) -> Details:
    return Details(**{field.name: field.data or "" for field in form})


def _again(form: OrganisationForm, problem: Unacceptable, one: Any) -> Any:
    form[problem.field].errors = [MESSAGES[problem.code](problem.field)]
    return render_template("administration/organisation.html", form=form, one=one), 422
