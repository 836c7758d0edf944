"""A real site for tests: `elearn run` in a process of its own, on a free port of 127.0.0.1, and visitors over HTTP.

For what the test client cannot show: workers that die, a start on an empty folder, speed. Stopped by its process id.
"""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from elearn.config import ROOT
from tests import shipped

PATIENCE = 40.0
WORK = "elearn.cli work"


@dataclass(frozen=True)
class Running:
    """`links`: the sign-in links told at the start, by demo person. `database`: its SQLite file."""

    port: int
    process: subprocess.Popen[bytes]
    folder: Path
    links: tuple[str, ...]
    command: str = "run"

    @property
    def database(self) -> Path:
        return self.folder / "instance" / "elearn.sqlite"

    def said(self) -> str:
        return (self.folder / f"{self.command}.log").read_text("utf-8")

    def workers(self) -> list[int]:
        """Process ids of what serves: the children of the process that was started, but the one of `elearn work`."""
        return [pid for pid, command in self._children() if WORK not in command]

    def wait_for_workers(self, count: int, seconds: float = PATIENCE) -> None:
        """Until so many serve: the first one answers while the others are still being started. AssertionError where
        they do not come."""
        until = time.monotonic() + seconds
        while len(self.workers()) < count:
            assert time.monotonic() < until, f"{len(self.workers())} workers of {count}:\n{self.said()}"
            time.sleep(0.05)

    def helper(self) -> int | None:
        """Process id of `elearn work` beside the server, where it runs."""
        return next((pid for pid, command in self._children() if WORK in command), None)

    def _children(self) -> list[tuple[int, str]]:
        """(process id, command line) of each child; the line is empty where it has died and nobody has looked yet."""
        proc = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        if proc.exists():
            return [(int(word), _command_line(word)) for word in _children_of(self.process.pid)]
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
        rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
        return [(int(row[0]), " ".join(row[2:])) for row in rows if int(row[1]) == self.process.pid]


def _children_of(pid: int) -> list[str]:
    """A process that starts children from several threads lists them by thread."""
    found: list[str] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            found += (task / "children").read_text().split()
    return found


def _command_line(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Settings for a site of its own in `folder`, in plain French, with some of the shipped courses."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ELEARN_")}
    mine = {"ELEARN_INSTANCE": str(folder / "instance"), "ELEARN_KEYS": str(folder / "keys"), "ELEARN_LANG": "fr"}
    return kept | mine | {"ELEARN_CONTENT": str(shipped.some())} | more


@contextmanager
def running(
    folder: Path, command: str = "run", port: int = 0, before: Sequence[str] = (), **more: str
) -> Iterator[Running]:
    """A started site that answers; stopped at the end. AssertionError with what it said where it does not answer.

    `before`: words of a program that starts it, such as one that gives it a disk of its own.
    """
    port = port or free_port()
    process = start(folder, command, port, before, **more)
    log = folder / f"{command}.log"
    try:
        wait_until_it_answers(port, process, "the site does not answer", log)
        links = tuple(re.findall(r"/accounts/links/\S+", log.read_text("utf-8")))
        site = Running(port, process, folder, links, command)
        site.wait_for_workers(int(more.get("ELEARN_WORKERS", "1" if command == "preview" else "2")))
        yield site
    finally:
        stop(process)


def start(
    folder: Path, command: str, port: int, before: Sequence[str] = (), group: bool = False, **more: str
) -> "subprocess.Popen[bytes]":
    """The command's process, whether it answers yet or not. `group`: in a group of processes of its own."""
    with (folder / f"{command}.log").open("wb") as output:
        return subprocess.Popen(
            [*before, sys.executable, "-m", "elearn.cli", command, "--port", str(port)],
            cwd=ROOT,
            env=environment(folder, **more),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=group,
        )


def stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until_it_answers(port: int, process: subprocess.Popen[bytes], otherwise: str, log: Path | None = None) -> None:
    """Until `/healthz` says 200. AssertionError with what the process said, where it ends or stays silent."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if Visitor(port).get("/healthz").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"{otherwise}:\n{log.read_text('utf-8') if log else ''}")


@dataclass(frozen=True)
class Answer:
    """`headers`: by their names as `Retry-After`, however the server writes them."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def path(self) -> str:
        """Where it redirects to, without host."""
        where = next((value for name, value in self.headers.items() if name.lower() == "location"), "")
        parts = urlsplit(where)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def form(self, ending: str) -> "Form":
        """The first form whose action's path ends so. AssertionError where the page has none."""
        reader = _Forms()
        reader.feed(self.text)
        for form in reader.forms:
            if urlsplit(form.action).path.endswith(ending):
                return form
        raise AssertionError(f"no form to …{ending} among {[form.action for form in reader.forms]}")


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(values.get("action", "")))
            self._open = True
        elif tag == "input" and self._open and values.get("type") == "hidden" and "name" in values:
            self.forms[-1].fields[values["name"]] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


@dataclass
class Visitor:
    """One browser's worth of HTTP: keeps its cookie and says, as browsers do, that its forms are of the same origin."""

    port: int
    cookie: str = ""
    timeout_s: float = 10.0
    kept: http.client.HTTPConnection | None = None
    more: dict[str, str] = field(default_factory=dict)
    """Headers that it sends beside its own."""

    def get(self, path: str) -> Answer:
        return self._send("GET", path, None)

    def post(self, path: str, fields: Mapping[str, str]) -> Answer:
        return self._send("POST", path, urlencode(fields))

    def submit(self, page: str, ending: str, **fields: str) -> Answer:
        """Open a page and send one of its forms."""
        form = self.get(page).form(ending)
        return self.post(form.action, form.fields | fields)

    def sign_in(self, link: str) -> None:
        answer = self.submit(link, link)
        assert answer.status == 303 and self.cookie, answer.status

    def sign_up(self, name: str, password: str) -> None:
        answer = self.submit("/accounts/sign-up", "/accounts/sign-up", sign_in_name=name, password=password)
        assert answer.status == 303 and self.cookie, answer.status

    def keep_alive(self) -> None:
        self.kept = self._connection()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout_s)

    def _send(self, method: str, path: str, body: str | None) -> Answer:
        connection = self.kept or self._connection()
        headers = {"Sec-Fetch-Site": "same-origin", **self.more}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self.cookie:
            headers["Cookie"] = self.cookie
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            if connection is not self.kept:
                connection.close()
        for value in response.headers.get_all("Set-Cookie") or ():
            self.cookie = value.partition(";")[0]
        told = {name.title(): value for name, value in response.headers.items()}
        return Answer(response.status, told, text)
