"""Sending what lies in the outbox: claim in one transaction, send outside any, note in another what came of it.

A claim moves the next try ahead by a lease and counts the try, so that two senders never send one message twice, on one
machine or several. A sender that is killed after the server took a message and before it noted so leaves a message that
is sent again when the lease ends, with the same Message-ID: at least once, and in that window only perhaps twice.
"""

import datetime as dt
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.message import EmailMessage

from flask import current_app
from sqlalchemy import Select, and_, delete, exists, select, update
from sqlalchemy.orm import Session, aliased

from elearn import logs
from elearn.config import Settings
from elearn.core.mime import Envelope, digest, letter, sender_for
from elearn.core.sealing import BrokenSeal
from elearn.services import transaction
from elearn.services.keys import keyring, unseal_for
from elearn.services.outbox import address_of
from elearn.services.transports import FolderTransport, NotSent, Transport
from elearn.store.accounts import Person
from elearn.store.base import Clock, db
from elearn.store.mail import OutboxMessage

LEASE = dt.timedelta(minutes=3)
"""For whom claimed it: longer than a conversation of a dozen steps of transports.TIMEOUT each."""
BACKOFF = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 25, 120, 480))
"""Between tries; after the last one a message has failed, until an admin has it tried again."""
A_DAY = dt.timedelta(hours=24)
KEPT = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Counts:
    """What came of one pass. `away`: the server could not be used, so that the rest was left for later."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    dropped: int = 0
    away: bool = False

    def plus(self, outcome: str, away: bool) -> "Counts":
        return replace(self, **{outcome: getattr(self, outcome) + 1}, away=self.away or away)


@dataclass(frozen=True, slots=True)
class _Claimed:
    """Rows that travel as one message, `words` where it is a letter. `refused`: why it is not even tried."""

    rows: tuple[int, ...]
    uid: str
    kinds: tuple[str, ...]
    locale: str
    tries: int
    waited: bool
    to: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""

    @property
    def kind(self) -> str:
        return "digest" if self.waited else self.kinds[0]


def drain(clock: Clock, transport: Transport, most: int = 50, stop: Callable[[], bool] = lambda: False) -> Counts:
    """Send what is due, letters first, then digests; at most `most` messages, fewer where the server is away.

    `clock` is asked for each message, since a slow server makes a pass long. `stop`: asked before each.
    """
    counts = Counts()
    for claim in (_claim_letter, _claim_digest):
        for _ in range(most - counts.sent - counts.later - counts.failed - counts.dropped):
            claimed = None if stop() or counts.away else _next(claim, clock())
            if claimed is None:
                break
            counts = counts.plus(*_deliver(claimed, transport, clock))
    return counts


def forget(at: dt.datetime) -> int:
    """Delete messages that are done with and older than 30 days; how many. A file in the mail folder goes with its row,
    thus also soon after its person's account was erased."""

    def work(tx: Session) -> int:
        old = delete(OutboxMessage).where(
            OutboxMessage.state.in_(("sent", "failed", "dropped")), OutboxMessage.made_at < at - KEPT
        )
        return len(tx.execute(old.returning(OutboxMessage.id)).all())

    gone = transaction.run(work)
    folder = FolderTransport(_settings(), keyring())
    lying = folder.uids()
    with db.engine.connect() as connection:
        known = set(connection.execute(select(OutboxMessage.uid)).scalars()) if lying else set()
    for uid in lying - known:
        folder.remove(uid)
    return gone


# --- claiming

_Claim = Callable[[Session, dt.datetime], _Claimed | None]


def _next(claim: _Claim, at: dt.datetime) -> _Claimed | None:
    """What to send next. Where nothing is due, no write transaction is begun."""
    with db.engine.connect() as connection:
        if connection.execute(_due(at, waits=claim is _claim_digest).limit(1)).first() is None:
            return None
    return transaction.run(lambda tx: claim(tx, at))


def _due(at: dt.datetime, waits: bool) -> Select[OutboxMessage]:
    """Messages whose moment has come, longest due first. Of a person who was sent a digest within a day, or whose
    digest is on its way, none that waits for one."""
    due = select(OutboxMessage).where(
        OutboxMessage.state == "waiting", OutboxMessage.next_at <= at, OutboxMessage.wait_for_digest.is_(waits)
    )
    if waits:
        other = aliased(OutboxMessage)
        on_its_way = and_(other.state == "waiting", other.next_at > at)
        just_sent = and_(other.state == "sent", other.sent_at > at - A_DAY)
        mine = and_(other.person_id == OutboxMessage.person_id, other.wait_for_digest)
        due = due.where(~exists().where(mine, on_its_way | just_sent))
    return due.order_by(OutboxMessage.next_at, OutboxMessage.id)


