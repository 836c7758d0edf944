"""What commands share: settings, the open site, and how an outcome is told."""

import argparse
import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING

from elearn import usage
from elearn.config import Settings, SettingsError
from elearn.keyring import NEXT_SECRET, Keyring
from elearn.store.content_folder import ContentFolderError
from elearn.terminal import RED, paint, say, tell, warn

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy import Engine

Command = Callable[[argparse.Namespace], int]


def read_settings(given: argparse.Namespace | None = None) -> Settings:
    asked = {name: value for name in ("port", "host", "workers") if (value := getattr(given, name, None))}
    return Settings.from_env(os.environ, **asked)


@contextmanager
def open_site(settings: Settings, preview: bool = False, older: str = "") -> Iterator["Flask"]:
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
            if is_current(db.engine):
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


def is_current(engine: "Engine") -> bool:
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


def in_a_line(command: Command) -> Command:
    """A command on content that never answers with a traceback: a fault of ours is one line, and exit status 2.

    ELEARN_DEBUG=1 lets the traceback through. A folder that cannot be read has the same status.
    """

    @wraps(command)
    def told(given: argparse.Namespace) -> int:
        try:
            return command(given)
        except ContentFolderError as error:
            warn(*usage.UNREADABLE[error.code](error.path))
        except (SettingsError, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get("ELEARN_DEBUG"):
                raise
            warn(*usage.our_fault(error))
        return 2

    return told


@contextmanager
def quickly() -> Iterator[None]:
    """For work that makes much and throws little away: the collector of garbage looks less often."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def ring_of(settings: Settings) -> Keyring:
    """The keys as they lie there: none is made for a backup or a restore."""
    return Keyring(settings.keys)


def done(fr: str, en: str) -> int:
    tell(say(fr, en))
    return 0


def refuse(fr: str, en: str) -> int:
    tell(paint(say(fr, en), RED))
    return 1


def unknown(name: str) -> int:
    return refuse(f"Personne n'a le nom « {name} ».", f"Nobody has the name “{name}”.")
