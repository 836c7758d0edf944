"""Words that may hurt: how suicide is told (W421), and names that put an illness before a person (W422).

Advice only, in French and in English, whatever the file's language. Whole words, without regard to case or accents, in
everything that people read: prose, questions, feedback, titles, transcripts. A word that is quoted (« », “ ”, " ") or
written as code is spoken about, not used, and is not told. Sources: WHO, Preventing suicide: a resource for media
professionals (2023); Orygen, #chatsafe (2018); person-first words after the writing guide of our curriculum.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from elearn.core.source import Source

_GAP = r"(?:[^\S\n]|[*_]|\n(?![^\S\n]*\n)[>\s]{0,8}){1,8}"
"""Between two words: spaces, marks of emphasis, one end of line that ends no paragraph."""

_FAILED = r"(?:rate|manque|echoue|avorte)e?s?"
_DONE = r"(?:reussi|abouti)e?s?"
_ILLNESS = (
    r"(?:schizophreni|depressi|bipolar|psychose|psychosi|anxi|trouble|maladie|addiction|dependance|"
    r"mental|alcooli|depression)\w*"
)

Row = tuple[str, str, str]
"""Pieces one of which such a text holds, apart by bars, so that most texts are passed over at once; what is told, as a
pattern over a text without case and accents; what to write."""

SUICIDE: tuple[Row, ...] = (
    ("suicid", rf"tentatives? de suicide {_FAILED}", "fr:attempt"),
    ("suicid", rf"tentatives? de suicide {_DONE}", "fr:died"),
    (
        "suicid",
        r"(?:commet(?:s|tre|tent|tait|taient|tant|tra|tront)?|commis(?:es?)?) (?:un|le|son|leur|des) suicides?",
        "fr:died",
    ),
    ("suicid", rf"suicides? {_DONE}|(?:reussi[rst]?|reussissent) (?:son|leur) suicide", "fr:died"),
    ("suicid", rf"suicides? {_FAILED}|(?:rater?|manquer?) (?:son|leur) suicide", "fr:attempt"),
    ("suicid", r"commit(?:s|ted|ting)? suicide", "en:died"),
    ("suicid", r"(?:successful|completed) suicides?(?: attempts?)?", "en:died"),
    ("suicid", r"(?:failed|unsuccessful) suicides?(?: attempts?| bids?)?", "en:attempt"),
)
NEAR_SUICIDE: tuple[Row, ...] = (
    ("suicid", rf"tentatives? de suicide {_FAILED}", "fr:attempt"),
    ("suicid", rf"tentatives? de suicide {_DONE}", "fr:died"),
    ("tentative", rf"tentatives? {_FAILED}", "fr:attempt"),
    ("tentative", rf"tentatives? {_DONE}", "fr:died"),
    ("attempt", r"(?:failed|unsuccessful) attempts?", "en:attempt"),
    ("attempt", r"successful attempts?", "en:died"),
)
"""Told only in a file that speaks of suicide: elsewhere an attempt may be one at anything."""

METHODS: tuple[Row, ...] = (
    ("pendre|pendu|fenestr", r"(?:se |s'est |s'etait |s'etre )(?:pendre|pendue?|defenestrer|defenestree?)", "fr:died"),
    ("pendaison|fenestr|adieu", r"pendaisons?|defenestrations?|lettres? d'adieux?", "fr:died"),
    ("les veines", r"(?:s'ouvrir|s'est ouvert|s'etait ouvert) les veines", "fr:died"),
    (
        "hanged|hanging|hang ",
        r"hang(?:ed|ing)? (?:himself|herself|themselves|themself|oneself|yourself|myself)",
        "en:died",
    ),
    ("wrist", r"(?:slit|slits|slitting|cut|cuts|cutting) (?:his|her|their|one's|your|my) wrists?", "en:died"),
    ("suicid", r"suicide notes?|suicide by (?:hanging|overdose|jumping|poisoning|firearm)", "en:died"),
)
PEOPLE: tuple[Row, ...] = (
    ("schizophr", r"schizophrenes?", "personne qui vit avec une schizophrénie"),
    ("malade", r"malades? menta(?:l|le|les|ux)", "personne qui vit avec un trouble psychique"),
    (
        "malade",
        r"(?:un|une|le|la|les|des|ces|ce|cette|nos|vos|aux|du|au) malades?",
        "personne qui vit avec un trouble",
    ),
    ("souffr", rf"souffr(?:e|es|ent|ant|ait|aient|ir) (?:d'|de |du |des )(?:une? |la |l')?{_ILLNESS}", "vit avec"),
    ("schizophrenic", r"schizophrenics", "people who live with schizophrenia"),
    ("schizophrenic", r"(?:a|the) schizophrenic(?! [a-z])", "a person who lives with schizophrenia"),
    ("mentally", r"(?:the )?mentally ill(?: people| persons?)?", "people who live with a mental health condition"),
    ("suffer", rf"suffer(?:s|ed|ing)? from (?:a |an |the )?{_ILLNESS}", "lives with"),
)
BETTER = {
    "fr:died": "mort par suicide",
    "fr:attempt": "tentative de suicide",
    "en:died": "died by suicide",
    "en:attempt": "suicide attempt",
}


def check_words(source: Source) -> None:
    """W421 and W422 at each such word of a text."""
    text = source.text.lower()
    if not any(piece in text for piece in _PIECES):
        return
    text = _unquoted(source.text.translate(_LETTERS))
    known = [(SUICIDE, ""), (METHODS, "method")]
    if "suicid" in text:
        known.append((NEAR_SUICIDE, ""))
    for table, variant in known:
        for start, end, better in _found(table, text):
            word = _said(source.text[start:end])
            source.report("W421", *source.at(start), word=word, better=BETTER[better], variant=variant)
    for start, end, better in _found(PEOPLE, text):
        source.report("W422", *source.at(start), word=_said(source.text[start:end]), better=better)


def _said(words: str) -> str:
    """The words without marks of emphasis or of a quote."""
    return " ".join(re.sub(r"[*_>]", " ", words).split())


def _found(table: tuple[Row, ...], text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and better words of each match; a place is told once."""
    told = bytearray(len(text))
    for pieces, pattern, better in table:
        windows = _windows(pieces, text)
        for found in (found for window in windows for found in _compiled(pattern).finditer(text, *window)):
            if not any(told[found.start() : found.end()]):
                told[found.start() : found.end()] = b"x" * len(found[0])
                yield *found.span(), better


