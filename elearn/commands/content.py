"""Commands on courses: check, which loads neither Flask nor a database, and publish."""

import argparse
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

from elearn import usage
from elearn.commands.common import done, open_site, read_settings
from elearn.store.content_folder import Layers, path_of, read_folder, read_layers
from elearn.terminal import language, say, tell


def check(given: argparse.Namespace) -> int:
    from elearn.core.check import check_site
    from elearn.core.report import as_json, as_text

    folders = (Path(given.content),) if given.content else read_settings().layers
    layers = Layers(read_folder(folders[0])) if given.content else read_layers(folders)
    build = check_site(layers.files, dt.datetime.now(dt.UTC).date(), layers.added)
    if given.json:
        tell(json.dumps(as_json(build.problems, language()), ensure_ascii=False, indent=1))
        return 0 if build.ok else 1
    for problem in build.problems:
        tell(as_text([replace(problem, path=path_of(problem.path, folders))], language()))
    if mendable := sum(problem.fixable for problem in build.problems):
        tell(say(*usage.fixable(mendable)))
    units = len({unit[:2] for unit in build.units})
    return done(*usage.checked(len(build.courses), units, build.problems)) if build.ok else 1


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
