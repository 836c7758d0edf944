"""Commands on courses as they are written: check, which loads neither Flask nor a database unless it is told to."""

import argparse
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

from elearn import usage
from elearn.commands.common import done, read_settings
from elearn.commands.editions import units_of
from elearn.store.content_folder import Layers, path_of, read_folder, read_layers
from elearn.terminal import language, tell


def check(given: argparse.Namespace) -> int:
    from elearn.core.check import check_against, check_site
    from elearn.core.report import as_json, as_text

    folders = (Path(given.content),) if given.content else read_settings().layers
    layers = Layers(read_folder(folders[0])) if given.content else read_layers(folders)
    build = check_site(layers.files, dt.datetime.now(dt.UTC).date(), layers.added)
    if given.against and build.site:
        told = check_against(build, units_of(given.against, build.site.source_language))
        build = replace(build, problems=tuple(sorted(build.problems + told, key=lambda one: one.place)))
    if given.json:
        tell(json.dumps(as_json(build.problems, language()), ensure_ascii=False, indent=1))
        return 0 if build.ok else 1
    for problem in build.problems:
        tell(as_text([replace(problem, path=path_of(problem.path, folders))], language()))
    units = len({unit[:2] for unit in build.units})
    return done(*usage.checked(len(build.courses), units, build.problems)) if build.ok else 1
