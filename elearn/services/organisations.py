"""Deeds on organisations that hold courses: add, change, close, open again. Their names, and who is in charge of
privacy there, are published."""

import re
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from elearn.core import pictures
from elearn.core.colours import LEAST, is_colour, on_white
from elearn.core.passwords import has_hidden_signs, search_key
from elearn.services import audit, transaction
from elearn.services.accounts import Unacceptable
from elearn.services.audit import By
from elearn.services.issuers import SITE
from elearn.store.accounts import new_uid
from elearn.store.cohorts import Organisation
from elearn.store.credentials import keys_of

LONGEST = {
    "name_fr": 120, "name_en": 120, "web": 200, "officer": 120, "contact": 200, "slug": 40, "agreement": 200,
    "signatory": 120, "role_fr": 120, "role_en": 120, "colour": 7,
}  # fmt: skip
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
PICTURES = ("logo", "signature")


@dataclass(frozen=True, slots=True)
class Details:
    """What is said of an organisation; only the French name is needed. `web`: an https address.

    It issues attestations once it has a `slug`, its short name in addresses, for ever, and an `agreement` is recorded.
    """

    name_fr: str
    name_en: str = ""
    web: str = ""
    officer: str = ""
    contact: str = ""
    slug: str = ""
    agreement: str = ""
    signatory: str = ""
    role_fr: str = ""
    role_en: str = ""
    colour: str = ""


def add(details: Details, by: By) -> str:
    """The uid of a new organisation. Unacceptable (needed, long, characters, address) where a field cannot be taken."""
    values = _values(details)

    def work(tx: Session) -> str:
        uid = new_uid()
        _refuse_slug(tx, None, values["slug"])
        tx.execute(insert(Organisation).values(uid=uid, made_at=by.at, **values))
        audit.record(tx, by, "organisation changed", organisation=uid, change="added")
        return uid

    return transaction.run(work)


def change(uid: str, details: Details, by: By) -> None:
    """Unacceptable as for `add`, `fixed` for the short name of one that has issued; LookupError for an unknown uid."""
    _update(uid, _values(details), by, "changed")


def set_picture(uid: str, which: str, body: bytes | None, by: By) -> None:
    """The logo or the drawn signature of its paper, or none. NotAPicture; LookupError for an unknown uid."""
    if which not in PICTURES:
        raise ValueError(which)
    _update(uid, {which: pictures.read(body).body if body else None}, by, which)


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
        former = tx.execute(select(Organisation.slug).where(Organisation.id == found)).scalar()
        if "slug" in values and former != values["slug"]:
            _refuse_slug(tx, former, values["slug"])
        tx.execute(update(Organisation).where(Organisation.id == found).values(**values))
        audit.record(tx, by, "organisation changed", organisation=uid, change=done)

    transaction.run(work)


def _refuse_slug(tx: Session, former: str | None, wanted: str | None) -> None:
    """A short name that has signed something stays: every file that it signed refers to it."""
    if former and keys_of(tx.connection(), former):
        raise Unacceptable("slug", "fixed")
    taken = select(Organisation.id).where(Organisation.slug == wanted)
    if wanted and (wanted == SITE or keys_of(tx.connection(), wanted) or tx.execute(taken).first()):
        raise Unacceptable("slug", "taken")


def _values(details: Details) -> dict[str, Any]:
    values: dict[str, Any] = {name: " ".join(text.split()) for name, text in asdict(details).items()}
    values["colour"], values["slug"] = values["colour"].lower(), values["slug"].lower()
    if not values["name_fr"]:
        raise Unacceptable("name_fr", "needed")
    for name, text in values.items():
        if len(text) > LONGEST[name]:
            raise Unacceptable(name, "long")
        if has_hidden_signs(text):
            raise Unacceptable(name, "characters")
    if values["web"] and not _is_https(values["web"]):
        raise Unacceptable("web", "address")
    if values["slug"] and not SLUG.fullmatch(values["slug"]):
        raise Unacceptable("slug", "slug")
    if values["agreement"] and not values["slug"]:
        raise Unacceptable("slug", "needed")
    if values["colour"] and not (is_colour(values["colour"]) and on_white(values["colour"]) >= LEAST):
        raise Unacceptable("colour", "pale" if is_colour(values["colour"]) else "colour")
    values["slug"] = values["slug"] or None
    return values | {"search_key": search_key(values["name_fr"], values["name_en"])}


def _is_https(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    plain = parts.scheme == "https" and "@" not in parts.netloc and "." in (parts.hostname or "")
    return plain and not any(sign in text for sign in " \"'<>\\")
