"""Sending what lies in the outbox: to a real SMTP server that is kind, difficult or away, and to the sealed folder."""

import datetime as dt
import json
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from elearn.app import create_app
from elearn.config import Settings
from elearn.services import outbox, posting, transaction
from elearn.services.audit import By
from elearn.services.keys import keyring, seal_for
from elearn.services.posting import BACKOFF, LEASE, Counts
from elearn.services.transports import FolderTransport, SmtpTransport
from elearn.store.accounts import Person
from elearn.store.learning import DataKey
from elearn.store.mail import MailAddress, OutboxMessage
from tests.conftest import ON_POSTGRESQL, close
from tests.services.mailing import AT, LINK, MINUTE, messages, person, put, states
from tests.site import free_port
from tests.smtp import MailServer, Manners, mail_server

DAY = dt.timedelta(days=1)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """A real site with a mail server."""
    folders = {name: str(tmp_path / name) for name in ("instance", "keys")}
    base = "https://formation.example.org"
    server = {"mail_server": f"smtp://127.0.0.1:{free_port()}", "mail_from": "site@example.org"}
    trial = Settings.from_env({}, database_url=database_url, **folders)
    trial.make_folders()
    close(create_app(trial))  # a trial makes the keys that a real site asks for
    return Settings.from_env({}, base_url=base, database_url=database_url, **folders, **server)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with mail_server(port=port(settings)) as made:
        yield made


def port(settings: Settings) -> int:
    return int(settings.mail_server.rpartition(":")[2])


def drain(settings: Settings, at: dt.datetime = AT, most: int = 50) -> Counts:
    return posting.drain(lambda: at, SmtpTransport(settings), most)


def tos(server: MailServer) -> list[str]:
    return [to for one in server.taken for to in one.to]


def test_it_works(settings: Settings, server: MailServer) -> None:
    put(person("Benoît", "benoit@example.org"))
    assert drain(settings) == Counts(sent=1)
    taken = server.taken[0]
    assert (taken.sender, taken.to) == ("site@example.org", ["benoit@example.org"])
    assert taken.message["Subject"] == "Choisir un nouveau mot de passe"
    body = taken.message.get_body(("plain",))
    assert body is not None and LINK in body.get_content()
    row = messages()[0]
    assert (row.state, row.sent_at, row.sealed, row.trouble) == ("sent", AT, b"", "")
    assert taken.message["Message-ID"] == f"<{row.uid}@example.org>"
    assert drain(settings, AT + DAY) == Counts()


def test_the_oldest_goes_first_and_a_pass_has_an_end(settings: Settings, server: MailServer) -> None:
    for number in range(4):
        put(person(f"Benoît {number}", f"b{number}@example.org"), at=AT - number * MINUTE)
    assert drain(settings, most=3) == Counts(sent=3)
    assert tos(server) == ["b3@example.org", "b2@example.org", "b1@example.org"]
    assert drain(settings) == Counts(sent=1)


def test_a_message_of_later_waits(settings: Settings, server: MailServer) -> None:
    put(person("Benoît", "benoit@example.org"), at=AT + MINUTE)
    assert drain(settings) == Counts()
    assert drain(settings, AT + MINUTE) == Counts(sent=1)


def test_each_is_written_to_in_their_language(settings: Settings, server: MailServer) -> None:
    put(person("Benoît", "benoit@example.org"))
    put(person("Chloé", "chloe@example.org", locale="en"))
    drain(settings)
    assert [one.message["Subject"] for one in server.taken] == [
        "Choisir un nouveau mot de passe",
        "Choose a new password",
    ]


def test_a_refused_address_fails_at_once_and_stops_nobody(settings: Settings, server: MailServer) -> None:
    server.manners.answers["benoit@example.org"] = 550
    put(person("Benoît", "benoit@example.org"))
    put(person("Chloé", "chloe@example.org"))
    assert drain(settings) == Counts(sent=1, failed=1)
    assert [(row.state, row.trouble) for row in messages()] == [("failed", "550"), ("sent", "")]
    assert tos(server) == ["chloe@example.org"]


def test_a_text_that_is_refused_fails_at_once(settings: Settings, server: MailServer) -> None:
    server.manners.data_answer = 554
    put(person("Benoît", "benoit@example.org"))
    assert drain(settings) == Counts(failed=1)
    assert messages()[0].trouble == "554"


