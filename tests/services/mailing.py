"""People with an address, and messages for them, for tests of mail."""

import datetime as dt
from typing import Any

from sqlalchemy import insert, select

from elearn.services import accounts, outbox, transaction
from elearn.services.keys import seal_for
from elearn.store.base import db
from elearn.store.mail import MailAddress, OutboxMessage

AT = dt.datetime(2026, 11, 25, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
LINK = "https://formation.example.org/accounts/recovery/new-password/CANARI-LIEN-91"


def person(name: str, address: str = "", locale: str = "fr", **uses: bool) -> int:
    """Someone who signed up and, with `address`, proved it. `uses`: for_notices, for_digest."""
    made = accounts.sign_up(name, name, "lampe ronde tabouret", AT, locale, method="scrypt:1024:8:1")

    def work(tx: Any) -> None:
        key_id, sealed = seal_for(tx, made, address.encode(), "mail_address", str(made), AT)
        values = {"person_id": made, "key_id": key_id, "sealed": sealed, "lookup": name, "given_at": AT}
        tx.execute(insert(MailAddress).values(**values, verified_at=AT, **uses))

    if address:
        transaction.run(work)
    return made


def put(who: int, kind: str = "reset", at: dt.datetime = AT, to: str | None = None, link: str = LINK) -> bool:
    return transaction.run(lambda tx: outbox.put(tx, who, kind, at, {"link": link} if link else {}, to))


def messages() -> list[Any]:
    with db.engine.connect() as connection:
        return list(connection.execute(select(OutboxMessage.__table__).order_by(OutboxMessage.id)))


def states() -> list[str]:
    return [row.state for row in messages()]
