"""Writers take turns across threads and processes; a turn that does not come holds nobody up for good."""

import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

from elearn.store.turns import Turns


def keep(path: Path, begun: str) -> None:
    with Turns(path).turn(1):
        Path(begun).touch()
        time.sleep(30)


def a_keeper(path: Path, begun: Path) -> multiprocessing.process.BaseProcess:
    """Another process that has its turn."""
    process = multiprocessing.get_context("fork").Process(target=keep, args=(path, str(begun)))
    process.start()
    until = time.monotonic() + 10
    while not begun.exists():
        assert time.monotonic() < until
        time.sleep(0.005)
    return process


def test_one_at_a_time_among_threads(tmp_path: Path) -> None:
    turns, inside, most = Turns(tmp_path / "turn"), [0], [0]

    def work() -> None:
        for _ in range(20):
            with turns.turn(5):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                time.sleep(0.0001)
                inside[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_who_waits_in_vain_goes_on(tmp_path: Path) -> None:
    process = a_keeper(tmp_path / "turn", tmp_path / "begun")
    try:
        began = time.monotonic()
        with Turns(tmp_path / "turn").turn(0.2):
            assert 0.2 <= time.monotonic() - began < 2
    finally:
        process.kill()
        process.join()


def test_the_turn_of_one_that_is_killed_is_free(tmp_path: Path) -> None:
    process = a_keeper(tmp_path / "turn", tmp_path / "begun")
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    began = time.monotonic()
    with Turns(tmp_path / "turn").turn(5):
        assert time.monotonic() - began < 1


def test_a_child_takes_turns_with_its_parent(tmp_path: Path) -> None:
    """Not so with a handle that both have from before the fork."""
    turns = Turns(tmp_path / "turn")
    with turns.turn(1):
        pass
    child = multiprocessing.get_context("fork").Process(target=hold_shortly, args=(turns, str(tmp_path / "begun")))
    child.start()
    until = time.monotonic() + 10
    while not (tmp_path / "begun").exists():
        assert time.monotonic() < until
        time.sleep(0.005)
    began = time.monotonic()
    with turns.turn(5):
        assert time.monotonic() - began > 0.3
    child.join()


def hold_shortly(turns: Turns, begun: str) -> None:
    with turns.turn(1):
        Path(begun).touch()
        time.sleep(0.6)


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    with Turns(tmp_path / "nowhere" / "turn").turn(1):
        pass
