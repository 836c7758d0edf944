"""Words of a skeleton that nobody replaced (W093), so that they are not published unnoticed.

Known from the skeletons themselves, to the end of each of their phrases: a lesson may well say « Remplacez ce mot par
un autre ». Advice only, once a file, at the first place.
"""

import re
from collections.abc import Iterator
from functools import cache

from elearn.core import skeletons
from elearn.core.source import Source

_BEGINS = re.compile(r"(?<!\w)(?:remplacez|replace)\b[^{}\[\]|\"⟨]*", re.IGNORECASE)
_ENDS = r"(?=\s*(?:[].?!:|{\"]|$))"
LEAST = 3
"""Words of a phrase: a lone « remplacez » may be anyone's."""


def check_unwritten(source: Source) -> None:
    text = source.text.lower()
    if "remplacez" not in text and "replace" not in text:
        return
    found = list(_phrases().finditer(text))
    if found and len(text) == len(source.text):
        start, end = found[0].span()
        words = source.text[start:end]
        source.report("W093", *source.at(start), word=words, many=len(found), variant="" if len(found) > 1 else "one")


@cache
def _phrases() -> re.Pattern[str]:
    longest_first = sorted(set(_said()), key=lambda words: (-len(words), words))
    spaced = [r"\s+".join(re.escape(word) for word in words.split()) for words in longest_first]
    return re.compile(rf"(?<!\w)(?:{'|'.join(spaced)}){_ENDS}", re.MULTILINE)


def _said() -> Iterator[str]:
    texts = [text for one in skeletons.QUESTIONS.values() for text in (one.fr, one.en)]
    texts += [
        skeletons.UNIT_FR,
        skeletons.UNIT_EN,
        skeletons.EXAM_FR,
        skeletons.EXAM_EN,
        *(skeletons.course("", "", lang, (lang,), "") for lang in ("fr", "en")),
    ]
    for found in (found for text in texts for line in text.split("\n") for found in _BEGINS.finditer(line)):
        words = found[0].lower().partition(". ")[0].rstrip(" .?:")
        if len(words.split()) >= LEAST:
            yield words
