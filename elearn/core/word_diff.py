"""Two texts word by word: what stayed, what went, what came. Pure; HTML is only ever taken apart here, never made."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from elearn.core.questions.base import Html
from elearn.core.typography import fold

SHORT, LONG = 6, 400
"""Words under which two texts are held against each other by letters too: one word mended is not a new text. And words
over which frequent ones are passed over, since the time to compare grows with their square."""

_TAG = re.compile(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
_IMAGE = re.compile(r"""<img\b(?:[^>"]|"[^"]*")*?\balt="([^"]*)"(?:[^>"]|"[^"]*")*>""")
_BREAK = re.compile(r"</?(?:p|li|ul|ol|div|h\d|tr|td|th|table|blockquote|br|pre|figure|figcaption|hr|dt|dd)\b")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words in a row. `sign`: "=" in both texts, "-" only before, "+" only after."""

    sign: str
    text: str


def plain_text(source: Html) -> str:
    """The words of cleaned HTML on one line, with an image told by its description."""
    text = _IMAGE.sub(r" [\1] ", source.decode())
    text = _TAG.sub(lambda tag: " " if _BREAK.match(tag[0]) else "", text)
    return " ".join(html.unescape(text).split())


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """From one text to the other in pieces of whole words; a single "=" piece where they are the same."""
    old, new = before.split(), after.split()
    pieces = []
    for what, a, b, c, d in _matcher(old, new).get_opcodes():
        if what == "equal":
            pieces.append(Piece("=", " ".join(old[a:b])))
            continue
        if b > a:
            pieces.append(Piece("-", " ".join(old[a:b])))
        if d > c:
            pieces.append(Piece("+", " ".join(new[c:d])))
    return tuple(pieces)


def shortened(pieces: Sequence[Piece], around: int = 8) -> tuple[Piece, ...]:
    """The same with long stretches that stayed cut down to some words on each side of a change."""
    cut = []
    for n, piece in enumerate(pieces):
        words = piece.text.split()
        if piece.sign == "=" and len(words) > 2 * around:
            head = " ".join(words[:around]) if n else ""
            tail = " ".join(words[-around:]) if n + 1 < len(pieces) else ""
            piece = Piece("=", " ".join(part for part in (head, "…", tail) if part))
        cut.append(piece)
    return tuple(cut)


def likeness(before: str, after: str) -> float:
    """From 0 (nothing in common) to 1 (the same but for case and accents), by words; short texts by letters too."""
    if before == after:
        return 1.0
    old, new = fold(before), fold(after)
    one, other = old.split(), new.split()
    by_words = _matcher(one, other).ratio()
    if min(len(one), len(other)) >= SHORT or max(len(one), len(other)) > 4 * SHORT:
        return by_words
    return max(by_words, SequenceMatcher(None, old, new, autojunk=False).ratio())


def _matcher(old: list[str], new: list[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, old, new, autojunk=max(len(old), len(new)) > LONG)
