"""How old the tables of a database are. Reads one row; alembic itself is loaded only by `store/upgrade.py`."""

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from elearn.config import ROOT

MIGRATIONS = ROOT / "migrations"


def newest() -> str:
    """The name of the last migration: files are `NNNN_words.py` and their number is their name."""
    return max(path.stem.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*.py"))


def revision(engine: Engine) -> str | None:
    """The migration a database stands at; None where it holds no tables yet. DBAPIError where it cannot be reached."""
    with engine.connect():
        pass
    try:
        with engine.connect() as connection:
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DBAPIError:
        return None


def is_current(engine: Engine) -> bool:
    return revision(engine) == newest()


def is_newer(stands: str | None) -> bool:
    """Was a database made by a newer elearn than this one? Its tables are then left alone."""
    return stands is not None and stands > newest()


def others_connected(connection: Connection) -> bool:
    """PostgreSQL: is anyone else connected to this database?"""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    return bool(connection.execute(text(asked)).scalar_one())
