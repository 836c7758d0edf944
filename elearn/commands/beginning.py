"""Commands that begin a course, a unit or a question.

They write in the operator's own folder, or in the one that is named: never among the courses that elearn comes with.
"""

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from elearn import usage
from elearn.commands import folders
from elearn.commands.common import done, read_settings, refuse
from elearn.commands.folders import folders_of, new_ids, published_ids, root_of, shown
from elearn.config import Settings
from elearn.store.content_folder import Meanwhile, read_folder, read_layers, write_file
from elearn.terminal import RED, language, paint, say, tell

if TYPE_CHECKING:
    from elearn.core.beginning import Begun


def new_course(given: argparse.Namespace) -> int:
    from elearn.core import beginning

    def begin(files: dict[str, bytes], own: dict[str, bytes]) -> "Begun":
        title, id = _named(given, files)
        return beginning.new_course(files, own, id, title, given.lang or "", dt.datetime.now(dt.UTC).year)

    return _begin(given, begin, "course")


def new_unit(given: argparse.Namespace) -> int:
    from elearn.core import beginning

    def begin(files: dict[str, bytes], own: dict[str, bytes]) -> "Begun":
        course = given.course or _ask(say("Dans quel cours ?", "In which course?"), ", ".join(beginning.courses(files)))
        title, id = _named(given, files)
        ids = new_ids(files, published_ids(read_settings()))
        return beginning.new_unit(files, course, id, title, given.lang or "", ids, given.exam)

    return _begin(given, begin, "exam" if given.exam else "unit")


def new_question(given: argparse.Namespace) -> int:
    from elearn.core import beginning, skeletons

    words = ", ".join(skeletons.QUESTIONS[kind].words[language() != "fr"] for kind in skeletons.QUESTIONS)
    if not given.kind:
        return refuse(*usage.which_kind(words))

    def begin(files: dict[str, bytes], own: dict[str, bytes]) -> "Begun":
        ids = new_ids(files, published_ids(read_settings()))
        return beginning.new_question(files, _unit(given.unit), given.kind, given.lang or "", ids)

    return _begin(given, begin, "question", words)


def _begin(
    given: argparse.Namespace,
    begin: "Callable[[dict[str, bytes], dict[str, bytes]], Begun]",
    what: str,
    kinds: str = "",
) -> int:
    """Writes what is new; where something is in the way, says what to do instead."""
    from elearn.core.beginning import NotBegun

    settings = read_settings()
    root = _target(settings, given)
    own = read_folder(root) if root.is_dir() else {}
    files = {**read_layers(settings.layers).files, **own} if root in folders_of(settings) else own
    try:
        begun = begin(files, own)
        for path, body in begun.files.items():
            write_file(root, path, body, own.get(path))
    except NotBegun as error:
        return refuse(*usage.NOT_BEGUN[error.code](error.what, kinds))
    except Meanwhile as error:
        return refuse(*usage.meanwhile(shown(Path(str(error)))))
    for path in begun.files:
        copied = path in files and path not in own
        tell(say(*usage.wrote(shown(root / path), copied)))
    if begun.by_hand:
        path, key, id = begun.by_hand
        tell(paint(say(*usage.by_hand(shown(root / path), key, id)), RED))
    course, unit = begun.path.split("/")[1:3]
    return done(*usage.AND_THEN[what](course, unit.partition("-")[2]))


def _target(settings: Settings, given: argparse.Namespace) -> Path:
    if given.content:
        return Path(given.content).resolve()
    asked = root_of(Path(given.unit).resolve()) if getattr(given, "unit", "").endswith(".md") else None
    return asked or (settings.own_content if settings.content == folders.SHIPPED else settings.content).resolve()


def _unit(asked: str) -> str:
    """A path of the content folder where a file is named, else the id as it was typed."""
    path = Path(asked).resolve()
    root = root_of(path) if path.is_file() else None
    return path.relative_to(root).as_posix() if root else asked


def _named(given: argparse.Namespace, files: Mapping[str, bytes]) -> tuple[str, str]:
    """Title and id, asked for on a terminal where they were not given."""
    from elearn.core.beginning import slug

    if given.id:
        return given.title or "", given.id
    title = given.title or _ask(say("Quel titre ?", "Which title?"))
    return title, slug(title) if given.title else _ask(say("Quel nom court ?", "Which short name?"), slug(title))


def _ask(question: str, proposed: str = "") -> str:
    """What is typed, or what was proposed where it is one thing."""
    if not sys.stdin.isatty():
        raise usage.not_given()
    try:
        answer = input(f"{question} {f'[{proposed}] ' if proposed else ''}").strip()
    except EOFError as error:
        raise usage.not_given() from error
    return answer or (proposed if "," not in proposed else "")
