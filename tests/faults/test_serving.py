"""The server: workers that die, also all at one moment, are replaced; a port that is taken is refused in words."""

import os
import random
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from elearn.config import ROOT, SettingsError
from elearn.serving import refuse_busy_port
from tests.site import Running, Visitor, free_port, stop

pytestmark = pytest.mark.faults

BLIND = "from granian.server.mp import WorkerProcess; WorkerProcess._watcher = lambda self: self.inner.join()"
"""granian no longer notices that a worker died."""

SCRIPT = textwrap.dedent(
    """
    import os, sys, time
    from elearn.config import Settings
    from elearn.serving import serve

    def app(environ, start):
        if environ["PATH_INFO"] == "/slow":
            time.sleep(1.5)
        start("200 OK", [("Content-Type", "text/plain")])
        return [str(os.getpid()).encode()]

    serve(app, Settings.from_env({}, port=sys.argv[1]))
    """
)


@pytest.fixture
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    """The server with a bare app: nothing but the hooks is tried."""
    port = free_port()
    script = getattr(request, "param", "") + SCRIPT
    process = subprocess.Popen([sys.executable, "-c", script, str(port)], cwd=ROOT, stdin=subprocess.DEVNULL)
    site = Running(port, process, tmp_path, ())
    assert answers(site, 15)
    yield site
    stop(process)


def is_whole(site: Running) -> bool:
    """Do both workers run again, within a few seconds?"""
    until = time.monotonic() + 6
    while len(site.workers()) < 2 and time.monotonic() < until:
        time.sleep(0.05)
    return site.process.poll() is None and len(site.workers()) == 2


def answers(site: Running, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            return Visitor(site.port, timeout_s=2).get("/").status == 200
        except OSError:
            time.sleep(0.02)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere workers take seconds to start")
def test_killed_workers_come_back_however_fast_they_die(bare: Running) -> None:
    chance = random.Random(13)
    killed = 0
    for _ in range(25):
        workers = bare.workers()
        for worker in workers if chance.random() < 0.5 else workers[:1]:
            os.kill(worker, signal.SIGKILL)
            killed += 1
        time.sleep(chance.uniform(0.01, 0.15))
    assert killed > 25
    assert answers(bare, 5)
    assert is_whole(bare)


@pytest.mark.parametrize("bare", [BLIND], ids=["blind"], indirect=True)
def test_a_dead_worker_that_granian_overlooks_is_replaced(bare: Running) -> None:
    os.kill(bare.workers()[0], signal.SIGKILL)
    time.sleep(0.1)
    assert is_whole(bare)
    assert answers(bare, 5)


def test_it_stops_when_asked(bare: Running) -> None:
    workers = bare.workers()
    bare.process.send_signal(signal.SIGTERM)
    assert bare.process.wait(10) == 0
    assert not [worker for worker in workers if Path(f"/proc/{worker}/cmdline").exists()]


def test_requests_under_way_end_before_it_stops(bare: Running) -> None:
    """Both workers are busy when SIGTERM comes: both answers arrive whole, and nothing is left running."""
    answered: list[int] = []
    asking = [
        threading.Thread(target=lambda: answered.append(Visitor(bare.port, timeout_s=10).get("/slow").status))
        for _ in range(2)
    ]
    workers = bare.workers()
    for thread in asking:
        thread.start()
        time.sleep(0.2)
    bare.process.send_signal(signal.SIGTERM)
    for thread in asking:
        thread.join()
    assert answered and set(answered) == {200} and len(answered) == 2
    assert bare.process.wait(10) == 0
    assert not [worker for worker in workers if Path(f"/proc/{worker}/cmdline").exists()]


def test_a_port_in_use_is_refused_in_words() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(SettingsError) as refusal:
            refuse_busy_port("127.0.0.1", port)
        with pytest.raises(SettingsError) as of_a_real_site:
            refuse_busy_port("127.0.0.1", port, real=True)
    assert f"Le port {port} est déjà pris" in refusal.value.fr
    assert f"make run PORT={port + 1}" in refusal.value.en
    assert "PORT=" not in of_a_real_site.value.en and "systemctl status elearn" in of_a_real_site.value.en
