"""Reading ease of a unit's prose, as information only (I430): nothing is ever refused for it.

French: Kandel L. and Moles A. (1958), Application de l'indice de Flesch à la langue française, Cahiers d'études de
radio-télévision 19, 253-274: 207 - 1.015 words/sentence - 73.6 syllables/word. English: Flesch R. (1948), A new
readability yardstick, Journal of Applied Psychology 32(3), 221-233: 206.835 - 1.015 words/sentence - 84.6
syllables/word. Both run from about 0 (hard) to 100 (easy). Syllables are counted by groups of vowels, a silent final e
apart: a fair estimate over a page, not a count.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from elearn.core.markup import Token
from elearn.core.outline import Group, Outline

LEAST = 150
"""Words under which an average says nothing."""
LONG_SENTENCES, HARD = 20.0, 40.0

_FORMULAS = {"fr": (207.0, 1.015, 73.6), "en": (206.835, 1.015, 84.6)}
_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_LETTER = re.compile(r"[^\W\d_]")
_END = re.compile(r"[.!?…]+(?=\s|$)|\n")
_VOWEL = "aeiouyàâäéèêëîïíôöóùûüúÿœæ"
_VOWELS = re.compile(rf"[{_VOWEL}]+")
_SILENT = {
    "fr": re.compile(rf"[{_VOWEL}](?:(?![{_VOWEL}])[^\W\d_])+es?\b"),
    "en": re.compile(rf"[{_VOWEL}](?:(?![{_VOWEL}])[^\W\d_])*(?![{_VOWEL}l])[^\W\d_]e[ds]?\b"),
}
"""An e that ends a word which has a vowel before."""


@dataclass(frozen=True, slots=True)
class Ease:
    """`words`: a sentence, on average. `ease`: from 0, hard, to 100."""

    words: float
    ease: float


def ease(text: str, lang: str) -> Ease | None:
    """The measure of some prose, its paragraphs one a line. None for another language or for too few words."""
    text = text.lower()
    words = _WORD.findall(text)
    count = len(words)
    if lang not in _FORMULAS or count < LEAST:
        return None
    sentences = sum(bool(_LETTER.search(part)) for part in _END.split(text))
    syllables = max(count, sum(_syllables(word, lang) * times for word, times in Counter(words).items()))
    base, by_length, by_weight = _FORMULAS[lang]
    length = count / sentences
    return Ease(length, max(0.0, min(100.0, base - by_length * length - by_weight * syllables / count)))


@lru_cache(maxsize=20_000)
def _syllables(word: str, lang: str) -> int:
    return len(_VOWELS.findall(word)) - len(_SILENT[lang].findall(word))


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
