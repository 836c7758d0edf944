"""The outbox: a message is written in the transaction of its cause, and sent later by `elearn run` or `elearn work`.

A message is sealed with its person's key from the first moment; once a server took it, its words are gone.
"""

import datetime as dt
import json
from collections.abc import Mapping

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from elearn.core.mail import LETTERS
from elearn.services import audit, transaction
from elearn.services.audit import By
from elearn.services.keys import seal_for, unseal_for
from elearn.store.accounts import Person, new_uid
from elearn.store.mail import MailAddress, OutboxMessage


def put(
    tx: Session, person: int, kind: str, at: dt.datetime, words: Mapping[str, str] | None = None, to: str | None = None
) -> bool:
    """Write a message of `kind` (core.mail.LETTERS) for a person, as part of a deed.

    `to`: an address that is not verified yet, for the message that proves it; otherwise the verified address, if the
    person has one and chose such messages. False where there is nowhere to write to: nothing is queued then.
    """
    letter = LETTERS[kind]
    address = to or _address(tx, person, wanted="for_notices" if letter.digest else "")
    if address is None:
        return False
    uid = new_uid()
    locale = tx.execute(select(Person.locale).where(Person.id == person)).scalar_one()
    plain = json.dumps({"to": address, "words": dict(words or {})}).encode()
    key_id, sealed = seal_for(tx, person, plain, "outbox_message", uid, at)
    values = {"uid": uid, "person_id": person, "kind": kind, "locale": locale, "key_id": key_id, "sealed": sealed}
    tx.execute(insert(OutboxMessage).values(**values, next_at=at, made_at=at))
    return True


def retry(uid: str, by: By) -> bool:
    """Send a failed or waiting message at the next round. False where there is no such message to send."""
    return _settle(uid, by, "message retried", {"state": "waiting", "tries": 0, "next_at": by.at})


def drop(uid: str, by: By) -> bool:
    """Give a message up and forget its words. False where there is no such message left to send."""
    return _settle(uid, by, "message dropped", {"state": "dropped", "sealed": b""})


def _settle(uid: str, by: By, deed: str, values: dict[str, object]) -> bool:
    def work(tx: Session) -> bool:
        mine = OutboxMessage.uid == uid, OutboxMessage.state.in_(("waiting", "failed"))
        subject = select(Person.uid).join(OutboxMessage, OutboxMessage.person_id == Person.id).where(*mine)
        found = tx.execute(subject).scalar()
        if found is None:
            return False
        tx.execute(update(OutboxMessage).where(*mine).values(**values))
        audit.record(tx, by, deed, found)
        return True

    return transaction.run(work)


def _address(tx: Session, person: int, wanted: str = "") -> str | None:
    """A person's verified address, where they have one and chose the use `wanted` ("" for any)."""
    row = tx.execute(
        select(MailAddress).where(MailAddress.person_id == person, MailAddress.verified_at.is_not(None))
    ).scalar()
    if row is None or (wanted and not getattr(row, wanted)):
        return None
    return unseal_for(tx, person, row.key_id, row.sealed, "mail_address", str(person)).decode()
