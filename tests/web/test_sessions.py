"""The page of one's open sessions."""

import datetime as dt

import pytest
from flask import Flask

from tests.browse import FORGED, Browser
from tests.web.people import PASSWORD, cookie, entered, is_in, logged, move, sign_up, with_cookie

PHONE = "Mozilla/5.0 (Android 14; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0"


@pytest.fixture
def ben(site: Flask) -> Browser:
    return sign_up(site)


@pytest.fixture
def phone(ben: Browser, site: Flask) -> Browser:
    browser = Browser(site)
    data = {"name": "benoît", "password": PASSWORD, "stays": "y"}
    browser.client.post("/accounts/sign-in", data=data, headers={**FORGED, "User-Agent": PHONE})
    return browser


def closures(browser: Browser) -> list[str]:
    return [one.action for one in browser.get("/accounts/sessions").forms if one.action.endswith("/closure")]


def test_asvs_7_5_2_it_shows_and_ends_them(ben: Browser, phone: Browser, site: Flask) -> None:
    page = ben.get("/accounts/").follow("Appareils connectés")
    assert "Firefox, Android" in page.text and "Reste connecté 30 jours" in page.text
    assert page.text.count("Cet appareil") == 1
    page = page.form("/closure").submit()
    assert page.path == "/accounts/sessions"
    assert "Firefox, Android" not in page.text
    assert not is_in(phone) and is_in(ben)
    assert logged(site, "session ended") == 1


def test_when_in_words(ben: Browser, phone: Browser, site: Flask) -> None:
    assert "Dernière visite : à l'instant" in ben.get("/accounts/sessions").text
    move(site, created_at=-dt.timedelta(hours=2), seen_at=-dt.timedelta(minutes=20))
    text = ben.get("/accounts/sessions").text
    assert "Connecté : il y a 2 heures" in text and "Dernière visite : il y a 20 minutes" in text
    page = ben.get("/accounts/sessions").form("/language").submit(language="en")
    assert "Signed in: 2 hours ago" in page.text


def test_an_unknown_device(ben: Browser) -> None:
    ben.client.environ_base["HTTP_USER_AGENT"] = "x"
    assert "Appareil inconnu" in ben.get("/accounts/sessions").text


def test_no_token_nor_its_hash_is_in_the_page(ben: Browser, phone: Browser) -> None:
    import hashlib

    html = ben.get("/accounts/sessions").response.get_data(as_text=True)
    for browser in (ben, phone):
        token = cookie(browser)
        assert token not in html and hashlib.sha256(token.encode()).hexdigest()[:26] not in html


def test_somebody_elses_is_not_there(ben: Browser, phone: Browser, chloe: Browser) -> None:
    theirs = closures(ben)[0]
    form = chloe.get("/accounts/").form("/sign-out").values()
    assert chloe.send("post", theirs, form).status == 404
    assert chloe.send("post", "/accounts/sessions/é/closure", form).status == 404
    assert is_in(phone)


def test_everywhere(ben: Browser, phone: Browser, site: Flask) -> None:
    ben.get("/accounts/sessions").form("/sign-out-everywhere").submit()
    assert not is_in(ben) and not is_in(phone)


def test_one_that_ran_its_time_is_not_shown(ben: Browser, site: Flask) -> None:
    entered(site)
    move(site, seen_at=-dt.timedelta(minutes=61))
    again = entered(site)
    assert closures(again) == []
    assert "Aucun autre appareil" in again.get("/accounts/sessions").text


def test_a_visitor_is_asked_to_sign_in(visitor: Browser) -> None:
    assert visitor.get("/accounts/sessions").path.startswith("/accounts/sign-in")


# --- sessions as such


def test_asvs_7_2_3_tokens_are_256_bits_of_chance(site: Flask, ben: Browser) -> None:
    found = {cookie(entered(site)) for _ in range(5)}
    assert len(found) == 5
    assert all(len(token) == 43 for token in found)


def test_asvs_7_2_4_signing_in_gives_a_new_token(ben: Browser, site: Flask) -> None:
    old = cookie(ben)
    ben.get("/accounts/sign-in").form("/accounts/sign-in").submit(name="benoît", password=PASSWORD)
    assert cookie(ben) != old
    assert not is_in(with_cookie(site, old))


