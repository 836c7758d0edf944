"""The same time for every answer of a question: what is quick for an unknown name waits for what a known one takes."""

import contextlib
import time
from collections.abc import Iterator

EVEN = 0.25
"""Seconds: ten times what writing a link and its message takes, about what checking a password takes."""
NAP = 0.01
"""One long sleep would tell: how soon a process goes on afterwards depends on how much it did before. Over many short
ones, who did much and who did little are alike again."""


@contextlib.contextmanager
def evenly(seconds: float = EVEN) -> Iterator[None]:
    """Leave no sooner than `seconds` after coming in, whatever happened inside."""
    ends = time.monotonic() + seconds
    try:
        yield
    finally:
        while (left := ends - time.monotonic()) > 0:
            time.sleep(min(left, NAP))
