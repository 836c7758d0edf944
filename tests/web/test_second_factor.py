"""Two-step verification: adding it, giving a code, taking it away."""

import datetime as dt
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update

from elearn.app import create_app
from elearn.config import Settings
from elearn.core.totp import code_of
from elearn.services import factor, transaction
from elearn.services.audit import By
from elearn.store.accounts import SecondFactor, SignIn
from elearn.store.base import db, now
from tests.browse import FORGED, Browser, Page
from tests.conftest import close
from tests.people import (
    COOKIE,
    Member,
    asks_for_the_password,
    code_now,
    cookie,
    gave_the_password_long_ago,
    member,
)

HOME = "/accounts/second-factor/"
ADD = "/accounts/second-factor/new"
GIVE = "/accounts/second-factor/code"
REMOVE = "/accounts/second-factor/removal"


@pytest.fixture
def benoit(site: Flask) -> Member:
    return member(site, "Benoît")


@pytest.fixture
def secret(benoit: Member) -> bytes:
    return benoit.second_factor()


def started(browser: Browser) -> tuple[Page, bytes]:
    """The page that shows a new secret, and the secret as an authenticator reads it."""
    import base64

    page = browser.get(ADD).form("/secret").submit()
    address = next(one.get("href") or "" for one in page.all("a") if (one.get("href") or "").startswith("otpauth:"))
    spelled = parse_qs(urlsplit(address).query)["secret"][0]
    assert spelled in page.text.replace(" ", "")
    return page, base64.b32decode(spelled)


def give(browser: Browser, code: str) -> Page:
    return browser.get(GIVE).form(GIVE).submit(code=code)


def test_it_works(site: Flask, benoit: Member) -> None:
    browser = benoit.browser()
    assert ADD in browser.get(HOME).links
    page, secret = started(browser)
    assert [one for one in page.tree.iter() if one.get("role") == "img" and one.get("class") == "qr"]
    page = page.form(ADD).submit(code=code_now(secret))
    assert page.status == 200
    assert len(page.all("code")) == 8
    assert "Elle est en place" in browser.get(HOME).text
    assert [deed for deed, _told in benoit.deeds()] == ["second factor added", "recovery codes made"]
    browser = Browser(site)
    page = benoit.sign_in(browser)
    assert page.path.startswith(GIVE)
    page = page.form(GIVE).submit(code=code_now(secret, 1))
    assert page.path == "/learning/"
    assert "Benoît" in page.text


def test_it_leads_back_to_the_page_that_was_asked_for(site: Flask, benoit: Member, secret: bytes) -> None:
    browser = Browser(site)
    page = (
        browser.get("/attestations/").form("/accounts/sign-in").submit(name="Benoît", password="lampe ronde tabouret")
    )
    assert page.path.startswith(GIVE)
    assert page.form(GIVE).submit(code=code_now(secret)).path == "/attestations/"


def test_asvs_7_2_4_the_session_has_a_new_token_after_the_code(benoit: Member, secret: bytes) -> None:
    browser = benoit.browser()
    half = cookie(browser)
    give(browser, code_now(secret))
    assert cookie(browser) not in ("", half)
    assert browser.get("/accounts/").path == "/accounts/"
    browser.client.set_cookie(COOKIE, half, domain="localhost")
    assert browser.get("/accounts/").path.startswith("/accounts/sign-in"), "the old token is worth nothing"


def test_asvs_7_2_4_the_session_has_a_new_token_after_adding(benoit: Member) -> None:
    browser = benoit.browser()
    page, secret = started(browser)
    before = cookie(browser)
    page.form(ADD).submit(code=code_now(secret))
    assert cookie(browser) not in ("", before)
    browser.client.set_cookie(COOKIE, before, domain="localhost")
    assert browser.get("/accounts/").path.startswith("/accounts/sign-in")


def test_asvs_6_3_3_until_the_code_is_given_every_private_page_is_shut(
    site: Flask, benoit: Member, secret: bytes
) -> None:
    browser = benoit.browser()
    checked = 0
    for rule in site.url_map.iter_rules():
        view = site.view_functions[rule.endpoint]
        if getattr(view, "door", "public") == "public" or getattr(view, "half", False):
            continue
        names = {
            name: "00000000-0000-4000-8000-000000000000" if name in ("attestation", "text") else "0" * 26
            for name in rule.arguments
        }
        path = rule.build(names)  # type: ignore[union-attr]
        assert path is not None
        if "GET" in (rule.methods or ()):
            answer = browser.client.get(path[1])
            assert answer.status_code == 303 and answer.headers["Location"].startswith(GIVE), rule.rule
            checked += 1
        else:
            answer = browser.client.post(path[1], data={}, headers=FORGED)
            assert answer.status_code in (303, 400), rule.rule
            assert answer.headers.get("Location", GIVE).startswith(GIVE), rule.rule
    assert checked >= 5


