"""Commands on what a site keeps: erasures, retention, register, migrate, doctor."""

import argparse
from pathlib import Path

from elearn.commands.common import done, is_current, open_site, read_settings, refuse
from elearn.config import Settings, SettingsError
from elearn.keyring import Keyring, file_of, is_there
from elearn.terminal import GREEN, RED, language, paint, say, tell


def erasures_list(_given: argparse.Namespace) -> int:
    from elearn.store import privacy
    from elearn.store.base import db

    with open_site(read_settings()), db.engine.connect() as connection:
        rows = privacy.erasures(connection)
    for row in rows:
        tell(f"{row.uid}  {row.at:%Y-%m-%d %H:%M} UTC")
    return 0 if rows else done("Aucun compte n'a été effacé.", "No account was erased.")


def erasures_replay(given: argparse.Namespace) -> int:
    from elearn.services import erasure
    from elearn.store.base import now

    try:
        lines = Path(given.file).read_text("utf-8").splitlines()
        with open_site(read_settings()):
            count = erasure.replay(lines, now())
    except (OSError, ValueError):
        return refuse(
            f"{given.file} n'est pas un journal d'effacements lisible : rien n'est effacé.",
            f"{given.file} is not a readable journal of erasures: nothing is erased.",
        )
    return done(f"Comptes effacés à nouveau : {count}.", f"Accounts erased again: {count}.")


def retention(given: argparse.Namespace) -> int:
    from elearn.services import retention as deeds
    from elearn.store.base import now

    with open_site(read_settings()):
        report = deeds.look(now()) if given.dry_run else deeds.run(now())
    for name, count in report.counts().items():
        tell(f"{name:<24}{count}")
    if given.dry_run:
        return done("Rien n'est effacé : c'était un essai.", "Nothing is deleted: this was a trial.")
    return done("Ce qui avait fait son temps est effacé.", "What had run its time is deleted.")


def register(_given: argparse.Namespace) -> int:
    from elearn.core.register import markdown
    from elearn.store.inventory import register_lines

    tell(markdown(register_lines(), language()).rstrip("\n"))
    return 0


def migrate(_given: argparse.Namespace) -> int:
    with open_site(read_settings(), older="migrated"):
        pass
    return done("La base de données est à jour.", "The database is up to date.")


def doctor(_given: argparse.Namespace) -> int:
    from elearn.app import create_app
    from elearn.doctor import chain, findings, lost_keys, seals
    from elearn.store.base import now

    settings = read_settings()
    found = list(findings(settings, now()))
    if _readable(Keyring(settings.keys)) and _has_current_tables(settings):
        app = create_app(settings)
        found += [*lost_keys(app), *seals(app), chain(app)]
    for finding in found:
        mark = paint("✓", GREEN) if finding.sound else paint("✗", RED)
        tell(f"  {mark} {say(finding.fr, finding.en)}")
    return 0 if all(finding.sound for finding in found) else 1


def _readable(ring: Keyring) -> bool:
    try:
        return all(ring.key(file_of(name)) for name in ring.names())
    except SettingsError:
        return False


def _has_current_tables(settings: Settings) -> bool:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError

    if settings.database_url.startswith("sqlite") and not is_there(Path(settings.database_url[10:])):
        return False
    engine = create_engine(settings.database_url, hide_parameters=True)
    try:
        return is_current(engine)
    except DBAPIError:
        return False
    finally:
        engine.dispose()
