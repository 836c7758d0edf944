"""What happens around the server: the site is made ready, published, and the operator is told where it is.

Called by `elearn run`, `publish` and `preview`, inside the app's context. Knows no HTML.
"""

import contextlib
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from elearn.config import Settings
from elearn.core.changes import Change, needing_decision
from elearn.core.kept import Kept, Memory
from elearn.services import accounts, adoptions
from elearn.services.publishing import Outcome, Publication, prepare, publish_prepared
from elearn.services.writing import turn
from elearn.store.base import now
from elearn.store.content_folder import path_of, read_layers
from elearn.store.kept_units import kept_units
from elearn.terminal import BLUE, BOLD, DIM, GREEN, RED, Bar, language, paint, say, tell
from elearn.web.previewing import PROBLEMS

LOOK_EVERY = 0.5

DEMO = (
    ("benoit", "Benoît", "trainee", "en formation", "a trainee"),
    ("ada", "Ada", "trainer", "formatrice", "a trainer"),
    ("emile", "Émile", "admin", "administration", "an administrator"),
)


Decide = Callable[[Sequence[Change]], Mapping[str, str] | None]
"""Given the questions whose key changed: by global key, what becomes of the answers given before (core.changes), or
None to publish nothing."""


def keep_answers(asked: Sequence[Change]) -> Mapping[str, str]:
    """What a publication decides that nobody looks at: every answer stays as it was marked."""
    named = ", ".join(one.key for one in asked)
    tell(
        say(
            f"Ce qui est juste a changé ({named}) : les réponses déjà données restent notées comme elles étaient.",
            f"What is right has changed ({named}): answers given before stay marked as they were.",
        )
    )
    return {}


def publish_and_tell(
    settings: Settings,
    decide: Decide = keep_answers,
    note: str = "",
    dry_run: bool = False,
    trial: bool = False,
    kept: Kept | None = None,
) -> Outcome:
    """Publish the content folder where it changed; say what came of it. A folder with an error changes nothing.

    `trial`: on a throwaway site nobody has answered yet, so that questions may go and turn as one writes. `kept`: units
    compiled before, else those that the instance keeps.
    """
    adoptions.keep_copy(settings.instance)  # a restored backup may tell otherwise than the copy that lay here
    with contextlib.nullcontext(kept) if kept else kept_units(settings.instance) as store:
        outcome = _publish(settings, decide, note, dry_run, trial, store)
    errors = [problem for problem in outcome.problems if problem.severity == "error"]
    if errors:
        for problem in errors[:20]:
            shown = path_of(problem.path, settings.layers)
            tell(f"  {shown}:{problem.line}:{problem.column}: {problem.code} {problem.message(language())}")
        if len(errors) > 20:
            more = f"{len(errors) - 20}"
            tell("  " + say(f"… et {more} autres : elearn check les montre.", f"… and {more} more: see elearn check."))
        online = say("l'édition précédente reste en ligne", "the last edition stays up")
        nothing = say("rien n'est encore publié", "nothing is published yet")
        stays = online if outcome.number else nothing
        tell(paint(say(f"Contenu non publié ({stays}).", f"Content not published ({stays})."), RED))
    elif outcome.changed:
        if not trial:
            _tell_models_left(settings, outcome)
        tell(paint(say(f"Édition {outcome.number} publiée.", f"Edition {outcome.number} published."), GREEN))
    return outcome


def _tell_models_left(settings: Settings, outcome: Outcome) -> None:
    """Words of a model that nobody replaced: whoever publishes them should know."""
    for problem in outcome.problems:
        if problem.code == "W093":
            shown = path_of(problem.path, settings.layers)
            tell(f"  {shown}:{problem.line}:{problem.column}: {problem.code} {problem.message(language())}")


