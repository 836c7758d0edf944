"""What every test may ask for: settings in a folder of its own, a migrated database, the app.

The database is SQLite, or PostgreSQL when ELEARN_TEST_ON is `postgresql` (`make test-pg`). Each test finds a
migrated database without rows. Imports stand inside the fixtures, so that tests of the core load neither Flask nor
SQLAlchemy. With a variable of REQUIRED a skip of such a test fails.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from zlib import crc32

import pytest

from elearn.config import Settings

if TYPE_CHECKING:
    from flask import Flask
    from jinja2 import BytecodeCache

    from tests.postgres import Server

ON_POSTGRESQL = os.environ.get("ELEARN_TEST_ON") == "postgresql"
REQUIRED = {
    "browser": "ELEARN_REQUIRE_BROWSER",
    "postgres": "ELEARN_REQUIRE_POSTGRES",
    "strace": "ELEARN_REQUIRE_STRACE",
    "faketime": "ELEARN_REQUIRE_FAKETIME",
    "node": "ELEARN_REQUIRE_NODE",
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """ELEARN_SAMPLE=n: of the tests of pages one in n, always the same ones. The short form of `make test-pg`."""
    every = int(os.environ.get("ELEARN_SAMPLE", "1"))
    pages = Path(__file__).parent / "web"
    left = [one for one in items if pages in one.path.parents and crc32(one.nodeid.encode()) % every]
    if left:
        config.hook.pytest_deselected(items=left)
        gone = set(left)
        items[:] = [one for one in items if one not in gone]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    from tests import postgres

    with postgres.server() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of one database with every table and no row, to copy from."""
    if ON_POSTGRESQL:
        server: Server = request.getfixturevalue("postgres_server")
        url = server.new_database()
        build(url)
        yield url
        server.drop_database(url)
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('migrated') / 'elearn.sqlite'}"
        build(url)
        yield url


@pytest.fixture
def database_url(migrated: str, tmp_path: Path) -> Iterator[str]:
    """A migrated database without rows: a copy of the file, or on PostgreSQL the one of this process, emptied after."""
    if ON_POSTGRESQL:
        yield migrated
        empty(migrated)
    else:
        mine = tmp_path / "elearn.sqlite"
        shutil.copyfile(migrated.removeprefix("sqlite:///"), mine)
        yield f"sqlite:///{mine}"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """A trial on one's own machine. A test that wants other settings makes them with `Settings.from_env`."""
    folders = {name: str(tmp_path / name) for name in ("instance", "keys")}
    made = Settings.from_env({}, database_url=database_url, **folders)
    made.make_folders()
    return made


@pytest.fixture
def cheap_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same function with less work: the real one takes a fifth of a second each time. Not for tests that are
    marked `real_passwords`, since they measure time."""
    from elearn.services import passwords

    if not request.node.get_closest_marker("real_passwords"):
        monkeypatch.setattr(passwords, "METHOD", "scrypt:1024:8:1")


@pytest.fixture
def app(settings: Settings, cheap_passwords: None) -> Iterator[Flask]:
    from elearn.app import create_app

    share_address_builders()
    made = create_app(settings)
    made.jinja_env.bytecode_cache = compiled_templates()
    yield made
    close(made)


@cache
def share_address_builders() -> None:
    """Werkzeug compiles two functions a route, a quarter of a second an app: the same ones serve all of a process."""
    from werkzeug.routing import Rule

    compile_one: Any = Rule._compile_builder
    kept: dict[tuple[str, str, bool], Any] = {}

    def shared(rule: Any, append_unknown: bool = True) -> Any:
        key = (rule.rule, rule.endpoint, append_unknown)
        if key not in kept:
            kept[key] = compile_one(rule, append_unknown)
        return kept[key]

    Rule._compile_builder = shared  # type: ignore[method-assign]


@cache
def compiled_templates() -> BytecodeCache:
    """Templates compiled once a process, not once an app: a third of a second for each kind of page."""
    from jinja2 import BytecodeCache
    from jinja2.bccache import Bucket

    class Kept(BytecodeCache):
        held: ClassVar[dict[str, bytes]] = {}

        def get_bucket(self, environment: Any, name: str, filename: str | None, source: str) -> Bucket:
            """A template is compiled once a language (web.rendering)."""
            return super().get_bucket(environment, f"{environment.lang}:{name}", filename, source)

        def load_bytecode(self, bucket: Bucket) -> None:
            if bucket.key in self.held:
                bucket.bytecode_from_string(self.held[bucket.key])

        def dump_bytecode(self, bucket: Bucket) -> None:
            self.held[bucket.key] = bucket.bytecode_to_string()

    return Kept()


def build(url: str) -> None:
    import sqlalchemy as sa

    from elearn.store.base import prepare
    from elearn.store.upgrade import upgrade

    engine = sa.create_engine(url)
    prepare(engine)
    upgrade(engine)
    engine.dispose()


def empty(url: str) -> None:
    """Delete every row and begin numbers at 1 again, in one statement; 60 times as fast as a new database a test."""
    import sqlalchemy as sa

    from elearn.store.base import Base

    tables = [table.name for table in reversed(Base.metadata.sorted_tables) if table.name != "audit_entry"]
    deleted = " ".join(f'DELETE FROM "{name}";' for name in tables)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"DO $$ DECLARE name text; BEGIN {deleted} "
            # the audit log only grows: no row of it can be deleted
            "IF EXISTS (SELECT FROM audit_entry) THEN TRUNCATE audit_entry; END IF; "
            "FOR name IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP "
            "EXECUTE 'ALTER SEQUENCE ' || quote_ident(name) || ' RESTART'; END LOOP; END $$"
        )


def close(app: Flask) -> None:
    """Let go of every connection: a database that someone holds cannot be dropped."""
    from elearn.store.base import db

    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        for marker, variable in REQUIRED.items():
            # On PostgreSQL the tests that bring a server of their own have nothing to add: the ordinary run has them.
            if (marker, ON_POSTGRESQL) == ("postgres", True):
                continue
            if item.get_closest_marker(marker) and os.environ.get(variable):
                report.outcome = "failed"
                report.longrepr = f"{variable} is set, so this may not be skipped: {report.longrepr}"
    return report
