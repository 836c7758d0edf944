"""The database is locked by another program, the disk is full, or it refuses to write: nothing is acknowledged that is
not stored, the answer stays on the page, reading goes on, and all works again without a restart. The long form
(`make faults`) holds a lock for 30 seconds while people go on answering, and fills the disk of logs and backups.
"""

import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from elearn.config import ROOT
from tests.faults.test_canaries import a_question as a_question_of
from tests.oracle import compare
from tests.site import Answer, Form, Running, environment, running
from tests.trainees import Trainee, a_question, enrolled

LONG = bool(os.environ.get("ELEARN_LONG_FAULTS"))
SOON = 11.5
"""Seconds within which each of two people is told: a deed waits for five at most, and two may come to one worker."""
MOUNT = 'mount -t tmpfs -o size=20m none "$0" && exec "$@"'

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="locks and fills SQLite files"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("site")) as site:
        yield site


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another program writes, and does not end."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")


def said_not_kept(answer: Answer) -> None:
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "pas encore gardé" in answer.text
    assert len(answer.text) > 5000, "the page of the question, not a bare refusal"


def still_chosen(answer: Answer) -> str:
    """The option that the page shows as chosen."""
    chosen = [tag for tag in re.findall(r"<input[^>]*>", answer.text) if 'name="answer"' in tag and " checked" in tag]
    assert len(chosen) == 1
    found = re.search(r'value="(\d+)"', chosen[0])
    assert found
    return found[1]


def refused_then_kept(one: Trainee, answer: Answer) -> None:
    """The page that refused shows the answer; sent from there once more, the same form counts once."""
    said_not_kept(answer)
    key, chosen = one.ledger.sent[-1]
    assert still_chosen(answer) == chosen
    form = answer.form(f"/{one.question}/attempts")
    assert form.fields["idempotency_key"] == key
    again = form.fields | {"answer": chosen}
    assert [one.visitor.post(form.action, again).status for _ in range(2)] == [303, 303]
    one.ledger.refused_forms.remove(key)
    one.ledger.acknowledged.append(key)


def a_private_text(one: Trainee) -> tuple[str, Form]:
    where, _, question = a_question_of("reflection").partition(" ")
    return question, one.visitor.get(where).form(f"/{question}/attempts")


def test_a_lock_of_a_second_only_makes_it_slower(site: Running) -> None:
    [one] = enrolled(site, 1, *a_question(), first=0)
    with ThreadPoolExecutor(1) as pool:
        with locked(site.database):
            waiting = pool.submit(one.answer)
            time.sleep(1)
            assert not waiting.done()
        answer = waiting.result()
    assert answer and answer.status == 303
    compare(site.database, [one])


def test_a_longer_lock_is_said_and_nothing_is_lost(site: Running) -> None:
    one, other = enrolled(site, 2, *a_question(), first=10)
    one.visitor.timeout_s = other.visitor.timeout_s = 30
    question, form = a_private_text(other)
    text = "Ce que j'écris ici m'a pris une heure."
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool, locked(site.database):
        writing = pool.submit(other.visitor.post, form.action, form.fields | {"text": text, "consent": "yes"})
        answering = pool.submit(one.answer)
        refused, answer = writing.result(), answering.result()
        assert 3 < time.monotonic() - began < SOON
        began = time.monotonic()
        assert one.visitor.get("/healthz").status == 200
        assert one.visitor.get(form.action.partition(f"/{question}/")[0]).status == 200
        assert time.monotonic() - began < 2, "reading goes on, no worker is stuck"
    assert answer is not None
    refused_then_kept(one, answer)
    said_not_kept(refused)
    assert "m&#39;a pris une heure." in refused.text
    kept = refused.form(f"/{question}/attempts")
    assert other.visitor.post(kept.action, kept.fields | {"text": text, "consent": "yes"}).status == 303
    assert "m&#39;a pris une heure." in other.visitor.get(form.action.partition(f"/{question}/")[0]).text
    compare(site.database, [one])


