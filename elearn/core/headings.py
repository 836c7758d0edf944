"""The headings of a text with what stands between their braces, and which of a translation answer to its source's."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from elearn.core.braces import END, POOL, Braces, read_braces
from elearn.core.markup import TooDeep, parse
from elearn.core.source import Source


@dataclass(frozen=True, slots=True)
class Heading:
    """`line` counts from 1."""

    line: int
    level: int
    braces: Braces

    @property
    def id(self) -> str:
        return self.braces.id

    @property
    def kind(self) -> str:
        """The name of its kind, one name for every pool or end, or the word as written where there is no such kind."""
        if self.braces.pool or self.braces.ending:
            return POOL[1] if self.braces.pool else END[1]
        return self.braces.kind.name if self.braces.kind else self.braces.kind_word


def headings(source: Source, body: int) -> list[Heading]:
    """Those of level 2 and more, outside lists and quotes, of a text that begins at a line (from 0)."""
    aside = Source(source.path, source.text)
    try:
        tokens, _ = parse("\n" * body + "\n".join(source.lines[body:]))
    except TooDeep:
        return []
    found = []
    for token in tokens:
        if token.type == "heading_open" and token.markup != "-" and token.level == 0 and token.map:
            braces = read_braces(aside, token.map[0], token.meta.get("braces"))
            found.append(Heading(token.map[0] + 1, int(token.tag[1]), braces))
    return [one for one in found if one.level > 1]


def copied(ours: Sequence[Heading], theirs: Sequence[Heading]) -> dict[int, Heading]:
    """Line of each heading of a translation -> the heading of the source, or nothing where the two differ in shape."""
    if len(ours) != len(theirs):
        return {}
    seen: set[str] = set()
    for own, other in zip(ours, theirs, strict=True):
        again = own.id in seen
        seen.add(own.id)
        if own.level != other.level or (own.kind and own.kind != other.kind):
            return {}
        if own.id and own.id != other.id and not again:
            return {}
    return {own.line: other for own, other in zip(ours, theirs, strict=True)}


def within(every: Sequence[Heading], here: Heading, near: int) -> range:
    """Lines (from 1) of the scenario around a step, looked for so many headings away; empty where there is none."""
    at = bisect.bisect_left(every, here.line, key=lambda one: one.line)
    above = next((one for one in reversed(every[max(0, at - near) : at]) if one.level < here.level), None)
    if above is None or not above.braces.kind or above.braces.kind.body != "steps":
        return range(0)
    after = (one.line for one in every[at : at + near] if one.level <= above.level)
    return range(above.line, next(after, every[min(len(every), at + near) - 1].line + near))
