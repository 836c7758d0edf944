"""Attestations: snapshots of facts with no foreign key to a person or a course, who holds them, and their links."""

import datetime as dt
from dataclasses import replace
from typing import Any

from sqlalchemy import JSON, Connection, ForeignKey, LargeBinary, String, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.base import Base, Care, Model, Moment

PROOF = Care(
    "attestation",
    "sensitive",
    "contract: the proof asked for",
    "as long as the proof serves",
    "yes",
    "kept without the name: the holder's own file still verifies",
)
NAME = replace(PROOF, erasure="emptied")
HOLDING = Care("holding", "sensitive", "contract: the proof asked for", "as long as the account", "yes", "deleted")


class Attestation(Model):
    """What is attested, as it was on the day of issue. Renaming a person or deleting a course changes nothing here.

    Stored states: active, provisional, suspended, revoked, superseded. `expired` is derived from `valid_until`.
    """

    __tablename__ = "attestation"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, info=PROOF("random; names the proof"))
    kind: Mapped[str] = mapped_column(String(16), info=PROOF("follow-up, success or success with practicum"))
    state: Mapped[str] = mapped_column(String(16), info=PROOF("active, provisional, suspended, revoked, superseded"))
    locale: Mapped[str] = mapped_column(String(8), info=PROOF("language of the paper"))
    printed_name: Mapped[str] = mapped_column(String(200), info=NAME("the name its holder asked to print"))
    facts: Mapped[bytes] = mapped_column(LargeBinary, info=PROOF("canonical bytes of every fact attested"))
    digest: Mapped[str] = mapped_column(String(64), info=PROOF("SHA-256 of the facts"))
    issued_at: Mapped[dt.datetime] = mapped_column(Moment, info=PROOF("when it was issued"))
    valid_until: Mapped[dt.datetime | None] = mapped_column(Moment, info=PROOF("when it ends, where it does"))
    state_changed_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=PROOF("when its state last changed"))
    renews: Mapped[str | None] = mapped_column(String(36), info=PROOF("the proof that it renews"))
    replaces: Mapped[str | None] = mapped_column(String(36), info=PROOF("the proof that it corrects"))
    issuer: Mapped[str] = mapped_column(String(40), default="site", info=PROOF("short name of who issued it"))
    reason: Mapped[str] = mapped_column(String(24), default="", info=PROOF("code of why it was revoked, kept inside"))
    reminded: Mapped[int | None] = mapped_column(info=PROOF("last reminder of its end: 90, 30 or 7 days before"))


class Holding(Model):
    """Whose attestation it is, while the account lives: at most one for an enrolment, whatever triggers the issue."""

    __tablename__ = "holding"

    attestation_id: Mapped[str] = mapped_column(
        ForeignKey("attestation.id", ondelete="CASCADE"), primary_key=True, info=HOLDING("which proof")
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, info=HOLDING("who holds it")
    )
    enrolment_id: Mapped[int | None] = mapped_column(
        ForeignKey("enrolment.id", ondelete="SET NULL"), unique=True, info=HOLDING("issued once for an enrolment")
    )


class ShareLink(Model):
    """An address that shows an attestation to whoever has it, until its holder closes it."""

    __tablename__ = "share_link"

    code: Mapped[str] = mapped_column(String(26), primary_key=True, info=PROOF("128 random bits, Crockford base32"))
    attestation_id: Mapped[str] = mapped_column(
        ForeignKey("attestation.id", ondelete="CASCADE"), index=True, info=PROOF("what it shows")
    )
    label: Mapped[str] = mapped_column(String(80), info=NAME("what its holder calls it"))
    shows: Mapped[dict[str, Any]] = mapped_column(JSON, info=PROOF("which facts it shows: name, title"))
    made_at: Mapped[dt.datetime] = mapped_column(Moment, info=PROOF("when it was made"))
    expires_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=PROOF("when it ends by itself"))
    closed_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=PROOF("when its holder closed it"))


_HELD = (
    select(Attestation, Holding.enrolment_id)
    .join(Holding, Holding.attestation_id == Attestation.id)
    .where(Holding.person_id == bindparam("person"))
)
_LINKS = (
    select(ShareLink)
    .join(Holding, Holding.attestation_id == ShareLink.attestation_id)
    .where(Holding.person_id == bindparam("person"), ShareLink.attestation_id == bindparam("attestation"))
    .order_by(ShareLink.made_at, ShareLink.code)
)
_SHOWN = (
    select(Attestation, ShareLink.shows)
    .join(ShareLink, ShareLink.attestation_id == Attestation.id)
    .where(
        ShareLink.code == bindparam("code"),
        ShareLink.closed_at.is_(None),
        (ShareLink.expires_at.is_(None)) | (ShareLink.expires_at > bindparam("at", type_=Moment)),
    )
)


def held(connection: Connection, person: int) -> list[Any]:
    """The attestations that a person holds, newest first."""
    return list(connection.execute(_HELD.order_by(Attestation.issued_at.desc()), {"person": person}))


def held_one(connection: Connection, person: int, attestation: str) -> Any:
    """One of a person's own; None for anybody else's, as for one that does not exist."""
    return connection.execute(_HELD.where(Attestation.id == attestation), {"person": person}).first()


def links(connection: Connection, person: int, attestation: str) -> list[Any]:
    """Every link to one of a person's own attestations, closed ones too."""
    return list(connection.execute(_LINKS, {"person": person, "attestation": attestation}))


def shown(connection: Connection, code: str, at: dt.datetime) -> Any:
    """What an open link shows; None for an unknown, closed or ended one alike."""
    return connection.execute(_SHOWN, {"code": code, "at": at}).first()


def one_of(connection: Connection, attestation: str) -> Any:
    """An attestation, whoever holds it: for those who issue it."""
    return connection.execute(select(Attestation).where(Attestation.id == attestation)).one()


def confirmed_name(connection: Connection, person: int, course: str) -> Any:
    """(printed_name, named_at) of a person's enrolment: the name that they confirmed, empty where they did not yet."""
    enrolment = Base.metadata.tables["enrolment"].c  # declared in store.learning, which stands on this module
    chosen = select(enrolment.printed_name, enrolment.named_at)
    return connection.execute(chosen.where(enrolment.person_id == person, enrolment.course == course)).first()
