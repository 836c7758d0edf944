"""Noting that someone checked a help line, and the copy of these dates that the help page reads beside the database."""

import fcntl
import json
import secrets
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from elearn.core.course import HelpLine
from elearn.core.help_lines import fingerprint, name_of
from elearn.core.passwords import has_hidden_signs, shown_name
from elearn.services import audit, transaction
from elearn.services.accounts import Unacceptable
from elearn.services.audit import By
from elearn.store.base import db
from elearn.store.help_lines import CHECKS
from elearn.store.upkeep import HelpLineCheck, help_line_checks

LONGEST = 80


def check(line: HelpLine, name: str, by: By, instance: Path) -> None:
    """`name` called or read up this line and found it right. Unacceptable (needed, long, characters) for the name."""
    name = shown_name(name)
    if not name:
        raise Unacceptable("name", "needed")
    if len(name) > LONGEST:
        raise Unacceptable("name", "long")
    if has_hidden_signs(name):
        raise Unacceptable("name", "characters")

    def work(tx: Session) -> None:
        row = {"line": name_of(line), "fingerprint": fingerprint(line), "checked_by": name, "at": by.at}
        tx.execute(insert(HelpLineCheck).values(**row))
        audit.record(tx, by, "help line checked", line=name_of(line))

    transaction.run(work)
    keep_copy(instance)


def keep_copy(instance: Path) -> None:
    """Write the day of each line's last check beside the database, whole or not at all.

    Two at once take turns, and each reads what was committed before it writes: the later one tells everything.
    """
    target = instance / CHECKS
    with (instance / f".{CHECKS}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        with db.engine.connect() as connection:
            days = {line: at.date().isoformat() for line, (at, _name) in help_line_checks(connection).items()}
        mine = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        mine.write_text(json.dumps(days, sort_keys=True), encoding="utf-8")
        mine.replace(target)
