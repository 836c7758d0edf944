"""« À revoir » : what one tried and has not got right yet, what one was sure of first, and nobody else's."""

import pytest
from flask import Flask

from tests.browse import Browser, Page
from tests.web.test_cost import counting
from tests.web.test_course import finish
from tests.web.test_feedback import HERE, LAST, answer, choose, publish, question

REVIEW = "/learning/reperes/review"


@pytest.fixture
def site(site: Flask) -> Flask:
    publish(site)
    return site


def after(page: Page, words: str) -> str:
    """What stands below a heading."""
    return page.text.partition(words)[2]


def test_it_works(benoit: Browser) -> None:
    form = question(benoit.get(HERE), "qui")
    form.submit(answer=choose(form, "L'équipe"), confidence="3")
    form = question(benoit.get(HERE), "gestes")
    form.submit(answer=choose(form, "Attendre"))
    answer(benoit, LAST, "mot", answer="espoir")
    page = benoit.get("/learning/reperes").follow("À revoir")
    assert page.path == REVIEW and page.status == 200
    first = after(page, "Vous en étiez sûr ou sûre : regardez-les d'abord")
    assert first.index("Qui décide ?") < first.index("Les autres") < first.index("Quels gestes ?")
    assert "À relire : Lire d'abord" in first
    assert "Le mot" not in page.text and "L'ordre" not in page.text, "neither what is right nor what was not tried"
    assert page.follow("Qui décide ?").path == HERE
    assert any((one.get("href") or "").endswith("/essayez#qui") for one in page.all("a"))


def test_what_has_become_right_leaves_it(benoit: Browser) -> None:
    form = question(benoit.get(HERE), "qui")
    page = form.submit(answer=choose(form, "L'équipe"), confidence="3")
    assert "Qui décide ?" in benoit.get(REVIEW).text
    form = question(page, "qui")
    form.submit(answer=choose(form, "La personne"))
    page = benoit.get(REVIEW)
    assert "Qui décide ?" not in page.text
    assert "Rien à revoir pour l'instant : tout ce que vous avez essayé est juste." in page.text


def test_nothing_yet_is_said_kindly(benoit: Browser) -> None:
    assert "vous n'avez encore répondu à rien" in benoit.get(REVIEW).text


def test_it_is_ones_own_alone(benoit: Browser, chloe: Browser, visitor: Browser) -> None:
    form = question(benoit.get(HERE), "qui")
    form.submit(answer=choose(form, "L'équipe"), confidence="3")
    assert "Qui décide" not in chloe.get(REVIEW).text
    assert visitor.get(REVIEW).path.startswith("/accounts/sign-in")


def test_it_costs_two_statements_and_writes_nothing(site: Flask, benoit: Browser) -> None:
    form = question(benoit.get(HERE), "qui")
    form.submit(answer=choose(form, "L'équipe"), confidence="3")
    benoit.get(REVIEW)
    with counting(site) as statements:
        assert benoit.client.get(REVIEW).status_code == 200
    assert len(statements) <= 2 and all(one.startswith("SELECT") for one in statements), statements


def test_it_stays_where_a_course_is_finished(benoit: Browser) -> None:
    finish(benoit)
    assert "Rien à revoir" in benoit.get(REVIEW).text


def test_it_speaks_english(benoit: Browser) -> None:
    benoit.get("/").form("/language").submit(language="en")
    form = question(benoit.get(HERE), "qui")
    form.submit(answer=choose(form, "The team"), confidence="3")
    page = benoit.get(REVIEW)
    assert (
        page.heading() == "To look at again" and "You were sure of these" in page.text and "Who decides?" in page.text
    )
