"""Reading ease of a unit's prose, as information only (I430): nothing is ever refused for it.

French: Kandel L. and Moles A. (1958), Application de l'indice de Flesch à la langue française, Cahiers d'études de
radio-télévision 19, 253-274: 207 - 1.015 words/sentence - 73.6 syllables/word. English: Flesch R. (1948), A new
readability yardstick, Journal of Applied Psychology 32(3), 221-233: 206.835 - 1.015 words/sentence - 84.6
syllables/word. Both run from about 0 (hard) to 100 (easy). Syllables are counted by groups of vowels, a silent final e
apart: a fair estimate over a page, not a count.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from elearn.core.markup import Token
from elearn.core.outline import Group, Outline
from elearn.core.typography import fold

LEAST = 150
"""Words under which an average says nothing."""
LONG_SENTENCES, HARD = 20.0, 40.0

_FORMULAS = {"fr": (207.0, 1.015, 73.6), "en": (206.835, 1.015, 84.6)}
_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
_END = re.compile(r"[.!?…]+(?=\s|$)|\n")
_VOWELS = re.compile(r"[aeiouyœæ]+")
_SILENT = {"fr": re.compile(r"(?<=[^aeiouy])es?$"), "en": re.compile(r"(?<=[^aeiouyl])e[ds]?$")}


@dataclass(frozen=True, slots=True)
class Ease:
    """`words`: a sentence, on average. `ease`: from 0, hard, to 100."""

    words: float
    ease: float


def ease(text: str, lang: str) -> Ease | None:
    """The measure of some prose, its paragraphs one a line. None for another language or for too few words."""
    folded = "\n".join(fold(line) for line in text.split("\n"))
    sentences = [words for part in _END.split(folded) if (words := _WORD.findall(part))]
    count = sum(map(len, sentences))
    if lang not in _FORMULAS or count < LEAST:
        return None
    syllables = sum(_syllables(word, lang) for words in sentences for word in words)
    base, by_length, by_weight = _FORMULAS[lang]
    length = count / len(sentences)
    return Ease(length, max(0.0, min(100.0, base - by_length * length - by_weight * syllables / count)))


def prose(out: Outline) -> str:
    """The sentences of a unit, one paragraph a line: no heading, no table, no code, no citation. Links keep their
    words."""
    groups: list[Group] = list(out.opening)
    for screen in out.screens:
        for part in screen.parts:
            groups += part.groups
    return "\n".join(text for group in groups for text in _paragraphs(group))


def _paragraphs(group: Sequence[Token]) -> Iterator[str]:
    for before, token in pairwise(group):
        if before.type == "paragraph_open" and token.type == "inline":
            yield "".join(_words(token.children or ()))


def _words(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "text":
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield " "


def _syllables(word: str, lang: str) -> int:
    return max(1, len(_VOWELS.findall(_SILENT[lang].sub("", word))))
