"""For admins: people, organisations, help lines, outbox, audit log, backups. Never what anyone wrote."""

from flask import Blueprint

bp = Blueprint("administration", __name__, url_prefix="/administration")
