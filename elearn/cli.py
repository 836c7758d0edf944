"""The `elearn` command: run, check, publish, preview, user, keys, erasures, retention, register, migrate, doctor.

Words and order only; deeds are in services, and each command loads what it needs and no more: `elearn check` never
loads Flask, and alembic is loaded only where tables are behind.
"""

import argparse
import datetime as dt
import getpass
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from elearn import usage
from elearn.config import Settings, SettingsError
from elearn.keyring import KEY_FILES, make_key
from elearn.store.content_folder import ContentFolderError, read_folder
from elearn.terminal import DIM, GREEN, RED, language, paint, say, tell, warn

if TYPE_CHECKING:
    from flask import Flask

Command = Callable[[argparse.Namespace], int]


def main(words: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 not done and said why, 2 not understood."""
    given = usage.parser().parse_args(words)
    try:
        return COMMANDS[given.command](given)
    except SettingsError as error:
        warn(error.fr, error.en)
        return 1
    except ContentFolderError as error:
        warn(*usage.UNREADABLE[error.code](error.path))
        return 1
    except KeyboardInterrupt:
        return 130


def run(given: argparse.Namespace) -> int:
    from elearn.running import publish_and_tell, welcome
    from elearn.serving import refuse_busy_port, serve

    settings = _settings(given)
    if not settings.base_url and not settings.loopback:
        raise SettingsError(
            "Pour servir au-delà de cette machine, indiquez l'adresse du site dans ELEARN_BASE_URL.",
            "To serve beyond this machine, give the site's address in ELEARN_BASE_URL.",
        )
    refuse_busy_port(settings.host, settings.port)
    with _site(settings) as app:
        publish_and_tell(settings)
        app.extensions["shelf"].current()  # loaded before the fork: every worker shares it
        welcome(settings)
    serve(app, settings)
    return 0


def check(given: argparse.Namespace) -> int:
    from elearn.core.check import check_site
    from elearn.core.report import as_json, as_text

    folder = Path(given.content) if given.content else _settings().content
    build = check_site(read_folder(folder), dt.datetime.now(dt.UTC).date())
    if given.json:
        tell(json.dumps(as_json(build.problems, language()), ensure_ascii=False, indent=1))
        return 0 if build.ok else 1
    shown = Path(os.path.relpath(folder))
    for problem in build.problems:
        tell(as_text([replace(problem, path=str(shown / problem.path))], language()))
    units = len({unit[:2] for unit in build.units})
    return _done(*usage.checked(len(build.courses), units, build.problems)) if build.ok else 1


def publish(given: argparse.Namespace) -> int:
    from elearn.running import publish_and_tell, watch

    settings = _settings()
    with _site(settings):
        if given.watch:
            watch(settings)
            return 0
        outcome = publish_and_tell(settings)
        if not outcome.changed and not any(problem.severity == "error" for problem in outcome.problems):
            tell(say(f"Rien n'a changé : édition {outcome.number}.", f"Nothing has changed: edition {outcome.number}."))
        return 1 if any(problem.severity == "error" for problem in outcome.problems) else 0


def preview(given: argparse.Namespace) -> int:
    """A throwaway site in a temporary folder; another process publishes to it at each save."""
    from elearn.running import DEMO, welcome
    from elearn.serving import refuse_busy_port, serve

    with tempfile.TemporaryDirectory(prefix="elearn-preview-") as folder:
        content = given.content or str(_settings().content)
        os.environ.update(
            ELEARN_CONTENT=str(Path(content).resolve()),
            ELEARN_INSTANCE=f"{folder}/instance",
            ELEARN_KEYS=f"{folder}/keys",
            ELEARN_DATABASE_URL="",
            ELEARN_BASE_URL="",
            ELEARN_WORKERS="1",
        )
        settings = _settings(given)
        refuse_busy_port(settings.host, settings.port)
        with _site(settings, preview=True) as app:
            welcome(settings, DEMO[:1])
        watcher = subprocess.Popen([sys.executable, "-m", "elearn.cli", "publish", "--watch"])
        try:
            serve(app, settings)
        finally:
            watcher.send_signal(signal.SIGTERM)
            watcher.wait(timeout=10)
    return 0


def user_add(given: argparse.Namespace) -> int:
    from elearn.services import accounts
    from elearn.store.base import now

    with _site(_settings()):
        try:
            accounts.sign_up(given.name, given.shown or given.name, _password(given), now(), role=given.role)
        except accounts.Unacceptable as error:
            return _refuse(*usage.UNACCEPTABLE.get((error.field, error.code), (str(error), str(error))))
    return _done(f"Compte « {given.name} » créé ({given.role}).", f"Account “{given.name}” made ({given.role}).")


def user_list(_given: argparse.Namespace) -> int:
    from elearn.services import accounts

    with _site(_settings()):
        for name, shown, role, active in accounts.people():
            closed = "" if active else "  " + say("(fermé)", "(closed)")
            tell(f"{name:<24}{role:<10}{shown}{closed}")
    return 0


def user_role(given: argparse.Namespace) -> int:
    from elearn.services import accounts
    from elearn.services.audit import By
    from elearn.store.base import now

    with _site(_settings()):
        if not accounts.change_role(given.name, given.role, By(now())):
            return _unknown(given.name)
    return _done(f"« {given.name} » est maintenant {given.role}.", f"“{given.name}” is now {given.role}.")


def user_deactivate(given: argparse.Namespace) -> int:
    from elearn.services import accounts
    from elearn.services.audit import By
    from elearn.store.base import now

    with _site(_settings()):
        if not accounts.deactivate(given.name, By(now())):
            return _unknown(given.name)
    return _done(
        f"« {given.name} » ne peut plus se connecter ; rien n'est effacé.",
        f"“{given.name}” can no longer sign in; nothing is erased.",
    )


def user_link(given: argparse.Namespace) -> int:
    from elearn.running import link_address
    from elearn.services import links
    from elearn.store.base import now

    settings = _settings()
    with _site(settings):
        token = links.make_link(given.name, now())
    if token is None:
        return _unknown(given.name)
    tell(link_address(settings, token))
    return 0


def keys_new(_given: argparse.Namespace) -> int:
    settings = _settings()
    settings.make_folders()
    for name, use in KEY_FILES.items():
        path = settings.keys / name
        made = make_key(path) if not path.exists() else False
        tell(f"{paint('+' if made else '=', GREEN)} {path}  {paint(use, DIM)}")
    return 0


def erasures_list(_given: argparse.Namespace) -> int:
    from elearn.store import privacy
    from elearn.store.base import db

    with _site(_settings()), db.engine.connect() as connection:
        for row in privacy.erasures(connection):
            tell(f"{row.uid}  {row.at:%Y-%m-%d %H:%M} UTC")
    return 0


def erasures_replay(given: argparse.Namespace) -> int:
    from elearn.services import erasure
    from elearn.store.base import now

    try:
        lines = Path(given.file).read_text("utf-8").splitlines()
        with _site(_settings()):
            count = erasure.replay(lines, now())
    except (OSError, ValueError):
        return _refuse(
            f"{given.file} n'est pas un journal d'effacements lisible : rien n'est effacé.",
            f"{given.file} is not a readable journal of erasures: nothing is erased.",
        )
    return _done(f"Comptes effacés à nouveau : {count}.", f"Accounts erased again: {count}.")


def retention(given: argparse.Namespace) -> int:
    from elearn.services import retention as deeds
    from elearn.store.base import now

    with _site(_settings()):
        report = deeds.look(now()) if given.dry_run else deeds.run(now())
    for name, count in report.counts().items():
        tell(f"{name:<24}{count}")
    if given.dry_run:
        return _done("Rien n'est effacé : c'était un essai.", "Nothing is deleted: this was a trial.")
    return _done("Ce qui avait fait son temps est effacé.", "What had run its time is deleted.")


def register(_given: argparse.Namespace) -> int:
    from elearn.core.register import markdown
    from elearn.store.inventory import register_lines

    tell(markdown(register_lines(), language()).rstrip("\n"))
    return 0


def migrate(_given: argparse.Namespace) -> int:
    with _site(_settings()):
        pass
    return _done("La base de données est à jour.", "The database is up to date.")


def doctor(_given: argparse.Namespace) -> int:
    from elearn.doctor import findings

    settings = _settings()
    sound = True
    for finding in findings(settings):
        sound = sound and finding.sound
        mark = paint("✓", GREEN) if finding.sound else paint("✗", RED)
        tell(f"  {mark} {say(finding.fr, finding.en)}")
    return 0 if sound else 1


COMMANDS: dict[str, Command] = {
    "run": run,
    "check": check,
    "publish": publish,
    "preview": preview,
    "user add": user_add,
    "user list": user_list,
    "user role": user_role,
    "user deactivate": user_deactivate,
    "user link": user_link,
    "keys new": keys_new,
    "erasures list": erasures_list,
    "erasures replay": erasures_replay,
    "retention": retention,
    "register": register,
    "migrate": migrate,
    "doctor": doctor,
}


def _settings(given: argparse.Namespace | None = None) -> Settings:
    asked = {name: value for name in ("port", "host", "workers") if (value := getattr(given, name, None))}
    return Settings.from_env(os.environ, **asked)


@contextmanager
def _site(settings: Settings, preview: bool = False) -> Iterator["Flask"]:
    """The app, its folders made and its tables up to date, with its context open."""
    from sqlalchemy.exc import DBAPIError

    from elearn.app import create_app
    from elearn.store import schema
    from elearn.store.base import db

    settings.make_folders()
    app = create_app(settings, preview=preview)
    with app.app_context():
        try:
            current = schema.is_current(db.engine)
        except DBAPIError as error:
            raise usage.no_database(error) from error
        if not current:
            from elearn.store.upgrade import upgrade

            upgrade(db.engine)
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def _password(given: argparse.Namespace) -> str:
    if given.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return getpass.getpass(say("Mot de passe : ", "Password: "))


def _done(fr: str, en: str) -> int:
    tell(say(fr, en))
    return 0


def _refuse(fr: str, en: str) -> int:
    tell(paint(say(fr, en), RED))
    return 1


def _unknown(name: str) -> int:
    return _refuse(f"Personne n'a le nom « {name} ».", f"Nobody has the name “{name}”.")


if __name__ == "__main__":
    sys.exit(main())
