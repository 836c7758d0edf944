"""Commands that keep a site: backup, restore with its drill, upgrade."""

import argparse
import tempfile
import time
from pathlib import Path

from elearn import usage
from elearn.commands.common import done, is_current, open_site, read_settings, refuse, ring_of
from elearn.config import Settings
from elearn.terminal import Bar, say, tell


def backup(given: argparse.Namespace) -> int:
    from elearn.services import backup as archives
    from elearn.services import transaction
    from elearn.store.base import db, now

    settings = read_settings()
    with open_site(settings, older="left"):
        made = archives.make(
            db.engine, settings, ring_of(settings), now(), Path(given.file) if given.file else None, _bar()
        )
        if is_current(db.engine):
            transaction.run(lambda tx: archives.note_made(tx, made, now()))
    gone = archives.prune(settings.backups, given.keep, now(), made.path)
    tell(say(*usage.backed_up(made.path, made.size, sum(made.manifest.rows.values()), made.seconds, len(gone))))
    return done(*usage.keys_apart(settings.keys))


def restore(given: argparse.Namespace) -> int:
    from elearn.services import restore as restoring
    from elearn.serving import hold, refuse_while_serving
    from elearn.store.base import db, now

    settings = read_settings()
    if given.drill:
        return _drill(Path(given.file), settings)
    began = time.monotonic()
    settings.make_folders()
    refuse_while_serving(settings)
    hold(settings.instance, alone=True)
    ring, at = ring_of(settings), now()
    manifest = restoring.examine(Path(given.file), ring)
    staged = restoring.stage(Path(given.file), manifest, settings, ring, at, None)
    try:
        with open_site(staged.settings, older="migrated"):
            settled = restoring.settle(staged, at)
            db.session.remove()
        before = restoring.swap(staged)
    finally:
        restoring.remove(staged)
    return done(*usage.restored(manifest.created_at, settled, before, time.monotonic() - began))


def _drill(path: Path, settings: Settings) -> int:
    """Restore aside, open the site on it, take it away, and note the day."""
    from elearn.services import backup as archives
    from elearn.services import restore as restoring
    from elearn.services import transaction
    from elearn.services.notes import put_note
    from elearn.store.base import db, now

    began, ring, at = time.monotonic(), ring_of(settings), now()
    manifest = restoring.examine(path, ring)
    settings.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=archives.DRILL, dir=settings.backups) as folder:
        staged = restoring.stage(path, manifest, settings, ring, at, Path(folder))
        try:
            with open_site(staged.settings, older="migrated") as app:
                settled = restoring.settle(staged, at)
                answer = app.test_client().get("/healthz", base_url=settings.base_url or None)
        finally:
            restoring.remove(staged)
    seconds = time.monotonic() - began
    if (answer.json or {}).get("database") != "ok":
        return refuse(*usage.DRILL_FAILED)
    with open_site(settings, older="left"):
        if is_current(db.engine):
            transaction.run(lambda tx: put_note(tx, "drill", f"{path.name} {seconds:.1f}"[:400], at))
    return done(*usage.drilled(manifest.created_at, settled, seconds))


def upgrade(_given: argparse.Namespace) -> int:
    """Backup, migrations in one transaction, a look at the result. The former tables stay where one step fails."""
    from elearn.services import backup as archives
    from elearn.services import transaction, upgrading
    from elearn.serving import hold, refuse_while_serving
    from elearn.store import schema
    from elearn.store.base import db, now

    settings = read_settings()
    settings.make_folders()
    with open_site(settings, older="left"):
        stands = schema.revision(db.engine)
        if stands == schema.newest():
            return done(*usage.up_to_date(stands))
        db.engine.dispose()  # our own connections are not someone else's
        refuse_while_serving(settings)
        hold(settings.instance, alone=True)
        made = archives.make(db.engine, settings, ring_of(settings), now(), None, _bar()) if stands else None
        try:
            upgrading.bring_up(db.engine)
        except upgrading.NotUpgraded as error:
            return refuse(*usage.not_upgraded(stands, error, made.path if made else None))
        transaction.run(lambda tx: upgrading.note_upgraded(tx, stands, made, now()))
    return done(*usage.upgraded(stands, schema.newest(), made.path if made else None))


def _bar() -> Bar:
    return Bar(say("copie", "copy"))
