"""The text of one unit -> a draft: header and outline. Any bytes give a draft or problems with line and column."""

import datetime
import re
from dataclasses import dataclass

from elearn.core.frontmatter import FrontMatter, front_matter
from elearn.core.outline import Outline, outline
from elearn.core.scan import find
from elearn.core.source import MOST, Source, decode, readable


@dataclass(slots=True)
class Draft:
    """One language of one unit as written. `sound`: its text could be read, whatever else is wrong."""

    source: Source
    lang: str
    front: FrontMatter
    outline: Outline

    @property
    def sound(self) -> bool:
        deep = any(problem.code == "E164" for problem in self.source.problems)
        return readable(self.source) and self.front.closed and not deep


def parse_unit(
    path: str, body: bytes, lang: str, today: datetime.date, translation: bool = False, most: int = MOST
) -> Draft:
    """Reads one file. Problems are in `draft.source.problems`, `most` of them at most."""
    source = decode(path, body)
    source.most = most
    if not readable(source):
        return Draft(source, lang, FrontMatter(), Outline())
    front = front_matter(source, today, translation)
    out = outline(source, front.body) if front.closed else Outline()
    if out.title_line and front.title and _spaced(out.title) != _spaced(front.title):
        column = source.raw(out.title_line - 1).find(out.title[:10]) + 1
        source.report("E115", out.title_line, max(column, 1), title=front.title)
    return Draft(source, lang, front, out)


_SENSITIVE = re.compile(
    r"\b(suicid(?:e|es|er|aires?|al)|s'ôter la vie|automutilations?|scarifications?|viols?|violée?s?|incestes?|"
    r"agressions? sexuelles?|abus sexuels?|self-harm(?:ing)?|raped?|sexual (?:abuse|assaults?)|incest|overdoses?)\b",
    re.IGNORECASE,
)
_PIECES = (
    *("suicid", "s'ôter", "automutil", "scarif", "viol", "incest", "agression", "abus"),
    *("self-harm", "rape", "sexual", "overdose"),
)
"""One of which a text holds that the pattern can match: most texts are passed over at once."""


def check_content_note(draft: Draft, note: str) -> None:
    """W420 at the first sensitive word of a unit without a content note."""
    if not note and (found := sensitive(draft)):
        line, column, word = found
        draft.source.report("W420", line, column, word=word)


def sensitive(draft: Draft) -> tuple[int, int, str] | None:
    """The first sensitive word of a text, with its line and column."""
    folded = draft.source.text.casefold()
    if not any(piece in folded for piece in _PIECES):
        return None
    for number, line in enumerate(draft.source.lines[draft.front.body :], draft.front.body + 1):
        if found := _SENSITIVE.search(line):
            return number, found.start() + 1, found[0]
    return None


def check_shared(draft: Draft) -> None:
    """E217, E121: what a question cannot take along to the units that draw it."""
    for name in ("exam", "sittings"):
        if name in draft.front.written:
            draft.source.report("E217", *draft.front.places[name], variant="exam", key=draft.front.written[name])
    if draft.outline.footnotes:
        first = next((token for token in draft.outline.footnotes if token.map), None)
        draft.source.report("E217", first.map[0] + 1 if first and first.map else 1, 1)
    for screen in draft.outline.screens:
        if screen.regions:
            draft.source.report("E217", screen.line, find(draft.source, screen.line - 1, "region="), variant="region")
        for pool in screen.pools:
            draft.source.report("E217", pool.line, pool.braces.kind_column, variant="pool")
        for asked in screen.questions:
            if asked.options.get("regions"):
                key, _, column = asked.braces.settings["regions"]
                draft.source.report("E121", asked.line, column, variant="pool", token=key)
            if asked.options.get("reread"):
                key, _, column = asked.braces.settings["reread"]
                draft.source.report("E217", asked.line, column, variant="reread", key=key)


def _spaced(text: str) -> str:
    return " ".join(text.split())
