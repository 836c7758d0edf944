"""How far a translation is: its blocks held against those of the source, and what was noted when each was last read.

A block is a question, a pool's words before its questions, a section's prose up to its first question, or what stands
before the first section with the words of the header. What follows a question's answers belongs to it. Pure: the files
are read and written elsewhere.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from elearn.core.parse import Draft
from elearn.core.strict_yaml import Node, Scalar, Table

OPENING = "_opening"
"""Stands for the id of the block before the first section; no id begins so."""
MISSING, MOVED, OUTDATED, UNREAD, CURRENT = "missing", "moved", "outdated", "unread", "current"
STATES = (MISSING, MOVED, OUTDATED, UNREAD, CURRENT)
SHOWN_IN_SOURCE = (MISSING, MOVED)
_ONE_WORD = re.compile(r"#+ *[\w-]+ *(?:\{[^{}\n]*\})?\s*")
_ANSWER = re.compile(r"\s*(?:[-*+]\s+[(\[]\s*[xX]?\s*[)\]]|\d+[.)]|\|)\s*(.+)")

_HEAD = (
    "# Écrit par « elearn translate » : ce que chaque bloc était dans la source quand sa traduction a été relue.\n"
    "# Written by “elearn translate”: what each block was in the source when its translation was last read.\n"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One block. `line`: where it stands in the translation, 0 where it does not. `state`: missing (not there, or still
    in the words of the source), moved (answers of the source have changed places since, so that the translation's own
    would be marked as others), outdated (the source has changed since), unread (nothing was noted) or current."""

    id: str
    line: int
    state: str


def blocks(draft: Draft) -> dict[str, tuple[int, str]]:
    """Each block's id -> its first line (from 1) and its text, in the order of the file; line ends and spaces at the
    end of lines do not count. Blocks without an id are left out."""
    front, lines = draft.front, draft.source.lines
    starts = [(screen.line, screen.id) for screen in draft.outline.screens]
    for screen in draft.outline.screens:
        starts += [(asked.line, asked.id) for asked in screen.questions]
        starts += [(pool.line, pool.id) for pool in screen.pools]
    starts.sort()
    starts.append((len(lines) + 1, ""))
    first = starts[0][0]
    said = "\n".join((front.title, front.summary, front.content_note))
    found = {OPENING: (draft.outline.title_line or 1, said + "\n" + _text(lines[front.body : first - 1]))}
    for (line, name), (end, _) in pairwise(starts):
        if name and name not in found:
            found[name] = (line, _text(lines[line - 1 : end - 1]))
    return found


def digest(text: str) -> str:
    """What is noted of a block: 16 hex digits of its text, then 4 of each answer in order."""
    answers = [found[1].strip() for line in text.split("\n") if (found := _ANSWER.fullmatch(line))]
    return " ".join([_hash(text, 16), *(_hash(answer, 4) for answer in answers)])


def standings(source: Draft, translation: Draft | None, noted: Mapping[str, str]) -> tuple[Standing, ...]:
    """Every block of the source, in its order. `noted`: from the sync file, block -> digest of the source then."""
    ours = blocks(translation) if translation else {}
    asked = {question.id for question in source.outline.questions}
    found = []
    for name, (_, text) in blocks(source).items():
        line, here = ours.get(name, (0, ""))
        state = _state(digest(text), digest(here), noted.get(name, "")) if name in ours else MISSING
        if name in ours and here == text and _ONE_WORD.fullmatch(text):
            state = CURRENT  # a heading of one word and nothing else may be the same in both languages
        if state == MOVED and name not in asked:
            state = OUTDATED
        found.append(Standing(name, line, state))
    return tuple(found)


def _state(source: str, here: str, noted: str) -> str:
    """From three digests: the source now, the translation, the source when the translation was last read."""
    text, *answers = source.split()
    if here.split()[0] in (text, *noted.split()[:1]):
        return MISSING
    if not noted:
        return UNREAD
    if noted.split()[0] == text:
        return CURRENT
    before = [answer for answer in noted.split()[1:] if answer in answers]
    return MOVED if before != [answer for answer in answers if answer in before] else OUTDATED


def skeleton(source: Draft) -> str:
    """A translation to begin with: the source's own words and ids, block for block, under the header a translation
    needs. A block that was not touched counts as missing, and is shown in the source language."""
    front = source.front
    header = [f"title: {_quoted(front.title)}"]
    if front.summary:
        header.append(f"summary: {_quoted(front.summary)}")
    if front.content_note:
        header.append(f"content_note: {_quoted(front.content_note)}")
    body = "\n".join(source.source.lines[front.body :]).strip("\n")
    return "\n".join(["---", *header, "translators: []", "---", "", body, ""])


def all_digests(source: Draft) -> dict[str, str]:
    return {name: digest(text) for name, (_, text) in blocks(source).items()}


def read_sync(node: Node | None) -> dict[str, str]:
    """Block -> digest, from a `<lang>.sync.yaml`. What is not a line of that form is passed over: a tool wrote it."""
    pairs = node.pairs if isinstance(node, Table) else {}
    return {name: value.text.strip() for name, (_, value) in pairs.items() if isinstance(value, Scalar)}


def sync_text(noted: Mapping[str, str]) -> str:
    """The file of what was noted. Digests are quoted, so that no reader takes one for a number."""
    return _HEAD + "".join(f'{name}: "{value}"\n' for name, value in noted.items())


def _hash(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


def _text(lines: list[str]) -> str:
    return unicodedata.normalize("NFC", "\n".join(line.rstrip() for line in lines)).strip("\n")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
