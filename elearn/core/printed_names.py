"""Names on paper: what is printed of what was typed, what cannot be, initials, and are two of them one name."""

import unicodedata
from collections.abc import Callable

from elearn.core.typography import fold

LONGEST, LONGEST_WORD = 200, 80
"""Signs of a whole name, and of one word of it: both hold on the paper's three lines."""
MARKS_IN_A_ROW = 4
"""Combining marks on one letter: living languages write three or so; heaps of them hide the lines around."""
JOINERS = "\u200c\u200d"
"""Invisible, and part of the spelling in some scripts."""


def clean_name(text: str) -> str:
    """What will be printed: composed, single spaces, without invisible signs (controls, direction overrides) but the
    joiners that some scripts need."""
    seen = (" " if c.isspace() else c for c in text)
    kept = (c for c in seen if c in JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def heaped(name: str) -> bool:
    """True where so many marks stand on one letter that they would cover the rest of the paper."""
    row = 0
    for character in name:
        row = row + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if row > MARKS_IN_A_ROW:
            return True
    return False


def unprintable(name: str, covered: Callable[[str], bool], at_most: int = 5) -> tuple[str, ...]:
    """The signs of a name that `covered` refuses, each once, in order; the first few suffice for a message."""
    found: list[str] = []
    for character in dict.fromkeys(name):
        if not character.isspace() and not covered(character):
            found.append(character)
        if len(found) == at_most:
            break
    return tuple(found)


def masked(name: str) -> str:
    """Initials, one for each word, in any script: « Zoë Le Guen » gives « Z. L. G. »."""
    return " ".join(f"{_initial(word)}." for word in name.split())


def _initial(word: str) -> str:
    letters = word.lstrip("".join(c for c in word if not c.isalnum()))
    end = 1
    while end < len(letters) and unicodedata.category(letters[end]).startswith("M"):
        end += 1
    return letters[:end] or "•"


def same_name(one: str, other: str) -> bool:
    """Would a person who reads both say that they are one name?

    Case, spaces, accents, apostrophes and dashes are let pass: keyboards differ, and who asks has the paper in hand.
    The answer is only yes or no.
    """
    return bool(_plain(one)) and _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return fold("".join(_PLAIN.get(c) or ("-" if unicodedata.category(c) == "Pd" else c) for c in clean_name(name)))


_PLAIN = {"’": "'", "‘": "'", "ʼ": "'", "`": "'"}
