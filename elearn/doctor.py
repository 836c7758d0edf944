"""`elearn doctor`: looks at an installation and says, line by line, what is sound and what to mend. Changes nothing."""

import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError

from elearn.config import ROOT, Settings, SettingsError
from elearn.keyring import KEY_FILES, Keyring
from elearn.store import schema
from elearn.store.base import prepare
from elearn.store.editions import newest

ENOUGH_ROOM = 500_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    sound: bool
    fr: str
    en: str


def findings(settings: Settings) -> Iterator[Finding]:
    yield _kind_of_site(settings)
    for name in KEY_FILES:
        yield _key(settings, name)
    yield from _folders(settings)
    yield from _database(settings)
    yield from _messages()


def _kind_of_site(settings: Settings) -> Finding:
    if settings.base_url:
        return Finding(True, f"site réel : {settings.base_url}", f"a real site: {settings.base_url}")
    return Finding(
        settings.loopback,
        "essai sur cette machine (ELEARN_BASE_URL n'est pas définie)",
        "a trial on this machine (ELEARN_BASE_URL is not set)",
    )


def _key(settings: Settings, name: str) -> Finding:
    path = settings.keys / name
    if not path.exists():
        made_later = not settings.base_url
        return Finding(
            made_later,
            f"clé {name} : absente, " + ("créée au premier démarrage" if made_later else "lancez « elearn keys new »"),
            f"key {name}: missing, " + ("made at the first start" if made_later else "run “elearn keys new”"),
        )
    try:
        Keyring(settings.keys).key(name)
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


def _folders(settings: Settings) -> Iterator[Finding]:
    there = settings.content.is_dir()
    yield Finding(
        there,
        f"cours : {settings.content}" + ("" if there else " n'existe pas ; réglez ELEARN_CONTENT"),
        f"courses: {settings.content}" + ("" if there else " is not there; set ELEARN_CONTENT"),
    )
    standing = next(folder for folder in (settings.instance, *settings.instance.parents) if folder.exists())
    free = shutil.disk_usage(standing).free
    room = f"{free / 1e9:.1f}"
    yield Finding(
        free > ENOUGH_ROOM,
        f"place libre pour {settings.instance} : {room.replace('.', ',')} Go",
        f"free space for {settings.instance}: {room} GB",
    )


def _database(settings: Settings) -> Iterator[Finding]:
    if settings.database_url.startswith("sqlite") and not Path(settings.database_url[10:]).exists():
        yield Finding(True, "base de données : créée au premier démarrage", "database: made at the first start")
        return
    engine = create_engine(settings.database_url, hide_parameters=True)
    prepare(engine)
    try:
        yield from _tables(engine)
    except DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        yield Finding(False, f"base de données injoignable : {reason}", f"database out of reach: {reason}")
    finally:
        engine.dispose()


def _tables(engine: Engine) -> Iterator[Finding]:
    stands, last = schema.revision(engine), schema.newest()
    if stands != last:
        yield Finding(
            False,
            f"tables de la version {stands or 'vide'}, il faut {last} : lancez « elearn migrate »",
            f"tables of version {stands or 'none'}, {last} is needed: run “elearn migrate”",
        )
        return
    yield Finding(True, f"base de données à jour ({last})", f"database up to date ({last})")
    with engine.connect() as connection:
        number = newest(connection)
    yield Finding(
        number is not None,
        f"édition publiée : {number or 'aucune ; lancez « elearn publish »'}",
        f"published edition: {number or 'none; run “elearn publish”'}",
    )


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
