"""One deed, one transaction: done whole or not at all, and again where another was first."""

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from elearn.services import transaction
from elearn.store.base import db
from elearn.store.editions import Edition

AT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def count() -> int:
    with db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(Edition)).scalar_one()


def add(tx: Session, number: int) -> None:
    tx.execute(insert(Edition).values(number=number, published_at=AT, format=1, renderer="r"))


def test_it_commits() -> None:
    transaction.run(lambda tx: add(tx, 1))
    assert count() == 1


def test_asvs_2_3_3_a_failed_deed_leaves_nothing() -> None:
    def work(tx: Session) -> None:
        add(tx, 1)
        raise KeyError("half way")

    with pytest.raises(KeyError):
        transaction.run(work)
    assert count() == 0


def test_a_row_made_meanwhile_means_another_try() -> None:
    transaction.run(lambda tx: add(tx, 1))
    tries = []

    def work(tx: Session) -> None:
        tries.append(1)
        add(tx, 1 if len(tries) == 1 else 2)

    transaction.run(work)
    assert (len(tries), count()) == (2, 2)


def test_it_gives_up_after_five_tries() -> None:
    transaction.run(lambda tx: add(tx, 1))
    tries = []

    def work(tx: Session) -> None:
        tries.append(1)
        add(tx, 1)

    with pytest.raises(IntegrityError):
        transaction.run(work)
    assert len(tries) == transaction.TRIES


def test_an_error_of_ours_is_not_tried_again() -> None:
    tries = []

    def work(tx: Session) -> None:
        tries.append(1)
        tx.connection().exec_driver_sql("SELECT nothing FROM nowhere")

    with pytest.raises(DBAPIError):
        transaction.run(work)
    assert len(tries) == 1


def test_deeds_at_the_same_moment_all_count(app: Flask) -> None:
    """Each reads the newest number and writes the next: without a lock or another try, some would be lost."""

    def work(tx: Session) -> None:
        add(tx, (tx.execute(select(func.max(Edition.number))).scalar() or 0) + 1)

    def run() -> None:
        with app.app_context():
            transaction.run(work)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count() == 4
