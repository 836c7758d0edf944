"""Search: words made alike whatever way they are written, what of a unit can be found, and an excerpt. Pure.

Case, accents, ligatures, spaces and inclusive writing do not matter; of plural and feminine endings a crude stem is
left, the same rules for French and English. What only an answer may open (keys, feedback, hints, questions of pools and
of exams, later steps of a scenario) is never part of it.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from elearn.core.course import Pool, Prose, Section, Unit
from elearn.core.questions.base import Html, Prompt
from elearn.core.typography import fold

FORM = "1"
"""Number of these rules, at the head of every stored passage: what other rules made is made again."""
LONGEST = 200
"""Signs of what is asked."""
EXCERPT = 220
BEFORE = 60
"""Signs of an excerpt, and at most how many of them stand before the first word that was found."""
WHOLE_UP_TO = 3
"""So short a word is found as a whole only; a longer one also where a word begins with it."""

_ALIKE = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("•‧∙⋅・", "·")
    | {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"}
)
_WORD = re.compile(r"[^\W_]+")
_LETTERS = r"([^\W\d_]{2,})"
_ENDING = r"(?:e|s|x|es|[nltsvf]es?|[ln]{2}es?|i?enne?s?|t?r?ices?|i?eres?|res?|euses?|e?sses?|ales?|aux|ettes?)"
_SURE = r"(?:es?|nes?|nnes?|[vf]es?|t?r?ices?|i?eres?|euses?|esses?)"
"""Endings that a hyphen or a dot joins to nothing else than inclusive writing: not « dis-le » nor « dit-elle »."""
_INCLUSIVE = (
    re.compile(rf"{_LETTERS}(?:·{_ENDING})+(?!\w)"),
    re.compile(rf"{_LETTERS}\({_ENDING}\)(?:s|\(s\))?(?!\w)"),
    re.compile(rf"{_LETTERS}(?:/{_ENDING})+(?![\w/])"),
    re.compile(rf"{_LETTERS}([-.]){_SURE}(?:\2s)?(?!\2?\w)"),
    re.compile(rf"{_LETTERS}([-.])[lts]e\2s(?!\2?\w)"),
    re.compile(rf"{_LETTERS}(?<=el)([-.])le(?!\2?\w)"),
)
"""Masculine form, then what is joined to it: pair·e·s, pair(e)s, formateur/trice, pair-e-s and pair.e.s, tou-te-s,
professionnel-le. The masculine form is kept: its stem is that of the others."""

_ONE_FORM = {"une": "un", "tou": "tout", "tous": "tout"}
_KEEP_S = frozenset(("sous", "sans", "dans", "vers", "plus", "mois", "fois", "bras", "sens", "pays", "tres", "this"))
_ENDINGS = (
    (re.compile(r"(?<=\w{2})t(?:rice|eur)$"), "teu"),
    (re.compile(r"(?<=\w{3})eu(?:r|se|rice)$"), "eu"),
    (re.compile(r"(?<=\w)eaux$"), "eau"),
    (re.compile(r"(?<=\w)eux$"), "eu"),
    (re.compile(r"(?<=\w{2})aux$"), "al"),
    (re.compile(r"(?<=\w{2}[^s\W])s$"), ""),
    (re.compile(r"(?<=\w{2})ive$"), "if"),
    (re.compile(r"(?<=\w{4})e$|(?<=\w[iux])e$|(?<=\w{2}[iux])e$"), ""),
    (re.compile(r"(?<=\w{3})([nlt])\1$"), r"\1"),
    (re.compile(r"(?<=\w{3})y$"), "i"),
)
"""actrice and acteur, heureuse, heureux and chanteur, cerveaux, jeux, sociaux, pairs, active, paire, professionnelle,
story: each to a stem that its other forms share."""

_INLINE = r"(?:a|abbr|b|bdi|cite|code|em|i|kbd|mark|q|s|small|span|strong|u)"
_REST_OF_TAG = r"""(?:[^<>"']|"[^"]*"|'[^']*')*>"""
_INLINE_TAG = re.compile(rf"</?{_INLINE}(?=[\s/>]){_REST_OF_TAG}")
_TAG = re.compile(rf"<[/!a-zA-Z]{_REST_OF_TAG}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of a section as it is read, without markup."""

    text: str
    lang: str


def alike(text: str) -> str:
    """The words of a text in order, each made alike, one space between them. Doing it twice changes nothing."""
    return " ".join(_stems(text))


def asked(text: str) -> tuple[str, ...]:
    """The words that someone looks for, each once; a lone letter (« l'écoute ») only where there is nothing else."""
    words = list(dict.fromkeys(_stems(text[:LONGEST])))
    return tuple([word for word in words if len(word) > 1] or words)


def answers(word: str, found: str) -> bool:
    """Does a word of a text answer a word that was asked? Both made alike."""
    return found == word or (len(word) > WHOLE_UP_TO and found.startswith(word))


def passages(unit: Unit) -> dict[str, str]:
    """By section: the words of its title, a bar, its other words, each once, with a space around. The first section
    also answers for the unit's title and summary, and for an exam there is nothing else."""
    if unit.exam or not unit.sections:
        first = unit.sections[0].id if unit.sections else ""
        return {first: _passage([unit.title], [unit.summary])}
    found = {}
    for number, section in enumerate(unit.sections):
        titles = [section.title] if number else [unit.title, section.title]
        found[section.id] = _passage(titles, (piece.text for piece in pieces(unit, section)))
    return found


def pieces(unit: Unit, section: Section) -> list[Piece]:
    """What a section says, block by block; before it, in the first one, the unit's summary and opening."""
    if unit.exam:
        return [Piece(unit.summary, unit.lang)]
    before = []
    if section is unit.sections[0]:
        before = [Piece(unit.summary, unit.lang), Piece(plain(unit.opening), unit.opening_lang or unit.lang)]
    blocks = (
        Piece(" ".join(map(plain, _parts(block))), block.lang)
        for block in section.blocks
        if not (isinstance(block, Prompt) and block.retired)
    )
    return [piece for piece in (*before, *blocks) if piece.text.strip()]


def plain(body: Html) -> str:
    """The words of cleaned HTML."""
    text = _TAG.sub(" ", _INLINE_TAG.sub("", body.decode()))
    return " ".join(html.unescape(text).split())


def excerpt(said: Sequence[Piece], words: Sequence[str]) -> tuple[str, list[tuple[str, bool]]]:
    """The place that answers most of the words: its language, and its text in parts, with those that answer marked."""
    best: tuple[int, Piece, list[tuple[int, int]], int] | None = None
    for piece in said:
        hits = [(*span, which) for span, which in _hits(piece.text, words)]
        for start, _end, _which in hits or [(0, 0, frozenset())]:
            there = [hit for hit in hits if start <= hit[0] and hit[1] <= start + EXCERPT - BEFORE]
            count = len(frozenset().union(*(hit[2] for hit in there)))
            if best is None or count > best[0]:
                best = count, piece, [hit[:2] for hit in hits], start
    if best is None:
        return "", []
    _count, piece, spans, start = best
    return piece.lang, list(_marked(piece.text, spans, *_window(piece.text, start)))


def _stems(text: str) -> Iterator[str]:
    seen = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cf", "Cs"))
    # Twice: a few signs have accents only once their case is gone.
    folded = fold(fold(seen.translate(_ALIKE)).translate(_ALIKE))
    for joined in _INCLUSIVE:
        folded = joined.sub(r"\1", folded)
    return map(_stem, _WORD.findall(folded))


@lru_cache(maxsize=16384)
def _stem(word: str) -> str:
    """Endings off, one after the other until none is left, so that it is the same however often it is done."""
    while word not in _KEEP_S:
        word = shorter = _ONE_FORM.get(word, word)
        for ending, instead in _ENDINGS:
            shorter = ending.sub(instead, word)
            if shorter != word:
                break
        if shorter == word:
            break
        word = shorter
    return word


def _passage(titles: Iterable[str], texts: Iterable[str]) -> str:
    title = dict.fromkeys(word for text in titles for word in _stems(text))
    rest = dict.fromkeys(word for text in texts for word in _stems(text) if word not in title)
    return f"{FORM}| {' '.join(title)} | {' '.join(rest)} "


def _parts(block: Pool | Prompt | Prose) -> Iterator[Html]:
    if isinstance(block, Prompt):
        yield from (block.title, block.stem, *block.items, *block.targets, *block.pieces)
        yield from (part for step in block.steps[:1] for part in (step.title, step.html))
    else:
        yield block.html


def _hits(text: str, words: Sequence[str]) -> Iterator[tuple[tuple[int, int], frozenset[str]]]:
    """Each stretch of a text without space or apostrophe that answers: where it is, without its punctuation, and which
    of the words it answers."""
    for chunk in re.finditer(r"[^\s'’]+", text):
        found = _chunk(chunk[0])
        which = frozenset(word for word in words if any(answers(word, one) for one in found))
        inner = re.search(r"[^\W_](?:.*[^\W_])?", chunk[0]) if which else None
        if inner:
            start = chunk.start() + inner.start()
            yield (start, start + len(inner[0])), which


@lru_cache(maxsize=16384)
def _chunk(text: str) -> tuple[str, ...]:
    """Units say the same words again and again: a page of results makes few of them anew."""
    return tuple(_stems(text))


def _window(text: str, start: int) -> tuple[int, int]:
    """Where an excerpt around `start` begins and ends, between words."""
    begin = max(0, start - BEFORE)
    if begin:
        begin = text.find(" ", begin, start) + 1 or start
    end = begin + EXCERPT
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + 1)
    return begin, min(end, len(text))


def _marked(text: str, spans: list[tuple[int, int]], begin: int, end: int) -> Iterator[tuple[str, bool]]:
    at = begin
    if begin:
        yield "… ", False
    for start, stop in spans:
        if begin <= start and stop <= end:
            if start > at:
                yield text[at:start], False
            yield text[start:stop], True
            at = stop
    if at < end:
        yield text[at:end], False
    if end < len(text):
        yield " …", False