def test_not_now_means_later_and_in_the_end_never(settings: Settings, server: MailServer) -> None:
    server.manners.answers["benoit@example.org"] = 451
    put(person("Benoît", "benoit@example.org"))
    at = AT
    for number, wait in enumerate(BACKOFF, 1):
        assert drain(settings, at) == Counts(later=1)
        row = messages()[0]
        assert (row.state, row.tries, row.next_at, row.trouble) == ("waiting", number, at + wait, "451")
        assert drain(settings, at + wait - dt.timedelta(seconds=1)) == Counts()
        at += wait
    assert drain(settings, at) == Counts(failed=1)
    assert messages()[0].state == "failed"
    server.manners.answers.clear()
    assert drain(settings, at + 30 * DAY) == Counts()
    assert outbox.retry(messages()[0].uid, By(at))
    assert drain(settings, at) == Counts(sent=1), "its words were kept for another try"


def test_sent_once_after_the_server_came_back(settings: Settings) -> None:
    for name in ("benoit", "chloe"):
        put(person(name, f"{name}@example.org"))
    assert drain(settings) == Counts(later=1, away=True), "one try shows that nobody is there"
    assert {row.trouble for row in messages()} == {"away", ""}
    with mail_server(port=port(settings)) as server:
        assert drain(settings, AT + BACKOFF[0]) == Counts(sent=2)
        assert drain(settings, AT + DAY) == Counts()
        assert sorted(tos(server)) == ["benoit@example.org", "chloe@example.org"]


def test_a_server_that_hangs_up_is_tried_again(settings: Settings, server: MailServer) -> None:
    server.manners.hangs_up = True
    put(person("Benoît", "benoit@example.org"))
    assert drain(settings) == Counts(later=1)
    assert messages()[0].trouble == "closed"
    server.manners.hangs_up = False
    assert drain(settings, AT + BACKOFF[0]) == Counts(sent=1)
    assert len(server.taken) == 1


