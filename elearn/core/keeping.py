"""Decides which unit folders of a check need not be read again, and which can be kept for the next one.

Sound before quick: what a unit was compiled from is its own folder, every file outside the unit folders, and what its
links lead to. A unit that looks elsewhere, at another unit's picture for instance, is never kept.
"""

import datetime
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from elearn.core.course import Unit
from elearn.core.frontmatter import is_stale
from elearn.core.kept import ELSEWHERE, MOST_PROBLEMS, Kept, KeptText, KeptUnit, digest_of, is_plain, key_of, names_of
from elearn.core.links import Linked
from elearn.core.outline import Outline
from elearn.core.parse import Draft
from elearn.core.source import Source

_COURSE = re.compile(r"courses/[^/]+/course\.yaml")
_FOLDER = re.compile(r"courses/[^/]+/[^/]+(?=/)")


@dataclass(frozen=True, slots=True)
class Looked:
    """What was made of a unit folder, and what was cited and looked up for it (`Linked.traced`)."""

    course: str
    folder: str
    units: Mapping[str, Unit]
    cited: set[str]
    traced: set[tuple[str, str]]


class Keeping:
    """One check. `folders`: every unit folder; `languages`: of the site, the source one first."""

    def __init__(
        self,
        kept: Kept,
        files: Mapping[str, bytes],
        folders: Iterable[str],
        languages: Iterable[str],
        today: datetime.date,
    ) -> None:
        self.kept, self.today = kept, today
        self.own: dict[str, list[str]] = {folder: [] for folder in folders}
        self.common: dict[str, str] = {}
        self.shared: set[tuple[str, str]] = set()
        self.closed = False
        for path, name in names_of(files).items():
            found = _FOLDER.match(path)
            if found and found[0] in self.own:
                self.own[found[0]].append(name)
            elif not _COURSE.fullmatch(path):
                self.common[path] = name
        self.base = key_of(languages, sorted(self.common.values()))

    def find(self, course: str, folder: str) -> KeptUnit | None:
        """What was kept of a folder, unless a day has passed that changes what is told."""
        found = self.kept.get(self._key(course, folder))
        if found and all(is_stale(text.front, self.today) == is_stale(text.front, found.on) for text in found.texts):
            return found
        return None

    def holds(self, unit: KeptUnit, linked: Linked) -> bool:
        """Do its links still lead where they did? To be asked once every unit is known."""
        return all(digest_of(linked.units.get(name)) == digest for name, digest in unit.targets.items())

    def lean_on(self, linked: Linked) -> None:
        """What the glossary and the shared pools looked up: every unit may lean on it."""
        self.shared = set(linked.traced)
        looked = {path for what, path in self.shared if what == "file"}
        self.closed = not all(self._is_common(path) for path in looked)

    def keep(self, made: Looked, texts: Iterable[KeptText], linked: Linked) -> None:
        """Keeps what the check made of a folder, where that can be done soundly."""
        texts = tuple(texts)
        problems = [problem for text in texts for problem in text.read + text.told]
        targets = {
            name: digest_of(linked.units.get(name)) for what, name in made.traced | self.shared if what == "unit"
        }
        if (
            not self.closed
            and all(self._is_near(path, made.folder) for what, path in made.traced if what == "file")
            and all(targets[name] for what, name in made.traced if what == "unit")
            and len(problems) <= MOST_PROBLEMS
            and all(len(text.front.prerequisites) <= MOST_PROBLEMS for text in texts)
            and not any(problem.code in ELSEWHERE for problem in problems)
            and is_plain(problems)
        ):
            cited = tuple(sorted(made.cited))
            media = tuple(sorted(path for what, path in made.traced if what == "media"))
            whole = KeptUnit(self.today, texts, targets, dict(made.units), cited, media)
            self.kept.put(self._key(made.course, made.folder), whole)

    def _is_near(self, path: str, folder: str) -> bool:
        return path.startswith(folder + "/") or self._is_common(path)

    def _is_common(self, path: str) -> bool:
        """Is it one of the files that every unit was held against? What stands beside a course.yaml under its name is
        described by it, which is not."""
        return path in self.common and not _COURSE.fullmatch(posixpath.splitext(path)[0] + ".yaml")

    def _key(self, course: str, folder: str) -> str:
        return key_of([self.base, course, folder], self.own[folder])


def recalled(text: KeptText) -> Draft:
    """A text that was not read again: its header, its anchors and what was told of it."""
    source = Source(text.path, "")
    source.problems += text.read
    return Draft(source, text.lang, text.front, Outline(anchors=dict(text.anchors)))


def text_of(draft: Draft, read: int, marked: int) -> KeptText:
    """`read`: how many of its problems were told when it was read; `marked`: how many before its words were looked at.
    Between the two are those that the rest of the site decides."""
    problems = draft.source.problems
    first, last = tuple(problems[:read]), tuple(problems[marked:])
    return KeptText(draft.source.path, draft.lang, draft.front, dict(draft.outline.anchors), first, last)
