"""Where deeds find the keys of the site, and each person's data key: made when needed, destroyed with the account.

A data key is wrapped by an outer key, which lies outside the database and its backups. Whatever is private of a person
is sealed with it and bound to its table, row and owner, so that a value moved elsewhere does not open.
"""

import datetime as dt
import hashlib
import hmac
import secrets
import uuid
from typing import cast

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.core.mail_address import same
from elearn.core.sealing import NONCE, BrokenSeal, seal, unseal
from elearn.keyring import Keyring, UnknownKey, derived
from elearn.services import transaction
from elearn.store.learning import DataKey


def keyring() -> Keyring:
    return cast(Keyring, current_app.config["ELEARN_KEYRING"])


def keyed(purpose: str, value: str) -> str:
    """A keyed hash under the site's secret, 64 hex digits: equal for equal values of one purpose."""
    return hmac.new(keyring().derived(purpose), value.encode("utf-8", "backslashreplace"), hashlib.sha256).hexdigest()


def data_key(tx: Session, person: int, at: dt.datetime) -> tuple[str, bytes]:
    """(id, key) of a person's data key, made where there is none yet. BrokenSeal where it does not open.

    Its row is held until the end of the deed: a rotation waits, so that nothing is sealed with a key that is gone.
    """
    row = tx.execute(select(DataKey).where(DataKey.person_id == person).with_for_update(read=True)).scalar()
    if row is not None:
        return row.id, open_key(row.id, row.wrapped_by, row.wrapped, person)
    key_id, key = str(uuid.uuid4()), secrets.token_bytes(32)
    label, wrapped = wrap(key_id, key, person)
    values = {"id": key_id, "person_id": person, "wrapped_by": label, "wrapped": wrapped, "made_at": at}
    return (key_id, key) if transaction.add_once(tx, DataKey, **values) else data_key(tx, person, at)


def address_lookup(address: str, secret: bytes | None = None) -> str:
    """The keyed hash by which a mail address is found again, under the site's secret or one that will be it."""
    key = derived(secret or keyring().key("secret"), "mail address")
    return hmac.new(key, same(address).encode("utf-8", "backslashreplace"), hashlib.sha256).hexdigest()


def wrap(key_id: str, key: bytes, person: int, label: str = "") -> tuple[str, bytes]:
    """(label of the outer key, the wrapped key). `label`: the outer key to use; the one in force where not said."""
    label = label or keyring().current()
    outer = keyring().outer(label)
    return label, seal(outer, secrets.token_bytes(NONCE), key, "data_key", key_id, str(person), label)


def open_key(key_id: str, label: str, wrapped: bytes, person: int) -> bytes:
    """A data key. BrokenSeal where the outer key is missing or another: what it seals is then left as it is."""
    try:
        outer = keyring().outer(label)
    except UnknownKey as error:
        raise BrokenSeal(label) from error
    return unseal(outer, wrapped, "data_key", key_id, str(person), label)


def seal_for(tx: Session, person: int, plain: bytes, table: str, row: str, at: dt.datetime) -> tuple[str, bytes]:
    """(id of the data key, sealed value), bound to table, row and owner."""
    key_id, key = data_key(tx, person, at)
    return key_id, seal(key, secrets.token_bytes(NONCE), plain, table, row, str(person), key_id)


def unseal_for(tx: Session, person: int, key_id: str, sealed: bytes, table: str, row: str) -> bytes:
    """A value sealed by `seal_for`. BrokenSeal where it was changed, moved, or its key is gone."""
    found = tx.execute(select(DataKey).where(DataKey.person_id == person, DataKey.id == key_id)).scalar()
    if found is None:
        raise BrokenSeal(table)
    key = open_key(found.id, found.wrapped_by, found.wrapped, person)
    return unseal(key, sealed, table, row, str(person), key_id)
