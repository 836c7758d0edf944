"""Signs of life of a page, and how long the session goes on."""

import datetime as dt
from typing import Any

import pytest
from flask import Flask

from tests.browse import FORGED, Browser
from tests.web.people import PASSWORD, cookie, is_in, move, sign_up, with_cookie

MINUTE = 60


@pytest.fixture
def ben(site: Flask) -> Browser:
    return sign_up(site)


def asked(browser: Browser) -> Any:
    answer = browser.client.get("/accounts/presence")
    assert answer.status_code == 200
    return answer.get_json()


def sign(browser: Browser) -> Any:
    token = asked(browser)["token"]
    return browser.client.post("/accounts/presence", data={"csrf_token": token}, headers=FORGED)


def test_it_works(ben: Browser, site: Flask) -> None:
    move(site, seen_at=-dt.timedelta(minutes=50))
    assert 9 * MINUTE < asked(ben)["left"] <= 10 * MINUTE
    answer = sign(ben)
    assert (answer.status_code, answer.get_data()) == (204, b"")
    assert 59 * MINUTE < int(answer.headers["Session-Left"]) <= 60 * MINUTE
    assert asked(ben)["left"] > 59 * MINUTE


def test_it_writes_at_most_once_in_five_minutes_and_says_what_is_true(ben: Browser, site: Flask) -> None:
    move(site, seen_at=-dt.timedelta(minutes=4))
    assert 55 * MINUTE < int(sign(ben).headers["Session-Left"]) <= 56 * MINUTE


def test_reading_is_no_sign_of_life(ben: Browser, site: Flask) -> None:
    move(site, seen_at=-dt.timedelta(minutes=50))
    ben.get("/learning/")
    assert asked(ben)["left"] <= 10 * MINUTE


def test_any_form_is_one(ben: Browser, site: Flask) -> None:
    form = ben.get("/accounts/name").form("/accounts/name")
    move(site, seen_at=-dt.timedelta(minutes=50))
    form.submit()
    assert asked(ben)["left"] > 59 * MINUTE


def test_it_reaches_no_further_than_twelve_hours(ben: Browser, site: Flask) -> None:
    move(site, expires_at=-dt.timedelta(hours=11, minutes=55), seen_at=-dt.timedelta(minutes=30))
    assert int(sign(ben).headers["Session-Left"]) <= 5 * MINUTE


def test_the_page_says_how_long_and_for_whom(ben: Browser, site: Flask) -> None:
    move(site, seen_at=-dt.timedelta(minutes=50))
    body = ben.get("/accounts/").all("body")[0]
    assert 9 * MINUTE < int(body.get("data-session-left") or 0) <= 10 * MINUTE
    assert body.get("data-person") == asked(ben)["person"]
    assert Browser(site).get("/").all("body")[0].get("data-session-left") is None


def test_a_visitor_has_none(visitor: Browser) -> None:
    assert asked(visitor) == {"left": 0, "person": "", "token": "", "half": False}
    assert visitor.client.post("/accounts/presence", headers=FORGED).status_code == 303


def test_a_session_that_ended_is_not_woken(ben: Browser, site: Flask) -> None:
    token = asked(ben)["token"]
    move(site, seen_at=-dt.timedelta(minutes=61))
    assert ben.client.post("/accounts/presence", data={"csrf_token": token}, headers=FORGED).status_code == 303
    assert asked(ben)["left"] == 0


def test_asvs_3_5_1_it_needs_the_token_of_the_form(ben: Browser) -> None:
    assert ben.client.post("/accounts/presence", headers=FORGED).status_code == 400
    token = asked(ben)["token"]
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert ben.client.post("/accounts/presence", data={"csrf_token": token}, headers=cross).status_code == 400


def test_after_a_sign_in_elsewhere_the_page_gets_the_new_token(ben: Browser, site: Flask) -> None:
    before = asked(ben)
    form = ben.get("/accounts/name").form("/accounts/name")
    ben.get("/accounts/sign-in").form("/accounts/sign-in").submit(name="benoît", password=PASSWORD)
    after = asked(ben)
    assert after["person"] == before["person"] and after["token"] != before["token"]
    assert form.submit(chosen_name="Benjamin").status == 400
    assert form.submit(chosen_name="Benjamin", csrf_token=after["token"]).status == 200


# --- a clock that jumps


@pytest.mark.parametrize("days", [1, 400])
def test_a_clock_that_was_set_back(ben: Browser, site: Flask, days: int) -> None:
    """Moments of the session lie in the future: every page opens, nothing is negative."""
    ahead = dt.timedelta(days=days)
    move(site, created_at=ahead, seen_at=ahead, confirmed_at=ahead, expires_at=ahead)
    for path in ("/accounts/", "/accounts/sessions", "/accounts/password", "/accounts/confirm", "/learning/"):
        assert ben.get(path).status == 200, path
    assert "à l'instant" in ben.get("/accounts/sessions").text
    assert sign(ben).status_code == 204


# --- cookies that nobody made


ODD = [
    "x" * 10_000,
    "\x00\x01\x02\x7f",
    '"\\377\\000\\012"',
    "é" * 20,
    "a; __Host-elearn=b; __Host-elearn=",
    "eyJ1c2VyIjoxfQ.Z0A.old-signed-format",
    "' OR 1=1 --",
    "%00%0d%0aSet-Cookie:x=1",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "",
]


@pytest.mark.parametrize("value", ODD)
def test_asvs_7_2_1_a_cookie_that_the_site_did_not_make_opens_nothing(site: Flask, value: str) -> None:
    headers = {"HTTP_COOKIE": f"__Host-elearn={value}; elearn-lang={value}"}
    client = site.test_client(use_cookies=False)
    for path, status in (("/", 200), ("/help", 200), ("/learning/", 200), ("/accounts/", 303)):
        assert client.get(path, environ_overrides=headers).status_code == status, path
    answer = client.post(
        "/accounts/sign-in", data={"name": "x", "password": "y"}, headers=FORGED, environ_overrides=headers
    )
    assert answer.status_code == 422


def test_a_token_of_the_right_form_that_was_never_given(site: Flask, ben: Browser) -> None:
    token = cookie(ben)
    other = token[:-1] + ("A" if token[-1] != "A" else "B")
    for forged in (other, token + "x", token.swapcase(), " " + token[1:]):
        assert not is_in(with_cookie(site, forged))


def test_of_two_cookies_of_one_name_one_counts_and_nothing_breaks(site: Flask, ben: Browser) -> None:
    client = site.test_client(use_cookies=False)
    pair = {"HTTP_COOKIE": f"__Host-elearn=nothing; __Host-elearn={cookie(ben)}"}
    assert client.get("/accounts/", environ_overrides=pair).status_code in (200, 303)
