"""Commands on courses as they are written: check, which loads neither Flask nor a database unless it is told to."""

import argparse
import datetime as dt
import json
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from elearn import usage
from elearn.commands.common import in_a_line, quickly, read_settings
from elearn.commands.editions import units_of
from elearn.store.content_folder import Layers, path_of, read_folder, read_layers
from elearn.terminal import BLUE, BOLD, DIM, GREEN, RED, YELLOW, Bar, language, paint, say, tell

if TYPE_CHECKING:
    from elearn.core.rules import Problem

COLOURS = {"error": RED, "warning": YELLOW, "info": BLUE}


@in_a_line
def check(given: argparse.Namespace) -> int:
    """Exit status: 0 nothing in the way of publishing, 1 errors, 2 a folder that cannot be read, or our own fault."""
    from elearn.core.check import check_against, check_site
    from elearn.core.report import as_json
    from elearn.store.kept_units import kept_units

    settings = None if given.content else read_settings()
    folders = settings.layers if settings else (Path(given.content),)
    layers = Layers(read_folder(folders[0])) if given.content else read_layers(folders)
    bar = Bar(say("Vérification", "Checking"))
    today = dt.datetime.now(dt.UTC).date()
    with quickly(), kept_units(settings.instance) if settings else nullcontext() as kept:
        build = check_site(layers.files, today, layers.added, bar, kept)
    if given.against and build.site:
        told = check_against(build, units_of(given.against, build.site.source_language))
        build = replace(build, problems=tuple(sorted(build.problems + told, key=lambda one: one.place)))
    if given.json:
        tell(json.dumps(as_json(build.problems, language()), ensure_ascii=False, indent=1))
        return 0 if build.ok else 1
    for problem in build.problems:
        tell(_line(replace(problem, path=path_of(problem.path, folders))))
    if mendable := sum(problem.fixable for problem in build.problems):
        tell(say(*usage.fixable(mendable)))
    units = len({unit[:2] for unit in build.units})
    last = say(*usage.checked(len(build.courses), units, build.problems, build.ok))
    tell(paint(paint(last, BOLD), GREEN if build.ok else RED))
    return 0 if build.ok else 1


def _line(problem: "Problem") -> str:
    """`path:line:column: CODE message`, its parts told apart by colour where someone looks."""
    place = paint(f"{problem.path}:{problem.line}:{problem.column}:", DIM)
    return f"{place} {paint(problem.code, COLOURS[problem.severity])} {problem.message(language())}"
