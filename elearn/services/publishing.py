"""Publishing: a folder that was checked becomes one immutable edition; a folder with an error changes nothing."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from elearn.core.changes import DECISIONS, KEEP, Change, needing_decision
from elearn.core.check import SiteBuild, Written, changes_of, check_changes, check_site
from elearn.core.course import FORMAT, Unit, dump, dump_help_lines
from elearn.core.kept import Kept
from elearn.core.media import is_media
from elearn.core.rules import ERROR, Problem
from elearn.services import audit, searching, transaction
from elearn.services.audit import By
from elearn.services.media import all_there, keep_media, pointer
from elearn.store.accounts import Person
from elearn.store.base import db
from elearn.store.content_folder import read_layers
from elearn.store.editions import (
    Document,
    Edition,
    EditionEntry,
    KeyChange,
    entries,
    last_seen,
    newest,
    renderer_of,
)
from elearn.store.kept_units import renderer

HELP_LINES = "help-lines.json"
NOTE_LIMIT = 300
TRIES = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """`number`: the edition in force afterwards, None where there is none; `changed`: is it a new one. `changes`: what
    it changes in what people saw before. `written`: where each unit that was compiled stands, for who shows problems
    beside the text."""

    number: int | None
    changed: bool
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...] = field(default=(), compare=False)
    written: Mapping[tuple[str, str, str], Written] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A folder that was read over and held against the edition `last`, before anything is written. `build` is None
    where these very files are published already."""

    files: Mapping[str, bytes]
    last: int | None
    build: SiteBuild | None = None
    problems: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def ok(self) -> bool:
        return not any(problem.severity == ERROR for problem in self.problems)

    @property
    def outcome(self) -> Outcome:
        """What came of it where nothing is written."""
        return Outcome(self.last, False, self.problems, self.changes, self.build.written if self.build else {})


@dataclass(frozen=True, slots=True)
class Publication:
    """Who publishes (Person.id; None for the command line), why, and what was decided for answers given before, by
    global key (core.changes.DECISIONS); a key that is not named is kept. `restores`: the edition it brings back."""

    by: int | None = None
    note: str = ""
    decisions: Mapping[str, str] = field(default_factory=dict)
    restores: int | None = None


def publish(folders: Path | Sequence[Path], instance: Path, at: dt.datetime) -> Outcome:
    """Check a content folder, or several laid over one another, whole and publish it. An error publishes nothing."""
    layers = read_layers([folders] if isinstance(folders, Path) else folders)
    return publish_files(layers.files, instance, at, layers.added)


def publish_files(
    files: Mapping[str, bytes],
    instance: Path,
    at: dt.datetime,
    added: tuple[str, ...] = (),
    *,
    by: int | None = None,
    note: str = "",
    decisions: Mapping[str, str] | None = None,
    restores: int | None = None,
    kept: Kept | None = None,
) -> Outcome:
    """Files that this very code has published already are not compiled again: a start stays quick.

    `added`: folders of courses that are listed though site.yaml does not name them (store.content_folder.Layers). The
    rest as in `Publication`. What was decided is done afterwards, by `services.key_changes.apply`.
    """
    said = Publication(by, note, decisions or {}, restores)
    for _ in range(TRIES):
        ready = prepare(files, instance, at, added, compare=restores is None, kept=kept)
        outcome = publish_prepared(ready, instance, at, said)
        if outcome is not None:
            return outcome
    return ready.outcome


def prepare(
    files: Mapping[str, bytes],
    instance: Path,
    at: dt.datetime,
    added: tuple[str, ...] = (),
    compare: bool = True,
    progress: Callable[[int, int], None] | None = None,
    kept: Kept | None = None,
) -> Prepared:
    """Read everything over and say what would change. Writes nothing.

    `compare`: is it refused that a published question goes or turns into another kind. Not where an earlier edition is
    brought back whole, nor on a throwaway site. `progress`, `kept`: as `check_site`.
    """
    known = _unchanged(files, instance)
    if known is not None and (instance / HELP_LINES).exists():
        return Prepared(files, known)
    build = check_site(files, at.date(), added, progress, kept)
    last, seen = _last_seen(build.site.source_language if build.site else "")
    if not build.ok:
        return Prepared(files, last, build, build.problems)
    found = changes_of(build, seen)
    return Prepared(files, last, build, build.problems + (check_changes(build, found) if compare else ()), found)


