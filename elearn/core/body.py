"""The body of a question taken apart: stem, answers, feedback, labelled quotes, and what was left after them.

Which block holds the answers is said by the kind (`Kind.body`); what they mean is the kind's own affair.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import islice
from typing import cast
from urllib.parse import unquote

from elearn.core.gaps import OPENS, has_gap, take_gaps
from elearn.core.markup import GAP, Token, callout, plain, testimony
from elearn.core.outline import Asked, Group, Stage, groups
from elearn.core.questions import blocks
from elearn.core.questions.base import Html
from elearn.core.questions.blocks import LABELS, Block, Choice, Gap, Label, Row, Words
from elearn.core.scan import BOXES, find
from elearn.core.source import Source
from elearn.core.typography import fold, nearest

MOST_CHOICES = 50
"""Answers of one list that are read; a question with more than ten is refused."""

Render = Callable[[Iterable[Token]], Html]
_NAMES = {fold(word): name for name, words in LABELS.items() for word in words}
_ANSWERS = {"choices": "bullet_list_open", "ordered": "ordered_list_open", "table": "table_open"}
_CODES_OF_SHAPE = frozenset(
    ["E200", "E201", "E202", "E204", "E205", "E206", "E207", "E208", "E211", "E212", "E213", "W220", "W221", "T302"]
)


@dataclass(slots=True)
class Body:
    """`after`: the prose that follows the answers and is shown below the question."""

    stem: list[Group] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    ordered: list[Words] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    columns: int = 0
    labels: list[Label] = field(default_factory=list)
    after: list[Group] = field(default_factory=list)


class BodyReader:
    """Reads one question. `render` makes cleaned HTML of tokens, once each."""

    def __init__(self, source: Source, asked: Asked, lang: str, render: Render) -> None:
        self.source, self.asked, self.lang, self.render = source, asked, lang, render
        self.body = Body()
        self.answered = False
        self.malformed = asked.malformed
        self.below = False

    def block(self) -> Block:
        """The block handed to the kind. Its problems of shape are held back where a slip already told explains them."""
        title = Words(self._inline(self.asked.title), plain([self.asked.title]), self.asked.line, 1)
        last = self._last_answers()
        for n, group in enumerate(self.asked.groups):
            self._group(group, n, last)
        gaps, pieces = self._gaps(title) if self.asked.kind.body == "gaps" else ((), ())
        steps = self.asked.steps[: blocks.MOST_STEPS + 1]
        return Block(
            id=self.asked.id,
            kind=self.asked.kind.name,
            lang=self.lang,
            title=title,
            stem=b"" if pieces else self._html(self.body.stem),
            report=self._report,
            choices=tuple(self.body.choices),
            ordered=tuple(self.body.ordered),
            rows=tuple(self.body.rows),
            columns=self.body.columns,
            gaps=gaps,
            pieces=pieces,
            labels=tuple(self.body.labels),
            steps=tuple(StepReader(self.source, stage, self.render).step() for stage in steps),
            options=self.asked.options,
        )

    def _gaps(self, title: Words) -> tuple[tuple[Gap, ...], tuple[Html, ...]]:
        """The gaps of the whole text, and its HTML cut where they stand."""
        if OPENS in title.text:
            self.source.report("E215", title.line, find(self.source, title.line - 1, OPENS), variant="place")
        problems = len(self.source.problems)
        tokens = [token for group in self.body.stem for token in group]
        gaps = take_gaps(self.source, tokens, self._inline)
        self.malformed = self.malformed or len(self.source.problems) > problems
        return gaps, tuple(self.render(tokens).split(GAP.encode()))

    def _report(self, code: str, line: int, column: int, **params: object) -> None:
        if not (self.malformed and code in _CODES_OF_SHAPE):
            self.source.report(code, line, column, **params)

    def _html(self, parts: Iterable[Group]) -> Html:
        return self.render([token for group in parts for token in group])

    def _inline(self, token: Token) -> Html:
        return self.render([token])

    def _last_answers(self) -> int:
        """Where the answers of a list or a table stand: the last block of that kind."""
        wanted = _ANSWERS.get(self.asked.kind.body)
        return max((n for n, group in enumerate(self.asked.groups) if group[0].type == wanted), default=-1)

    def _group(self, group: Group, n: int, last: int) -> None:
        head, body = group[0], self.asked.kind.body
        self.malformed = self.malformed or any(token.meta.get("glued") for token in group)
        if body == "choices" and head.type == "bullet_list_open" and boxed(group):
            self.answered = self.below = True
            self.body.choices.extend(self._choices(group))
        elif body == "ordered" and n == last:
            self.answered = True
            self.body.ordered.extend(self._item(item)[0] for item in groups(group[1:-1]))
        elif body == "table" and n == last:
            self.answered = True
            self._table(group)
        elif head.type == "blockquote_open" and not callout(group, 0) and not testimony(group, 0):
            self._quote(group)
        else:
            self._text(group)

    def _text(self, group: Group) -> None:
        self.below = False
        gap = self.asked.kind.body == "gaps" and has_gap(group)
        if gap or not (self.answered or self.body.labels):
            self.body.stem.append(group)
            return
        if not self.body.after and not self.malformed:
            line = group[0].map[0] if group[0].map else self.asked.line
            self.source.report("W154", line + 1, 1)
        self.body.after.append(group)

    def _choices(self, group: Group) -> Iterable[Choice]:
        for item in islice(groups(group[1:-1]), MOST_CHOICES):
            head = item[0]
            words, feedback = self._item(item)
            if "box" in head.meta:
                head.meta["used"] = True
                if not words.text and not words.html:
                    self._malformed(words, variant="empty")
            elif not any(token.meta.get("glued") for token in item):
                self._malformed(words, variant="unmarked", found="- " + words.text[:20], wanted=self._box(group))
            yield Choice(
                words, head.meta.get("box", ""), head.meta.get("marked", False), "fixed" in head.meta, feedback
            )

    def _box(self, group: Group) -> str:
        """The empty box to write: that of the other answers of a list, else that of the kind."""
        others = {token.meta["box"] for token in group if "box" in token.meta}
        box = others.pop() if len(others) == 1 else BOXES.get(self.asked.kind.words[0], "(")
        return "- ( ) …" if box == "(" else "- [ ] …"

    def _malformed(self, words: Words, **params: object) -> None:
        self.malformed = True
        self.source.report("E150", words.line, words.column, **params)

    def _item(self, item: Group) -> tuple[Words, Html]:
        """The words of a list item and the quotes under it. A lone paragraph gives inline HTML."""
        inner = list(groups(item[1:-1]))
        feedback, said = list[Group](), list[Group]()
        for group in inner:
            quoted = group[0].type == "blockquote_open" and not callout(group, 0)
            (feedback if quoted else said).append(group)
        line = item[0].map[0] if item[0].map else 0
        text = plain(token for group in said for token in group)
        box = item[0].meta.get("box")
        raw = self.source.raw(line)
        column = find(self.source, line, box) if box else len(raw) - len(raw.lstrip()) + 1
        lone = len(said) == 1 and said[0][0].type == "paragraph_open"
        html = self._inline(said[0][1]) if lone else self._html(said)
        return Words(html, text, line + 1, column), self._html(group[1:-1] for group in feedback)

    def _table(self, group: Group) -> None:
        self.body.columns = sum(token.type == "th_open" for token in group)
        inside = False
        for token_group in _rows(group):
            inside = any(token.type == "td_open" for token in token_group)
            if inside:
                cells = [token for token in token_group if token.type == "inline"]
                line = token_group[0].map[0] + 1 if token_group[0].map else self.asked.line
                words = [Words(self._inline(cell), plain([cell]), line, 1) for cell in cells[:2]]
                words += [Words(line=line)] * (2 - len(words))
                if words[0].text or words[1].text:
                    self.body.rows.append(Row(words[0], words[1]))

    def _quote(self, group: Group) -> None:
        parts = list(_labelled(group))
        if not any(part.label for part in parts):
            self._unlabelled(group)
            return
        self.below = False
        if not (self.answered or self.body.labels) and not any(_like_a_label(part.label) for part in parts):
            # People who speak, not labels: their names stay.
            self._text(group)
            return
        for part in parts:
            name = _NAMES.get(fold(part.label))
            column = find(self.source, part.line, part.label)
            if part.label and not self._known(part, name, column):
                continue
            if name:
                text = plain(part.tokens)
                items = tuple(self._lines(part.tokens))
                words = Words(self.render(part.tokens), text, part.line + 1, column)
                self.body.labels.append(Label(name, words, items))
            elif part.tokens:
                self._text(part.tokens)

    def _lines(self, tokens: Group) -> Iterable[Words]:
        """The words of each line of the lists in a quote."""
        for group in groups(tokens):
            if group[0].type in ("bullet_list_open", "ordered_list_open"):
                for item in groups(group[1:-1]):
                    line, text = item[0].map[0] if item[0].map else 0, plain(item)
                    yield Words(b"", text, line + 1, find(self.source, line, text))

    def _known(self, part: "_Part", name: str | None, column: int) -> bool:
        """Is a bold word with a colon a label, or at least no near-miss of one before the answers?"""
        here = (part.line + 1, column)
        if name in ("hint", "explanation") or (name and name in self.asked.kind.labels):
            return True
        if name:
            self.source.report("E152", *here, variant="kind", label=part.label, kind="." + self.asked.braces.kind_word)
            return False
        near = nearest(fold(part.label), _NAMES, 0.75)
        if self.answered or self.body.labels or near:
            self.source.report("E152", *here, label=part.label, near=near)
            return False
        return True

    def _unlabelled(self, group: Group) -> None:
        if self.answered and self.asked.kind.body == "choices":
            if not self.malformed:
                line = group[0].map[0] if group[0].map else self.asked.line
                apart = "" if self.below else "apart"
                self.source.report("E153", line + 1, find(self.source, line, ">"), variant=apart)
            return
        self._text(group)


class StepReader:
    """Reads one step of a scenario: its text, its choices, and what is said once it is reached."""

    def __init__(self, source: Source, stage: Stage, render: Render) -> None:
        self.source, self.stage, self.render = source, stage, render

    def step(self) -> blocks.Stage:
        text: Group = []
        said: Group = []
        choices: list[blocks.Choosing] = []
        for group in self.stage.groups:
            if group[0].type in ("bullet_list_open", "ordered_list_open") and any(map(_leads, groups(group[1:-1]))):
                choices += [made for item in groups(group[1:-1]) if (made := self._choice(item))]
            elif group[0].type == "blockquote_open" and not callout(group, 0):
                labelled = self._labelled(group)
                said += labelled
                text += [] if labelled else group
            else:
                text += group
        line = self.stage.braces.line
        title = Words(self.render([self.stage.title]), plain([self.stage.title]), line, 1)
        html, after = self.render(text), self.render(said)
        return blocks.Stage(
            self.stage.braces.id, title, html, tuple(choices), self.stage.ending, self.stage.points, after
        )

    def _choice(self, item: Group) -> blocks.Choosing | None:
        """`- [words](#step)` alone; E150 for anything beside the link."""
        link = _leads(item)
        children = _written(item[2]) if len(item) > 2 else []
        lone = len(item) == 5 and children and children[-1].type == "link_close"
        if not link or not lone or sum(child.type == "link_open" for child in children) > 1:
            line = item[0].map[0] if item[0].map else self.stage.braces.line
            column = len(self.source.raw(line)) - len(self.source.raw(line).lstrip()) + 1
            found = "- " + plain(item)[:20]
            self.source.report("E150", line + 1, column, variant="choice", found=found)
            return None
        to = unquote(str(link.attrGet("href")))[1:]
        line, column = link.meta.get("place", (self.stage.braces.line, 1))
        at = self.source.raw(line - 1).find("#" + to, column)
        words = item[2].copy()
        words.children = children[1:-1]
        return blocks.Choosing(Words(self.render([words]), plain([words]), line, at + 1 if at >= 0 else column), to)

    def _labelled(self, group: Group) -> Group:
        """The words of a quote that begins with a label; nothing for a quote without, which is text."""
        parts = list(_labelled(deepcopy(group)))
        tokens: Group = []
        for part in parts:
            name = _NAMES.get(fold(part.label))
            near = "" if name else nearest(fold(part.label), _NAMES, 0.75)
            here = (part.line + 1, find(self.source, part.line, part.label))
            if name in ("hint", "explanation") or (tokens and not part.label):
                tokens += part.tokens
            elif name:
                self.source.report("E152", *here, variant="step", label=part.label)
            elif near:
                self.source.report("E152", *here, label=part.label, near=near)
        return tokens


def _like_a_label(words: str) -> bool:
    return bool(words and (fold(words) in _NAMES or nearest(fold(words), _NAMES, 0.75)))


def _leads(item: Group) -> Token | None:
    """The link to an anchor of this file that a list item begins with."""
    children = _written(item[2]) if len(item) > 2 and item[1].type == "paragraph_open" else []
    first = children[0] if children else None
    return first if first and first.type == "link_open" and str(first.attrGet("href") or "").startswith("#") else None


def _written(words: Token) -> list[Token]:
    return [child for child in words.children or [] if child.type != "text" or child.content.strip()]


def boxed(group: Group) -> bool:
    """Has this list an item of its own with a box?"""
    level = group[0].level + 1
    return any(
        token.type == "list_item_open" and token.level == level and ("box" in token.meta) for token in group
    ) or any(token.meta.get("glued") and token.level == level + 2 for token in group)


@dataclass(slots=True)
class _Part:
    label: str
    line: int
    tokens: Group = field(default_factory=list)


def _labelled(group: Group) -> Iterable[_Part]:
    """A quote cut at its bold labels; an empty label for what stands before the first."""
    part = _Part("", group[0].map[0] if group[0].map else 0)
    for inner in groups(group[1:-1]):
        if inner[0].type != "paragraph_open":
            part.tokens.extend(inner)
            continue
        line = inner[0].map[0] if inner[0].map else part.line
        for label, offset, children in _segments(inner[1]):
            if label:
                if part.label or part.tokens:
                    yield part
                part = _Part(label, line + offset)
            if any(child.content.strip() or child.type not in ("text", "softbreak") for child in children):
                words = inner[1].copy()
                words.children = children
                part.tokens.extend([inner[0].copy(), words, inner[2].copy()])
    if part.label or part.tokens:
        yield part


def _segments(words: Token) -> Iterable[tuple[str, int, list[Token]]]:
    """The children of a paragraph cut where a line begins with a bold label and a colon."""
    children = [child.copy() for child in words.children or [] if child.type != "text" or child.content]
    label, offset, lines, current = "", 0, 0, cast("list[Token]", [])
    n = 0
    while n < len(children):
        starts = n == 0 or children[n - 1].type in ("softbreak", "hardbreak")
        found = _label_at(children, n) if starts else None
        if found:
            if label or current:
                yield label, offset, current[:-1]
            label, n = found
            offset, current = lines, []
            continue
        lines += children[n].type in ("softbreak", "hardbreak")
        current.append(children[n])
        n += 1
    yield label, offset, current


def _label_at(children: list[Token], n: int) -> tuple[str, int] | None:
    """The label that begins at a child and where its text begins, or None. The colon stands in or after the bold."""
    if children[n].type != "strong_open":
        return None
    end = next((m for m in range(n, len(children)) if children[m].type == "strong_close"), -1)
    if end < 0:
        return None
    bold = plain(children[n:end])
    after = children[end + 1] if end + 1 < len(children) else None
    if bold.rstrip().endswith(":"):
        bold = bold.rstrip()[:-1]
    elif after and after.type == "text" and after.content.lstrip().startswith(":"):
        after.content = after.content.lstrip()[1:]
    else:
        return None
    if after and after.type == "text":
        after.content = after.content.lstrip()
    return bold.strip(), end + 1


def _rows(group: Group) -> Iterable[Group]:
    start = 0
    for n, token in enumerate(group):
        if token.type == "tr_open":
            start = n
        elif token.type == "tr_close":
            yield group[start : n + 1]
