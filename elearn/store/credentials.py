"""Signed credentials, the keys that sign them, and the lists that tell which are revoked: tables and their queries.

No row leads to a person. After an erasure a credential keeps its identifier, its place in a list and its digest, so
that its holder's own file still verifies; its bytes, which name the person, are emptied.
"""

import datetime as dt
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, ForeignKey, LargeBinary, String, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.attestations import PROOF, Attestation
from elearn.store.base import Care, Model, Moment
from elearn.store.cohorts import Organisation

ISSUER = Care(
    "issuer",
    "open",
    "the proof asked for stays verifiable",
    "as long as a proof refers to it",
    "no: not personal",
    "kept",
)
SIGNS = replace(ISSUER, klass="secret")
BODY = replace(PROOF, erasure="emptied")


class IssuerKey(Model):
    """An Ed25519 key of an organisation, or of the site itself. Active: signs; retired: still vouches for what it
    signed; compromised: vouches for nothing more."""

    __tablename__ = "issuer_key"
    __table_args__ = (UniqueConstraint("issuer", "name"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, info=ISSUER("random; its secret part is bound to it"))
    issuer: Mapped[str] = mapped_column(String(40), info=ISSUER("short name of whose it is; site for the site itself"))
    name: Mapped[str] = mapped_column(String(40), info=ISSUER("its name in the issuer's document"))
    public: Mapped[str] = mapped_column(String(64), info=ISSUER("its public part, as Multikey"))
    wrapped_by: Mapped[str] = mapped_column(String(40), info=ISSUER("the outer key that seals its secret part"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SIGNS("its secret part, sealed"))
    state: Mapped[str] = mapped_column(String(16), info=ISSUER("active, retired or compromised"))
    made_at: Mapped[dt.datetime] = mapped_column(Moment, info=ISSUER("when it was made"))
    state_changed_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=ISSUER("when its state last changed"))


class StatusList(Model):
    """A Bitstring Status List, signed. Which places are set is told by the credentials; this is what readers get."""

    __tablename__ = "status_list"
    __table_args__ = (UniqueConstraint("issuer", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=ISSUER("tells lists apart"))
    issuer: Mapped[str] = mapped_column(String(40), info=ISSUER("short name of whose it is; site for the site itself"))
    number: Mapped[int] = mapped_column(info=ISSUER("its number in its address"))
    body: Mapped[bytes] = mapped_column(LargeBinary, info=ISSUER("the list as it was signed"))
    signed_at: Mapped[dt.datetime | None] = mapped_column(Moment, index=True, info=ISSUER("when it was last signed"))


class Credential(Model):
    """One signed variant of an attestation. A correction keeps `uid`, takes a new place, and revokes the former row."""

    __tablename__ = "credential"
    __table_args__ = (UniqueConstraint("status_list_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=PROOF("order"))
    uid: Mapped[str] = mapped_column(String(36), index=True, info=PROOF("names the credential, in the file itself"))
    attestation_id: Mapped[str] = mapped_column(
        ForeignKey("attestation.id", ondelete="CASCADE"), index=True, info=PROOF("of which attestation")
    )
    variant: Mapped[str] = mapped_column(String(16), info=PROOF("real or discreet title"))
    status_list_id: Mapped[int] = mapped_column(ForeignKey("status_list.id"), info=PROOF("in which list"))
    place: Mapped[int] = mapped_column(info=PROOF("at which place of the list, drawn at random"))
    key_id: Mapped[str] = mapped_column(ForeignKey("issuer_key.id"), index=True, info=PROOF("signed with which key"))
    body: Mapped[bytes] = mapped_column(LargeBinary, info=BODY("the signed file, byte for byte"))
    digest: Mapped[str] = mapped_column(String(64), index=True, info=PROOF("SHA-256 of that file"))
    made_at: Mapped[dt.datetime] = mapped_column(Moment, info=PROOF("when it was signed"))
    revoked_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=PROOF("when its place was set"))


def keys_of(connection: Connection, issuer: str) -> list[Any]:
    """An issuer's keys, oldest first, without their secret part."""
    columns = (IssuerKey.id, IssuerKey.name, IssuerKey.public, IssuerKey.state, IssuerKey.made_at)
    chosen = select(*columns, IssuerKey.state_changed_at).where(IssuerKey.issuer == issuer)
    return list(connection.execute(chosen.order_by(IssuerKey.made_at, IssuerKey.name)))


def organisation_of(connection: Connection, slug: str) -> Any:
    """An organisation by the short name under which it issues; None for an unknown one."""
    return connection.execute(select(Organisation).where(Organisation.slug == slug)).first()


def status_list(connection: Connection, issuer: str, number: int) -> bytes | None:
    """The signed list of that number; None where there is none, or where it is not signed yet."""
    chosen = select(StatusList.body).where(StatusList.issuer == issuer, StatusList.number == number)
    return connection.execute(chosen).scalar() or None


_CURRENT = (
    select(Credential)
    .where(
        Credential.attestation_id == bindparam("attestation"),
        Credential.variant == bindparam("variant"),
    )
    .order_by(Credential.id.desc())
    .limit(1)
)


def current(connection: Connection, attestation: str, variant: str) -> Any:
    """The newest credential of an attestation in one variant; None where it was never signed."""
    return connection.execute(_CURRENT, {"attestation": attestation, "variant": variant}).first()


def of_digest(connection: Connection, digest: str) -> Any:
    """(uid, revoked_at, state, attestation_id) of the credential whose file has this digest; None for none."""
    columns = Credential.uid, Credential.revoked_at, Attestation.state, Credential.attestation_id
    chosen = select(*columns).join(Attestation, Attestation.id == Credential.attestation_id)
    return connection.execute(chosen.where(Credential.digest == digest)).first()


def has_newer(connection: Connection, uid: str) -> bool:
    """Does a credential of this identifier still stand?"""
    chosen = select(Credential.id).where(Credential.uid == uid, Credential.revoked_at.is_(None))
    return connection.execute(chosen.limit(1)).first() is not None
