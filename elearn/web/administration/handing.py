"""A link handed over on screen or paper: shown once, with a QR code, a code that can be typed, and a plain sentence in
the language of the person it is for."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import current_app, render_template, request
from markupsafe import Markup

from elearn.core.codes import grouped
from elearn.services import people as deeds_on_people
from elearn.services.links import ON_PAPER, ON_SCREEN
from elearn.store import people
from elearn.store.base import db
from elearn.web import doors
from elearn.web.addresses import page_url
from elearn.web.administration.parts import by
from elearn.web.i18n import _, speaking
from elearn.web.qr import qr_svg

LASTS: dict[str, tuple[dt.timedelta, Callable[[], str]]] = {
    "paper": (ON_PAPER, lambda: _("Sur papier : le lien sert pendant trois jours")),
    "screen": (ON_SCREEN, lambda: _("À l'écran, tout de suite : le lien sert pendant trente minutes")),
}


def handed(uid: str, lasts: str, key: str) -> Any:
    """Make the link and show it, this once; 410 where this form already made one. Raises as services.people does."""
    deed = by()
    token = deeds_on_people.hand_over(uid, LASTS[lasts][0], key, deed)
    with db.engine.connect() as connection:
        person = people.file(connection, uid)
    if person is None:
        doors.missing("person")
    here = page_url("administration.person", uid=uid)
    if token is None:
        return render_template("administration/handed_before.html", someone=person, here=here), 410
    paper = _paper(person, token, lasts, deed.at + LASTS[lasts][0])
    return render_template("administration/handed.html", someone=person, paper=paper, lasts=lasts, here=here)


def _paper(person: Any, token: str, lasts: str, ends: dt.datetime) -> Markup:
    base = str(current_app.config["ELEARN"].base_url) or request.url_root.rstrip("/")
    address = f"{base}{page_url('accounts.link', token=token)}"
    typed = address.removesuffix(token).split("://", 1)[-1]
    with speaking(person.locale):
        return Markup(  # noqa: S704 - our own template, which escapes what fills it
            render_template(
                "administration/_paper.html",
                someone=person,
                qr=qr_svg(address),
                typed=typed,
                code=grouped(token),
                lasts=lasts,
                ends=ends,
            )
        )
