"""Attestations: snapshots of facts with no foreign key to a person or a course, who holds them, and their links."""

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.base import Care, Model, Moment

PROOF = Care(
    "sensitive",
    "contract: the proof asked for",
    "as long as the proof serves",
    "yes",
    "name and facts deleted; id kept",
)
HOLDING = Care("sensitive", "contract: the proof asked for", "as long as the account", "yes", "deleted")


class Attestation(Model):
    """What was certified, as it was on the day of issue. Renaming a person or deleting a course changes nothing here.

    Stored states: active, provisional, suspended, revoked, superseded. `expired` is derived from `valid_until`.
    """

    __tablename__ = "attestation"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, info=PROOF("random; names the proof"))
    kind: Mapped[str] = mapped_column(String(16), info=PROOF("follow-up, success or success with practicum"))
    state: Mapped[str] = mapped_column(String(16), info=PROOF("active, provisional, suspended, revoked, superseded"))
    locale: Mapped[str] = mapped_column(String(8), info=PROOF("language of the paper"))
    printed_name: Mapped[str] = mapped_column(String(120), info=PROOF("the name its holder asked to print"))
    facts: Mapped[bytes] = mapped_column(LargeBinary, info=PROOF("canonical bytes of every fact certified"))
    digest: Mapped[str] = mapped_column(String(64), info=PROOF("SHA-256 of the facts"))
    issued_at: Mapped[dt.datetime] = mapped_column(Moment, info=PROOF("when it was issued"))
    valid_until: Mapped[dt.datetime | None] = mapped_column(Moment, info=PROOF("when it ends, where it does"))
    state_changed_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=PROOF("when its state last changed"))
    renews: Mapped[str | None] = mapped_column(String(36), info=PROOF("the proof that it renews"))
    replaces: Mapped[str | None] = mapped_column(String(36), info=PROOF("the proof that it corrects"))


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
    label: Mapped[str] = mapped_column(String(80), info=HOLDING("what its holder calls it"))
    shows: Mapped[dict[str, Any]] = mapped_column(JSON, info=HOLDING("which facts it shows: name, title"))
    made_at: Mapped[dt.datetime] = mapped_column(Moment, info=HOLDING("when it was made"))
    expires_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=HOLDING("when it ends by itself"))
    closed_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=HOLDING("when its holder closed it"))
