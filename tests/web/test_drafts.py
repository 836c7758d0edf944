"""Half an answer is kept, shown again on any device, and never overwrites what another tab or device kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from elearn.services.publishing import publish_files
from elearn.store.base import db, now
from elearn.store.learning import Draft, Enrolment, Reflection, Step
from tests import world
from tests.browse import FORGED, Browser, Form, Page
from tests.conftest import ON_POSTGRESQL
from tests.web.test_cost import counting
from tests.web.test_scenario import SCENARIO
from tests.web.test_section import WITH_GROUP, choose, edit

SECTION = "/learning/reperes/ecouter/se-taire"
VERIFY = "/learning/reperes/ecouter/verifier"
WALK = "/learning/reperes/parler/que-dire"
BEGUN = "Réponse commencée, pas encore vérifiée"


def question(page: Page, name: str = "qui-decide") -> Form:
    return page.form(f"/{name}/attempts")


def address(form: Form) -> str:
    return form.action.replace("/attempts", "/drafts")


def keep(form: Form, **fields: Any) -> Page:
    """Press « Garder sans vérifier »."""
    buttons = [one for one in form.buttons() if one.get("formaction")]
    assert [" ".join("".join(one.itertext()).split()) for one in buttons] == ["Garder sans vérifier"]
    return form.page.browser.send("post", address(form), {**form.values(), **fields})


def save(form: Form, **fields: Any) -> Any:
    """What the script of the page sends."""
    data = {**form.values(), **fields, "quiet": "1"}
    return form.page.browser.client.post(address(form), data=data, headers=FORGED)


def ticked(page: Page, name: str = "qui-decide") -> list[str]:
    boxes = question(page, name).element.iter("input")
    return [one.get("value") or "" for one in boxes if one.get("checked") is not None]


def rows(app: Flask, table: Any) -> list[Any]:
    with app.app_context(), db.engine.connect() as connection:
        return list(connection.execute(select(table.__table__)))


def test_it_works(benoit: Browser, site: Flask) -> None:
    page = keep(question(benoit.get(SECTION)), answer="1")
    assert page.path == SECTION and BEGUN in page.text and "à l'instant" in page.text
    assert ticked(page) == ["1"]
    assert ticked(benoit.get(SECTION)) == ["1"], "on any device, since it is the server's"
    assert "C'est juste" not in page.text and rows(site, Step) == [], "half an answer is none yet"


def test_a_script_is_told_what_the_page_knows_now(benoit: Browser, site: Flask) -> None:
    form = question(benoit.get(SECTION))
    assert form.values()["base"] == ["0.0"]
    answer = save(form, answer="1")
    assert (answer.status_code, answer.get_data(), answer.headers["Draft-Base"]) == (204, b"", "0.1")
    assert save(form, answer="1").headers["Draft-Base"] == "0.1", "the same again is kept already"
    assert save(form, answer="2", base="0.1").headers["Draft-Base"] == "0.2"
    assert [(one.response, one.revision) for one in rows(site, Draft)] == [([["answer", "2"]], 2)]


def test_a_visitor_keeps_nothing_and_loses_nothing(visitor: Browser, site: Flask) -> None:
    form = question(visitor.get(SECTION))
    assert "base" not in form.values() and not any(one.get("formaction") for one in form.buttons())
    page = visitor.send("post", address(form), {**form.values(), "answer": "1"})
    assert page.status == 200 and ticked(page) == ["1"] and BEGUN not in page.text
    assert save(form, answer="1").status_code == 204
    assert rows(site, Draft) == [] and rows(site, Enrolment) == []


def test_the_answer_takes_its_draft_away(benoit: Browser, site: Flask) -> None:
    page = keep(question(benoit.get(SECTION)), answer="1")
    page = keep(question(page, "gestes"), answer=["0"])
    assert len(rows(site, Draft)) == 2
    page = question(page).submit()
    assert BEGUN in page.text, "the other one is still begun"
    assert [one.question for one in rows(site, Draft)] == ["gestes"]
    assert len(rows(site, Step)) == 1 and question(page).values()["base"] == ["1.0"]


@pytest.mark.parametrize(
    ("path", "name", "fields"),
    [
        (SECTION, "gestes", {"answer": ["0", "2"]}),
        (VERIFY, "taire-ecouter", {"answer": ["1"]}),
        (VERIFY, "ordre", {"place-0": ["1"], "place-1": [""], "place-2": ["1"]}),
        (WALK, "relier", {"pair-0": ["2"], "pair-1": [""], "pair-2": [""]}),
    ],
)
def test_every_kind_is_shown_as_it_was_left(
    benoit: Browser, path: str, name: str, fields: dict[str, list[str]]
) -> None:
    keep(question(benoit.get(path), name), **fields)
    values = question(benoit.get(path), name).values()
    assert {field: values[field] for field in fields} == fields


def test_two_tabs_never_overwrite_what_was_begun(benoit: Browser, site: Flask) -> None:
    one, other = (question(benoit.get(SECTION)) for _ in range(2))
    words = choose(one, "L'équipe") + choose(one, "Moi")
    save(one, answer=words[0])
    page = keep(other, answer=words[1])
    assert page.status == 409
    assert "Commencée ailleurs" in page.text and "rien n'est remplacé" in page.text
    (kept,) = (one for one in question(page).element.iter("p") if one.get("class") == "reply")
    assert "".join(kept.itertext()).strip() == "L'équipe.", "what was kept elsewhere, in words"
    assert ticked(page) == [words[1]], "what was sent, in the fields"
    assert rows(site, Draft)[0].response == [["answer", words[0]]]
    assert save(other, answer=words[1]).status_code == 409
    again = question(page)
    keeping = [one for one in again.buttons() if "Garder celle de cette page" in "".join(one.itertext())]
    assert keeping[0].get("formaction") == address(again) + "#qui-decide"
    page = benoit.send("post", address(again), again.values())
    assert page.status == 200 and rows(site, Draft)[0].response == [["answer", words[1]]]


def test_the_other_version_can_be_taken(benoit: Browser) -> None:
    one, other = (question(benoit.get(SECTION)) for _ in range(2))
    save(one, answer="0")
    page = keep(other, answer="2").follow("Prendre l'autre")
    assert page.path == SECTION and ticked(page) == ["0"]


def test_nothing_begun_before_the_correction_is_kept_after_it(benoit: Browser, site: Flask) -> None:
    one, other = (question(benoit.get(SECTION)) for _ in range(2))
    one.submit(answer=choose(one, "La personne"))
    assert save(other, answer="2").status_code == 409
    page = keep(other, answer="2")
    assert page.status == 409 and "Déjà donnée" in page.text and "C'est juste." in page.text
    assert "La personne." in [" ".join("".join(li.itertext()).split()) for li in question(page).element.iter("li")]
    assert rows(site, Draft) == []


def test_back_edit_send_shows_both_and_overwrites_nothing(benoit: Browser, site: Flask) -> None:
    page = benoit.get(SECTION)
    before = question(page)
    given, later = choose(before, "L'équipe"), choose(before, "Moi")
    before.submit(answer=given)
    page = before.submit(answer=later, idempotency_key="k" * 22)
    assert page.status == 409 and "Vous avez répondu à cette question ailleurs" in page.text
    assert "Déjà donnée" in page.text and "Pas encore." in page.text and ticked(page) == later
    assert len(rows(site, Step)) == 1
    fresh = question(page)
    assert fresh.values()["base"] == ["1.0"] and fresh.values()["idempotency_key"] != ["k" * 22]
    page = fresh.submit()
    assert page.status == 200 and "ce n'est pas mon histoire" in page.text
    assert len(rows(site, Step)) == 2


def test_a_form_with_other_words_shows_both_and_can_be_sent_again(benoit: Browser, site: Flask) -> None:
    form = question(benoit.get(SECTION))
    form.submit(answer=choose(form, "L'équipe"))
    page = form.submit(answer=choose(form, "Moi"))
    assert page.status == 409 and "Déjà donnée" in page.text and "L'équipe." in page.text
    assert question(page).submit().status == 200
    assert len(rows(site, Step)) == 2


def test_the_same_form_again_leads_to_the_same_place_however_old_it_is(benoit: Browser, site: Flask) -> None:
    form = question(benoit.get(SECTION))
    form.submit(answer="0")
    question(benoit.get(SECTION)).submit(answer="1")
    page = form.submit(answer="0")
    assert page.status == 200 and page.path == SECTION
    assert len(rows(site, Step)) == 2


@pytest.mark.parametrize("base", ["", "0", "x.y", "-1.0", "0.0.0", "9999999999.0", "٠.٠", "0.0\x00"])
def test_a_base_that_cannot_be_read_is_no_check_of_an_answer(benoit: Browser, site: Flask, base: str) -> None:
    form = question(benoit.get(SECTION))
    assert save(form, answer="1", base=base).headers["Draft-Base"] == "0.1", "and 0.0 for a draft"
    question(benoit.get(SECTION)).submit(answer="1")
    assert form.submit(answer="0", base=base).status == 200
    assert len(rows(site, Step)) == 2
    assert save(form, answer="2", base=base).status_code == 409


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"answer": ["1"] * 201}, "ne correspond pas"),
        ({"answer": "x" * 2001}, "La réponse est trop longue"),
        ({"answer": "a\x00b"}, "ne peut pas être gardé"),
    ],
)
def test_what_cannot_be_kept_says_why(benoit: Browser, site: Flask, fields: dict[str, Any], message: str) -> None:
    form = question(benoit.get(SECTION))
    assert save(form, **fields).status_code == 422
    assert message in keep(form, **fields).text
    assert rows(site, Draft) == []


def test_an_ended_session_keeps_nothing_and_says_so(benoit: Browser, site: Flask) -> None:
    form = question(benoit.get(SECTION))
    benoit.client.delete_cookie("__Host-elearn", domain="localhost")
    assert save(form, answer="1").status_code == 401
    page = keep(form, answer="1")
    assert page.status == 422 and "La connexion est fermée" in page.text and ticked(page) == ["1"]
    assert question(page).values()["base"] == ["0.0"], "what the page knew stays with it"
    assert rows(site, Draft) == []


def test_a_draft_costs_two_reads_and_one_transaction(benoit: Browser, site: Flask) -> None:
    save(question(benoit.get(SECTION)), answer="0")
    form, commits = question(benoit.get(SECTION)), list[int]()

    def note(_connection: object) -> None:
        commits.append(1)

    with site.app_context():
        engine = db.engine
    event.listen(engine, "commit", note)
    with counting(site) as statements:
        assert save(form, answer="1").status_code == 204
    event.remove(engine, "commit", note)
    reads = [one for one in statements if one.startswith("SELECT") and "FOR UPDATE" not in one]
    assert len(reads) == 2 and len(commits) == 1
    assert len(statements) - len(reads) == 1 + int(ON_POSTGRESQL)
    with counting(site) as statements:
        assert len(ticked(benoit.get(SECTION))) == 1
    assert len(statements) == 2, "a page with a draft costs what another costs"


def test_a_draft_of_an_edited_question_is_told_and_not_put_into_the_fields(site: Flask, benoit: Browser) -> None:
    form = question(benoit.get(SECTION))
    keep(form, answer=choose(form, "Moi"))
    edit(site, world.ECOUTER_FR.replace("Le silence laisse", "Un silence laisse"), now())
    assert ticked(benoit.get(SECTION)) == choose(form, "Moi"), "an edit elsewhere on the page changes nothing"
    edit(site, WITH_GROUP, now())
    page = benoit.get(SECTION)
    assert ticked(page) == [] and "puis la question a changé" in page.text
    assert "Moi." in [" ".join("".join(li.itertext()).split()) for li in question(page).element.iter("li")]


def test_a_draft_is_nobody_elses(benoit: Browser, chloe: Browser) -> None:
    keep(question(benoit.get(SECTION)), answer="1")
    assert ticked(chloe.get(SECTION)) == []


@pytest.fixture
def scenario(site: Flask) -> Flask:
    with site.app_context():
        files = world.site({"courses/reperes/02-parler/fr.md": world.PARLER_FR + SCENARIO})
        assert publish_files(files, site.config["ELEARN"].instance, world.AT).problems == ()
    return site


def test_each_choice_of_a_scenario_is_kept_as_it_is_made(scenario: Flask, signed_in: Callable[[str], Browser]) -> None:
    phone = signed_in("Benoît")
    page = question(phone.get(WALK), "nour").submit(answer="0")
    assert "Nour n'avait pas tout dit" in page.text and question(page, "nour").values()["base"] == ["0.1"]
    assert rows(scenario, Draft)[0].response == [["path", "0"]]
    page = phone.get(WALK)
    assert "Votre choix : « Tu devrais sortir. »" in page.text and "J'insiste." in page.text
    page = question(page, "nour").submit(answer="0")
    assert rows(scenario, Draft)[0].response == [["path", "0.0"]] and rows(scenario, Step) == []
    page = question(page, "nour").submit(answer="1")
    assert "Vous êtes au bout de ce chemin" in page.text
    assert rows(scenario, Draft) == [] and [one.response for one in rows(scenario, Step)] == [[0, 0, 1]]


def test_a_scenario_walked_on_two_pages_shows_both_ways(benoit: Browser, scenario: Flask) -> None:
    question(benoit.get(WALK), "nour").submit(answer="0")
    one, other = (question(benoit.get(WALK), "nour") for _ in range(2))
    one.submit(answer="0")
    page = benoit.send("post", other.action, {**other.values(), "back": "1"})
    assert page.status == 409 and "Commencée ailleurs" in page.text
    listed = [" ".join("".join(li.itertext()).split()) for li in question(page, "nour").element.iter("li")]
    assert [one.rpartition(": ")[2] for one in listed[:2]] == ["« Tu devrais sortir. »", "Je me reprends."]
    assert rows(scenario, Draft)[0].response == [["path", "0.0"]]


def texts(page: Page) -> str:
    return "".join(page.all("textarea")[0].itertext()).lstrip("\n")


def test_a_private_text_is_kept_sealed_as_it_is_written(benoit: Browser, site: Flask) -> None:
    form = question(benoit.get(VERIFY), "une-fois")
    assert save(form, text="canari-8").status_code == 422, "not without the consent"
    assert rows(site, Reflection) == []
    assert save(form, text="canari-8", consent="yes").headers["Draft-Base"] == "1"
    assert save(form, text="canari-8").headers["Draft-Base"] == "1", "the same again is kept already"
    assert save(form, text="canari-8 et après", revision="1").headers["Draft-Base"] == "2"
    assert save(form, text="", revision="2").headers["Draft-Base"] == "2"
    assert save(form, text=" \n", revision="2").status_code == 204
    assert texts(benoit.get(VERIFY)) == "canari-8 et après", "an emptied field deletes nothing"
    assert len(rows(site, Step)) == 1, "one step says that something was written"
    assert rows(site, Draft) == [] and b"canari" not in rows(site, Reflection)[0].sealed


def test_a_private_text_of_an_older_page_is_shown_beside_the_newer(benoit: Browser) -> None:
    one, other = (question(benoit.get(VERIFY), "une-fois") for _ in range(2))
    save(one, text="du téléphone", consent="yes")
    assert save(other, text="de l'ordinateur").status_code == 409
    page = benoit.send("post", address(other), {**other.values(), "text": "de l'ordinateur"})
    assert page.status == 409 and texts(page) == "de l'ordinateur" and "du téléphone" in page.text
    assert texts(page.follow("Prendre l'autre")) == "du téléphone"


def test_a_visitor_writes_no_private_text(visitor: Browser, site: Flask) -> None:
    document = question(visitor.get(VERIFY), "ordre").values()["document"]
    fields = {"document": document, "text": "canari-9", "consent": "yes"}
    page = visitor.send("post", f"{VERIFY}/une-fois/drafts", fields)
    assert page.status == 200 and rows(site, Reflection) == []
    assert "canari-9" not in page.text
