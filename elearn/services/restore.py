"""`elearn restore`: everything is checked, taken in and brought up to date aside; only then do folders change names.

Steps, in this order: `examine`, `stage`, then within the app on what was staged `settle`, then `swap`. Whatever fails
before `swap` has changed nothing.
"""

import contextlib
import datetime as dt
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import Engine, create_engine, delete, make_url, update
from sqlalchemy.orm import Session

from elearn.config import Settings
from elearn.keyring import Keyring, UnknownKey, file_of
from elearn.services import audit, backup, transaction
from elearn.services.audit import By
from elearn.services.erasure import erase
from elearn.services.notes import put_note
from elearn.store import archive, dump, schema
from elearn.store.accounts import SignIn, SignInLink
from elearn.store.archive import BadArchive, Manifest
from elearn.store.base import db, prepare
from elearn.store.journal import JOURNAL, read_journals, write_journal
from elearn.store.mail import OutboxMessage
from elearn.store.upgrade import differences, upgrade


@dataclass(frozen=True, slots=True)
class Staged:
    """What was taken in, aside. `settings`: those of a site that would run on it. `real`: those of the site itself."""

    manifest: Manifest
    settings: Settings
    real: Settings
    stamp: str

    @property
    def schema(self) -> str:
        return f"restoring_{self.stamp.lower()}"

    @property
    def before(self) -> Path:
        """Where the former instance is kept."""
        return self.real.instance.with_name(f"{self.real.instance.name}.before-{self.stamp}")


@dataclass(frozen=True, slots=True)
class Settled:
    rows: int
    erased: int


def examine(path: Path, ring: Keyring) -> Manifest:
    """What an archive is, if it can be restored with these keys by this elearn. BadArchive otherwise."""
    told = archive.read_manifest(path, None)
    if schema.is_newer(told.revision):
        raise archive.too_new(path)
    for name, wanted in told.keys.items():
        _require_key(ring, name, wanted, path)
    return archive.read_manifest(path, ring.key("audit"))


def stage(path: Path, manifest: Manifest, real: Settings, ring: Keyring, at: dt.datetime, place: Path | None) -> Staged:
    """Unpack an archive beside the instance, or in the folder `place` for a drill, and take its rows in. BadArchive."""
    stamp = f"{at:%Y%m%dT%H%M%SZ}"
    folder = (place or real.instance.parent) / f".{real.instance.name}.restoring-{stamp}"
    staged = Staged(
        manifest, replace(real, instance=folder, database_url=_staged_url(real, folder, stamp)), real, stamp
    )
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_without_room(folder.parent, manifest)
    for left in folder.parent.glob(f".{real.instance.name}.restoring-*"):
        shutil.rmtree(left, ignore_errors=True)  # a restore that was killed; nobody else restores here now
    remove(staged)
    try:
        folder.mkdir(mode=0o700)
        archive.unpack(path, folder, manifest, ring.key("audit"))
        if backup.count_saved(folder, manifest) != manifest.rows:
            raise archive.damaged(path)
        _take_in(staged)
    except (dump.Damaged, KeyError, ValueError, TypeError) as error:
        remove(staged)
        raise archive.damaged(path) from error
    except BaseException:
        remove(staged)
        raise
    return staged


def settle(staged: Staged, at: dt.datetime) -> Settled:
    """Within the app of `staged.settings`: sessions end, erasures hold, and the whole is looked over once more."""
    with db.engine.connect() as connection:
        lacking = differences(connection)
        rows = sum(dump.count_rows(connection).values())
    if lacking:
        raise RuntimeError(lacking[0])
    gone = read_journals(folder / JOURNAL for folder in _journals(staged))
    write_journal(staged.settings.instance / JOURNAL, gone)
    transaction.run(lambda tx: _begin_anew(tx, staged, at))
    return Settled(rows, erase(gone, at))


def swap(staged: Staged) -> Path | None:
    """Put what was staged in place of the instance. The former one, kept beside it; None where it held nothing."""
    if staged.real.database_url.startswith("postgresql"):
        _swap_schemas(staged)
    for new, place, before in _moves(staged):
        if place.exists():
            place.rename(before)
        try:
            new.rename(place)
        except OSError:
            if before.exists():
                before.rename(place)
            raise
        archive.sync_folder(place.parent)
    if any(not path.name.startswith(".") for path in staged.before.glob("*")):
        return staged.before
    shutil.rmtree(staged.before, ignore_errors=True)
    return None


def remove(staged: Staged) -> None:
    """Take away what was staged, where it was not put in place."""
    shutil.rmtree(staged.settings.instance, ignore_errors=True)
    if staged.real.database_url.startswith("postgresql"):
        with contextlib.closing(_Owner(staged.real.database_url)) as owner:
            owner.run(f"DROP SCHEMA IF EXISTS {staged.schema} CASCADE")
    elif not _inside(staged.real):
        Path(staged.settings.database_url[10:]).unlink(missing_ok=True)


# --- before


def _require_key(ring: Keyring, name: str, wanted: str, path: Path) -> None:
    try:
        same = ring.fingerprint(name) == wanted
    except UnknownKey:
        same = False
    if not same:
        where = ring.folder / file_of(name)
        raise BadArchive(
            f"L'archive {path.name} demande une autre clé que {where} : remettez la clé d'alors (peut-être dans "
            f"{ring.folder / 'retired'}), puis réessayez. Rien n'est changé.",
            f"The archive {path.name} needs another key than {where}: put back the key of that time (perhaps in "
            f"{ring.folder / 'retired'}), then try again. Nothing was changed.",
        )


