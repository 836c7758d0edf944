"""What somebody else does between our reading and our writing: rights that were taken away must not be used."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, insert, select

from elearn.services import accounts, cohorts, consents, people, recovery, reflections, sessions, transaction
from elearn.services.audit import By
from elearn.store.accounts import Person, SignIn, SignInLink, Viewer, viewer
from elearn.store.base import db
from elearn.store.cohorts import TRAINEE, CohortMember
from elearn.store.learning import Reflection
from tests import world

AT = world.AT
WORDS, OTHERS = "lampe ronde tabouret", "quatre chevaux lisent dehors"
FAST = "scrypt:1024:8:1"


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@contextmanager
def right_after(app: Flask, reading: str, meanwhile: Callable[[], object]) -> Iterator[None]:
    """As soon as a statement that holds `reading` has been run, another worker does `meanwhile`.

    We go on once it is done, or after two seconds where it has to wait for us; at the end it is done.
    """
    others: list[threading.Thread] = []

    def elsewhere() -> None:
        with app.app_context():
            meanwhile()

    def after(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not others and reading in statement:
            others.append(threading.Thread(target=elsewhere))
            others[0].start()
            others[0].join(2)

    event.listen(db.engine, "after_cursor_execute", after)
    try:
        yield
    finally:
        event.remove(db.engine, "after_cursor_execute", after)
        assert others, f"no statement with {reading}"
        others[0].join(20)


def account(name: str, role: str = "trainee") -> Viewer:
    made = accounts.sign_up(name, "", WORDS, AT, role=role, method=FAST)
    token = sessions.open_session(made, AT)
    with db.engine.connect() as connection:
        found = viewer(connection, token, AT)
    assert found is not None
    return found


def count(table: Any) -> int:
    with db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_password_that_was_just_changed_opens_nothing(app: Flask) -> None:
    """Every session ends with a change: one that was on its way with the former password must not outlive it."""
    benoit = account("Benoît")
    change = lambda: accounts.change_password(benoit, WORDS, OTHERS, AT)  # noqa: E731
    with right_after(app, "password_hash", change):
        assert sessions.sign_in("Benoît", WORDS, AT) is None
    assert count(SignIn) == 1
    assert sessions.sign_in("Benoît", OTHERS, AT) is not None


def test_an_account_that_was_just_suspended_opens_nothing(app: Flask) -> None:
    account("Benoît")
    with right_after(app, "password_hash", lambda: accounts.deactivate("Benoît", By(AT))):
        assert sessions.sign_in("Benoît", WORDS, AT) is None
    assert count(SignIn) == 0, "else it would open with the account"


def test_a_trainer_gets_no_link_for_someone_who_was_just_made_an_admin(app: Flask) -> None:
    ada, benoit, emile = account("Ada", "trainer"), account("Benoît"), account("Émile", "admin")
    group = cohorts.make(ada, "Mardi", "reperes", "", "form-of-ada", AT)
    with db.engine.connect() as connection:
        number = connection.execute(select(CohortMember.cohort_id)).scalar_one()
    joined = {"cohort_id": number, "person_id": benoit.id, "part": TRAINEE, "joined_at": AT}
    transaction.run(lambda tx: tx.execute(insert(CohortMember).values(joined)))
    promote = lambda: people.change_role(benoit.uid, "admin", By(AT, emile.uid, "admin"))  # noqa: E731
    with right_after(app, "joined_at", promote):
        cohorts.hand_over(ada, group, benoit.uid, "paper", "form-of-link", AT)
    with db.engine.connect() as connection:
        role = connection.execute(select(Person.role).where(Person.id == benoit.id)).scalar_one()
    assert (role, count(SignInLink)) == ("admin", 0)


def test_no_text_is_kept_once_the_consent_is_withdrawn(app: Flask) -> None:
    benoit = account("Benoît")
    consents.give(benoit.id, "fr", AT)

    def save(tx: Any) -> None:
        consents.need(tx, benoit.id, "fr", AT)
        reflections.save(tx, reflections.Whose(benoit.id, "reperes", "ecouter", "une-fois", 0), "ce jour-là", AT)

    with right_after(app, "consent", lambda: consents.withdraw(benoit.id, By(AT, benoit.uid), True)):
        transaction.run(save)
    assert count(Reflection) == 0


def test_codes_made_anew_leave_none_of_the_former(app: Flask) -> None:
    benoit = account("Benoît")
    former = recovery.make_codes(benoit, AT, "")[0]
    with right_after(app, "person.sign_in_key =", lambda: recovery.make_codes(benoit, AT, "")):
        recovery.use_code("Benoît", former, AT, "")
    assert recovery.use_code("Benoît", former, AT + dt.timedelta(seconds=1), "") is None
    assert recovery.codes_of(benoit.id).left == recovery.CODES
