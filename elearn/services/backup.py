"""`elearn backup`: one archive of the database and of what lies beside it, without the keys, read back once written.

Works on any version of the tables, so that an upgrade can begin with it. Needs no app.
"""

import contextlib
import datetime as dt
import json
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from elearn import __version__
from elearn.config import Settings, SettingsError
from elearn.keyring import Keyring
from elearn.services import audit
from elearn.services.audit import By
from elearn.services.notes import put_note
from elearn.store import archive, dump, schema
from elearn.store.archive import Manifest
from elearn.store.dump import Progress
from elearn.store.journal import JOURNAL, read_journals, write_journal

SUFFIX = ".backup"
KEEP_DAYS = 35
BESIDE = ("media", "content", "drafts")
"""Folders of the instance that an archive holds. Counters of the last minutes are not worth keeping."""
WORKING, DRILL = ".elearn-backup-", ".elearn-drill-"
LEFT = (f"{WORKING}*", f"{DRILL}*", f".elearn-*{SUFFIX}.part")
"""Names of what only a killed backup or drill leaves: an archive may be written to a folder that holds other things."""
TRIES = 3
STALE = 86_400.0
"""Seconds after which a working folder was left by a backup that was killed."""


@dataclass(frozen=True, slots=True)
class Made:
    path: Path
    manifest: Manifest
    size: int
    seconds: float


def make(
    engine: Engine,
    settings: Settings,
    ring: Keyring,
    at: dt.datetime,
    target: Path | None = None,
    progress: Progress = lambda done, of: None,
) -> Made:
    """Write an archive and read it back, to the last byte and the last row. SettingsError where it cannot be made."""
    began = time.monotonic()
    target = target or settings.backups / f"elearn-{at:%Y%m%dT%H%M%SZ}{SUFFIX}"
    if target.exists():
        raise SettingsError(f"{target} existe déjà : donnez un autre nom.", f"{target} is there already: give another.")
    _make_folder(target.parent)
    sweep(target.parent)
    with _scratch(target.parent) as stage:
        try:
            manifest = _write(engine, settings, ring, at, target, stage, progress)
            _read_back(target, manifest, ring, stage / "read-back")
        except (dump.Damaged, archive.BadArchive, OSError, sqlite3.Error) as error:
            target.unlink(missing_ok=True)
            raise _not_made(error) from error
    _copy_journal(settings, target.parent)
    return Made(target, manifest, target.stat().st_size, time.monotonic() - began)


def note_made(tx: Session, made: Made, at: dt.datetime) -> None:
    """Note and log an archive. Apart from `make`, since older tables have no place for it."""
    put_note(tx, "backup", f"{made.path.name} {made.size}"[:400], at)
    audit.record(tx, By(at), "backup made", size=made.size, revision=made.manifest.revision)


def archives(folder: Path) -> list[Path]:
    """Every archive of a folder, oldest first."""
    return sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime)


def prune(folder: Path, days: int, at: dt.datetime, keep: Path) -> list[Path]:
    """Delete archives older than `days`, but for the one just made: what people had erased must not lie on in them."""
    limit = at.timestamp() - days * 86_400
    old = [path for path in archives(folder) if path != keep and path.stat().st_mtime < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def needing(folder: Path, label: str) -> list[Path]:
    """Archives that cannot be restored without the key `label`. One that does not read is passed over."""
    found = []
    for path in archives(folder):
        with contextlib.suppress(archive.BadArchive):
            if label in archive.read_manifest(path, None).keys:
                found.append(path)
    return found


def sweep(folder: Path) -> None:
    """Remove what a backup that was killed has left behind."""
    for left in [path for kind in LEFT for path in folder.glob(kind)]:
        if time.time() - left.stat().st_mtime > STALE:
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)


WRAPPED = ("data_key", "issuer_key")
"""Tables whose rows hold a key that an outer key wraps."""


