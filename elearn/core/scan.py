"""One pass over all tokens of a text: places of inline tokens, and the slips that need no knowledge of questions."""

import bisect
import re
from collections.abc import Sequence

from elearn.core.markup import BOX, DECORATIVE, Token, callout, on_one_line
from elearn.core.source import Source

_TAG = re.compile(r"<[^>\s]{0,40}")
_GLUED = re.compile(r"[^\S\n]{0,8}[-*+][^\S\n]{0,8}\\?([(\[])[^\S\n]{0,8}[xX]?[^\S\n]{0,8}\\?[)\]](?![(\[:])")
_GLUED_ITEM = re.compile(r"\\?([(\[])[^\S\n]{0,8}([xX]?)[^\S\n]{0,8}\\?[)\]](?![(\[:])(?=\S)")
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,60})\]")


def scan(source: Source, tokens: Sequence[Token]) -> None:
    """Puts `meta["place"]` (line, column) on inline tokens that were given an offset, and tells what is wrong."""
    line = 0
    inside: list[str] = []
    for n, token in enumerate(tokens):
        line = token.map[0] if token.map else line
        if token.type == "inline":
            _inline(source, token, line)
            _words(source, token, line, inside)
        elif token.type == "html_block":
            _html(source, token.content, line + 1, 1)
        elif token.type == "heading_open":
            _heading(source, token, inside)
        elif token.type == "blockquote_open":
            _quote(source, tokens, n, line, inside)
        if token.nesting > 0:
            inside.append(token.type)
        elif token.nesting < 0 and inside:
            inside.pop()


def stray_boxes(source: Source, group: Sequence[Token], answers: bool, **meant: object) -> None:
    """E141 for each list with boxes that are no answers. `answers`: boxes of the list itself are. `meant`: what is
    known of the question they were meant for."""
    told: set[int] = set()
    lists: list[int] = []
    for n, token in enumerate(group):
        if token.type == "bullet_list_open":
            lists.append(n)
        elif token.type == "bullet_list_close":
            lists.pop()
        elif "box" in token.meta and lists[-1] not in told and not (answers and lists == [0]):
            told.add(lists[-1])
            line = token.map[0] if token.map else 0
            mark = "( )" if token.meta["box"] == "(" else "[ ]"
            source.report("E141", line + 1, find(source, line, token.meta["box"]), mark=mark, **meant)


class Places:
    """Line and column, from 1, of offsets in the content of one inline token that begins on a line (from 0)."""

    def __init__(self, source: Source, token: Token, line: int) -> None:
        self.line = line
        self.starts: list[int] = []
        self.columns: list[int] = []
        start = 0
        for number, words in enumerate(token.content.split("\n")):
            lead = len(words) - len(words.lstrip())
            self.starts.append(start)
            self.columns.append(max(source.raw(line + number).find(words.strip()), 0) - lead)
            start += len(words) + 1

    def at(self, offset: int) -> tuple[int, int]:
        number = bisect.bisect_right(self.starts, offset) - 1
        return self.line + number + 1, max(self.columns[number] + offset - self.starts[number], 0) + 1


def find(source: Source, line: int, words: str) -> int:
    """Column, from 1, of some words on a line (from 0); 1 where they are not found as written."""
    return max(source.raw(line).find(words), 0) + 1


def _inline(source: Source, token: Token, line: int) -> None:
    children = token.children or []
    places = Places(source, token, line)
    for n, child in enumerate(children):
        if "at" in child.meta:
            child.meta["place"] = places.at(child.meta["at"])
        if child.type == "html_inline":
            _html(source, child.content, *child.meta.get("place", (line + 1, 1)))
        elif child.type == "image" and n + 1 < len(children):
            child.meta["decorative"] = bool(DECORATIVE.match(children[n + 1].content))
    if any(child.type == "text" and "[^" in child.content for child in children):
        _footnotes(source, token, places)


def _footnotes(source: Source, token: Token, places: Places) -> None:
    """W117 for each mark that stayed text. A mark in code is no mark, so code is told apart by its own words."""
    coded = {child.content for child in token.children or [] if child.type == "code_inline"}
    texts = "\n".join(child.content for child in token.children or [] if child.type == "text")
    for found in _FOOTNOTE.finditer(token.content):
        if found[0] in texts and not any(found[0] in code for code in coded):
            source.report("W117", *places.at(found.start()), label=found[1])


def _html(source: Source, content: str, line: int, column: int) -> None:
    """E111 for a tag; comments are dropped in silence."""
    left = _without_comments(content)
    found = _TAG.search(left)
    closes = found and found[0].startswith("</") and any(problem.code == "E111" for problem in source.problems)
    if left.strip() and not closes:
        tag = found[0] + ">" if found and not found[0].startswith("<!--") else found[0] if found else left.strip()[:40]
        source.report("E111", line, column, tag=tag)


def _without_comments(content: str) -> str:
    """What is left of a piece of HTML; a comment that never ends is left too."""
    kept, start = [], 0
    while (opens := content.find("<!--", start)) >= 0 and (closes := content.find("-->", opens + 4)) >= 0:
        kept.append(content[start:opens])
        start = closes + 3
    return " ".join([*kept, content[start:]])


def _heading(source: Source, token: Token, inside: list[str]) -> None:
    line = token.map[0] if token.map else 0
    if token.markup == "-" and token.map:
        source.report("E110", token.map[1], 1)
    elif inside and re.search(r"(?:^|\s)\.\w", token.meta.get("braces", "")):
        source.report("E162", line + 1, find(source, line, "{"))


def _quote(source: Source, tokens: Sequence[Token], n: int, line: int, inside: list[str]) -> None:
    kind = callout(tokens, n)
    if not kind:
        return
    column = find(source, line, "[!")
    if "list_item_open" in inside:
        source.report("W114", line + 1, column, kind=kind)
    elif on_one_line(tokens[n + 2].content):
        source.report("W165", line + 1, column, kind=kind)


def _words(source: Source, token: Token, line: int, inside: list[str]) -> None:
    if token.content.startswith(":::"):
        source.report("E113", line + 1, find(source, line, ":::"))
    if "paragraph_open" not in inside:
        return
    if "list_item_open" in inside and (glued := _GLUED_ITEM.match(token.content)) and not BOX.match(token.content):
        found = glued[0]
        wanted = f"- {glued[1]}{glued[2] or ' '}{')' if glued[1] == '(' else ']'}"
        token.meta["glued"] = True
        raw = source.raw(line)
        column = len(raw) - len(raw.lstrip(" \t>")) + 1
        source.report("E150", line + 1, column, found=f"- {found}{token.content[len(found) :][:12]}", wanted=wanted)
    for number, words in enumerate(token.content.split("\n")):
        if glued := _GLUED.match(words):
            token.meta["glued"] = True
            mark = "x" if "x" in glued[0].lower() else " "
            wanted = f"- {glued[1]}{mark}{')' if glued[1] == '(' else ']'}"
            column = find(source, line + number, glued[0].strip())
            source.report("E150", line + number + 1, column, found=glued[0].strip(), wanted=wanted)
