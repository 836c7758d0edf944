"""Images, sounds and videos of units, under the name of their content: a file of that name never changes.

Anyone may ask: an address is 64 random-looking digits, which only a page that uses the file tells.
"""

from typing import Any

from flask import Blueprint, abort, current_app, send_file
from werkzeug.wrappers import Response

from elearn.core.media import NAME, TYPES, suffix_of
from elearn.services.media import FOLDER
from elearn.web import doors

bp = Blueprint("media", __name__, url_prefix="/media")
FOR_EVER = "public, max-age=31536000, immutable"


@bp.get("/<name>")
@doors.public
def file(name: str) -> Any:
    """The file, or the part that a player asks for (Range). Of the type that its name says and no other."""
    path = current_app.config["ELEARN"].instance / FOLDER / name
    if not NAME.fullmatch(name) or suffix_of(name) not in TYPES or not path.is_file():
        abort(404)
    response: Response = send_file(path, mimetype=TYPES[suffix_of(name)], conditional=True, etag=name[:64])
    response.headers["Cache-Control"] = FOR_EVER
    return response