def test_asvs_7_3_1_an_hour_without_a_sign_of_life(ben: Browser, site: Flask) -> None:
    move(site, seen_at=-dt.timedelta(minutes=59))
    assert is_in(ben)
    move(site, seen_at=-dt.timedelta(minutes=2))
    assert not is_in(ben)


def test_asvs_7_3_2_twelve_hours_in_any_case(ben: Browser, site: Flask) -> None:
    move(site, created_at=-dt.timedelta(hours=12), expires_at=-dt.timedelta(hours=12))
    assert not is_in(ben)


def test_thirty_days_where_asked(phone: Browser, site: Flask) -> None:
    move(site, seen_at=-dt.timedelta(days=29), expires_at=-dt.timedelta(days=29))
    assert is_in(phone)
    move(site, expires_at=-dt.timedelta(days=2))
    assert not is_in(phone)


@pytest.mark.parametrize("way", ["/sign-out", "/sign-out-everywhere"])
def test_asvs_7_4_1_every_old_cookie_is_refused_after_sign_out(ben: Browser, site: Flask, way: str) -> None:
    old = cookie(ben)
    page = ben.get("/accounts/").form(way).submit()
    assert ben.client.get_cookie("__Host-elearn", domain="localhost") is None, page.path
    assert not is_in(with_cookie(site, old))


@pytest.mark.parametrize("deed", ["suspended", "role"])
def test_asvs_7_4_2_every_old_cookie_is_refused_after_suspension_and_change_of_role(
    ben: Browser, site: Flask, deed: str
) -> None:
    from elearn.services import accounts
    from elearn.services.audit import By
    from elearn.store.base import now

    old = cookie(ben)
    with site.app_context():
        by = By(now())
        assert (
            accounts.deactivate("benoît", by) if deed == "suspended" else accounts.change_role("benoît", "trainer", by)
        )
    assert not is_in(with_cookie(site, old))
    with site.app_context():
        accounts.reactivate("benoît", By(now()))
    assert not is_in(with_cookie(site, old)), "an account that is opened again does not open its old sessions"


def test_asvs_14_3_1_what_the_browser_keeps_goes_at_sign_out(ben: Browser) -> None:
    values = ben.get("/accounts/").form("/sign-out").values()
    answer = ben.client.post("/accounts/sign-out", data=values, headers=FORGED)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_asvs_14_3_2_pages_of_someone_signed_in_are_not_kept(ben: Browser) -> None:
    for path in ("/accounts/", "/accounts/sessions", "/accounts/password", "/accounts/presence"):
        assert ben.client.get(path).headers["Cache-Control"] == "no-store", path


@pytest.fixture
def handed_over(ben: Browser) -> list[str]:
    """The cookie as it is set when the password is given once more, and when one signs in."""
    data = ben.get("/accounts/confirm").form("/accounts/confirm").values() | {"password": [PASSWORD]}
    renewed = ben.client.post("/accounts/confirm", data=data, headers=FORGED).headers["Set-Cookie"]
    data = ben.get("/accounts/sign-in").form("/accounts/sign-in").values()
    data |= {"name": ["benoît"], "password": [PASSWORD]}
    begun = ben.client.post("/accounts/sign-in", data=data, headers=FORGED).headers["Set-Cookie"]
    return [renewed, begun]


def test_asvs_3_3_1_the_cookie_travels_encrypted_only(handed_over: list[str]) -> None:
    assert all("; Secure" in header for header in handed_over)


def test_asvs_3_3_2_the_cookie_is_not_sent_along_from_other_sites(handed_over: list[str]) -> None:
    assert all("; SameSite=Lax" in header for header in handed_over)


def test_asvs_3_3_3_the_cookie_is_of_this_host_alone(handed_over: list[str]) -> None:
    for header in handed_over:
        assert header.startswith("__Host-elearn=") and "; Path=/" in header and "Domain" not in header


def test_asvs_3_3_4_no_script_reads_the_cookie(handed_over: list[str]) -> None:
    assert all("; HttpOnly" in header for header in handed_over)