def _claim_letter(tx: Session, at: dt.datetime) -> _Claimed | None:
    row = tx.execute(_due(at, waits=False).limit(1).with_for_update(skip_locked=True)).scalar()
    if row is None:
        return None
    claimed = _lease(tx, [row], row.locale, at)
    try:
        opened = json.loads(unseal_for(tx, row.person_id, row.key_id, row.sealed, "outbox_message", row.uid))
    except BrokenSeal:
        return replace(claimed, refused="seal")
    return replace(claimed, to=opened["to"], words=opened["words"])


def _claim_digest(tx: Session, at: dt.datetime) -> _Claimed | None:
    """Everything that waits for one person. The address is the one that is chosen now, so that a change counts."""
    person = tx.execute(_due(at, waits=True).limit(1)).scalar()
    if person is None:
        return None
    owner = person.person_id
    tx.execute(
        select(Person.id).where(Person.id == owner).with_for_update(key_share=True)
    ).first()  # one sender a person
    rows = list(tx.execute(_due(at, waits=True).where(OutboxMessage.person_id == owner)).scalars())
    if not rows:
        return None
    locale = tx.execute(select(Person.locale).where(Person.id == owner)).scalar_one()
    claimed = _lease(tx, rows, locale, at)
    try:
        to = address_of(tx, owner, "for_digest", "for_notices")
    except BrokenSeal:
        return replace(claimed, refused="seal")
    return replace(claimed, to=to) if to else replace(claimed, refused="unwanted")


def _lease(tx: Session, rows: Sequence[OutboxMessage], locale: str, at: dt.datetime) -> _Claimed:
    """Count the try and move the next one ahead. A message whose tries all ended without a word has failed."""
    numbers, tries = tuple(row.id for row in rows), min(row.tries for row in rows) + 1
    claim = update(OutboxMessage).where(OutboxMessage.id.in_(numbers)).values(tries=tries, next_at=at + LEASE)
    tx.execute(claim.execution_options(synchronize_session=False))
    refused = "lost" if tries > len(BACKOFF) + 1 else ""
    first, kinds = rows[0], tuple(row.kind for row in rows)
    return _Claimed(numbers, first.uid, kinds, locale, tries, first.wait_for_digest, refused=refused)


# --- sending


def _deliver(claimed: _Claimed, transport: Transport, clock: Clock) -> tuple[str, bool]:
    """(what came of it: a field of Counts, whether the server is away)."""
    if claimed.refused:
        outcome, code, away = ("failed" if claimed.refused == "lost" else "dropped"), claimed.refused, False
    else:
        outcome, code, away = _send(claimed, transport, clock())
    _mark(claimed, outcome, code, clock())
    level = logging.INFO if outcome == "sent" else logging.WARNING
    logs.note(f"message {outcome}", level, kind=claimed.kind, count=len(claimed.rows), code=code)
    return outcome, away


def _send(claimed: _Claimed, transport: Transport, at: dt.datetime) -> tuple[str, str, bool]:
    try:
        message = _message(claimed, at)
    except (ValueError, KeyError) as error:
        logs.note("message cannot be written", logging.ERROR, kind=claimed.kind, error=type(error).__name__)
        return "failed", "words", False
    over = claimed.tries > len(BACKOFF)
    try:
        transport.send(message, claimed.uid)
    except NotSent as trouble:
        return ("failed" if trouble.final or over else "later"), trouble.code, trouble.away
    except Exception as error:  # one message must not stop those after it
        logs.note("mail trouble", logging.ERROR, kind=claimed.kind, error=type(error).__name__)
        return ("failed" if over else "later"), "error", False
    return "sent", "", False


def _message(claimed: _Claimed, at: dt.datetime) -> EmailMessage:
    settings = _settings()
    sender = sender_for(settings.address, settings.mail_from)
    envelope = Envelope(claimed.uid, sender, claimed.to, at, settings.address)
    if claimed.waited:
        return digest(claimed.kinds, claimed.locale, envelope)
    return letter(claimed.kinds[0], claimed.locale, claimed.words, envelope)


def _mark(claimed: _Claimed, outcome: str, code: str, at: dt.datetime) -> None:
    """Note the outcome. Words go with what was sent or is unwanted; a broken seal may be whole once a key is restored.

    What was sent counts even where the lease has ended; any other outcome only while nobody else has claimed it since.
    """
    values: dict[str, object] = {"trouble": code, "state": "waiting" if outcome == "later" else outcome}
    if outcome == "sent":
        values |= {"sent_at": at, "sealed": b""}
    elif outcome == "later":
        values["next_at"] = at + BACKOFF[claimed.tries - 1]
    elif code == "unwanted":
        values["sealed"] = b""

    def work(tx: Session) -> None:
        mine = update(OutboxMessage).where(OutboxMessage.id.in_(claimed.rows), OutboxMessage.state == "waiting")
        if outcome != "sent":
            mine = mine.where(OutboxMessage.tries == claimed.tries)
        tx.execute(mine.values(**values))

    transaction.run(work)


def _settings() -> Settings:
    found: Settings = current_app.config["ELEARN"]
    return found
