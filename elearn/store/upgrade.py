"""Bring a database's tables up to date. Loads alembic, which takes a while: import this where it is needed only."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from elearn.store.schema import MIGRATIONS


def upgrade(engine: Engine, to: str = "head") -> None:
    """Run every migration that lacks. All of one migration or nothing of it, on SQLite too."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    command.upgrade(config, to)
