"""The outbox: who is written to, what an admin may see of it and do about it."""

import datetime as dt
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from elearn.services import erasure, outbox, retention, transaction
from elearn.services.audit import By
from elearn.store.accounts import Person
from elearn.store.audit import AuditEntry
from elearn.store.base import db
from elearn.store.mail import MailAddress, OutboxMessage, counts, page
from tests.services.mailing import AT, LINK, MINUTE, messages, person, put, states


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def set_state(state: str) -> str:
    """The newest message's uid, after it was brought into a state."""
    transaction.run(lambda tx: tx.execute(update(OutboxMessage).values(state=state, tries=6, trouble="451")))
    return str(messages()[-1].uid)


def logged(deed: str) -> list[tuple[str, dict[str, object]]]:
    with db.engine.connect() as connection:
        rows = connection.execute(select(AuditEntry.subject, AuditEntry.facts).where(AuditEntry.deed == deed))
        return [(row.subject, row.facts) for row in rows]


def test_it_works() -> None:
    assert put(person("Benoît", "benoit@example.org"))
    row = messages()[0]
    assert (row.kind, row.locale, row.state, row.tries, row.wait_for_digest) == ("reset", "fr", "waiting", 0, False)
    assert (row.next_at, row.sent_at) == (AT, None)


def test_it_is_in_the_language_of_the_person() -> None:
    put(person("Chloé", "chloe@example.org", locale="en"))
    assert messages()[0].locale == "en"


def test_a_deed_that_fails_writes_to_nobody() -> None:
    benoit = person("Benoît", "benoit@example.org")

    def work(tx: object) -> None:
        outbox.put(tx, benoit, "reset", AT, {"link": LINK})  # type: ignore[arg-type]
        raise KeyError("half way")

    with pytest.raises(KeyError):
        transaction.run(work)
    assert messages() == []


def test_nobody_is_written_to_without_an_address() -> None:
    assert not put(person("Benoît"))
    assert put(person("Chloé"), to="chloe@example.org")
    assert len(messages()) == 1


def test_an_address_that_is_not_verified_is_not_used() -> None:
    benoit = person("Benoît", "benoit@example.org")
    transaction.run(lambda tx: tx.execute(update(MailAddress).values(verified_at=None)))
    assert not put(benoit)
    assert not put(benoit, "notice")


@pytest.mark.parametrize(
    ("notices", "digest", "expected"),
    [(True, False, [False]), (True, True, [False]), (False, True, [True]), (False, False, [])],
    ids=["notices", "both", "digest", "neither"],
)
def test_a_letter_that_may_wait_goes_as_was_chosen(notices: bool, digest: bool, expected: list[bool]) -> None:
    benoit = person("Benoît", "benoit@example.org", for_notices=notices, for_digest=digest)
    assert put(benoit, "notice") is bool(expected)
    assert [row.wait_for_digest for row in messages()] == expected


def test_a_way_back_in_goes_whatever_was_chosen() -> None:
    assert put(person("Benoît", "benoit@example.org", for_notices=False, for_digest=False), "reset")
    assert [row.wait_for_digest for row in messages()] == [False]


def test_the_list_tells_states_and_neither_address_nor_words() -> None:
    benoit = person("Benoît", "benoit@example.org")
    for _ in range(3):
        put(benoit)
    last = messages()[-1].uid
    transaction.run(
        lambda tx: tx.execute(update(OutboxMessage).where(OutboxMessage.uid == last).values(state="failed"))
    )
    with db.engine.connect() as connection:
        assert counts(connection) == {"waiting": 2, "failed": 1, "dropped": 0, "sent": 0}
        everything = page(connection, None, 0, 10)
        assert [row.uid for row in everything] == [row.uid for row in reversed(messages())]
        assert [row.uid for row in page(connection, "failed", 0, 10)] == [last]
        assert [row.uid for row in page(connection, None, 1, 1)] == [everything[1].uid]
    assert not {"sealed", "key_id", "person_id"} & set(everything[0]._fields)


@pytest.mark.parametrize("state", ["failed", "dropped"])
def test_an_admin_has_a_message_tried_again(state: str) -> None:
    benoit = person("Benoît", "benoit@example.org")
    put(benoit)
    uid = set_state(state)
    assert outbox.retry(uid, By(AT + MINUTE, "E" * 26, "admin"))
    row = messages()[0]
    assert (row.state, row.tries, row.next_at, row.trouble) == ("waiting", 0, AT + MINUTE, "")
    with db.engine.connect() as connection:
        subject = connection.execute(select(Person.uid)).scalar_one()
    assert logged("message retried") == [(subject, {"role": "admin", "message": uid, "kind": "reset"})]


@pytest.mark.parametrize("state", ["waiting", "sent"])
def test_what_waits_or_was_sent_is_not_tried_again(state: str) -> None:
    put(person("Benoît", "benoit@example.org"))
    assert not outbox.retry(set_state(state), By(AT))
    assert states() == [state]
    assert logged("message retried") == []


@pytest.mark.parametrize("state", ["waiting", "failed"])
def test_an_admin_gives_a_message_up(state: str) -> None:
    put(person("Benoît", "benoit@example.org"))
    uid = set_state(state)
    assert outbox.drop(uid, By(AT))
    assert (messages()[0].state, messages()[0].sealed) == ("dropped", b"")
    assert len(logged("message dropped")) == 1
    assert not outbox.retry(uid, By(AT)), "its words are gone"


def test_what_was_sent_cannot_be_given_up() -> None:
    put(person("Benoît", "benoit@example.org"))
    assert not outbox.drop(set_state("sent"), By(AT))
    assert not outbox.drop("0" * 26, By(AT))
    assert not outbox.retry("0" * 26, By(AT))


def test_messages_go_with_their_person() -> None:
    put(person("Benoît", "benoit@example.org"))
    transaction.run(lambda tx: tx.execute(Person.__table__.delete()))  # type: ignore[attr-defined]
    with db.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(OutboxMessage)).scalar() == 0


def spoil(who: int) -> None:
    """As after the loss of a key: the address does not open."""
    transaction.run(
        lambda tx: tx.execute(update(MailAddress).where(MailAddress.person_id == who).values(sealed=b"x" * 40))
    )


@pytest.mark.parametrize("kind", ["notice", "reset"])
def test_an_address_that_does_not_open_stops_no_deed(kind: str) -> None:
    benoit = person("Benoît", "benoit@example.org")
    spoil(benoit)
    assert not put(benoit, kind)
    assert messages() == []


def test_retention_and_erasure_go_on_past_an_address_that_does_not_open() -> None:
    """One lost key must not keep everybody's data, nor take anybody's right to go."""
    benoit, chloe = person("Benoît", "benoit@example.org"), person("Chloé", "chloe@example.org")
    spoil(benoit)
    assert retention.run(AT + dt.timedelta(days=700)).notices == 2
    with db.engine.connect() as connection:
        uid = connection.execute(select(Person.uid).where(Person.id == benoit)).scalar_one()
    assert erasure.ask_for(uid, By(AT, uid)) is not None
    assert [row.person_id for row in messages()] == [chloe]