def publish_prepared(ready: Prepared, instance: Path, at: dt.datetime, said: Publication) -> Outcome | None:
    """Make the edition. None where another one was published meanwhile: prepare again."""
    build = ready.build
    if build is None or not ready.ok or build.site is None:
        return ready.outcome
    unknown = set(said.decisions.values()) - set(DECISIONS)
    if unknown:
        raise ValueError(f"decision {sorted(unknown)}")
    documents = _documents(build, ready.files)
    keep_media(ready.files, build.media, instance)
    units = {_digest(documents[f"unit/{'/'.join(place)}"]): unit for place, unit in build.units.items()}
    passages = searching.rows_of(units)
    outcome = transaction.run(lambda tx: _publish(tx, documents, passages, at, ready, said))
    if outcome is None:
        return None
    _keep_help_lines(build, instance)
    return Outcome(outcome[0], outcome[1], ready.problems, ready.changes, build.written)


def _unchanged(files: Mapping[str, bytes], instance: Path) -> int | None:
    """The edition in force, where it was made from these files by this code and all that it plays is at hand."""
    with db.engine.connect() as connection:
        last = newest(connection)
        if last is None or renderer_of(connection, last) != renderer():
            return None
        all_entries = entries(connection, last)
    named = {name: digest for name, digest in all_entries.items() if name.startswith("source/")}
    if named != {f"source/{path}": _digest(_stored(path, body)) for path, body in files.items()}:
        return None
    used = (name.removeprefix("media/") for name in all_entries if name.startswith("media/"))
    return last if all_there(used, instance) else None


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _last_seen(lang: str) -> tuple[int | None, list[Unit]]:
    """The edition in force, and every unit as people last saw it: nothing published may go without a decision."""
    with db.engine.connect() as connection:
        return newest(connection), last_seen(connection, lang)


def _documents(build: SiteBuild, files: Mapping[str, bytes]) -> dict[str, bytes]:
    assert build.site is not None
    documents = {"site": dump(build.site)}
    documents |= {f"course/{course.id}": dump(course) for course in build.courses}
    documents |= {f"unit/{course}/{unit}/{lang}": dump(one) for (course, unit, lang), one in build.units.items()}
    documents |= {f"source/{path}": _stored(path, body) for path, body in files.items()}
    documents |= {f"media/{name}": pointer(path, files[path]) for name, path in build.media.items()}
    return documents


def _stored(path: str, body: bytes) -> bytes:
    """A text as it was written; of a sound, a video or an image, where it is kept: no database holds films."""
    return pointer(path, body) if is_media(path) else body


def _publish(
    tx: Session,
    documents: Mapping[str, bytes],
    passages: searching.Rows,
    at: dt.datetime,
    ready: Prepared,
    said: Publication,
) -> tuple[int, bool] | None:
    named = {name: _digest(body) for name, body in documents.items()}
    last = newest(tx.connection())
    if last != ready.last:
        return None
    if last is not None and entries(tx.connection(), last) == named:
        tx.execute(update(Edition).where(Edition.number == last).values(renderer=renderer()))
        return last, False
    number = (last or 0) + 1
    known = set(tx.execute(select(Document.hash)).scalars())
    bodies = {named[name]: body for name, body in documents.items() if named[name] not in known}
    if bodies:
        tx.execute(insert(Document), [{"hash": digest, "body": body} for digest, body in bodies.items()])
    searching.keep(tx, passages)
    own = {"made_by": said.by, "note": said.note.strip()[:NOTE_LIMIT], "restores": said.restores}
    tx.execute(insert(Edition).values(number=number, published_at=at, format=FORMAT, renderer=renderer(), **own))
    tx.execute(insert(EditionEntry), [{"edition": number, "name": name, "hash": named[name]} for name in sorted(named)])
    _decide(tx, number, at, ready, said)
    _log(tx, number, at, said)
    return number, True


def _decide(tx: Session, number: int, at: dt.datetime, ready: Prepared, said: Publication) -> None:
    """What becomes of the answers given to each question whose key changed; to keep them needs no more work."""
    rows = []
    for one in needing_decision(ready.changes):
        decision = said.decisions.get(one.key, KEEP)
        done = at if decision == KEEP else None
        rows.append({"edition": number, "question": one.key, "decision": decision, "reached": 0, "done_at": done})
    if rows:
        tx.execute(insert(KeyChange), rows)


def _log(tx: Session, number: int, at: dt.datetime, said: Publication) -> None:
    """Who published from the pages; the edition's own row says the rest."""
    who = tx.execute(select(Person.uid, Person.role).where(Person.id == said.by)).first() if said.by else None
    if who:
        restores = said.restores or 0
        audit.record(tx, By(at, who.uid, who.role), "content published", edition=number, restores=restores)


def _keep_help_lines(build: SiteBuild, instance: Path) -> None:
    """A copy beside the database: the help page answers when the database does not."""
    from_site = build.site.help_lines if build.site else ()
    body = dump_help_lines(from_site)
    target = instance / HELP_LINES
    if target.exists() and target.read_bytes() == body:
        return
    instance.mkdir(parents=True, exist_ok=True)
    mine = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    mine.write_bytes(body)
    mine.replace(target)
