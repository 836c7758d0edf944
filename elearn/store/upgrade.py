"""Bring a database's tables up to date. Loads alembic, which takes a while: import this where it is needed only."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from elearn.store.schema import MIGRATIONS


def upgrade(engine: Engine, folder: Path = MIGRATIONS) -> None:
    """Run every migration that lacks, all of them or none, on SQLite too."""
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["engine"] = engine
    command.upgrade(config, "head")
