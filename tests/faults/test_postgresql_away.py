"""PostgreSQL is killed and started again while people answer: nobody is told that an answer is kept which is not, those
who come meanwhile read that the site is busy and when to try again, and the site is there within seconds of its
database. 50 times in the long form (`make faults`).
"""

import os
import random
import threading
import time
from pathlib import Path

import pytest

from tests.oracle import compare_on_postgresql
from tests.postgres import server
from tests.site import Visitor, running
from tests.trainees import a_question, enrolled

LONG = bool(os.environ.get("ELEARN_LONG_FAULTS"))
TIMES, PEOPLE = (50, 4) if LONG else (2, 2)
BACK = 3.0
"""Seconds after its database within which the site answers again."""

pytestmark = [
    pytest.mark.faults,
    pytest.mark.postgres,
    pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="brings a server of its own"),
]


def test_postgresql_is_killed_and_started_again(tmp_path: Path) -> None:
    chance, done, back = random.Random(2026), threading.Event(), []
    with server(fsync="on", full_page_writes="on") as ours:
        url = ours.new_database()
        with running(tmp_path, ELEARN_DATABASE_URL=url) as site:
            people = enrolled(site, PEOPLE, *a_question())
            for one in people:
                one.waits_for = (503,)

            def go_on(number: int) -> None:
                while not done.is_set():
                    people[number].answer()

            threads = [threading.Thread(target=go_on, args=(number,)) for number in range(PEOPLE)]
            for thread in threads:
                thread.start()
            try:
                for _ in range(TIMES):
                    time.sleep(chance.uniform(0.3, 0.8))
                    ours.crash()
                    said = Visitor(site.port).get("/healthz")
                    page = Visitor(site.port, cookie=people[0].visitor.cookie).get("/learning/")
                    ours.start()
                    began = time.monotonic()
                    while Visitor(site.port).get("/healthz").status != 200:
                        assert time.monotonic() - began < 3 * BACK
                        time.sleep(0.05)
                    back.append(time.monotonic() - began)
                    assert said.status == 503
                    assert (page.status, page.headers.get("Retry-After")) == (503, "5")
            finally:
                done.set()
                for thread in threads:
                    thread.join()
            given = sum(len(one.ledger.acknowledged) for one in people)
            print(f"{given} answers, killed {TIMES} times; there again after {max(back):.2f} s at most")
            assert given > 10 * TIMES
            assert max(back) <= BACK
            assert [refused for one in people for refused in one.ledger.refused] == []
            compare_on_postgresql(url, people)