def test_meanwhile_public_pages_are_read_as_a_visitor(benoit: Member, secret: bytes) -> None:
    browser = benoit.browser()
    for path in ("/", "/help", "/learning/", "/learning/reperes/ecouter/se-taire"):
        page = browser.get(path)
        assert page.status == 200
        assert "Benoît" not in page.text
    form = browser.get("/").form("/language")
    assert browser.send("post", form.action, {**form.values(), "language": "en"}).status == 200


def test_meanwhile_one_may_sign_out(benoit: Member, secret: bytes) -> None:
    browser = benoit.browser()
    page = browser.get(GIVE).form("/sign-out").submit()
    assert page.path == "/"
    assert browser.get(GIVE).path.startswith("/accounts/sign-in")


def test_asvs_6_5_1_a_code_works_once(site: Flask, benoit: Member, secret: bytes) -> None:
    code = code_now(secret)
    assert give(benoit.browser(), code).path == "/learning/"
    browser = Browser(site)
    benoit.sign_in(browser)
    page = give(browser, code)
    assert page.status == 422
    assert "a déjà servi" in page.text
    assert give(browser, code_now(secret, -1)).status == 422, "nor one before it"


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_asvs_6_5_5_a_code_of_another_time_is_refused(benoit: Member, secret: bytes, steps: int) -> None:
    # Near the end of a step, the page may be asked in the next one: wait for it.
    if time.time() % 30 > 27:
        time.sleep(3.1)
    assert give(benoit.browser(), code_now(secret, steps)).status == 422


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "000000 000000", "٠٥٠٤٧١", "x" * 5000])
def test_what_is_no_code(benoit: Member, secret: bytes, code: str) -> None:
    page = give(benoit.browser(), code)
    assert page.status == 422
    assert page.all("p", id="code_error")


def test_somebody_elses_code(site: Flask, benoit: Member, secret: bytes) -> None:
    other = member(site, "Chloé").second_factor()
    assert give(benoit.browser(), code_now(other)).status == 422


def test_five_tries_in_ten_minutes_from_anywhere(site: Flask, benoit: Member, secret: bytes) -> None:
    wrong = code_of(bytes(20), 1)
    for number in range(5):
        browser = Browser(site)
        browser.client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        benoit.sign_in(browser)
        assert give(browser, wrong).status == 422
    browser = Browser(site)
    benoit.sign_in(browser)
    page = give(browser, code_now(secret))
    assert page.status == 429
    assert "Attendez dix minutes" in page.text


def test_a_code_that_was_right_is_not_counted_among_the_tries(site: Flask, benoit: Member, secret: bytes) -> None:
    """Four slips, then a right code: the next right one still opens."""
    wrong = code_of(bytes(20), 1)
    for _ in range(4):
        browser = Browser(site)
        benoit.sign_in(browser)
        assert give(browser, wrong).status == 422
    browser = Browser(site)
    benoit.sign_in(browser)
    assert give(browser, code_now(secret)).status == 200
    browser = Browser(site)
    benoit.sign_in(browser)
    assert give(browser, code_now(secret, later=1)).status == 200


def test_ten_tries_end_the_half_session(benoit: Member, secret: bytes) -> None:
    browser = benoit.browser()
    pages = [give(browser, code_of(bytes(20), 1)) for _ in range(10)]
    assert [page.status for page in pages] == [422] * 5 + [429] * 5
    assert "On recommence au début" in pages[-1].text
    assert cookie(browser) == ""
    with benoit.app.app_context(), db.engine.connect() as connection:
        assert connection.execute(select(SignIn).where(SignIn.person_id == benoit.id)).all() == []


