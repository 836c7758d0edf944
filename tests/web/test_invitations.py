"""Invitations: making, showing and closing one; the page that an address or a typed code leads to."""

import logging
import re
from collections.abc import Callable

import pytest
from flask import Flask

from elearn.services import transaction
from elearn.store.base import db
from tests.browse import FORGED, Browser, Page
from tests.web.groups import address, group, invitation, join
from tests.web.papers import body

Enter = Callable[[str], Browser]
NOBODY = "/cohorts/join/7ZZZZZZZZZZZZZZZZZZZZZZZZZ"


@pytest.fixture
def ada(signed_in: Enter) -> Browser:
    return signed_in("Ada")


def test_it_works(ada: Browser, benoit: Browser) -> None:
    sheet = invitation(group(ada))
    assert "Ouverte" in sheet.text and "Places prises : 0 sur 30" in sheet.text
    assert "<svg" in sheet.response.get_data(as_text=True)
    page = join(benoit, sheet)
    assert page.path == "/learning/reperes?told=joined"
    assert "Places prises : 1 sur 30" in ada.get(sheet.path).text
    assert "Benoît" in ada.get("/cohorts/").follow("Mardi soir").text


def test_opening_it_changes_nothing(ada: Browser, benoit: Browser, visitor: Browser) -> None:
    sheet = invitation(group(ada))
    for browser in (benoit, visitor):
        page = browser.get(address(sheet))
        assert page.status == 200
        assert page.response.headers["Cache-Control"] == "no-store"
        assert "noindex" in page.response.headers["X-Robots-Tag"]
    assert "0 sur 30" in ada.get(sheet.path).text


def test_it_says_who_will_see_what(ada: Browser, benoit: Browser) -> None:
    text = benoit.get(address(invitation(group(ada)))).text
    assert "Mardi soir" in text and "Premiers repères" in text
    assert "Jamais vos réponses" in text


def test_a_newcomer_makes_an_account_and_comes_back(ada: Browser, visitor: Browser) -> None:
    path = address(invitation(group(ada)))
    page = beside(visitor, path, "/accounts/sign-up")
    page = page.form("/sign-up").submit(sign_in_name="farid", password="lampe ronde tabouret")
    assert page.path == path
    page = page.form(path).submit()
    assert page.path == "/learning/reperes?told=joined" and "votre invitation est acceptée" in page.text
    assert "Votre groupe Mardi soir" in visitor.get("/accounts/").text


def test_someone_with_an_account_signs_in_and_comes_back(ada: Browser, visitor: Browser) -> None:
    path = address(invitation(group(ada)))
    page = visitor.get("/accounts/sign-up").form("/sign-up")
    page.submit(sign_in_name="farid", password="lampe ronde tabouret")
    visitor.client.delete_cookie("__Host-elearn", domain="localhost")
    page = (
        visitor.get(path)
        .follow("J'ai un compte")
        .form("/sign-in")
        .submit(name="farid", password="lampe ronde tabouret")
    )
    assert page.path == path


def beside(browser: Browser, path: str, way: str) -> Page:
    """The page that an invitation leads to, not the one of the menu."""
    return browser.get(next(one for one in browser.get(path).links if one.startswith(f"{way}?next=")))


def test_joining_twice_counts_once(ada: Browser, benoit: Browser) -> None:
    sheet = invitation(group(ada))
    page = benoit.get(address(sheet))
    for _ in range(2):
        assert page.form(address(sheet)).submit().path == "/learning/reperes?told=joined"
    assert "C'est déjà fait" in benoit.get(address(sheet)).text
    assert "1 sur 30" in ada.get(sheet.path).text


def test_a_course_alone(ada: Browser, benoit: Browser) -> None:
    form = ada.get("/cohorts/invitations").follow("Nouvelle invitation").form("/invitations")
    sheet = form.submit(into="course:reperes")
    assert "Relations et écoute" in sheet.text, "a sheet that lies about shows the discreet title"
    for _ in range(2):
        benoit.client.post(address(sheet), data=token(benoit), headers=FORGED)
    assert "1 sur 30" in ada.get(sheet.path).text
    assert "Benoît" not in ada.get("/cohorts/").text


def token(browser: Browser) -> dict[str, str]:
    form = browser.get("/accounts/").form("/sign-out")
    return {"csrf_token": form.values()["csrf_token"][0]}


def test_the_typed_code_leads_to_the_same_page(ada: Browser, visitor: Browser) -> None:
    sheet = invitation(group(ada))
    shown = next(one for one in sheet.all("dd") if one.get("class") == "code")
    typed = "".join(shown.itertext()).lower().replace("0", "o").replace("1", "l")
    page = visitor.get("/cohorts/join").form("/cohorts/join").submit(code=typed)
    assert page.path == address(sheet)


@pytest.mark.parametrize("typed", ["court", "x" * 26, "é" * 26, "<script>" * 5])
def test_a_code_that_cannot_be_one(visitor: Browser, typed: str) -> None:
    page = visitor.get("/cohorts/join").form("/cohorts/join").submit(code=typed)
    assert page.path == "/cohorts/join"
    assert "26 lettres et chiffres" in page.text


