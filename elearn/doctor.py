"""`elearn doctor`: looks at an installation and says, line by line, what is sound and what to mend. Changes nothing."""

import datetime as dt
import shutil
import smtplib
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError

from elearn.config import ROOT, Settings, SettingsError, closed_folder
from elearn.core.help_lines import fingerprint, name_of
from elearn.keyring import NEXT_SECRET, Keyring, file_of, is_there
from elearn.services import audit, key_check, rotation, seal_check
from elearn.store import health, schema
from elearn.store.base import db, prepare
from elearn.store.editions import newest
from elearn.store.help_lines import help_lines
from elearn.store.upkeep import help_line_checks

ENOUGH_ROOM = 500_000_000
BACKUP_AGE = dt.timedelta(hours=26)
DRILL_AGE = dt.timedelta(days=100)
LINE_AGE = dt.timedelta(days=183)
MESSAGE_AGE = dt.timedelta(hours=6)
TASK_AGE = dt.timedelta(days=2)
MAIL_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    sound: bool
    fr: str
    en: str


def findings(settings: Settings, at: dt.datetime) -> Iterator[Finding]:
    """What an installation looks like from outside: needs no app, so that it speaks even where none can be made."""
    yield _kind_of_site(settings)
    yield _year(at)
    for name in Keyring(settings.keys).names():
        yield _key(settings, name)
    if _is_closed(settings.instance):
        closed = closed_folder(settings.instance)
        yield Finding(False, closed.fr, closed.en)
    else:
        yield from _folders(settings)
        yield from _database(settings, at)
    yield _mail(settings)
    yield from _messages()


def chain(app: Flask) -> Finding:
    """The audit log, entry by entry: within the app, since its key is needed. With another key every entry would look
    changed: then the key is what is wrong."""
    ring: Keyring = app.config["ELEARN_KEYRING"]
    with app.app_context():
        foreign = key_check.foreign(ring, db.engine)
        if foreign is not None and not (ring.folder / NEXT_SECRET).exists():
            wrong = key_check.wrong_key(foreign)
            return Finding(False, wrong.fr, wrong.en)
        number = audit.broken()
    return Finding(
        number is None,
        "journal d'audit : aucune entrée changée"
        if number is None
        else f"journal d'audit : l'entrée {number} a été "
        "changée, ou celle d'avant manque ; gardez une copie de la base et cherchez qui y a accès",
        "audit log: no entry was changed"
        if number is None
        else f"audit log: entry {number} was changed, or the one "
        "before is missing; keep a copy of the database and find out who has access",
    )


def lost_keys(app: Flask) -> Iterator[Finding]:
    """Outer keys that the folder lacks and something still needs: its copy is older than a rotation."""
    with app.app_context():
        wraps = rotation.wrapped_by()
    for label in sorted(set(wraps) - set(app.config["ELEARN_KEYRING"].labels())):
        yield Finding(
            False,
            f"clé {label} : absente, et {wraps[label]} clés de personnes ou d'organismes en dépendent ; remettez-la de "
            "votre copie des clés",
            f"key {label}: missing, and {wraps[label]} keys of people or organisations need it; put it back from your "
            "copy of the keys",
        )


def seals(app: Flask) -> Iterator[Finding]:
    """Private texts, addresses and secrets that do not open although their key is there: altered or moved."""
    ring: Keyring = app.config["ELEARN_KEYRING"]
    with app.app_context():
        without = bool(set(rotation.wrapped_by()) - set(ring.labels())) or key_check.foreign(ring, db.engine)
        shut = {} if without else seal_check.unopened()
    for table, count in sorted(shut.items()):
        yield Finding(
            False,
            f"contenus chiffrés illisibles dans {table} : {count} ; gardez une copie de la base, cherchez qui y a "
            "accès, et reprenez-les d'une sauvegarde",
            f"sealed values that do not open in {table}: {count}; keep a copy of the database, find out who has "
            "access, and take them back from a backup",
        )


def _kind_of_site(settings: Settings) -> Finding:
    if settings.base_url:
        return Finding(True, f"site réel : {settings.base_url}", f"a real site: {settings.base_url}")
    return Finding(
        settings.loopback,
        "essai sur cette machine (ELEARN_BASE_URL n'est pas définie)",
        "a trial on this machine (ELEARN_BASE_URL is not set)",
    )


def _year(at: dt.datetime) -> Finding:
    sane = 2025 <= at.year < 2100
    mend = "" if sane else " ; lancez « timedatectl set-ntp true »", "" if sane else "; run “timedatectl set-ntp true”"
    return Finding(sane, f"horloge : {at:%Y-%m-%d %H:%M} UTC{mend[0]}", f"clock: {at:%Y-%m-%d %H:%M} UTC{mend[1]}")


