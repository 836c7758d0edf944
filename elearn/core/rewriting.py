"""A draft -> the unit as written, to write it again. Prose keeps its characters; nothing is checked or compiled here.

A question that cannot be taken apart without loss (a scenario, two labels in one quote) keeps its whole body as stem.
"""

import re
from collections.abc import Iterable, Iterator

from elearn.core.as_written import Answer, Markdown, Pair, Pool, Question, Section, Unit
from elearn.core.body import BodyReader
from elearn.core.markup import Token
from elearn.core.outline import Asked, Prose, Screen
from elearn.core.outline import Pool as Drawn
from elearn.core.parse import Draft
from elearn.core.questions.blocks import Block
from elearn.core.questions.true_false import TRUTH
from elearn.core.typography import fold

_LABEL = re.compile(r"\s*(\*\*|__).+?\1\s*:?\s*")
_BREAK = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*")
_BODIES = ("choices", "ordered", "table", "none")
_WHOLE = frozenset(["cloze", "scenario"])
"""Kinds whose body is not taken apart."""


def as_written(draft: Draft) -> Unit:
    """The unit of a sound draft that nothing has compiled yet."""
    lines, screens = draft.source.lines, draft.outline.screens
    first = screens[0].line - 1 if screens else len(lines)
    title = draft.outline.title_line - 1
    opening = [line for n, line in enumerate(lines[draft.front.body : first], draft.front.body) if n != title]
    ends = [screen.line - 1 for screen in screens[1:]] + [len(lines)]
    sections = tuple(_section(draft, screen, end) for screen, end in zip(screens, ends, strict=True))
    return Unit(draft.front, _text(opening), sections)


class _Whole(Exception):
    """This question keeps its body as it stands."""


def _text(lines: Iterable[str]) -> Markdown:
    return re.sub(r"\A(?:[^\S\n]*\n)+", "", "\n".join(lines)).rstrip()


def _heading_words(draft: Draft, line: int) -> Markdown:
    """The words of the heading on a line (from 1), as typed, without its marks and braces."""
    raw = re.sub(r"\A\s*#+\s*", "", draft.source.raw(line - 1)).rstrip()
    return raw[: raw.rindex("{")].rstrip() if raw.endswith("}") else raw.rstrip("#").rstrip()


Part = Markdown | Question | Pool


def _section(draft: Draft, screen: Screen, end: int) -> Section:
    starts = [_first(part.groups[0]) if isinstance(part, Prose) else part.line - 1 for part in screen.parts]
    lines = draft.source.lines
    parts: list[Part] = []
    before = _text(lines[screen.line : starts[0] if starts else end])
    if before:
        parts.append(before)
    for n, part in enumerate(screen.parts):
        last = starts[n + 1] if n + 1 < len(starts) else end
        if isinstance(part, Prose):
            parts.append(_text(lines[starts[n] : last]))
        elif isinstance(part, Drawn):
            parts += _pool(draft, part, last)
        else:
            parts += _question(draft, part, starts[n], last)
    return Section(screen.id, _heading_words(draft, screen.line), tuple(_merged(parts)))


def _pool(draft: Draft, pool: Drawn, end: int) -> list[Part]:
    """The pool, then what is no part of its questions."""
    starts = [asked.line - 1 for asked in pool.questions]
    text = _text(draft.source.lines[pool.line : starts[0] if starts else end])
    parts: list[Part] = []
    for asked, start, last in zip(pool.questions, starts, [*starts[1:], end], strict=False):
        parts += _question(draft, asked, start, last)
    questions = tuple(part for part in parts if isinstance(part, Question))
    title = _heading_words(draft, pool.line)
    made = Pool(pool.id, title, text, questions, pool.draw or None, pool.source)
    return [made, *(part for part in parts if isinstance(part, str))]


def _merged(parts: Iterable[Part]) -> Iterator[Part]:
    """Neighbouring pieces of prose as one."""
    prose = ""
    for part in parts:
        if isinstance(part, str):
            prose = f"{prose}\n\n{part}" if prose else part
            continue
        if prose:
            yield prose
        prose = ""
        yield part
    if prose:
        yield prose


