"""Where commands write courses, and the ids that they may give: shared by what repairs and what begins."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from elearn.config import ROOT, Settings

if TYPE_CHECKING:
    from elearn.core.new_ids import NewIds

SHIPPED = ROOT / "content"


def writable(settings: Settings) -> list[Path]:
    """The operator's folders; the courses that elearn comes with where there is no other."""
    own = [settings.own_content] if settings.own_content.is_dir() else []
    return own if own and settings.content == SHIPPED else [settings.content, *own]


def root_of(path: Path) -> Path | None:
    """The content folder that a path is in."""
    return next((one for one in (path, *path.parents) if one.is_dir() and _is_content(one)), None)


def _is_content(folder: Path) -> bool:
    return (folder / "site.yaml").is_file() or (folder / "courses").is_dir()


def folders_of(settings: Settings) -> list[Path]:
    return [folder.resolve() for folder in settings.layers]


def new_ids(files: Mapping[str, bytes], published: set[str]) -> "NewIds":
    from elearn.core.new_ids import NewIds, made_ids

    return NewIds(secrets.randbelow, published | made_ids(body for path, body in files.items() if path.endswith(".md")))


def published_ids(settings: Settings) -> set[str]:
    """Ids of every edition, where there is a database: an id that was published is never given to something else."""
    from elearn.core.new_ids import made_ids

    if settings.database_url.startswith("sqlite") and not Path(settings.database_url.partition("///")[2]).exists():
        return set()
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError

    from elearn.store.editions import written

    engine = create_engine(settings.database_url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            return made_ids(written(connection))
    except DBAPIError:  # no tables yet, or no answer: what is in the files is known
        return set()
    finally:
        engine.dispose()


def shown(path: Path) -> str:
    """A path as one would open it from here."""
    return os.path.relpath(path)
