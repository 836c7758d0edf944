"""Consents, and the journal of erased accounts, which is replayed after a restore: tables and their queries."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.base import Care, Model, Moment

CONSENT = Care("sensitive", "legal duty: to show that consent was given", "as long as the account", "yes", "deleted")
JOURNAL = Care(
    "internal",
    "legal duty: an erasure must hold after a restore",
    "2 months: longer than any backup",
    "no: names nobody",
    "kept: a random identifier that names nobody",
)


class Consent(Model):
    """A consent as it was given: to which text, in which language, when; and when it was withdrawn."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person_id_purpose", "person_id", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=CONSENT("order"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), info=CONSENT("whose"))
    purpose: Mapped[str] = mapped_column(String(32), info=CONSENT("to what: account, reflections"))
    text_version: Mapped[str] = mapped_column(String(32), info=CONSENT("which text was shown"))
    locale: Mapped[str] = mapped_column(String(8), info=CONSENT("in which language"))
    given_at: Mapped[dt.datetime] = mapped_column(Moment, info=CONSENT("when it was given"))
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=CONSENT("when it was withdrawn"))


class Erasure(Model):
    """An account that was erased. Also a line of INSTANCE/erasures.jsonl, which no restore replaces."""

    __tablename__ = "erasure"

    uid: Mapped[str] = mapped_column(String(26), primary_key=True, info=JOURNAL("the random identifier it had"))
    at: Mapped[dt.datetime] = mapped_column(Moment, info=JOURNAL("when"))
