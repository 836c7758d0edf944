"""The blueprint, and what its pages share: who does a deed, which page of a list, which address a form may hold."""

import re

from flask import Blueprint, abort, request

from elearn.core.codes import normal_code
from elearn.core.listing import Sheet, sheet
from elearn.services.audit import By
from elearn.store.base import now
from elearn.web import doors

FORM_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")

bp = Blueprint("administration", "elearn.web.administration", url_prefix="/administration")


def by() -> By:
    who = doors.require_viewer()
    return By(now(), who.uid, who.role)


def known(uid: str, what: str) -> str:
    """A uid as it is stored; 404 for what cannot be one."""
    return normal_code(uid) or doors.missing(what)


def asked_sheet(total: int) -> Sheet:
    """The page of a list that the address asks for."""
    return sheet(request.args.get("page", ""), total)


def form_key() -> str:
    """The idempotency key of a form of ours; 400 for anything else."""
    key = request.form.get("idempotency_key", "")
    if not FORM_KEY.fullmatch(key):
        abort(400)
    return key
