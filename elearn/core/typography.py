"""Words: French no-break spaces, comparison without case or accents, the nearest known word. Pure text, no markup."""

import difflib
import re
import unicodedata
from collections.abc import Iterable

NO_BREAK, NARROW = "\u00a0", "\u202f"

_AFTER_OPENING = re.compile(r"« ")
_BEFORE_WIDE = re.compile(r" (?=:(?!\w)|»|[%$€](?!\w))")
_BEFORE_NARROW = re.compile(r" (?=[;!?])")
_SPACES = re.compile(r"\s+")


def french_spaces(text: str) -> str:
    """The same text with plain spaces made no-break before ; : ! ? » % and after «. No space is added or removed."""
    text = _AFTER_OPENING.sub("«" + NO_BREAK, text)
    text = _BEFORE_WIDE.sub(NO_BREAK, text)
    return _BEFORE_NARROW.sub(NARROW, text)


def fold(text: str) -> str:
    """For comparing: no case, no accents, every run of spaces (no-break ones too) one plain space, trimmed."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _SPACES.sub(" ", plain.casefold()).strip()


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The known word that looks most like this one, or nothing."""
    found = difflib.get_close_matches(word[:80], list(known), n=1, cutoff=cutoff)
    return found[0] if found else ""
