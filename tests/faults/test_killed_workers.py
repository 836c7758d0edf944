"""Workers are killed with SIGKILL while people answer. Every answer that was acknowledged is found once, none twice,
and the server stays up. The long form (`make faults`) kills some 200 times.

Each person sends one answer at a time and, where no acknowledgement came, the same form again, as a browser's reload
does. A ledger outside the database keeps what was sent and what was acknowledged.
"""

import os
import random
import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from tests.site import Running, Visitor, running
from tests.trainees import Ledger, Trainee, a_question, enrolled

LONG = bool(os.environ.get("ELEARN_LONG_FAULTS"))
PEOPLE, POSTS, KILLS = (6, 5000, 200) if LONG else (4, 300, 20)

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="opens the SQLite file"),
]


def keep_killing(site: Running, people: list[Trainee], done: threading.Event) -> int:
    """Kill one worker, now and then all of them, each time some more answers were acknowledged."""
    chance = random.Random(2026)
    killed = 0
    while killed < KILLS and not done.is_set():
        due = POSTS * (killed + 1) / (KILLS + 2)
        if sum(len(one.ledger.acknowledged) for one in people) < due:
            time.sleep(0.002)
            continue
        workers = site.workers()
        for worker in workers if chance.random() < 0.2 else workers[:1]:
            try:
                os.kill(worker, signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                pass
    return killed


def test_every_acknowledged_answer_is_found_once(tmp_path: Path) -> None:
    unit, section, question = a_question()
    with running(tmp_path) as site:
        people = enrolled(site, PEOPLE, unit, section, question)
        assert len(site.workers()) == 2
        done = threading.Event()
        killed: list[int] = []
        killer = threading.Thread(target=lambda: killed.append(keep_killing(site, people, done)))
        answering = [
            threading.Thread(target=lambda one=one: [one.answer() for _ in range(POSTS // PEOPLE)]) for one in people
        ]
        for thread in (*answering, killer):
            thread.start()
        for thread in answering:
            thread.join()
        done.set()
        killer.join()

        assert killed[0] >= KILLS * 0.8
        assert site.process.poll() is None, "the server has stopped"
        assert [refused for one in people for refused in one.ledger.refused] == []
        until = time.monotonic() + 5
        while len(site.workers()) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        assert len(site.workers()) == 2
        assert Visitor(site.port).get("/healthz").status == 200
        compare(site.database, people)


def compare(database: Path, people: list[Trainee]) -> None:
    """The database against the ledgers."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        for one in people:
            problems = differences(one.ledger, forms_of(connection, one.name), steps_of(connection, one.name))
            assert problems == [], one.name
    finally:
        connection.close()


def forms_of(connection: sqlite3.Connection, name: str) -> list[str]:
    return [
        row[0]
        for row in connection.execute(
            "SELECT key FROM idempotency JOIN person ON person.id = person_id"
            " WHERE sign_in_name = ? AND deed = 'attempt'",
            (name,),
        )
    ]


def steps_of(connection: sqlite3.Connection, name: str) -> list[tuple[int, str]]:
    """(sequence, response) of every step of a person, in order."""
    return connection.execute(
        "SELECT sequence, response FROM step JOIN attempt ON attempt.id = attempt_id"
        " JOIN enrolment ON enrolment.id = enrolment_id JOIN person ON person.id = person_id"
        " WHERE sign_in_name = ? ORDER BY sequence",
        (name,),
    ).fetchall()


def differences(ledger: Ledger, forms: list[str], steps: list[tuple[int, str]]) -> list[str]:
    """What a database says against a person's ledger; empty where every acknowledged answer is there once."""
    found = [f"acknowledged, not stored: {key}" for key in ledger.acknowledged if key not in set(forms)]
    found += [f"stored, never sent: {key}" for key in forms if key not in {sent for sent, _ in ledger.sent}]
    if len(steps) != len(forms):
        found.append(f"{len(forms)} forms took effect, {len(steps)} steps are stored")
    if [number for number, _ in steps] != list(range(1, len(steps) + 1)):
        found.append(f"steps are numbered {[number for number, _ in steps]}")
    effective = [chosen for key, chosen in ledger.sent if key in set(forms)]
    meanings = set(zip(effective, (response for _, response in steps), strict=False))
    if len(meanings) != len({chosen for chosen, _ in meanings}):
        found.append(f"one option was stored as two: {sorted(meanings)}")
    return found


def test_the_comparison_sees_losses_and_doubles() -> None:
    """The control: a ledger against a database that lost, doubled or swapped something."""
    ledger = Ledger([("a", "0"), ("b", "1"), ("c", "0")], ["a", "b", "c"])
    good = [(1, "[2]"), (2, "[0]"), (3, "[2]")]
    assert differences(ledger, ["a", "b", "c"], good) == []
    assert differences(ledger, ["a", "b"], good[:2]) == ["acknowledged, not stored: c"]
    assert differences(ledger, ["a", "b", "c"], [*good, (4, "[2]")]) == ["3 forms took effect, 4 steps are stored"]
    assert "stored, never sent: d" in differences(ledger, ["a", "b", "c", "d"], [*good, (4, "[0]")])
    assert "steps are numbered [1, 2, 2]" in differences(ledger, ["a", "b", "c"], [*good[:2], (2, "[2]")])
    assert differences(ledger, ["a", "b", "c"], [(1, "[2]"), (2, "[0]"), (3, "[0]")])[0].startswith("one option")
