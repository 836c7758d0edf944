"""A form takes effect once, however often it is sent: its key is stored in the transaction of its effect."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.services import transaction
from elearn.store.learning import Idempotency


def first_time(tx: Session, person: int, form: str, deed: str, at: dt.datetime, result: str = "") -> str | None:
    """None for a form that is sent for the first time: go on. Else the `result` that was noted then."""
    mine = {"person_id": person, "key": form, "deed": deed, "parameters": "", "result": result, "made_at": at}
    if transaction.add_once(tx, Idempotency, **mine):
        return None
    kept = select(Idempotency.result).where(Idempotency.person_id == person, Idempotency.key == form)
    return tx.execute(kept).scalar_one()
