"""The audit log in words, by deed and by person, and its chain."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text

from tests.browse import Browser, Form
from tests.conftest import ON_POSTGRESQL
from tests.web.administration import account, open_file
from tests.web.test_cost import counting

LIST = "/administration/audit"


@pytest.fixture
def emile(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Émile")


def fill(app: Flask, many: int) -> None:
    from elearn.services import audit
    from elearn.services.audit import By
    from elearn.services.transaction import run
    from elearn.store.base import now

    def work(tx) -> None:  # type: ignore[no-untyped-def]
        for _ in range(many):
            audit.record(tx, By(now()), "backup made")

    with app.app_context():
        run(work)


def chain_form(browser: Browser) -> Form:
    return next(one for one in browser.get(LIST).forms if one.method == "post" and one.action == LIST)


def test_it_works(emile: Browser, site: Flask) -> None:
    uid = account(site, "rosa", "Rosa")
    open_file(emile, uid)
    page = emile.get("/administration/").follow("Journal")
    assert page.heading() == "Journal"
    first = " ".join("".join(page.all("tr")[1].itertext()).split())
    assert first.startswith("Fiche du compte ouverte") and "Émile" in first and "rosa" in first


def test_every_deed_has_words_in_both_languages(site: Flask) -> None:
    from elearn.core.audit import LOGGED
    from elearn.web.deeds import WORDS, words
    from elearn.web.i18n import COOKIE

    assert set(WORDS) == set(LOGGED)
    for lang in ("fr", "en"):
        with site.test_request_context(headers={"Cookie": f"{COOKIE}={lang}"}):
            said = [words(deed, {}) for deed in LOGGED]
        assert len(set(said)) == len(LOGGED)
        assert not set(said) & set(LOGGED)


def test_roles_and_minutes_are_told(site: Flask) -> None:
    from elearn.web.deeds import words

    with site.test_request_context():
        assert "Formatrice" in words("role changed", {"to": "trainer"})
        assert words("link handed over", {"minutes": 30}).endswith("30 min")
        assert words("link handed over", {"minutes": 4320}).endswith("72 h")
        assert words("role changed", {"to": "<b>"}) == words("role changed", {})


def test_by_deed_and_by_person(emile: Browser, site: Flask) -> None:
    rosa = account(site, "rosa", "Rosa Ünlü")
    account(site, "rosalie", "Rosalie")
    open_file(emile, rosa)
    page = emile.get(f"{LIST}?deed=file+looked+at")
    assert "1 entrée " in page.text
    page = emile.get(f"{LIST}?q=UNLU")
    assert "2 entrées" in page.text and "Entrées de rosa" in page.text
    page = emile.get(f"{LIST}?q=rosa")
    assert "Plusieurs personnes portent ce nom" in page.text
    assert "1 entrée " in page.follow("Rosalie").text
    assert "Aucune entrée" in emile.get(f"{LIST}?q=%25%25").text
    assert emile.get(f"{LIST}?deed=nonsense&person=%00").status == 200


def test_an_account_that_is_gone_is_called_so(emile: Browser, site: Flask) -> None:
    from elearn.store.accounts import Person
    from elearn.store.base import db

    uid = account(site, "rosa", "Rosa")
    with site.app_context(), db.engine.begin() as connection:
        connection.execute(Person.__table__.delete().where(Person.uid == uid))
    page = emile.get(f"{LIST}?person={uid}")
    assert "compte effacé" in page.text and uid not in page.text


def test_pages_cost_the_same_with_ten_entries_and_with_a_thousand(emile: Browser, site: Flask) -> None:
    costs = []
    for many in (10, 1000):
        fill(site, many)
        with counting(site) as statements:
            page = emile.get(LIST)
        costs.append(len(statements))
    assert costs == [4, 4]
    assert "Page 1 sur 41" in page.text
    assert "Page 41 sur 41" in emile.get(f"{LIST}?page=10000").text


def test_the_chain_is_whole(emile: Browser) -> None:
    page = chain_form(emile).submit()
    assert page.status == 200 and "La chaîne est intacte" in page.text


@pytest.mark.skipif(ON_POSTGRESQL, reason="breaks the chain by dropping a trigger of SQLite")
def test_asvs_16_4_2_a_changed_entry_is_seen(emile: Browser, site: Flask) -> None:
    from elearn.store.base import db

    fill(site, 5)
    with site.app_context(), db.engine.begin() as connection:
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text("UPDATE audit_entry SET deed = 'restored' WHERE id = 3"))
    page = chain_form(emile).submit()
    assert "La chaîne est rompue à l'entrée 3" in page.text


def test_reading_it_all_is_not_done_without_end(emile: Browser) -> None:
    form = chain_form(emile)
    assert {form.submit().status for _ in range(20)} == {200}
    assert form.submit().status == 429


def test_without_its_token_the_chain_is_not_read(emile: Browser) -> None:
    assert chain_form(emile).submit(csrf_token="").status == 400