def _question(draft: Draft, asked: Asked, start: int, end: int) -> list[Part]:
    """The question, then what stands in its lines and is no part of it: definitions of notes and of links."""
    lines = draft.source.lines
    inside = [*asked.groups, *(group for step in asked.steps for group in step.groups)]
    covered = {line for group in inside for line in range(_first(group), _last(group))}
    bounds = [n for n in range(start + 1, end) if n not in covered and _BREAK.fullmatch(lines[n])]
    own = bounds[0] if bounds else end
    left = [line for n, line in enumerate(lines[start + 1 : end], start + 1) if n not in covered and n not in bounds]
    title = _heading_words(draft, asked.line)
    try:
        question = _apart(draft, asked, title)
    except _Whole:
        body = _text(lines[start + 1 : own])
        return [
            Question(asked.kind.name, asked.id, title, body, options=asked.options),
            *([_text(lines[own + 1 : end])] if _text(lines[own + 1 : end]) else []),
        ]
    return [question, *([_text(left)] if _text(left) else [])]


def _apart(draft: Draft, asked: Asked, title: Markdown) -> Question:
    name = asked.kind.name
    if name in _WHOLE or asked.kind.body not in _BODIES or asked.malformed:
        raise _Whole
    reader = BodyReader(draft.source, asked, draft.lang, lambda tokens: _source_of(draft, list(tokens)).encode())
    block = reader.block()
    if reader.body.after or reader.malformed or any(not choice.box for choice in block.choices):
        raise _Whole
    answers = block.labelled("answer")
    if len(answers) > 1:
        raise _Whole
    answer = answers[0].text if answers else ""
    truth = TRUTH.get(fold(answer).rstrip(" .!»"))
    return Question(
        kind=name,
        id=asked.id,
        title=title,
        stem=block.stem.decode(),
        answers=tuple(Answer(_md(c.words.html), c.marked, _md(c.feedback), c.fixed) for c in block.choices),
        items=tuple(_md(words.html) for words in block.ordered),
        head=_head(asked) if block.rows else ("", ""),
        pairs=tuple(Pair(_md(row.left.html), _md(row.right.html)) for row in block.rows),
        accepted=tuple(item.text for label in block.labels if label.name == "accepted" for item in label.items),
        several=name == "survey" and any(choice.box == "[" for choice in block.choices),
        answer=answer if name != "true_false" or truth is None else ("false", "true")[truth],
        hints=tuple(map(_md, block.hints)),
        explanation=_once(block, "explanation"),
        sample=_once(block, "sample"),
        options=asked.options,
    )


def _once(block: Block, label: str) -> Markdown:
    if len(block.labelled(label)) > 1:
        raise _Whole
    return _md(block.said(label))


def _md(html: bytes) -> Markdown:
    return html.decode().strip()


def _first(tokens: list[Token]) -> int:
    return next((token.map[0] for token in tokens if token.map), 0)


def _last(tokens: list[Token]) -> int:
    return max((token.map[1] for token in tokens if token.map), default=0)


def _source_of(draft: Draft, tokens: list[Token]) -> Markdown:
    """What was typed for some tokens, without the marks of the list or the quote they stand in."""
    if not tokens:
        return ""
    if tokens[0].type == "inline":
        return tokens[0].content
    lines = draft.source.lines[_first(tokens) : _last(tokens)]
    if tokens[0].level == 0:
        return _text(lines)
    if not lines or not lines[0].lstrip(" \t-+*").startswith(">"):
        raise _Whole
    text = _text(re.sub(r"\A[ \t]*> ?", "", line) for line in lines)
    children = tokens[1].children if len(tokens) > 1 else None
    if tokens[0].level == 1 and children is not None and _LABEL.match(text):
        bold = re.findall(r"(?m)^\s*(?:\*\*|__)", text)
        if len(bold) > 1:
            raise _Whole
        text = _LABEL.sub("", text, count=1)
    return text


def _head(asked: Asked) -> tuple[Markdown, Markdown]:
    cells = [
        group[n + 1].content
        for group in asked.groups
        if group[0].type == "table_open"
        for n, token in enumerate(group)
        if token.type == "th_open"
    ]
    return (cells[-2], cells[-1]) if len(cells) >= 2 else ("", "")
