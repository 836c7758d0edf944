"""Deeds of admins at once, and mail that tells of them."""

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from elearn.services import accounts, people
from elearn.services.audit import By
from elearn.services.keys import seal_for
from elearn.services.transaction import run
from elearn.store.accounts import Person
from elearn.store.base import db
from elearn.store.mail import MailAddress, OutboxMessage

AT = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)
FAST = "scrypt:1024:8:1"


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def account(name: str, role: str = "trainee") -> str:
    person = accounts.sign_up(name, "", "lampe ronde tabouret", AT, role=role, method=FAST)
    with db.engine.connect() as connection:
        return str(connection.execute(select(Person.uid).where(Person.id == person)).scalar_one())


def active_admins() -> int:
    able = select(func.count()).where(Person.role == "admin", Person.deactivated_at.is_(None))
    with db.engine.connect() as connection:
        return int(connection.execute(able).scalar_one())


def test_asvs_2_3_4_two_admins_who_close_each_other_at_once_leave_one(app: Flask) -> None:
    uids = [account(name, "admin") for name in ("émile", "fatou")]
    together, refused = threading.Barrier(2), []

    def close(mine: str, other: str) -> None:
        with app.app_context():
            together.wait()
            try:
                people.suspend(other, By(AT, mine, "admin"))
            except people.Refused as problem:
                refused.append(problem.code)

    threads = [threading.Thread(target=close, args=pair) for pair in (uids, uids[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert refused == ["last"]
    assert active_admins() == 1


def test_whoever_gave_an_address_hears_of_a_deed() -> None:
    emile, rosa = account("émile", "admin"), account("rosa")

    def give(tx) -> None:  # type: ignore[no-untyped-def]
        person = tx.execute(select(Person.id).where(Person.uid == rosa)).scalar_one()
        key_id, sealed = seal_for(tx, person, b"rosa@example.org", "mail_address", str(person), AT)
        row = {"person_id": person, "key_id": key_id, "sealed": sealed, "lookup": "x" * 64, "for_notices": True}
        tx.add(MailAddress(**row, given_at=AT, verified_at=AT))

    run(give)
    by = By(AT, emile, "admin")
    people.change_role(rosa, "trainer", by)
    people.look_at(rosa, by)
    with db.engine.connect() as connection:
        assert connection.execute(select(OutboxMessage.kind)).scalars().all() == ["notice"]


def test_nobody_acts_on_an_account_that_is_not_there() -> None:
    by = By(AT, account("émile", "admin"), "admin")
    for deed in (people.suspend, people.reopen, people.remove_factor, people.ask_erasure, people.keep, people.look_at):
        with pytest.raises(LookupError):
            deed("0" * 26, by)
