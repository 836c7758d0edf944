"""What `elearn doctor` asks the database: how durable it is, who lacks what, and when things were last done."""

import datetime as dt

from sqlalchemy import Connection, func, select, text

from elearn.core.permissions import SECOND_FACTOR
from elearn.store.accounts import Person, SecondFactor
from elearn.store.audit import AuditEntry
from elearn.store.credentials import StatusList
from elearn.store.editions import Edition
from elearn.store.mail import OutboxMessage
from elearn.store.upkeep import SiteNote

SQLITE = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
POSTGRESQL = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""Settings without which an acknowledged answer may be lost in a power cut."""


def durability(connection: Connection) -> dict[str, tuple[str, str]]:
    """Setting -> (as found, as wanted)."""
    if connection.dialect.name == "sqlite":
        return {name: (str(connection.execute(text(f"PRAGMA {name}")).scalar()), good) for name, good in SQLITE.items()}
    return {name: (str(connection.execute(text(f"SHOW {name}")).scalar()), good) for name, good in POSTGRESQL.items()}


def admins_without_factor(connection: Connection) -> int:
    """Open accounts whose role needs a second factor, and that have none that was confirmed."""
    confirmed = select(SecondFactor.person_id).where(SecondFactor.confirmed_at.is_not(None))
    wanted = select(func.count()).where(
        Person.role.in_(SECOND_FACTOR), Person.deactivated_at.is_(None), Person.id.not_in(confirmed)
    )
    return connection.execute(wanted).scalar_one()


def open_demo_accounts(connection: Connection) -> int:
    return connection.execute(select(func.count()).where(Person.demo, Person.deactivated_at.is_(None))).scalar_one()


def newest_moment(connection: Connection) -> dt.datetime | None:
    """The latest moment that something was written down: the clock must not be behind it."""
    found = [connection.execute(select(func.max(one))).scalar() for one in (AuditEntry.at, Edition.published_at)]
    return max((one for one in found if one is not None), default=None)


def notes(connection: Connection) -> dict[str, dt.datetime]:
    """When each fact of the site was noted."""
    return {str(name): at for name, at in connection.execute(select(SiteNote.name, SiteNote.at))}


def outbox(connection: Connection) -> tuple[int, int, dt.datetime | None]:
    """(waiting, failed, when the oldest that waits was written)."""
    states = select(OutboxMessage.state, func.count(), func.min(OutboxMessage.made_at)).group_by(OutboxMessage.state)
    found = {state: (count, oldest) for state, count, oldest in connection.execute(states)}
    waiting, failed = found.get("waiting", (0, None)), found.get("failed", (0, None))
    return waiting[0], failed[0], waiting[1]


def day(written: str) -> dt.date:
    """A day as a content file writes it; the beginning of time where it says none."""
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        return dt.date.min


def late_lists(connection: Connection, at: dt.datetime) -> int | None:
    """How many lists of revocations were not signed for two days, of a week; None where there are none."""
    if connection.execute(select(StatusList.id).limit(1)).first() is None:
        return None
    late = StatusList.signed_at.is_(None) | (StatusList.signed_at < at - dt.timedelta(days=2))
    return int(connection.execute(select(func.count()).select_from(StatusList).where(late)).scalar_one())
