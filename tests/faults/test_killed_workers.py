"""Workers are killed with SIGKILL while people answer, then the whole server: every answer that was acknowledged is
found once, none twice, and pages are there all the time. The long form (`make faults`) kills 200 workers at least, one
every 150 ms, during 5,000 answers of ten people, and the whole server 20 times.

Each person sends one answer at a time and, where no acknowledgement came, the same form again, as a browser's reload
does. A ledger outside the database keeps what was sent and what was acknowledged.
"""

import http.client
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.oracle import compare, differences
from tests.site import Running, Visitor, free_port, running, start, stop, wait_until_it_answers
from tests.trainees import Ledger, Trainee, a_question, enrolled

LONG = bool(os.environ.get("ELEARN_LONG_FAULTS"))
PEOPLE, POSTS, KILLS, RESTARTS = (10, 5000, 200, 20) if LONG else (4, 300, 20, 2)
EVERY = 0.15
DOWN = 5.0
"""Seconds for which a site may be away, and after which a killed one is there again."""

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="opens the SQLite file"),
]


@dataclass
class Prober:
    """Asks for a page ten times a second, and remembers the longest time in which nobody had an answer."""

    port: int
    people: list[Trainee]
    longest: float = 0.0
    answers: int = 0
    done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        last, before = time.monotonic(), 0
        while not self.done.wait(0.1):
            try:
                there = Visitor(self.port, timeout_s=2).get("/healthz").status == 200
            except (OSError, http.client.HTTPException):
                there = False
            moment = time.monotonic()
            self.longest = max(self.longest, moment - last)
            self.answers += there
            if there or given(self.people) > before:
                last, before = moment, given(self.people)


@contextmanager
def answering(people: list[Trainee], more: Callable[[], bool]) -> Iterator[list[threading.Thread]]:
    """Each gives one answer after another as long as `more` says."""

    def go_on(one: Trainee) -> None:
        while more():
            one.answer()

    threads = [threading.Thread(target=go_on, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    try:
        yield threads
    finally:
        for thread in threads:
            thread.join()


def given(people: list[Trainee]) -> int:
    return sum(len(one.ledger.acknowledged) for one in people)


def wait_for_more(people: list[Trainee], before: int) -> None:
    """A machine so busy that nothing was answered between two kills has two more seconds: it is not to be tried."""
    until = time.monotonic() + 2
    while given(people) == before and time.monotonic() < until:
        time.sleep(0.01)


def test_every_acknowledged_answer_is_found_once(tmp_path: Path) -> None:
    chance = random.Random(2026)
    killed = 0
    with running(tmp_path) as site:
        people = enrolled(site, PEOPLE, *a_question())
        assert len(site.workers()) == 2
        prober = Prober(site.port, people)
        probing = threading.Thread(target=prober.run)
        probing.start()
        until = time.monotonic() + 600
        with answering(people, lambda: killed < KILLS or (given(people) < POSTS and time.monotonic() < until)):
            while killed < KILLS or (given(people) < POSTS and time.monotonic() < until):
                before = given(people)
                time.sleep(EVERY)
                wait_for_more(people, before)
                workers = site.workers()
                for worker in workers if chance.random() < 0.2 else chance.sample(workers, min(1, len(workers))):
                    try:
                        os.kill(worker, signal.SIGKILL)
                        killed += 1
                    except ProcessLookupError:
                        pass
        prober.done.set()
        probing.join()

        print(f"{given(people)} answers, {killed} kills, {sum(one.ledger.retries for one in people)} sent again")
        print(f"longest time without any answer: {prober.longest:.2f} s; {prober.answers} pages")
        assert given(people) >= POSTS
        assert site.process.poll() is None, "the server has stopped"
        assert [refused for one in people for refused in one.ledger.refused] == []
        site.wait_for_workers(2, seconds=5)
        assert len(site.workers()) == 2
        assert Visitor(site.port).get("/healthz").status == 200
        compare(site.database, people)
        assert prober.longest < DOWN


def test_the_whole_server_is_killed_and_started_again(tmp_path: Path) -> None:
    port, stopped, away = free_port(), False, []
    began = time.monotonic()
    process = start(tmp_path, "run", port, group=True)
    try:
        wait_until_it_answers(port, process, "the site does not answer", tmp_path / "run.log")
        first = time.monotonic() - began
        site = Running(port, process, tmp_path, ())
        people = enrolled(site, PEOPLE, *a_question())
        with answering(people, lambda: not stopped):
            try:
                for _ in range(RESTARTS):
                    time.sleep(0.5)
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait(10)
                    began = time.monotonic()
                    process = start(tmp_path, "run", port, group=True)
                    wait_until_it_answers(port, process, "it does not come back", tmp_path / "run.log")
                    away.append(time.monotonic() - began)
                time.sleep(0.3)
            finally:
                stopped = True
        print(f"{given(people)} answers; there again after {min(away):.1f} to {max(away):.1f} s, first {first:.1f} s")
        assert [refused for one in people for refused in one.ledger.refused] == []
        compare(site.database, people)
        # The best, since a machine may be busy; where a first start takes longer, a kill may not cost more than it.
        assert min(away) <= max(DOWN, first)
    finally:
        stop(process)


def test_the_comparison_sees_losses_and_doubles() -> None:
    """The control: a ledger against a database that lost, doubled or swapped something."""
    ledger = Ledger([("a", "0"), ("b", "1"), ("c", "0"), ("r", "0")], ["a", "b", "c"], ["r"])
    good = [(1, "[2]"), (2, "[0]"), (3, "[2]")]
    assert differences(ledger, ["a", "b", "c"], good) == []
    assert differences(ledger, ["a", "b"], good[:2]) == ["acknowledged, not stored: c"]
    assert differences(ledger, ["a", "b", "c"], [*good, (4, "[2]")]) == ["3 forms took effect, 4 steps are stored"]
    assert differences(ledger, ["a", "b", "c", "r"], [*good, (4, "[2]")]) == ["refused, but stored: r"]
    assert "stored, never sent: d" in differences(ledger, ["a", "b", "c", "d"], [*good, (4, "[0]")])
    assert "steps are numbered [1, 2, 2]" in differences(ledger, ["a", "b", "c"], [*good[:2], (2, "[2]")])
    assert differences(ledger, ["a", "b", "c"], [(1, "[2]"), (2, "[0]"), (3, "[0]")])[0].startswith("one option")
