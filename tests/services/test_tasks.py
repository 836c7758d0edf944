"""Upkeep: each task when it is due, by one process at a time, whatever became of the others."""

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from flask import Flask

from elearn.services import tasks
from elearn.store.base import db
from elearn.store.upkeep import note
from elearn.working import TASKS, Task, upkeep

AT = dt.datetime(2026, 11, 25, 3, 0, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def noted(name: str) -> tuple[str, dt.datetime] | None:
    with db.engine.connect() as connection:
        return note(connection, f"task:{name}")


def test_it_works() -> None:
    moments: list[dt.datetime] = []
    due = (Task("sweep", DAY, moments.append),)
    for hours in range(50):
        upkeep(due, AT + hours * HOUR)
    assert moments == [AT, AT + DAY, AT + 2 * DAY]
    assert noted("sweep") == ("done", AT + 2 * DAY)


def test_a_task_that_fails_stops_nobody_and_is_tried_within_the_hour(caplog: pytest.LogCaptureFixture) -> None:
    moments: list[dt.datetime] = []

    def fail(at: dt.datetime) -> None:
        moments.append(at)
        raise RuntimeError("canari-93")

    others: list[dt.datetime] = []
    due = (Task("broken", DAY, fail), Task("sweep", DAY, others.append))
    upkeep(due, AT)
    assert noted("broken") == ("RuntimeError", AT)
    assert others == [AT]
    upkeep(due, AT + HOUR / 2)
    upkeep(due, AT + HOUR)
    assert moments == [AT, AT + HOUR]
    assert [record.fields["kind"] for record in caplog.records if record.levelname == "ERROR"] == ["broken"] * 2  # type: ignore[attr-defined]
    assert "canari" not in caplog.text


def test_a_task_whose_process_died_is_tried_again_after_an_hour() -> None:
    assert tasks.claim("sweep", DAY, AT)
    assert noted("sweep") == ("running", AT)
    assert not tasks.claim("sweep", DAY, AT + HOUR - dt.timedelta(seconds=1))
    assert tasks.claim("sweep", DAY, AT + HOUR)
    tasks.finish("sweep", AT)
    assert noted("sweep") == ("running", AT + HOUR), "the one that was late does not speak for the other"
    tasks.finish("sweep", AT + HOUR)
    assert noted("sweep") == ("done", AT + HOUR)


def test_a_run_that_a_wrong_clock_noted_is_forgotten() -> None:
    ahead = AT + 3650 * DAY
    assert tasks.claim("sweep", DAY, ahead)
    tasks.finish("sweep", ahead)
    assert tasks.claim("sweep", DAY, AT)
    tasks.finish("sweep", AT)
    assert not tasks.claim("sweep", DAY, AT - HOUR), "another machine's clock may be a little behind"


def test_of_several_processes_one_does_it(app: Flask) -> None:
    for already in (False, True):
        at = AT + DAY if already else AT
        ready, got = threading.Barrier(4), []

        def run(at: dt.datetime = at, ready: threading.Barrier = ready, got: list[bool] = got) -> None:
            with app.app_context():
                ready.wait()
                got.append(tasks.claim("sweep", DAY, at))

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(got) == [False, False, False, True]
        tasks.finish("sweep", at)


def test_what_is_asked_to_stop_begins_no_task() -> None:
    upkeep((Task("sweep", DAY, lambda _at: None),), AT, lambda: True)
    assert noted("sweep") is None


def test_the_tasks_of_the_site_run_on_an_empty_one(caplog: pytest.LogCaptureFixture) -> None:
    upkeep(TASKS, AT)
    assert [noted(task.name) for task in TASKS] == [("done", AT)] * len(TASKS)
    assert [record for record in caplog.records if record.levelname != "INFO"] == []
    assert all(len(f"task:{task.name}") <= 40 for task in TASKS)
