"""A migration killed with SIGKILL before any of its statements leaves the old version or the new one, with every row;
run again, it ends. A seeded sample of the statements; all of them in the long form (`make faults`).
"""

import datetime as dt
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from elearn.config import ROOT
from elearn.store import schema
from elearn.store.base import prepare
from elearn.store.upgrade import differences, upgrade
from tests.conftest import ON_POSTGRESQL
from tests.postgres import Server

LONG = bool(os.environ.get("ELEARN_LONG_FAULTS"))
ON_SQLITE, ON_SERVER = 5, 3
AT = dt.datetime(2026, 11, 22, 15, 0)
KEPT = ("person", "enrolment", "progress", "data_key", "reflection", "edition", "attestation", "holding")

CHILD = textwrap.dedent(
    """
    import os, signal, sys
    import sqlalchemy as sa
    from elearn.store.base import prepare
    from elearn.store.upgrade import upgrade

    url, last = sys.argv[1], int(sys.argv[2])
    done = 0

    def count(*_):
        global done
        done += 1
        if done == last:
            os.kill(os.getpid(), signal.SIGKILL)

    engine = sa.create_engine(url)
    prepare(engine)
    sa.event.listen(engine, "before_cursor_execute", count)
    sa.event.listen(engine, "commit", count)
    upgrade(engine)
    print(done)
    """
)
"""Migrates, and kills itself before the statement (or commit) of that number; 0 to count them all."""

pytestmark = pytest.mark.faults


def child(url: str, last: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CHILD, url, str(last)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


def fill(url: str) -> None:
    """A database of the first version with twenty people who learn, write and hold attestations."""
    engine = sa.create_engine(url)
    prepare(engine)
    upgrade(engine, to="0001")
    metadata = sa.MetaData()
    metadata.reflect(engine)
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in KEPT}
    rows["edition"] = [{"number": 1, "published_at": AT, "format": 1, "renderer": "x"}]
    for n in range(1, 21):
        rows["person"].append({"id": n, "sign_in_name": f"Élève {n}", "sign_in_key": f"e{n}", "chosen_name": f"É{n}",
            "password_hash": "-", "role": "trainee", "locale": "fr", "demo": False, "created_at": AT})  # fmt: skip
        rows["enrolment"].append({"id": n, "person_id": n, "course": "reperes", "locale": "fr", "edition": 1,
            "rule_version": "1", "title": {"fr": "é"}, "discreet_title": {}, "created_at": AT})  # fmt: skip
        rows["progress"].append({"enrolment_id": n, "state": {}, "units_done": 0, "units_total": 2, "edition": 1,
            "last_unit": "", "last_section": "", "rule_version": "1", "updated_at": AT})  # fmt: skip
        rows["data_key"].append({"id": f"k{n}", "person_id": n, "wrapped_by": "reflections-1",
            "wrapped": bytes([n]) * 60, "made_at": AT})  # fmt: skip
        rows["reflection"].append({"id": f"r{n}", "person_id": n, "course": "reperes", "unit": "u", "question": "q",
            "key_id": f"k{n}", "sealed": bytes([n]) * 80, "revision": 1, "saved_at": AT})  # fmt: skip
        rows["attestation"].append({"id": f"a{n}", "kind": "success", "state": "active", "locale": "fr",
            "printed_name": f"É{n}", "facts": b"{}", "digest": "0" * 64, "issued_at": AT})  # fmt: skip
        rows["holding"].append({"attestation_id": f"a{n}", "person_id": n, "enrolment_id": n})
    with engine.begin() as connection:
        for name in KEPT:
            connection.execute(metadata.tables[name].insert(), rows[name])
    engine.dispose()


