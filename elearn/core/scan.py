"""One pass over all tokens of a text: places of inline tokens, and the slips that need no knowledge of questions."""

import bisect
import re
from collections.abc import Sequence

from elearn.core.markup import BOX, DECORATIVE, Token, callout, on_one_line
from elearn.core.source import Source
from elearn.core.typography import fold

_TAG = re.compile(r"<[^>\s]{0,40}")
BOXES = {"choix-unique": "(", "single-choice": "(", "choix-multiple": "[", "multiple-choice": "["}
"""The box that a kind asks for, by its word, where it asks for one."""

_BOX = r"\\?(?P<box>[(\[])[^\S\n]{0,8}[xX]?[^\S\n]{0,8}\\?[)\]](?![(\[:])"
_GLUED = re.compile(r"[^\S\n]{0,8}(?P<dash>[-*+‐‑‒–—―−•·▪◦])[^\S\n]{0,8}" + _BOX)
_BARE = re.compile(r"[^\S\n]{0,8}" + _BOX + r"(?=\s*\S)")
_KIND = re.compile(r"\.([\w-]+)")
_GLUED_ITEM = re.compile(r"\\?([(\[])[^\S\n]{0,8}([xX]?)[^\S\n]{0,8}\\?[)\]](?![(\[:])(?=\S)")
_FOOTNOTE = re.compile(r"\[\^([^\]\s]{1,60})\]")


def scan(source: Source, tokens: Sequence[Token]) -> None:
    """Puts `meta["place"]` (line, column) on inline tokens that were given an offset, and tells what is wrong."""
    line = 0
    inside: list[str] = []
    box = ""
    for n, token in enumerate(tokens):
        line = token.map[0] if token.map else line
        if token.type == "inline":
            _inline(source, token, line)
            _words(source, token, line, inside, box)
        elif token.type == "html_block":
            _html(source, token.content, line + 1, 1)
        elif token.type == "heading_open":
            _heading(source, token, inside)
            box = _asked_box(token)
        elif token.type == "hr":
            box = ""
        elif token.type == "blockquote_open":
            _quote(source, tokens, n, line, inside)
        if token.nesting > 0:
            inside.append(token.type)
        elif token.nesting < 0 and inside:
            inside.pop()


def stray_boxes(source: Source, group: Sequence[Token], answers: bool) -> None:
    """E141 for each list with boxes that are no answers. `answers`: boxes of the list itself are."""
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
            source.report("E141", line + 1, find(source, line, token.meta["box"]), mark=mark)


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


def _asked_box(heading: Token) -> str:
    """The box that the question of a heading asks for, or nothing."""
    kind = _KIND.search(heading.meta.get("braces", ""))
    return BOXES.get(fold(kind[1]), "") if kind else ""


def _answer(box: str, words: str) -> str:
    """`- (x)` or its like, as it should have been written."""
    return f"- {box}{'x' if 'x' in words.lower() else ' '}{')' if box == '(' else ']'}"


def _words(source: Source, token: Token, line: int, inside: list[str], box: str) -> None:
    if token.content.startswith(":::"):
        source.report("E113", line + 1, find(source, line, ":::"))
    if "paragraph_open" not in inside:
        return
    if "list_item_open" in inside and (glued := _GLUED_ITEM.match(token.content)) and not BOX.match(token.content):
        found = glued[0]
        wanted = _answer(box or glued[1], found)
        token.meta["glued"] = True
        raw = source.raw(line)
        column = len(raw) - len(raw.lstrip(" \t>")) + 1
        source.report("E150", line + 1, column, found=f"- {found}{token.content[len(found) :][:12]}", wanted=wanted)
    for number, words in enumerate(token.content.split("\n")):
        if answer := _GLUED.match(words):
            token.meta["glued"] = True
            _glued(source, line + number, answer[0], answer["dash"], _answer(box or answer["box"], answer[0]))
        elif box and (number or "list_item_open" not in inside) and (answer := _BARE.match(words)):
            token.meta["glued"] = True
            found = answer[0].strip()
            column = find(source, line + number, found)
            wanted = _answer(box, found)
            source.report("E150", line + number + 1, column, variant="bare", found=found, wanted=wanted)


def _glued(source: Source, line: int, answer: str, dash: str, wanted: str) -> None:
    """E150 for what should have been an item of a list: its dash, or the spaces before it, keep it from being one."""
    found = answer.strip()
    raw = source.raw(line)
    start = find(source, line, found) - 1
    lead = raw[:start]
    first = len(lead.rstrip())
    if dash not in "-*+":
        source.report("E150", line + 1, start + 1, variant="dash", found=found, wanted=wanted)
    elif found != wanted and " ".join(found.split()) == wanted:
        source.report("E150", line + 1, start + 1, variant="space", found=found, wanted=wanted)
    elif found == wanted and first < start:
        source.report("E150", line + 1, first + 1, variant="lead", found=lead[first:] + found, wanted=wanted)
    else:
        source.report("E150", line + 1, start + 1, found=found, wanted=wanted)
