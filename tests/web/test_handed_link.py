"""A link that a trainer hands over: shown once, for one's own trainees only, told to the person."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from elearn.services import accounts, transaction
from elearn.services.audit import By
from elearn.store.base import db, now
from tests.browse import FORGED, Browser, Page
from tests.web.groups import group, invitation, join, member

Enter = Callable[[str], Browser]


@pytest.fixture
def ada(signed_in: Enter) -> Browser:
    return signed_in("Ada")


@pytest.fixture
def page(ada: Browser, benoit: Browser) -> Page:
    """Benoît's page, as Ada sees it."""
    made = group(ada)
    join(benoit, invitation(made))
    return member(ada, made, "Benoît")


def code(page: Page) -> str:
    shown = next(one for one in page.all("dd") if one.get("class") == "code")
    return "".join(shown.itertext()).replace(" ", "")


@pytest.mark.parametrize(("how", "words"), [("screen", "dans les trente minutes"), ("paper", "avant le")])
def test_it_works(page: Page, site: Flask, how: str, words: str) -> None:
    handed = page.form("/links").submit(how=how)
    assert handed.status == 200
    assert handed.response.headers["Cache-Control"] == "no-store"
    assert words in handed.text and "une seule fois" in handed.text
    assert "<svg" in handed.response.get_data(as_text=True)
    sheet = handed.all("section")[0]
    assert "Benoît" not in "".join(sheet.itertext()), "a sheet that is lost names nobody"
    newcomer = Browser(site)
    entered = newcomer.get(f"/accounts/links/{code(handed)}").form("/links/" + code(handed)).submit()
    assert entered.status == 200
    assert "Benoît" in newcomer.get("/accounts/").text


def test_the_trainer_is_asked_to_make_sure_who_it_is(page: Page) -> None:
    assert "Assurez-vous que c'est bien elle" in page.text


def test_the_sheet_speaks_the_language_of_the_person(page: Page, benoit: Browser) -> None:
    benoit.get("/accounts/").form("/language").submit(language="en")
    handed = page.form("/links").submit(how="paper")
    assert handed.all("section")[0].get("lang") == "en"
    assert "It works once, before" in handed.text
    assert handed.heading() == "Lien pour Benoît"


def test_the_same_form_again_makes_no_other_link(page: Page, site: Flask) -> None:
    form = page.form("/links")
    assert form.submit(how="paper").status == 200
    again = form.submit(how="paper")
    assert again.status == 409
    assert "Ce lien a déjà été remis" in again.text and not again.all("svg", class_="segno")
    with site.app_context(), db.engine.connect() as connection:
        count = "SELECT count(*) FROM audit_entry WHERE deed = 'link handed over' AND actor != ''"
        assert connection.exec_driver_sql(count).scalar_one() == 1
    assert again.form("/links").submit(how="paper").status == 200


def test_the_person_is_told(page: Page, site: Flask) -> None:
    page.form("/links").submit(how="screen")
    with site.app_context(), db.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT e.told, e.facts, p.chosen_name FROM audit_entry e JOIN person p ON p.uid = e.subject "
            "WHERE e.deed = 'link handed over' AND e.actor != ''"
        ).all()
    assert [(row.told, row.chosen_name) for row in rows] == [(1, "Benoît")]
    assert "minutes" in rows[0].facts and "Benoît" not in rows[0].facts


def test_asvs_2_3_2_twenty_links_an_hour(page: Page) -> None:
    for _ in range(20):
        assert page.browser.get(page.path).form("/links").submit(how="screen").status == 200
    slowed = page.browser.get(page.path).form("/links").submit(how="screen")
    assert slowed.status == 429
    assert "Vingt liens en une heure" in slowed.text


def test_asvs_7_5_1_the_password_must_be_recent(page: Page, site: Flask) -> None:
    form = page.form("/links")
    with site.app_context():
        old = "UPDATE sign_in SET confirmed_at = '2020-01-01 00:00:00'"
        transaction.run(lambda tx: tx.connection().exec_driver_sql(old))
    answer = page.browser.client.post(form.action, data=form.values() | {"how": "screen"}, headers=FORGED)
    assert answer.status_code != 200 and b"segno" not in answer.get_data()
    with site.app_context(), db.engine.connect() as connection:
        count = "SELECT count(*) FROM audit_entry WHERE deed = 'link handed over' AND actor != ''"
        assert connection.exec_driver_sql(count).scalar_one() == 0


@pytest.mark.parametrize("role", ["trainer", "admin"])
def test_asvs_8_2_2_no_trainer_hands_a_link_to_staff(page: Page, site: Flask, signed_in: Enter, role: str) -> None:
    form = page.form("/links")
    with site.app_context():
        accounts.change_role("Benoît", role, By(now()))
    assert "Ce n'est pas possible pour ce compte" in page.browser.get(page.path).text
    assert form.submit(how="screen").status == 404
    assert (signed_in("Émile").get(page.path).text.count("Sur cet écran") == 1) == (role == "trainer")


def test_asvs_8_2_2_no_trainer_hands_a_link_to_the_trainee_of_another(page: Page, signed_in: Enter) -> None:
    dalia = signed_in("Dalia")
    own = group(dalia, "Groupe de Dalia").path
    person = page.path.rpartition("/")[2]
    data = {"csrf_token": dalia.get("/accounts/").form("/sign-out").values()["csrf_token"], "how": "screen"}
    for path in (f"{page.path}/links", f"{own}/members/{person}/links"):
        answer = dalia.client.post(path, data={**data, "idempotency_key": "k" * 16}, headers=FORGED)
        assert answer.status_code == 404


def test_no_link_for_a_suspended_account(page: Page, site: Flask) -> None:
    form = page.form("/links")
    with site.app_context():
        accounts.deactivate("Benoît", By(now()))
    assert form.submit(how="screen").status == 404


def test_no_link_after_they_left(page: Page) -> None:
    form = page.form("/links")
    page.form("/removal").submit()
    assert form.submit(how="screen").status == 404


@pytest.mark.parametrize("changes", [{"how": "mail"}, {"idempotency_key": "x"}])
def test_a_form_that_was_tampered_with(page: Page, changes: dict[str, str]) -> None:
    assert page.form("/links").submit(**{"how": "screen", **changes}).status == 400


def test_the_code_is_nowhere_kept(page: Page, site: Flask) -> None:
    token = code(page.form("/links").submit(how="paper"))
    with site.app_context(), db.engine.connect() as connection:
        for table in ("sign_in_link", "audit_entry", "idempotency"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            assert rows and not re.search(token, str(rows))
