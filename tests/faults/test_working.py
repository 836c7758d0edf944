"""`elearn work`, alone and beside the server: it sends, ends when told, is replaced when killed, and never outlives its
server; and what a kill in the midst of sending leaves."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from elearn.app import create_app
from elearn.config import ROOT, Settings
from elearn.services import posting
from elearn.services.posting import LEASE, Counts
from elearn.services.transports import SmtpTransport
from elearn.store.upgrade import upgrade
from tests.conftest import close
from tests.services.mailing import AT, messages, person, put, states
from tests.site import Running, environment, running, stop
from tests.smtp import MailServer, mail_server

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="makes its own SQLite file"),
]


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """A folder of a site in which a message for Benoît waits."""
    inside(tmp_path, lambda: put(person("Benoît", "benoit@example.org")))
    return tmp_path


def inside(folder: Path, deed: Callable[[], object]) -> object:
    """Do something within the site of a folder, whose mail comes from site@example.org."""
    from elearn.store import schema
    from elearn.store.base import db

    place = {"instance": str(folder / "instance"), "keys": str(folder / "keys")}
    settings = Settings.from_env({}, mail_from="site@example.org", **place)
    settings.make_folders()
    app = create_app(settings)
    try:
        with app.app_context():
            if not schema.is_current(db.engine):
                upgrade(db.engine)
            return deed()
    finally:
        close(app)


def eventually(seen: Callable[[], object], seconds: float = 40) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if seen():
            return True
        time.sleep(0.05)
    return False


def alive(pid: int | None) -> bool:
    """Does it run? One that has ended and that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def to(server: MailServer) -> dict[str, str]:
    return {"ELEARN_MAIL_SERVER": f"smtp://127.0.0.1:{server.port}", "ELEARN_MAIL_FROM": "site@example.org"}


def work(folder: Path, *words: str, **more: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "elearn.cli", *words],
        cwd=ROOT,
        env=environment(folder, **more),
        stdin=subprocess.DEVNULL,
    )


def test_once_sends_what_waits_and_ends(prepared: Path) -> None:
    with mail_server() as server:
        assert work(prepared, "work", "--once", **to(server)).wait(30) == 0
        assert [one.to for one in server.taken] == [["benoit@example.org"]]
    assert inside(prepared, states) == ["sent"]


def test_it_works_until_it_is_told_to_stop(prepared: Path) -> None:
    with mail_server() as server:
        process = work(prepared, "work", **to(server))
        try:
            assert eventually(lambda: server.taken)
            inside(prepared, lambda: put(person("Chloé", "chloe@example.org")))
            assert eventually(lambda: len(server.taken) == 2)
            assert process.poll() is None
            process.send_signal(signal.SIGTERM)
            assert process.wait(5) == 0
        finally:
            stop(process)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_run_sends_mail_and_keeps_its_helper(prepared: Path) -> None:
    with mail_server() as server, running(prepared, **to(server)) as site:
        assert eventually(lambda: server.taken)
        first = site.helper()
        assert first is not None and len(site.workers()) == 2
        os.kill(first, signal.SIGKILL)
        inside(prepared, lambda: put(person("Chloé", "chloe@example.org")))
        assert eventually(lambda: site.helper() not in (None, first))
        assert eventually(lambda: len(server.taken) == 2)
        second = site.helper()
        workers = site.workers()
        assert len(workers) == 2
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(12) == 0
        assert not [pid for pid in (second, *workers) if alive(pid)]
    assert [one.to for one in server.taken] == [["benoit@example.org"], ["chloe@example.org"]]


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_the_helper_does_not_outlive_a_server_that_is_killed(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        assert eventually(lambda: site.helper() is not None)
        pids = [site.helper(), *site.workers()]
        time.sleep(2)
        os.kill(site.process.pid, signal.SIGKILL)
        assert eventually(lambda: not alive(pids[0]), 10)
        for pid in pids[1:]:
            if pid is not None and alive(pid):
                os.kill(pid, signal.SIGKILL)


def test_a_demonstration_says_where_mail_lies(prepared: Path) -> None:
    with running(prepared) as site:
        assert "elearn mail list" in site.said()
        assert eventually(lambda: list((prepared / "instance" / "mail").glob("*.sealed")))
        assert lies_there(site)


def lies_there(site: Running) -> bool:
    listed = subprocess.run(
        [sys.executable, "-m", "elearn.cli", "mail", "list"],
        cwd=ROOT,
        env=environment(site.folder),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return "Choisir un nouveau mot de passe" in listed


KILLED = textwrap.dedent(
    """
    import datetime as dt, os, signal, sys
    from elearn.app import create_app
    from elearn.config import Settings
    from elearn.services import posting
    from elearn.services.transports import SmtpTransport

    folder, port, when = sys.argv[1:]
    place = {"instance": f"{folder}/instance", "keys": f"{folder}/keys"}
    settings = Settings.from_env({}, mail_server=f"smtp://127.0.0.1:{port}", mail_from="site@example.org", **place)

    class Dies(SmtpTransport):
        def send(self, message, uid):
            if when == "after":
                super().send(message, uid)
            os.kill(os.getpid(), signal.SIGKILL)

    with create_app(settings).app_context():
        posting.drain(lambda: dt.datetime(2026, 11, 25, 9, 0, tzinfo=dt.UTC), Dies(settings))
    """
)


@pytest.mark.parametrize(("when", "copies"), [("before", 1), ("after", 2)])
def test_a_sender_that_is_killed_loses_nothing(prepared: Path, when: str, copies: int) -> None:
    """Killed before the server took it: sent once. Killed after, before it was noted: twice, and alike by name."""
    with mail_server() as server:
        killed = subprocess.run(
            [sys.executable, "-c", KILLED, str(prepared), str(server.port), when], cwd=ROOT, check=False
        )
        assert killed.returncode == -signal.SIGKILL
        assert inside(prepared, states) == ["waiting"]
        sender = SmtpTransport(
            Settings.from_env({}, mail_server=f"smtp://127.0.0.1:{server.port}", mail_from="site@example.org")
        )
        assert inside(prepared, lambda: posting.drain(lambda: AT, sender)) == Counts()
        assert inside(prepared, lambda: posting.drain(lambda: AT + LEASE, sender)) == Counts(sent=1)
        assert len(server.taken) == copies
        assert len({one.message["Message-ID"] for one in server.taken}) == 1
    rows = inside(prepared, messages)
    assert isinstance(rows, list) and (rows[0].state, rows[0].tries) == ("sent", 2)
