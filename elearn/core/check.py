"""A whole content folder -> compiled courses and units, or every problem at once. Pure: bytes in, records out."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from elearn.core.changes import Change, changes, refused
from elearn.core.compile import Compiled, Shared, compile_source, compile_translation, finish
from elearn.core.course import Course, DirectoryEntry, HelpLine, Site, Unit
from elearn.core.exams import check_exam
from elearn.core.frontmatter import contradictions
from elearn.core.glossary import compile_glossary, merged, reached
from elearn.core.graph import cycles
from elearn.core.keeping import Looked, text_of
from elearn.core.kept import Kept, KeptUnit
from elearn.core.parse import Draft, check_content_note, check_shared, sensitive
from elearn.core.questions import KINDS
from elearn.core.readability import HARD, LONG_SENTENCES, ease, prose
from elearn.core.reading import Reading, UnitFiles
from elearn.core.rules import ERROR, Problem
from elearn.core.site_files import CourseFile, read_directory, read_help_lines
from elearn.core.source import Source, readable
from elearn.core.translating import read_sync
from elearn.core.typography import nearest
from elearn.core.unwritten import check_unwritten
from elearn.core.wording import check_words


@dataclass(frozen=True, slots=True)
class Written:
    """Where a unit was written: its file, and the line of each section and question."""

    path: str
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SiteBuild:
    """What a folder holds. `units`, `written`: (course, unit, language) -> unit; no entry where there is no file.

    `media`: published name (SHA-256 and suffix) -> path. `ok`: no problem is an error, so that it may be published.
    """

    site: Site | None
    courses: tuple[Course, ...] = ()
    units: Mapping[tuple[str, str, str], Unit] = field(default_factory=dict)
    written: Mapping[tuple[str, str, str], Written] = field(default_factory=dict)
    help_lines: tuple[HelpLine, ...] = ()
    media: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        return self.site is not None and not any(problem.severity == ERROR for problem in self.problems)


def check_site(
    files: Mapping[str, bytes],
    today: datetime.date,
    added: tuple[str, ...] = (),
    progress: Callable[[int, int], None] | None = None,
    kept: Kept | None = None,
) -> SiteBuild:
    """Reads, checks and compiles a content folder given as relative posix path -> bytes.

    `added`: folders of courses that follow those site.yaml lists, such as `courses/accueil`. `progress` is told how
    many units are done, and of how many. `kept`: where units are kept that need not be read again (core.kept); what is
    built is the same without.
    """
    checker = _Checker(files, today, added)
    checker.progress, checker.kept = progress, kept
    return checker.build()


def changes_of(build: SiteBuild, published: Iterable[Unit]) -> tuple[Change, ...]:
    """What a build changes in units published before. Translations on either side are left out."""
    source = build.site.source_language if build.site else ""
    now = [unit for (_, _, lang), unit in build.units.items() if lang == source]
    return changes([unit for unit in published if unit.lang == source], now)


def check_changes(build: SiteBuild, found: Iterable[Change]) -> tuple[Problem, ...]:
    """E133 and E134: what may not be published, told in the build's own files."""
    source = build.site.source_language if build.site else ""
    problems = []
    for one in refused(found):
        written = build.written[one.course, one.unit, source]
        if one.before and one.after:
            kinds = {"before": KINDS[one.before.kind].words[0], "now": KINDS[one.after.kind].words[0]}
            line = written.lines.get(one.question, 1)
            problems.append(Problem(written.path, line, 1, "E134", {"id": one.question, **kinds}))
        elif one.question:
            problems.append(Problem(written.path, 1, 1, "E133", {"id": one.question}))
        else:
            now = build.units[one.course, one.unit, source]
            variant = "exam" if now.exam else "practice"
            problems.append(Problem(written.path, 1, 1, "E134", {"id": one.unit, "variant": variant}))
    return tuple(problems)


def check_against(build: SiteBuild, published: Iterable[Unit]) -> tuple[Problem, ...]:
    """The same from the units of an edition."""
    return check_changes(build, changes_of(build, published))


