"""Deeds on organisations that hold courses: add, change, close, open again. Their names, and who is in charge of
privacy there, are published."""

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from elearn.core.passwords import has_hidden_signs, search_key
from elearn.services import audit, transaction
from elearn.services.accounts import Unacceptable
from elearn.services.audit import By
from elearn.store.accounts import new_uid
from elearn.store.cohorts import Organisation

LONGEST = {"name_fr": 120, "name_en": 120, "web": 200, "officer": 120, "contact": 200}


@dataclass(frozen=True, slots=True)
class Details:
    """What is said of an organisation; only the French name is needed. `web`: an https address."""

    name_fr: str
    name_en: str = ""
    web: str = ""
    officer: str = ""
    contact: str = ""


def add(details: Details, by: By) -> str:
    """The uid of a new organisation. Unacceptable (needed, long, characters, address) where a field cannot be taken."""
    values = _values(details)

    def work(tx: Session) -> str:
        uid = new_uid()
        tx.execute(insert(Organisation).values(uid=uid, made_at=by.at, **values))
        audit.record(tx, by, "organisation changed", organisation=uid, change="added")
        return uid

    return transaction.run(work)


def change(uid: str, details: Details, by: By) -> None:
    """Unacceptable as for `add`; LookupError for an unknown uid."""
    _update(uid, _values(details), by, "changed")


def close(uid: str, by: By) -> None:
    """It left the site: no new group, and the privacy page no longer names it. What it held stays."""
    _update(uid, {"closed_at": by.at}, by, "closed")


def reopen(uid: str, by: By) -> None:
    _update(uid, {"closed_at": None}, by, "opened again")


def _update(uid: str, values: dict[str, Any], by: By, done: str) -> None:
    def work(tx: Session) -> None:
        found = tx.execute(select(Organisation.id).where(Organisation.uid == uid).with_for_update()).scalar()
        if found is None:
            raise LookupError(uid)
        tx.execute(update(Organisation).where(Organisation.id == found).values(**values))
        audit.record(tx, by, "organisation changed", organisation=uid, change=done)

    transaction.run(work)


def _values(details: Details) -> dict[str, str]:
    values = {name: " ".join(text.split()) for name, text in asdict(details).items()}
    if not values["name_fr"]:
        raise Unacceptable("name_fr", "needed")
    for name, text in values.items():
        if len(text) > LONGEST[name]:
            raise Unacceptable(name, "long")
        if has_hidden_signs(text):
            raise Unacceptable(name, "characters")
    if values["web"] and not _is_https(values["web"]):
        raise Unacceptable("web", "address")
    return values | {"search_key": search_key(values["name_fr"], values["name_en"])}


def _is_https(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    plain = parts.scheme == "https" and "@" not in parts.netloc and "." in (parts.hostname or "")
    return plain and not any(sign in text for sign in " \"'<>\\")
