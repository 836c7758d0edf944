"""Bring a database's tables up to date. Loads alembic, which takes a while: import this where it is needed only."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine

from elearn.store.base import Base
from elearn.store.schema import MIGRATIONS


def upgrade(engine: Engine, folder: Path = MIGRATIONS, to: str = "head") -> None:
    """Run every migration that lacks, up to the one called `to`: all of them or none, on SQLite too."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["engine"] = engine
    command.upgrade(config, to)


def differences(connection: Connection) -> list[str]:
    """What alembic would still change to make a database the declared tables; empty where nothing lacks."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return [str(change) for change in compare_metadata(context, Base.metadata)]
