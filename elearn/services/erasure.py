"""Erasing an account: asked for, seven days to change one's mind, then done for good, and done again after a restore.

What is deleted goes with the person's row; attestations stay, without a name. Each erasure is a row and a line of
`erasures.jsonl` in the instance, which no restore replaces, and among the backups where there is such a folder.
"""

import datetime as dt
import json
import os
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from flask import current_app
from sqlalchemy import ColumnElement, Engine, delete, select, text, update
from sqlalchemy.orm import Session

from elearn.core.attestations import canonical, load
from elearn.services import audit, outbox, transaction
from elearn.services.audit import By
from elearn.store.accounts import Person
from elearn.store.attestations import Attestation, Holding, ShareLink
from elearn.store.base import db
from elearn.store.credentials import Credential
from elearn.store.inventory import Whose, owned, tables
from elearn.store.journal import JOURNAL
from elearn.store.privacy import Erasure

CHANGE_OF_MIND = dt.timedelta(days=7)


def ask_for(uid: str, by: By) -> dt.datetime | None:
    """Erase this account in seven days, or on the day it was already to be; the day, None where nobody has that id."""

    def work(tx: Session) -> dt.datetime | None:
        person = _locked(tx, Person.uid == uid)
        if person is None:
            return None
        if person.erase_at is not None:
            return cast(dt.datetime, person.erase_at)
        due = by.at + CHANGE_OF_MIND
        tx.execute(update(Person).where(Person.id == person.id).values(erase_at=due))
        audit.record(tx, by, "erasure asked", uid, days=CHANGE_OF_MIND.days)
        outbox.put(tx, person.id, "notice", by.at)
        return due

    return transaction.run(work)


def keep(person: int, by: By) -> bool:
    """Keep the account after all. False where nothing was asked, or where the day has come."""

    def work(tx: Session) -> bool:
        kept = tx.execute(
            update(Person)
            .where(Person.id == person, Person.erase_at > by.at)
            .values(erase_at=None)
            .returning(Person.uid)
        ).scalar()
        if kept is not None:
            audit.record(tx, by, "erasure withdrawn", kept)
        return kept is not None

    return transaction.run(work)


def due(at: dt.datetime) -> list[str]:
    """Identifiers of the accounts whose day has come."""
    with db.engine.connect() as connection:
        return list(connection.execute(select(Person.uid).where(Person.erase_at <= at).order_by(Person.id)).scalars())


def erase_due(at: dt.datetime) -> int:
    """Erase every account whose day has come; how many."""
    return _erase_all(due(at), at, Person.erase_at <= at)


def erase(uids: Iterable[str], at: dt.datetime, still: ColumnElement[bool] | None = None) -> int:
    """Erase these accounts now, where `still` holds of them; how many."""
    return _erase_all(uids, at, Person.id.is_not(None) if still is None else still)


def replay(lines: Iterable[str], at: dt.datetime) -> int:
    """Erase again, after a restore, every account that the lines of a journal name; how many had come back.

    ValueError for a line that is not one of the journal: nothing is erased then.
    """
    return erase(dict.fromkeys(_uid_of(line) for line in lines if line.strip()), at)


def trim(tx: Session, before: dt.datetime) -> None:
    """Forget the lines older than `before`. Part of a deed that has already written to the audit log, as `_erase` does:
    its lock keeps the two apart."""
    for path in journals():
        if not path.exists():
            continue
        kept = [line for line in path.read_text("utf-8", "replace").splitlines() if _is_kept(line, before)]
        mine = path.with_name(f".{path.name}.{os.getpid()}")
        _write(mine, "".join(f"{line}\n" for line in kept), os.O_TRUNC)
        mine.replace(path)


def journals() -> list[Path]:
    """The files of the journal: in the instance, and among the backups where there is such a folder."""
    settings = current_app.config["ELEARN"]
    return [folder / JOURNAL for folder in (settings.instance, settings.backups) if folder.is_dir()]


def _erase_all(uids: Iterable[str], at: dt.datetime, still: ColumnElement[bool]) -> int:
    erased = sum(_erase_one(uid, at, still) for uid in uids)
    if erased:
        sweep(db.engine)
    return erased


