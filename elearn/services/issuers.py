"""Issuers and their keys: who issues for whom, with which key, and the document that says which keys still vouch.

A secret key lies sealed by the outer key of the site, which is outside the database, and is opened only to sign.
"""

import datetime as dt
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.orm import Session

from elearn.core import credentials as core
from elearn.core.attestations import Issuer
from elearn.core.course import Site
from elearn.core.sealing import NONCE, BrokenSeal, seal, unseal
from elearn.keyring import UnknownKey
from elearn.services import audit, transaction
from elearn.services.audit import By
from elearn.services.keys import keyring
from elearn.services.pdf import INK, PLAIN, Look
from elearn.services.signing import new_key, public_part
from elearn.store.base import db
from elearn.store.cohorts import Cohort, CohortMember, Organisation
from elearn.store.credentials import IssuerKey, keys_of

SITE = "site"
"""The short name under which the site itself issues; no organisation may take it."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key ready to sign. `did`: the issuer; `method`: the key's id in its document."""

    key_id: str
    did: str
    method: str
    secret: bytes


def issuer_of(connection: Connection, site: Site, person: int, course: str) -> Issuer:
    """Who issues this person's attestation of a course: the organisation of their cohort in it, where an agreement with
    it is recorded; else the site itself. Of several cohorts, the one joined last."""
    columns = (
        Organisation.slug, Organisation.name_fr, Organisation.name_en, Organisation.web, Organisation.signatory,
        Organisation.role_fr, Organisation.role_en,
    )  # fmt: skip
    row = connection.execute(
        select(*columns)
        .join(Cohort, Cohort.organisation_id == Organisation.id)
        .join(CohortMember, CohortMember.cohort_id == Cohort.id)
        .where(CohortMember.person_id == person, Cohort.course == course, *_may_issue())
        .order_by(CohortMember.joined_at.desc(), Cohort.id.desc())
        .limit(1)
    ).first()
    return house(site) if row is None else issuer_from(row)


def house(site: Site) -> Issuer:
    return Issuer(SITE, dict(site.issuer.name), site.issuer.url)


def issuer_from(row: Any) -> Issuer:
    names, roles = {"fr": row.name_fr, "en": row.name_en}, {"fr": row.role_fr, "en": row.role_en}
    return Issuer(row.slug, _said(names), row.web, row.signatory, _said(roles))


def look_of(connection: Connection, slug: str) -> Look:
    """What an organisation's paper has of its own; the site's for the others."""
    columns = Organisation.colour, Organisation.logo, Organisation.signature
    row = connection.execute(select(*columns).where(Organisation.slug == slug)).first()
    return PLAIN if row is None else Look(row.colour or INK, row.logo, row.signature)


def signer(slug: str, address: str, at: dt.datetime) -> Signer:
    """The key with which an issuer signs, made where it has none yet. BrokenSeal where the outer key is not there."""
    with db.engine.connect() as connection:
        row = _active(connection, slug)
    if row is None:
        transaction.run(lambda tx: _first_key(tx, slug, at))
        return signer(slug, address, at)
    did = core.did(address, slug)
    return Signer(row.id, did, f"{did}#{row.name}", _open(row))


def document(slug: str, address: str) -> core.Json | None:
    """An issuer's DID document: its keys, retired ones too, without those that were compromised. None for nobody."""
    with db.engine.connect() as connection:
        keys = keys_of(connection, slug)
    standing = [(key.name, key.public) for key in keys if key.state != "compromised"]
    return core.document(core.did(address, slug), standing) if keys else None


def public_key(slug: str, name: str) -> str | None:
    """A key of an issuer that still vouches, as Multikey; None for an unknown or a compromised one."""
    with db.engine.connect() as connection:
        chosen = select(IssuerKey.public).where(
            IssuerKey.issuer == slug, IssuerKey.name == name, IssuerKey.state != "compromised"
        )
        return connection.execute(chosen).scalar()


