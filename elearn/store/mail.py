"""Mail: the address that a person may give, sealed, and the outbox of messages that wait to be sent."""

import datetime as dt
from typing import Any

from sqlalchemy import Connection, ForeignKey, Index, LargeBinary, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.base import Care, Model, Moment

ADDRESS = Care("mail", "personal", "choice: given to be used as chosen", "until taken back", "yes", "deleted")
OUTBOX = Care(
    "outbox",
    "secret",
    "contract: telling the person",
    "{keep}; the text goes once sent",
    "no: sent to them",
    "deleted",
    keep_days=30,
)


class MailAddress(Model):
    """A mail address, sealed with its person's key; found by a keyed hash. Used once it is verified, as chosen."""

    __tablename__ = "mail_address"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, info=ADDRESS("whose address")
    )
    key_id: Mapped[str] = mapped_column(String(36), info=ADDRESS("which data key seals it"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=ADDRESS("the address, AES-256-GCM"))
    lookup: Mapped[str] = mapped_column(String(64), index=True, info=ADDRESS("keyed hash, to find it again"))
    given_at: Mapped[dt.datetime] = mapped_column(Moment, info=ADDRESS("when it was given"))
    verified_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=ADDRESS("when its owner proved it"))
    for_notices: Mapped[bool] = mapped_column(default=True, info=ADDRESS("chosen use: security notices at once"))
    for_digest: Mapped[bool] = mapped_column(default=False, info=ADDRESS("chosen use: at most one digest a day"))


class OutboxMessage(Model):
    """A message written in the transaction of its cause. `state`: waiting, sent, failed or dropped.

    `sealed`: JSON of address and words, with its person's key; emptied once sent. `wait_for_digest`: goes with the
    others of the day.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_message_state_next_at", "state", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, info=OUTBOX("order"))
    uid: Mapped[str] = mapped_column(String(26), unique=True, info=OUTBOX("names it in logs and Message-ID"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, info=OUTBOX("for whom")
    )
    kind: Mapped[str] = mapped_column(String(32), info=OUTBOX("what it says, one of a closed list"))
    locale: Mapped[str] = mapped_column(String(8), info=OUTBOX("language"))
    key_id: Mapped[str] = mapped_column(String(36), info=OUTBOX("which data key seals it"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=OUTBOX("address and words, AES-256-GCM"))
    wait_for_digest: Mapped[bool] = mapped_column(default=False, info=OUTBOX("goes with the digest of the day"))
    state: Mapped[str] = mapped_column(String(8), default="waiting", info=OUTBOX("waiting, sent, failed or dropped"))
    tries: Mapped[int] = mapped_column(default=0, info=OUTBOX("how often it was tried"))
    next_at: Mapped[dt.datetime] = mapped_column(Moment, info=OUTBOX("when it is tried next"))
    made_at: Mapped[dt.datetime] = mapped_column(Moment, index=True, info=OUTBOX("when it was written"))
    sent_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=OUTBOX("when a server took it"))
    trouble: Mapped[str] = mapped_column(String(80), default="", info=OUTBOX("last reply code of the server"))


STATES = ("waiting", "failed", "dropped", "sent")


def page(connection: Connection, state: str | None, offset: int, most: int) -> list[Any]:
    """Messages of one state, or of all, newest first. No address and no word of them."""
    wanted = select(
        OutboxMessage.uid,
        OutboxMessage.kind,
        OutboxMessage.locale,
        OutboxMessage.wait_for_digest,
        OutboxMessage.state,
        OutboxMessage.tries,
        OutboxMessage.next_at,
        OutboxMessage.made_at,
        OutboxMessage.sent_at,
        OutboxMessage.trouble,
    )
    if state is not None:
        wanted = wanted.where(OutboxMessage.state == state)
    return list(connection.execute(wanted.order_by(OutboxMessage.id.desc()).offset(offset).limit(most)))


def counts(connection: Connection) -> dict[str, int]:
    """State -> how many messages are in it; every state of STATES is there."""
    found = connection.execute(select(OutboxMessage.state, func.count()).group_by(OutboxMessage.state))
    return dict.fromkeys(STATES, 0) | {row[0]: row[1] for row in found}
