"""The text of one file and places in it: strict decoding, lines, and from an offset to a line and a column.

Lines end at LF, CR LF or CR; columns count code points from 1; a byte-order mark is no column.
"""

import bisect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from elearn.core.rules import ERROR, RULES, Problem

LIMIT = 200_000
"""Bytes. A longer text is refused before anything reads it."""
MOST = 200
"""Errors told of one file, and as many other remarks: nobody mends more at once. What is left out is counted."""

_ENDS = re.compile(r"\r\n?")


@dataclass(slots=True)
class Source:
    """A decoded file, lines ended by LF only. `report` adds a problem; one place and code is told once."""

    path: str
    text: str
    problems: list[Problem] = field(default_factory=list)
    most: int = MOST
    lines: list[str] = field(init=False)
    untold: int = 0
    _told: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    _places: set[tuple[str, int, int, str]] = field(default_factory=set)
    _starts: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.lines = self.text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    def report(self, code: str, line: int = 1, column: int = 1, /, **params: object) -> None:
        problem = Problem(self.path, max(line, 1), max(column, 1), code, params)
        if problem.place in self._places:
            return
        self._places.add(problem.place)
        blocks = RULES[code].severity == ERROR
        if self._told[blocks] < self.most:
            self._told[blocks] += 1
            self.problems.append(problem)
        else:
            self.untold += 1

    def close(self) -> None:
        """Says on the last line how many problems were left out (W092). To be called once, when all has been read."""
        if self.untold:
            last = max(len(self.lines), *(problem.line for problem in self.problems))
            self.problems.append(Problem(self.path, last, 1, "W092", {"count": self.untold}))

    def at(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of an offset in the text."""
        line = bisect.bisect_right(self._starts, offset) - 1
        line = min(line, len(self.lines) - 1)
        return line + 1, offset - self._starts[line] + 1

    def raw(self, line: int) -> str:
        """The text of a line counted from 0, empty beyond the end."""
        return self.lines[line] if 0 <= line < len(self.lines) else ""


def decode(path: str, body: bytes) -> Source:
    """The text of a file; where it is not readable text, an empty one with the problem told (E090, E091)."""
    if len(body) > LIMIT:
        return _refused(path, "E091", limit=LIMIT // 1000)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = body[: error.start].decode("utf-8", "replace").removeprefix("\ufeff")
        return _refused(path, "E090", before)
    text = _ENDS.sub("\n", text)
    if "\0" in text:
        return _refused(path, "E090", text[: text.index("\0")], variant="nul")
    return Source(path, text)


def readable(source: Source) -> bool:
    return not any(problem.code in ("E090", "E091") for problem in source.problems)


def _refused(path: str, code: str, before: str = "", **params: object) -> Source:
    source = Source(path, "")
    lines = _ENDS.sub("\n", before).split("\n")
    source.report(code, len(lines), len(lines[-1]) + 1, **params)
    return source


Files = Mapping[str, bytes]
"""The content folder: relative posix path -> bytes."""
