"""The text of a unit taken apart: opening, sections, and in each its prose and its questions, still as tokens.

Reads the token tree, never lines; lines serve to find columns only. Nothing here knows what a kind does with its body.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from elearn.core.braces import Braces, draw, only, options, points, read_braces, regions, unknown_kind
from elearn.core.gaps import first_gap, stray_gap
from elearn.core.guess import meant
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
class Stage:
    """A step of a scenario as found. `ending`: one where it ends, worth some points."""

    braces: Braces
    title: Token
    ending: bool
    points: float
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
    steps: list[Stage] = field(default_factory=list)
    malformed: bool = False

    @property
    def id(self) -> str:
        return self.braces.id

    @property
    def line(self) -> int:
        return self.braces.line


@dataclass(slots=True)
class Pool:
    """Questions to draw from, as found. `heading`: its tokens; `draw`: 0 for all; `source`: a shared pool's id."""

    braces: Braces
    level: int
    heading: Group
    draw: int = 0
    source: str = ""
    groups: list[Group] = field(default_factory=list)
    questions: list[Asked] = field(default_factory=list)

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
    parts: list[Prose | Asked | Pool] = field(default_factory=list)
    regions: tuple[str, ...] = ()

    @property
    def questions(self) -> list[Asked]:
        """Those of its pools too."""
        found: list[Asked] = []
        for part in self.parts:
            if isinstance(part, Pool):
                found += part.questions
            elif isinstance(part, Asked):
                found.append(part)
        return found

    @property
    def pools(self) -> list[Pool]:
        return [part for part in self.parts if isinstance(part, Pool)]


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
        source.report("E164", error.line + 1, **({"variant": error.variant} if error.variant else {}))
        return Outline()
    builder = _Builder(source, glossary)
    builder.out.env = env
    scan(source, tokens)
    for group in groups(tokens):
        builder.add(group)
    builder.close()
    return builder.out


_HALF_BRACES = re.compile(r"\{\s*\.|[({]\s*\.[\w-]+[^)}]*[)}]?\s*$")
_ANSWER = re.compile(r"\*\*\s*(reponse|answer|accepted answer)s?\b[^*]*\*\*")
_LIKE_A_QUESTION = re.compile(r"(question|reflexion|reflection|situation|scenario|vrai ou faux|true or false)\b")


@dataclass(slots=True)
class _Bare:
    """A heading without braces and what follows it: perhaps a question that lacks them. `like`: its words say so."""

    line: int
    column: int
    like: bool
    groups: list[Group] = field(default_factory=list)


MOST_QUESTIONS = 300
"""Questions of one file: beyond, nobody answers them at one go, and checking them takes seconds."""


