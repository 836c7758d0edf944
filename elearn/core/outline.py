"""The text of a unit taken apart: opening, sections, and in each its prose and its questions, still as tokens.

Reads the token tree, never lines; lines serve to find columns only. Nothing here knows what a kind does with its body.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from elearn.core.braces import Braces, options, read_braces, regions, unknown_kind
from elearn.core.markup import Token, TooDeep, parse, plain
from elearn.core.questions.kind import Kind
from elearn.core.scan import find, scan, stray_boxes
from elearn.core.source import Source
from elearn.core.typography import fold

Group = list[Token]
"""The tokens of one block, from its opening to its close."""


@dataclass(slots=True)
class Prose:
    groups: list[Group] = field(default_factory=list)


@dataclass(slots=True)
class Asked:
    """A question as found: its heading and the groups that follow it. Its body is read by `core.body`."""

    kind: Kind
    braces: Braces
    level: int
    title: Token
    options: dict[str, object]
    groups: list[Group] = field(default_factory=list)
    malformed: bool = False

    @property
    def id(self) -> str:
        return self.braces.id

    @property
    def line(self) -> int:
        return self.braces.line


@dataclass(slots=True)
class Screen:
    """A `##` section."""

    id: str
    title: Token
    line: int
    parts: list[Prose | Asked] = field(default_factory=list)
    regions: tuple[str, ...] = ()

    @property
    def questions(self) -> list[Asked]:
        return [part for part in self.parts if isinstance(part, Asked)]


@dataclass(slots=True)
class Outline:
    """`anchors`: each id -> (its section, its line). `title_line` is 0 where there is no `#` heading."""

    title: str = ""
    title_line: int = 0
    opening: list[Group] = field(default_factory=list)
    screens: list[Screen] = field(default_factory=list)
    footnotes: list[Token] = field(default_factory=list)
    env: dict[str, Any] = field(default_factory=dict)
    anchors: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def questions(self) -> list[Asked]:
        return [asked for screen in self.screens for asked in screen.questions]


def groups(tokens: Sequence[Token]) -> Iterator[Group]:
    """The blocks of a token list, each from opening to close."""
    depth = start = 0
    for n, token in enumerate(tokens):
        depth += token.nesting
        if depth <= 0:
            yield list(tokens[start : n + 1])
            start, depth = n + 1, 0


def outline(source: Source, body: int, glossary: bool = False) -> Outline:
    """The parts of a text that begins at a line (from 0), with every problem of shape told to `source`."""
    text = "\n" * body + "\n".join(source.lines[body:])
    try:
        tokens, env = parse(text)
    except TooDeep as error:
        source.report("E164", error.line + 1)
        return Outline()
    builder = _Builder(source, glossary)
    builder.out.env = env
    scan(source, tokens)
    for group in groups(tokens):
        builder.add(group)
    builder.close()
    return builder.out


_HALF_BRACES = re.compile(r"\{\s*\.|[({]\s*\.[\w-]+[^)}]*[)}]?\s*$")
_ANSWER = re.compile(r"\*\*\s*(reponse|answer)s?\b[^*]*\*\*")
_LIKE_A_QUESTION = re.compile(r"(question|reflexion|reflection|situation|scenario|vrai ou faux|true or false)\b")


class _Builder:
    def __init__(self, source: Source, glossary: bool) -> None:
        self.source, self.glossary = source, glossary
        self.out = Outline()
        self.asked: Asked | None = None
        self.level = 1

    def add(self, group: Group) -> None:
        head = group[0]
        if head.type == "heading_open" and head.markup != "-":
            self._heading(group, int(head.tag[1]))
        elif head.type == "footnote_block_open":
            self.out.footnotes = group
        elif head.type == "hr" and self.asked:
            self.asked = None
        elif head.type != "html_block":
            self._put(group)

    def close(self) -> None:
        if not self.out.screens and not self.glossary:
            self.source.report("E132", variant="none")
        elif self.out.screens and all(screen.regions for screen in self.out.screens):
            self.source.report("E166", self.out.screens[0].line, 1)

    def _put(self, group: Group) -> None:
        if not (self.asked and self.asked.malformed):
            stray_boxes(self.source, group, bool(self.asked and self.asked.kind.body == "choices"))
        if not self.asked:
            self._stray_answer(group)
        if self.asked:
            self.asked.groups.append(group)
        elif not self.out.screens:
            self.out.opening.append(group)
        else:
            parts = self.out.screens[-1].parts
            if not parts or not isinstance(parts[-1], Prose):
                parts.append(Prose())
            last = parts[-1]
            assert isinstance(last, Prose)
            last.groups.append(group)

    def _heading(self, group: Group, level: int) -> None:
        line = group[0].map[0] if group[0].map else 0
        braces = read_braces(self.source, line, group[0].meta.get("braces"))
        if level > self.level + 1 and (self.out.screens or not braces.kind_word):
            hashes = "#" * (self.level + 1)
            self.source.report("W116", line + 1, 1, found=level, before=self.level, hashes=hashes)
        self.level = level
        if not plain([group[1]]):
            self.source.report("E120", line + 1, 1, variant="empty", token="#" * level)
        if self.asked and level > self.asked.level and not braces.kind:
            self.source.report("E161", line + 1, 1)
            return
        self.asked = None
        if braces.kind_word and (level < 3 or level > 5) and braces.kind:
            self.source.report("E162", line + 1, braces.kind_column, variant="level", level=level)
        if level == 1:
            self._title(group, line)
        elif level == 2:
            self._section(group, braces)
        elif braces.kind_word:
            self._question(group, level, braces)
        else:
            self._subheading(group, braces)

    def _title(self, group: Group, line: int) -> None:
        if self.out.title_line:
            self.source.report("E112", line + 1, 1)
        else:
            self.out.title, self.out.title_line = plain([group[1]]), line + 1

    def _section(self, group: Group, braces: Braces) -> None:
        if braces.kind_word and not braces.kind:
            unknown_kind(self.source, braces)
        for name, (key, _, column) in braces.settings.items():
            if name != "regions" or self.glossary:
                self.source.report("E121", braces.line, column, variant="kind", token=key, kind="##")
        if not braces.id:
            self.source.report("E132", braces.line, braces.end, variant="term" if self.glossary else "section")
        self.out.screens.append(Screen(braces.id, group[1], braces.line, regions=regions(self.source, braces)))
        self._anchor(braces)

    def _question(self, group: Group, level: int, braces: Braces) -> None:
        if not braces.kind:
            unknown_kind(self.source, braces)
        if not self.out.screens:
            self.source.report("E162", braces.line, braces.kind_column, variant="opening")
        if not braces.id:
            self.source.report("E132", braces.line, braces.end)
        self._anchor(braces)
        if not braces.kind or not self.out.screens or not 3 <= level <= 5:
            # Its body is read past as if it were one, so that one slip is told once.
            self.asked = Asked(_NO_KIND, braces, level, group[1], {}, malformed=True)
            return
        if self.out.screens[-1].regions:
            self._regional(braces)
        self.asked = Asked(braces.kind, braces, level, group[1], options(self.source, braces, braces.kind))
        self.out.screens[-1].parts.append(self.asked)

    def _regional(self, braces: Braces) -> None:
        """A section that not everyone sees asks nothing that counts."""
        for name in ("points", "must_pass", "regions"):
            if name in braces.settings:
                key, _, column = braces.settings.pop(name)
                self.source.report("E121", braces.line, column, variant="region", token=key)

    def _subheading(self, group: Group, braces: Braces) -> None:
        for key, _, column in braces.settings.values():
            self.source.report("E121", braces.line, column, variant="kind", token=key, kind="#" * self.level)
        if braces.id:
            self._anchor(braces)
            group[0].meta["anchor"] = braces.id
        elif _HALF_BRACES.search(plain([group[1]])):
            self.source.report("E120", braces.line, braces.end, variant="open")
        elif _LIKE_A_QUESTION.match(fold(plain([group[1]]))):
            self.source.report("W140", braces.line, braces.end)
        self._put(group)

    def _stray_answer(self, group: Group) -> None:
        """A key in prose would be shown to everyone: the heading above it is not a question, by some slip."""
        words = next((token for token in group if token.type == "inline"), None)
        if group[0].type == "blockquote_open" and words and words.map and _ANSWER.match(fold(words.content)):
            line = words.map[0]
            self.source.report("E141", line + 1, find(self.source, line, "**"), variant="answer")

    def _anchor(self, braces: Braces) -> None:
        if not braces.id:
            return
        if braces.id in self.out.anchors:
            other = self.out.anchors[braces.id][1]
            self.source.report("E131", braces.line, braces.id_column, id=braces.id, other=other)
            return
        section = self.out.screens[-1].id if self.out.screens else ""
        self.out.anchors[braces.id] = (section, braces.line)


class _NoKind(Kind):
    name, words = "", ("", "")


_NO_KIND = _NoKind()
