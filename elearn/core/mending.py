"""One repair for each code that is marked fixable: a problem and the text around it -> the edits that mend it.

No edits where a repair is not sure. Whether they do help is seen by `core.fixing`, which reads the text again.
"""

import bisect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from elearn.core.edits import Edit, insert
from elearn.core.headings import Heading, within
from elearn.core.new_ids import QUESTION, SECTION, STEP, TERM, NewIds
from elearn.core.questions import KINDS
from elearn.core.rules import Problem
from elearn.core.source import Source

NEAR = 400
"""Lines or headings between a slip and what it belongs to."""

_BOX = re.compile(r"\\?([(\[])[^\S\n]{0,8}[xX]?[^\S\n]{0,8}\\?([)\]])")
_BULLET = re.compile(r"([-*+])([^\S\n]{0,8})")
_ANSWER = re.compile(r"\s{0,8}[-*+]\s{1,8}(?=\\?[(\[]\s{0,8}[xX]?\s{0,8}\\?[)\]](?:\s|$))")
_COLON = re.compile(r"[^\S\n]?:([^\S\n]*)")
_CLOSING = re.compile(r"\s+#+\s*$")
_CLOSERS = {"(": ")", "[": "]"}


@dataclass(slots=True)
class Text:
    """A file being mended. `copies`: for a translation, the source's heading for each line; None for a source."""

    source: Source
    lang: str
    glossary: bool
    headings: Sequence[Heading]
    copies: Mapping[int, Heading] | None
    ids: NewIds
    fresh: dict[int, str] = field(default_factory=dict)
    by_line: dict[int, Heading] = field(init=False)
    answers: list[int] = field(init=False)
    indents: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_line = {one.line: one for one in self.headings}
        self.answers = [n for n, raw in enumerate(self.source.lines, 1) if _ANSWER.match(raw)]

    def raw(self, line: int) -> str:
        """A line counted from 1."""
        return self.source.raw(line - 1)

    def heading(self, line: int) -> Heading | None:
        return self.by_line.get(line)

    def id_for(self, line: int, what: str) -> str:
        """A new id for a heading; in a translation that of its source, or nothing."""
        if self.copies is not None:
            return self.copies[line].id if line in self.copies else ""
        if line not in self.fresh:
            self.fresh[line] = self.ids.make(what)
        return self.fresh[line]


def _layout(text: Text, problem: Problem) -> list[Edit]:
    return (_colon if problem.params.get("variant") == "space" else _tab)(text, problem)


def _colon(text: Text, problem: Problem) -> list[Edit]:
    """`title:The role`: one plain space after the colon, in place of those that are none."""
    raw, key = text.raw(problem.line), str(problem.params["key"])
    found = _COLON.match(raw, raw.find(key) + len(key)) if key in raw else None
    return [Edit(problem.line, found.start(1) + 1, found.end(1) + 1, " ")] if found else []


def _tab(text: Text, problem: Problem) -> list[Edit]:
    """Tabs before a YAML key become two spaces each, or the indentation of the line above if that opens nothing."""
    raw = text.raw(problem.line)
    lead = raw[: len(raw) - len(raw.lstrip())]
    above = next((n for n in range(problem.line - 1, 0, -1) if text.raw(n).strip()), 0)
    before = text.raw(above)
    depth = text.indents.get(above, _width(before))
    wanted = _width(raw)
    if wanted > depth and not before.rstrip().endswith((":", " -")):
        wanted = depth
    text.indents[problem.line] = wanted
    return [Edit(problem.line, 1, len(lead) + 1, " " * wanted)]


def _width(raw: str) -> int:
    lead = raw[: len(raw) - len(raw.lstrip())]
    return lead.count(" ") + 2 * lead.count("\t")


def _quote_value(text: Text, problem: Problem) -> list[Edit]:
    """Quotation marks around a value that goes on with « : »; not where it goes on on the next line."""
    raw, value = text.raw(problem.line), str(problem.params["value"])
    key = raw.find(str(problem.params["key"]))
    start = raw.find(value, raw.find(":", key) + 1)
    after = text.raw(problem.line + 1)
    # Where no space stands before it yet, that is put in first: of two edits at one place only one is made.
    if (
        start < 1
        or raw[start - 1] not in " \t\u00a0\u202f"
        or not value
        or (after.strip() and _width(after) > _width(raw) and not after.lstrip().startswith("#"))
    ):
        return []
    column, end = start + 1, start + len(value) + 1
    if '"' not in value and "\\" not in value:
        return [insert(problem.line, column, '"'), insert(problem.line, end, '"')]
    return [Edit(problem.line, column, end, "'" + value.replace("'", "''") + "'")]


def _blank_line(text: Text, problem: Problem) -> list[Edit]:
    raw = text.raw(problem.line)
    return [insert(problem.line, 1, raw[: len(raw) - len(raw.lstrip(" \t>"))].rstrip() + "\n")]


def _callout(text: Text, problem: Problem) -> list[Edit]:
    raw = text.raw(problem.line)
    found = re.compile(r"\[!\w+\]([^\S\n]*)").match(raw, problem.column - 1)
    before = raw[: problem.column - 1]
    if not found or before.strip(" \t>"):
        return []
    return [Edit(problem.line, found.start(1) + 1, found.end() + 1, "\n" + before)]


def _answer(text: Text, problem: Problem) -> list[Edit]:
    """What stands at the place, replaced by what the message says to type, where only a box was misread."""
    if not problem.params.get("variant"):
        return _space_box(text, problem)
    raw, found = text.raw(problem.line), str(problem.params["found"])
    end = problem.column - 1 + len(found)
    if not raw.startswith(found, problem.column - 1):
        return []
    glued = " " if raw[end : end + 1].strip() else ""
    return [Edit(problem.line, problem.column, end + 1, str(problem.params["wanted"]) + glued)]


