"""Write down one fact of the site, such as its last backup: store.upkeep reads it."""

import datetime as dt

from sqlalchemy.orm import Session

from elearn.store.upkeep import SiteNote


def put_note(tx: Session, name: str, value: str, at: dt.datetime) -> None:
    """Note a fact, in place of what was noted of that name before. Part of the caller's transaction."""
    tx.merge(SiteNote(name=name, value=value, at=at))
    tx.flush()
