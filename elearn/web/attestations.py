"""Attestations: being written."""

from flask import Blueprint

from elearn.web import doors

bp = Blueprint("attestations", __name__, url_prefix="/attestations")


@bp.get("/")
@doors.allowed_to("hold attestations")
def index() -> str:
    return ""


@bp.get("/new")
@doors.allowed_to("hold attestations")
def new() -> str:
    return ""
