"""What the site notes about itself: last backup, last drill, retention; and who checked which help line when."""

import datetime as dt

from sqlalchemy import Connection, Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.base import Care, Model, Moment

NOTE = Care("site", "internal", "running the site", "as long as the site", "no: not personal", "kept")
CHECK = Care(
    "site", "internal", "safety: numbers of help lines must be right", "as long as the site", "no: not personal", "kept"
)


class SiteNote(Model):
    """One fact of the site by name, such as `backup` or `retention`."""

    __tablename__ = "site_note"

    name: Mapped[str] = mapped_column(String(40), primary_key=True, info=NOTE("which fact"))
    value: Mapped[str] = mapped_column(String(400), info=NOTE("what it says"))
    at: Mapped[dt.datetime] = mapped_column(Moment, info=NOTE("when it was noted"))


class HelpLineCheck(Model):
    """Someone called or read up a help line and found it right. `fingerprint`: of the line as it was then."""

    __tablename__ = "help_line_check"
    __table_args__ = (Index("ix_help_line_check_line", "line", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=CHECK("order"))
    line: Mapped[str] = mapped_column(String(64), info=CHECK("id of the line"))
    fingerprint: Mapped[str] = mapped_column(String(64), info=CHECK("hash of the line as it was"))
    checked_by: Mapped[str] = mapped_column(String(80), info=CHECK("name that the checker gave, shown to admins"))
    at: Mapped[dt.datetime] = mapped_column(Moment, info=CHECK("when"))


def note(connection: Connection, name: str) -> tuple[str, dt.datetime] | None:
    """(value, moment) of a fact; None where it was never noted."""
    row = connection.execute(select(SiteNote.value, SiteNote.at).where(SiteNote.name == name)).first()
    return (row.value, row.at) if row else None


def help_line_checks(connection: Connection) -> dict[str, tuple[dt.datetime, str]]:
    """(when, by whom) of the newest check of each line, by fingerprint: a line that says something else has none."""
    newest = select(func.max(HelpLineCheck.id)).group_by(HelpLineCheck.fingerprint)
    rows = connection.execute(
        select(HelpLineCheck.fingerprint, HelpLineCheck.at, HelpLineCheck.checked_by).where(
            HelpLineCheck.id.in_(newest)
        )
    )
    return {row.fingerprint: (row.at, row.checked_by) for row in rows}
