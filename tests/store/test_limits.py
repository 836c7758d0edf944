"""Counters of tries: exact across workers, gone with their window, never a reason to stay outside."""

import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from elearn.store.limits import Limits


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "instance" / "limits.sqlite"


def tries(limits: Limits, count: int, keyed: str = "a", at: float = 1000.0) -> list[bool]:
    return [limits.hit(keyed, 3, 60, at) for _ in range(count)]


def test_it_works(file: Path) -> None:
    assert tries(Limits(file), 5) == [True, True, True, False, False]


def test_another_key_has_its_own_count(file: Path) -> None:
    limits = Limits(file)
    tries(limits, 5)
    assert tries(limits, 1, "b") == [True]


def test_another_length_of_window_has_its_own_count(file: Path) -> None:
    limits = Limits(file)
    tries(limits, 5)
    assert limits.hit("a", 3, 600, 1000.0)


def test_the_next_window_begins_anew_and_old_rows_are_gone(file: Path) -> None:
    limits = Limits(file)
    tries(limits, 5)
    assert limits.hit("b", 3, 60, 1019.9), "still the same window"
    assert tries(limits, 4, at=1020.0) == [True, True, True, False]
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT ends, count FROM hit").fetchall() == [(1080, 4)]
    connection.close()


def test_a_try_that_was_taken_back_does_not_count(file: Path) -> None:
    limits = Limits(file)
    tries(limits, 3)
    limits.take_back("a", 60, 1000.0)
    assert tries(limits, 2) == [True, False]


def test_nothing_is_taken_back_below_none_nor_from_another_window(file: Path) -> None:
    limits = Limits(file)
    limits.take_back("a", 60, 1000.0)
    assert limits.hits("a", 60, 1000.0) == 0
    tries(limits, 3)
    limits.take_back("a", 60, 1100.0)
    assert limits.hits("a", 60, 1000.0) == 3


def test_a_damaged_file_lets_people_in_and_is_begun_again(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"not a database " * 500)
    assert tries(Limits(file), 5) == [True, True, True, True, False]


def test_a_file_that_stays_busy_lets_people_in(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("elearn.store.limits.WAIT", 0.05)
    limits = Limits(file)
    tries(limits, 5)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert tries(limits, 1) == [True]
    holder.execute("ROLLBACK")
    holder.close()
    assert tries(limits, 1) == [False]


def test_workers_share_one_count(file: Path) -> None:
    Limits(file).hit("start", 1, 60, 1000.0)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        allowed = sum(pool.map(_forty_tries, [str(file)] * 2))
    assert allowed == 25


def _forty_tries(file: str) -> int:
    limits = Limits(Path(file))
    return sum(limits.hit("shared", 25, 60, 1000.0) for _ in range(40))
