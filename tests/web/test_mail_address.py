"""The page of one's mail address, and the page that proves it."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select, update

from elearn.services import transaction
from elearn.store.accounts import SignInLink
from elearn.store.base import db, now
from elearn.store.mail import MailAddress
from tests.browse import Browser, Page
from tests.people import Member, asks_for_the_password, gave_the_password_long_ago, member

PAGE = "/accounts/recovery/address"


@pytest.fixture
def benoit(site: Flask) -> Member:
    return member(site, "Benoît")


@pytest.fixture
def browser(benoit: Member) -> Browser:
    return benoit.browser()


def give(browser: Browser, address: str = "benoit@exemple.org") -> Page:
    return browser.get(PAGE).form(PAGE).submit(address=address)


def prove(benoit: Member, site: Flask) -> Page:
    path = benoit.link("verify")
    return Browser(site).get(path).form(path).submit()


def test_it_works(site: Flask, benoit: Member, browser: Browser) -> None:
    page = give(browser, " Benoit@EXEMPLE.org ")
    assert page.status == 200
    assert "B…@e….org" in page.text and "Pas encore confirmée" in page.text
    assert [(kind, to) for kind, to, _words in benoit.letters()] == [("verify", "Benoit@exemple.org")]
    page = prove(benoit, site)
    assert page.status == 200
    assert "Adresse confirmée" in page.text
    page = browser.get(PAGE)
    assert "Pas encore confirmée" not in page.text
    assert "Benoit@exemple.org" in page.follow("Montrer en entier").text
    assert benoit.deeds() == [("address given", False), ("address verified", True)]


def test_the_address_is_masked_until_asked_for(site: Flask, browser: Browser) -> None:
    assert "benoit@exemple.org" not in give(browser).response.get_data(as_text=True)


def test_it_is_nowhere_in_clear(site: Flask, browser: Browser) -> None:
    give(browser, "canari.benoit@exemple.org")
    with site.app_context(), db.engine.connect() as connection:
        row = connection.execute(select(MailAddress)).one()
        for column in row:
            assert b"canari" not in (column if isinstance(column, bytes) else str(column).encode())


def test_opening_the_link_changes_nothing_and_tells_no_name(site: Flask, benoit: Member, browser: Browser) -> None:
    give(browser)
    page = Browser(site).get(benoit.link("verify"))
    assert page.status == 200
    assert "Benoît" not in page.text and "exemple.org" not in page.text
    assert "Pas encore confirmée" in browser.get(PAGE).text
    done = page.form(benoit.link("verify")).submit()
    assert "Benoît" not in done.text and "exemple.org" not in done.text


def test_asvs_6_5_1_a_proof_works_once(site: Flask, benoit: Member, browser: Browser) -> None:
    give(browser)
    assert prove(benoit, site).status == 200
    page = prove(benoit, site)
    assert page.status == 410
    assert "ne sert plus" in page.text


def test_asvs_6_5_5_a_proof_ends_after_ten_minutes(site: Flask, benoit: Member, browser: Browser) -> None:
    give(browser)
    with site.app_context(), db.engine.connect() as connection:
        link = connection.execute(select(SignInLink).where(SignInLink.purpose == "verify")).one()
        assert link.expires_at - link.created_at == dt.timedelta(minutes=10)
        late = update(SignInLink).values(expires_at=now())
        transaction.run(lambda tx: tx.execute(late))
    assert prove(benoit, site).status == 410
    assert "Pas encore confirmée" in browser.get(PAGE).text


def test_a_proof_of_the_address_before_does_not_prove_the_next(site: Flask, benoit: Member, browser: Browser) -> None:
    give(browser)
    before = benoit.link("verify")
    give(browser, "autre@exemple.org")
    assert Browser(site).get(before).form(before).submit().status == 410
    assert "Pas encore confirmée" in browser.get(PAGE).text


def test_a_forged_proof(site: Flask) -> None:
    path = f"{PAGE}/proof/7ZZZ0123456789ABCDEFGHJKMN"
    assert Browser(site).get(path).form(path).submit().status == 410


def test_a_proof_is_no_way_in(site: Flask, benoit: Member, browser: Browser) -> None:
    give(browser)
    token = benoit.link("verify").rpartition("/")[2]
    page = Browser(site).get(f"/accounts/links/{token}").form(f"/accounts/links/{token}").submit()
    assert page.status == 410
    assert Browser(site).get(f"/accounts/recovery/new-password/{token}").status == 410


def test_asvs_6_3_7_the_address_before_is_told_that_it_changed(site: Flask, benoit: Member, browser: Browser) -> None:
    give(browser)
    prove(benoit, site)
    give(browser, "autre@exemple.org")
    told = [(kind, to) for kind, to, _words in benoit.letters()][1:]
    assert told == [("notice", "benoit@exemple.org"), ("verify", "autre@exemple.org")]


def test_asvs_6_3_7_the_address_is_told_that_it_goes(site: Flask, benoit: Member, browser: Browser) -> None:
    give(browser)
    prove(benoit, site)
    page = browser.get(PAGE).form("/removal").submit()
    assert "Donner une adresse" in page.text
    assert [(kind, to) for kind, to, _words in benoit.letters()][-1] == ("notice", "benoit@exemple.org")
    assert ("address removed", False) in benoit.deeds()
    with site.app_context(), db.engine.connect() as connection:
        assert connection.execute(select(MailAddress)).all() == []
        assert connection.execute(select(SignInLink)).all() == []


def test_an_address_never_proved_hears_nothing_more(benoit: Member, browser: Browser) -> None:
    give(browser)
    give(browser, "autre@exemple.org")
    browser.get(PAGE).form("/removal").submit()
    assert [kind for kind, _to, _words in benoit.letters()] == ["verify", "verify"]


def test_the_uses_are_chosen(site: Flask, benoit: Member, browser: Browser) -> None:
    give(browser)
    prove(benoit, site)
    form = browser.get(PAGE).form("/uses")
    assert form.values().get("for_notices") == ["y"] and "for_digest" not in form.values()
    answer = browser.send("post", form.action, {**form.values(), "for_notices": [], "for_digest": ["y"]})
    assert "Vos choix sont gardés" in answer.text
    form = answer.form("/uses")
    assert form.values().get("for_digest") == ["y"] and "for_notices" not in form.values()


def test_the_fourth_message_of_an_hour_is_not_sent(benoit: Member, browser: Browser) -> None:
    for _ in range(3):
        assert give(browser).status == 200
    page = give(browser)
    assert page.status == 429
    assert "Attendez une heure" in page.text
    assert len(benoit.letters()) == 3


def test_the_same_address_again_once_proved_sends_nothing(site: Flask, benoit: Member, browser: Browser) -> None:
    give(browser)
    prove(benoit, site)
    give(browser, "BENOIT@exemple.org")
    assert len(benoit.letters()) == 1
    assert "Pas encore confirmée" not in browser.get(PAGE).text


@pytest.mark.parametrize(
    "typed", ["", "   ", "benoit", "benoit@exemple", "b@" + "x" * 400 + ".org", "benoît@exemple.org"]
)
def test_what_is_no_address(benoit: Member, browser: Browser, typed: str) -> None:
    page = give(browser, typed)
    assert page.status == 422
    assert page.all("p", id="address_error")
    assert benoit.letters() == []


@pytest.mark.parametrize("between", ["\r\n", "\n", "\x00", "\u2028", "\ud800"])
def test_asvs_1_3_11_no_header_can_be_slipped_in(benoit: Member, browser: Browser, between: str) -> None:
    form = browser.get(PAGE).form(PAGE)
    typed = f"benoit@exemple.org{between}Bcc: chloe@exemple.org".encode("utf-8", "surrogatepass")
    token = form.values()["csrf_token"][0]
    answer = browser.client.post(
        PAGE, data={"csrf_token": token, "address": typed}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 422
    assert benoit.letters() == []


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", ""), ("POST", "/uses"), ("POST", "/removal")])
def test_asvs_7_5_1_the_password_is_asked_again(
    site: Flask, benoit: Member, browser: Browser, method: str, path: str
) -> None:
    give(browser)
    gave_the_password_long_ago(browser)
    assert asks_for_the_password(site, browser, method, PAGE + path, address="autre@exemple.org")
    assert len(benoit.letters()) == 1


def test_a_visitor_is_asked_to_sign_in(visitor: Browser) -> None:
    assert visitor.get(PAGE).path.startswith("/accounts/sign-in")


def test_an_address_that_does_not_open_can_still_go_or_be_replaced(
    site: Flask, benoit: Member, browser: Browser
) -> None:
    """As after the loss of a key: the page says so, and neither button fails."""
    give(browser)
    prove(benoit, site)

    def spoil() -> None:
        change = update(MailAddress).where(MailAddress.person_id == benoit.id).values(sealed=b"x" * 40)
        with site.app_context():
            transaction.run(lambda tx: tx.execute(change))

    spoil()
    page = browser.get(PAGE)
    assert page.status == 200 and "illisible" in page.text
    assert give(browser, "autre@exemple.org").status == 200
    assert "a…@e….org" in browser.get(PAGE).text
    spoil()
    assert browser.get(PAGE).form("/removal").submit().status == 200
    assert "Reprendre mon adresse" not in browser.get(PAGE).text
