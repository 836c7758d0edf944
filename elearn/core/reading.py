"""Reads a whole content folder: which file is what, and the records in it. Nothing is held against anything yet."""

import datetime
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from elearn.core.citations import read_references
from elearn.core.glossary import Glossary, read_glossary
from elearn.core.keeping import Keeping, recalled
from elearn.core.kept import Kept, KeptUnit
from elearn.core.links import Linked, Target
from elearn.core.media import PLAYED, is_media, is_what_it_says, suffix_of
from elearn.core.parse import Draft, parse_unit
from elearn.core.sidecars import read_sidecar
from elearn.core.site_files import CourseFile, SiteFile, read_competencies, read_course, read_site
from elearn.core.source import Source, decode, readable
from elearn.core.strict_yaml import Node, read

_UNIT = re.compile(r"(courses/[^/]+)/([^/]+)/([a-z]{2})\.md")
_SIDECAR = re.compile(r"(?:.*/)?media/[^/]+\.ya?ml")
_COURSE = re.compile(r"(courses/[^/]+)/course\.yaml")
_POOL = re.compile(r"(pools/[^/]+)/([a-z]{2})\.md")


@dataclass(slots=True)
class UnitFiles:
    """The drafts of one unit folder; `course` is the id of its course. `read`: how many problems each file had when it
    was read; `kept`: what it was compiled to before, where it is not read again."""

    course: str
    source: Draft
    target: Target
    translations: dict[str, Draft]
    listed: bool = True
    folder: str = ""
    read: dict[str, int] = field(default_factory=dict)
    kept: KeptUnit | None = None


