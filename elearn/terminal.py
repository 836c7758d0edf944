"""Words on a terminal: French or English, and a little colour where a person is looking.

The language follows ELEARN_LANG, else LANG; French when neither says. Knows nothing of courses.
"""

import os
import sys
import time
from collections.abc import Mapping
from typing import TextIO

BOLD, DIM, GREEN, RED, BLUE, YELLOW = "1", "2", "32", "31", "34", "33"


def language(environ: Mapping[str, str] = os.environ) -> str:
    """`fr` or `en`. A machine that speaks no language at all ("C", "POSIX") gets French, the site's source."""
    for name in ("ELEARN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        spoken = environ.get(name, "")
        if spoken and spoken.partition(".")[0] not in ("C", "POSIX"):
            return "fr" if spoken.lower().startswith("fr") else "en"
    return "fr"


def say(fr: str, en: str) -> str:
    """The sentence in the language of this terminal."""
    return fr if language() == "fr" else en


def paint(text: str, style: str, stream: TextIO | None = None) -> str:
    """`text` in a style, where the stream is a terminal that has not asked for plain words (NO_COLOR)."""
    stream = stream or sys.stdout
    plain = not stream.isatty() or "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    return text if plain else f"\x1b[{style}m{text}\x1b[0m"


def tell(text: str = "") -> None:
    print(text, flush=True)


def warn(fr: str, en: str) -> None:
    """One plain sentence on standard error. A message about starting is given in both languages."""
    print(paint(fr, RED, sys.stderr), file=sys.stderr)
    print(paint(en, RED, sys.stderr), file=sys.stderr, flush=True)


class Bar:
    """How far a long work is, on a terminal that someone looks at, once it has lasted a second. Call it (done, of)."""

    def __init__(self, words: str) -> None:
        self.words, self.began, self.shown = words, time.monotonic(), -1

    def __call__(self, done: int, of: int) -> None:
        part = 100 * done // max(of, 1)
        if sys.stderr.isatty() and part != self.shown and time.monotonic() - self.began > 1:
            self.shown = part
            end = "\n" if done >= of else ""
            print(f"\r  {self.words} {'█' * (part // 4):<25} {part:>3} %", end=end, file=sys.stderr, flush=True)
