"""The outbox: which messages wait, left or did not, without anybody's address or words; try again, or give up."""

from typing import Any

from flask import current_app, redirect, render_template, request, url_for

from elearn.core.listing import MOST
from elearn.services import outbox
from elearn.store import mail
from elearn.store.base import db
from elearn.web import doors
from elearn.web.administration.parts import asked_sheet, bp, by, known
from elearn.web.i18n import _

STATES = {
    "waiting": lambda: _("En attente"),
    "failed": lambda: _("Pas parti"),
    "sent": lambda: _("Envoyé"),
    "dropped": lambda: _("Abandonné"),
}
KINDS = {
    "verify": lambda: _("Vérifier une adresse"),
    "reset": lambda: _("Choisir un nouveau mot de passe"),
    "notice": lambda: _("Du nouveau sur un compte"),
    "digest": lambda: _("Résumé du jour"),
}


@bp.get("/outbox")
@doors.allowed_to("read the outbox")
def outbox_list() -> str:
    return _page()


@bp.post("/outbox/<uid>/retries")
@doors.allowed_to("read the outbox")
def retry_message(uid: str) -> Any:
    return _settled(outbox.retry(known(uid, "message"), by()))


@bp.post("/outbox/<uid>/dropping")
@doors.allowed_to("read the outbox")
def drop_message(uid: str) -> Any:
    return _settled(outbox.drop(known(uid, "message"), by()))


def _settled(done: bool) -> Any:
    if not done:
        return _page(
            _("Ce message n'attend plus : il est parti, ou quelqu'un y a renoncé. Il n'y a rien à faire.")
        ), 409
    return redirect(url_for(".outbox_list"), 303)


def _page(refusal: str = "") -> str:
    state = request.args.get("state", "") if request.args.get("state") in STATES else ""
    with db.engine.connect() as connection:
        counts = mail.counts(connection)
        sheet = asked_sheet(counts.get(state, 0) if state else sum(counts.values()))
        rows = mail.page(connection, state or None, sheet.offset, MOST)
    return render_template(
        "administration/outbox.html",
        rows=rows,
        sheet=sheet,
        counts=counts,
        state=state,
        states=STATES,
        kinds=KINDS,
        refusal=refusal,
        here=url_for(".outbox_list", state=state or None),
        no_server=not current_app.config["ELEARN"].mail_server,
    )
