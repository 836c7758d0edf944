"""Who published what, and when: the list of editions, and the one that brought each file as it is. Only reads."""

from typing import Any

from sqlalchemy import Connection, func, select

from elearn.store.accounts import Person
from elearn.store.editions import Edition, EditionEntry


def publications(connection: Connection, most: int = 1_000, skip: int = 0) -> list[Any]:
    """Editions, the newest first: number, published_at, note, restores, and `who` made it, None for the server."""
    columns = (Edition.number, Edition.published_at, Edition.note, Edition.restores, Person.chosen_name.label("who"))
    found = select(*columns).outerjoin(Person, Person.id == Edition.made_by)
    return list(connection.execute(found.order_by(Edition.number.desc()).limit(most).offset(skip)))


def file_editions(connection: Connection) -> dict[str, int]:
    """File of a course -> the first edition that held it as the newest one does."""
    newest = select(func.max(Edition.number)).scalar_subquery()
    held = select(EditionEntry.name, EditionEntry.hash).where(
        EditionEntry.edition == newest, EditionEntry.name.like("source/courses/%")
    )
    now = held.subquery()
    found = (
        select(EditionEntry.name, func.min(EditionEntry.edition))
        .join(now, (now.c.name == EditionEntry.name) & (now.c.hash == EditionEntry.hash))
        .group_by(EditionEntry.name)
    )
    return {name.removeprefix("source/"): number for name, number in connection.execute(found)}
