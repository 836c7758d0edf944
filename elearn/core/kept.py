"""What was compiled before: a unit folder that did not change, nor anything it leans on, is not read again.

Whoever asks for a check hands in where to keep it. Only what the folder alone, the files outside every unit folder and
the anchors it links to decide is kept; what it cannot be sure of is compiled anew.
"""

import datetime
import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from elearn.core.course import Unit
from elearn.core.frontmatter import FrontMatter
from elearn.core.links import Target
from elearn.core.rules import Problem

MOST_PROBLEMS = 60
"""Of one folder, or prerequisites of one text. Beyond, how many are told depends on what else is told: not kept."""
MOST_ENTRIES = 5000
ELSEWHERE = frozenset({"E404", "E413"})
"""Told by looking around among all files and units, so that anything might change what is told."""


@dataclass(frozen=True, slots=True)
class KeptText:
    """One language. `read`: problems told of the text by itself; `told`: those of its words and of compiling it."""

    path: str
    lang: str
    front: FrontMatter
    anchors: Mapping[str, tuple[str, int]]
    read: tuple[Problem, ...] = ()
    told: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class KeptUnit:
    """A unit folder as compiled. `targets`: what its links led to (`digest_of`); `on`: the day; `units`: by
    language; `cited`, `media`: keys and paths used."""

    on: datetime.date
    texts: tuple[KeptText, ...]
    targets: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, Unit] = field(default_factory=dict)
    cited: tuple[str, ...] = ()
    media: tuple[str, ...] = ()


class Kept(Protocol):
    """Where compiled units are kept, by a key that names all that decides them. None where there is nothing sound."""

    def get(self, key: str) -> KeptUnit | None: ...

    def put(self, key: str, unit: KeptUnit) -> None: ...


class Memory:
    """Kept as long as the process lasts, the least used dropped first. `hits`, `misses`: counted."""

    def __init__(self, most: int = MOST_ENTRIES) -> None:
        self.most, self.hits, self.misses = most, 0, 0
        self._units: OrderedDict[str, KeptUnit] = OrderedDict()

    def get(self, key: str) -> KeptUnit | None:
        found = self._units.get(key)
        self.hits, self.misses = self.hits + (found is not None), self.misses + (found is None)
        with suppress(KeyError):  # another thread may have dropped it
            self._units.move_to_end(key)
        return found

    def put(self, key: str, unit: KeptUnit) -> None:
        self._units[key] = unit
        self._units.move_to_end(key)
        while len(self._units) > self.most:
            self._units.popitem(last=False)


_ADAPTER = TypeAdapter(KeptUnit)


def dump(unit: KeptUnit) -> bytes:
    return _ADAPTER.dump_json(unit)


def load(body: bytes) -> KeptUnit | None:
    """None where the bytes are not of this shape."""
    try:
        return _ADAPTER.validate_json(body)
    except ValidationError:
        return None


def is_plain(problems: Iterable[Problem]) -> bool:
    """Can they be written down and read back as they are?"""
    return all(isinstance(value, str | int | float) for problem in problems for value in problem.params.values())


def digest_of(target: Target | None) -> str:
    """A name for what links find in a unit; empty where there is none."""
    if target is None:
        return ""
    return _digest([target.course, str(target.whole), *(f"{a}\0{s}" for a, s in target.anchors.items())])


def names_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Path -> path and SHA-256 of the file, as one line."""
    return {path: f"{path}\0{hashlib.sha256(body).hexdigest()}" for path, body in files.items()}


def key_of(*parts: Iterable[str]) -> str:
    return _digest([_digest(part) for part in parts])


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()
