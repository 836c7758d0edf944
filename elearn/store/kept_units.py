"""Units compiled before, in `<instance>/cache/`, for commands that begin anew each time. No rule lives here.

One SQLite file that any process may use and anybody may delete. What is damaged, or made by other code, is not found:
the unit is compiled again. Nothing fails because of it.
"""

import contextlib
import hashlib
import importlib.metadata
import sqlite3
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from elearn.core.kept import MOST_ENTRIES, KeptUnit, dump, load

FILE = "cache/units.sqlite"
_DIGEST = 32
_TABLE = "CREATE TABLE IF NOT EXISTS unit (key TEXT PRIMARY KEY, body BLOB NOT NULL, number INTEGER NOT NULL)"

_DROP = "DELETE FROM unit WHERE key IN (SELECT key FROM unit ORDER BY number DESC LIMIT -1 OFFSET ?)"


@cache
def renderer() -> str:
    """A hash of the code that compiles content: what it made is made again when it changes."""
    code = hashlib.sha256()
    for path in sorted((Path(__file__).parent.parent / "core").rglob("*.py")):
        code.update(path.read_bytes())
    return code.hexdigest()


class KeptUnits:
    """A `core.kept.Kept` on the disk. Read once when it is opened; what is put in is written by `close`."""

    def __init__(self, instance: Path) -> None:
        self.path = instance / FILE
        self.made: dict[str, KeptUnit] = {}
        self.used: list[str] = []
        names = ("markdown-it-py", "mdit-py-plugins", "nh3", "pydantic")
        code = [renderer(), sys.version, *map(importlib.metadata.version, names)]
        self.code = hashlib.sha256("\n".join(code).encode()).hexdigest()
        self.there: sqlite3.Connection | None = None
        with contextlib.suppress(OSError, sqlite3.Error):
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
            self.path.touch(mode=0o600)
            self.there = sqlite3.connect(self.path, timeout=2, isolation_level=None)
            self.there.execute("PRAGMA synchronous=OFF")
            self.there.execute(_TABLE)

    def get(self, key: str) -> KeptUnit | None:
        if key in self.made:
            return self.made[key]
        row = None
        if self.there:
            with contextlib.suppress(sqlite3.Error):
                row = self.there.execute("SELECT body FROM unit WHERE key = ?", (self._named(key),)).fetchone()
        body = row[0] if row and isinstance(row[0], bytes) else b""
        if hashlib.sha256(body[_DIGEST:]).digest() != body[:_DIGEST]:
            return None
        self.used.append(self._named(key))
        return load(body[_DIGEST:])

    def put(self, key: str, unit: KeptUnit) -> None:
        self.made[key] = unit

    def close(self) -> None:
        """Writes what was made; drops what was used longest ago. A file that cannot be read as one is taken away."""
        if self.there is None:
            return
        try:
            self._write(self.there)
        except sqlite3.OperationalError:
            self.there.close()
        except sqlite3.DatabaseError:
            self.there.close()
            self.path.unlink(missing_ok=True)
        else:
            self.there.close()

    def _write(self, there: sqlite3.Connection) -> None:
        if not self.made:
            return
        with there:
            there.execute("BEGIN IMMEDIATE")
            number = there.execute("SELECT coalesce(max(number), 0) + 1 FROM unit").fetchone()[0]
            there.executemany("UPDATE unit SET number = ? WHERE key = ?", [(number, name) for name in self.used])
            for key, unit in self.made.items():
                body = dump(unit)
                row = (self._named(key), hashlib.sha256(body).digest() + body, number)
                there.execute("INSERT OR REPLACE INTO unit VALUES (?, ?, ?)", row)
            there.execute(_DROP, (MOST_ENTRIES,))

    def _named(self, key: str) -> str:
        return hashlib.sha256(f"{self.code}\n{key}".encode()).hexdigest()


@contextlib.contextmanager
def kept_units(instance: Path) -> Iterator[KeptUnits | None]:
    """Where units of this instance are kept; None where there is no such instance yet."""
    kept = KeptUnits(instance) if instance.is_dir() else None
    try:
        yield kept
    finally:
        if kept:
            kept.close()
