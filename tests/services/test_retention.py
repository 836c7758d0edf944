"""What has run its time goes by itself; what has not stays. Accounts left alone are told twice, then erased."""

import datetime as dt
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from elearn.services import accounts, audit, erasure, retention, sessions, transaction
from elearn.services.audit import By
from elearn.store import upkeep
from elearn.store.accounts import Person, SignIn, SignInLink
from elearn.store.audit import AuditEntry
from elearn.store.base import Base, db, now
from elearn.store.cohorts import Cohort, CohortMember, Invitation
from elearn.store.inventory import keep_days
from elearn.store.learning import Draft, Enrolment, Idempotency
from elearn.store.mail import OutboxMessage
from elearn.store.privacy import Erasure
from tests import world

AT = world.AT
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def benoit() -> int:
    return person("Benoît", AT)


def person(name: str, at: dt.datetime) -> int:
    return accounts.sign_up(name, name, "lampe ronde tabouret 7", at, method="scrypt:1024:8:1")


def add(table: type[Base], **values: Any) -> Any:
    return transaction.run(lambda tx: tx.execute(insert(table).values(**values)).inserted_primary_key)


def count(table: type[Base]) -> int:
    with db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def draft(who: int, at: dt.datetime) -> None:
    (enrolment,) = add(Enrolment, person_id=who, course="reperes", locale="fr", edition=1, rule_version="1",
                       title={}, discreet_title={}, created_at=at)  # fmt: skip
    add(Draft, enrolment_id=enrolment, unit="u", question="q", response=[], document="d", revision=1, saved_at=at)


def message(who: int, at: dt.datetime, state: str = "sent") -> None:
    add(OutboxMessage, uid=f"M{state}", person_id=who, kind="notice", locale="fr", key_id="k", sealed=b"", state=state,
        next_at=at, made_at=at)  # fmt: skip


def session(who: int, at: dt.datetime, stays: bool = False) -> None:
    add(SignIn, id=f"{stays}", person_id=who, created_at=at, expires_at=at, seen_at=at, confirmed_at=at, stays=stays,
        door="password", device="")  # fmt: skip


def link(who: int, at: dt.datetime) -> None:
    add(SignInLink, id="L", person_id=who, purpose="link", about="", created_at=at, expires_at=at)


def cohort(who: int, at: dt.datetime) -> None:
    (made,) = add(Cohort, uid="C", name="Automne", course="reperes", made_at=at, closed_at=at)
    add(CohortMember, cohort_id=made, person_id=who, part="trainee", joined_at=at)


def invitation(who: int, at: dt.datetime) -> None:
    add(Invitation, id="I", uid="I", nonce="n", course="reperes", most=1, used=0, made_by=who, made_at=at,
        expires_at=at)  # fmt: skip


def form(who: int, at: dt.datetime) -> None:
    add(Idempotency, person_id=who, key="k", deed="attempt", parameters="", result="", made_at=at)


def erased(_who: int, at: dt.datetime) -> None:
    add(Erasure, uid="GONE", at=at)


MADE: dict[str, tuple[type[Base], Any]] = {
    "draft": (Draft, draft),
    "outbox_message": (OutboxMessage, message),
    "sign_in": (SignIn, session),
    "sign_in_link": (SignInLink, link),
    "cohort": (Cohort, cohort),
    "invitation": (Invitation, invitation),
    "idempotency": (Idempotency, form),
    "erasure": (Erasure, erased),
}


@pytest.mark.parametrize("name", MADE)
def test_asvs_14_2_7_what_has_run_its_time_goes_and_not_before(benoit: int, name: str) -> None:
    table, make = MADE[name]
    days = keep_days(table.__table__)  # type: ignore[arg-type]
    assert days is not None
    make(benoit, AT)
    assert retention.run(AT + timedelta(days=days) - timedelta(seconds=1)).deleted[name] == 0
    assert count(table) == 1
    late = AT + timedelta(days=days, hours=2)
    assert retention.look(late).deleted[name] == 1 and count(table) == 1
    assert retention.run(late).deleted[name] == 1
    assert count(table) == 0
    assert retention.run(late).deleted[name] == 0


def test_every_rule_was_tried() -> None:
    assert set(MADE) | {"audit_entry"} == set(retention.RULES)


def test_a_cohort_takes_its_members_and_no_person(benoit: int) -> None:
    cohort(benoit, AT)
    retention.run(AT + timedelta(days=366))
    assert (count(CohortMember), count(Person)) == (0, 1)


def test_a_message_that_still_waits_is_not_lost(benoit: int) -> None:
    message(benoit, AT, "waiting")
    retention.run(AT + timedelta(days=400))
    assert count(OutboxMessage) == 1


def test_a_session_that_stays_lives_until_its_end(benoit: int) -> None:
    add(SignIn, id="S", person_id=benoit, created_at=AT, expires_at=AT + sessions.STAYS, seen_at=AT, confirmed_at=AT,
        stays=True, door="password", device="")  # fmt: skip
    retention.run(AT + timedelta(days=29))
    assert count(SignIn) == 1
    retention.run(AT + timedelta(days=32))
    assert count(SignIn) == 0