def test_a_slow_server_is_given_up_for_now(
    settings: Settings, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("elearn.services.transports.TIMEOUT", 0.2)
    server.manners.slow = 0.6
    put(person("Benoît", "benoit@example.org"))
    assert drain(settings) == Counts(later=1, away=True)
    server.manners.slow = 0.0
    assert drain(settings, AT + BACKOFF[0]) == Counts(sent=1)


def test_what_is_asked_to_stop_begins_nothing_more(settings: Settings, server: MailServer) -> None:
    for name in ("benoit", "chloe"):
        put(person(name, f"{name}@example.org"))
    counts = posting.drain(lambda: AT, SmtpTransport(settings), stop=lambda: len(server.taken) == 1)
    assert counts == Counts(sent=1)
    assert states() == ["sent", "waiting"]


# --- two at once, and one that dies


def send_at_once(settings: Settings, app: Flask, senders: int) -> list[Counts]:
    found: list[Counts] = []
    ready = threading.Barrier(senders)

    def run() -> None:
        with app.app_context():
            ready.wait()
            found.append(drain(settings))

    threads = [threading.Thread(target=run) for _ in range(senders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_at_once_send_each_message_once(settings: Settings, server: MailServer, app: Flask) -> None:
    """On SQLite, or on PostgreSQL with ELEARN_TEST_ON."""
    fill(12)
    found = send_at_once(settings, app, 3)
    assert sum(one.sent for one in found) == 12 + 6
    assert len(tos(server)) == len(set(tos(server))) == 12 + 6


def fill(people: int) -> None:
    """A letter each for so many, and two that wait for the digest of every other one."""
    for number in range(people):
        put(person(f"Benoît {number}", f"b{number}@example.org"))
    for number in range(0, people, 2):
        chloe = person(f"Chloé {number}", f"c{number}@example.org", for_notices=False, for_digest=True)
        put(chloe, "notice")
        put(chloe, "notice")


@pytest.mark.postgres
@pytest.mark.skipif(ON_POSTGRESQL, reason="the test before runs on PostgreSQL")
def test_two_at_once_on_postgresql(
    settings: Settings, server: MailServer, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    from tests.conftest import build

    postgres = request.getfixturevalue("postgres_server")
    url = postgres.new_database()
    build(url)
    other = Settings.from_env({}, database_url=url, instance=str(settings.instance), keys=str(settings.keys))
    app = create_app(other)
    try:
        with app.app_context():
            fill(12)
        found = send_at_once(settings, app, 3)
        assert sum(one.sent for one in found) == 18
        assert len(tos(server)) == len(set(tos(server))) == 18
    finally:
        close(app)
        postgres.drop_database(url)


def test_what_nobody_answered_for_is_tried_again_when_its_lease_ends(settings: Settings, server: MailServer) -> None:
    put(person("Benoît", "benoit@example.org"))
    claimed = posting._next(posting._claim_letter, AT)
    assert claimed is not None, "and then the sender died"
    assert drain(settings, AT + LEASE - dt.timedelta(seconds=1)) == Counts()
    assert drain(settings, AT + LEASE) == Counts(sent=1)


def test_a_sender_that_comes_back_late_changes_nothing(settings: Settings, server: MailServer) -> None:
    """Its lease had ended and another has the message: what it says of a failure is no longer heard."""
    put(person("Benoît", "benoit@example.org"))
    late = posting._next(posting._claim_letter, AT)
    assert late is not None
    again = posting._next(posting._claim_letter, AT + LEASE)
    assert again is not None
    posting._mark(late, "failed", "550", AT + LEASE)
    assert states() == ["waiting"]
    posting._mark(late, "sent", "", AT + LEASE)
    assert states() == ["sent"]


def test_a_message_that_kills_its_senders_fails_in_the_end(settings: Settings, server: MailServer) -> None:
    put(person("Benoît", "benoit@example.org"))
    at = AT
    for _ in range(len(BACKOFF) + 1):
        assert posting._next(posting._claim_letter, at) is not None
        at += LEASE
    assert drain(settings, at) == Counts(failed=1)
    assert (messages()[0].state, messages()[0].trouble, server.taken) == ("failed", "lost", [])


# --- the digest of the day


def chloe(name: str = "Chloé", locale: str = "fr") -> int:
    return person(name, "chloe@example.org", locale, for_notices=False, for_digest=True)


def test_a_digest_gathers_what_waits(settings: Settings, server: MailServer) -> None:
    who = chloe(locale="en")
    for number in range(3):
        put(who, "notice", AT + number * MINUTE)
    assert drain(settings, AT + 5 * MINUTE) == Counts(sent=1)
    message = server.taken[0].message
    assert message["Subject"] == "News since the last message"
    body = message.get_body(("plain",))
    assert body is not None and "- News about your account (3)" in body.get_content()
    assert message["List-Unsubscribe"] == "<https://formation.example.org/accounts/recovery/address>"
    assert {(row.state, row.sealed) for row in messages()} == {("sent", b"")}


def test_one_digest_a_day_at_most(settings: Settings, server: MailServer) -> None:
    who = chloe()
    sent_at = []
    for hour in range(0, 73, 3):
        at = AT + dt.timedelta(hours=hour)
        put(who, "notice", at)
        if drain(settings, at).sent:
            sent_at.append(hour)
    assert sent_at == [0, 24, 48, 72]
    assert len(server.taken) == 4
    assert states() == ["sent"] * 25


def test_a_digest_does_not_hold_up_a_letter(settings: Settings, server: MailServer) -> None:
    who = chloe()
    put(who, "notice")
    drain(settings)
    put(who, "notice", AT + MINUTE)
    put(who, "reset", AT + MINUTE)
    assert drain(settings, AT + MINUTE) == Counts(sent=1)
    assert [one.message["Subject"] for one in server.taken][-1] == "Choisir un nouveau mot de passe"


def test_a_digest_on_its_way_is_not_overtaken(settings: Settings, server: MailServer) -> None:
    who = chloe()
    server.manners.answers["chloe@example.org"] = 451
    put(who, "notice")
    assert drain(settings) == Counts(later=1)
    put(who, "notice", AT + MINUTE / 2)
    assert drain(settings, AT + MINUTE / 2) == Counts()
    server.manners.answers.clear()
    assert drain(settings, AT + MINUTE) == Counts(sent=1)
    assert states() == ["sent", "sent"]


def test_who_turned_it_off_meanwhile_receives_nothing(settings: Settings, server: MailServer) -> None:
    put(chloe(), "notice")
    transaction.run(lambda tx: tx.execute(update(MailAddress).values(for_digest=False)))
    assert drain(settings) == Counts(dropped=1)
    assert server.taken == []
    assert [(row.state, row.sealed, row.trouble) for row in messages()] == [("dropped", b"", "unwanted")]


def test_a_digest_goes_to_the_address_of_now(settings: Settings, server: MailServer) -> None:
    who = chloe()
    put(who, "notice")

    def move(tx: object) -> None:
        key_id, sealed = seal_for(tx, who, b"new@example.org", "mail_address", str(who), AT)  # type: ignore[arg-type]
        tx.execute(update(MailAddress).values(key_id=key_id, sealed=sealed))  # type: ignore[attr-defined]

    transaction.run(move)
    drain(settings)
    assert tos(server) == ["new@example.org"]


# --- what cannot be sent


@pytest.mark.parametrize("smuggled", ["\r\nBcc: eve@example.org", "\n\neve", "\r", "\0"])
def test_asvs_1_3_11_what_would_smuggle_a_header_is_never_sent(
    settings: Settings, server: MailServer, smuggled: str
) -> None:
    benoit = person("Benoît", "benoit@example.org")
    put(benoit, to=f"benoit@example.org{smuggled}")
    put(benoit, link=LINK + smuggled)
    put(person("Chloé", "chloe@example.org"))
    assert drain(settings) == Counts(failed=2, sent=1)
    assert [(row.state, row.trouble) for row in messages()] == [("failed", "words")] * 2 + [("sent", "")]
    assert tos(server) == ["chloe@example.org"]
    assert not [line for line in server.said if "eve" in line]


def test_a_kind_that_is_no_longer_known_fails(settings: Settings, server: MailServer) -> None:
    put(person("Benoît", "benoit@example.org"))
    transaction.run(lambda tx: tx.execute(update(OutboxMessage).values(kind="birthday")))
    assert drain(settings) == Counts(failed=1)


def test_a_broken_seal_is_dropped_and_kept_for_its_key(settings: Settings, server: MailServer) -> None:
    put(person("Benoît", "benoit@example.org"))
    sealed = messages()[0].sealed
    transaction.run(lambda tx: tx.execute(update(OutboxMessage).values(sealed=b"\0" + sealed)))
    assert drain(settings) == Counts(dropped=1)
    assert messages()[0].trouble == "seal"
    transaction.run(lambda tx: tx.execute(update(OutboxMessage).values(sealed=sealed)))
    assert outbox.retry(messages()[0].uid, By(AT))
    assert drain(settings) == Counts(sent=1)


def test_a_destroyed_key_ends_what_waits(settings: Settings, server: MailServer) -> None:
    put(person("Benoît", "benoit@example.org"))
    put(chloe(), "notice")
    transaction.run(lambda tx: tx.execute(DataKey.__table__.delete()))  # type: ignore[attr-defined]
    assert drain(settings) == Counts(dropped=2)
    assert server.taken == []


# --- what is left behind


def test_nothing_of_it_is_in_clear_anywhere(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "elearn")
    put(person("Benoît", "canari-adresse-91@example.org"))
    put(person("Chloé", "canari-adresse-92@example.org", for_notices=False, for_digest=True), "notice")
    canaries = (b"canari-adresse", b"CANARI-LIEN", b"Choisir un", b"nouveau")

    def in_clear() -> list[tuple[str, bytes]]:
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert any(path.name.endswith("-wal") for path in files) or ON_POSTGRESQL
        return [(path.name, one) for path in files for one in canaries if one in path.read_bytes()]

    assert in_clear() == []
    folder = FolderTransport(settings, keyring())
    assert posting.drain(lambda: AT, folder) == Counts(sent=2)
    assert len(folder.names()) == 2
    assert in_clear() == []
    with mail_server(Manners(answers={"canari-adresse-91@example.org": 550}), port(settings)):
        put(person("Ada", "canari-adresse-91@example.org"))
        assert drain(settings) == Counts(failed=1)
    assert in_clear() == []
    assert "canari" not in caplog.text.casefold() and "example.org" not in caplog.text
    fields = [json.dumps(getattr(record, "fields", {})) for record in caplog.records]
    assert len(fields) == 3 and not [one for one in fields if "canari" in one.casefold() or "@" in one]


def test_what_is_done_with_is_forgotten_after_thirty_days(settings: Settings, server: MailServer) -> None:
    benoit = person("Benoît", "benoit@example.org")
    put(benoit)
    drain(settings)
    put(benoit, at=AT + DAY)
    put(benoit, at=AT)
    assert posting.forget(AT + 30 * DAY) == 0
    assert posting.forget(AT + 30 * DAY + MINUTE) == 1
    assert states() == ["waiting", "waiting"], "what waits is kept"


def test_a_file_goes_with_its_row(settings: Settings) -> None:
    folder = FolderTransport(settings, keyring())
    put(person("Benoît", "benoit@example.org"))
    put(person("Chloé", "chloe@example.org"))
    posting.drain(lambda: AT, folder)
    gone = messages()[0].uid
    (folder.folder / f".{gone}.0123abcd").write_bytes(b"half of it")
    transaction.run(lambda tx: tx.execute(Person.__table__.delete().where(Person.sign_in_name == "Benoît")))  # type: ignore[attr-defined]
    posting.forget(AT + MINUTE)
    assert [path.name for path in folder.folder.iterdir()] == [f"{messages()[0].uid}.sealed"]
    assert folder.read(folder.names()[0])["To"] == "chloe@example.org"
