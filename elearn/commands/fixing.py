"""The command that repairs what needs no decision, or shows what it would repair.

Only the operator's own folder is written, or the one that is named: never the courses that elearn comes with where
there are others, so that an upgrade finds them as they were.
"""

import argparse
import datetime as dt
import difflib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from elearn import usage
from elearn.commands.common import done, quickly, read_settings, refuse
from elearn.commands.folders import folders_of, new_ids, published_ids, root_of, shown, writable
from elearn.config import Settings
from elearn.store.content_folder import Layers, Meanwhile, read_folder, read_layers, write_file
from elearn.terminal import BOLD, DIM, GREEN, RED, Bar, language, paint, say, tell

if TYPE_CHECKING:
    from elearn.core.kept import Memory
    from elearn.core.rules import Problem


@dataclass(frozen=True, slots=True)
class Place:
    """A folder that is written. `layers`: what it is read with; `own`: its files; `only`: those asked for."""

    root: Path
    layers: Layers
    own: Mapping[str, bytes]
    only: frozenset[str]
    kept: "Memory"

    @property
    def files(self) -> dict[str, bytes]:
        return {**self.layers.files, **self.own}


def fix(given: argparse.Namespace) -> int:
    from elearn.core.beginning import site_of
    from elearn.core.fixing import Repaired, repair

    settings = read_settings()
    places, refused = _places(settings, [Path(path) for path in given.paths])
    published = published_ids(settings)
    for place in places:
        told = _told(place, {})
        for path in sorted({problem.path for problem in told if problem.code in ("E090", "E091")}):
            refused += refuse(*usage.not_text(shown(place.root / path)))
        texts = sorted({problem.path for problem in told if problem.fixable} | _full(told))
        ids = new_ids(place.files, published)
        bar, changed = Bar(say("réparation", "repairing")), list[Repaired]()
        for number, made in enumerate(repair(place.files, site_of(place.files).source_language, ids, texts), 1):
            bar(number, len(texts))
            if made.done:
                changed.append(made)
        for made in changed:
            refused += _tell(place, made.path, made.body, [p.code for p in made.done], given.dry_run)
        if changed and given.dry_run:
            tell(say(*usage.DRY_RUN))
        else:
            bodies = {made.path: made.body for made in changed}
            _left(place, len(changed), _told(place, bodies) if changed else told)
    return 1 if refused else 0


def _tell(place: Place, path: str, body: bytes, codes: list[str], dry: bool) -> int:
    """Says what was repaired in a file, or would be; 1 where it could not be written."""
    name = shown(place.root / path)
    if dry:
        for line in _diff(name, place.own[path], body):
            tell(line)
        return 0
    try:
        write_file(place.root, path, body, place.own[path])
    except Meanwhile:
        return refuse(*usage.meanwhile(name))
    counted = ", ".join(f"{code} × {many}" if many > 1 else code for code, many in sorted(Counter(codes).items()))
    return done(*usage.repaired(name, counted))


def _diff(name: str, before: bytes, after: bytes) -> Iterator[str]:
    styles = {"---": BOLD, "+++": BOLD, "@@ ": DIM, "+": GREEN, "-": RED}
    old, new = (body.decode("utf-8").splitlines() for body in (before, after))
    for line in difflib.unified_diff(old, new, name, name, lineterm=""):
        style = next((style for start, style in styles.items() if line.startswith(start)), "")
        yield paint(line, style) if style else line


def _told(place: Place, changes: Mapping[str, bytes]) -> "list[Problem]":
    """What the checker says of the files asked for, some of them changed."""
    from elearn.core.check import check_site

    bar = Bar(say("Vérification", "Checking"))
    with quickly():
        files, today = {**place.files, **changes}, dt.datetime.now(dt.UTC).date()
        build = check_site(files, today, place.layers.added, bar, place.kept)
    return [problem for problem in build.problems if problem.path in place.only]


def _full(told: "list[Problem]") -> set[str]:
    """Files of which the checker says no more, so that something to repair may be left unsaid."""
    from elearn.core.source import MOST

    return {path for path, many in Counter(problem.path for problem in told).items() if many >= MOST}


def _left(place: Place, changed: int, left: "list[Problem]") -> None:
    """What a person must decide, in full; how much else is left."""
    from elearn.core.rules import ERROR

    asked = [problem for problem in left if problem.code in ("W140", "E141")]
    if asked:
        tell(say(*usage.DECIDE))
    for problem in asked:
        name = shown(place.root / problem.path)
        tell(f"  {name}:{problem.line}:{problem.column}: {problem.code} {problem.message(language())}")
    tell(say(*usage.fixed(changed, len(left), sum(problem.severity == ERROR for problem in left))))


def _places(settings: Settings, paths: list[Path]) -> tuple[list[Place], int]:
    """Where to write: the folders asked for, or the operator's own; and how many are in no content folder."""
    if not paths:
        return [_place(settings, root, None) for root in writable(settings)], 0
    found: dict[Path, list[Path]] = {}
    refused = 0
    for path in paths:
        root = root_of(path.resolve())
        if root:
            found.setdefault(root, []).append(path.resolve())
        else:
            refused += refuse(*usage.not_content(path))
    return [_place(settings, root, asked) for root, asked in found.items()], refused


def _place(settings: Settings, root: Path, asked: list[Path] | None) -> Place:
    inside = root.resolve() in folders_of(settings)
    own = read_folder(root)
    layers = read_layers(settings.layers) if inside else Layers(own)
    wanted = [path.relative_to(root).as_posix() for path in asked or [root]]
    only = {path for path in own if any(w in (".", path) or path.startswith(w + "/") for w in wanted)}
    from elearn.core.kept import Memory

    return Place(root, layers, own, frozenset(only), Memory())
