"""Recovery codes: making them, and entering with one."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from elearn.services import accounts
from elearn.services.audit import By
from elearn.store.accounts import RecoveryCode
from elearn.store.base import db, now
from tests.browse import FORGED, Browser, Page
from tests.people import Member, asks_for_the_password, code_now, cookie, gave_the_password_long_ago, member

CODES = "/accounts/recovery/codes"
USE = "/accounts/recovery/code"


@pytest.fixture
def benoit(site: Flask) -> Member:
    return member(site, "Benoît")


def make(one: Member, browser: Browser | None = None) -> list[str]:
    browser = browser or one.browser()
    page = browser.get(CODES).form(CODES).submit()
    assert page.status == 200
    return ["".join(code.itertext()) for code in page.all("code")]


def use(site: Flask, code: str, name: str = "benoît", browser: Browser | None = None) -> tuple[int, str, Browser]:
    """(status, where it leads, the browser)."""
    browser = browser or Browser(site)
    assert browser.get(USE).form(USE).action == USE
    answer = browser.client.post(USE, data={"name": name, "code": code}, headers=FORGED)
    return answer.status_code, answer.headers.get("Location", ""), browser


def refused(site: Flask, code: str, name: str = "benoît") -> Page:
    return Browser(site).get(USE).form(USE).submit(name=name, code=code)


def test_it_works(site: Flask, benoit: Member) -> None:
    codes = make(benoit)
    assert len(set(codes)) == 8
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4} ){5}[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)
    status, where, browser = use(site, codes[3].lower().replace(" ", "-"))
    assert (status, where) == (303, "/accounts/password")
    assert browser.get("/accounts/").path == "/accounts/"
    assert "7 codes sont encore bons" in browser.get(CODES).text
    assert benoit.deeds() == [("recovery codes made", False), ("recovery code used", True)]


def test_asvs_6_5_1_a_code_works_once(site: Flask, benoit: Member) -> None:
    code = make(benoit)[0]
    assert use(site, code)[0] == 303
    page = refused(site, code)
    assert page.status == 422
    assert "a déjà servi" in page.text


def test_asvs_6_5_2_codes_are_kept_as_hashes_only(site: Flask, benoit: Member) -> None:
    codes = make(benoit)
    with site.app_context(), db.engine.connect() as connection:
        rows = str(connection.execute(select(RecoveryCode)).all())
    assert not any(code.replace(" ", "") in rows for code in codes)


def test_asvs_6_5_3_codes_have_120_bits_of_chance(benoit: Member) -> None:
    """Twenty-four characters of 32: over many codes, every character comes at every place."""
    browser = benoit.browser()
    codes = [code.replace(" ", "") for _ in range(80) for code in make(benoit, browser)]
    assert len(set(codes)) == len(codes) == 640
    for place in range(24):
        assert len({code[place] for code in codes}) == 32, "a place without chance"


def test_codes_are_shown_once(site: Flask, benoit: Member) -> None:
    browser = benoit.browser()
    codes = make(benoit, browser)
    page = browser.get(CODES)
    assert page.all("code") == []
    assert codes[0] not in page.text
    assert "8 codes sont encore bons" in page.text


def test_new_codes_end_the_old_ones(site: Flask, benoit: Member) -> None:
    browser = benoit.browser()
    old, new = make(benoit, browser), make(benoit, browser)
    assert refused(site, old[0]).status == 422
    assert use(site, new[0])[0] == 303


def test_the_paper_says_no_more_than_it_must(benoit: Member) -> None:
    page = benoit.browser().get(CODES).form(CODES).submit()
    sheet = next(one for one in page.all("div") if one.get("class") == "sheet")
    words = " ".join("".join(sheet.itertext()).split())
    assert "localhost" in words and "Benoît" not in words


def test_asvs_6_3_8_wrong_name_wrong_code_and_suspended_read_alike(site: Flask, benoit: Member) -> None:
    codes = make(benoit)
    chloe = make(member(site, "Chloé"))
    pages = [refused(site, *tried) for tried in [("0" * 24,), ("rien",), (chloe[0],), (codes[0], "personne")]]
    with site.app_context():
        accounts.deactivate("Benoît", By(now()))
    pages.append(refused(site, codes[0]))
    assert {page.status for page in pages} == {422}
    assert len({page.text for page in pages}) == 1


def test_many_wrong_codes_are_slowed_and_the_owner_gets_in_from_elsewhere(site: Flask, benoit: Member) -> None:
    codes = make(benoit)
    for _ in range(10):
        assert use(site, "0" * 24)[0] == 422
    page = refused(site, codes[0])
    assert page.status == 429
    assert "Trop d'essais" in page.text
    elsewhere = Browser(site)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert use(site, codes[0], browser=elsewhere)[0] == 303


def test_asvs_6_4_3_a_code_does_not_pass_the_second_factor(site: Flask, benoit: Member) -> None:
    secret = benoit.second_factor()
    browser = benoit.browser()
    browser.get("/accounts/second-factor/code").form("/second-factor/code").submit(code=code_now(secret, -1))
    codes = make(benoit, browser)
    _status, where, browser = use(site, codes[0])
    assert where.startswith("/accounts/second-factor/code") and where.endswith("next=/accounts/password")
    page = browser.get("/accounts/")
    assert page.path.startswith("/accounts/second-factor/code")
    page = page.form("/second-factor/code").submit(code=codes[1])
    assert page.status == 422, "two codes of one sheet are one factor"
    page.form("/second-factor/code").submit(code=code_now(secret))
    assert browser.get("/accounts/").path == "/accounts/"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_asvs_7_5_1_the_password_is_asked_again(site: Flask, benoit: Member, method: str) -> None:
    browser = benoit.browser()
    make(benoit, browser)
    gave_the_password_long_ago(browser)
    assert asks_for_the_password(site, browser, method, CODES)
    with site.app_context(), db.engine.connect() as connection:
        assert len(connection.execute(select(RecoveryCode)).all()) == 8


def test_what_is_left_empty(site: Flask) -> None:
    page = Browser(site).get(USE).form(USE).submit(name="", code="")
    assert page.status == 422
    assert page.text.count("À remplir") == 4


def test_the_session_of_this_browser_before_ends(site: Flask, benoit: Member) -> None:
    codes = make(benoit)
    browser = member(site, "Chloé").browser()
    former = cookie(browser)
    form = browser.get(USE).form(USE)
    browser.client.post(USE, data={**form.values(), "name": "benoît", "code": codes[0]}, headers=FORGED)
    assert "Benoît" in browser.get("/accounts/").text
    browser.client.set_cookie("__Host-elearn", former, domain="localhost")
    assert browser.get("/accounts/").path.startswith("/accounts/sign-in")


def test_a_visitor_makes_none(visitor: Browser) -> None:
    assert visitor.get(CODES).path.startswith("/accounts/sign-in")
