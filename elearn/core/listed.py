"""Adds an id to a list of a YAML file by the smallest change of its text, so that comments and layout stay.

Where the list is written in an unusual way nothing is changed: the caller then says what to add by hand.
"""

from elearn.core.edits import Edit, apply, insert
from elearn.core.source import Source, decode, readable
from elearn.core.strict_yaml import Node, Scalar, Sequence, Table, read

UNITS, COURSES = ("unites", "units"), ("cours", "courses")


def listed(body: bytes, keys: tuple[str, ...]) -> list[str] | None:
    """The ids of a list at the top of a file; None where there is no such list."""
    _, node = _value(body, keys)
    if isinstance(node, Scalar) and not node.text.strip():
        return []
    if isinstance(node, Sequence) and all(isinstance(item, Scalar) for item in node.items):
        return [item.text for item in node.items if isinstance(item, Scalar)]
    return None


def with_listed(body: bytes, keys: tuple[str, ...], new: str) -> bytes | None:
    """The same file with one more id at the end of its list, or None where that is not sure."""
    before = listed(body, keys)
    source, node = _value(body, keys)
    edit = _addition(source, node, new) if before is not None and node is not None else None
    if before is None or edit is None:
        return None
    after = apply(body, [edit])
    return after if listed(after, keys) == [*before, new] else None


def _value(body: bytes, keys: tuple[str, ...]) -> tuple[Source, Node | None]:
    source = decode("", body)
    node = read(source) if readable(source) else None
    if source.problems or not isinstance(node, Table):
        return source, None
    return source, next((value for key, (_, value) in node.pairs.items() if key in keys), None)


def _addition(source: Source, node: Node, new: str) -> Edit | None:
    if isinstance(node, Scalar):
        raw = source.raw(node.line - 1)
        colon = raw.find(":")
        return insert(node.line, colon + 2, f" [{new}]") if colon >= 0 and raw[colon + 1 :].strip() == "" else None
    items = node.items if isinstance(node, Sequence) else ()
    opening = source.raw(node.line - 1)[node.column - 1 : node.column]
    if opening != "[" and items:
        last = source.raw(items[-1].line - 1)
        return insert(items[-1].line, len(last) + 1, f"\n{last[: items[-1].column - 1]}{new}")
    line, start = (items[-1].line, items[-1].column) if items else (node.line, node.column)
    closing = source.raw(line - 1).find("]", start - 1)
    if opening != "[" or closing < 0:
        return None
    words = source.raw(line - 1)[:closing].rstrip()
    return insert(line, len(words) + 1, new if not items else f" {new}" if words.endswith(",") else f", {new}")
