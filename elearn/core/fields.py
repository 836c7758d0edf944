"""Typed values from strict YAML: each reader returns a value or a default and tells what to type instead.

Every key has a French and an English spelling, equal in rank.
"""

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping

from elearn.core.rules import Problem
from elearn.core.source import Source
from elearn.core.strict_yaml import Node, Scalar, Sequence, Table
from elearn.core.typography import fold, nearest

UNIT_ID = re.compile(r"[a-z][a-z0-9-]{1,59}")
BOOLEANS = {"oui": True, "yes": True, "true": True, "non": False, "no": False, "false": False}
RESERVED = frozenset(
    {"print", "enrolments", "readings", "attempts", "drafts", "sittings", "review", "record", "answers"}
)
EXAMPLES = {
    "id": "mon-unite",
    "title": '"Un titre"',
    "duration": "30 min",
    "authors": "[Nadia B.]",
    "licence": "CC-BY-SA-4.0",
    "languages": "[fr, en]",
    "courses": "[mon-cours]",
    "units": "[mon-unite]",
    "rule": '{version: "2026-1", unites: toutes, seuil: 80}',
    "version": '"2026-1"',
    "pass_mark": "80",
    "region": "qc",
    "kind": "emergency",
    "name": '"Urgence"',
}
"""What to type for each key that may be required."""

_DURATION = re.compile(r"(?:(\d{1,2}) ?(?:h|heures?|hours?))? ?(?:(\d{1,3}) ?(?:min|minutes?|mn)?)?")
_LICENCES = re.compile(
    r"CC0-1\.0|CC-BY(-NC)?(-SA|-ND)?-[1-4]\.0|MIT|ISC|Apache-2\.0|BSD-[23]-Clause|GFDL-1\.[1-3](-or-later|-only)?|"
    r"[AL]?GPL-[23]\.[01](-or-later|-only)|MPL-2\.0|EUPL-1\.2|etalab-2\.0|OGL-UK-3\.0|LicenseRef-[A-Za-z0-9.-]+"
)


