"""`elearn upgrade`: every migration in one transaction, then a look whether the tables are those that are declared."""

import datetime as dt

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from elearn.services import audit, backup
from elearn.services.audit import By
from elearn.services.backup import Made
from elearn.store import schema
from elearn.store.upgrade import differences, upgrade


class NotUpgraded(Exception):
    """What stood in the way: a class of error or the first difference, never a value of a row."""


def bring_up(engine: Engine) -> None:
    """Migrate to the newest tables, all or nothing, and check them. NotUpgraded."""
    try:
        upgrade(engine)
    except Exception as error:
        raise NotUpgraded(type(error).__name__) from error
    with engine.connect() as connection:
        lacking = differences(connection)
        if engine.dialect.name == "sqlite":
            lacking += [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
            lacking += [str(row[0]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
    if lacking:
        raise NotUpgraded(lacking[0])


def note_upgraded(tx: Session, stood: str | None, made: Made | None, at: dt.datetime) -> None:
    if made is not None:
        backup.note_made(tx, made, at)
    audit.record(tx, By(at), "upgraded", before=stood or "", after=schema.newest())