class _Checker(Reading):
    def build(self) -> SiteBuild:
        self.read()
        self.written: dict[tuple[str, str, str], Written] = {}
        self._check_courses()
        self.linked.traced.clear()
        for glossary in self.glossaries:
            original = self.glossaries[0] if glossary is not self.glossaries[0] else None
            compile_glossary(glossary, self.linked, original)
        self.marked = {path: len(source.problems) for path, source in self.sources.items()}
        self._check_wording()
        units = self._compile()
        self._check_references()
        site = self._site()
        for source in self.sources.values():
            source.close()
        problems = sorted((p for source in self.sources.values() for p in source.problems), key=lambda p: p.place)
        courses = [self.courses[name].course for name in self._course_order()]
        return SiteBuild(
            site,
            tuple(course for course in courses if course),
            units,
            self.written,
            site.help_lines,
            self.linked.media,
            tuple(problems),
        )

    def _course_order(self) -> list[str]:
        wanted = self.site.courses
        return [name for name in wanted if name in self.courses] if wanted is not None else sorted(self.courses)

    def _check_courses(self) -> None:
        site = self.source("site.yaml")
        broken = any(problem.severity == ERROR for source in self.course_sources for problem in source.problems)
        for name in self.site.courses or ():
            if name not in self.courses and not broken:
                place = self.site.places.get(name, (1, 1))
                site.report("E510", *place, variant="course", id=name, near=nearest(name, self.courses))
        for name, one in self.courses.items():
            if self.site.courses is not None and name not in self.site.courses:
                one.source.report("W511", variant="course", id=name)
            self._check_course(one)
        self._check_prerequisites()

    def _check_course(self, one: CourseFile) -> None:
        assert one.course is not None
        here = {unit for unit, files in self.units.items() if files.course == one.course.id and files.listed}
        nameless = any(not files.listed for files in self.units.values() if files.course == one.course.id)
        for unit in one.course.units:
            if unit not in here and not nameless:
                one.source.report("E510", *one.places.get(unit, (1, 1)), id=unit, near=nearest(unit, here))
        for unit in one.course.rule.units:
            if unit not in one.course.units:
                place = one.rule_places.get(unit, (1, 1))
                one.source.report("E510", *place, id=unit, near=nearest(unit, one.course.units))
        self._check_exam(one, one.course.rule.exam)
        for unit in here:
            files = self.units[unit]
            if unit not in one.course.units:
                files.listed = False
                files.source.source.report("W511", *files.source.front.places.get("id", (1, 1)), id=unit)

    def _check_exam(self, one: CourseFile, exam: str) -> None:
        """The exam that a rule names is a unit of the course, says itself that it is one, and is there once people can
        complete the rest."""
        assert one.course is not None
        here = {unit: self.units[unit].source.front for unit in one.course.units if unit in self.units}
        if exam and exam not in one.course.units:
            one.source.report("E510", *one.exam_place, id=exam, near=nearest(exam, one.course.units))
        elif exam in here and not here[exam].exam:
            one.source.report("E514", *one.exam_place, id=exam)
        elif exam in here and here[exam].status != "published" and any(x.status == "published" for x in here.values()):
            one.source.report("W515", *one.exam_place, id=exam)

    def _check_prerequisites(self) -> None:
        needs = {unit: files.source.front.prerequisites for unit, files in self.units.items() if files.source.front.id}
        for unit, wanted in needs.items():
            front, source = self.units[unit].source.front, self.units[unit].source.source
            for need in wanted:
                if need not in needs and self.linked.whole:
                    place = front.places.get(need, front.places.get("prerequisites", (1, 1)))
                    source.report("E512", *place, id=need, near=nearest(need, needs))
        for cycle in cycles(needs):
            draft = self.units[cycle[0]].source
            place = draft.front.places.get("prerequisites", (1, 1))
            draft.source.report("E513", *place, cycle=" → ".join([*cycle, cycle[0]]))
        courses = {name: one.course.prerequisites for name, one in self.courses.items() if one.course}
        for name, one in self.courses.items():
            for need in courses.get(name, ()):
                if need not in courses:
                    one.source.report("E512", *one.prerequisite_places.get(need, (1, 1)), id=need)
        for cycle in cycles(courses):
            one = self.courses[cycle[0]]
            place = one.prerequisite_places.get(courses[cycle[0]][0], (1, 1))
            one.source.report("E513", *place, cycle=" → ".join([*cycle, cycle[0]]))

    # --- units

    def _check_wording(self) -> None:
        """What people read: units and their transcripts, the glossary, the words of courses. Before anything is
        rendered, which changes the tokens."""
        courses = {one.source.path for one in self.courses.values()}
        recalled = {path for files in self.units.values() if files.kept for path in files.read}
        for path in self.files:
            if (path.endswith(".md") and path not in recalled) or path in courses:
                source = self.source(path)
                if readable(source):
                    check_words(source)
                    check_unwritten(source)
        for files in self.units.values():
            for draft in (files.source, *files.translations.values()):
                known = files.kept or not draft.sound
                measured = None if known else ease(prose(draft.outline), draft.lang)
                if measured and (measured.words > LONG_SENTENCES or measured.ease < HARD):
                    variant = "" if measured.words > LONG_SENTENCES else "words"
                    said = {"words": round(measured.words), "ease": round(measured.ease), "variant": variant}
                    lines = range(draft.front.body, len(draft.source.lines))
                    first = next((line for line in lines if draft.source.raw(line).strip()), 0)
                    draft.source.report("I430", first + 1, 1, **said)

    def _compile(self) -> dict[tuple[str, str, str], Unit]:
        units: dict[tuple[str, str, str], Unit] = {}
        shared = self._compile_pools()
        if self.keeping:
            self.keeping.lean_on(self.linked)
        told = {path: _many(source) for path, source in self.sources.items()}
        looked: list[tuple[UnitFiles, Looked]] = []
        cited = self.linked.cited
        for number, (unit, files) in enumerate(self.units.items(), 1):
            self.tell_progress(len(self.units) + number, 2 * len(self.units))
            self.linked.cited, self.linked.traced = set(), set()
            whole = self._recall(files.kept) if files.kept else self._compile_unit(files, shared)
            if self.keeping and not files.kept:
                made = Looked(files.course, files.folder, whole, self.linked.cited, self.linked.traced)
                looked.append((files, made))
            cited |= self.linked.cited
            if files.listed and files.course:
                for lang, one in whole.items():
                    draft = files.source if lang == files.source.lang else files.translations[lang]
                    lines = {anchor: line for anchor, (_, line) in draft.outline.anchors.items()}
                    units[files.course, unit, lang] = one
                    self.written[files.course, unit, lang] = Written(draft.source.path, lines)
        self.linked.cited = cited
        self._keep(looked, told)
        return units

    def _compile_unit(self, files: UnitFiles, shared: Shared) -> dict[str, Unit]:
        source = files.source
        if not source.sound:
            return {}
        check_content_note(source, source.front.content_note)
        self._check_competencies(source)
        self._check_drawn(source)
        if source.front.exam:
            check_exam(source, {pool: files.source for pool, files in self.pools.items()})
        made = compile_source(source, self.linked, files.target, shared)
        whole = {source.lang: self._finish(files, made, None)}
        for lang, draft in files.translations.items():
            if draft.sound:
                contradictions(draft.source, draft.front, source.front)
                check_content_note(draft, draft.front.content_note or source.front.content_note)
                ours = compile_translation(draft, self.linked, made, self._noted(draft))
                whole[lang] = self._finish(files, ours, made)
        return whole

    def _recall(self, kept: KeptUnit) -> Mapping[str, Unit]:
        """What was made of it before, with all that was told and used."""
        for text in kept.texts:
            self.sources[text.path].problems += text.told
        self.linked.cited |= set(kept.cited)
        for path in kept.media:
            self.linked.name(path)
        return kept.units

    def _keep(self, looked: Iterable[tuple[UnitFiles, Looked]], told: Mapping[str, int]) -> None:
        """Keeps what was compiled. Not where a transcript was told of: its first unit tells it for all."""
        for files, one in looked:
            heard = [path for what, path in one.traced if what == "text"]
            if self.keeping and all(_many(self.sources[path]) == told.get(path) for path in heard):
                drafts = ((self.drafts[path], read) for path, read in files.read.items())
                texts = [text_of(draft, read, self.marked[draft.source.path]) for draft, read in drafts]
                self.keeping.keep(one, texts, self.linked)

    def _check_drawn(self, draft: Draft) -> None:
        """W420 at a pool whose shared questions are sensitive, in a unit that does not say so beforehand."""
        for screen in draft.outline.screens:
            for pool in screen.pools:
                files = self.pools.get(pool.source)
                if files and not draft.front.content_note and (found := sensitive(files.source)):
                    draft.source.report("W420", pool.line, 1, word=found[2])

    def _compile_pools(self) -> Shared:
        """Every shared pool, drawn from or not, its source language first: its problems are told in its own files."""
        shared: dict[str, dict[str, Compiled]] = {}
        for pool, files in self.pools.items():
            shared[pool] = {}
            if not files.source.sound:
                continue
            self._check_competencies(files.source)
            check_shared(files.source)
            made = compile_source(files.source, self.linked, files.target)
            shared[pool][files.source.lang] = made
            for lang, draft in files.translations.items():
                if draft.sound:
                    contradictions(draft.source, draft.front, files.source.front)
                    check_shared(draft)
                    shared[pool][lang] = compile_translation(draft, self.linked, made)
        return shared

    def _noted(self, draft: Draft) -> dict[str, str]:
        path = draft.source.path.removesuffix(".md") + ".sync.yaml"
        return read_sync(self.yaml(path)[1]) if path in self.files else {}

    def _finish(self, files: UnitFiles, made: Compiled, original: Compiled | None) -> Unit:
        lang = made.draft.lang
        order = sorted(self.glossaries, key=lambda one: one.lang != lang)
        terms = reached(made.links, merged(order))
        return finish(made, files.course, original, terms)

    def _check_competencies(self, draft: Draft) -> None:
        if "competencies.yaml" not in self.files:
            return
        for name in draft.front.competencies:
            if name not in self.competencies:
                place = draft.front.places.get(name, draft.front.places.get("competencies", (1, 1)))
                draft.source.report("W414", *place, id=name, near=nearest(name, self.competencies))
        for asked in draft.outline.questions:
            named = asked.options.get("competencies", ())
            assert isinstance(named, tuple)
            for name in named:
                if name not in self.competencies:
                    column = asked.braces.settings["competencies"][2]
                    draft.source.report("W414", asked.line, column, id=name, near=nearest(name, self.competencies))

    def _check_references(self) -> None:
        for key, reference in self.linked.references.items():
            if key not in self.linked.cited:
                self.source("references.yaml").report("W412", reference.line, 1, key=key)

    def _site(self) -> Site:
        lines: tuple[HelpLine, ...] = ()
        if "help-lines.yaml" in self.files:
            lines = read_help_lines(*self.yaml("help-lines.yaml"), self.site.languages)
        directory: tuple[DirectoryEntry, ...] = ()
        if "directory.yaml" in self.files:
            directory = read_directory(*self.yaml("directory.yaml"), self.site.languages)
        glossary = {one.lang: tuple(term.entry for term in one.terms.values()) for one in self.glossaries}
        return Site(
            languages=self.site.languages,
            source_language=self.site.source_language,
            courses=tuple(self._course_order()),
            issuer=self.site.issuer,
            competencies=self.competencies,
            glossary=glossary,
            help_lines=lines,
            directory=directory,
        )


def _many(source: Source) -> int:
    return len(source.problems) + source.untold