def renew_key(slug: str, by: By, compromised: str = "") -> str:
    """A new key signs from now on; its name. The former one is retired: what it signed still verifies.

    `compromised`: the name of a key that is no longer to vouch for anything; what it signed is to be signed again
    (services.credentials.sign_again). LookupError where the issuer has no such key.
    """

    def work(tx: Session) -> str:
        known = {row.name: row.state for row in keys_of(tx.connection(), slug)}
        if compromised and compromised not in known:
            raise LookupError(compromised)
        if not compromised or known[compromised] == "active" or "active" not in known.values():
            change = update(IssuerKey).where(IssuerKey.issuer == slug, IssuerKey.state == "active")
            tx.execute(change.values(state="retired", state_changed_at=by.at))
            _add_key(tx, slug, by.at)
        if compromised:
            spoilt = update(IssuerKey).where(IssuerKey.issuer == slug, IssuerKey.name == compromised)
            tx.execute(spoilt.values(state="compromised", state_changed_at=by.at))
        name = str(_active(tx.connection(), slug).name)
        audit.record(tx, by, "issuer key renewed", issuer=slug, key=name, compromised=compromised)
        return name

    return transaction.run(work)


def rewrap(tx: Session, label: str) -> int:
    """Seal every issuer's key with this outer key; how many were left, since they did not open."""
    left = 0
    for row in tx.execute(select(IssuerKey).where(IssuerKey.wrapped_by != label).with_for_update()).scalars():
        try:
            secret = _open(row)
        except BrokenSeal:
            left += 1
            continue
        row.sealed, row.wrapped_by = _seal(row.id, row.issuer, secret, label), label
    return left


def sealed_by() -> dict[str, int]:
    """Label of an outer key -> how many issuer keys it still seals."""
    with db.engine.connect() as connection:
        rows = connection.execute(select(IssuerKey.wrapped_by, func.count()).group_by(IssuerKey.wrapped_by))
        return {str(label): int(count) for label, count in rows}


def _may_issue() -> tuple[Any, ...]:
    return Organisation.slug.is_not(None), Organisation.agreement != "", Organisation.closed_at.is_(None)


def _active(connection: Connection, slug: str) -> Any:
    chosen = select(IssuerKey).where(IssuerKey.issuer == slug, IssuerKey.state == "active")
    return connection.execute(chosen.order_by(IssuerKey.made_at.desc())).first()


def _first_key(tx: Session, slug: str, at: dt.datetime) -> None:
    if _active(tx.connection(), slug) is None:
        _add_key(tx, slug, at)


def _add_key(tx: Session, slug: str, at: dt.datetime) -> None:
    """Named by year and number: two made at once would have one name, and the second is tried again."""
    year = f"key-{at.year}-"
    taken = [row.name for row in keys_of(tx.connection(), slug) if row.name.startswith(year)]
    number = max((int(name.removeprefix(year)) for name in taken), default=0) + 1
    key_id, secret, label = str(uuid.uuid4()), new_key(), keyring().current()
    tx.execute(
        insert(IssuerKey).values(
            id=key_id,
            issuer=slug,
            name=f"{year}{number}",
            public=public_part(secret),
            wrapped_by=label,
            sealed=_seal(key_id, slug, secret, label),
            state="active",
            made_at=at,
        )
    )


def _seal(key_id: str, slug: str, secret: bytes, label: str) -> bytes:
    return seal(keyring().outer(label), secrets.token_bytes(NONCE), secret, "issuer_key", key_id, slug, label)


def _open(row: Any) -> bytes:
    try:
        outer = keyring().outer(row.wrapped_by)
    except UnknownKey as error:
        raise BrokenSeal(row.wrapped_by) from error
    return unseal(outer, row.sealed, "issuer_key", row.id, row.issuer, row.wrapped_by)


def _said(words: dict[str, str]) -> dict[str, str]:
    return {lang: text for lang, text in words.items() if text}