class Fields:
    """One YAML table read key by key. `names`: canonical -> accepted spellings; `later`: known, not kept yet."""

    def __init__(
        self, source: Source, node: Node | None, names: Mapping[str, tuple[str, ...]], later: Iterable[str] = ()
    ) -> None:
        self.source = source
        self.spelling: dict[str, str] = {}
        self._values: dict[str, Node] = {}
        self.place = (node.line, node.column) if node else (1, 1)
        if node is None or (isinstance(node, Scalar) and not node.text):
            return
        if not isinstance(node, Table):
            source.report("E105", node.line, node.column, variant="table", key=getattr(node, "text", "…"))
            return
        canonical = {spelling: name for name, spellings in names.items() for spelling in spellings}
        later = frozenset(later)
        for written, (key, value) in node.pairs.items():
            written = written.strip()  # a no-break space before the colon belongs to no key
            name = canonical.get(written)
            if written in later:
                source.report("E102", key.line, key.column, variant="later", key=written)
            elif name is None:
                source.report("E102", key.line, key.column, key=written, near=nearest(written, canonical))
            elif name in self._values:
                source.report("E105", key.line, key.column, key=written)
            else:
                self.spelling[name] = written
                self._values[name] = value

    def has(self, name: str) -> bool:
        value = self._values.get(name)
        return value is not None and not (isinstance(value, Scalar) and not value.text.strip())

    def node(self, name: str) -> Node | None:
        return self._values.get(name) if self.has(name) else None

    def at(self, name: str) -> tuple[int, int]:
        value = self._values.get(name)
        return (value.line, value.column) if value else self.place

    def key(self, name: str) -> str:
        return self.spelling.get(name, name)

    def refuse(self, name: str, code: str = "E106", variant: str = "", **params: object) -> None:
        line, column = self.at(name)
        shown = {"key": self.key(name), "value": getattr(self._values.get(name), "text", "…"), **params}
        self.source.report(code, line, column, **(shown | {"variant": variant}))

    def require(self, *names: str, shown: Mapping[str, str] | None = None) -> None:
        """E103 for each absent key. At 1:1 for a whole file, at the table's own place for an inner one."""
        for name in names:
            if not self.has(name):
                absent = (shown or {}).get(name, name)
                said = {"key": absent, "example": f"{absent}: {EXAMPLES[name]}"}
                self.source.problems.append(Problem(self.source.path, *self.place, "E103", said))

    def text(self, name: str, default: str = "") -> str:
        node = self.node(name)
        if node is None:
            return default
        if isinstance(node, Scalar):
            return node.text.strip()
        self.refuse(name, "E105", "nested")
        return default

    def text_is(self, name: str, words: tuple[str, ...]) -> bool:
        """Is the value one of a few words? Absent counts as the empty word; a list is none of them."""
        node = self.node(name)
        return fold(node.text) in words if isinstance(node, Scalar) else node is None and "" in words

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; one text alone is a list of one."""
        node = self.node(name)
        if node is None:
            return ()
        if isinstance(node, Scalar):
            return tuple(part.strip() for part in node.text.split(",") if part.strip())
        if isinstance(node, Sequence) and all(isinstance(item, Scalar) for item in node.items):
            return tuple(item.text.strip() for item in scalars(node) if item.text.strip())
        self.refuse(name, "E105", "sequence")
        return ()

    def places(self, name: str) -> dict[str, tuple[int, int]]:
        """Where each text of a list stands."""
        node = self.node(name)
        items = list(scalars(node)) if isinstance(node, Sequence) else []
        return {item.text.strip(): (item.line, item.column) for item in items}

    def words(self, name: str, languages: tuple[str, ...]) -> dict[str, str]:
        """The same words by language: a table, or one text that stands for the first language."""
        node = self.node(name)
        if node is None:
            return {}
        if isinstance(node, Scalar):
            return {languages[0]: node.text.strip()}
        inner = Fields(self.source, node, {lang: (lang,) for lang in languages})
        if isinstance(node, Table):
            return {lang: inner.text(lang) for lang in languages if inner.has(lang)}
        return {}

    def boolean(self, name: str, default: bool) -> bool:
        text = fold(self.text(name))
        if text and text not in BOOLEANS:
            self.refuse(name, variant="boolean")
        return BOOLEANS.get(text, default)

    def number(self, name: str, low: int, high: int) -> int | None:
        text = self.text(name)
        if not text:
            return None
        if re.fullmatch(r"[0-9]{1,6}", text) and low <= int(text) <= high:
            return int(text)
        self.refuse(name, variant="number", low=low, high=high)
        return None

    def decimal(self, name: str, high: float) -> float | None:
        text = self.text(name).replace(",", ".")
        if not text:
            return None
        if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text) and float(text) <= high:
            return float(text)
        self.refuse(name, variant="number", low=0, high=int(high))
        return None

    def date(self, name: str) -> str:
        text = self.text(name)
        if not text:
            return ""
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                return datetime.date.fromisoformat(text).isoformat()
        except ValueError:
            pass
        self.refuse(name, variant="date")
        return ""

    def choice(self, name: str, words: Mapping[str, str], default: str) -> str:
        """One of a few words, each with its canonical spelling."""
        text = fold(self.text(name))
        if text and text not in words:
            self.refuse(name, variant="choice", expected=", ".join(words), near=nearest(text, words))
        return words.get(text, default)

    def minutes(self, name: str) -> int:
        text = fold(self.text(name))
        found = _DURATION.fullmatch(text)
        minutes = int(found[1] or 0) * 60 + int(found[2] or 0) if found else 0
        if text and not minutes:
            self.refuse(name, "E104")
        return minutes

    def licence(self, name: str) -> str:
        text = self.text(name)
        if text and not _LICENCES.fullmatch(text):
            self.refuse(name, variant="licence")
        return text

    def identity(self, name: str = "id") -> str:
        text = self.text(name)
        if text and not UNIT_ID.fullmatch(text):
            self.refuse(name, "E130", id=text)
            return ""
        if text in RESERVED:
            self.refuse(name, "E130", "reserved", id=text)
            return ""
        return text

    def link(self, name: str) -> str:
        text = self.text(name)
        if text and not re.fullmatch(r"https?://[^\s<>\"]+", text):
            self.refuse(name, variant="link")
            return ""
        return text

    def tables(self, name: str) -> tuple[Node, ...]:
        """The items of a list of tables."""
        node = self.node(name)
        if node is not None and not isinstance(node, Sequence):
            self.refuse(name, "E105", "sequence")
        return node.items if isinstance(node, Sequence) else ()


def scalars(node: Node | None) -> Iterator[Scalar]:
    if isinstance(node, Sequence):
        yield from (item for item in node.items if isinstance(item, Scalar))