@pytest.mark.skipif(not LONG, reason="the long form: ELEARN_LONG_FAULTS")
@pytest.mark.parametrize("seconds", [4, 8, 30])
def test_people_go_on_while_it_is_locked(site: Running, seconds: int) -> None:
    people = enrolled(site, 2, *a_question(), first=100 * seconds)
    for one in people:
        one.visitor.timeout_s = 30
    done, slowest = threading.Event(), [0.0]

    def go_on(one: Trainee) -> None:
        while not done.is_set():
            began = time.monotonic()
            one.answer()
            slowest[0] = max(slowest[0], time.monotonic() - began)

    with ThreadPoolExecutor(2) as pool:
        going = [pool.submit(go_on, one) for one in people]
        time.sleep(0.5)
        with locked(site.database):
            time.sleep(seconds)
        time.sleep(0.5)
        done.set()
        for each in going:
            each.result()
    refused = [words for one in people for words in one.ledger.refused]
    print(f"locked {seconds} s: slowest answer {slowest[0]:.1f} s, {len(refused)} refused")
    assert {words[:4] for words in refused} <= {"503:"}
    assert bool(refused) == (seconds > 5) and slowest[0] < SOON
    assert all(one.answer().status == 303 for one in people)  # type: ignore[union-attr]
    compare(site.database, people)


@contextmanager
def refusing(site: Running) -> Iterator[None]:
    """Whatever the workers write to a file, its log included, the system refuses: as a disk that became read-only."""
    if not hasattr(resource, "prlimit"):
        pytest.skip("only Linux sets a limit on another process")
    workers = site.workers()
    before = [resource.prlimit(worker, resource.RLIMIT_FSIZE) for worker in workers]
    for worker, (_, hard) in zip(workers, before, strict=True):
        resource.prlimit(worker, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for worker, limits in zip(workers, before, strict=True):
            resource.prlimit(worker, resource.RLIMIT_FSIZE, limits)


def test_a_disk_that_refuses_to_write(site: Running) -> None:
    [one] = enrolled(site, 1, *a_question(), first=20)
    workers = site.workers()
    with refusing(site):
        answer = one.answer()
        assert one.visitor.get("/learning/").status == 200
        assert one.visitor.get(one.form.action.partition(f"/{one.question}/")[0]).status == 200
        gone_on = one.visitor.submit(one.form.action.partition(f"/{one.question}/")[0], "/readings")
        assert gone_on.status == 503 and "il ne comptera qu" in gone_on.text
    assert answer is not None
    refused_then_kept(one, answer)
    assert one.answer().status == 303  # type: ignore[union-attr]
    assert site.workers() == workers, "nothing was started again"
    compare(site.database, [one])


def own_disk(folder: Path) -> list[str]:
    """Words that start a program with a small disk of its own in a folder. Skips where the system gives none."""
    words = ["unshare", "-m" if os.geteuid() == 0 else "-Urm", "sh", "-c", MOUNT, str(folder)]
    tried = subprocess.run([*words, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no disk of its own: {tried.stderr.strip()}")
    return words


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as body, suppress(OSError):
        while True:
            body.write(bytes(4096))


def copied(instance: Path, to: Path) -> Path:
    """A copy of a database that nobody writes just now: SQLite finds no file under another process's root."""
    for name in ("elearn.sqlite", "elearn.sqlite-wal"):
        shutil.copy(instance / name, to / name)
    return to / "elearn.sqlite"


def test_a_full_disk(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    with running(tmp_path, before=own_disk(instance)) as site:
        there = Path(f"/proc/{site.process.pid}/root{instance}")
        workers = site.workers()
        [one] = enrolled(site, 1, *a_question())
        fill(there / "filler")
        answer = None
        for _ in range(2000):  # what the WAL has room for is kept
            answer = one.answer()
            if one.ledger.refused:
                break
        assert answer is not None
        said_not_kept(answer)
        assert one.visitor.get("/learning/").status == 200
        compare(copied(there, tmp_path), [one])
        (there / "filler").unlink()
        refused_then_kept(one, answer)
        assert one.answer().status == 303  # type: ignore[union-attr]
        assert site.workers() == workers, "nothing was started again"
        compare(copied(there, tmp_path), [one])


@pytest.mark.skipif(not LONG, reason="the long form: ELEARN_LONG_FAULTS")
def test_a_full_disk_for_logs_and_backups_keeps_no_answer_away(tmp_path: Path) -> None:
    mute: Sequence[str] = ("sh", "-c", 'exec "$@" 2>/dev/full', "sh")
    with running(tmp_path, before=mute) as site:
        [one] = enrolled(site, 1, *a_question())
        backup = subprocess.run(
            ["sh", "-c", 'ulimit -f 100; exec "$@"', "sh", sys.executable, "-m", "elearn.cli", "backup"],
            cwd=ROOT,
            env=environment(tmp_path, ELEARN_BACKUPS=str(tmp_path / "backups")),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert backup.returncode == 1, backup.stdout + backup.stderr
        assert "Traceback" not in backup.stderr, backup.stderr
        assert not list((tmp_path / "backups").glob("*.backup"))
        assert one.answer().status == 303  # type: ignore[union-attr]
        compare(site.database, [one])
