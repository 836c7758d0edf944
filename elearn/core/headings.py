"""The headings of a text with what stands between their braces, and which of a translation answer to its source's."""

from collections.abc import Sequence
from dataclasses import dataclass

from elearn.core.braces import Braces, read_braces
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
        """The name of its kind, or the word as written where there is no such kind."""
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


def within(every: Sequence[Heading], line: int) -> range:
    """Lines (from 1) of the question around a heading; empty where it stands in none."""
    here = next((one for one in every if one.line == line), None)
    if here is None:
        return range(0)
    above = [one for one in every if one.line < line and one.level < here.level]
    question = above[-1] if above and above[-1].kind else None
    if question is None:
        return range(0)
    after = (one.line for one in every if one.line > question.line and one.level <= question.level)
    return range(question.line, next(after, 1_000_000))
