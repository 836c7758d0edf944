"""The work behind the pages: `elearn work` sends mail and does what upkeep is due, until it is told to stop.

`elearn run` keeps one such process beside the server, replaced when it dies. Several at once, on several machines, do
no harm: each message and each task is claimed in a transaction. Called inside the app's context.
"""

import contextlib
import datetime as dt
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

from elearn import logs
from elearn.config import PREFIX, Settings
from elearn.services import credentials, key_changes, lifecycle, posting, retention, searching, status_lists, tasks
from elearn.services.keys import keyring
from elearn.services.transports import transport_for
from elearn.store.base import now

PASS_EVERY = 10.0
LOOK_AT_TASKS_EVERY = dt.timedelta(minutes=1)
REPLACED_AFTER = 2.0
"""Seconds: a worker that cannot start must not keep the machine busy."""
STOPS_WITHIN = 5.0


@dataclass(frozen=True, slots=True)
class Task:
    """Upkeep by name (36 signs at most): `run` is given the moment; whatever it raises is noted and stops nobody."""

    name: str
    every: dt.timedelta
    run: Callable[[dt.datetime], object]


TASKS: tuple[Task, ...] = (
    Task("mail", dt.timedelta(hours=1), posting.forget),
    Task("key changes", dt.timedelta(minutes=10), key_changes.apply),
    Task("search", dt.timedelta(minutes=10), searching.fill),
    Task("attestations", dt.timedelta(hours=24), lifecycle.daily),
    Task("signatures", dt.timedelta(minutes=10), credentials.sign_again_due),
    Task("status lists", dt.timedelta(hours=1), status_lists.sign_due),
    Task("retention", dt.timedelta(hours=24), retention.daily),
)


def work(settings: Settings, once: bool = False, beside: int = 0) -> None:
    """Send and tidy until SIGTERM or SIGINT, or `once` through. `beside`: ends with that parent process too."""
    stop = _asked_to_stop()
    transport = transport_for(settings, keyring())
    look_at = now()

    def ended() -> bool:
        return stop.is_set() or (beside > 0 and os.getppid() != beside)

    while not ended():
        with _surviving("mail"):
            posting.drain(now, transport, stop=ended)
        if now() >= look_at:
            look_at = now() + LOOK_AT_TASKS_EVERY
            upkeep(TASKS, now(), ended)
        if once:
            return
        rest = PASS_EVERY * random.uniform(0.9, 1.1)  # noqa: S311 - spreads machines, guards nothing
        until = time.monotonic() + rest
        while time.monotonic() < until and not ended():
            stop.wait(1)


def upkeep(due: tuple[Task, ...], at: dt.datetime, stop: Callable[[], bool] = lambda: False) -> None:
    """Run each task whose time has come and that nobody else is at."""
    for task in due:
        if stop():
            return
        with _surviving(task.name):
            if tasks.claim(task.name, task.every, at):
                tasks.finish(task.name, at, _tried(task, at))


def _tried(task: Task, at: dt.datetime) -> str:
    """Nothing where it was done, else the class of what went wrong."""
    try:
        task.run(at)
    except Exception as error:  # it may be anybody's code
        logs.note("task failed", logging.ERROR, kind=task.name, error=type(error).__name__)
        return type(error).__name__
    logs.note("task done", kind=task.name)
    return ""


@contextlib.contextmanager
def _surviving(what: str) -> Iterator[None]:
    """Whatever goes wrong inside is logged by its class, and what follows goes on."""
    try:
        yield
    except Exception as error:  # one trouble must not end the others
        logs.note("work failed", logging.ERROR, kind=what, error=type(error).__name__)


def _asked_to_stop() -> threading.Event:
    """Set by SIGTERM and SIGINT: what is begun is ended, nothing more is begun."""
    stop = threading.Event()

    def told(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, told)
    return stop


@contextlib.contextmanager
def beside(settings: Settings) -> Iterator[None]:
    """A process that works while the server serves. One that dies is replaced; at the end it is stopped.

    A process and not a thread: threads do not live on in workers that are forked, and what they hold then stays held.
    The first is started here, before the server forks: a worker forked meanwhile would keep the ends of its pipes open.
    """
    start = partial(_start, settings, Path.cwd())
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(start(), start, done), daemon=True, name="elearn-keeper")
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join(STOPS_WITHIN + 2)


def _start(settings: Settings, place: Path) -> "subprocess.Popen[bytes]":
    """It knows the address that was given to `elearn run`, and ends by itself where this process is killed."""
    environ = os.environ | {f"{PREFIX}HOST": settings.host, f"{PREFIX}PORT": str(settings.port)}
    return subprocess.Popen(  # noqa: S603 - our own command, from our own process
        [sys.executable, "-m", "elearn.cli", "work", "--beside", str(os.getpid())],
        cwd=place,
        env=environ,
        stdin=subprocess.DEVNULL,
    )


def _keep(
    child: "subprocess.Popen[bytes]", start: "Callable[[], subprocess.Popen[bytes]]", done: threading.Event
) -> None:
    while True:
        while child.poll() is None and not done.wait(0.2):
            pass
        if done.is_set():
            break
        logs.note("worker of mail and upkeep ended", logging.ERROR, code=child.returncode)
        if done.wait(REPLACED_AFTER):
            break
        with _surviving("start"):
            child = start()
    if child.poll() is None:
        child.terminate()
    try:
        child.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
