"""What a page may cost: statements, rendered Markdown, cookies. The same with one trainee and with a thousand."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import event, insert

from tests import world
from tests.browse import FORGED, Browser
from tests.conftest import ON_POSTGRESQL
from tests.web.test_course import finish

SECTION = "/learning/reperes/ecouter/se-taire"
COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE")


@contextmanager
def counting(app: Flask) -> Iterator[list[str]]:
    from elearn.store.base import db

    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(COUNTED):
            statements.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def crowd(app: Flask, people: int) -> None:
    """So many other trainees, each enrolled and with answers of their own."""
    from elearn.store.accounts import Person
    from elearn.store.base import db
    from elearn.store.learning import Attempt, Enrolment, Progress, Step

    numbers = range(1000, 1000 + people)
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            insert(Person),
            [
                {"id": n, "sign_in_name": f"p{n}", "sign_in_key": f"p{n}", "chosen_name": "P", "password_hash": "x",
                 "role": "trainee", "locale": "fr", "demo": False, "created_at": world.AT}
                for n in numbers
            ],
        )  # fmt: skip
        connection.execute(
            insert(Enrolment),
            [
                {"id": n, "person_id": n, "course": "reperes", "locale": "fr", "edition": 1, "rule_version": "1",
                 "title": {}, "discreet_title": {}, "created_at": world.AT}
                for n in numbers
            ],
        )  # fmt: skip
        connection.execute(
            insert(Progress),
            [
                {"enrolment_id": n, "state": {}, "units_done": 0, "units_total": 2, "last_unit": "", "last_section": "",
                 "edition": 1, "rule_version": "1", "updated_at": world.AT}
                for n in numbers
            ],
        )  # fmt: skip
        connection.execute(
            insert(Attempt),
            [
                {"id": n, "enrolment_id": n, "unit": "ecouter", "number": 1, "seed": "s", "edition": 1, "steps": 1,
                 "opened_at": world.AT}
                for n in numbers
            ],
        )  # fmt: skip
        connection.execute(
            insert(Step),
            [
                {"attempt_id": n, "sequence": 1, "question": "qui-decide", "document": "d", "fingerprint": "f",
                 "locale": "fr", "response": [0], "fraction": 0.0, "made_at": world.AT}
                for n in numbers
            ],
        )  # fmt: skip


@pytest.fixture(params=[10, 1000])
def crowded(request: pytest.FixtureRequest, site: Flask) -> int:
    crowd(site, request.param)
    return int(request.param)


def test_a_visitor_costs_no_statement(site: Flask, visitor: Browser, crowded: int) -> None:
    visitor.get(SECTION)
    site.extensions["shelf"]._tick = lambda: 0.0  # within the second for which the edition is trusted
    with counting(site) as statements:
        response = visitor.client.get(SECTION)
    assert statements == []
    assert "Set-Cookie" not in response.headers
    assert len(response.data) < 100_000


@pytest.mark.parametrize(
    ("path", "most"), [(SECTION, 2), ("/learning/reperes", 2), ("/learning/", 3), ("/learning/reperes/ecouter", 2)]
)
def test_a_trainee_costs_two(site: Flask, benoit: Browser, crowded: int, path: str, most: int) -> None:
    finish(benoit)
    benoit.get(path)
    with counting(site) as statements:
        response = benoit.client.get(path)
    assert len(statements) <= most, statements
    assert all(statement.startswith("SELECT") for statement in statements)
    assert "Set-Cookie" not in response.headers


def test_an_answer_reads_twice_and_writes_in_one_transaction(site: Flask, benoit: Browser, crowded: int) -> None:
    form = benoit.get(SECTION).form("/qui-decide/attempts")
    form.submit(answer="0")
    form = benoit.get(SECTION).form("/qui-decide/attempts")
    data = {**form.values(), "answer": ["1"]}
    from elearn.store.base import db

    commits: list[int] = []
    with site.app_context():
        engine = db.engine

    def note(_connection: object) -> None:
        commits.append(1)

    event.listen(engine, "commit", note)
    with counting(site) as statements:
        response = benoit.client.post(form.action, data=data, headers={"Sec-Fetch-Site": "same-origin"})
    event.remove(engine, "commit", note)
    assert response.status_code == 303
    locks = [one for one in statements if "FOR UPDATE" in one]
    reads = [one for one in statements if one.startswith("SELECT") and one not in locks]
    assert len(reads) == 2, reads
    assert len(locks) == int(ON_POSTGRESQL), "SQLite locks by BEGIN IMMEDIATE, PostgreSQL by a statement of its own"
    assert len(commits) == 1
    assert len(statements) - len(reads) - len(locks) == 4, statements


def test_no_markdown_is_rendered_by_a_page(benoit: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from markdown_it import MarkdownIt

    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("a page rendered Markdown")

    monkeypatch.setattr(MarkdownIt, "parse", refuse)
    monkeypatch.setattr(MarkdownIt, "render", refuse)
    for path in ("/learning/", "/learning/reperes", SECTION, "/learning/reperes/ecouter/print"):
        assert benoit.get(path).status == 200


def many_units(count: int) -> dict[str, bytes]:
    """The small course with so many units more, each with a question."""
    names = [f"unite-{n}" for n in range(count)]
    listed = world.COURSE.replace("[ecouter, parler]", f"[ecouter, parler, {', '.join(names)}]")
    files = world.site({"courses/reperes/course.yaml": listed})
    for name in names:
        text = world.PARLER_FR.replace("id: parler", f"id: {name}")
        files[f"courses/reperes/{name}/fr.md"] = text.encode()
    return files


@pytest.mark.parametrize("units", [10, 1000])
def test_more_units_cost_no_more_statements(site: Flask, benoit: Browser, units: int) -> None:
    from elearn.services.publishing import publish_files

    with site.app_context():
        outcome = publish_files(many_units(units), site.config["ELEARN"].instance, world.AT)
        site.extensions["shelf"].current(outcome.number)
    assert outcome.problems == ()
    site.extensions["shelf"]._tick = lambda: 0.0
    Browser(site).get("/learning/")
    form = benoit.get(SECTION).form("/qui-decide/attempts")
    form.submit(answer="0")
    with counting(site) as statements:
        assert Browser(site).client.get(SECTION).status_code == 200
    assert statements == []
    with counting(site) as statements:
        form = benoit.get(SECTION).form("/qui-decide/attempts")
    assert len(statements) == 2, statements
    with counting(site) as statements:
        form.page.browser.client.post(form.action, data={**form.values(), "answer": ["1"]}, headers=FORGED)
    locks = [one for one in statements if "FOR UPDATE" in one]
    assert len(statements) - len(locks) == 6, statements
