"""What one file's links, images and citations lead to, with every dead end told. Addresses are those of the site."""

import difflib
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote

from elearn.core import players
from elearn.core.citations import Reference, citation
from elearn.core.markup import Token, citations, plain
from elearn.core.media import IMAGES, PLAYED, VIDEOS, Sidecar, image_size, published_name, suffix_of
from elearn.core.scan import find
from elearn.core.source import Source, decode
from elearn.core.transcripts import transcript
from elearn.core.typography import nearest

_OUTWARD = re.compile(r"(?:https?://[^/\s]|mailto:[^\s]|tel:[+\d]|sms:[+\d])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """A unit that links can lead to. `anchors`: each id -> the section it is in; `whole`: are all of them known?"""

    course: str
    anchors: Mapping[str, str]
    whole: bool = True


@dataclass(slots=True)
class Linked:
    """What links may lead to in the whole site, and what was in fact used. `media`: published name -> path;
    `names`: the other way round. `languages`: the source one first. `sidecars`: by the path of their file.

    `whole`: is every unit known? Where one has no readable id, a link to an unknown unit is not told. `traced`:
    what was looked up since it was last emptied: (unit, id), (file, path), (media, path), (text, path).
    """

    files: Mapping[str, bytes]
    languages: tuple[str, ...] = ("fr",)
    sources: dict[str, Source] = field(default_factory=dict)
    sidecars: dict[str, Sidecar] = field(default_factory=dict)
    units: dict[str, Target] = field(default_factory=dict)
    terms: dict[str, frozenset[str]] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)
    cited: set[str] = field(default_factory=set)
    media: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    whole: bool = True
    traced: set[tuple[str, str]] = field(default_factory=set)

    def name(self, path: str) -> str:
        """The published name of a file that is used."""
        self.traced.add(("media", path))
        if path not in self.names:
            self.names[path] = published_name(path, self.files[path])
            self.media[self.names[path]] = path
        return self.names[path]


@dataclass(slots=True)
class Links:
    """A `markup.Resolver` for one file. `unit`, `own`: its own id and anchors; none in the glossary. `within`: it
    is a transcript, in which nothing is played."""

    lang: str
    source: Source
    linked: Linked
    unit: str = ""
    own: Target | None = None
    terms: list[str] = field(default_factory=list)
    cited: list[str] = field(default_factory=list)
    within: bool = False

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
        if suffix_of(target) in PLAYED and ":" not in target:
            path = self._played(target, token)
            return self._address(path) if path else ""
        return self._refused(target, token)

    def image(self, target: str, token: Token) -> str:
        suffix = suffix_of(target)
        target = unquote(target)
        if _outside(target) or suffix not in IMAGES:
            kind = {"variant": "kind"} if not _outside(target) else {}
            self._report(token, "E119", target=target, **kind)
            return ""
        if not plain(token.children or ()) and not token.meta.get("decorative"):
            self._report(token, "E401")
        path = self._path(target, token)
        if not path:
            return ""
        size = image_size(suffix, self.linked.files[path])
        if size:
            token.attrSet("width", str(size[0]))
            token.attrSet("height", str(size[1]))
        token.attrSet("loading", "lazy")
        return self._address(path)

    def player(self, target: str, words: str, token: Token) -> str:
        """A sound or a video with all that stands beside it; nothing where it cannot be played."""
        path = self._played(target, token)
        if not path or self.within:
            return ""
        stem = posixpath.splitext(path)[0]
        beside = self._languages()
        tracks = [(lang, f"{stem}.{lang}.vtt") for lang in beside if f"{stem}.{lang}.vtt" in self.linked.files]
        text = next(((lang, f"{stem}.{lang}.md") for lang in beside if f"{stem}.{lang}.md" in self.linked.files), None)
        return players.player(
            self._address(path),
            posixpath.basename(path),
            len(self.linked.files[path]),
            words,
            label=unescape(re.sub(r"<[^>]*>", "", words)),
            sidecar=self.linked.sidecars.get(f"{stem}.yaml", Sidecar()),
            tracks=[(lang, self._address(captions)) for lang, captions in tracks],
            transcript=(text[0], self._transcript(*text)) if text else ("", ""),
            lang=self.lang,
        )

    def speaker(self, target: str, words: str, token: Token) -> str:
        """The last line of a testimony. Without a file of consent it is told, and names nobody."""
        if not target:
            line = token.map[0] if token.map else 0
            self.source.report("E403", line + 1, find(self.source, line, "**"), variant="testimony")
            return ""
        path = self._path(unquote(target), token)
        if not path:
            return ""
        sidecar = self.linked.sidecars.get(path, Sidecar())
        if not sidecar.recorded:
            self._report(token, "E403", sidecar=posixpath.basename(path))
        return players.speaker(words, sidecar, self.lang)

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

    def section(self, named: str, place: tuple[int, int]) -> str:
        """A section to reread, `section` of this unit or `unit#section` of its course, as a prompt keeps it. Empty
        where there is none, and in what belongs to no course."""
        unit, _, section = named.rpartition("#")
        if self.own is None or not self.own.course:
            return ""
        known: Target | None = self.own
        if unit and unit != self.unit:
            self.linked.traced.add(("unit", unit))
            known = self.linked.units.get(unit)
        if known is None or known.course != self.own.course:
            if self.linked.whole:
                here = [name for name, one in self.linked.units.items() if one.course == self.own.course]
                self.source.report("E413", *place, variant="course", id=unit, near=nearest(unit, here))
            return ""
        if known.anchors.get(section) != section:
            if known.whole:
                sections = dict.fromkeys(known.anchors.values())
                self.source.report(
                    "E413",
                    *place,
                    variant="section",
                    id=section,
                    unit=unit or self.unit,
                    near=nearest(section, sections),
                )
            return ""
        return section if known is self.own else f"{unit}#{section}"

    def _played(self, target: str, token: Token) -> str:
        """The path of a sound or a video; what must stand beside it is told where it is missing."""
        target = unquote(target)
        if _outside(target):
            self._report(token, "E119", target=target, variant="played")
            return ""
        path = self._path(target, token)
        if not path or self.within:
            return path
        stem = posixpath.splitext(path)[0]
        name, wanted = posixpath.basename(path), f"{posixpath.basename(stem)}.{self.lang}"
        if f"{stem}.{self.lang}.md" not in self.linked.files:
            code = "E402" if self.lang == self.linked.languages[0] else "W402"
            self._report(token, code, media=name, transcript=f"{wanted}.md")
        if not self.linked.sidecars.get(f"{stem}.yaml", Sidecar()).recorded:
            self._report(token, "E403", sidecar=f"{posixpath.basename(stem)}.yaml")
        if suffix_of(path) in VIDEOS and f"{stem}.{self.lang}.vtt" not in self.linked.files:
            self._report(token, "W406", media=name, captions=f"{wanted}.vtt")
        return path

    def _path(self, target: str, token: Token) -> str:
        """The path of a file of the content folder, told where it is not there."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.source.path), target))
        self.linked.traced.add(("file", path))
        if path in self.linked.files:
            return path
        folder = posixpath.dirname(path) + "/"
        beside = [known.removeprefix(folder) for known in self.linked.files if known.startswith(folder)]
        names = {name.lower(): name for name in beside}
        near = difflib.get_close_matches(posixpath.basename(path).lower(), names, 1, 0.7)
        found = names[near[0]] if near else ""
        self._report(token, "E404", target=target, **({"variant": "other", "there": found} if found else {}))
        return ""

    def _address(self, path: str) -> str:
        return "/media/" + self.linked.name(path)

    def _languages(self) -> tuple[str, ...]:
        """Every language of the site, that of this file first."""
        return (self.lang, *(lang for lang in self.linked.languages if lang != self.lang))

    def _transcript(self, lang: str, path: str) -> str:
        self.linked.traced.add(("text", path))
        if path not in self.linked.sources:
            self.linked.sources[path] = decode(path, self.linked.files[path])
        source = self.linked.sources[path]
        links = Links(lang, source, self.linked, self.unit, self.own, self.terms, self.cited, within=True)
        return transcript(source, links)

    def _unit(self, target: str, token: Token) -> str:
        unit, _, anchor = target.partition("#")
        self.linked.traced.add(("unit", unit))
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
        self._report(token, "E118", target=target)
        return ""

    def _report(self, token: Token, code: str, **params: object) -> None:
        line, column = token.meta.get("place", (1, 1))
        self.source.report(code, line, column, **params)


def _outside(target: str) -> bool:
    """Does a path lead elsewhere than below its own folder?"""
    return ":" in target or target.startswith(("/", "\\")) or ".." in target.split("/")
