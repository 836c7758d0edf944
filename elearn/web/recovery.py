"""Ways back in: by mail, by a link on paper, by a printed code. Same words and time for known and unknown names."""

from flask import Blueprint

bp = Blueprint("recovery", __name__, url_prefix="/accounts/recovery")
