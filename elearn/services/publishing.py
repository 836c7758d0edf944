"""Publishing: a folder that was checked becomes one immutable edition; a folder with an error changes nothing."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from elearn.core.check import SiteBuild, Written, check_against, check_site
from elearn.core.course import FORMAT, Unit, dump, dump_help_lines
from elearn.core.media import is_media
from elearn.core.rules import Problem
from elearn.services import transaction
from elearn.services.media import all_there, keep_media, pointer
from elearn.store.base import db
from elearn.store.content_folder import read_layers
from elearn.store.editions import Document, Edition, EditionEntry, entries, newest, read_edition, renderer_of

HELP_LINES = "help-lines.json"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`number`: the edition in force afterwards, None where there is none; `changed`: is it a new one.

    `written`: where each unit that was compiled stands, for who shows problems beside the text.
    """

    number: int | None
    changed: bool
    problems: tuple[Problem, ...]
    written: Mapping[tuple[str, str, str], Written] = field(default_factory=dict)


def publish(folders: Path | Sequence[Path], instance: Path, at: dt.datetime) -> Outcome:
    """Check a content folder, or several laid over one another, whole and publish it. An error publishes nothing."""
    layers = read_layers([folders] if isinstance(folders, Path) else folders)
    return publish_files(layers.files, instance, at, layers.added)


def publish_files(files: Mapping[str, bytes], instance: Path, at: dt.datetime, added: tuple[str, ...] = ()) -> Outcome:
    """Files that this very code has published already are not compiled again: a start stays quick.

    `added`: folders of courses that are listed though site.yaml does not name them (store.content_folder.Layers).
    """
    known = _unchanged(files, instance)
    if known is not None and (instance / HELP_LINES).exists():
        return Outcome(known, False, ())
    build = check_site(files, at.date(), added)
    if not build.ok or build.site is None:
        return Outcome(_newest(), False, build.problems, build.written)
    missing = check_against(build, _last_units(build.site.source_language))
    if missing:
        return Outcome(_newest(), False, build.problems + missing, build.written)
    documents = _documents(build, files)
    keep_media(files, build.media, instance)
    outcome = transaction.run(lambda tx: _publish(tx, documents, at))
    _keep_help_lines(build, instance)
    return Outcome(outcome[0], outcome[1], build.problems, build.written)


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


@cache
def renderer() -> str:
    """A hash of the code that compiles content: what it made is made again when it changes."""
    code = hashlib.sha256()
    for path in sorted((Path(__file__).parent.parent / "core").rglob("*.py")):
        code.update(path.read_bytes())
    return code.hexdigest()


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _newest() -> int | None:
    with db.engine.connect() as connection:
        return newest(connection)


def _last_units(lang: str) -> list[Unit]:
    """The units of the edition in force, in the source language: nothing published may go without a decision."""
    with db.engine.connect() as connection:
        number = newest(connection)
        last = read_edition(connection, number) if number else None
    return [unit for (_, _, spoken), unit in last.units.items() if spoken == lang] if last else []


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


def _publish(tx: Session, documents: Mapping[str, bytes], at: dt.datetime) -> tuple[int, bool]:
    named = {name: _digest(body) for name, body in documents.items()}
    last = newest(tx.connection())
    if last is not None and entries(tx.connection(), last) == named:
        tx.execute(update(Edition).where(Edition.number == last).values(renderer=renderer()))
        return last, False
    number = (last or 0) + 1
    known = set(tx.execute(select(Document.hash)).scalars())
    bodies = {named[name]: body for name, body in documents.items() if named[name] not in known}
    if bodies:
        tx.execute(insert(Document), [{"hash": digest, "body": body} for digest, body in bodies.items()])
    tx.execute(insert(Edition).values(number=number, published_at=at, format=FORMAT, renderer=renderer()))
    tx.execute(insert(EditionEntry), [{"edition": number, "name": name, "hash": named[name]} for name in sorted(named)])
    return number, True


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
