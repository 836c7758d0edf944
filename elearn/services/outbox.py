"""The outbox: a message is written in the transaction of its cause, and sent later by `elearn run` or `elearn work`.

A message is sealed with its person's key from the first moment; once a server took it, its words are gone.
"""

import datetime as dt
import json
from collections.abc import Mapping

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from elearn.core.mail import LETTERS
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


def _address(tx: Session, person: int, wanted: str = "") -> str | None:
    """A person's verified address, where they have one and chose the use `wanted` ("" for any)."""
    row = tx.execute(
        select(MailAddress).where(MailAddress.person_id == person, MailAddress.verified_at.is_not(None))
    ).scalar()
    if row is None or (wanted and not getattr(row, wanted)):
        return None
    return unseal_for(tx, person, row.key_id, row.sealed, "mail_address", str(person)).decode()
