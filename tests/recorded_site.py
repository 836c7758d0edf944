"""The site for a power cut: served as `elearn run` does, every answer to a form with the mark that was sent along, so
that the moment of its acknowledgement is found in a record of system calls.

    python -m tests.recorded_site PORT SYNCHRONOUS

SYNCHRONOUS is the setting of SQLite: FULL is elearn's own, NORMAL the control, which must lose answers. The WAL is
taken back into the file often, so that a short record holds that too.
"""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import event

from elearn.app import create_app
from elearn.config import Settings
from elearn.serving import serve
from elearn.store.base import db

PAGES = 60
"""Of the WAL, after which SQLite takes it back; its own figure is 1,000."""


def main() -> None:
    port, synchronous = sys.argv[1:]
    settings = Settings.from_env(os.environ, port=port)
    app = create_app(settings)

    def weaken(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute(f"PRAGMA wal_autocheckpoint={PAGES}")

    with app.app_context():
        event.listen(db.engine, "connect", weaken)
        app.extensions["shelf"].current()
        db.engine.dispose()

    def marked(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        mark = environ.get("HTTP_X_ANSWER", "")

        def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start(status, [*headers, ("X-Answer", mark)] if mark else headers, *rest)

        return app(environ, begin)

    serve(marked, settings)


if __name__ == "__main__":
    main()
