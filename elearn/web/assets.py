"""Static files: names with a hash, kept for ever by browsers, served by WhiteNoise."""

import hashlib
from pathlib import Path
from typing import Any, cast

from flask import Flask
from whitenoise import WhiteNoise


def serve_assets(app: Flask) -> None:
    """`url_for('static', filename='css/page.css')` gives `/static/css/page.<hash>.css`. Plain names still answer."""
    root = Path(cast(str, app.static_folder))
    noise = WhiteNoise(app.wsgi_app, root=root, prefix="static/", max_age=60, immutable_file_test=_is_hashed)
    hashed = {}
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = path.relative_to(root).as_posix()
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        hashed[name] = f"{name.removesuffix(path.suffix)}.{digest}{path.suffix}"
        noise.add_file_to_dictionary(f"/static/{hashed[name]}", str(path))
    app.wsgi_app = noise  # type: ignore[method-assign]
    cast(Any, app.view_functions["static"]).door = "public"

    @app.url_defaults
    def _hashed_name(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values["filename"] = hashed.get(values["filename"], values["filename"])


def _is_hashed(_path: str, url: str) -> bool:
    parts = url.rsplit("/", 1)[-1].split(".")
    return len(parts) >= 3 and len(parts[-2]) == 12 and all(char in "0123456789abcdef" for char in parts[-2])