def state(url: str) -> tuple[str | None, dict[str, list[tuple[object, ...]]], list[str]]:
    """(version, what the rows of the first version hold, what is not as that version declares)."""
    engine = sa.create_engine(url)
    try:
        stands = schema.revision(engine)
        with engine.connect() as connection:
            found = {}
            for name in KEPT:
                table = sa.Table(name, sa.MetaData(), autoload_with=connection)
                mine = [column for column in table.columns if column.name in FIRST[name]]
                found[name] = sorted((tuple(row) for row in connection.execute(sa.select(*mine))), key=repr)
            wrong = differences(connection) if stands == schema.newest() else []
            if engine.dialect.name == "sqlite":
                wrong += [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
                wrong += [str(row) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
                left = "SELECT name FROM sqlite_master WHERE name LIKE '_alembic_tmp_%'"
                wrong += [row[0] for row in connection.exec_driver_sql(left)]
        return stands, found, wrong
    finally:
        engine.dispose()


FIRST: dict[str, set[str]] = {}
"""Columns of the first version, by table."""


def remember(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        for name in KEPT:
            FIRST[name] = {str(column["name"]) for column in sa.inspect(connection).get_columns(name)}
    engine.dispose()


def chosen(total: int, most: int) -> list[int]:
    """Which statements to be killed before: the first, the last, the commit, and some between."""
    if LONG:
        return list(range(1, total + 1))
    return sorted({1, total - 1, total, *random.Random(2).sample(range(2, total - 1), most - 3)})


def survives(url: str, before: object, last: int) -> str | None:
    """Kill a migration; then see that all is old or new, and that it ends when it is run again. Where it stood."""
    assert child(url, last).returncode == -signal.SIGKILL
    stands, rows, wrong = state(url)
    assert stands in ("0001", schema.newest()) and wrong == [], (last, stands, wrong)
    assert rows == before, last
    again = child(url, 0)
    assert again.returncode == 0, again.stderr
    after, rows, wrong = state(url)
    assert (after, rows, wrong) == (schema.newest(), before, []), last
    return stands


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    path = tmp_path / "first.sqlite"
    fill(f"sqlite:///{path}")
    remember(f"sqlite:///{path}")
    return path


@pytest.mark.skipif(ON_POSTGRESQL, reason="makes its own SQLite file")
def test_killed_on_sqlite(filled: Path, tmp_path: Path) -> None:
    _, before, _ = state(f"sqlite:///{filled}")
    whole = shutil.copyfile(filled, tmp_path / "whole.sqlite")
    total = int(child(f"sqlite:///{whole}", 0).stdout)
    assert total > 50
    for last in chosen(total, ON_SQLITE):
        copy = shutil.copyfile(filled, tmp_path / f"killed-{last}.sqlite")
        assert survives(f"sqlite:///{copy}", before, last) == "0001"
        copy.unlink()


@pytest.fixture
def first_on_server(postgres_server: Server) -> Iterator[str]:
    url = postgres_server.new_database()
    fill(url)
    remember(url)
    yield url
    postgres_server.drop_database(url)


@pytest.mark.postgres
def test_killed_on_postgresql(first_on_server: str, postgres_server: Server) -> None:
    _, before, _ = state(first_on_server)
    whole = copy_of(first_on_server, postgres_server)
    total = int(child(whole, 0).stdout)
    postgres_server.drop_database(whole)
    assert total > 50
    for last in chosen(total, ON_SERVER):
        copy = copy_of(first_on_server, postgres_server)
        assert survives(copy, before, last) == "0001"
        postgres_server.drop_database(copy)


def copy_of(url: str, server: Server) -> str:
    """A copy of a database to which nobody is connected."""
    copy = server.new_database()
    server.drop_database(copy)
    names = sa.make_url(copy).database, sa.make_url(url).database
    server._run(f"CREATE DATABASE {names[0]} TEMPLATE {names[1]}")
    return copy


@pytest.mark.skipif(ON_POSTGRESQL, reason="makes its own SQLite file")
def test_the_comparison_sees_a_lost_row(filled: Path) -> None:
    """The control."""
    url = f"sqlite:///{filled}"
    _, before, wrong = state(url)
    assert wrong == []
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM holding WHERE person_id = 7")
    engine.dispose()
    assert state(url)[1] != before
