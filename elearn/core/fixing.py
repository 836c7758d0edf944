"""What `elearn fix` does: from the problems of a file to small edits that repair those marked fixable.

Never rewrites prose, never changes an id but that of a later copy, never guesses a key. A change is kept only if fewer
problems are left to repair, so that a second run finds nothing to do. Pure: bytes in, bytes out.
"""

import datetime
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from elearn.core.compile import Compiled, compile_source, compile_translation
from elearn.core.edits import Edit, apply
from elearn.core.glossary import read_glossary
from elearn.core.headings import Heading, copied, headings
from elearn.core.links import Linked, Target
from elearn.core.mending import REPAIRS, Text
from elearn.core.new_ids import NewIds
from elearn.core.parse import Draft, parse_unit
from elearn.core.rules import Problem
from elearn.core.source import Files, Source, decode, readable
from elearn.core.strict_yaml import read as read_yaml

MOST = 100_000
"""Problems heard of one file: all of them, so that what is left can be counted."""
TRIES, LONG = 50, 30_000
_NEVER = datetime.date.min
_TEXT = re.compile(r"(courses/[^/]+/[^/]+|pools/[^/]+|glossary)/([a-z]{2})\.md")
_ORDER = ("E100", "E101", "E110", "W165", "E150", "E153", "E141", "E151", "E132", "E160", "E131")


@dataclass(frozen=True, slots=True)
class Repaired:
    """A file after its repairs. `done`: the problems that were repaired, where they stood when they were found."""

    path: str
    body: bytes
    done: tuple[Problem, ...]


def repair(files: Files, first: str, ids: NewIds, paths: Iterable[str]) -> Iterator[Repaired]:
    """Each of the paths that can be read, repaired. `first`: the source language; its files go before translations."""
    now = dict(files)
    for path in sorted(paths, key=lambda path: (path.rpartition("/")[0], not path.endswith(f"/{first}.md"), path)):
        found = _TEXT.fullmatch(path)
        if not readable(decode(path, now[path])) or not (found or path.endswith((".yaml", ".yml"))):
            continue
        original = _original(f"{found[1]}/{first}.md", first, now) if found and found[2] != first else None
        yield (made := _repaired(_Reader(path, found[2] if found else "", original, ids), now[path]))
        now[path] = made.body


@dataclass(frozen=True, slots=True)
class _Original:
    """The source of a translation: its headings and, for a unit that can be read, its questions."""

    headings: list[Heading]
    compiled: Compiled | None


def _original(path: str, lang: str, files: Files) -> _Original:
    draft = parse_unit(path, files.get(path, b""), lang, _NEVER)
    found = headings(draft.source, draft.front.body)
    return _Original(found, _compiled(draft) if draft.sound and not path.startswith("glossary/") else None)


def _compiled(draft: Draft) -> Compiled:
    return compile_source(draft, Linked({}, whole=False), Target("", {}, False))


@dataclass(frozen=True, slots=True)
class _Reader:
    """How a file is read. `original`: for a translation; `lang` is empty for YAML."""

    path: str
    lang: str
    original: _Original | None
    ids: NewIds

    def read(self, body: bytes) -> tuple[Source, int]:
        """The source with its problems, and the line (from 0) where its text begins."""
        if self.lang and not self.path.startswith("glossary/"):
            draft = parse_unit(self.path, body, self.lang, _NEVER, self.original is not None, MOST)
            if draft.sound and self.original is None:
                _compiled(draft)
            elif draft.sound and self.original and self.original.compiled:
                compile_translation(draft, Linked({}, whole=False), self.original.compiled)
            return draft.source, draft.front.body
        source = decode(self.path, body)
        source.most = MOST
        if self.lang:
            read_glossary(source, self.lang)
        else:
            read_yaml(source)
        return source, 0


def _repaired(reader: _Reader, body: bytes) -> Repaired:
    done: list[Problem] = []
    source, start = reader.read(body)
    while todo := _edits(reader, source, start):
        for chosen in (todo, *([one] for one in todo[: TRIES if len(body) < LONG else 2])):
            new = apply(body, [edit for _, edits in chosen for edit in edits])
            later, begins = reader.read(new)
            if _left(later) < _left(source):
                done += [problem for problem, _ in chosen]
                body, source, start = new, later, begins
                break
        else:
            break
    return Repaired(reader.path, body, tuple(done))


def _edits(reader: _Reader, source: Source, start: int) -> list[tuple[Problem, list[Edit]]]:
    todo = sorted((p for p in source.problems if p.code in REPAIRS and p.fixable), key=lambda p: p.place)
    if not todo:
        return []
    ours = headings(source, start) if reader.lang else []
    known = copied(ours, reader.original.headings) if reader.original else None
    text = Text(source, reader.lang, reader.path.startswith("glossary/"), ours, known, reader.ids)
    found = ((problem, REPAIRS[problem.code](text, problem)) for problem in todo)
    return [(problem, edits) for problem, edits in found if edits]


def _left(source: Source) -> tuple[int, ...]:
    """How many of each are left to repair, those first that may bring others to light."""
    counts: Mapping[str, int] = Counter(problem.code for problem in source.problems if problem.fixable)
    return tuple(counts.get(code, 0) for code in _ORDER)
