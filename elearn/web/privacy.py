"""One's own data: consents, export, erasure. Reads and writes nothing of anybody else."""

from flask import Blueprint

bp = Blueprint("privacy", __name__, url_prefix="/privacy")
