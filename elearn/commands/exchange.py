"""Commands that bring a unit in from another system or take one out. Neither Flask nor a database is loaded."""

import argparse
import datetime as dt
import posixpath
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from elearn import usage
from elearn.commands.common import done, quickly, read_settings, refuse
from elearn.commands.folders import shown
from elearn.store.content_folder import Layers, path_of, read_folder, read_layers, write_file
from elearn.store.whole_files import write_whole
from elearn.terminal import RED, Bar, language, paint, say, tell

if TYPE_CHECKING:
    from elearn.core.check import SiteBuild
    from elearn.core.exchange import Note

MOST = 1_000_001
"""Bytes read of a foreign file: one more than is taken, so that a longer one is told."""


def import_gift(given: argparse.Namespace) -> int:
    """A GIFT file becomes a new draft unit, whole or not at all; every loss and guess is told with its place."""
    from elearn.core.exchange import as_text
    from elearn.core.fields import RESERVED, UNIT_ID
    from elearn.core.gift import read_gift, slug
    from elearn.core.listed import UNITS, with_listed
    from elearn.core.reading import Reading
    from elearn.core.writing import write

    folders, layers = _content(given)
    file = Path(given.file)
    reading = Reading(layers.files, _today(), layers.added)
    reading.read()
    course = reading.courses.get(given.course)
    if course is None:
        return refuse(*usage.no_course(given.course, sorted(reading.courses)))
    unit = given.unit or slug(file.stem) or "import"
    if not UNIT_ID.fullmatch(unit) or unit in RESERVED:
        return refuse(*usage.bad_unit_id(unit))
    if unit in reading.units:
        return refuse(*usage.unit_exists(unit))
    try:
        with file.open("rb") as opened:
            body = opened.read(MOST)
    except OSError as error:
        return refuse(*usage.cannot_read(file, error))
    lang = reading.site.source_language
    made = read_gift(body, unit, given.title or file.stem, lang)
    for line in as_text(str(file), made.notes, language()).splitlines():
        tell(line)
    if made.unit is None:
        return refuse(*usage.nothing_imported())
    path = f"{course.folder}/{_next_number(layers, course.folder):02d}-{unit}/{lang}.md"
    text = write(made.unit, lang)
    build = _checked(Layers({**layers.files, path: text.encode()}, layers.added))
    if not _sound(build, path, folders):
        return refuse(*usage.nothing_imported())
    home, course_file = _home(folders, course.folder), f"{course.folder}/course.yaml"
    listing = with_listed(layers.files[course_file], UNITS, unit)
    if not given.dry_run:
        write_file(home, path, text.encode(), None)
        if listing is not None:
            write_file(home, course_file, listing, layers.files[course_file])
    tell(say(*usage.imported(shown(home / path), _counts(made.notes), given.dry_run)))
    if listing is None:
        tell(paint(say(*usage.by_hand(path_of(course_file, folders), UNITS[0], unit)), RED))
    return done(*usage.AFTER_IMPORT)


def export_gift(given: argparse.Namespace) -> int:
    """The questions of a unit as GIFT. What the format cannot hold is told on standard error."""
    from elearn.core.exchange import as_text
    from elearn.core.gift_writing import write_gift

    found = _unit(given)
    if found is None:
        return 1
    build, _, where = found
    made = write_gift(build.units[where])
    _give(given, made.text)
    report = as_text("/".join(where[:2]), made.notes, language())
    print(report, file=sys.stderr, flush=True)
    return 0


def export_html(given: argparse.Namespace) -> int:
    """A unit as one HTML file to print, its images inside; the answer key only where it is asked for."""
    from elearn.core.printed_unit import printed_unit

    found = _unit(given)
    if found is None:
        return 1
    build, layers, where = found
    images = {name: layers.files[path] for name, path in build.media.items()}
    _give(given, printed_unit(build.units[where], images, given.key))
    return 0


def _content(given: argparse.Namespace) -> tuple[tuple[Path, ...], Layers]:
    if given.content:
        folder = Path(given.content)
        return (folder,), Layers(read_folder(folder))
    folders = read_settings().layers
    return tuple(folders), read_layers(folders)


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def _checked(layers: Layers) -> "SiteBuild":
    from elearn.core.check import check_site

    with quickly():
        return check_site(layers.files, _today(), layers.added, Bar(say("Vérification", "Checking")))


def _sound(build: "SiteBuild", path: str, folders: tuple[Path, ...]) -> bool:
    """Is a file without errors? They are told where it has some."""
    from elearn.core.report import as_text

    wrong = [problem for problem in build.problems if problem.path == path and problem.severity == "error"]
    for problem in wrong:
        tell(as_text([replace(problem, path=path_of(path, folders))], language()))
    return not wrong


def _unit(given: argparse.Namespace) -> "tuple[SiteBuild, Layers, tuple[str, str, str]] | None":
    """The unit that was named, in the language that was named; None, and the reason told, where there is none."""
    folders, layers = _content(given)
    build = _checked(layers)
    course, _, unit = given.unit.strip("/").partition("/")
    lang = given.lang or (build.site.source_language if build.site else "fr")
    where = (course, unit, lang)
    if where not in build.units:
        refuse(*usage.no_unit_in(given.unit, lang, sorted({"/".join(known[:2]) for known in build.units})))
        return None
    return (build, layers, where) if _sound(build, build.written[where].path, folders) else None


def _next_number(layers: Layers, folder: str) -> int:
    """The number of the folder that comes after all those of a course."""
    numbers = [
        int(found[1]) for path in layers.files if (found := re.match(rf"{re.escape(folder)}/(\d{{1,3}})-", path))
    ]
    return max(numbers, default=0) + 1


def _home(folders: tuple[Path, ...], course: str) -> Path:
    """The uppermost content folder that has the course."""
    return [folder for folder in folders if (folder / course / "course.yaml").exists()][-1]


def _counts(notes: "tuple[Note, ...]") -> tuple[int, int]:
    from elearn.core.exchange import GUESSED, LOST

    return sum(note.severity == LOST for note in notes), sum(note.severity == GUESSED for note in notes)


def _give(given: argparse.Namespace, text: str) -> None:
    if given.output:
        write_whole(Path(given.output), text.encode())
        tell(posixpath.normpath(given.output))
    else:
        sys.stdout.write(text)
        sys.stdout.flush()
