"""The `elearn` command: one function a word, in the table COMMANDS.

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
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from elearn import usage
from elearn.config import Settings, SettingsError
from elearn.keyring import KEY_FILES, NEXT_SECRET, OUTER, Keyring, file_of, make_key, retire
from elearn.store.content_folder import ContentFolderError, Layers, path_of, read_folder, read_layers
from elearn.terminal import DIM, GREEN, RED, Bar, language, paint, say, tell, warn

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine

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
    from elearn.serving import hold, refuse_busy_port, serve
    from elearn.working import beside

    settings = _settings(given)
    if not settings.base_url and not settings.loopback:
        raise SettingsError(
            "Pour servir au-delà de cette machine, indiquez l'adresse du site dans ELEARN_BASE_URL.",
            "To serve beyond this machine, give the site's address in ELEARN_BASE_URL.",
        )
    refuse_busy_port(settings.host, settings.port)
    with _site(settings) as app:
        hold(settings.instance)
        publish_and_tell(settings)
        app.extensions["shelf"].current()  # loaded before the fork: every worker shares it
        welcome(settings)
    with beside(settings):
        serve(app, settings)
    return 0


def work(given: argparse.Namespace) -> int:
    from elearn import working
    from elearn.logs import begin
    from elearn.serving import hold

    settings = _settings()
    begin()
    with _site(settings):
        hold(settings.instance)
        working.work(settings, once=given.once, beside=given.beside)
    return 0


def check(given: argparse.Namespace) -> int:
    from elearn.core.check import check_site
    from elearn.core.report import as_json, as_text

    folders = (Path(given.content),) if given.content else _settings().layers
    layers = Layers(read_folder(folders[0])) if given.content else read_layers(folders)
    build = check_site(layers.files, dt.datetime.now(dt.UTC).date(), layers.added)
    if given.json:
        tell(json.dumps(as_json(build.problems, language()), ensure_ascii=False, indent=1))
        return 0 if build.ok else 1
    for problem in build.problems:
        tell(as_text([replace(problem, path=path_of(problem.path, folders))], language()))
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
        asked = _settings()
        content = given.content or str(asked.content)
        if not given.content and asked.own_content.is_dir():
            Path(folder, "instance").mkdir(mode=0o700)
            Path(folder, "instance", "content").symlink_to(asked.own_content)
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


def mail_list(_given: argparse.Namespace) -> int:
    from elearn.core.sealing import BrokenSeal
    from elearn.services.keys import keyring
    from elearn.services.transports import FolderTransport
    from elearn.store.base import db
    from elearn.store.mail import counts

    settings = _settings()
    with _site(settings):
        folder = FolderTransport(settings, keyring())
        for uid in folder.names():
            try:
                message = folder.read(uid)
                tell(f"{uid}  {message['Date'].datetime:%Y-%m-%d %H:%M}  {message['Subject']}")
            except BrokenSeal:
                tell(f"{uid}  " + paint(say("ne s'ouvre pas", "does not open"), RED))
        with db.engine.connect() as connection:
            tell(paint(say(*usage.outbox_counts(counts(connection))), DIM))
    return 0


def mail_show(given: argparse.Namespace) -> int:
    from elearn.core.sealing import BrokenSeal
    from elearn.services.keys import keyring
    from elearn.services.transports import FolderTransport

    settings = _settings()
    with _site(settings):
        try:
            message = FolderTransport(settings, keyring()).read(given.uid)
        except LookupError:
            return _refuse(f"Aucun message {given.uid} ici.", f"No message {given.uid} here.")
        except BrokenSeal:
            return _refuse(
                f"Le message {given.uid} ne s'ouvre pas avec la clé « secret » de ce site.",
                f"Message {given.uid} does not open with this site's key “secret”.",
            )
    for name in ("From", "To", "Date", "Subject"):
        tell(f"{name}: {message[name]}")
    plain = message.get_body(("plain",))
    tell("\n" + (plain.get_content() if plain else ""))
    return 0


def mail_send(_given: argparse.Namespace) -> int:
    from elearn.services import posting
    from elearn.services.keys import keyring
    from elearn.services.transports import transport_for
    from elearn.store.base import now

    settings = _settings()
    with _site(settings):
        counts = posting.drain(now, transport_for(settings, keyring()), most=1000)
    tell(say(*usage.posted(counts.sent, counts.later, counts.failed, counts.dropped)))
    return 1 if counts.later or counts.failed else 0


def keys_new(_given: argparse.Namespace) -> int:
    settings = _settings()
    settings.make_folders()
    for name in Keyring(settings.keys).names():
        path = settings.keys / file_of(name)
        made = make_key(path) if not path.exists() else False
        tell(f"{paint('+' if made else '=', GREEN)} {path}  {paint(KEY_FILES[_kind(name)], DIM)}")
    return 0


def keys_list(_given: argparse.Namespace) -> int:
    """Names, modes and uses; for outer keys, how many people's keys each still wraps. Never a key."""
    from elearn.services.rotation import wrapped_by

    settings = _settings()
    with _site(settings):
        wraps = wrapped_by()
    for name in Keyring(settings.keys).names():
        path = settings.keys / file_of(name)
        kept = say(f", enveloppe {wraps.get(name, 0)} clés", f", wraps {wraps.get(name, 0)} keys")
        use = KEY_FILES[_kind(name)] + (kept if _kind(name) == OUTER else "")
        tell(f"{name:<16}{path.stat().st_mode & 0o777:04o}  {path}  {paint(use, DIM)}")
    for label in sorted(set(wraps) - set(Keyring(settings.keys).labels())):
        tell(
            paint(
                say(f"{label} manque et enveloppe {wraps[label]} clés", f"{label} is missing, wraps {wraps[label]}"),
                RED,
            )
        )
    return 0


