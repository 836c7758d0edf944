"""Words that may hurt: how suicide is told (W421), and names that put an illness before a person (W422).

Advice only, in French and in English, whatever the file's language. Whole words, without regard to case or accents, in
everything that people read: prose, questions, feedback, titles, transcripts. A word that is quoted (« », “ ”, " ") or
written as code is spoken about, not used, and is not told. Sources: WHO, Preventing suicide: a resource for media
professionals (2023); Orygen, #chatsafe (2018); person-first words after the writing guide of our curriculum.
"""

import re
import unicodedata
from collections.abc import Iterator

from elearn.core.source import Source

_GAP = r"(?:[^\S\n]|[*_]|\n(?![^\S\n]*\n)[>\s]{0,8}){1,8}"
"""Between two words: spaces, marks of emphasis, one end of line that ends no paragraph."""

_FAILED = r"(?:rate|manque|echoue|avorte)e?s?"
_DONE = r"(?:reussi|abouti)e?s?"
_ILLNESS = (
    r"(?:schizophreni|depressi|bipolar|psychose|psychosi|anxi|troubles?\b|maladies?\b|addiction|dependance|"
    r"mental|alcooli|depression)"
)

SUICIDE: tuple[tuple[str, str], ...] = (
    (r"(?:commet(?:s|tre|tent|tait|taient|tant|tra|tront)?|commis(?:es?)?) (?:un|le|son|leur|des) suicides?", "fr:died"),
    (rf"suicides? (?:\w+ )?{_DONE}|(?:reussi[rst]?|reussissent) (?:son|leur) suicide", "fr:died"),
    (rf"suicides? (?:\w+ )?{_FAILED}|(?:rater?|rate|manquer?) (?:son|leur) suicide", "fr:attempt"),
    (rf"tentatives? de suicide {_FAILED}", "fr:attempt"),
    (rf"tentatives? de suicide {_DONE}", "fr:died"),
    (r"commit(?:s|ted|ting)? suicide", "en:died"),
    (r"(?:successful|completed) suicides?(?: attempts?)?", "en:died"),
    (r"(?:failed|unsuccessful) suicides?(?: attempts?| bids?)?", "en:attempt"),
)
NEAR_SUICIDE: tuple[tuple[str, str], ...] = (
    (rf"tentatives? {_FAILED}", "fr:attempt"),
    (rf"tentatives? {_DONE}", "fr:died"),
    (r"(?:failed|unsuccessful) attempts?", "en:attempt"),
    (r"successful attempts?", "en:died"),
)
"""Told only in a file that speaks of suicide: elsewhere an attempt may be one at anything."""

METHODS: tuple[tuple[str, str], ...] = (
    (r"(?:se |s'est |s'etait |s'etre )(?:pendre|pendue?|pend|pendait|defenestrer|defenestree?)", "fr:died"),
    (r"(?:pendaisons?|defenestrations?|lettres? d'adieux?)", "fr:died"),
    (r"(?:s'ouvrir|s'est ouvert|s'etait ouvert) les veines", "fr:died"),
    (r"hang(?:ed|ing)? (?:himself|herself|themselves|themself|oneself|yourself|myself)", "en:died"),
    (r"(?:slit|slits|slitting|cut|cuts|cutting) (?:his|her|their|one's|your|my) wrists?", "en:died"),
    (r"suicide notes?|suicide by (?:hanging|overdose|jumping|poisoning|firearm)", "en:died"),
)
PEOPLE: tuple[tuple[str, str], ...] = (
    (r"schizophrenes?", "personne qui vit avec une schizophrénie"),
    (r"(?:un|une|le|la|les|des|ces|ce|cette|nos|vos|aux|du|au) malades?", "personne qui vit avec un trouble"),
    (r"malades? menta(?:l|le|les|ux)", "personne qui vit avec un trouble psychique"),
    (rf"souffr(?:e|es|ent|ant|ait|aient|ir) (?:d'|de |du |des )(?:une? |la |l')?(?={_ILLNESS})", "vit avec"),
    (r"(?:a |an |the |these |those |other )?schizophrenics", "people who live with schizophrenia"),
    (r"(?:a|the) schizophrenic(?! \w)", "a person who lives with schizophrenia"),
    (r"(?:the )?mentally ill(?: people| persons?)?", "people who live with a mental health condition"),
    (rf"suffer(?:s|ed|ing)? from (?:a |an |the )?(?={_ILLNESS})", "lives with"),
)
BETTER = {
    "fr:died": "mort par suicide",
    "fr:attempt": "tentative de suicide",
    "en:died": "died by suicide",
    "en:attempt": "suicide attempt",
}


def check_words(source: Source) -> None:
    """W421 and W422 at each such word of a text."""
    text = _flat(source.text)
    if not _ANY.search(text):
        return
    text = _unquoted(text)
    known = [(SUICIDE, {}), (METHODS, {"variant": "method"})]
    if _ABOUT.search(text):
        known.append((NEAR_SUICIDE, {}))
    for table, more in known:
        for start, end, better in _found(table, text):
            word = source.text[start:end]
            source.report("W421", *source.at(start), word=word, better=BETTER[better], **more)
    for start, end, better in _found(PEOPLE, text):
        source.report("W422", *source.at(start), word=source.text[start:end].strip(), better=better)


def _found(table: tuple[tuple[str, str], ...], text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and better words of each match; a place is told once."""
    told: list[tuple[int, int]] = []
    for pattern, (_, better) in zip(_COMPILED[id(table)], table, strict=True):
        for found in pattern.finditer(text):
            if all(found.end() <= start or end <= found.start() for start, end in told):
                told.append(found.span())
                yield *found.span(), better


def _compiled(table: tuple[tuple[str, str], ...]) -> list[re.Pattern[str]]:
    return [re.compile(rf"(?<![\w-])(?:{pattern.replace(' ', _GAP)})(?![a-z])") for pattern, _ in table]


def _plain(character: str) -> str:
    return unicodedata.normalize("NFKD", character)[0].lower()


_LETTERS = {code: _plain(chr(code)) for code in (*range(65, 91), *range(0xC0, 0x250)) if len(_plain(chr(code))) == 1}
_LETTERS |= {ord("’"): "'"}
_COMBINED = re.compile(r"([A-Za-z])[\u0300-\u036f]{1,4}")


def _flat(text: str) -> str:
    """The same text without case and accents, each character in its place. A letter written in two characters leaves
    the second one behind, as a letter that no word here holds: whoever writes so is not told."""
    return text.translate(_LETTERS)


_ABOUT = re.compile(r"\bsuicid")
_ANY = re.compile(r"suicid|schizophren|malade|souffr|suffer|mentally|pend|defenestr|d'adieu|veines|hang|wrist|tentative")
_HIDDEN = re.compile(
    r"```.{0,20000}?```|`[^`\n]{1,200}`|<!--.{0,5000}?-->|\]\([^()\s]{1,300}[^()\n]{0,200}\)|"
    r"«[^«»]{1,300}»|“[^“”]{1,300}”|(?<![\w:])\"[^\"\n]{1,200}\"",
    re.DOTALL,
)
_HEADER = re.compile(r"\s*---[ \t]*\n.*?\n---", re.DOTALL)


def _unquoted(text: str) -> str:
    """The text with blanks where it quotes, codes, comments or addresses. Quotes of YAML in a header quote nothing."""
    header = _HEADER.match(text)
    body = header.end() if header else 0
    return text[:body] + _HIDDEN.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text[body:])


_COMPILED = {id(table): _compiled(table) for table in (SUICIDE, NEAR_SUICIDE, METHODS, PEOPLE)}
