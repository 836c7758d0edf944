"""For trainers: cohorts, their members, invitations, and links handed over on screen or paper."""

from flask import Blueprint

bp = Blueprint("cohorts", __name__, url_prefix="/cohorts")