def test_a_recovery_code_stands_in_beside_the_password(site: Flask, benoit: Member, secret: bytes) -> None:
    browser = benoit.browser()
    give(browser, code_now(secret, -1))
    page = browser.get("/accounts/recovery/codes").form("/codes").submit()
    codes = ["".join(one.itertext()) for one in page.all("code")]
    browser = Browser(site)
    benoit.sign_in(browser)
    assert give(browser, codes[0]).path == "/learning/"
    assert ("recovery code used", True) in benoit.deeds()
    browser = Browser(site)
    benoit.sign_in(browser)
    assert give(browser, codes[0]).status == 422, "it works once"


def test_where_the_secret_does_not_open_a_recovery_code_does(site: Flask, benoit: Member, secret: bytes) -> None:
    """As after the loss of a key: no code of the authenticator passes, the printed one does."""
    browser = benoit.browser()
    give(browser, code_now(secret))
    page = browser.get("/accounts/recovery/codes").form("/codes").submit()
    printed = ["".join(one.itertext()) for one in page.all("code")]
    with site.app_context():
        transaction.run(lambda tx: tx.execute(update(SecondFactor).values(sealed=b"x" * 40)))
    browser = benoit.browser()
    assert give(browser, code_now(secret, 1)).status == 422
    assert give(browser, printed[0]).path == "/learning/"
    assert browser.get(REMOVE).form(REMOVE).submit(code=printed[1]).path == HOME


def test_a_secret_is_replaced_until_it_is_proved(benoit: Member) -> None:
    browser = benoit.browser()
    _page, first = started(browser)
    page = browser.get(ADD).form("/secret").submit()
    page = page.form(ADD).submit(code=code_now(first))
    assert page.status == 422
    assert page.all("p", id="code_error") and page.all("div", id="error_summary")
    assert "Vous ne l'avez pas encore" in browser.get(HOME).text


def test_a_secret_that_was_never_proved_is_not_asked_for(site: Flask, benoit: Member) -> None:
    started(benoit.browser())
    assert benoit.sign_in(Browser(site)).path == "/learning/"


def test_a_proved_secret_is_never_shown_again(benoit: Member, secret: bytes) -> None:
    browser = benoit.browser()
    give(browser, code_now(secret))
    assert browser.get(ADD).path == HOME
    form = browser.get(HOME)
    token = next(one.get("value") for one in form.all("input", name="csrf_token"))
    for path in ("/accounts/second-factor/secret", ADD):
        answer = browser.client.post(path, data={"csrf_token": token, "code": "123456"}, headers=FORGED)
        assert answer.headers["Location"] == HOME
    with benoit.app.app_context(), db.engine.connect() as connection:
        assert connection.execute(select(SecondFactor.confirmed_at)).scalar_one() is not None


def test_the_secret_is_sealed(benoit: Member) -> None:
    _page, secret = started(benoit.browser())
    with benoit.app.app_context(), db.engine.connect() as connection:
        sealed = connection.execute(select(SecondFactor.sealed)).scalar_one()
    assert secret not in sealed and len(sealed) == 12 + 20 + 16


def test_two_secrets_swapped_open_nothing(site: Flask, benoit: Member, secret: bytes) -> None:
    chloe = member(site, "Chloé")
    chloe.second_factor()
    with site.app_context():
        with db.engine.connect() as connection:
            sealed = dict(connection.execute(select(SecondFactor.person_id, SecondFactor.sealed)).all())  # type: ignore[arg-type]
        for mine, theirs in ((benoit.id, chloe.id), (chloe.id, benoit.id)):
            swapped = update(SecondFactor).where(SecondFactor.person_id == mine).values(sealed=sealed[theirs])
            transaction.run(lambda tx, one=swapped: tx.execute(one))  # type: ignore[misc]
    browser = benoit.browser()
    assert give(browser, code_now(secret)).status == 422
    assert browser.get("/accounts/").path.startswith(GIVE), "it fails closed"


def test_other_open_sessions_are_asked_at_once(benoit: Member) -> None:
    elsewhere, browser = benoit.browser(), benoit.browser()
    page, secret = started(browser)
    page.form(ADD).submit(code=code_now(secret))
    assert elsewhere.get("/accounts/").path.startswith(GIVE)


def test_taking_it_away(site: Flask, benoit: Member, secret: bytes) -> None:
    browser = benoit.browser()
    half = Browser(site)
    benoit.sign_in(half)
    give(browser, code_now(secret, -1))
    page = browser.get(REMOVE).form(REMOVE).submit(code=code_of(bytes(20), 1))
    assert page.status == 422
    assert page.all("p", id="code_error")
    page = browser.get(REMOVE).form(REMOVE).submit(code=code_now(secret))
    assert page.path == HOME
    assert "Vous ne l'avez pas encore" in page.text
    assert benoit.deeds()[-1] == ("second factor removed", False)
    assert half.get("/accounts/").path.startswith("/accounts/sign-in"), "a session that still owed it has ended"
    assert benoit.sign_in(Browser(site)).path == "/learning/"


