"""Deeds on accounts, on a real database."""

import datetime as dt
from collections.abc import Iterator

import pytest
from flask import Flask

from elearn.services import accounts, links, passwords, sessions
from elearn.services.audit import By
from elearn.store.accounts import IDLE, Viewer, viewer
from elearn.store.base import db

AT = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)
FAST = "scrypt:1024:8:1"
WORDS = "lampe ronde tabouret"


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def who(token: str, at: dt.datetime = AT) -> Viewer | None:
    with db.engine.connect() as connection:
        return viewer(connection, token, at)


def benoit() -> int:
    return accounts.sign_up("Benoît", "Ben", WORDS, AT, method=FAST)


def test_sign_up_then_sign_in() -> None:
    person = benoit()
    token = sessions.sign_in("  BENOÎT ", WORDS, AT)
    assert token is not None
    found = who(token)
    assert found is not None
    assert (found.id, found.chosen_name, found.role, found.locale) == (person, "Ben", "trainee", "fr")


def test_the_sign_in_name_stands_in_for_a_chosen_name() -> None:
    accounts.sign_up("chloé", "  ", WORDS, AT, method=FAST)
    token = sessions.sign_in("chloé", WORDS, AT)
    assert token is not None
    found = who(token)
    assert found is not None
    assert found.chosen_name == "chloé"


@pytest.mark.parametrize(
    ("name", "chosen", "password", "field", "code"),
    [
        ("be", "", WORDS, "sign_in_name", "short"),
        ("benoît", "x" * 81, WORDS, "chosen_name", "long"),
        ("benoît", "", "court", "password", "short"),
        ("benoît", "", "motdepasse2026", "password", "common"),
        ("BENOÎT", "", WORDS, "sign_in_name", "taken"),
    ],
)
def test_what_cannot_be_taken(name: str, chosen: str, password: str, field: str, code: str) -> None:
    if code == "taken":
        benoit()
    with pytest.raises(accounts.Unacceptable) as refused:
        accounts.sign_up(name, chosen, password, AT, method=FAST)
    assert (refused.value.field, refused.value.code) == (field, code)


def test_a_wrong_password_and_an_unknown_name_are_alike() -> None:
    benoit()
    assert sessions.sign_in("benoît", "une autre phrase", AT) is None
    assert sessions.sign_in("personne", WORDS, AT) is None


def test_each_sign_in_has_its_own_session_and_sign_out_ends_one() -> None:
    benoit()
    first, second = sessions.sign_in("benoît", WORDS, AT), sessions.sign_in("benoît", WORDS, AT)
    assert first and second and first != second
    found = who(first)
    assert found is not None
    sessions.sign_out(found.sign_in)
    assert who(first) is None
    assert who(second) is not None


def test_sign_out_everywhere() -> None:
    benoit()
    tokens = [sessions.sign_in("benoît", WORDS, AT) for _ in range(3)]
    found = who(tokens[0] or "")
    assert found is not None
    sessions.sign_out_everywhere(found, AT)
    assert [who(token or "") for token in tokens] == [None, None, None]


def test_a_session_ends_by_itself() -> None:
    token = sessions.open_session(benoit(), AT)
    assert who(token, AT + IDLE - dt.timedelta(seconds=1)) is not None
    assert who(token, AT + IDLE) is None


def test_a_sign_of_life_begins_the_hour_again_up_to_twelve() -> None:
    token, at = sessions.open_session(benoit(), AT), AT
    while at < AT + sessions.LASTS - dt.timedelta(minutes=50):
        at += dt.timedelta(minutes=50)
        found = who(token, at)
        assert found is not None
        sessions.sign_of_life(found, at)
    assert who(token, AT + sessions.LASTS - dt.timedelta(seconds=1)) is not None
    assert who(token, AT + sessions.LASTS) is None


def test_whoever_asked_to_stay_stays_thirty_days() -> None:
    token = sessions.open_session(benoit(), AT, stays=True)
    assert who(token, AT + sessions.STAYS - dt.timedelta(seconds=1)) is not None
    assert who(token, AT + sessions.STAYS) is None


def test_a_link_works_once_and_not_for_long() -> None:
    benoit()
    token = links.make_link("benoît", AT)
    late = links.make_link("benoît", AT)
    assert token and late
    session = links.use_link(token, AT)
    assert session is not None and who(session) is not None
    assert links.use_link(token, AT) is None
    assert links.use_link(late, AT + links.ON_SCREEN) is None
    assert links.use_link("never made", AT) is None
    assert links.make_link("personne", AT) is None


def test_a_closed_account_is_closed_at_once() -> None:
    benoit()
    token, link = sessions.sign_in("benoît", WORDS, AT), links.make_link("benoît", AT)
    assert token and link
    assert accounts.deactivate("benoît", By(AT))
    assert who(token) is None
    assert sessions.sign_in("benoît", WORDS, AT) is None
    assert links.use_link(link, AT) is None
    assert accounts.reactivate("benoît", By(AT))
    assert sessions.sign_in("benoît", WORDS, AT) is not None


def test_a_new_role_asks_for_a_new_sign_in() -> None:
    benoit()
    token = sessions.sign_in("benoît", WORDS, AT)
    assert token
    assert accounts.change_role("Benoît", "trainer", By(AT))
    assert who(token) is None
    assert ("Benoît", "Ben", "trainer", True) in accounts.people()
    assert not accounts.change_role("personne", "trainer", By(AT))
    with pytest.raises(accounts.Unacceptable):
        accounts.change_role("Benoît", "boss", By(AT))


def test_what_has_run_its_time_goes_whoever_signs_in(app: Flask) -> None:
    links.make_link("benoît", AT) if benoit() else None
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO idempotency (person_id, key, deed, parameters, result, made_at)"
            " SELECT id, 'form-0001', 'attempt', 'p', 'r', '2026-11-22 15:00:00' FROM person"
        )
    other = accounts.sign_up("chloé", "", WORDS, AT, method=FAST)
    sessions.open_session(other, AT + sessions.FORMS_LAST + dt.timedelta(hours=1))
    with db.engine.connect() as connection:
        for table in ("idempotency", "sign_in_link"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


@pytest.mark.parametrize("name", ["a\0bc", "abc\udc80", "x" * 500, "e\u0301" * 40])
def test_a_name_that_nobody_can_have_is_an_unknown_one(name: str) -> None:
    assert sessions.sign_in(name, WORDS, AT) is None


def test_an_invisible_sign_in_the_chosen_name() -> None:
    with pytest.raises(accounts.Unacceptable) as refused:
        accounts.sign_up("benoît", "Ben\0", WORDS, AT, method=FAST)
    assert (refused.value.field, refused.value.code) == ("chosen_name", "characters")


def test_the_password_lies_nowhere_in_clear(app: Flask) -> None:
    benoit()
    with db.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT password_hash FROM person").scalar_one()
    assert stored.startswith("scrypt:") and WORDS not in stored


def test_asvs_11_4_2_passwords_cost_what_they_should(app: Flask, request: pytest.FixtureRequest) -> None:
    """The tests hash cheaply, the site does not: n = 2^15, r = 8, p = 3."""
    monkeypatch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
    monkeypatch.undo()
    stored = passwords.hash_password(WORDS)
    assert stored.startswith("scrypt:32768:8:3$")
    assert passwords.check(stored, WORDS) and not passwords.check(stored, WORDS + "!")
