"""Fifty forms at one moment, against both workers: the same form fifty times counts once and is answered alike; fifty
forms of one person, who had not even begun, are fifty steps of one attempt.
"""

import os
import random
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from tests.oracle import compare, opened
from tests.site import Answer, Running, Visitor, running
from tests.trainees import COURSE, Trainee, a_question, enrolled

AT_ONCE = 50
FRESH = re.compile(r'nonce="[^"]*"|name="idempotency_key" value="[^"]*"|data-session-left="[^"]*"|data-seconds="[^"]*"')
"""What differs between two views of one page: the nonce of its scripts, keys of its forms, seconds left."""

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="opens the SQLite file"),
]

Result = TypeVar("Result")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("site")) as site:
        assert len(site.workers()) == 2
        yield site


def at_once(work: Callable[[int], Result]) -> list[Result]:
    """What each of fifty threads brings, all let go at one moment."""
    barrier = threading.Barrier(AT_ONCE)

    def go(number: int) -> Result:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(go, range(AT_ONCE)))


def masked(answer: Answer) -> tuple[int, str, str]:
    return answer.status, answer.headers.get("Location", ""), FRESH.sub("", answer.text)


def counted(database: Path, name: str) -> dict[str, int]:
    """Rows of a person, by table."""
    mine = "SELECT enrolment.id FROM enrolment JOIN person ON person.id = person_id WHERE sign_in_name = ?"
    asked = {
        "enrolments": f"SELECT count(*) FROM ({mine})",
        "progress": f"SELECT count(*) FROM progress WHERE enrolment_id IN ({mine})",
        "attempts": f"SELECT count(*) FROM attempt WHERE enrolment_id IN ({mine})",
        "steps": f"SELECT count(*) FROM step JOIN attempt ON attempt.id = attempt_id WHERE enrolment_id IN ({mine})",
    }
    with opened(database) as connection:
        return {what: connection.execute(words, (name,)).fetchone()[0] for what, words in asked.items()}


def test_one_form_fifty_times_at_once(site: Running) -> None:
    [one] = enrolled(site, 1, *a_question(), first=0)
    fields = one.form.fields | {"answer": "1"}

    def send(_: int) -> tuple[Answer, Answer]:
        visitor = replace(one.visitor, timeout_s=60)
        answer = visitor.post(one.form.action, fields)
        return answer, visitor.get(answer.path)

    answers = at_once(send)
    assert {masked(answer) for answer, _ in answers} == {masked(answers[0][0])}
    assert (answers[0][0].status, answers[0][1].status) == (303, 200)
    assert len({masked(page) for _, page in answers}) == 1, "fifty equal pages after it"
    assert len({page.text for _, page in answers}) > 1, "the mask hides something"
    assert counted(site.database, one.name) == {"enrolments": 1, "progress": 1, "attempts": 1, "steps": 1}


def test_fifty_first_answers_of_one_person_at_once(site: Running) -> None:
    unit, section, question = a_question()
    visitor = Visitor(site.port, timeout_s=60)
    visitor.sign_up("trainee-10", "quatre chevaux lisent dehors")
    form = visitor.get(f"/learning/{COURSE}/{unit}/{section}").form(f"/{question}/attempts")
    one = Trainee("trainee-10", visitor, form, random.Random(1))
    keys = [secrets.token_hex(16) for _ in range(AT_ONCE)]
    without = {name: value for name, value in form.fields.items() if name != "base"}

    def send(number: int) -> int:
        fields = without | {"idempotency_key": keys[number], "answer": "1"}
        return replace(visitor).post(form.action, fields).status

    assert at_once(send) == [303] * AT_ONCE
    assert counted(site.database, one.name) == {"enrolments": 1, "progress": 1, "attempts": 1, "steps": AT_ONCE}
    one.ledger.sent = [(key, "1") for key in keys]
    one.ledger.acknowledged = keys
    compare(site.database, [one])
