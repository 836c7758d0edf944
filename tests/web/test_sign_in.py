"""The sign-in page, sign-out, and the cookie between the two."""

import re

import pytest
from flask import Flask

from tests.browse import FORGED, Browser
from tests.web.people import sign_up

PASSWORD = "lampe ronde tabouret"


@pytest.fixture
def account(site: Flask) -> Browser:
    browser = Browser(site)
    browser.get("/accounts/sign-up").form("/accounts/sign-up").submit(
        sign_in_name="benoît", chosen_name="Ben", password=PASSWORD
    )
    browser.client.delete_cookie("__Host-elearn", domain="localhost")
    return browser


def enter(browser: Browser, **changes: str):  # type: ignore[no-untyped-def]
    page = browser.get("/accounts/sign-in")
    return page.form("/accounts/sign-in").submit(**{"name": "benoît", "password": PASSWORD, **changes})


def test_it_works(account: Browser) -> None:
    page = enter(account)
    assert page.status == 200
    assert "Ben" in page.text
    assert "Benoît" not in account.get("/learning/").text


def test_the_cookie_is_shut_in(account: Browser) -> None:
    response = account.client.post("/accounts/sign-in", data={"name": "benoît", "password": PASSWORD}, headers=FORGED)
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-elearn=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("changes", [{"password": "une autre phrase"}, {"name": "personne"}])
def test_wrong_name_and_wrong_password_read_alike(account: Browser, changes: dict[str, str]) -> None:
    page = enter(account, **changes)
    assert page.status == 422
    assert "Ce nom et ce mot de passe ne vont pas ensemble" in page.text
    assert page.form("/accounts/sign-in").values()["name"] == [changes.get("name", "benoît")]
    assert page.form("/accounts/sign-in").values()["password"] == [""]


def test_it_leads_back_to_the_page_that_was_asked_for(account: Browser) -> None:
    page = account.get("/attestations/")
    assert page.path.startswith("/accounts/sign-in")
    page = page.form("/accounts/sign-in").submit(name="benoît", password=PASSWORD)
    assert page.path == "/attestations/"


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"]
)
def test_it_never_leads_elsewhere(account: Browser, wanted: str) -> None:
    response = account.client.post(
        "/accounts/sign-in", data={"name": "benoît", "password": PASSWORD, "next": wanted}, headers=FORGED
    )
    assert response.headers["Location"] == "/learning/"


def test_sign_out_ends_the_session_on_the_server(account: Browser) -> None:
    enter(account)
    old = account.client.get_cookie("__Host-elearn", domain="localhost")
    assert old is not None
    page = account.get("/accounts/").form("/accounts/sign-out").submit()
    assert page.path == "/"
    account.client.set_cookie("__Host-elearn", old.value, domain="localhost")
    assert account.get("/accounts/").path.startswith("/accounts/sign-in")


def test_sign_out_everywhere(account: Browser, site: Flask) -> None:
    elsewhere = Browser(site)
    enter(elsewhere)
    enter(account)
    account.get("/accounts/").form("/accounts/sign-out-everywhere").submit()
    assert elsewhere.get("/accounts/").path.startswith("/accounts/sign-in")


def test_many_wrong_passwords_are_slowed_and_the_owner_still_gets_in_from_elsewhere(
    account: Browser, site: Flask
) -> None:
    for _ in range(10):
        assert enter(account, password="une autre phrase").status == 422
    page = enter(account)
    assert page.status == 429
    assert "Trop d'essais de suite" in page.text
    elsewhere = Browser(site)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert enter(elsewhere).status == 200


def from_network(site: Flask, number: int) -> Browser:
    browser = Browser(site)
    browser.client.environ_base["REMOTE_ADDR"] = f"198.51.100.{number}"
    return browser


def test_asvs_6_1_1_a_name_tried_from_everywhere_leaves_two_tries_to_each_network(
    account: Browser, site: Flask
) -> None:
    for number in range(3):
        attacker = from_network(site, number)
        for _ in range(10):
            assert enter(attacker, password="une autre phrase").status == 422
    fresh = from_network(site, 50)
    assert [enter(fresh, password="une autre phrase").status for _ in range(3)] == [422, 422, 429]
    assert enter(from_network(site, 60)).status == 200, "its owner still gets in from elsewhere"
    sign_up(site, "chloé", "Chloé")
    other = from_network(site, 70)
    assert [enter(other, name="chloé", password="une autre phrase").status for _ in range(3)] == [422] * 3


def test_a_name_that_does_not_exist_is_slowed_alike(account: Browser) -> None:
    assert [enter(account, name="personne").status for _ in range(11)] == [422] * 10 + [429]


def test_tries_that_are_not_looked_at_do_not_use_up_those_of_a_whole_network(account: Browser, site: Flask) -> None:
    statuses = [enter(account, password="une autre phrase").status for _ in range(105)]
    assert statuses == [422] * 10 + [429] * 95
    assert enter(Browser(site), name="chloé").status == 422


def test_staying_signed_in_is_asked_for_and_off_by_default(account: Browser) -> None:
    page = account.get("/accounts/sign-in")
    assert "stays" not in page.form("/accounts/sign-in").values()
    assert "Pas sur un appareil partagé ou prêté" in page.text
    for changes, hours in (({}, 12), ({"stays": "y"}, 30 * 24)):
        enter(account, **changes)
        found = account.client.get_cookie("__Host-elearn", domain="localhost")
        assert found is not None and hours * 3600 - 5 <= (found.max_age or 0) <= hours * 3600


def test_asvs_6_3_8_a_closed_account_reads_like_a_wrong_password(account: Browser, site: Flask) -> None:
    from elearn.services import accounts
    from elearn.services.audit import By
    from elearn.store.base import now

    wrong = enter(account, password="une autre phrase").response.get_data()
    with site.app_context():
        accounts.deactivate("benoît", By(now()))
    closed = enter(account).response.get_data()
    nonce = re.compile(b'nonce="[^"]*"')
    assert nonce.sub(b"", closed) == nonce.sub(b"", wrong)


def test_a_class_that_signs_in_together_is_not_in_its_own_way(account: Browser, site: Flask) -> None:
    for _ in range(12):
        assert enter(Browser(site)).status == 200


def test_signing_in_again_ends_the_session_of_this_browser(account: Browser) -> None:
    enter(account)
    old = account.client.get_cookie("__Host-elearn", domain="localhost")
    assert old is not None
    enter(account)
    account.client.set_cookie("__Host-elearn", old.value, domain="localhost")
    assert account.get("/accounts/").path.startswith("/accounts/sign-in")


def test_a_form_from_another_site_is_refused(account: Browser) -> None:
    data = {"name": "benoît", "password": PASSWORD}
    elsewhere = [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
    for headers in [*elsewhere, {}]:
        assert account.client.post("/accounts/sign-in", data=data, headers=headers).status_code == 400
    own = {"Origin": "http://localhost"}
    assert account.client.post("/accounts/sign-in", data=data, headers=own).status_code == 303


def test_a_signed_in_form_needs_its_token(account: Browser) -> None:
    enter(account)
    for token in ("", "0" * 64, "é"):
        answer = account.client.post("/accounts/sign-out", data={"csrf_token": token}, headers=FORGED)
        assert answer.status_code == 400
    assert account.get("/accounts/").path == "/accounts/"
