"""Asking for a link by mail, and the page that sets a new password."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select, update

from elearn.services import accounts, addresses, links, transaction
from elearn.services.audit import By
from elearn.store.accounts import SignInLink
from elearn.store.base import db, now
from tests.browse import FORGED, Browser, Page
from tests.people import WORDS, Member, code_now, cookie, member

ASK = "/accounts/recovery/mail"
NEW = "trois bouleaux penchent"


@pytest.fixture
def benoit(site: Flask) -> Member:
    return with_address(member(site, "Benoît"))


def with_address(one: Member, address: str = "benoit@exemple.org") -> Member:
    """Give and prove an address."""
    who = one.viewer()
    with one.app.app_context():
        addresses.give(who, address, now(), lambda token: token, "")
        token = one.letters()[-1][2]["link"]
        assert addresses.verify(token, now())
    return one


def ask(site: Flask, who: str = "benoît") -> Page:
    return Browser(site).get(ASK).form(ASK).submit(who=who)


def choose(site: Flask, path: str, password: str = NEW) -> Page:
    return Browser(site).get(path).form(path).submit(password=password)


def resets(one: Member) -> list[str]:
    return [to for kind, to, _words in one.letters() if kind == "reset"]


def enters(site: Flask, password: str) -> bool:
    form = Browser(site).get("/accounts/sign-in").form("/accounts/sign-in")
    return form.submit(name="benoît", password=password).status == 200


@pytest.mark.parametrize("who", ["benoît", " BENOÎT ", "benoit@exemple.org", "Benoit@EXEMPLE.org"])
def test_it_works(site: Flask, benoit: Member, who: str) -> None:
    page = ask(site, who)
    assert page.status == 200
    assert resets(benoit) == ["benoit@exemple.org"]
    path = benoit.link("reset")
    assert "Benoît" in str(Browser(site).get(path).form(path).element.find(".//input[@readonly]").attrib)  # type: ignore[union-attr]
    page = choose(site, path)
    assert page.status == 200
    assert "Votre mot de passe est changé" in page.text and "« Benoît »" in page.text
    assert enters(site, NEW) and not enters(site, WORDS)


def test_asvs_6_4_3_nobody_is_signed_in_and_every_session_and_link_ends(site: Flask, benoit: Member) -> None:
    elsewhere = benoit.browser()
    with site.app_context():
        paper = links.make_link("Benoît", now())
    ask(site)
    other = benoit.link("reset")
    ask(site)
    path = benoit.link("reset")
    browser = Browser(site)
    page = browser.get(path).form(path).submit(password=NEW)
    assert page.status == 200
    assert cookie(browser) == ""
    assert browser.get("/accounts/").path.startswith("/accounts/sign-in")
    assert elsewhere.get("/accounts/").path.startswith("/accounts/sign-in")
    assert Browser(site).get(other).status == 410
    assert Browser(site).get(f"/accounts/links/{paper}").form(f"/links/{paper}").submit().status == 410


def test_asvs_6_4_3_the_second_factor_is_still_asked(site: Flask, benoit: Member) -> None:
    secret = benoit.second_factor()
    ask(site)
    assert choose(site, benoit.link("reset")).status == 200
    browser = Browser(site)
    page = browser.get("/accounts/sign-in").form("/accounts/sign-in").submit(name="benoît", password=NEW)
    assert page.path.startswith("/accounts/second-factor/code")
    assert browser.get("/accounts/").path.startswith("/accounts/second-factor/code")
    page = page.form("/second-factor/code").submit(code=code_now(secret))
    assert browser.get("/accounts/").path == "/accounts/"


def test_asvs_6_3_7_the_person_is_told(site: Flask, benoit: Member) -> None:
    ask(site)
    choose(site, benoit.link("reset"))
    kind, to, words = benoit.letters()[-1]
    assert (kind, to) == ("notice", "benoit@exemple.org")
    assert words["link"] == "http://localhost/accounts/"
    assert ("password reset", True) in benoit.deeds()


def test_opening_the_link_changes_nothing(site: Flask, benoit: Member) -> None:
    ask(site)
    path = benoit.link("reset")
    for _ in range(3):
        assert Browser(site).get(path).status == 200
    assert enters(site, WORDS)
    assert choose(site, path).status == 200


def test_asvs_6_4_1_a_link_works_once(site: Flask, benoit: Member) -> None:
    ask(site)
    path = benoit.link("reset")
    form = Browser(site).get(path).form(path)
    assert choose(site, path).status == 200
    page = form.submit(password="quatre bouleaux penchent")
    assert page.status == 410
    assert "ne sert plus" in page.text
    assert enters(site, NEW)


def test_asvs_6_5_5_a_link_ends_after_ten_minutes(site: Flask, benoit: Member) -> None:
    ask(site)
    path = benoit.link("reset")
    form = Browser(site).get(path).form(path)
    with site.app_context():
        with db.engine.connect() as connection:
            link = connection.execute(select(SignInLink).where(SignInLink.purpose == "reset")).one()
        assert link.expires_at - link.created_at == dt.timedelta(minutes=10)
        transaction.run(lambda tx: tx.execute(update(SignInLink).values(expires_at=now())))
    assert form.submit(password=NEW).status == 410
    assert Browser(site).get(path).status == 410
    assert enters(site, WORDS)


def test_asvs_6_5_2_the_link_is_kept_as_a_hash_only(site: Flask, benoit: Member) -> None:
    ask(site)
    token = benoit.link("reset").rpartition("/")[2]
    assert len(token) == 26
    with site.app_context(), db.engine.connect() as connection:
        rows = connection.execute(select(SignInLink)).all()
    assert rows and token not in str(rows)


def test_asvs_6_3_8_the_answer_is_the_same_for_everyone(site: Flask, benoit: Member) -> None:
    member(site, "Chloé")
    with_address(member(site, "Dalia"), "dalia@exemple.org")
    with site.app_context():
        accounts.deactivate("Dalia", By(now()))
    asked = ["benoît", "benoit@exemple.org", "chloé", "dalia", "dalia@exemple.org", "personne", "x@y.example", "\x00"]
    answers = [ask(site, who) for who in asked]
    assert {answer.status for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1


def test_a_suspended_account_gets_nothing(site: Flask, benoit: Member) -> None:
    with site.app_context():
        accounts.deactivate("Benoît", By(now()))
    ask(site)
    assert resets(benoit) == []


def test_a_link_of_an_account_suspended_meanwhile(site: Flask, benoit: Member) -> None:
    ask(site)
    path = benoit.link("reset")
    with site.app_context():
        accounts.deactivate("Benoît", By(now()))
    assert Browser(site).get(path).status == 410


def test_an_address_that_is_not_proved_gets_nothing(site: Flask) -> None:
    chloe = member(site, "Chloé")
    who = chloe.viewer()
    with site.app_context():
        addresses.give(who, "chloe@exemple.org", now(), lambda token: token, "")
    for typed in ("chloé", "chloe@exemple.org"):
        assert ask(site, typed).status == 200
    assert resets(chloe) == []


def test_three_mails_an_hour_and_silence_after(site: Flask, benoit: Member) -> None:
    pages = [ask(site) for _ in range(5)]
    assert {page.status for page in pages} == {200}
    assert len({page.text for page in pages}) == 1
    assert len(resets(benoit)) == 3


def test_five_accounts_of_one_address_at_most(site: Flask) -> None:
    family = [with_address(member(site, f"enfant {number}"), "famille@exemple.org") for number in range(7)]
    ask(site, "famille@exemple.org")
    assert [len(resets(one)) for one in family] == [1, 1, 1, 1, 1, 0, 0]


def test_a_network_that_asks_without_end_is_slowed(site: Flask, benoit: Member) -> None:
    with site.app_context():
        from elearn.web.limits import allow

        with site.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
            for _ in range(30):
                assert allow("reset", limit=30, seconds=3600)
    assert ask(site).status == 429
    assert resets(benoit) == []


@pytest.mark.parametrize(
    ("password", "says"),
    [("", "À remplir"), ("court", "12 signes"), ("motdepasse2026", "deviner"), ("benoît aime la lune", "votre nom")],
)
def test_a_password_that_cannot_be_taken(site: Flask, benoit: Member, password: str, says: str) -> None:
    ask(site)
    path = benoit.link("reset")
    page = choose(site, path, password)
    assert page.status == 422
    assert says in page.text
    assert page.form(path).submit(password=NEW).status == 200, "the link still works"


@pytest.mark.parametrize("who", ["", "  ", "x" * 400])
def test_what_cannot_be_asked(site: Flask, who: str) -> None:
    assert ask(site, who).status == 422


@pytest.mark.parametrize("token", ["7ZZZ0123456789ABCDEFGHJKMN", "x" * 3000, "%00", "..%2f", "é"])
def test_a_forged_link(site: Flask, token: str) -> None:
    path = f"/accounts/recovery/new-password/{token}"
    assert Browser(site).get(path).status in (404, 410)
    answer = Browser(site).client.post(path, data={"password": NEW}, headers=FORGED)
    assert answer.status_code in (404, 410)


def test_the_way_in_by_link_does_not_take_a_reset(site: Flask, benoit: Member) -> None:
    ask(site)
    token = benoit.link("reset").rpartition("/")[2]
    assert Browser(site).get(f"/accounts/links/{token}").form(f"/links/{token}").submit().status == 410


def test_a_form_from_another_site_is_refused(site: Flask, benoit: Member) -> None:
    answer = Browser(site).client.post(ASK, data={"who": "benoît"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert resets(benoit) == []
