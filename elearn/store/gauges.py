"""Numbers about the site for whoever looks after it, from what the database and the files know.

No counters of single processes: with several workers each would tell another story.
"""

import datetime as dt
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from elearn.store.accounts import Person, SignIn
from elearn.store.attestations import Attestation
from elearn.store.editions import newest
from elearn.store.learning import Enrolment
from elearn.store.mail import OutboxMessage
from elearn.store.upkeep import note

HELP = {
    "elearn_up": "1 while the site and its database answer",
    "elearn_edition": "number of the edition in force",
    "elearn_people": "accounts that are open",
    "elearn_enrolments": "places in courses",
    "elearn_attestations": "attestations issued",
    "elearn_sessions_open": "sessions that have not ended",
    "elearn_messages_waiting": "messages that wait to be sent",
    "elearn_messages_failed": "messages that could not be sent",
    "elearn_oldest_message_seconds": "how long the oldest waiting message has waited",
    "elearn_backup_age_seconds": "since the last backup",
    "elearn_drill_age_seconds": "since the last restore drill",
    "elearn_wal_bytes": "size of the write-ahead log of SQLite",
    "elearn_disk_free_bytes": "free space where the instance lies",
}
"""Every gauge and what it counts."""


def gauges(connection: Connection, at: dt.datetime) -> dict[str, float]:
    """What the database knows. A gauge that has no value, such as the age of a backup never made, is left out."""
    found: dict[str, float] = {"elearn_up": 1}
    found["elearn_edition"] = newest(connection) or 0
    found["elearn_people"] = _count(connection, Person, Person.deactivated_at.is_(None))
    found["elearn_enrolments"] = _count(connection, Enrolment)
    found["elearn_attestations"] = _count(connection, Attestation)
    found["elearn_sessions_open"] = _count(connection, SignIn, SignIn.expires_at > at)
    for state in ("waiting", "failed"):
        found[f"elearn_messages_{state}"] = _count(connection, OutboxMessage, OutboxMessage.state == state)
    oldest = connection.execute(
        select(func.min(OutboxMessage.made_at)).where(OutboxMessage.state == "waiting")
    ).scalar()
    if oldest is not None:
        found["elearn_oldest_message_seconds"] = (at - oldest).total_seconds()
    for name in ("backup", "drill"):
        noted = note(connection, name)
        if noted is not None:
            found[f"elearn_{name}_age_seconds"] = (at - noted[1]).total_seconds()
    return found


def file_gauges(instance: Path, database_url: str) -> dict[str, float]:
    """What the disk knows."""
    found: dict[str, float] = {"elearn_disk_free_bytes": shutil.disk_usage(instance).free}
    if database_url.startswith("sqlite"):
        wal = Path(database_url[10:] + "-wal")
        found["elearn_wal_bytes"] = wal.stat().st_size if wal.exists() else 0
    return found


def exposition(found: Mapping[str, float]) -> str:
    """The text format of Prometheus, version 0.0.4."""
    lines = []
    for name, words in HELP.items():
        if name in found:
            lines += [f"# HELP {name} {words}", f"# TYPE {name} gauge", f"{name} {found[name]:.15g}"]
    return "\n".join(lines) + "\n"


def _count(connection: Connection, model: Any, *where: Any) -> int:
    return connection.execute(select(func.count()).select_from(model).where(*where)).scalar_one()
