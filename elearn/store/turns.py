"""Writers of one SQLite file take turns, in a file of their own beside it.

SQLite's own waiting sleeps longer and longer and then looks again, so that of two busy processes one may wait a hundred
times as long as the other (measured: `python -m bench`). The turn only orders: what protects the data is SQLite's lock.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOOK = 0.0003
"""Seconds between two looks: less than what a transaction takes."""


class Turns:
    """`path`: the file whose lock is the turn. A process opens it for itself: a handle that comes from before a fork
    would share one lock among all."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._mutex = threading.Lock()
        self._handle = -1
        self._process = 0

    @contextmanager
    def turn(self, patience: float) -> Iterator[None]:
        """Wait for one's turn, at most so many seconds; whoever has waited in vain goes on without."""
        until = time.monotonic() + patience
        mine = self._mutex.acquire(timeout=patience)
        held = mine and self._lock(until)
        try:
            yield
        finally:
            if held:
                fcntl.flock(self._handle, fcntl.LOCK_UN)
            if mine:
                self._mutex.release()

    def _lock(self, until: float) -> bool:
        try:
            if self._process != os.getpid():
                self._handle, self._process = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), os.getpid()
        except OSError:
            return False
        while True:
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except OSError:
                if time.monotonic() >= until:
                    return False
                time.sleep(LOOK)
