"""Migrations give exactly the declared tables, keep the rows of a filled database, and refuse broken references."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from elearn.store import accounts, schema
from elearn.store.base import Base, now, prepare
from elearn.store.upgrade import upgrade
from tests.house import checks
from tests.postgres import Server

REBUILDS_A_PARENT = '''
"""Widen a name: on SQLite the whole table of people is made anew."""
import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{last}", None, None


def upgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.alter_column("chosen_name", existing_type=sa.String(80), type_=sa.String(90), existing_nullable=False)
'''
BREAKS_REFERENCES = REBUILDS_A_PARENT + '    op.execute("DELETE FROM person")\n'


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    made = sa.create_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    prepare(made)
    yield made
    made.dispose()


@pytest.fixture
def filled(engine: sa.Engine) -> sa.Engine:
    """One person and one session of theirs, which hangs on the person by a cascading reference."""
    upgrade(engine)
    person = {
        "id": 1,
        "sign_in_name": "chloe",
        "sign_in_key": "chloe",
        "chosen_name": "Chloé",
        "password_hash": "-",
        "role": "trainee",
        "locale": "fr",
        "demo": False,
        "created_at": now(),
    }
    with engine.begin() as connection:
        connection.execute(sa.insert(accounts.Person).values(person))
        connection.execute(
            sa.insert(accounts.SignIn).values(
                id="0" * 64,
                person_id=1,
                created_at=now(),
                expires_at=now(),
                seen_at=now(),
                confirmed_at=now(),
                door="password",
                device="",
            )
        )
    return engine


def folder_with(tmp_path: Path, migration: str) -> Path:
    """A copy of the migrations with one more."""
    copy = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "versions" / "9999_test.py").write_text(migration.format(last=schema.newest()), encoding="utf-8")
    return copy


def count(engine: sa.Engine, table: type[Base]) -> int:
    with engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_an_empty_file_becomes_the_declared_tables(engine: sa.Engine) -> None:
    assert schema.revision(engine) is None
    upgrade(engine)
    assert schema.is_current(engine)
    with engine.connect() as connection:
        assert checks.table_differences(connection, Base.metadata) == []


@pytest.mark.postgres
def test_the_same_on_postgresql(postgres_server: Server) -> None:
    url = postgres_server.new_database()
    engine = sa.create_engine(url)
    try:
        assert schema.revision(engine) is None
        upgrade(engine)
        with engine.connect() as connection:
            assert checks.table_differences(connection, Base.metadata) == []
    finally:
        engine.dispose()
        postgres_server.drop_database(url)


def test_the_newest_migration_is_the_one_alembic_means() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.newest()]


def test_a_filled_database_keeps_its_rows(filled: sa.Engine, tmp_path: Path) -> None:
    upgrade(filled, folder_with(tmp_path, REBUILDS_A_PARENT))
    assert schema.revision(filled) == "9999"
    assert (count(filled, accounts.Person), count(filled, accounts.SignIn)) == (1, 1)
    with filled.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_broken_references_undo_the_migration(filled: sa.Engine, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="sign_in") as refusal:
        upgrade(filled, folder_with(tmp_path, BREAKS_REFERENCES))
    assert type(refusal.value).__name__ == "BrokenReferences"
    assert schema.is_current(filled)
    assert (count(filled, accounts.Person), count(filled, accounts.SignIn)) == (1, 1)


def test_a_migration_run_again_changes_nothing(filled: sa.Engine) -> None:
    upgrade(filled)
    assert count(filled, accounts.Person) == 1