def test_asvs_6_3_7_adding_and_taking_away_are_told_by_mail(site: Flask) -> None:
    from tests.web.test_reset_by_mail import with_address

    chloe = with_address(member(site, "Chloé"))
    secret = chloe.second_factor()
    told = [kind for kind, _to, _words in chloe.letters()].count("notice")
    assert told == 1
    browser = chloe.browser()
    give(browser, code_now(secret, -1))
    browser.get(REMOVE).form(REMOVE).submit(code=code_now(secret))
    assert [kind for kind, _to, _words in chloe.letters()].count("notice") == told + 1


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ADD), ("POST", ADD), ("POST", HOME + "secret"), ("GET", REMOVE), ("POST", REMOVE)]
)
def test_asvs_7_5_1_the_password_is_asked_again(site: Flask, benoit: Member, method: str, path: str) -> None:
    browser = benoit.browser()
    gave_the_password_long_ago(browser)
    assert asks_for_the_password(site, browser, method, path)


def test_staff_take_a_lost_one_away(site: Flask, benoit: Member, secret: bytes) -> None:
    browser = benoit.browser()
    give(browser, code_now(secret))
    admin = By(now(), "someone", "admin")
    with site.app_context():
        assert factor.remove_for(benoit.uid, admin, "")
        assert not factor.remove_for(benoit.uid, admin, ""), "there is nothing more to take away"
        assert not factor.remove_for("nobody", admin, "")
    assert benoit.deeds()[-1] == ("second factor removed", True)
    assert browser.get("/accounts/").path.startswith("/accounts/sign-in")
    assert benoit.sign_in(Browser(site)).path == "/learning/"


def test_a_clock_that_jumps_back_refuses_until_time_has_caught_up(site: Flask, benoit: Member) -> None:
    secret, who = benoit.second_factor(), benoit.viewer()
    later = now() + dt.timedelta(hours=2)
    with site.app_context():
        assert factor.give(who, code_of(secret, int(later.timestamp()) // 30), later, "")
        before = benoit.viewer()
        at = later - dt.timedelta(hours=1)
        assert factor.give(before, code_of(secret, int(at.timestamp()) // 30), at, "") is None
        at = later + dt.timedelta(seconds=30)
        assert factor.give(before, code_of(secret, int(at.timestamp()) // 30), at, "") is not None


class TestARealSite:
    """Admins need a second factor there."""

    @pytest.fixture
    def real(self, settings: Settings):  # type: ignore[no-untyped-def]
        create_app(settings)
        real = Settings.from_env(
            {},
            database_url=settings.database_url,
            instance=str(settings.instance),
            keys=str(settings.keys),
            base_url="http://localhost",
        )
        made = create_app(real)
        yield made
        close(made)

    def test_asvs_6_3_3_an_admin_adds_one_before_anything_else(self, real: Flask) -> None:
        emile = member(real, "Émile", "admin")
        browser = Browser(real)
        page = emile.sign_in(browser)
        assert page.path.startswith(ADD)
        assert browser.get("/authoring/").path.startswith(ADD)
        page, secret = started(browser)
        page = page.form(ADD).submit(code=code_now(secret))
        assert page.status == 200
        assert browser.get("/authoring/").path == "/authoring/"

    def test_an_admin_keeps_it(self, real: Flask) -> None:
        emile = member(real, "Émile", "admin")
        secret = emile.second_factor()
        browser = emile.browser()
        give(browser, code_now(secret))
        page = browser.get(HOME)
        assert "Elle est en place" in page.text and REMOVE not in page.links
        assert browser.get(REMOVE).path == HOME
        token = next(one.get("value") for one in page.all("input", name="csrf_token"))
        browser.client.post(REMOVE, data={"csrf_token": token, "code": code_now(secret, 1)}, headers=FORGED)
        assert "Elle est en place" in browser.get(HOME).text

    def test_a_trainee_does_without(self, real: Flask) -> None:
        assert member(real, "Benoît").sign_in(Browser(real)).path == "/learning/"
