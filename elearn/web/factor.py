"""The second factor: add an authenticator, give a code, take it away. No other page is opened meanwhile."""

from flask import Blueprint

bp = Blueprint("factor", __name__, url_prefix="/accounts/second-factor")