def keys_rotate(given: argparse.Namespace) -> int:
    from elearn.services import rotation
    from elearn.store.base import now

    settings = _settings()
    if given.secret:
        return _rotate_secret(settings, given.yes)
    with _site(settings):
        if not given.again and not rotation.is_due(now()):
            return _done(*usage.NOTHING_TO_ROTATE)
        done = rotation.rotate(now(), Bar(say("rotation", "rotation")))
    tell(say(*usage.rotated(done.label, done.people)))
    return _refuse(*usage.left_behind(done.left)) if done.left else 0


def _rotate_secret(settings: Settings, yes: bool) -> int:
    from elearn.services import key_check, rotation
    from elearn.serving import hold, refuse_while_serving
    from elearn.store.base import db, now

    if not yes:
        return _refuse(*usage.SECRET_ENDS)
    refuse_while_serving(settings)
    with _site(settings):
        hold(settings.instance, alone=True)
        addresses = rotation.rotate_secret(now())
        key_check.finish_secret(settings.keys, db.engine, now())
    return _done(*usage.secret_rotated(addresses))


def keys_forget(given: argparse.Namespace) -> int:
    from elearn.services import backup as archives
    from elearn.services.rotation import wrapped_by
    from elearn.store.base import now

    settings = _settings()
    ring = Keyring(settings.keys)
    with _site(settings):
        wraps = wrapped_by()
    if given.key not in ring.labels():
        return _refuse(*usage.no_such_key(given.key, ring.labels()))
    if given.key == ring.current() or wraps.get(given.key):
        return _refuse(*usage.key_in_use(given.key))
    needing = archives.needing(settings.backups, given.key)
    if needing:
        return _refuse(*usage.key_in_backups(given.key, needing[-1]))
    if not given.yes:
        return _refuse(*usage.confirm_forget(given.key))
    path = settings.keys / file_of(given.key)
    aside = retire(path, now())
    path.unlink()
    return _done(f"La clé est mise de côté : {aside}", f"The key is put aside: {aside}")


