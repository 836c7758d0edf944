"""CSV as spreadsheets read it without running anything. Pure: rows in, text out."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""A cell that begins so is run by a spreadsheet (ASVS 5.0, 1.2.10; CWE-1236): a leading ' makes it text."""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """RFC 4180: every cell quoted, lines ended by CR LF. None is an empty cell; lists and mappings are JSON."""
    lines = [header, *rows]
    return "".join(",".join(_quoted(cell(value)) for value in line) + "\r\n" for line in lines)


def cell(value: Any) -> str:
    """A value as the text of one cell."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(FORMULA) else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