def spoil(site: Flask, sheet: str, statement: str) -> None:
    """Change the invitation of a sheet behind the pages' back."""
    uid = sheet.rpartition("/")[2]
    with site.app_context():
        transaction.run(lambda tx: tx.connection().exec_driver_sql(f"{statement} WHERE uid = '{uid}'"))


ENDED = "UPDATE invitation SET expires_at = '2020-01-01 00:00:00'"
FULL = "UPDATE invitation SET used = most"
GONE = "UPDATE invitation SET course = 'ailleurs'"


def test_asvs_6_3_8_ended_closed_full_and_unknown_invitations_answer_alike(
    ada: Browser, benoit: Browser, visitor: Browser, site: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    page = group(ada)
    refused = {"unknown": NOBODY}
    for name, statement in (("ended", ENDED), ("full", FULL), ("gone", GONE)):
        sheet = invitation(page)
        spoil(site, sheet.path, statement)
        refused[name] = address(sheet)
    sheet = invitation(page)
    sheet.form("/closure").submit()
    refused["closed"] = address(sheet)
    other = group(ada, "Jeudi")
    sheet = invitation(other)
    other.follow("Réglages").form("/closure").submit()
    refused["closed too"] = address(sheet)
    with caplog.at_level(logging.WARNING, "elearn"):
        answers = {name: visitor.get(path) for name, path in refused.items()}
        sent = [benoit.client.post(path, data=token(benoit), headers=FORGED) for path in refused.values()]
    assert {one.status for one in answers.values()} == {410} == {one.status_code for one in sent}
    assert len({body(one) for one in answers.values()}) == 1
    assert {re.sub(rb'nonce="[^"]+"', b"", one.get_data()) for one in sent} == {body(answers["unknown"])}
    told = [record.fields["code"] for record in caplog.records if record.msg == "invitation refused"]  # type: ignore[attr-defined]
    assert sorted(set(told)) == ["closed", "ended", "full", "gone", "unknown"]
    assert "Benoît" not in ada.get(page.path).text


def test_asvs_2_4_1_guesses_are_slowed_and_a_class_is_not(ada: Browser, site: Flask, visitor: Browser) -> None:
    sheet = invitation(group(ada))
    for _ in range(70):
        assert visitor.get(address(sheet)).status == 200
    statuses = [visitor.get(NOBODY).status for _ in range(62)]
    assert statuses[:60] == [410] * 60 and statuses[-1] == 429
    elsewhere = Browser(site)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    assert elsewhere.get(address(sheet)).status == 200


@pytest.mark.parametrize(
    "changes", [{"days": "0"}, {"days": "121"}, {"most": "0"}, {"most": "501"}, {"most": "beaucoup"}]
)
def test_asvs_2_2_1_numbers_out_of_bounds(ada: Browser, changes: dict[str, str]) -> None:
    page = group(ada).follow("Inviter des personnes").form("/invitations").submit(**changes)
    assert page.status == 422
    assert "Un nombre de 1 à" in page.text
    assert "Pas encore d'invitation" in ada.get("/cohorts/invitations").text


def test_asvs_2_2_3_into_something_that_is_not_offered(ada: Browser, signed_in: Enter) -> None:
    form = group(ada).follow("Inviter des personnes").form("/invitations")
    foreign = group(signed_in("Dalia"), "Groupe de Dalia").path.rpartition("/")[2]
    for into in ("course:ailleurs", f"cohort:{foreign}", ""):
        page = form.submit(into=into)
        assert page.status == 422 and "Choisissez dans la liste" in page.text


def test_the_same_form_makes_one_invitation(ada: Browser) -> None:
    form = group(ada).follow("Inviter des personnes").form("/invitations")
    assert form.submit().path == form.submit().path


def test_closing_twice_changes_nothing(ada: Browser) -> None:
    sheet = invitation(group(ada))
    form = sheet.form("/closure")
    assert "ne fait plus entrer personne" in form.submit().text
    assert form.submit().status == 200


def test_another_trainer_sees_and_closes_nothing(ada: Browser, signed_in: Enter) -> None:
    sheet = invitation(group(ada))
    dalia = signed_in("Dalia")
    assert dalia.get(sheet.path).status == 404
    assert dalia.client.post(f"{sheet.path}/closure", data=token(dalia), headers=FORGED).status_code == 404
    assert "Pas encore d'invitation" in dalia.get("/cohorts/invitations").text
    assert "Ouverte" in ada.get(sheet.path).text


def test_the_database_does_not_hold_the_code(ada: Browser, site: Flask) -> None:
    sheet = invitation(group(ada))
    code = address(sheet).rpartition("/")[2]
    with site.app_context(), db.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM invitation").all()
    assert rows and code not in str(rows)


def test_a_leader_who_opens_their_own_invitation_takes_no_place(ada: Browser) -> None:
    sheet = invitation(group(ada))
    assert "C'est déjà fait" in ada.get(address(sheet)).text
    assert "0 sur 30" in ada.get(sheet.path).text