def _windows(pieces: str, text: str) -> list[tuple[int, int]]:
    """The parts of a text around its pieces: elsewhere nothing can be found."""
    windows: list[tuple[int, int]] = []
    for found in re.finditer(pieces, text):
        start, end = max(found.start() - _AROUND, 0), found.end() + _AROUND
        if windows and start <= windows[-1][1]:
            start = windows.pop()[0]
        windows.append((start, end))
    return windows


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pattern.replace(' ', _GAP)})(?![a-z])")


def _plain(character: str) -> str:
    return unicodedata.normalize("NFKD", character)[0].lower()


# Each character keeps its place: what has no plain letter of its own stays as it is.
_LETTERS = {code: _plain(chr(code)) for code in (*range(65, 91), *range(0xC0, 0x250)) if len(_plain(chr(code))) == 1}
_LETTERS |= {ord("’"): "'"}
_PIECES = {piece for table in (SUICIDE, NEAR_SUICIDE, METHODS, PEOPLE) for row in table for piece in row[0].split("|")}
_AROUND = 80
"""Characters: longer than whatever is told of one piece."""

_HIDDEN = re.compile(
    r"```.{0,20000}?```|`[^`\n]{1,200}`|<!--.{0,1000}?-->|\]\([^()\n]{1,400}\)|"
    r"«[^«»]{1,300}»|“[^“”]{1,300}”|(?<![\w:])\"[^\"\n]{1,200}\"",
    re.DOTALL,
)
_HEADER = re.compile(r"\s*---[ \t]*\n.*?\n---", re.DOTALL)


def _unquoted(text: str) -> str:
    """The text with blanks where it quotes, codes, comments or addresses. Quotes of YAML in a header quote nothing."""
    header = _HEADER.match(text)
    body = header.end() if header else 0
    return text[:body] + _HIDDEN.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text[body:])