def old_entries(at: dt.datetime, many: int) -> None:
    def work(tx: Session) -> None:
        for number in range(many):
            audit.record(tx, By(at + timedelta(minutes=number)), "backup made")

    transaction.run(work)


def test_the_log_is_shortened_from_its_start_and_still_holds() -> None:
    today = now()
    old_entries(today - timedelta(days=1100), 3)
    old_entries(today - timedelta(days=10), 2)
    report = retention.run(today)
    assert report.deleted["audit_entry"] == 3
    assert audit.broken() is None
    with db.engine.connect() as connection:
        rows = connection.execute(
            select(AuditEntry.id, AuditEntry.deed, AuditEntry.facts).order_by(AuditEntry.id)
        ).all()
    assert [row.deed for row in rows] == ["backup made", "backup made", "retention ran", "log shortened"]
    assert rows[0].id == 4 and rows[-1].facts["count"] == 3


def test_a_log_of_old_entries_only_keeps_its_count() -> None:
    today = now()
    old_entries(today - timedelta(days=1200), 2)
    retention.run(today)
    retention.run(today + timedelta(minutes=1))
    assert audit.broken() is None


def left_since(who: int, at: dt.datetime) -> None:
    transaction.run(lambda tx: tx.execute(update(Person).where(Person.id == who).values(seen_at=at)))


def told(who: int) -> int:
    with db.engine.connect() as connection:
        return connection.execute(select(Person.inactivity_notices).where(Person.id == who)).scalar_one()


def test_an_account_left_alone_is_told_twice_and_then_erased(benoit: int) -> None:
    left_since(benoit, AT)
    end = AT + timedelta(days=730)
    assert retention.run(end - 61 * DAY).notices == 0
    assert retention.run(end - 59 * DAY).notices == 1 and told(benoit) == 1
    assert retention.run(end - 58 * DAY).notices == 0
    assert retention.run(end - 13 * DAY).notices == 1 and told(benoit) == 2
    assert retention.run(end - DAY).erased == 0
    assert retention.look(end + 2 * DAY).erased == 1 and count(Person) == 1
    assert retention.run(end + 2 * DAY).erased == 1 and count(Person) == 0
    with db.engine.connect() as connection:
        news = (
            select(func.count()).select_from(AuditEntry).where(AuditEntry.deed == "inactivity notice", AuditEntry.told)
        )
        assert connection.execute(news).scalar_one() == 2


def test_whoever_comes_back_stays(benoit: int) -> None:
    left_since(benoit, AT)
    end = AT + timedelta(days=730)
    retention.run(end - 59 * DAY)
    retention.run(end - 13 * DAY)
    sessions.open_session(benoit, end - 5 * DAY)
    assert told(benoit) == 0
    assert retention.run(end + 100 * DAY).erased == 0 and count(Person) == 1


def test_a_site_that_slept_for_years_erases_nobody_without_warning(benoit: int) -> None:
    """Each notice leaves its whole time, however late the first one was."""
    left_since(benoit, AT)
    late = AT + timedelta(days=900)
    assert [(one.notices, one.erased) for one in (retention.run(late + day * DAY) for day in range(3))] == [
        (1, 0), (0, 0), (0, 0)]  # fmt: skip
    assert retention.run(late + 46 * DAY).notices == 1
    assert retention.run(late + 59 * DAY).erased == 0
    assert retention.run(late + 60 * DAY).erased == 1


def test_an_erasure_that_was_asked_for_is_done(benoit: int) -> None:
    with db.engine.connect() as connection:
        uid = connection.execute(select(Person.uid)).scalar_one()
    erasure.ask_for(uid, By(AT, uid))
    assert retention.run(AT + 6 * DAY).erased == 0
    assert retention.run(AT + 7 * DAY).erased == 1
    assert count(Person) == 0


def test_it_says_what_it_did(benoit: int) -> None:
    draft(benoit, AT)
    late = AT + timedelta(days=100)
    retention.run(late)
    with db.engine.connect() as connection:
        assert upkeep.note(connection, "retention") == ("draft 1", late)
        last = connection.execute(select(AuditEntry.deed).order_by(AuditEntry.id.desc()).limit(1)).scalar_one()
    assert last == "retention ran"


def test_looking_changes_nothing(benoit: int) -> None:
    draft(benoit, AT)
    left_since(benoit, AT)
    before = {table.name: count_of(table) for table in Base.metadata.sorted_tables}
    report = retention.look(AT + timedelta(days=700))
    assert report.counts() == {"draft": 1, "notices": 1}
    assert before == {table.name: count_of(table) for table in Base.metadata.sorted_tables}


def count_of(table: Any) -> int:
    with db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_by_itself_it_waits_a_day_where_time_has_leapt(benoit: int) -> None:
    """A clock that is months ahead for an hour deletes nothing."""
    assert retention.daily(AT).deleted
    draft(benoit, AT)
    ahead = AT + 100 * DAY
    assert retention.daily(ahead) == retention.Report() and count(Draft) == 1
    assert retention.daily(AT + DAY).deleted["draft"] == 0 and count(Draft) == 1, "the clock is right again"
    assert retention.daily(ahead) == retention.Report() and count(Draft) == 1
    assert retention.daily(ahead + DAY).deleted["draft"] == 1, "time has really passed"