def _space_box(text: Text, problem: Problem) -> list[Edit]:
    """`-(x) a`, `- (x)a`, `- (x] a`: spaces around the box and its own closing sign."""
    raw = text.raw(problem.line)
    bullet = _BULLET.match(raw, problem.column - 1)
    box = _BOX.match(raw, bullet.end()) if bullet else None
    if not bullet or not box or (bullet[1] == "*" and not bullet[2] and "*" in raw[box.end() :]):
        return []
    edits = [] if bullet[2] else [insert(problem.line, bullet.end() + 1, " ")]
    if box[2] != _CLOSERS[box[1]]:
        edits.append(Edit(problem.line, box.start(2) + 1, box.end(2) + 1, _CLOSERS[box[1]]))
    if raw[box.end() : box.end() + 1].strip():
        edits.append(insert(problem.line, box.end() + 1, " "))
    return edits


def _other_box(text: Text, problem: Problem) -> list[Edit]:
    """Every box of the list that is of the wrong style, to the next heading."""
    opens = str(problem.params["wanted"])[:1]
    depth = _width(text.raw(problem.line))
    edits = []
    for line in range(problem.line, len(text.source.lines) + 1):
        raw = text.raw(line)
        if raw.startswith(("#", "```", "~~~")):
            break
        found = _ANSWER.match(raw) if _width(raw) == depth else None
        box = _BOX.match(raw, found.end()) if found else None
        if box and box[1] != opens:
            edits.append(Edit(line, box.start(1) + 1, box.end(1) + 1, opens))
            edits.append(Edit(line, box.start(2) + 1, box.end(2) + 1, _CLOSERS[opens]))
    return edits


def _feedback(text: Text, problem: Problem) -> list[Edit]:
    """The quote moves under the words of the answer above it."""
    above = bisect.bisect_left(text.answers, problem.line) - 1
    near = above >= 0 and text.answers[above] > problem.line - NEAR
    found = _ANSWER.match(text.raw(text.answers[above])) if near else None
    if not found:
        return []
    depth = len(found[0].expandtabs(4))
    edits = []
    for line in range(problem.line, len(text.source.lines) + 1):
        raw = text.raw(line)
        if not raw.lstrip().startswith(">"):
            break
        edits.append(Edit(line, 1, len(raw) - len(raw.lstrip()) + 1, " " * depth))
    return edits


def _braces(text: Text, problem: Problem) -> list[Edit]:
    """Kind and id at the end of the heading above some boxes or gaps."""
    line = int(str(problem.params["line"]))
    kind = KINDS[str(problem.params["name"])]
    new = text.id_for(line, QUESTION)
    return [_at_end(text.raw(line), line, f"{{.{kind.words[text.lang != 'fr']} #{new}}}")] if new else []


def _id(text: Text, problem: Problem) -> list[Edit]:
    """An id after the kind, or braces of its own."""
    heading = text.heading(problem.line)
    new = text.id_for(problem.line, _what(text, problem, heading)) if heading else ""
    if not heading or not new:
        return []
    braces = heading.braces
    if not braces.written:
        return [_at_end(text.raw(problem.line), problem.line, f"{{#{new}}}")]
    if braces.kind_word:
        return [insert(problem.line, braces.kind_column + 1 + len(braces.kind_word), f" #{new}")]
    inside = text.raw(problem.line)[braces.column : braces.end - 1]
    return [insert(problem.line, braces.column + 1, f"#{new} " if inside.strip() else f"#{new}")]


def _other_id(text: Text, problem: Problem) -> list[Edit]:
    """The later copy gets an id of its own; links to a step of a copied scenario follow it."""
    heading, old = text.heading(problem.line), str(problem.params["id"])
    new = text.id_for(problem.line, _what(text, problem, heading)) if heading else ""
    if not heading or not new:
        return []
    around = within(text.headings, heading, NEAR)
    edits = [Edit(problem.line, problem.column + 1, problem.column + 1 + len(old), new)]
    if int(str(problem.params["other"])) not in around:
        link = re.compile(rf"(?<=\]\(#){re.escape(old)}(?=\))")
        for line in range(around.start, min(around.stop, len(text.source.lines) + 1)):
            edits += [Edit(line, at.start() + 1, at.end() + 1, new) for at in link.finditer(text.raw(line))]
    return edits


def _what(text: Text, problem: Problem, heading: Heading | None) -> str:
    if text.glossary:
        return TERM
    if problem.code == "E160" or heading is None:
        return STEP
    if heading.level == 2:
        return SECTION
    return QUESTION if heading.braces.kind_word and not heading.braces.ending else STEP


def _at_end(raw: str, line: int, braces: str) -> Edit:
    """Braces at the end of a heading, before the hashes that may close it."""
    found = _CLOSING.search(raw)
    return insert(line, (found.start() if found else len(raw.rstrip())) + 1, " " + braces)


REPAIRS: Mapping[str, Callable[[Text, Problem], list[Edit]]] = {
    "E100": _layout,
    "E101": _quote_value,
    "E110": _blank_line,
    "E131": _other_id,
    "E132": _id,
    "E141": _braces,
    "E150": _answer,
    "E151": _other_box,
    "E153": _feedback,
    "E160": _id,
    "W165": _callout,
}
"""Code -> its repair, for the variants that `Problem.fixable` says."""