def _refuse_without_room(folder: Path, manifest: Manifest) -> None:
    needed = 2 * sum(size for size, _ in manifest.files.values()) + 50_000_000
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BadArchive(
            f"Il faut {needed // 1_000_000} Mo libres dans {folder}, il y en a {free // 1_000_000} : faites de la "
            "place, puis réessayez. Rien n'est changé.",
            f"{needed // 1_000_000} MB free are needed in {folder}, there are {free // 1_000_000}: make room, then "
            "try again. Nothing was changed.",
        )


def _inside(real: Settings) -> bool:
    return Path(real.database_url[10:]).is_relative_to(real.instance)


def _staged_url(real: Settings, folder: Path, stamp: str) -> str:
    if real.database_url.startswith("postgresql"):
        path = f"-csearch_path=restoring_{stamp.lower()}"
        return make_url(real.database_url).update_query_dict({"options": path}).render_as_string(hide_password=False)
    file = Path(real.database_url[10:])
    if _inside(real):
        return f"sqlite:///{folder / file.relative_to(real.instance)}"
    beside = file if folder.parent == real.instance.parent else folder
    return f"sqlite:///{beside.with_name(f'.{file.name}.restoring-{stamp}')}"


# --- taking rows in


def _take_in(staged: Staged) -> None:
    """Make the staged database of what was unpacked: the file itself, or row by row into tables of its version."""
    folder, url = staged.settings.instance, staged.settings.database_url
    if staged.manifest.database == "sqlite" and url.startswith("sqlite"):
        target = Path(url[10:])
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "database.sqlite").rename(target)
        return
    if url.startswith("postgresql"):
        with contextlib.closing(_Owner(staged.real.database_url)) as owner:
            owner.run(f"CREATE SCHEMA {staged.schema}")
    engine = create_engine(url, hide_parameters=True)
    prepare(engine)
    try:
        upgrade(engine, to=staged.manifest.revision)
        if staged.manifest.database == "sqlite":
            _rows_of_file(folder)
        _load(engine, folder / "tables", staged.manifest)
    finally:
        engine.dispose()
    shutil.rmtree(folder / "tables")
    (folder / "database.sqlite").unlink(missing_ok=True)


def _rows_of_file(folder: Path) -> None:
    source = create_engine(f"sqlite:///{folder / 'database.sqlite'}", hide_parameters=True)
    try:
        dump.export_rows(source, folder / "tables")
    finally:
        source.dispose()


def _load(engine: Engine, folder: Path, manifest: Manifest) -> None:
    """Every row in one transaction, parents first."""

    def work(tx: Session) -> None:
        connection = tx.connection()
        for table in dump.tables(connection):
            for batch in dump.rows_of(folder / f"{table.name}.jsonl", table):
                connection.execute(table.insert(), batch)
        dump.set_sequences(connection)
        found = dump.count_rows(connection)
        if any(found.get(name) != count for name, count in manifest.rows.items() if name != dump.VERSION_TABLE):
            raise dump.Damaged("rows lack")

    transaction.run(work, engine)


# --- afterwards


def _journals(staged: Staged) -> Iterable[Path]:
    return (staged.settings.instance, staged.real.instance, staged.real.backups)


def _begin_anew(tx: Session, staged: Staged, at: dt.datetime) -> None:
    """Sessions and links of that time may have been ended since: everyone signs in again, and no letter that still
    waits leads to such a link."""
    tx.execute(delete(SignIn))
    tx.execute(delete(SignInLink))
    ended = update(OutboxMessage).where(OutboxMessage.state == "waiting", OutboxMessage.kind.in_(("reset", "verify")))
    tx.execute(ended.values(state="dropped", sealed=b"", trouble="restored"))
    put_note(tx, "backup", "restored", dt.datetime.fromisoformat(staged.manifest.created_at))
    audit.record(tx, By(at), "restored", made_at=staged.manifest.created_at, revision=staged.manifest.revision)


def _moves(staged: Staged) -> list[tuple[Path, Path, Path]]:
    moves = [(staged.settings.instance, staged.real.instance, staged.before)]
    if staged.real.database_url.startswith("sqlite") and not _inside(staged.real):
        new, place = Path(staged.settings.database_url[10:]), Path(staged.real.database_url[10:])
        for ending in ("-wal", "-shm"):
            old = place.with_name(place.name + ending)
            if old.exists():
                old.rename(place.with_name(f"{place.name}.before-{staged.stamp}{ending}"))
        moves.append((new, place, place.with_name(f"{place.name}.before-{staged.stamp}")))
    return moves


def _swap_schemas(staged: Staged) -> None:
    """PostgreSQL changes both names in one transaction: there is no moment without tables."""
    with contextlib.closing(_Owner(staged.real.database_url)) as owner:
        owner.run(
            f"ALTER SCHEMA public RENAME TO before_{staged.stamp.lower()}",
            f"ALTER SCHEMA {staged.schema} RENAME TO public",
        )


class _Owner:
    """Orders about schemas, whose names are made here from a moment: letters, digits and underscores."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url, hide_parameters=True)

    def run(self, *orders: str) -> None:
        with self.engine.begin() as connection:
            for order in orders:
                connection.exec_driver_sql(order)

    def close(self) -> None:
        self.engine.dispose()
