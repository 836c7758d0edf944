"""Strict YAML: every scalar is text, with its place. Aliases, tags and duplicate keys are refused, depth is bounded.

Three slips are told and read past, so that one bad line does not hide the others: « : » inside a plain text, tabs, and
no space after the colon of a key.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import yaml

from elearn.core.source import Source

DEPTH = 12
REPAIRS = 50
WORK = 1_000_000
"""Characters read in all: each slip that is read past has the whole read again."""
_OTHER_ENDS = str.maketrans("\u0085\u2028\u2029", "   ")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    text: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Sequence:
    items: "tuple[Node, ...]" = ()
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Keys in the order written; a repeated key keeps its first value."""

    pairs: "dict[str, tuple[Scalar, Node]]" = field(default_factory=dict)
    line: int = 1
    column: int = 1


Node = Scalar | Sequence | Table


def read(source: Source, start: int = 0, end: int | None = None) -> Node | None:
    """The value written between two lines of a file (from 0), or None where it is empty or cannot be read."""
    lines = [line.translate(_OTHER_ENDS) for line in source.lines[start:end]]
    for _ in range(max(3, min(REPAIRS, WORK // (1 + sum(map(len, lines)))))):
        try:
            builder = _Builder(source, start, lines)
            node = builder.document()
            glued = range(len(lines)) if isinstance(node, Scalar) else builder.glued
            if not _spaced_out(source, start, lines, glued):
                return node
        except yaml.MarkedYAMLError as error:
            if not _repaired(source, start, lines, error):
                return None
        except (yaml.YAMLError, _Refused) as error:
            _unreadable(source, start, lines, error)
            return None
    return None


class _Refused(Exception):
    pass


class _Builder:
    """Builds nodes from events on an explicit stack, so that depth never becomes recursion."""

    def __init__(self, source: Source, start: int, lines: list[str]) -> None:
        self.source, self.start = source, start
        self.text = "\n".join(lines)
        self.places = Source(source.path, self.text)
        self.glued: list[int] = []
        """Lines of keys such as `titre:Le rôle` (from 0): a colon further on made a key of them."""

    def document(self) -> Node | None:
        events = yaml.parse(self.text, Loader=_Loader)
        roots: list[Node] = []
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                roots.append(self._node(event, events, 1, ""))
            if len(roots) > 1:
                self.source.report("E100", *self._at(event), variant="shape")
                break
        return roots[0] if roots else None

    def _at(self, event: yaml.Event) -> tuple[int, int]:
        line, column = self.places.at(event.start_mark.index if event.start_mark else 0)
        return line + self.start, column

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int, key: str) -> Node:
        line, column = self._at(event)
        if depth > DEPTH:
            self.source.report("E100", line, column, variant="deep")
            raise _Refused
        if isinstance(event, yaml.AliasEvent):
            self.source.report("E105", line, column, variant="alias", key=key or "*")
            return Scalar("", line, column)
        if getattr(event, "anchor", None):
            self.source.report("E105", line, column, variant="alias", key=key or "&")
        if getattr(event, "tag", None):
            self.source.report("E105", line, column, variant="tag", key=key or "!")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, line, column)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(tuple(self._items(events, depth, key)), line, column)
        return Table(self._pairs(events, depth), line, column)

    def _items(self, events: Iterator[yaml.Event], depth: int, key: str) -> Iterator[Node]:
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self._node(event, events, depth + 1, key)

    def _pairs(self, events: Iterator[yaml.Event], depth: int) -> dict[str, tuple[Scalar, Node]]:
        pairs: dict[str, tuple[Scalar, Node]] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._node(event, events, depth + 1, "")
            value = self._node(next(events), events, depth + 1, key.text if isinstance(key, Scalar) else "")
            if not isinstance(key, Scalar) or key.text == "<<":
                self.source.report("E105", key.line, key.column, variant="nested", key=getattr(key, "text", "{…}"))
            elif key.text in pairs:
                self.source.report("E105", key.line, key.column, key=key.text)
            else:
                pairs[key.text] = (key, value)
                self.glued += [key.line - self.start - 1] if ":" in key.text else []
        return pairs


_PLAIN = re.compile(
    r"(?P<before>\s{0,80}(?:- )?\s{0,8}(?P<key>[\w.-]{1,60})\s{0,8}:\s{1,8})(?P<value>[^\"'\[{&*!|>%@`\s].*)"
)
_COLON = re.compile(r"\s?:(?=\s|$)")
_UNSPACED = re.compile(
    r"(?P<before>[ ]{0,80}(?:- )?)(?P<key>[A-Za-z_]\w{0,40})[^\S\n]?:[\u00a0\u202f\u2009]{0,8}(?P<value>[^\s:/].*)"
)


def _repaired(source: Source, start: int, lines: list[str], error: yaml.MarkedYAMLError) -> bool:
    """Tells what is wrong where the parser stopped and, for the two known slips, mends the line in memory."""
    mark = error.problem_mark or error.context_mark
    at = min(mark.line, len(lines) - 1) if mark else 0
    where = [at] if at == 0 else [at, at - 1]
    for line in where:
        found = _PLAIN.match(lines[line])
        colon = _COLON.search(found["value"]) if found else None
        if found and colon:
            value = found["value"].split(" #")[0].rstrip()
            column = found.start("value") + colon.end()
            source.report("E101", start + line + 1, column, key=found["key"], value=value)
            lines[line] = found["before"] + '"' + value.replace("\\", "").replace('"', "") + '"'
            return True
        if "\t" in lines[line][: len(lines[line]) - len(lines[line].lstrip())]:
            source.report("E100", start + line + 1, lines[line].index("\t") + 1, variant="tab")
            lines[line] = lines[line].replace("\t", "")
            return True
    if _spaced_out(source, start, lines, range(at, max(at - 4, -1), -1)):
        return True
    _unreadable(source, start, lines, error)
    return False


def _spaced_out(source: Source, start: int, lines: list[str], where: Iterable[int]) -> bool:
    """Tells the first line without a plain space after its colon (`titre:Le rôle`) and puts one in."""
    for line in where:
        found = _UNSPACED.fullmatch(lines[line])
        if found and ": " not in lines[line][: found.start("value")]:
            value = found["value"].rstrip()
            column = found.end("key") + 1
            source.report("E100", start + line + 1, column, variant="space", key=found["key"], value=value)
            lines[line] = f"{found['before']}{found['key']}: {found['value']}"
            return True
    return False


def _unreadable(source: Source, start: int, lines: list[str], error: Exception) -> None:
    if isinstance(error, _Refused) or any(problem.code == "E100" for problem in source.problems):
        return
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.context_mark or error.problem_mark
        quoted = "quoted scalar" in str(error.context)
        mark = mark if quoted else error.problem_mark or mark
        index = min(mark.index, sum(map(len, lines)) + len(lines)) if mark else 0
        line, column = Source(source.path, "\n".join(lines)).at(index)
        source.report("E100", start + line, column, variant="quote" if quoted else "")
        return
    position = getattr(error, "position", 0)
    line, column = Source(source.path, "\n".join(lines)).at(position if isinstance(position, int) else 0)
    source.report("E100", start + line, column, variant="character")
