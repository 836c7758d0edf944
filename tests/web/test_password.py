"""The page that changes one's password."""

import datetime as dt

import pytest
from flask import Flask

from tests.browse import Browser, Page
from tests.web.people import COOKIE, PASSWORD, cookie, enter, entered, is_in, logged, move, sign_up, with_cookie

NEW = "girafe sous trois parapluies"


@pytest.fixture
def ben(site: Flask) -> Browser:
    return sign_up(site)


def change(browser: Browser, current: str = PASSWORD, new: str = NEW) -> Page:
    return browser.get("/accounts/password").form("/accounts/password").submit(current=current, password=new)


def test_it_works(ben: Browser, site: Flask) -> None:
    page = change(ben)
    assert page.path.startswith("/accounts/") and "Votre mot de passe est changé" in page.text
    assert logged(site, "password changed") == 1
    assert enter(Browser(site)).status == 422
    assert enter(Browser(site), password=NEW).status == 200


def test_asvs_6_2_3_the_current_password_is_asked_for(ben: Browser, site: Flask) -> None:
    page = change(ben, current="une autre phrase")
    assert page.status == 422
    assert "Ce n'est pas le mot de passe actuel" in page.text
    assert logged(site, "password changed") == 0
    assert page.form("/accounts/password").values()["current"] == [""]
    assert enter(Browser(site)).status == 200


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("", "À remplir."),
        ("court", "Au moins 12 signes"),
        ("motdepasse2026", "Trop facile à deviner"),
        ("vive benoît demain", "Il contient votre nom"),
        ("x" * 1001, "C'est trop long"),
    ],
)
def test_a_password_that_cannot_be_taken(ben: Browser, new: str, message: str) -> None:
    page = change(ben, new=new)
    assert page.status == 422
    assert message in page.text


@pytest.mark.parametrize("new", ["pas de chiffre ni majuscule", " é👍🏽 陽子さん 12345 "])
def test_asvs_6_2_5_any_signs_are_taken(ben: Browser, site: Flask, new: str) -> None:
    assert change(ben, new=new).status == 200
    assert enter(Browser(site), password=new).status == 200


@pytest.mark.parametrize("new", ["elearn-elearn-2026", "Pairaidance 2026", "formation-elearn"])
def test_asvs_6_2_11_words_of_this_place_are_refused(ben: Browser, new: str) -> None:
    assert "Trop facile à deviner" in change(ben, new=new).text


def test_asvs_6_2_8_it_is_checked_as_typed_neither_cut_nor_changed(ben: Browser, site: Flask) -> None:
    new = "Trottoir velours " * 6
    assert change(ben, new=new).status == 200
    for near in (new.lower(), new.strip(), new[:72], new[:-2]):
        assert enter(Browser(site), password=near).status == 422, near
    assert enter(Browser(site), password=new).status == 200


def test_asvs_6_2_9_long_ones_are_taken(ben: Browser, site: Flask) -> None:
    new = "trottoir velours " * 11
    assert len(new) >= 64 and change(ben, new=new).status == 200
    assert enter(Browser(site), password=new).status == 200


def test_asvs_6_2_6_it_is_hidden_as_it_is_typed(ben: Browser) -> None:
    page = ben.get("/accounts/password")
    assert {one.get("type") for name in ("current", "password") for one in page.all("input", name=name)} == {"password"}


def test_asvs_6_2_7_managers_know_which_field_is_which(ben: Browser) -> None:
    page = ben.get("/accounts/password")
    for name, what in (("current", "current-password"), ("password", "new-password")):
        field = page.all("input", name=name)[0]
        assert field.get("autocomplete") == what
        assert field.get("readonly") is None and field.get("onpaste") is None


def test_asvs_7_4_3_other_sessions_end_and_this_one_goes_on_under_a_new_token(ben: Browser, site: Flask) -> None:
    elsewhere, old = entered(site), cookie(ben)
    change(ben)
    assert is_in(ben) and cookie(ben) != old
    assert not is_in(elsewhere)
    assert not is_in(with_cookie(site, old))


def test_a_session_that_stays_goes_on_as_long_as_before(site: Flask, ben: Browser) -> None:
    browser = entered(site, stays="y")
    browser.get("/accounts/password").form("/accounts/password").submit(current=PASSWORD, password=NEW)
    found = browser.client.get_cookie(COOKIE, domain="localhost")
    assert found is not None and found.max_age is not None
    assert dt.timedelta(days=29) < dt.timedelta(seconds=found.max_age) <= dt.timedelta(days=30)


def test_asvs_6_3_1_wrong_ones_are_slowed(ben: Browser) -> None:
    for _ in range(10):
        assert change(ben, current="une autre phrase").status == 422
    page = change(ben)
    assert page.status == 429
    assert "Attendez dix minutes" in page.text


def test_who_came_by_a_link_chooses_one_without_the_old_one_for_half_an_hour(benoit: Browser, site: Flask) -> None:
    page = benoit.get("/accounts/password")
    assert "current" not in page.form("/accounts/password").values()
    assert page.form("/accounts/password").submit(password=NEW).status == 200
    assert "current" in benoit.get("/accounts/password").form("/accounts/password").values(), "once only"
    assert enter(Browser(site), password=NEW).status == 200


def test_after_half_an_hour_it_is_asked_for(benoit: Browser, site: Flask) -> None:
    form = benoit.get("/accounts/password").form("/accounts/password")
    move(site, confirmed_at=-dt.timedelta(minutes=31))
    page = form.submit(password=NEW)
    assert page.status == 422
    assert "current" in page.form("/accounts/password").values()


def test_who_signed_in_with_the_password_is_always_asked(ben: Browser) -> None:
    answer = ben.client.post(
        "/accounts/password",
        data={**ben.get("/accounts/password").form("/accounts/password").values(), "current": "", "password": NEW},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 422


def test_a_visitor_is_asked_to_sign_in(visitor: Browser) -> None:
    assert visitor.get("/accounts/password").path.startswith("/accounts/sign-in")


def test_asvs_6_3_7_a_notice_is_written_where_there_is_an_address(ben: Browser, site: Flask) -> None:
    from sqlalchemy import insert, select

    from elearn.services.keys import seal_for
    from elearn.services.transaction import run
    from elearn.store.accounts import Person
    from elearn.store.base import db, now
    from elearn.store.mail import MailAddress, OutboxMessage

    def give(tx: object) -> None:
        person = tx.execute(select(Person.id)).scalar_one()  # type: ignore[attr-defined]
        key, sealed = seal_for(tx, person, b"ben@asso.example", "mail_address", str(person), now())  # type: ignore[arg-type]
        tx.execute(  # type: ignore[attr-defined]
            insert(MailAddress).values(
                person_id=person, key_id=key, sealed=sealed, lookup="x", given_at=now(), verified_at=now()
            )
        )

    with site.app_context():
        run(give)
    change(ben)
    with site.app_context(), db.engine.connect() as connection:
        assert connection.execute(select(OutboxMessage.kind)).scalars().all() == ["notice"]
