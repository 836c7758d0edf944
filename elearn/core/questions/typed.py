"""What kinds whose answer is typed share: reading a few words, and comparing them whatever way they are typed."""

import re
import unicodedata

from elearn.core.questions.base import Posted, UnreadableResponse
from elearn.core.typography import fold

LIMIT = 200
"""Characters of one typed answer."""

_SPACES = re.compile(r"\s+")
_ALIKE = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201b\u02bc\u2032`\u00b4", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"}
)
_UNSEEN = ("Cf", "Cc", "Cs")


def same(text: str) -> str:
    """What is compared: no case, accents, double spaces nor final dot; one kind of apostrophe and of hyphen."""
    seen = "".join(c for c in text.translate(_ALIKE) if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    return fold(seen).rstrip(" .")


def read_words(posted: Posted, name: str) -> str:
    """The words of one field, spaces tidied, empty where there are none.

    UnreadableResponse: too_many, too_long_answer, bad_text.
    """
    values = posted.get(name, ())
    if len(values) > 1:
        raise UnreadableResponse("too_many")
    if not values:
        return ""
    if len(values[0]) > 2 * LIMIT:
        raise UnreadableResponse("too_long_answer")
    words = _SPACES.sub(" ", values[0]).strip()
    if len(words) > LIMIT:
        raise UnreadableResponse("too_long_answer")
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in words):
        raise UnreadableResponse("bad_text")
    return words if same(words) else ""
