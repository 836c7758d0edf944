"""The archives that lie in the folder of backups: their names, sizes and dates. Opens none of them."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

ENDING = ".backup"


@dataclass(frozen=True, slots=True)
class Archive:
    """`size` in bytes."""

    name: str
    size: int
    at: dt.datetime


def archives(folder: Path) -> list[Archive]:
    """Newest first; empty where the folder is not there or cannot be read."""
    found = []
    try:
        for path in folder.iterdir():
            if path.suffix == ENDING and path.is_file():
                about = path.stat()
                found.append(Archive(path.name, about.st_size, dt.datetime.fromtimestamp(about.st_mtime, dt.UTC)))
    except OSError:
        return []
    return sorted(found, key=lambda one: (one.at, one.name), reverse=True)
