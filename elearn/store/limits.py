"""How often something was tried, shared by every worker: counters in a small SQLite file of their own.

Nothing here is worth keeping: no fsync, rows go with their window. Callers hand over a keyed hash, not an address.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

WAIT = 2.0
"""Seconds to wait for another worker: far longer than a count takes."""

_TABLE = """
CREATE TABLE IF NOT EXISTS hit (
    ends INTEGER NOT NULL, keyed TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (ends, keyed)
) WITHOUT ROWID
"""
_COUNT = """
INSERT INTO hit VALUES (?, ?, 1) ON CONFLICT (ends, keyed) DO UPDATE SET count = count + 1 RETURNING count
"""


_READ = "SELECT count FROM hit WHERE ends = ? AND keyed = ?"
_TAKE_BACK = "UPDATE hit SET count = count - 1 WHERE ends = ? AND keyed = ? AND count > 0"


class Limits:
    """Fixed windows, all of one length beginning together: at worst twice the limit across a border."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def hit(self, keyed: str, limit: int, window_s: int, at: float) -> bool:
        """Count one more try of `keyed` in the window of `window_s` seconds that holds `at` (Unix seconds).

        True where it is among the first `limit`. A file that stays busy lets people in: a lost counter must not close
        the door to someone in need. A damaged file is begun again.
        """
        try:
            return self._count(keyed, window_s, int(at)) <= limit
        except sqlite3.OperationalError:
            return True
        except sqlite3.DatabaseError:
            self._path.unlink(missing_ok=True)
            return True

    def hits(self, keyed: str, window_s: int, at: float) -> int:
        """How often `keyed` was counted in the window that holds `at`; 0 where the file cannot tell."""
        try:
            with self._open() as file:
                ends = (int(at) // window_s + 1) * window_s
                row = file.execute(_READ, (ends, f"{window_s}:{keyed}")).fetchone()
                return int(row[0]) if row else 0
        except sqlite3.DatabaseError:
            return 0

    def take_back(self, keyed: str, window_s: int, at: float) -> None:
        """A try that was counted beforehand turned out well: it does not count."""
        with contextlib.suppress(sqlite3.DatabaseError), self._open() as file:
            file.execute(_TAKE_BACK, ((int(at) // window_s + 1) * window_s, f"{window_s}:{keyed}"))

    def _count(self, keyed: str, window_s: int, at: int) -> int:
        ends = (at // window_s + 1) * window_s
        with self._open() as file:
            file.execute("DELETE FROM hit WHERE ends <= ?", (at,))
            row = file.execute(_COUNT, (ends, f"{window_s}:{keyed}")).fetchone()
        return int(row[0])

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A journal is kept, since a worker may be killed half-way; nothing waits for the disk."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(self._path, timeout=WAIT, isolation_level=None)) as file:
            file.execute("PRAGMA journal_mode=TRUNCATE")
            file.execute("PRAGMA synchronous=OFF")
            file.execute("BEGIN IMMEDIATE")
            file.execute(_TABLE)
            yield file
            file.execute("COMMIT")