def _kind(name: str) -> str:
    return OUTER if name.startswith(OUTER) else name


def backup(given: argparse.Namespace) -> int:
    from elearn.services import backup as archives
    from elearn.services import transaction
    from elearn.store.base import db, now

    settings = _settings()
    with _site(settings, older="left"):
        made = archives.make(
            db.engine, settings, _ring(settings), now(), Path(given.file) if given.file else None, _bar()
        )
        if _is_current(db.engine):
            transaction.run(lambda tx: archives.note_made(tx, made, now()))
    gone = archives.prune(settings.backups, given.keep, now(), made.path)
    tell(say(*usage.backed_up(made.path, made.size, sum(made.manifest.rows.values()), made.seconds, len(gone))))
    return _done(*usage.keys_apart(settings.keys))


def restore(given: argparse.Namespace) -> int:
    from elearn.services import restore as restoring
    from elearn.serving import hold, refuse_while_serving
    from elearn.store.base import db, now

    settings = _settings()
    if given.drill:
        return _drill(Path(given.file), settings)
    began = time.monotonic()
    settings.make_folders()
    refuse_while_serving(settings)
    hold(settings.instance, alone=True)
    ring, at = _ring(settings), now()
    manifest = restoring.examine(Path(given.file), ring)
    staged = restoring.stage(Path(given.file), manifest, settings, ring, at, None)
    try:
        with _site(staged.settings, older="migrated"):
            settled = restoring.settle(staged, at)
            db.session.remove()
        before = restoring.swap(staged)
    finally:
        restoring.remove(staged)
    return _done(*usage.restored(manifest.created_at, settled, before, time.monotonic() - began))


def _drill(path: Path, settings: Settings) -> int:
    """Restore aside, open the site on it, take it away, and note the day."""
    from elearn.services import restore as restoring
    from elearn.services import transaction
    from elearn.services.notes import put_note
    from elearn.store.base import db, now

    began, ring, at = time.monotonic(), _ring(settings), now()
    manifest = restoring.examine(path, ring)
    settings.backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".drill-", dir=settings.backups) as folder:
        staged = restoring.stage(path, manifest, settings, ring, at, Path(folder))
        try:
            with _site(staged.settings, older="migrated") as app:
                settled = restoring.settle(staged, at)
                answer = app.test_client().get("/healthz", base_url=settings.base_url or None)
        finally:
            restoring.remove(staged)
    seconds = time.monotonic() - began
    if (answer.json or {}).get("database") != "ok":
        return _refuse(*usage.DRILL_FAILED)
    with _site(settings, older="left"):
        if _is_current(db.engine):
            transaction.run(lambda tx: put_note(tx, "drill", f"{path.name} {seconds:.1f}"[:400], at))
    return _done(*usage.drilled(manifest.created_at, settled, seconds))


def upgrade(_given: argparse.Namespace) -> int:
    """Backup, migrations in one transaction, a look at the result. The former tables stay where one step fails."""
    from elearn.services import backup as archives
    from elearn.services import transaction, upgrading
    from elearn.serving import hold, refuse_while_serving
    from elearn.store import schema
    from elearn.store.base import db, now

    settings = _settings()
    settings.make_folders()
    with _site(settings, older="left"):
        stands = schema.revision(db.engine)
        if stands == schema.newest():
            return _done(*usage.up_to_date(stands))
        db.engine.dispose()  # our own connections are not someone else's
        refuse_while_serving(settings)
        hold(settings.instance, alone=True)
        made = archives.make(db.engine, settings, _ring(settings), now(), None, _bar()) if stands else None
        try:
            upgrading.bring_up(db.engine)
        except upgrading.NotUpgraded as error:
            return _refuse(*usage.not_upgraded(stands, error, made.path if made else None))
        transaction.run(lambda tx: upgrading.note_upgraded(tx, stands, made, now()))
    return _done(*usage.upgraded(stands, schema.newest(), made.path if made else None))


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
    with _site(_settings(), older="migrated"):
        pass
    return _done("La base de données est à jour.", "The database is up to date.")


