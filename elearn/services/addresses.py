"""The mail address that a person may give: sealed, proved by a link, used as chosen, taken back.

Other accounts may have the same one; nothing here says so. When an address goes, it is told a last time.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from elearn.core.mail_address import same
from elearn.core.sealing import BrokenSeal
from elearn.services import audit, links, outbox, transaction
from elearn.services.audit import By
from elearn.services.keys import keyed, seal_for, unseal_for
from elearn.store.accounts import Person, SignInLink, Viewer
from elearn.store.base import db
from elearn.store.mail import MailAddress, OutboxMessage

AN_HOUR = dt.timedelta(hours=1)
MAILS_AN_HOUR = 3
"""Messages of one kind that an account may cause in an hour: nobody fills somebody else's letter box."""


class TooManyMails(Exception):
    """This account has caused enough messages for an hour."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A person's address, as it was given. `for_notices`, `for_digest`: the uses chosen besides recovery.

    `address`: None where it does not open.
    """

    address: str | None
    verified: bool
    for_notices: bool
    for_digest: bool


def lookup_of(address: str) -> str:
    """The keyed hash by which an address is found again."""
    return keyed("mail address", same(address))


def kept(person: int) -> Kept | None:
    with Session(db.engine) as tx:
        row = tx.execute(select(MailAddress).where(MailAddress.person_id == person)).scalar()
        if row is None:
            return None
        return Kept(_opened(tx, row), row.verified_at is not None, row.for_notices, row.for_digest)


def give(who: Viewer, address: str, at: dt.datetime, link: Callable[[str], str], notice: str) -> None:
    """Keep `address` (as `core.mail_address.normal_address` gives it) and send it the link that proves it.

    Nothing else is sent there before. `link`: token -> the address of the page that proves; `notice`: the link of the
    message to the address that stood here before. TooManyMails.
    """
    lookup = lookup_of(address)

    def work(tx: Session) -> None:
        row = _row(tx, who.id)
        if row is not None and row.lookup == lookup and row.verified_at is not None:
            return
        if mails(tx, who.id, "verify", at) >= MAILS_AN_HOUR:
            raise TooManyMails
        if row is None or row.lookup != lookup:
            _forget(tx, who.id, row, at, notice)
            key_id, sealed = seal_for(tx, who.id, address.encode(), "mail_address", str(who.id), at)
            tx.add(MailAddress(person_id=who.id, key_id=key_id, sealed=sealed, lookup=lookup, given_at=at))
            audit.record(tx, By(at, who.uid), "address given", who.uid, told=False)
        token = links.make_within(tx, who.id, "verify", at, links.BY_MAIL, about=lookup)
        outbox.put(tx, who.id, "verify", at, {"link": link(token)}, to=address)

    transaction.run(work)


def verify(token: str, at: dt.datetime) -> bool:
    """Use up a link that proves an address. False where it does not, or where the address is another by now."""

    def work(tx: Session) -> bool:
        used = links.use_within(tx, token, "verify", at)
        if used is None:
            return False
        proved = update(MailAddress).where(MailAddress.person_id == used.person, MailAddress.lookup == used.about)
        if tx.execute(proved.values(verified_at=at).returning(MailAddress.person_id)).first() is None:
            return False
        audit.record(tx, By(at, used.uid), "address verified", used.uid)
        return True

    return transaction.run(work)


def choose(who: Viewer, for_notices: bool, for_digest: bool) -> None:
    """What the address serves for, besides getting back in."""
    chosen = update(MailAddress).where(MailAddress.person_id == who.id)
    transaction.run(lambda tx: tx.execute(chosen.values(for_notices=for_notices, for_digest=for_digest)))


def take_back(who: Viewer, at: dt.datetime, notice: str) -> bool:
    """Delete the address for good. False where there is none."""

    def work(tx: Session) -> bool:
        row = _row(tx, who.id)
        if row is None:
            return False
        _forget(tx, who.id, row, at, notice)
        audit.record(tx, By(at, who.uid), "address removed", who.uid, told=False)
        return True

    return transaction.run(work)


def mails(tx: Session, person: int, kind: str, at: dt.datetime) -> int:
    """How many messages of a kind were written for a person within an hour."""
    counted = select(func.count()).where(
        OutboxMessage.person_id == person, OutboxMessage.kind == kind, OutboxMessage.made_at > at - AN_HOUR
    )
    return tx.execute(counted).scalar_one()


def _row(tx: Session, person: int) -> MailAddress | None:
    """Locks the person: two tabs at once do not both count the third message."""
    tx.execute(select(Person.id).where(Person.id == person).with_for_update())
    return tx.execute(select(MailAddress).where(MailAddress.person_id == person)).scalar()


def _forget(tx: Session, person: int, row: MailAddress | None, at: dt.datetime, notice: str) -> None:
    """The links that would prove it go too. An address that was proved hears of it, whatever it was used for."""
    if row is not None:
        former = _opened(tx, row) if row.verified_at is not None else None
        if former is not None:
            outbox.put(tx, person, "notice", at, {"link": notice}, to=former)
        tx.delete(row)
        tx.flush()
    tx.execute(delete(SignInLink).where(SignInLink.person_id == person, SignInLink.purpose == "verify"))


def _opened(tx: Session, row: MailAddress) -> str | None:
    """None where it does not open: it can still be taken back, or another be given."""
    try:
        person = str(row.person_id)
        return unseal_for(tx, row.person_id, row.key_id, row.sealed, "mail_address", person).decode()
    except BrokenSeal:
        return None
