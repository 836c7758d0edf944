"""Commands on courses: check, which loads neither Flask nor a database, and publish."""

import argparse
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from elearn import usage
from elearn.commands.common import in_a_line, open_site, read_settings
from elearn.store.content_folder import Layers, path_of, read_folder, read_layers
from elearn.terminal import BLUE, BOLD, DIM, GREEN, RED, YELLOW, Bar, language, paint, say, tell

if TYPE_CHECKING:
    from elearn.core.rules import Problem

COLOURS = {"error": RED, "warning": YELLOW, "info": BLUE}


@in_a_line
def check(given: argparse.Namespace) -> int:
    """Exit status: 0 nothing in the way of publishing, 1 errors, 2 a folder that cannot be read, or our own fault."""
    from elearn.core.check import check_site
    from elearn.core.report import as_json

    folders = (Path(given.content),) if given.content else read_settings().layers
    layers = Layers(read_folder(folders[0])) if given.content else read_layers(folders)
    bar = Bar(say("Vérification", "Checking"))
    build = check_site(layers.files, dt.datetime.now(dt.UTC).date(), layers.added, bar)
    if given.json:
        tell(json.dumps(as_json(build.problems, language()), ensure_ascii=False, indent=1))
        return 0 if build.ok else 1
    for problem in build.problems:
        tell(_line(replace(problem, path=path_of(problem.path, folders))))
    units = len({unit[:2] for unit in build.units})
    last = say(*usage.checked(len(build.courses), units, build.problems, build.ok))
    tell(paint(paint(last, BOLD), GREEN if build.ok else RED))
    return 0 if build.ok else 1


def _line(problem: "Problem") -> str:
    """`path:line:column: CODE message`, its parts told apart by colour where someone looks."""
    place = paint(f"{problem.path}:{problem.line}:{problem.column}:", DIM)
    return f"{place} {paint(problem.code, COLOURS[problem.severity])} {problem.message(language())}"


def publish(given: argparse.Namespace) -> int:
    from elearn.running import publish_and_tell, watch

    settings = read_settings()
    with open_site(settings):
        if given.watch:
            watch(settings)
            return 0
        outcome = publish_and_tell(settings)
        if not outcome.changed and not any(problem.severity == "error" for problem in outcome.problems):
            tell(say(f"Rien n'a changé : édition {outcome.number}.", f"Nothing has changed: edition {outcome.number}."))
        return 1 if any(problem.severity == "error" for problem in outcome.problems) else 0