class Reading:
    """The folder as read. `sources` hold every problem told so far."""

    def __init__(self, files: Mapping[str, bytes], today: datetime.date, added: tuple[str, ...] = ()) -> None:
        self.files, self.today, self.added = files, today, added
        self.sources: dict[str, Source] = {}
        self.nodes: dict[str, Node | None] = {}
        self.linked = Linked(files, sources=self.sources)
        self.site = SiteFile()
        self.competencies: dict[str, dict[str, str]] = {}
        self.courses: dict[str, CourseFile] = {}
        self.units: dict[str, UnitFiles] = {}
        self.pools: dict[str, UnitFiles] = {}
        self.glossaries: list[Glossary] = []
        self.kept: Kept | None = None
        self.keeping: Keeping | None = None
        self.drafts: dict[str, Draft] = {}
        self.progress: Callable[[int, int], None] | None = None

    def tell_progress(self, done: int, of: int) -> None:
        if self.progress:
            self.progress(done, of)

    def read(self) -> None:
        self._read_site()
        self._read_media()
        self._read_courses()
        self._read_glossaries()
        self._read_units()
        self._read_pools()

    def source(self, path: str) -> Source:
        if path not in self.sources:
            self.sources[path] = decode(path, self.files.get(path, b""))
        return self.sources[path]

    def yaml(self, path: str) -> tuple[Source, Node | None]:
        source = self.source(path)
        if path not in self.nodes:
            self.nodes[path] = read(source) if readable(source) else None
        return source, self.nodes[path]

    def _read_site(self) -> None:
        source, node = self.yaml("site.yaml")
        if "site.yaml" not in self.files:
            self.site = SiteFile(self._languages())
            source.report("E103", variant="file", key="site.yaml")
        elif _was_read(source, node):
            self.site = read_site(source, node)
        if "competencies.yaml" in self.files:
            self.competencies = read_competencies(*self.yaml("competencies.yaml"), self.site.languages)
        if "references.yaml" in self.files:
            self.linked.references = read_references(*self.yaml("references.yaml"))
        for path in self.files:
            if path.endswith((".yaml", ".yml")) and not _COURSE.fullmatch(path):
                self.yaml(path)

    def _read_media(self) -> None:
        """What stands beside sounds, videos and testimonies; every file that is not what its name says is told."""
        self.linked.languages = self.site.languages
        for path, body in self.files.items():
            if is_media(path) and not is_what_it_says(suffix_of(path), body):
                source = self.sources.setdefault(path, Source(path, ""))
                source.report("E405", variant="captions" if suffix_of(path) == ".vtt" else "", suffix=suffix_of(path))
            sidecar = f"{posixpath.splitext(path)[0]}.yaml" if suffix_of(path) in PLAYED else path
            if sidecar in self.files and (sidecar != path or _SIDECAR.fullmatch(path)):
                self.linked.sidecars[sidecar] = read_sidecar(*self.yaml(sidecar))

    def _languages(self) -> tuple[str, ...]:
        """The languages in which units are written, where site.yaml does not say: French first."""
        found = {unit[3] for path in self.files if (unit := _UNIT.fullmatch(path))}
        return tuple(sorted(found | {"fr"}, key=lambda lang: (lang != "fr", lang)))

    def _read_courses(self) -> None:
        for path in sorted(self.files):
            if not (found := _COURSE.fullmatch(path)):
                continue
            source, node = self.yaml(path)
            if not _was_read(source, node):
                continue
            read_one = read_course(source, node, found[1], self.site.languages)
            if read_one.course is None:
                continue
            other = self.courses.get(read_one.course.id)
            if other:
                source.report("E135", 1, 1, id=read_one.course.id, other=other.source.path)
            else:
                self.courses[read_one.course.id] = read_one
        self._list_added()

    def _list_added(self) -> None:
        """Courses of the site's own content follow those that the shipped site.yaml lists."""
        listed = self.site.courses
        more = [name for name, one in self.courses.items() if one.folder in self.added and name not in (listed or ())]
        if listed is not None and more:
            self.site = replace(self.site, courses=(*listed, *more))

    def _read_glossaries(self) -> None:
        for lang in self.site.languages:
            if f"glossary/{lang}.md" in self.files:
                self.glossaries.append(read_glossary(self.source(f"glossary/{lang}.md"), lang))
        self.linked.terms = {one.lang: frozenset(one.outline.anchors) for one in self.glossaries}

    def _read_units(self) -> None:
        folders: dict[tuple[str, str], set[str]] = {}
        for path in sorted(self.files):
            if found := _UNIT.fullmatch(path):
                folders.setdefault((found[1], found[2]), set()).add(found[3])
        if self.kept:
            named = ["/".join(folder) for folder in folders]
            self.keeping = Keeping(self.kept, self.files, named, self.site.languages, self.today)
        owners = {one.folder: one.course.id for one in self.courses.values() if one.course}
        for number, ((course, folder), languages) in enumerate(folders.items(), 1):
            self.tell_progress(number, 2 * len(folders))
            if f"{course}/course.yaml" not in self.files:
                self.source(f"{course}/course.yaml").report("E103", variant="file", key=f"{course}/course.yaml")
            self._read_unit(owners.get(course, ""), f"{course}/{folder}", languages)
        for files in self.units.values():
            if self.keeping and files.kept and not self.keeping.holds(files.kept, self.linked):
                self._read_anew(files)

    def _read_unit(self, course: str, folder: str, languages: set[str]) -> None:
        kept = self.keeping.find(course, folder) if self.keeping else None
        drafts = self._recalled(kept) if kept else self._drafts(folder, languages)
        if drafts is None:
            return
        read = {path: len(self.sources[path].problems) for path in self._texts(folder, languages)}
        source, translations = drafts
        unit, known = source.front.id, self.units.get(source.front.id)
        if known:
            source.source.report(
                "E135", *source.front.places.get("id", (1, 1)), id=unit, other=known.source.source.path
            )
            unit = ""
        anchors = {anchor: section for anchor, (section, _) in source.outline.anchors.items()}
        target = Target(course, anchors, bool(anchors) and source.sound)
        self.units[unit or folder] = UnitFiles(course, source, target, translations, bool(unit), folder, read, kept)
        if unit:
            self.linked.units[unit] = target
        else:
            self.linked.whole = False

    def _recalled(self, kept: KeptUnit) -> tuple[Draft, dict[str, Draft]] | None:
        drafts = {text.lang: recalled(text) for text in kept.texts}
        self.sources |= {draft.source.path: draft.source for draft in drafts.values()}
        return self._sorted(drafts)

    def _read_anew(self, files: UnitFiles) -> None:
        """A folder that was not read again after all: where its links lead has changed."""
        known = {path: self.sources[path].problems[count:] for path, count in files.read.items()}
        drafts = self._drafts(files.folder, {path[-5:-3] for path in files.read})
        assert drafts
        files.source, files.translations = drafts
        files.kept = None
        for path, problems in known.items():
            for one in problems:
                self.sources[path].report(one.code, one.line, one.column, **one.params)

    @staticmethod
    def _texts(folder: str, languages: Iterable[str]) -> list[str]:
        return [f"{folder}/{lang}.md" for lang in sorted(languages)]

    def _read_pools(self) -> None:
        """Shared pools: units that only lend their questions."""
        folders: dict[str, set[str]] = {}
        for path in sorted(self.files):
            if found := _POOL.fullmatch(path):
                folders.setdefault(found[1], set()).add(found[2])
        for folder, languages in folders.items():
            drafts = self._drafts(folder, languages)
            if drafts is None:
                continue
            source, translations = drafts
            known = self.pools.get(source.front.id)
            if known:
                place = source.front.places.get("id", (1, 1))
                source.source.report("E135", *place, id=source.front.id, other=known.source.source.path)
            elif source.front.id:
                self.pools[source.front.id] = UnitFiles("", source, Target("", {}), translations)

    def _drafts(self, folder: str, languages: set[str]) -> tuple[Draft, dict[str, Draft]] | None:
        """The source of a folder and its translations; None where it has no source."""
        first = self.site.source_language
        drafts = {lang: self._draft(f"{folder}/{lang}.md", lang) for lang in sorted(languages)}
        for lang, draft in drafts.items():
            if lang not in self.site.languages:
                draft.source.report("E520", variant="language", lang=lang)
            elif first not in languages:
                draft.source.report("E520", source=f"{folder}/{first}.md")
        return self._sorted(drafts)

    def _sorted(self, drafts: dict[str, Draft]) -> tuple[Draft, dict[str, Draft]] | None:
        first = self.site.source_language
        if first not in drafts:
            return None
        source = drafts.pop(first)
        return source, {lang: draft for lang, draft in drafts.items() if lang in self.site.languages}

    def _draft(self, path: str, lang: str) -> Draft:
        draft = parse_unit(path, self.files[path], lang, self.today, lang != self.site.source_language)
        self.sources[path], self.drafts[path] = draft.source, draft
        return draft

    @property
    def course_sources(self) -> list[Source]:
        return [self.source(path) for path in self.files if _COURSE.fullmatch(path)]


def _was_read(source: Source, node: Node | None) -> bool:
    """False where the file's syntax stopped its reading, so that missing keys are not told as well."""
    return not (node is None and source.problems)
