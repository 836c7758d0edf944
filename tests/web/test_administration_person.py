"""One person's file and the deeds of an admin on it: each is logged and told, and some may not be."""

import datetime as dt
import logging
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from tests.browse import Browser
from tests.web.administration import WORDS, account, code_of, logged, open_file, values

DEEDS = ("looks", "links", "suspension", "reopening", "role", "factor-removal", "erasure", "keeping")
NOBODY = "0" * 26


@pytest.fixture
def emile(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Émile")


@pytest.fixture
def rosa(site: Flask) -> str:
    return account(site, "rosa", "Rosa Ünlü")


def act(browser: Browser, uid: str, ending: str, **changes: str):  # type: ignore[no-untyped-def]
    page = open_file(browser, uid)
    assert page.status == 200, page.text
    return page.form(f"/{ending}").submit(**changes)


def signs_in(app: Flask, name: str) -> bool:
    from elearn.services import sessions
    from elearn.store.base import now

    with app.app_context():
        return sessions.sign_in(name, WORDS, now()) is not None


def give_factor(app: Flask, uid: str) -> None:
    from elearn.store.accounts import SecondFactor
    from elearn.store.base import db, now

    person = values(app, uid).id
    with app.app_context(), db.engine.begin() as connection:
        row = {"person_id": person, "key_id": "k", "sealed": b"s", "confirmed_at": now(), "last_step": 0}
        connection.execute(insert(SecondFactor).values(**row))


def uid_of(app: Flask, name: str) -> str:
    from elearn.store.accounts import Person
    from elearn.store.base import db

    with app.app_context(), db.engine.connect() as connection:
        return str(connection.execute(select(Person.uid).where(Person.sign_in_name == name)).scalar_one())


def test_it_works(emile: Browser, rosa: str) -> None:
    page = emile.get("/administration/people").follow("Rosa")
    assert page.heading() == "Rosa Ünlü"
    assert "laisse une trace" in page.text and "Nom de connexion" not in page.text
    page = page.form("/looks").submit()
    assert page.path == f"/administration/people/{rosa}"
    assert "Nom de connexion rosa" in page.text
    assert "Adresse de courriel confirmée aucune adresse" in page.text


def test_asvs_16_2_1_opening_a_file_is_logged_and_told(emile: Browser, site: Flask, rosa: str) -> None:
    emile.get(f"/administration/people/{rosa}")
    assert logged(site, rosa) == [("account made", False, {"to": "trainee"})]
    open_file(emile, rosa)
    assert logged(site, rosa)[1:] == [("file looked at", True, {"role": "admin"})]


def test_a_file_closes_after_half_an_hour(
    emile: Browser, site: Flask, rosa: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from elearn.web.administration import person

    assert "Nom de connexion" in open_file(emile, rosa).text
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=31)
    monkeypatch.setattr(person, "now", lambda: later)
    assert "Nom de connexion" not in emile.get(f"/administration/people/{rosa}").text


def test_another_admin_who_did_not_open_it_sees_the_button_only(site: Flask, emile: Browser, rosa: str) -> None:
    from elearn.services import accounts
    from elearn.store.base import now

    open_file(emile, rosa)
    with site.app_context():
        token = accounts.make_demo("Fatou", "Fatou", "admin", now())
    fatou = Browser(site)
    fatou.get(f"/accounts/links/{token}").form(token).submit()
    assert "Nom de connexion" not in fatou.get(f"/administration/people/{rosa}").text


@pytest.mark.parametrize("name", ["Benoît", "Ada"])
def test_asvs_8_2_2_nobody_else_reaches_a_file(signed_in: Callable[[str], Browser], rosa: str, name: str) -> None:
    browser = signed_in(name)
    assert browser.get(f"/administration/people/{rosa}").status == 404
    form = browser.get("/accounts/").form("/sign-out").values()
    for ending in DEEDS:
        assert browser.send("post", f"/administration/people/{rosa}/{ending}", form).status == 404


def test_asvs_8_2_2_an_unknown_uid_is_not_found_and_leaves_a_line(
    emile: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    form = emile.get("/accounts/").form("/sign-out").values()
    data = {**form, "idempotency_key": ["k" * 20], "lasts": ["paper"], "role": ["trainer"]}
    for uid in (NOBODY, "x", "%00", "a" * 300, "../.."):
        caplog.clear()
        with caplog.at_level(logging.WARNING, "elearn"):
            assert emile.get(f"/administration/people/{uid}").status == 404
        if uid != "../..":
            assert [record.getMessage() for record in caplog.records] == ["not theirs or not there"]
    for ending in DEEDS:
        assert emile.send("post", f"/administration/people/{NOBODY}/{ending}", data).status == 404


def test_a_visitor_is_led_to_sign_in(visitor: Browser, rosa: str) -> None:
    assert visitor.get(f"/administration/people/{rosa}").path.startswith("/accounts/sign-in")


def test_asvs_7_5_1_every_deed_asks_for_a_recent_password(site: Flask) -> None:
    """But for the list and an address that only leads on."""
    marks = {
        name: getattr(view, "recent", False)
        for name, view in site.view_functions.items()
        if view.__module__ in ("elearn.web.administration.people", "elearn.web.administration.person")
    }
    assert marks.pop("administration.people_list") is False and marks.pop("administration.links") is False
    assert len(marks) == 11 and all(marks.values())


def test_suspend_and_reopen(emile: Browser, site: Flask, rosa: str) -> None:
    assert signs_in(site, "rosa")
    page = act(emile, rosa, "suspension")
    assert "Suspendu" in page.text
    assert not signs_in(site, "rosa")
    assert "Rosa" in emile.get("/administration/people?state=suspended").text
    page = page.form("/reopening").submit()
    assert "Ouvert" in page.text and signs_in(site, "rosa")
    told = [(deed, told) for deed, told, _facts in logged(site, rosa)]
    assert told[-2:] == [("suspended", True), ("reopened", True)]


def test_asvs_7_4_2_a_suspended_account_loses_its_sessions_at_once(emile: Browser, site: Flask, rosa: str) -> None:
    browser = Browser(site)
    browser.get("/accounts/sign-in").form("/accounts/sign-in").submit(name="rosa", password=WORDS)
    assert browser.get("/accounts/").path == "/accounts/"
    act(emile, rosa, "suspension")
    assert browser.get("/accounts/").path.startswith("/accounts/sign-in")


def test_twice_the_same_deed_is_done_and_logged_once(emile: Browser, site: Flask, rosa: str) -> None:
    page = open_file(emile, rosa)
    for ending in ("suspension", "suspension", "erasure", "erasure"):
        assert page.form(f"/{ending}").submit().status == 200
    deeds = [deed for deed, _told, _facts in logged(site, rosa)]
    assert deeds.count("suspended") == 1 and deeds.count("erasure asked") == 1


def test_asvs_8_2_3_a_role_is_changed_by_an_admin_alone_and_the_person_is_told(
    emile: Browser, site: Flask, rosa: str
) -> None:
    browser = Browser(site)
    browser.get("/accounts/sign-in").form("/accounts/sign-in").submit(name="rosa", password=WORDS)
    own = browser.get("/accounts/").form("/sign-out").values()
    browser.send("post", f"/administration/people/{rosa}/role", {**own, "role": ["admin"]})
    assert values(site, rosa).role == "trainee"
    page = act(emile, rosa, "role", role="trainer")
    assert "Formatrice ou formateur" in page.text
    assert values(site, rosa).role == "trainer"
    assert logged(site, rosa)[-1] == ("role changed", True, {"role": "admin", "to": "trainer", "was": "trainee"})
    assert browser.get("/accounts/").path.startswith("/accounts/sign-in")


def test_an_unknown_role_is_refused(emile: Browser, site: Flask, rosa: str) -> None:
    page = act(emile, rosa, "role", role="queen")
    assert page.status == 422 and "Ce rôle n'existe pas" in page.text
    assert values(site, rosa).role == "trainee"


def test_asvs_15_3_3_other_fields_of_a_deed_change_nothing(emile: Browser, site: Flask, rosa: str) -> None:
    before = values(site, rosa)
    form = open_file(emile, rosa).form("/role")
    more = {"role": ["trainer"], "demo": ["1"], "chosen_name": ["Eve"], "erase_at": ["2026-01-01"], "uid": [NOBODY]}
    assert emile.send("post", form.action, {**form.values(), **more}).status == 200
    after = values(site, rosa)
    changed = {name for name in before._fields if getattr(before, name) != getattr(after, name)}
    assert changed == {"role"}


def test_ones_own_account_is_not_changed_here(emile: Browser, site: Flask, rosa: str) -> None:
    mine = uid_of(site, "Émile")
    account(site, "fatou", "Fatou", "admin")
    assert emile.get(f"/administration/people/{mine}").path == "/accounts/"
    form = open_file(emile, rosa).form("/links").values()
    for ending in DEEDS:
        if ending in ("reopening",):
            continue
        page = emile.send("post", f"/administration/people/{mine}/{ending}", {**form, "role": ["trainee"]})
        assert page.status == 422, ending
        assert "C'est votre propre compte" in page.text
    assert (values(site, mine).role, values(site, mine).deactivated_at) == ("admin", None)


@pytest.mark.parametrize("ending", ["suspension", "role", "erasure"])
def test_the_last_admin_is_kept(emile: Browser, site: Flask, ending: str) -> None:
    """Émile is no longer one by the time his form arrives: Fatou was quicker."""
    from elearn.services import people
    from elearn.services.audit import By
    from elearn.store.accounts import Person
    from elearn.store.base import db, now

    fatou = account(site, "fatou", "Fatou", "admin")
    with site.app_context():
        with db.engine.begin() as connection:
            connection.execute(update(Person).where(Person.sign_in_name == "Émile").values(role="trainer"))
        by = By(now(), uid_of(site, "Émile"), "admin")
        deed = {
            "suspension": lambda: people.suspend(fatou, by),
            "role": lambda: people.change_role(fatou, "trainee", by),
            "erasure": lambda: people.ask_erasure(fatou, by),
        }[ending]
        with pytest.raises(people.Refused) as refused:
            deed()
    assert refused.value.code == "last"
    assert (values(site, fatou).role, values(site, fatou).deactivated_at) == ("admin", None)
    assert [deed for deed, _told, _facts in logged(site, fatou)] == ["account made"]


def test_a_lost_second_factor_is_taken_away(emile: Browser, site: Flask, rosa: str) -> None:
    assert "/factor-removal" not in " ".join(form.action for form in open_file(emile, rosa).forms)
    give_factor(site, rosa)
    assert "Second facteur oui" in emile.get(f"/administration/people/{rosa}").text
    page = act(emile, rosa, "factor-removal")
    assert "Second facteur pas encore" in page.text
    assert logged(site, rosa)[-1] == ("second factor removed", True, {"role": "admin"})


def test_erasure_is_in_seven_days_and_can_be_taken_back(emile: Browser, site: Flask, rosa: str) -> None:
    page = act(emile, rosa, "erasure")
    assert "Effacement demandé" in page.text
    ends = values(site, rosa).erase_at
    left = ends - dt.datetime.now(dt.UTC).replace(tzinfo=ends.tzinfo)
    assert dt.timedelta(days=6, hours=23) < left <= dt.timedelta(days=7)
    page = page.form("/keeping").submit()
    assert "Effacement demandé" not in page.text and values(site, rosa).erase_at is None
    assert [deed for deed, _told, _facts in logged(site, rosa)][-2:] == ["erasure asked", "erasure withdrawn"]


@pytest.mark.parametrize(("lasts", "minutes"), [("paper", 72 * 60), ("screen", 30)])
def test_a_link_is_handed_over(emile: Browser, site: Flask, rosa: str, lasts: str, minutes: int) -> None:
    page = act(emile, rosa, "links", lasts=lasts)
    assert page.status == 200 and "<svg" in page.response.get_data(as_text=True)
    code = code_of(page).replace(" ", "")
    assert len(code) == 26 and "localhost/accounts/links/" in page.text
    assert logged(site, rosa)[-1] == ("link handed over", True, {"role": "admin", "minutes": minutes})
    browser = Browser(site)
    assert browser.get(f"/accounts/links/{code}").form(code).submit().status == 200
    assert "Rosa" in browser.get("/accounts/").text


def test_the_same_form_makes_one_link(emile: Browser, site: Flask, rosa: str) -> None:
    form = open_file(emile, rosa).form("/links")
    assert form.submit().status == 200
    page = form.submit()
    assert page.status == 410 and "déjà été montré" in page.text
    assert [deed for deed, _told, _facts in logged(site, rosa)].count("link handed over") == 1


def test_a_closed_account_gets_no_link(emile: Browser, site: Flask, rosa: str) -> None:
    form = open_file(emile, rosa).form("/links")
    act(emile, rosa, "suspension")
    page = form.submit()
    assert page.status == 422 and "rouvrez-le d'abord" in page.text
    assert "link handed over" not in [deed for deed, _told, _facts in logged(site, rosa)]


def test_a_link_needs_its_kind_and_its_key(emile: Browser, site: Flask, rosa: str) -> None:
    form = open_file(emile, rosa).form("/links")
    assert form.submit(lasts="ever").status == 400
    assert form.submit(idempotency_key="").status == 400


def test_the_paper_speaks_the_language_of_the_person(emile: Browser, site: Flask, rosa: str) -> None:
    from elearn.store.accounts import Person
    from elearn.store.base import db

    with site.app_context(), db.engine.begin() as connection:
        connection.execute(update(Person).where(Person.uid == rosa).values(locale="en"))
    page = act(emile, rosa, "links")
    paper = page.all("section", lang="en")
    assert len(paper) == 1
    assert "Press “Sign me in”" in " ".join("".join(paper[0].itertext()).split())
    assert page.heading() == "Lien à remettre à Rosa Ünlü"


def test_neither_address_nor_learning_is_in_a_file(emile: Browser, site: Flask, rosa: str) -> None:
    from elearn.services.keys import seal_for
    from elearn.services.transaction import run
    from elearn.store.base import now
    from elearn.store.mail import MailAddress

    person = values(site, rosa).id
    with site.app_context():

        def give(tx) -> None:  # type: ignore[no-untyped-def]
            key_id, sealed = seal_for(tx, person, b"rosa@canari.example", "mail_address", str(person), now())
            tx.add(MailAddress(person_id=person, key_id=key_id, sealed=sealed, lookup="x" * 64, given_at=now()))

        run(give)
    page = open_file(emile, rosa)
    assert "donnée, pas encore vérifiée" in page.text
    assert "canari" not in page.response.get_data(as_text=True)


def test_a_name_made_of_markup_is_shown_as_it_is(emile: Browser, site: Flask) -> None:
    uid = account(site, "mallory", "<img src=x onerror=alert(1)>")
    page = open_file(emile, uid)
    assert page.heading() == "<img src=x onerror=alert(1)>"
    assert page.all("img") == []


def test_without_its_token_no_deed_is_done(emile: Browser, site: Flask, rosa: str) -> None:
    page = open_file(emile, rosa)
    before = logged(site)
    for ending in ("suspension", "role", "erasure", "links", "looks"):
        data = {"role": "trainer", "lasts": "paper", "idempotency_key": "k" * 20, "csrf_token": ""}
        assert emile.send("post", f"/administration/people/{rosa}/{ending}", data).status == 400
    assert page.status == 200 and logged(site) == before


def test_the_language_can_be_chosen_on_a_page_that_answers_a_form(emile: Browser, rosa: str) -> None:
    for page in (act(emile, rosa, "role", role="queen"), act(emile, rosa, "links")):
        page = page.form("/language").submit(language="en")
        assert page.status == 200 and page.path == f"/administration/people/{rosa}"
    assert emile.get(f"/administration/people/{rosa}/links").path == f"/administration/people/{rosa}"