def _erase_one(uid: str, at: dt.datetime, still: ColumnElement[bool]) -> bool:
    def work(tx: Session) -> bool:
        person = _locked(tx, Person.uid == uid, still)
        if person is not None:
            _erase(tx, Whose(person.id, uid), at)
        return person is not None

    return transaction.run(work)


def _erase(tx: Session, whose: Whose, at: dt.datetime) -> None:
    """The line of the journal is written last and before the commit: were it written after, a crash in between and a
    restore would bring the person back. Written twice, it says the same; the lock of the row keeps them due until then.
    """
    _take_names_off(tx, whose, at)
    tx.execute(delete(Holding).where(Holding.person_id == whose.id))
    tx.execute(delete(Person).where(Person.id == whose.id))
    audit.record(tx, By(at), "erased", whose.uid)
    transaction.add_once(tx, Erasure, uid=whose.uid, at=at)
    line = json.dumps({"uid": whose.uid, "at": at.astimezone(dt.UTC).isoformat()})
    for path in journals():
        start = "" if _ends_whole(path) else "\n"
        _write(path, f"{start}{line}\n", os.O_APPEND)


def _take_names_off(tx: Session, whose: Whose, at: dt.datetime) -> None:
    """The same facts without name and salt, and the signed files emptied: identifiers, places and digests stay, so that
    the holder's own file still proves itself. Nobody can try names against a digest; every address is closed."""
    held = list(tx.execute(select(Holding.attestation_id).where(Holding.person_id == whose.id)).scalars())
    for attestation, facts in tx.execute(
        select(Attestation.id, Attestation.facts).where(Attestation.id.in_(held))
    ).all():
        nameless = canonical(replace(load(facts), printed_name="", salt=""))
        tx.execute(update(Attestation).where(Attestation.id == attestation).values(printed_name="", facts=nameless))
    tx.execute(update(ShareLink).where(ShareLink.attestation_id.in_(held)).values(label=""))
    still_open = ShareLink.attestation_id.in_(held), ShareLink.closed_at.is_(None)
    tx.execute(update(ShareLink).where(*still_open).values(closed_at=at))
    tx.execute(update(Credential).where(Credential.attestation_id.in_(held)).values(body=b""))


def sweep(engine: Engine) -> None:
    """Leave nothing of deleted rows in the files: SQLite has zeroed them (secure_delete) but for its log, which is
    emptied here; PostgreSQL keeps dead rows until it is told to clean up. Waits for readers, two seconds at most."""
    if engine.dialect.name == "postgresql":
        names = ", ".join(f'"{table.name}"' for table in tables() if owned(table, Whose(0, "")) is not None)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"VACUUM {names}"))
        return
    raw = engine.raw_connection()
    try:
        for _ in range(20):
            busy = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not busy:
                return
            time.sleep(0.1)
    finally:
        raw.close()


def _locked(tx: Session, *which: ColumnElement[bool]) -> Any:
    return tx.execute(select(Person.id, Person.uid, Person.erase_at).where(*which).with_for_update()).first()


def _write(path: Path, words: str, how: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600)
    with os.fdopen(handle, "a" if how == os.O_APPEND else "w", encoding="utf-8") as file:
        file.write(words)
        file.flush()
        os.fsync(file.fileno())


def _ends_whole(path: Path) -> bool:
    """False after a crash or a full disk in the midst of a line: the next one must not be glued to it."""
    return not path.exists() or path.read_bytes()[-1:] in (b"", b"\n")


def _is_kept(line: str, before: dt.datetime) -> bool:
    """A line that was cut short names nobody: it goes."""
    try:
        return _at_of(line) >= before
    except (ValueError, TypeError):
        return False


def _uid_of(line: str) -> str:
    return str(_entry(line)["uid"])


def _at_of(line: str) -> dt.datetime:
    return dt.datetime.fromisoformat(str(_entry(line)["at"]))


def _entry(line: str) -> dict[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict) or not {"uid", "at"} <= set(found):
        raise ValueError("not a line of the journal of erasures")
    return found
