"""The outbox: a message is written in the transaction of its cause, and sent later by `elearn run` or `elearn work`.

A message is sealed with its person's key from the first moment; once a server took it, its words are gone.
"""

import datetime as dt
import json
import logging
from collections.abc import Mapping

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from elearn import logs
from elearn.core.mail import LETTERS
from elearn.core.sealing import BrokenSeal
from elearn.services import audit, transaction
from elearn.services.audit import By
from elearn.services.keys import seal_for, unseal_for
from elearn.store.accounts import Person, new_uid
from elearn.store.mail import MailAddress, OutboxMessage


def put(
    tx: Session, person: int, kind: str, at: dt.datetime, words: Mapping[str, str] | None = None, to: str | None = None
) -> bool:
    """Write a message of `kind` (core.mail.LETTERS) for a person, as part of a deed.

    `to`: an address that is not verified yet, for the message that proves it, or one that was just taken back;
    otherwise the verified address, if the person has one. A letter that may wait goes at once to those who chose
    notices, with the digest of the day to those who chose that alone, else not at all. False where nothing was written,
    also where the address does not open: a lost key must stop no deed.
    """
    try:
        return _put(tx, person, kind, at, words, to)
    except BrokenSeal:
        logs.note("message not written", logging.ERROR, kind=kind, error="BrokenSeal")
        return False


def _put(tx: Session, person: int, kind: str, at: dt.datetime, words: Mapping[str, str] | None, to: str | None) -> bool:
    letter = LETTERS[kind]
    address = to or address_of(tx, person, "for_notices" if letter.digest else "")
    waits = False
    if address is None and letter.digest:
        address = address_of(tx, person, "for_digest")
        waits = True
    if address is None:
        return False
    uid = new_uid()
    locale = tx.execute(select(Person.locale).where(Person.id == person)).scalar_one()
    plain = json.dumps({"to": address, "words": dict(words or {})}).encode()
    key_id, sealed = seal_for(tx, person, plain, "outbox_message", uid, at)
    values = {"uid": uid, "person_id": person, "kind": kind, "locale": locale, "key_id": key_id, "sealed": sealed}
    tx.execute(insert(OutboxMessage).values(**values, wait_for_digest=waits, next_at=at, made_at=at))
    return True


def address_of(tx: Session, person: int, *wanted: str) -> str | None:
    """A person's verified address, where they have one and chose one of the uses `wanted` ("" for any)."""
    row = tx.execute(
        select(MailAddress).where(MailAddress.person_id == person, MailAddress.verified_at.is_not(None))
    ).scalar()
    if row is None or not any(not use or getattr(row, use) for use in wanted):
        return None
    return unseal_for(tx, person, row.key_id, row.sealed, "mail_address", str(person)).decode()


def retry(uid: str, by: By) -> bool:
    """Have a message that failed or was dropped tried again, from the first try on. False where its words are gone."""

    def work(tx: Session) -> bool:
        again = update(OutboxMessage).where(
            OutboxMessage.uid == uid, OutboxMessage.state.in_(("failed", "dropped")), OutboxMessage.sealed != b""
        )
        values = {"state": "waiting", "tries": 0, "next_at": by.at, "trouble": ""}
        return _changed(tx, uid, again.values(**values), by, "message retried")

    return transaction.run(work)


def drop(uid: str, by: By) -> bool:
    """Give up a message that waits or failed; its words are gone at once. False where there is none such."""

    def work(tx: Session) -> bool:
        gone = update(OutboxMessage).where(OutboxMessage.uid == uid, OutboxMessage.state.in_(("waiting", "failed")))
        return _changed(tx, uid, gone.values(state="dropped", sealed=b"", trouble="admin"), by, "message dropped")

    return transaction.run(work)


def _changed(tx: Session, uid: str, change: object, by: By, deed: str) -> bool:
    row = tx.execute(change.returning(OutboxMessage.kind, OutboxMessage.person_id)).first()  # type: ignore[attr-defined]
    if row is None:
        return False
    person = tx.execute(select(Person.uid).where(Person.id == row.person_id)).scalar_one()
    audit.record(tx, by, deed, person, message=uid, kind=row.kind)
    return True
