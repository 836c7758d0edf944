"""Commands on editions: publish, diff, and the units that `--against` names."""

import argparse
import datetime as dt
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from elearn import usage
from elearn.commands.common import done, open_site, quickly, read_settings, refuse
from elearn.store.content_folder import Layers, read_folder, read_layers
from elearn.terminal import BOLD, Bar, paint, say, tell

if TYPE_CHECKING:
    from elearn.core.changes import Change
    from elearn.core.course import Unit


def publish(given: argparse.Namespace) -> int:
    from elearn.commands.changes_told import tell_summary
    from elearn.running import publish_and_tell, watch
    from elearn.services import key_changes
    from elearn.store.base import now

    settings = read_settings()
    with open_site(settings):
        if given.watch:
            watch(settings, given.trial)
            return 0
        asked = _Asked(given.key_changes)
        with quickly():
            outcome = publish_and_tell(settings, asked.decide, given.note, given.dry_run)
        if any(problem.severity == "error" for problem in outcome.problems):
            return 1
        if asked.undecided:
            return refuse(*usage.undecided([one.key for one in asked.undecided]))
        if outcome.changed or (given.dry_run and outcome.changes):
            tell_summary(outcome.changes)
        if given.dry_run:
            return done(*usage.NOT_PUBLISHED)
        if not outcome.changed:
            tell(say(f"Rien n'a changé : édition {outcome.number}.", f"Nothing has changed: edition {outcome.number}."))
        if key_changes.waiting():
            return done(*usage.marked_again(key_changes.apply(now(), Bar(say("réponses", "answers")))))
    return 0


def diff(given: argparse.Namespace) -> int:
    from elearn.commands.changes_told import summary, tell_changes
    from elearn.core.check import changes_of, check_site
    from elearn.store.kept_units import kept_units

    settings = read_settings()
    layers = Layers(read_folder(Path(given.content))) if given.content else read_layers(settings.layers)
    today, bar = dt.datetime.now(dt.UTC).date(), Bar(say("Vérification", "Checking"))
    with quickly(), kept_units(settings.instance) if not given.content else nullcontext() as kept:
        build = check_site(layers.files, today, layers.added, bar, kept)
    errors = sum(one.severity == "error" and not one.code.startswith("T") for one in build.problems)
    if errors or build.site is None:
        return refuse(*usage.mend_first(errors))
    found = changes_of(build, units_of(given.against, build.site.source_language))
    tell_changes(found)
    tell(summary(found))
    return 0


def units_of(against: str | None, lang: str) -> "list[Unit]":
    """The units of an edition by its number, of a folder that was exported, or what people last saw of this site."""
    from elearn.core.check import check_site

    if against is None or against.isdecimal():
        return _from_site(against, lang)
    folder = Path(against)
    if not folder.is_dir():
        raise usage.no_edition(against)
    return list(check_site(read_folder(folder), dt.datetime.now(dt.UTC).date()).units.values())


def _from_site(against: str | None, lang: str) -> "list[Unit]":
    with open_site(read_settings()):
        from elearn.store.base import db
        from elearn.store.editions import entries, last_seen, read_edition

        with db.engine.connect() as connection:
            if against is None:
                return last_seen(connection, lang)
            if not (len(against) < 10 and entries(connection, int(against))):
                raise usage.no_edition(against)
            return list(read_edition(connection, int(against)).units.values())


class _Asked:
    """Asks what becomes of answers given before, once a question, where somebody sits at a terminal and the command
    does not say. `undecided`: what nobody could be asked about."""

    def __init__(self, said: str | None) -> None:
        self.said = said
        self.undecided: Sequence[Change] = ()

    def decide(self, asked: "Sequence[Change]") -> Mapping[str, str] | None:
        if self.said:
            return {one.key: self.said for one in asked}
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            self.undecided = asked
            return None
        tell(say(*usage.KEY_CHANGED))
        try:
            return {one.key: _ask(one) for one in asked}
        except EOFError:
            self.undecided = asked
            return None


def _ask(one: "Change") -> str:
    from elearn.commands.changes_told import tell_words

    tell(paint(one.key, BOLD))
    for words in one.words:
        tell_words(words, "  ")
    letters = {say(*words)[0]: name for name, words in usage.DECIDED.items()}
    while True:
        typed = input("  " + say(*usage.DECIDE_KEY) + " ").strip().lower()[:1]
        if not typed:
            return "keep"
        if typed in letters:
            return letters[typed]