def doctor(_given: argparse.Namespace) -> int:
    from elearn.app import create_app
    from elearn.doctor import chain, findings
    from elearn.store.base import now

    settings = _settings()
    found = list(findings(settings, now()))
    readable = all((settings.keys / file_of(name)).exists() for name in Keyring(settings.keys).names())
    if readable and _has_current_tables(settings):
        found.append(chain(create_app(settings)))
    for finding in found:
        mark = paint("✓", GREEN) if finding.sound else paint("✗", RED)
        tell(f"  {mark} {say(finding.fr, finding.en)}")
    return 0 if all(finding.sound for finding in found) else 1


def _has_current_tables(settings: Settings) -> bool:
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError

    if settings.database_url.startswith("sqlite") and not Path(settings.database_url[10:]).exists():
        return False
    engine = create_engine(settings.database_url, hide_parameters=True)
    try:
        return _is_current(engine)
    except DBAPIError:
        return False
    finally:
        engine.dispose()


COMMANDS: dict[str, Command] = {
    "run": run,
    "work": work,
    "check": check,
    "publish": publish,
    "preview": preview,
    "user add": user_add,
    "user list": user_list,
    "user role": user_role,
    "user deactivate": user_deactivate,
    "user link": user_link,
    "mail list": mail_list,
    "mail show": mail_show,
    "mail send": mail_send,
    "keys new": keys_new,
    "keys list": keys_list,
    "keys rotate": keys_rotate,
    "keys forget": keys_forget,
    "backup": backup,
    "restore": restore,
    "upgrade": upgrade,
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
def _site(settings: Settings, preview: bool = False, older: str = "") -> Iterator["Flask"]:
    """The app, its folders made, its tables up to date and its keys those it was made with, with its context open.

    `older`: what becomes of tables of an older version, "migrated" or "left". Where it is not said, a trial migrates
    them, and a real site is told to run `elearn upgrade`, which saves them first.
    """
    from elearn.app import create_app
    from elearn.services.key_check import check_keys
    from elearn.store.base import db, now

    settings.make_folders()
    if (settings.keys / NEXT_SECRET).exists():
        _finish_secret(settings)
    app = create_app(settings, preview=preview)
    with app.app_context():
        try:
            _bring_up(db.engine, older or ("refused" if settings.base_url else "migrated"))
            if _is_current(db.engine):
                check_keys(app.config["ELEARN_KEYRING"], db.engine, now())
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def _bring_up(engine: "Engine", older: str) -> None:
    from sqlalchemy.exc import DBAPIError

    from elearn.store import schema

    try:
        stands = schema.revision(engine)
    except DBAPIError as error:
        raise usage.no_database(error) from error
    if schema.is_newer(stands):
        raise usage.newer_tables(stands, schema.newest())
    if stands == schema.newest() or older == "left":
        return
    if stands is not None and older == "refused":
        raise usage.older_tables(stands, schema.newest())
    from elearn.store.upgrade import upgrade

    upgrade(engine)


def _is_current(engine: "Engine") -> bool:
    from elearn.store import schema

    return schema.is_current(engine)


def _finish_secret(settings: Settings) -> None:
    """A change of the secret was interrupted: its file takes its place where the database has moved to it."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError

    from elearn.services.key_check import finish_secret
    from elearn.store.base import now

    engine = create_engine(settings.database_url, hide_parameters=True)
    try:
        finish_secret(settings.keys, engine, now())
    except DBAPIError as error:
        raise usage.no_database(error) from error
    finally:
        engine.dispose()


def _ring(settings: Settings) -> Keyring:
    """The keys as they lie there: none is made for a backup or a restore."""
    return Keyring(settings.keys)


def _bar() -> Bar:
    return Bar(say("copie", "copy"))


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
