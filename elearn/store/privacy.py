"""Consents, and the journal of erased accounts, which is replayed after a restore: tables and their queries."""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Connection, ForeignKey, Index, String, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from elearn.core.consents import REFLECTIONS
from elearn.store.base import Care, Model, Moment

CONSENT = Care(
    "consent",
    "sensitive",
    "legal duty: to show that consent was given",
    "as long as the account",
    "yes",
    "deleted",
)
JOURNAL = Care(
    "erasure",
    "internal",
    "legal duty: an erasure must hold after a restore",
    "{keep}: longer than any backup",
    "no: names nobody",
    "kept: a random identifier that names nobody",
    keep_days=60,
)


class Consent(Model):
    """A consent as it was given: to which text, in which language, when; and when it was withdrawn."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person_id_purpose", "person_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=CONSENT("order"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), info=CONSENT("whose"))
    purpose: Mapped[str] = mapped_column(
        String(32), info=CONSENT("to what: reflections; notice: which privacy notice was shown")
    )
    text_version: Mapped[str] = mapped_column(String(32), info=CONSENT("which text was shown"))
    locale: Mapped[str] = mapped_column(String(8), info=CONSENT("in which language"))
    given_at: Mapped[dt.datetime] = mapped_column(Moment, info=CONSENT("when it was given"))
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=CONSENT("when it was withdrawn"))


class Erasure(Model):
    """An account that was erased. Also a line of INSTANCE/erasures.jsonl, which no restore replaces."""

    __tablename__ = "erasure"

    uid: Mapped[str] = mapped_column(String(26), primary_key=True, info=JOURNAL("the random identifier it had"))
    at: Mapped[dt.datetime] = mapped_column(Moment, info=JOURNAL("when"))


def consented(person: Any, purpose: str = REFLECTIONS) -> ColumnElement[bool]:
    """Part of a query: has `person` (a column or an id) an open consent to `purpose`?"""
    return exists().where(Consent.person_id == person, Consent.purpose == purpose, Consent.withdrawn_at.is_(None))


def consents(connection: Connection, person: int) -> list[Any]:
    """A person's consents, the newest first, withdrawn ones too."""
    columns = Consent.purpose, Consent.text_version, Consent.locale, Consent.given_at, Consent.withdrawn_at
    return list(connection.execute(select(*columns).where(Consent.person_id == person).order_by(Consent.id.desc())))


def erasures(connection: Connection) -> list[Any]:
    """(uid, at) of every erased account that is still in the journal, the oldest first."""
    return list(connection.execute(select(Erasure.uid, Erasure.at).order_by(Erasure.at, Erasure.uid)))
