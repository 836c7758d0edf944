"""Power goes at any moment: no acknowledged answer is lost, and the database opens whole.

The real server runs under strace, which records what it asks of the disk and when it acknowledges; each cut does that
again up to a moment by chance, loses what no fsync had made safe, and asks SQLite what is left. The control, the same
with `synchronous=NORMAL`, must lose answers: else this test would see nothing. 1,000 cuts in the long form.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from elearn.config import ROOT
from tests.oracle import differences, forms_of, steps_of
from tests.power import Call, Disk, can_record, cuts, read_record, record_with
from tests.site import Running, environment, free_port, stop, wait_until_it_answers
from tests.trainees import Ledger, Trainee, a_question, enrolled

LONG = bool(os.environ.get("ELEARN_LONG_FAULTS"))
PEOPLE, EACH, CUTS = (4, 75, 1000) if LONG else (2, 15, 60)
FASTER = Path("/dev/shm")

pytestmark = [
    pytest.mark.faults,
    pytest.mark.strace,
    pytest.mark.skipif(not can_record(), reason="strace is not there, or may not trace"),
    pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="cuts SQLite files"),
]


@dataclass(frozen=True)
class Told:
    """What came of some cuts."""

    cuts: int
    lossy: int
    worst: int
    broken: list[str]


@contextmanager
def recording(folder: Path, synchronous: str) -> Iterator[Running]:
    port = free_port()
    with (folder / "run.log").open("wb") as output:
        process = subprocess.Popen(
            [*record_with(folder / "trace"), sys.executable, "-m", "tests.recorded_site", str(port), synchronous],
            cwd=ROOT,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_it_answers(port, process, "the recorded site does not answer", folder / "run.log")
        yield Running(port, process, folder, ())
    finally:
        # strace that is told to stop lets go of what it watches: the server is told, and strace ends with it
        for server in Running(port, process, folder, ()).workers():
            os.kill(server, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        stop(process)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site's folder with content and nobody in it."""
    folder = tmp_path_factory.mktemp("published")
    made = [sys.executable, "-m", "elearn.cli", "publish"]
    subprocess.run(made, cwd=ROOT, env=environment(folder), check=True, capture_output=True, timeout=60)
    return folder


def recorded(folder: Path, synchronous: str) -> list[Trainee]:
    """People answer a site that is recorded; the files as they were before lie in `before`."""
    (folder / "before").mkdir()
    instance = folder / "instance"
    for path in instance.glob("elearn.sqlite*"):
        if path.name.endswith("-turn"):  # holds nothing
            continue
        shutil.copy(path, folder / "before" / path.name)
    assert [path.name for path in (folder / "before").iterdir()] == ["elearn.sqlite"]
    with recording(folder, synchronous) as site:
        people = enrolled(site, PEOPLE, *a_question())
        threads = [threading.Thread(target=lambda one=one: [one.answer() for _ in range(EACH)]) for one in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [refused for one in people for refused in one.ledger.refused] == []
    return people


def told_after_cuts(folder: Path, people: list[Trainee]) -> Told:
    chance = random.Random(2026)
    record = read_record(folder / "trace", folder / "instance" / "elearn.sqlite")
    everything = {key for one in people for key in one.ledger.acknowledged}
    assert {mark for _, mark in record.acknowledged} == everything, "each acknowledgement is found in the record"
    losses, broken = [], []
    with tempfile.TemporaryDirectory(dir=FASTER if FASTER.is_dir() else folder) as place:
        for cut in cuts(record, folder / "before", CUTS, chance):
            for path in Path(place).iterdir():
                path.unlink()
            for name, body in cut.files.items():
                (Path(place) / name).write_bytes(body)
            lost, wrong = found_after(Path(place) / "elearn.sqlite", people, cut.acknowledged)
            losses.append(lost)
            broken += [f"{cut.mode}: {one}" for one in wrong]
    return Told(len(losses), sum(1 for lost in losses if lost), max(losses), broken)


def found_after(database: Path, people: list[Trainee], acknowledged: frozenset[str]) -> tuple[int, list[str]]:
    """How many acknowledged answers are lost, and what else is wrong."""
    wrong: list[str] = []
    kept: set[str] = set()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        checked = connection.execute("PRAGMA integrity_check").fetchone()
        if checked != ("ok",):
            return len(acknowledged), [str(checked)]
        for one in people:
            forms = forms_of(connection, one.name)
            kept.update(forms)
            wrong += differences(Ledger(one.ledger.sent), forms, steps_of(connection, one.name))
    return len(acknowledged - kept), wrong


@pytest.mark.parametrize("synchronous", ["FULL", "NORMAL"])
def test_power_cuts(published: Path, tmp_path: Path, synchronous: str) -> None:
    shutil.copytree(published, tmp_path, dirs_exist_ok=True)
    people = recorded(tmp_path, synchronous)
    told = told_after_cuts(tmp_path, people)
    print(f"{synchronous}: {told.lossy} of {told.cuts} cuts lost an acknowledged answer, {told.worst} at worst")
    assert told.broken == [], "the database opens whole, and each step has its form"
    if synchronous == "FULL":
        assert told.lossy == 0
    else:
        assert told.lossy >= CUTS / 2, "the control must lose answers"


def test_a_cut_loses_what_no_fsync_made_safe() -> None:
    """The harness on three writes, one of which is safe."""
    disk = Disk({"a": bytearray(b"....")})
    calls = [
        Call("pwrite64", "a", 0, 0, 0, b"1"),
        Call("pwrite64", "a", 1, 4, 1, b"2"),
        Call("sync", "a", 2, 3),
        Call("ftruncate", "a", 5, 5, 2),
    ]
    for call in calls:
        disk.take(call)
    assert disk.after_a_cut("dropped", random.Random(1)) == {"a": b"1..."}, "a write under way is not safe"
    found = {bytes(disk.after_a_cut("by chance", random.Random(seed))["a"]) for seed in range(20)}
    assert found == {b"1...", b"12..", b"1.", b"12"}
    disk.take(Call("sync", "a", 6, 6))
    assert disk.after_a_cut("torn", random.Random(1)) == {"a": b"12"}
