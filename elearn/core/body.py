"""The body of a question taken apart: stem, answers, feedback, labelled quotes, and what was left after them.

Which block holds the answers is said by the kind (`Kind.body`); what they mean is the kind's own affair.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import cast

from elearn.core.markup import Token, callout, plain, testimony
from elearn.core.outline import Asked, Group, groups
from elearn.core.questions.base import Html
from elearn.core.questions.blocks import LABELS, Block, Choice, Label, Row, Words
from elearn.core.scan import find
from elearn.core.source import Source
from elearn.core.typography import fold, nearest

Render = Callable[[Iterable[Token]], Html]
_NAMES = {fold(word): name for name, words in LABELS.items() for word in words}
_ANSWERS = {"choices": "bullet_list_open", "ordered": "ordered_list_open", "table": "table_open"}
_CODES_OF_SHAPE = frozenset({"E200", "E201", "E202", "E206", "E207", "W220", "W221", "T302"})


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

    def block(self) -> Block:
        """The block handed to the kind. Its problems of shape are held back where a slip already told explains them."""
        title = Words(self._inline(self.asked.title), plain([self.asked.title]), self.asked.line, 1)
        last = self._last_answers()
        for n, group in enumerate(self.asked.groups):
            self._group(group, n, last)
        return Block(
            id=self.asked.id,
            kind=self.asked.kind.name,
            lang=self.lang,
            title=title,
            stem=self._html(self.body.stem),
            report=self._report,
            choices=tuple(self.body.choices),
            ordered=tuple(self.body.ordered),
            rows=tuple(self.body.rows),
            columns=self.body.columns,
            labels=tuple(self.body.labels),
            options=self.asked.options,
        )

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
            self.answered = True
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
        if not (self.answered or self.body.labels):
            self.body.stem.append(group)
            return
        if not self.body.after and not self.malformed:
            line = group[0].map[0] if group[0].map else self.asked.line
            self.source.report("W154", line + 1, 1)
        self.body.after.append(group)

    def _choices(self, group: Group) -> Iterable[Choice]:
        for item in groups(group[1:-1]):
            head = item[0]
            words, feedback = self._item(item)
            if "box" in head.meta:
                head.meta["used"] = True
                if not words.text and not words.html:
                    self._malformed(words, variant="empty")
            elif not any(token.meta.get("glued") for token in item):
                self._malformed(words, variant="unmarked", found="- " + words.text[:20], wanted="- ( ) …")
            yield Choice(
                words, head.meta.get("box", ""), head.meta.get("marked", False), "fixed" in head.meta, feedback
            )

    def _malformed(self, words: Words, **params: object) -> None:
        self.malformed = True
        self.source.report("E150", words.line, words.column, **params)

    def _item(self, item: Group) -> tuple[Words, Html]:
        """The words of a list item and the quotes under it. A lone paragraph gives inline HTML."""
        inner = list(groups(item[1:-1]))
        feedback = [group for group in inner if group[0].type == "blockquote_open" and not callout(group, 0)]
        said = [group for group in inner if group not in feedback]
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
        for part in parts:
            name = _NAMES.get(fold(part.label))
            column = find(self.source, part.line, part.label)
            if part.label and not self._known(part, name, column):
                continue
            if name:
                text = plain(part.tokens)
                self.body.labels.append(Label(name, Words(self.render(part.tokens), text, part.line + 1, column)))
            elif part.tokens:
                self._text(part.tokens)

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
                self.source.report("E153", line + 1, find(self.source, line, ">"))
            return
        self._text(group)


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
    children = [child for child in words.children or [] if child.type != "text" or child.content]
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
