"""What one file's links, images and citations lead to, with every dead end told. Addresses are those of the site."""

import difflib
import hashlib
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from elearn.core.citations import Reference, citation
from elearn.core.markup import Token, citations, plain
from elearn.core.source import Source
from elearn.core.typography import nearest

IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"}
SOUNDS = {".mp3", ".ogg", ".m4a", ".mp4", ".webm", ".oga", ".wav"}
_OUTWARD = re.compile(r"(?:https?://[^/\s]|mailto:[^\s]|tel:[+\d]|sms:[+\d])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """A unit that links can lead to. `anchors`: each id -> the section it is in; `whole`: are all of them known?"""

    course: str
    anchors: Mapping[str, str]
    whole: bool = True


@dataclass(slots=True)
class Linked:
    """What links may lead to in the whole site, and what was in fact used. `media`: published name -> path.

    `whole`: is every unit known? Where one has no readable id, a link to an unknown unit is not told.
    """

    files: Mapping[str, bytes]
    units: dict[str, Target] = field(default_factory=dict)
    terms: dict[str, frozenset[str]] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)
    cited: set[str] = field(default_factory=set)
    media: dict[str, str] = field(default_factory=dict)
    whole: bool = True


@dataclass(slots=True)
class Links:
    """A `markup.Resolver` for one file. `unit`, `own`: its own id and anchors; none in the glossary."""

    lang: str
    source: Source
    linked: Linked
    unit: str = ""
    own: Target | None = None
    terms: list[str] = field(default_factory=list)
    cited: list[str] = field(default_factory=list)

    def link(self, target: str, token: Token) -> str:
        scheme, _, rest = target.partition(":")
        scheme = scheme.lower()
        if scheme in ("unite", "unit"):
            return self._unit(unquote(rest), token)
        if scheme in ("glossaire", "glossary"):
            return self._term(unquote(rest), token)
        if target.startswith("#"):
            return self._anchor(self.own, self.unit, unquote(target[1:]), token)
        if _OUTWARD.match(target) or re.match(r"/(?![/\\]|%5[cC])", target):
            return target
        return self._refused(target, token)

    def image(self, target: str, token: Token) -> str:
        suffix = posixpath.splitext(target)[1].lower()
        target = unquote(target)
        outside = ":" in target or target.startswith(("/", "\\")) or ".." in target.split("/")
        if outside or suffix not in IMAGES:
            self._report(token, "E119", target=target)
            return ""
        if not plain(token.children or ()) and not token.meta.get("decorative"):
            self._report(token, "E401")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.source.path), target))
        body = self.linked.files.get(path)
        if body is None:
            folder = posixpath.dirname(path) + "/"
            beside = [known.removeprefix(folder) for known in self.linked.files if known.startswith(folder)]
            names = {name.lower(): name for name in beside}
            near = difflib.get_close_matches(posixpath.basename(path).lower(), names, 1, 0.7)
            found = names[near[0]] if near else ""
            self._report(token, "E404", target=target, **({"variant": "other", "there": found} if found else {}))
            return ""
        name = hashlib.sha256(body).hexdigest() + suffix
        self.linked.media[name] = path
        return "/media/" + name

    def citation(self, content: str, token: Token) -> str:
        parts = citations(content)
        for _, key, _ in parts:
            if key in self.linked.references:
                self.linked.cited.add(key)
                if key not in self.cited:
                    self.cited.append(key)
            else:
                self._report(token, "E410", key=key, near=nearest(key, self.linked.references))
        return citation(parts, self.linked.references, self.lang)

    def _unit(self, target: str, token: Token) -> str:
        unit, _, anchor = target.partition("#")
        known = self.linked.units.get(unit)
        if known:
            return self._anchor(known, unit, anchor, token)
        if self.linked.whole:
            self._report(token, "E413", id=unit, near=nearest(unit, self.linked.units))
        return ""

    def _anchor(self, known: Target | None, unit: str, anchor: str, token: Token) -> str:
        """The address of a place in a unit; of its beginning for an empty anchor."""
        if known is None:
            return self._refused("#" + anchor, token)
        address = f"/learning/{known.course}/{unit}"
        if not anchor:
            return address
        if anchor not in known.anchors:
            if known.whole:
                self._report(token, "E413", variant="anchor", id=anchor, near=nearest(anchor, known.anchors))
            return ""
        section = known.anchors[anchor]
        return f"{address}/{section}" + (f"#{anchor}" if anchor != section else "")

    def _term(self, term: str, token: Token) -> str:
        if not any(term in known for known in self.linked.terms.values()):
            everywhere = {id for known in self.linked.terms.values() for id in known}
            self._report(token, "E411", id=term, near=nearest(term, everywhere))
            return ""
        if term not in self.terms:
            self.terms.append(term)
        return "#glossary-" + term

    def _refused(self, target: str, token: Token) -> str:
        sound = posixpath.splitext(target)[1].lower() in SOUNDS
        self._report(token, "E118", target=target, **({"variant": "later"} if sound else {}))
        return ""

    def _report(self, token: Token, code: str, **params: object) -> None:
        line, column = token.meta.get("place", (1, 1))
        self.source.report(code, line, column, **params)