class _Builder:
    def __init__(self, source: Source, glossary: bool) -> None:
        self.source, self.glossary = source, glossary
        self.out = Outline()
        self.asked: Asked | None = None
        self.into: list[Group] = []
        """Where the blocks of the question that is read go: to itself, to its last step, or nowhere."""
        self.pool: Pool | None = None
        self.bare: _Bare | None = None
        self.count = 0
        self.level = 1

    def add(self, group: Group) -> None:
        head = group[0]
        if head.type in ("heading_open", "hr", "footnote_block_open"):
            self._settle()
        if head.type == "heading_open" and head.markup != "-":
            self._heading(group, int(head.tag[1]))
        elif head.type == "footnote_block_open":
            self.out.footnotes = group
        elif head.type == "hr" and self.asked:
            self.asked = None
        elif head.type != "html_block":
            self._put(group)

    def close(self) -> None:
        self._settle()
        if not self.out.screens and not self.glossary:
            self.source.report("E132", variant="none")
        elif self.out.screens and all(screen.regions for screen in self.out.screens):
            self.source.report("E166", self.out.screens[0].line, 1)

    def _put(self, group: Group) -> None:
        if self.bare and not self.asked:
            self.bare.groups.append(group)
        elif not (self.asked and self.asked.malformed):
            stray_boxes(self.source, group, bool(self.asked and self.asked.kind.body == "choices"))
        if not self.asked:
            self._stray_answer(group)
        if not (self.asked or self.bare):
            stray_gap(self.source, group)
        if self.asked:
            self.into.append(group)
        elif self.pool:
            self._between(self.pool, group)
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
        if self.asked and level > self.asked.level and self.asked.kind.body == "steps":
            self._inside_scenario(self.asked, group, level, braces)
            return
        if self.asked and level > self.asked.level and not (braces.kind or braces.pool):
            if not self.asked.malformed:
                self.source.report("E161", line + 1, 1)
            return
        self.asked = None
        if self.pool and level <= self.pool.level:
            self.pool = None
        if braces.kind_word and (level < 3 or level > 5) and braces.kind:
            self.source.report("E162", line + 1, braces.kind_column, variant="level", level=level)
        if level == 1:
            self._title(group, line)
        elif level == 2:
            self._section(group, braces)
        elif braces.pool:
            self._pool(group, level, braces)
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
        if self.pool and level > self.pool.level + 1 and level <= 5:
            hashes = "#" * (self.pool.level + 1)
            self.source.report("E162", braces.line, braces.kind_column, variant="pool", hashes=hashes)
        self.count += 1
        if self.count == MOST_QUESTIONS + 1:
            self.source.report("E215", braces.line, 1, variant="questions", limit=MOST_QUESTIONS)
        if not braces.kind or not self.out.screens or not 3 <= level <= 5 or self.count > MOST_QUESTIONS:
            # Its body is read past as if it were one, so that one slip is told once.
            self._ask(Asked(_NO_KIND, braces, level, group[1], {}, malformed=True))
            return
        if self.out.screens[-1].regions:
            self._uncounted(braces)
        elif self.pool:
            self._refuse(braces, "pool", "regions")
        asked = self._ask(Asked(braces.kind, braces, level, group[1], options(self.source, braces, braces.kind)))
        if self.pool:
            self.pool.questions.append(asked)
        else:
            self.out.screens[-1].parts.append(asked)

    def _ask(self, asked: Asked) -> Asked:
        self.asked, self.into = asked, asked.groups
        return asked

    def _inside_scenario(self, asked: Asked, group: Group, level: int, braces: Braces) -> None:
        """A heading below a scenario: one of its steps, or something that has no place there."""
        if braces.kind or braces.pool:
            variant = {"variant": "pool"} if braces.pool else {}
            self.source.report("E163", braces.line, braces.kind_column, **variant)
            asked.malformed, self.into = True, []
            return
        if level > asked.level + 1:
            hashes = "#" * (asked.level + 1)
            self.source.report("E161", braces.line, 1, variant="deep", hashes=hashes)
            return
        if braces.kind_word and not braces.ending:
            unknown_kind(self.source, braces)
        if not braces.id:
            self.source.report("E160", braces.line, braces.end)
            asked.malformed = True
        if self.out.screens[-1].regions or asked.options.get("regions"):
            self._uncounted(braces)
        only(self.source, braces, "#" * level, *(("points",) if braces.ending else ()))
        self._anchor(braces)
        worth = points(self.source, braces, 0.0) if braces.ending else 0.0
        asked.steps.append(Stage(braces, group[1], braces.ending, worth))
        self.into = asked.steps[-1].groups

    def _pool(self, group: Group, level: int, braces: Braces) -> None:
        here = (braces.line, braces.kind_column)
        if self.pool:
            self.source.report("E163", *here, variant="twice")
            return
        if not self.out.screens:
            self.source.report("E162", *here, variant="opening")
        elif not 3 <= level <= 4:
            self.source.report("E162", *here, variant="pool_level", level=level)
        if not braces.id:
            self.source.report("E132", braces.line, braces.end, variant="pool")
        only(self.source, braces, "." + braces.kind_word, "draw", "source")
        self._anchor(braces)
        group[0].meta["anchor"] = braces.id
        number = draw(self.source, braces)
        self.pool = Pool(braces, level, group, number, braces.settings.get("source", ("", "", 0))[1])
        if self.out.screens and 3 <= level <= 4:
            self.out.screens[-1].parts.append(self.pool)

    def _between(self, pool: Pool, group: Group) -> None:
        """Text of a pool stands before all its questions, since nobody knows which of them will be drawn."""
        if pool.questions:
            line = group[0].map[0] if group[0].map else pool.line - 1
            self.source.report("W154", line + 1, 1, variant="pool")
        pool.groups.append(group)

    def _uncounted(self, braces: Braces) -> None:
        """What not everyone sees asks nothing that counts."""
        self._refuse(braces, "region", "points", "must_pass", "regions")

    def _refuse(self, braces: Braces, variant: str, *names: str) -> None:
        for name in names:
            if name in braces.settings:
                key, _, column = braces.settings.pop(name)
                self.source.report("E121", braces.line, column, variant=variant, token=key)

    def _subheading(self, group: Group, braces: Braces) -> None:
        for key, _, column in braces.settings.values():
            self.source.report("E121", braces.line, column, variant="kind", token=key, kind="#" * self.level)
        if braces.id:
            self._anchor(braces)
            group[0].meta["anchor"] = braces.id
        elif _HALF_BRACES.search(plain([group[1]])):
            self.source.report("E120", braces.line, braces.end, variant="open")
        self._put(group)
        if not braces.written:
            self._bare(group, braces)

    def _bare(self, group: Group, braces: Braces) -> None:
        like = bool(_LIKE_A_QUESTION.match(fold(plain([group[1]]))))
        self.bare = _Bare(braces.line, braces.end, like)

    def _settle(self) -> None:
        """Tells what a heading without braces lacks, once all that follows it is known: one thing, not two."""
        bare, self.bare = self.bare, None
        if bare is None:
            return
        here = bool(self.out.screens) and not self.glossary and 3 <= self.level <= 5
        kind = meant(bare.groups) if here else None
        words = {"kind": kind.words[0], "name": kind.name, "line": bare.line} if kind else {}
        boxes = any("box" in token.meta for group in bare.groups for token in group)
        gaps = [group for group in bare.groups if first_gap(group)]
        for group in bare.groups:
            stray_boxes(self.source, group, False, **({"variant": "heading", **words} if kind else {}))
        for group in gaps[: 1 if kind else None] if not (kind and boxes) else ():
            stray_gap(self.source, group, **({"variant": "cloze", **words} if kind else {}))
        if bare.like and not (boxes or gaps):
            self.source.report("W140", bare.line, bare.column)

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
