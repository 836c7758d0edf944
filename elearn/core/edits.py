"""Small changes to the text of a file: each replaces a few characters of one line; every other byte stays as it was.

Places are those of problems: lines and columns from 1, in code points, a byte-order mark no column.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """`text` takes the place of what stands on a line from column `start` up to `end`, which is left out.

    A line feed in `text` is written as the file ends its lines.
    """

    line: int
    start: int
    end: int
    text: str


def insert(line: int, column: int, text: str) -> Edit:
    return Edit(line, column, column, text)


def apply(body: bytes, edits: Iterable[Edit]) -> bytes:
    """The bytes with the changes made. One that touches an earlier one, or stands outside the text, is left out."""
    text = body.decode("utf-8")
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    lines = [found[0] for found in _LINE.finditer(text.removeprefix(mark))]
    ending = next((end for line in lines if (end := line[len(line.rstrip("\r\n")) :])), "\n")
    left = (0, 0)
    kept: list[Edit] = []
    for edit in sorted(set(edits)):
        words = lines[edit.line - 1].rstrip("\r\n") if 0 < edit.line <= len(lines) else ""
        if (edit.line, edit.start) > left and edit.start <= edit.end <= len(words) + 1:
            kept.append(edit)
            left = (edit.line, max(edit.end - 1, edit.start))
    for edit in reversed(kept):
        line = lines[edit.line - 1]
        lines[edit.line - 1] = line[: edit.start - 1] + edit.text.replace("\n", ending) + line[edit.end - 1 :]
    return (mark + "".join(lines)).encode()
