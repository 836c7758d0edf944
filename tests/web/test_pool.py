"""Pools: each person is asked some of the questions, always the same, and only those count."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from elearn.core.completion import course_progress, facts_from_state
from elearn.services import learning
from elearn.services.publishing import publish_files
from elearn.store.base import db
from elearn.store.learning import overview
from tests import world
from tests.browse import Browser, Page
from tests.web.test_cost import counting
from tests.web.test_course import finish

SECTION = "/learning/reperes/parler/que-dire"
NAMES = [f"phrase-{n}" for n in range(8)]
QUESTIONS = "".join(
    f"\n#### Phrase {n} {{.vrai-faux #{name}}}\n\n> **Réponse :** vrai\n\n> **Explication :** oui.\n"
    for n, name in enumerate(NAMES)
)
POOL = f"\n### Banque : des phrases {{.banque #phrases tirage=2}}\n\nDeux phrases pour vous.\n{QUESTIONS}"


def publish(site: Flask, text: str) -> None:
    with site.app_context():
        files = world.site({"courses/reperes/02-parler/fr.md": world.PARLER_FR + text})
        outcome = publish_files(files, site.config["ELEARN"].instance, world.AT)
    assert outcome.problems == ()


@pytest.fixture
def site(site: Flask) -> Flask:
    publish(site, POOL)
    return site


def asked(page: Page) -> list[str]:
    return [found for form in page.forms for found in re.findall(r"/(phrase-\d)/attempts$", form.action)]


def test_it_works(visitor: Browser) -> None:
    page = visitor.get(SECTION)
    assert "Banque : des phrases" in page.text and "Deux phrases pour vous." in page.text
    assert len(asked(page)) == 2


def test_each_person_has_a_draw_of_their_own_that_stays(signed_in: Callable[[str], Browser], visitor: Browser) -> None:
    people = [signed_in(name) for name in ("Benoît", "Chloé", "Ada", "Dalia", "Émile")]
    draws = [asked(one.get(SECTION)) for one in people]
    assert draws == [asked(one.get(SECTION)) for one in people]
    assert asked(visitor.get(SECTION)) == asked(Browser(visitor.client.application).get(SECTION))
    assert len({tuple(draw) for draw in draws}) > 1


def test_a_drawn_question_is_answered_and_stays_drawn(benoit: Browser) -> None:
    before = asked(benoit.get(SECTION))
    page = benoit.get(SECTION).form(f"/{before[0]}/attempts").submit(answer="1")
    assert "C'est juste" in page.text and asked(page) == before
    page = benoit.get(SECTION).form(f"/{before[1]}/attempts").submit(answer="0")
    assert "Pas encore" in page.text and asked(page) == before


def test_a_question_that_was_not_drawn_cannot_be_answered(benoit: Browser) -> None:
    page = benoit.get(SECTION)
    form = page.form(f"/{asked(page)[0]}/attempts")
    other = next(name for name in NAMES if name not in asked(page))
    data = form.values() | {"answer": ["1"]}
    assert benoit.send("post", form.action.replace(asked(page)[0], other), data).status == 404


def test_only_the_drawn_questions_count(benoit: Browser, site: Flask) -> None:
    finish(benoit)
    assert "question pas encore essayée" in benoit.get("/learning/reperes").text
    assert not any(link.startswith("/attestations/new") for link in benoit.get("/learning/reperes").links)
    for name in asked(benoit.get(SECTION)):
        benoit.get(SECTION).form(f"/{name}/attempts").submit(answer="1")
    page = benoit.get("/learning/reperes")
    assert any(link.startswith("/attestations/new") for link in page.links) and "100" in page.text
    link = next(link for link in page.links if link.startswith("/attestations/new"))
    page = benoit.get(link).form("/attestations/").submit(printed_name="Benoît Roy")
    assert page.status == 200 and page.path.startswith("/attestations/") and page.path != link, page.text
    with site.app_context(), db.engine.connect() as connection:
        row = overview(connection, 1)[0]
        edition = site.extensions["shelf"].current()
        course = edition.courses["reperes"]
        drawn = learning.drawn_units(edition, course, site.config["ELEARN_SECRET"], 1)
        facts = facts_from_state(row.state)
        assert row.completed_at and course_progress(course, drawn, facts).units["parler"].scored == 3
        assert course_progress(course, edition.source_units(course), facts).units["parler"].scored == 9


def test_a_question_added_to_the_pool_moves_at_most_one(benoit: Browser, site: Flask) -> None:
    before = asked(benoit.get(SECTION))
    publish(
        site, POOL + QUESTIONS[: QUESTIONS.index("#### Phrase 1")].replace("hrase 0", "hrase 9").replace("-0", "-9")
    )
    after = asked(benoit.get(SECTION))
    assert len(after) == 2 and len(set(before) & set(after)) >= 1


def test_a_draw_costs_no_statement(benoit: Browser, site: Flask) -> None:
    benoit.get("/learning/reperes").form("/learning/reperes/enrolments").submit()
    benoit.get(SECTION)
    with counting(site) as statements:
        benoit.get(SECTION)
    assert len(statements) == 2


def test_on_paper_all_are_printed_and_how_many_are_drawn(visitor: Browser) -> None:
    page = visitor.get("/learning/reperes/parler/print")
    assert all(f"Phrase {n}" in page.text for n in range(8))
    assert "2 questions sont tirées au sort parmi ces 8." in page.text


def test_an_english_page_draws_the_same(benoit: Browser) -> None:
    before = asked(benoit.get(SECTION))
    assert asked(benoit.get(SECTION + "?lang=en")) in (before, [])
