"""The page of a one-time sign-in link, and the page to type its code."""

import datetime as dt

import pytest
from flask import Flask

from elearn.core.codes import grouped
from elearn.services import accounts, links
from elearn.services.audit import By
from elearn.store.base import now
from tests.browse import FORGED, Browser
from tests.people import Member, cookie, member

NEVER = "7ZZZ0123456789ABCDEFGHJKMN"


@pytest.fixture
def benoit(site: Flask) -> Member:
    return member(site, "Benoît")


def token_for(one: Member, lasts: dt.timedelta = links.ON_SCREEN) -> str:
    with one.app.app_context():
        token = links.make_link(one.name, now(), lasts)
    assert token is not None
    return token


def press(browser: Browser, token: str) -> tuple[int, str]:
    """(status, where it leads): the page of the new password is looked at elsewhere."""
    form = browser.get(f"/accounts/links/{token}").form(f"/links/{token}")
    answer = browser.client.post(form.action, data=form.values(), headers=FORGED)
    return answer.status_code, answer.headers.get("Location", "")


def test_it_works_once_and_leads_to_a_new_password(site: Flask, benoit: Member) -> None:
    token, browser = token_for(benoit), Browser(site)
    assert browser.get(f"/accounts/links/{token}").status == 200, "opening it changes nothing"
    assert cookie(browser) == ""
    assert press(browser, token) == (303, "/accounts/password")
    assert "Benoît" in browser.get("/accounts/").text
    again = Browser(site).get(f"/accounts/links/{token}").form(f"/links/{token}").submit()
    assert again.status == 410
    assert "ne sert plus" in again.text
    assert benoit.deeds() == [("link handed over", True), ("link used", True)]


def test_a_trial_account_has_no_password_to_choose(site: Flask) -> None:
    with site.app_context():
        token = accounts.make_demo("Chloé", "Chloé", "trainee", now())
    assert press(Browser(site), token) == (303, "/learning/")


@pytest.mark.parametrize("token", ["never-made", NEVER, "x" * 3000])
def test_a_forged_link_is_refused_and_noted(site: Flask, token: str, caplog: pytest.LogCaptureFixture) -> None:
    browser = Browser(site)
    page = browser.get(f"/accounts/links/{token}").form(f"/links/{token}").submit()
    assert page.status == 410
    assert cookie(browser) == ""
    lines = [line for line in caplog.records if line.msg == "link refused"]
    assert len(lines) == 1
    assert token not in str(vars(lines[0]))


def test_a_link_that_has_ended(site: Flask, benoit: Member) -> None:
    token = token_for(benoit, dt.timedelta(0))
    assert press(Browser(site), token)[0] == 410


def test_a_link_of_a_suspended_account(site: Flask, benoit: Member) -> None:
    token = token_for(benoit)
    with site.app_context():
        accounts.deactivate("Benoît", By(now()))
    assert press(Browser(site), token)[0] == 410


def test_asvs_6_4_3_a_link_does_not_pass_the_second_factor(site: Flask, benoit: Member) -> None:
    benoit.second_factor()
    browser = Browser(site)
    _status, where = press(browser, token_for(benoit))
    assert where == "/accounts/second-factor/code?next=/accounts/password"
    assert browser.get("/accounts/").path.startswith("/accounts/second-factor/code")


def test_whoever_is_signed_in_on_the_device_is_named_before(site: Flask, benoit: Member) -> None:
    browser = member(site, "Chloé").browser()
    former, token = cookie(browser), token_for(benoit)
    page = browser.get(f"/accounts/links/{token}")
    assert "« Chloé » utilise ce site sur cet appareil" in page.text
    assert "Benoît" not in page.text
    assert press(browser, token) == (303, "/accounts/password")
    assert "Benoît" in browser.get("/accounts/").text
    browser.client.set_cookie("__Host-elearn", former, domain="localhost")
    assert browser.get("/accounts/").path.startswith("/accounts/sign-in")


@pytest.mark.parametrize("spelling", [str, grouped, str.lower, lambda code: code.replace("0", "o").replace("1", "l")])
def test_the_code_of_a_paper_leads_to_the_same_button(site: Flask, benoit: Member, spelling) -> None:  # type: ignore[no-untyped-def]
    token, browser = token_for(benoit), Browser(site)
    page = browser.get("/accounts/links/").form("/links/").submit(code=spelling(token))
    assert page.status == 200
    assert cookie(browser) == ""
    form = page.form(f"/links/{token}")
    answer = browser.client.post(form.action, data=form.values(), headers=FORGED)
    assert answer.headers["Location"] == "/accounts/password"


@pytest.mark.parametrize("typed", ["", "ABC", "é" * 26, NEVER + "0", "<script>"])
def test_what_is_no_code(visitor: Browser, typed: str) -> None:
    page = visitor.get("/accounts/links/").form("/links/").submit(code=typed)
    assert page.status == 422
    assert page.form("/links/").values()["code"] == [typed]
    assert page.all("p", id="code_error")


def test_typing_a_code_tells_nothing_of_it(site: Flask, benoit: Member, visitor: Browser) -> None:
    """Known and unknown codes read alike until the button is pressed."""
    known = token_for(benoit)
    one = visitor.get("/accounts/links/").form("/links/").submit(code=known)
    two = visitor.get("/accounts/links/").form("/links/").submit(code=NEVER)
    assert (one.status, one.text) == (two.status, two.text)


def test_whoever_types_the_code_of_another_sheet_is_shown_its_page(visitor: Browser) -> None:
    page = visitor.get("/accounts/links/")
    for words, path in (("code d'invitation", "/cohorts/join"), ("code de secours", "/accounts/recovery/code")):
        assert page.link(words) == path
    page = page.form("/accounts/links/").submit(code="5ADV 9CNB 18YF BP1X P6KD 70C8")
    assert page.status == 422 and "c'est sans doute un code de secours" in page.text
    page = visitor.get("/accounts/links/").form("/accounts/links/").submit(code="7" * 26)
    page = page.form("/accounts/links/" + "7" * 26).submit()
    assert page.status == 410 and page.link("code d'invitation") == "/cohorts/join"


def test_asvs_7_5_1_a_link_alone_opens_nothing_that_asks_for_the_password(site: Flask) -> None:
    """Whoever handed it over could use it: taking data along, leaving, changing an address ask for a new password."""
    benoit = member(site, "Benoît")
    browser = Browser(site)
    path = f"/accounts/links/{token_for(benoit)}"
    page = browser.get(path).form(path).submit()
    assert page.status == 200
    for closed in ("/privacy/export", "/privacy/erasure", "/accounts/recovery/address", "/accounts/recovery/codes"):
        page = browser.get(closed)
        assert page.path.startswith("/accounts/confirm"), closed
    page = page.follow("Choisir un nouveau mot de passe")
    page = page.form("/accounts/password").submit(password="quatre nuages lents")
    assert page.status == 200
    assert browser.get("/privacy/export").path == "/privacy/export"