def _key(settings: Settings, name: str) -> Finding:
    path = settings.keys / file_of(name)
    if not is_there(path):
        made_later = not settings.base_url
        return Finding(
            made_later,
            f"clé {name} : absente, " + ("créée au premier démarrage" if made_later else "lancez « elearn keys new »"),
            f"key {name}: missing, " + ("made at the first start" if made_later else "run “elearn keys new”"),
        )
    try:
        Keyring(settings.keys).key(file_of(name))
    except SettingsError as error:
        return Finding(False, error.fr, error.en)
    if _others_may_read(path) or _others_may_read(settings.keys):
        return Finding(
            False,
            f"clé {name} : lisible par d'autres ; lancez « chmod 600 {path} » et « chmod 700 {settings.keys} »",
            f"key {name}: others may read it; run “chmod 600 {path}” and “chmod 700 {settings.keys}”",
        )
    return Finding(True, f"clé {name} : lisible par vous seul", f"key {name}: readable by you alone")


def _others_may_read(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def _is_closed(folder: Path) -> bool:
    """As after a restore that root made: whoever runs the site may not look into it."""
    try:
        next(folder.iterdir(), None)
    except PermissionError:
        return True
    except OSError:
        pass
    return False


def _folders(settings: Settings) -> Iterator[Finding]:
    there = settings.content.is_dir()
    own = settings.own_content.is_dir()
    yield Finding(
        there,
        f"cours : {settings.content}"
        + ("" if there else " n'existe pas ; réglez ELEARN_CONTENT")
        + (f", et par-dessus {settings.own_content}" if own else ""),
        f"courses: {settings.content}"
        + ("" if there else " is not there; set ELEARN_CONTENT")
        + (f", and over it {settings.own_content}" if own else ""),
    )
    for folder in (settings.instance, settings.backups):
        standing = next(one for one in (folder, *folder.parents) if one.exists())
        free = shutil.disk_usage(standing).free
        room = f"{free / 1e9:.1f}"
        roomy = free > ENOUGH_ROOM
        yield Finding(
            roomy,
            f"place libre pour {folder} : {room.replace('.', ',')} Go" + ("" if roomy else " ; faites de la place"),
            f"free space for {folder}: {room} GB" + ("" if roomy else "; make room"),
        )


def _database(settings: Settings, at: dt.datetime) -> Iterator[Finding]:
    if settings.database_url.startswith("sqlite") and not is_there(Path(settings.database_url[10:])):
        yield Finding(True, "base de données : créée au premier démarrage", "database: made at the first start")
        return
    engine = create_engine(settings.database_url, hide_parameters=True)
    prepare(engine)
    try:
        yield from _tables(engine, settings, at)
    except DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        yield Finding(False, f"base de données injoignable : {reason}", f"database out of reach: {reason}")
    finally:
        engine.dispose()


def _tables(engine: Engine, settings: Settings, at: dt.datetime) -> Iterator[Finding]:
    stands, last = schema.revision(engine), schema.newest()
    if stands != last:
        yield Finding(
            False,
            f"tables de la version {stands or 'vide'}, il faut {last} : lancez « elearn upgrade »",
            f"tables of version {stands or 'none'}, {last} is needed: run “elearn upgrade”",
        )
        return
    yield Finding(True, f"base de données à jour ({last})", f"database up to date ({last})")
    with engine.connect() as connection:
        yield from _durable(connection)
        number = newest(connection)
        yield Finding(
            number is not None,
            f"édition publiée : {number or 'aucune ; lancez « elearn publish »'}",
            f"published edition: {number or 'none; run “elearn publish”'}",
        )
        yield from _people(connection, settings)
        yield from _upkeep(connection, settings, at)
        yield from _help(connection, settings, at)


def _durable(connection: Connection) -> Iterator[Finding]:
    for name, (found, wanted) in health.durability(connection).items():
        sound = found == wanted
        mend = f" ; il faut {wanted} : voyez docs/running.md", f"; {wanted} is needed: see docs/running.md"
        shown = f"{name}={found}"
        yield Finding(
            sound,
            f"durabilité : {shown}" + ("" if sound else mend[0]),
            f"durability: {shown}" + ("" if sound else mend[1]),
        )


def _people(connection: Connection, settings: Settings) -> Iterator[Finding]:
    real = bool(settings.base_url)
    bare = health.admins_without_factor(connection)
    if real:
        yield Finding(
            not bare,
            f"administration sans second facteur : {bare}" + (" ; qu'ils l'ajoutent à leur compte" if bare else ""),
            f"administrators without a second factor: {bare}" + ("; they add it in their account" if bare else ""),
        )
        demo = health.open_demo_accounts(connection)
        yield Finding(
            not demo,
            f"comptes de démonstration ouverts : {demo}" + (" ; lancez « elearn run », qui les ferme" if demo else ""),
            f"open demo accounts: {demo}" + ("; run “elearn run”, which closes them" if demo else ""),
        )


def _upkeep(connection: Connection, settings: Settings, at: dt.datetime) -> Iterator[Finding]:
    real = bool(settings.base_url)
    latest = health.newest_moment(connection)
    behind = latest is not None and latest > at + dt.timedelta(minutes=5)
    yield Finding(
        not behind,
        "horloge : en retard sur la base de données ; lancez « timedatectl set-ntp true »"
        if behind
        else "horloge : pas en retard sur la base de données",
        "clock: behind the database; run “timedatectl set-ntp true”" if behind else "clock: not behind the database",
    )
    notes = health.notes(connection)
    yield _age("backup", notes, at, BACKUP_AGE, real, ("dernière sauvegarde", "last backup"), "elearn backup")
    command = f"elearn restore --drill {settings.backups}/ARCHIVE"
    yield _age("drill", notes, at, DRILL_AGE, real, ("dernier exercice de restauration", "last restore drill"), command)
    if "retention" in notes:
        yield _age("retention", notes, at, TASK_AGE, real, ("dernier ménage", "last tidying"), "elearn work --once")
    unsigned = health.late_lists(connection, at)
    if unsigned is not None:
        yield Finding(
            not unsigned,
            "listes de révocations : "
            + (f"{unsigned} en retard ; lancez « elearn status-lists »" if unsigned else "à jour"),
            "lists of revocations: " + (f"{unsigned} behind; run “elearn status-lists”" if unsigned else "up to date"),
        )
    waiting, failed, oldest = health.outbox(connection)
    late = oldest is not None and at - oldest > MESSAGE_AGE and bool(settings.mail_server)
    yield Finding(
        not failed and not late,
        f"courrier : {waiting} en attente, {failed} en échec"
        + (" ; voyez ELEARN_MAIL_SERVER" if failed or late else ""),
        f"mail: {waiting} waiting, {failed} failed" + ("; see ELEARN_MAIL_SERVER" if failed or late else ""),
    )


def _age(
    name: str,
    notes: dict[str, dt.datetime],
    at: dt.datetime,
    limit: dt.timedelta,
    real: bool,
    words: tuple[str, str],
    command: str,
) -> Finding:
    """On a trial an old or missing backup is told, and is nothing unsound."""
    noted = notes.get(name)
    recent = noted is not None and at - noted <= limit
    day = "—" if noted is None else f"{noted:%Y-%m-%d %H:%M} UTC"
    mend = ("", "") if recent else (f" ; lancez « {command} »", f"; run “{command}”")
    return Finding(recent or not real, f"{words[0]} : {day}{mend[0]}", f"{words[1]}: {day}{mend[1]}")


def _help(connection: Connection, settings: Settings, at: dt.datetime) -> Iterator[Finding]:
    checked = {line: moment.date() for line, (moment, _by) in help_line_checks(connection).items()}
    old = [
        name_of(line)
        for line in help_lines(settings.instance)
        if at.date() - max(checked.get(fingerprint(line), dt.date.min), health.day(line.checked_on)) > LINE_AGE
    ]
    shown = ", ".join(old[:5]) + ("…" if len(old) > 5 else "")
    mend = (
        f" ({shown}) ; appelez-les, puis notez-le sous Administration, « Lignes d'aide »" if old else "",
        f" ({shown}); call them, then note it under Administration, “Help lines”" if old else "",
    )
    yield Finding(
        not old or not settings.base_url,
        f"lignes d'aide à vérifier (plus de six mois) : {len(old)}" + mend[0],
        f"help lines to check (over six months): {len(old)}" + mend[1],
    )


def _mail(settings: Settings) -> Finding:
    """Does the mail server answer? Nothing is sent, and no password is shown."""
    if not settings.mail_server:
        where = settings.instance / "mail"
        return Finding(
            True,
            f"courrier : pas de serveur (ELEARN_MAIL_SERVER) ; les messages restent, scellés, dans {where}",
            f"mail: no server (ELEARN_MAIL_SERVER); messages stay, sealed, in {where}",
        )
    parts = urlsplit(settings.mail_server)
    host, port = parts.hostname or "", parts.port or (465 if parts.scheme == "smtps" else 587)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with kind(host, port, timeout=MAIL_PATIENCE) as server:
            code, _said = server.ehlo()
    except (OSError, smtplib.SMTPException) as error:
        reason = type(error).__name__
        return Finding(
            False,
            f"courrier : {host}:{port} ne répond pas ({reason}) ; vérifiez ELEARN_MAIL_SERVER",
            f"mail: {host}:{port} does not answer ({reason}); check ELEARN_MAIL_SERVER",
        )
    return Finding(code == 250, f"courrier : {host}:{port} répond {code}", f"mail: {host}:{port} answers {code}")


def _messages() -> Iterator[Finding]:
    for source in sorted(ROOT.glob("elearn/translations/*/LC_MESSAGES/messages.po")):
        compiled = source.with_suffix(".mo")
        fresh = compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime
        lang = source.parent.parent.name
        yield Finding(
            fresh,
            f"messages ({lang}) : " + ("compilés" if fresh else "à compiler ; lancez « make run »"),
            f"messages ({lang}): " + ("compiled" if fresh else "not compiled; run “make run”"),
        )
