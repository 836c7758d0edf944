"""Texts that this site has adopted: who read which course, said by an admin; and their copy beside the database.

Every page of a course says who has not read it yet, and must not cost a statement for it: pages read the copy.
"""

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, String, select
from sqlalchemy.orm import Mapped, mapped_column

from elearn.core.adoption import Adoption
from elearn.store.base import Care, Model, Moment

COPY = "adoptions.json"

READING = Care(
    "content",
    "open",
    "telling readers who has read a text, and standing by it",
    "as long as the site",
    "no: it tells about a text of the site",
    "kept: the name was given to be shown with the text",
)


class CourseAdoption(Model):
    """Someone read a course for this site, and an admin said so. `fingerprint`: of the reading (core.adoption)."""

    __tablename__ = "course_adoption"

    id: Mapped[int] = mapped_column(primary_key=True, info=READING("order"))
    course: Mapped[str] = mapped_column(String(64), info=READING("which course"))
    fingerprint: Mapped[str] = mapped_column(String(64), index=True, info=READING("which reading it owed"))
    reader: Mapped[str] = mapped_column(String(80), info=READING("name of the reader, given to be shown"))
    role: Mapped[str] = mapped_column(String(120), info=READING("as what they read it"))
    read_on: Mapped[dt.date] = mapped_column(info=READING("the day it was read"))
    at: Mapped[dt.datetime] = mapped_column(Moment, info=READING("when it was said"))
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=READING("when it was taken back"))


def standing(connection: Connection) -> dict[str, Adoption]:
    """What stands, by fingerprint of the reading: the newest word on each."""
    rows = connection.execute(
        select(CourseAdoption.fingerprint, CourseAdoption.reader, CourseAdoption.role, CourseAdoption.read_on)
        .where(CourseAdoption.withdrawn_at.is_(None))
        .order_by(CourseAdoption.id)
    )
    return {row.fingerprint: Adoption(row.reader, row.role, row.read_on.isoformat()) for row in rows}


_held: dict[Path, tuple[int, dict[str, Adoption]]] = {}


def adoptions(instance: Path) -> Mapping[str, Adoption]:
    """What stands, from the copy: the same object until the file changes, empty where nothing was ever adopted."""
    path = instance / COPY
    changed, known = _held.setdefault(path, (-1, {}))
    try:
        now = path.stat().st_mtime_ns
        if now != changed:
            known = {name: Adoption(*map(str, row)) for name, row in json.loads(path.read_bytes()).items()}
            _held[path] = (now, known)
    except (OSError, ValueError, TypeError, AttributeError):
        return known
    return known