def labels_in(stage: Path) -> set[str]:
    """The outer keys that wrap something in a saved database. An older one has fewer tables."""
    file = stage / "database.sqlite"
    if file.exists():
        with contextlib.closing(sqlite3.connect(file)) as copy:
            there = {name for (name,) in copy.execute("SELECT name FROM sqlite_master")}
            asked = [f"SELECT DISTINCT wrapped_by FROM {table}" for table in WRAPPED if table in there]  # noqa: S608
            return {str(row[0]) for query in asked for row in copy.execute(query)}
    files = [path for table in WRAPPED if (path := stage / "tables" / f"{table}.jsonl").exists()]
    return {str(json.loads(row)["wrapped_by"]) for path in files for row in path.read_text("utf-8").splitlines()}


def _write(
    engine: Engine, settings: Settings, ring: Keyring, at: dt.datetime, target: Path, stage: Path, progress: Progress
) -> Manifest:
    kind, revision, rows = _save_database(engine, stage, progress)
    needed = ["secret", "audit", *sorted(labels_in(stage))]
    keys = {name: ring.fingerprint(name) for name in needed}
    for attempt in range(1, TRIES + 1):
        try:
            sources = dict(_sources(settings, stage))
            files = {name: archive.digest(path) for name, path in sources.items()}
            manifest = Manifest(archive.FORMAT, __version__, revision, at.isoformat(), kind, rows, keys, files)
            archive.write(target, manifest, sources, ring.key("audit"))
            return manifest
        except (archive.Changed, FileNotFoundError):
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")


def _save_database(engine: Engine, stage: Path, progress: Progress) -> tuple[str, str, dict[str, int]]:
    """(kind, revision, rows by table) of the database, saved as it was at one moment."""
    stands = schema.revision(engine)
    if stands is None:
        raise SettingsError(
            "Il n'y a pas encore de base de données à sauvegarder : lancez d'abord « elearn run ».",
            "There is no database to back up yet: run “elearn run” first.",
        )
    if engine.dialect.name == "sqlite":
        copy = stage / "database.sqlite"
        dump.copy_sqlite(Path(str(engine.url.database)), copy, progress)
        return "sqlite", stands, dump.check_sqlite(copy)
    return "postgresql", stands, dump.export_rows(engine, stage / "tables", progress)


def _sources(settings: Settings, stage: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(stage.rglob("*")):
        if path.is_file():
            yield path.relative_to(stage).as_posix(), path
    for folder in BESIDE:
        for path in sorted((settings.instance / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield path.relative_to(settings.instance).as_posix(), path
    journal = settings.instance / JOURNAL
    if journal.exists():
        kept = stage / JOURNAL
        shutil.copyfile(journal, kept)
        yield JOURNAL, kept


def _read_back(target: Path, manifest: Manifest, ring: Keyring, into: Path) -> None:
    archive.unpack(target, into, manifest, ring.key("audit"))
    if count_saved(into, manifest) != manifest.rows:
        raise archive.damaged(target)


def count_saved(folder: Path, manifest: Manifest) -> dict[str, int]:
    """Rows by table of an unpacked archive, its database checked where it is a file. Damaged."""
    if manifest.database == "sqlite":
        return dump.check_sqlite(folder / "database.sqlite")
    counts = {}
    for path in (folder / "tables").glob("*.jsonl"):
        with path.open("rb") as file:
            counts[path.stem] = sum(1 for _ in file)
    return counts


def _copy_journal(settings: Settings, folder: Path) -> None:
    both = (settings.instance / JOURNAL, folder / JOURNAL)
    write_journal(folder / JOURNAL, read_journals(both))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _not_made(error) from error


@contextlib.contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A working folder that only its owner can read, gone afterwards."""
    try:
        made = Path(tempfile.mkdtemp(prefix=WORKING, dir=folder))
    except OSError as error:
        raise _not_made(error) from error
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _not_made(error: Exception) -> SettingsError:
    reason = getattr(error, "strerror", None) or " ".join(str(error).split()) or type(error).__name__
    return SettingsError(
        f"La sauvegarde n'a pas pu être faite ({reason}) : vérifiez la place et les droits du dossier ELEARN_BACKUPS.",
        f"The backup could not be made ({reason}): check the room and the rights of the folder ELEARN_BACKUPS.",
    )
