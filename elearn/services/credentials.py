"""Signed credentials of an attestation: made before the transaction that stores them, since signing takes its time.

The bytes are stored as they were signed and never made again. A correction, or a key that was stolen, gives new rows
with the same identifiers; the former places are set in their list, and what they held is emptied.
"""

import base64
import datetime as dt
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from elearn.core.attestations import Snapshot, digest, load
from elearn.core.credentials import VARIANTS, Stamp, unsigned
from elearn.services import issuers, signing, status_lists, transaction
from elearn.services.audit import By
from elearn.services.status_lists import Place
from elearn.store.attestations import Attestation
from elearn.store.base import db
from elearn.store.credentials import Credential, IssuerKey, StatusList

Progress = Callable[[int, int], None]


class PlaceTaken(Exception):
    """Another credential took the place meanwhile: draw again."""


@dataclass(frozen=True, slots=True)
class Signed:
    """One variant, signed and not yet stored."""

    uid: str
    variant: str
    place: Place
    key_id: str
    body: bytes


def prepare(
    snapshot: Snapshot, slug: str, address: str, at: dt.datetime, uids: Mapping[str, str] | None = None
) -> list[Signed]:
    """Every variant of a snapshot, signed by its issuer. `uids`: variant -> identifier to keep, in a correction."""
    signer = issuers.signer(slug, address, at)
    places = status_lists.free_places(slug, len(VARIANTS), address, at)
    made = []
    for variant, place in zip(VARIANTS, places, strict=True):
        stamp = Stamp(
            uid=(uids or {}).get(variant) or str(uuid.uuid4()),
            issuer=signer.did,
            status=status_lists.address(address, slug, place.number),
            place=place.place,
            salt=base64.urlsafe_b64encode(secrets.token_bytes(16)).rstrip(b"=").decode(),
            at=at,
        )
        secured = signing.sign(unsigned(snapshot, variant, stamp), signer.secret, signer.method, at)
        made.append(Signed(stamp.uid, variant, place, signer.key_id, signing.to_bytes(secured)))
    return made


def store(tx: Session, attestation: str, made: list[Signed], at: dt.datetime) -> None:
    """Part of the deed that issues. PlaceTaken, and nothing stored, where a place is no longer free."""
    for one in made:
        if status_lists.is_taken(tx, one.place):
            raise PlaceTaken
        tx.execute(
            insert(Credential).values(
                uid=one.uid,
                attestation_id=attestation,
                variant=one.variant,
                status_list_id=one.place.list_id,
                place=one.place.place,
                key_id=one.key_id,
                body=one.body,
                digest=digest(one.body),
                made_at=at,
            )
        )


def replace(tx: Session, attestation: str, made: list[Signed], at: dt.datetime) -> None:
    """In place of the former ones, which no longer stand and whose bytes are emptied: no trace of a former name."""
    revoke(tx, attestation, at)
    tx.execute(update(Credential).where(Credential.attestation_id == attestation).values(body=b""))
    store(tx, attestation, made, at)


def revoke(tx: Session, attestation: str, at: dt.datetime) -> None:
    """Set the places of every credential of an attestation. The list is to be signed again after the commit."""
    standing = Credential.attestation_id == attestation, Credential.revoked_at.is_(None)
    tx.execute(update(Credential).where(*standing).values(revoked_at=at))


def uids_of(tx: Session, attestation: str) -> dict[str, str]:
    """variant -> identifier of its credential."""
    rows = tx.execute(select(Credential.variant, Credential.uid).where(Credential.attestation_id == attestation))
    return {row.variant: row.uid for row in rows}


def to_sign_again() -> list[str]:
    """Attestations that stand, bear a name and have no signed file that vouches for them: its key was compromised, or
    they were issued before there were any."""
    good = exists().where(
        Credential.attestation_id == Attestation.id,
        Credential.revoked_at.is_(None),
        Credential.key_id == IssuerKey.id,
        IssuerKey.state != "compromised",
    )
    chosen = select(Attestation.id).where(Attestation.state == "active", Attestation.printed_name != "", ~good)
    with db.engine.connect() as connection:
        return list(connection.execute(chosen.order_by(Attestation.id)).scalars())


def sign_again_due(at: dt.datetime) -> None:
    """What has no signed file that vouches for it. Part of the upkeep."""
    sign_again(current_app.config["ELEARN"].address, By(at))


def sign_again(address: str, by: By, progress: Progress = lambda done, of: None, most: int | None = None) -> int:
    """Sign with the key in force, from the stored facts, whatever has no file that vouches; how many attestations.

    Each in a transaction of its own: a run that was killed goes on where it stopped. `most`: the upkeep does the rest.
    """
    todo = to_sign_again()[:most]
    for done, attestation in enumerate(todo, 1):
        remake(attestation, address, by.at)
        progress(done, len(todo))
    with db.engine.connect() as connection:
        slugs = connection.execute(select(StatusList.issuer).distinct()).scalars().all()
    for slug in slugs if todo else ():
        status_lists.sign(slug, address, by.at)
    return len(todo)


def remake(attestation: str, address: str, at: dt.datetime) -> None:
    """New signed files for the facts as they are stored, with the same identifiers. LookupError for an unknown one."""
    with db.engine.connect() as connection:
        row = connection.execute(
            select(Attestation.facts, Attestation.issuer).where(Attestation.id == attestation)
        ).first()
    if row is None:
        raise LookupError(attestation)
    uids = transaction.run(lambda tx: uids_of(tx, attestation))
    until_placed(
        lambda: prepare(load(row.facts), row.issuer, address, at, uids),
        lambda tx, made: replace(tx, attestation, made, at),
    )


def until_placed(make: Callable[[], list[Signed]], keep: Callable[[Session, list[Signed]], None]) -> None:
    """Make and keep, and again where a place was taken meanwhile."""
    while True:
        made = make()
        try:
            return transaction.run(lambda tx: keep(tx, made))  # noqa: B023 - run before the next round
        except PlaceTaken:
            continue
