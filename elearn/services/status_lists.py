"""Status lists: which credentials of an issuer no longer stand. Signed anew at each revocation, and daily, since a list
lasts a week. All courses share an issuer's list, and places are drawn at random: a place tells nothing."""

import datetime as dt
import secrets
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from elearn.core.credentials import address_of, did
from elearn.services import issuers, signing, transaction
from elearn.store.base import db
from elearn.store.credentials import Credential, StatusList

DRAWN = 16
"""Places drawn at once. Where more than half of them are taken the list is about half full, and a new one is begun: a
draw costs the same however many there are, and no list is ever told by its end."""
DAILY = dt.timedelta(hours=20)
"""A list signed longer ago is signed again: once a day, whatever the hour at which upkeep runs."""


@dataclass(frozen=True, slots=True)
class Place:
    list_id: int
    number: int
    place: int


def address(base_url: str, slug: str, number: int) -> str:
    """Where a list is served. The host is the one of the issuer's `did:web`: a phone must not find 127.0.0.1 there."""
    return f"{address_of(did(base_url, slug))}/status/{number}"


def free_places(slug: str, count: int, base_url: str, at: dt.datetime) -> list[Place]:
    """So many free places of the issuer's newest list, drawn at random; at most DRAWN / 2. Another may take one first:
    the deed that stores a credential looks again."""
    with db.engine.connect() as connection:
        newest = select(StatusList.id, StatusList.number).where(StatusList.issuer == slug)
        row = connection.execute(newest.order_by(StatusList.number.desc()).limit(1)).first()
        if row is not None:
            drawn = list(dict.fromkeys(secrets.randbelow(signing.PLACES) for _ in range(DRAWN)))
            taken = select(Credential.place).where(Credential.status_list_id == row.id, Credential.place.in_(drawn))
            there = set(connection.execute(taken).scalars())
            free = [one for one in drawn if one not in there]
            if len(free) >= DRAWN // 2:
                return [Place(row.id, row.number, one) for one in free[:count]]
    transaction.run(lambda tx: _begin(tx, slug, 1 if row is None else row.number + 1))
    sign(slug, base_url, at)
    return free_places(slug, count, base_url, at)


def is_taken(tx: Session, place: Place) -> bool:
    chosen = select(Credential.id).where(Credential.status_list_id == place.list_id, Credential.place == place.place)
    return tx.execute(chosen).first() is not None


def sign(slug: str, base_url: str, at: dt.datetime) -> int:
    """Sign every list of an issuer as it stands now; how many."""
    with db.engine.connect() as connection:
        lists = connection.execute(
            select(StatusList.id, StatusList.number).where(StatusList.issuer == slug).order_by(StatusList.number)
        ).all()
    for row in lists:
        _sign_one(slug, row.id, row.number, base_url, at)
    return len(lists)


def sign_due(at: dt.datetime) -> int:
    """Sign again every list whose day has come; how many. Part of the hourly upkeep."""
    base_url = current_app.config["ELEARN"].address
    with db.engine.connect() as connection:
        late = (StatusList.signed_at.is_(None)) | (StatusList.signed_at < at - DAILY)
        slugs = list(connection.execute(select(StatusList.issuer).where(late).distinct()).scalars())
    return sum(sign(slug, base_url, at) for slug in slugs)


def _begin(tx: Session, slug: str, number: int) -> None:
    known = select(StatusList.id).where(StatusList.issuer == slug, StatusList.number == number)
    if tx.execute(known).first() is None:
        tx.execute(insert(StatusList).values(issuer=slug, number=number, body=b""))


def _sign_one(slug: str, list_id: int, number: int, base_url: str, at: dt.datetime) -> None:
    """The places are read in the transaction that stores the list: no older one ever takes the place of a newer one."""
    signer = issuers.signer(slug, base_url, at)

    def work(tx: Session) -> None:
        tx.execute(select(StatusList.id).where(StatusList.id == list_id).with_for_update())
        chosen = select(Credential.place).where(
            Credential.status_list_id == list_id, Credential.revoked_at.is_not(None)
        )
        revoked = list(tx.execute(chosen.order_by(Credential.place)).scalars())
        unsigned = signing.status_list(address(base_url, slug, number), signer.did, revoked, at)
        body = signing.to_bytes(signing.sign(unsigned, signer.secret, signer.method, at))
        tx.execute(update(StatusList).where(StatusList.id == list_id).values(body=body, signed_at=at))

    transaction.run(work)