def _publish(settings: Settings, decide: Decide, note: str, dry_run: bool, trial: bool, kept: Kept | None) -> Outcome:
    bar = Bar(say("Vérification", "Checking"))
    while True:
        # Read anew each time: what a trainer published meanwhile would be undone by what was read before.
        with turn(settings):
            layers = read_layers(settings.layers)
        ready = prepare(layers.files, settings.instance, now(), layers.added, not trial, bar, kept)
        asked = needing_decision(ready.changes) if ready.ok and not dry_run else ()
        decisions = decide(asked) if asked else {}
        if dry_run or decisions is None:
            return ready.outcome
        outcome = publish_prepared(ready, settings.instance, now(), Publication(note=note, decisions=decisions))
        if outcome is not None:
            return outcome


def link_address(settings: Settings, token: str) -> str:
    return f"{settings.address}/accounts/links/{token}"


def welcome(settings: Settings, people: tuple[tuple[str, str, str, str, str], ...] = DEMO) -> None:
    """The address and, for a trial on one's own machine only, a link to sign in as each demo person."""
    if not settings.demonstration:
        accounts.close_demo(now())
    tell()
    tell("  " + paint("elearn", BOLD) + "  " + paint(settings.address + "/", BLUE))
    if settings.demonstration:
        tell()
        once = say("chaque lien sert une fois, pendant douze heures", "each link works once, within twelve hours")
        tell("  " + say("Pour essayer", "To try it") + paint(f" ({once})", DIM))
        for name, shown, role, fr, en in people:
            with contextlib.suppress(LookupError):
                address = link_address(settings, accounts.make_demo(name, shown, role, now()))
                tell(f"    {shown + ', ' + say(fr, en):<26}{paint(address, BLUE)}")
        if not settings.mail_server:
            tell()
            kept = say("Le courrier reste ici ; pour le lire :", "Mail stays here; to read it:")
            tell(f"  {kept} {paint('elearn mail list', BLUE)}")
    tell()
    tell("  " + paint(say("Ctrl-C pour arrêter", "Ctrl-C to stop"), DIM))
    tell()


def watch(settings: Settings, trial: bool = False) -> None:
    """Publish at each save, as long as whoever started this is there. Problems are written for the top of the pages."""
    parent, kept = os.getppid(), Memory()
    for _ in changes(settings.layers, lambda: os.getppid() != parent):
        keep_problems(settings, publish_and_tell(settings, trial=trial, kept=kept))


def changes(folders: Sequence[Path], stop: Callable[[], bool]) -> Iterator[None]:
    """Once at the start, then after each change, when a save has come to rest: two looks that agree."""
    seen: object = None
    while not stop():
        found = snapshot(folders)
        if found != seen:
            time.sleep(LOOK_EVERY / 5)
            if snapshot(folders) == found:
                seen = found
                yield
        time.sleep(LOOK_EVERY)


def snapshot(folders: Sequence[Path]) -> frozenset[tuple[str, int, int]]:
    """Path, time of change and size of every file of some folders."""
    found = set()
    for path in (path for folder in folders for path in folder.rglob("*")):
        try:
            state = path.stat()
        except OSError:
            continue
        found.add((str(path), state.st_mtime_ns, state.st_size))
    return frozenset(found)


def keep_problems(settings: Settings, outcome: Outcome) -> None:
    """For the pages of a preview: each problem with the unit and the section or question in which it stands."""
    units = {written.path: (unit, written.lines) for unit, written in outcome.written.items()}
    told = []
    for problem in outcome.problems:
        unit, lines = units.get(problem.path, ((), {}))
        before = [(line, anchor) for anchor, line in lines.items() if line <= problem.line]
        told.append(
            {
                "unit": unit,
                "anchor": max(before)[1] if before else "",
                "path": problem.path,
                "line": problem.line,
                "column": problem.column,
                "code": problem.code,
                "severity": problem.severity,
                "fr": problem.message("fr"),
                "en": problem.message("en"),
            }
        )
    target = settings.instance / PROBLEMS
    mine = target.with_name(f".{PROBLEMS}.{secrets.token_hex(4)}")
    body = {"save": secrets.token_hex(4), "problems": told}
    mine.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    mine.replace(target)
