"""The site's own folders of content: files put in place whole or not at all, and never outside. No rule lives here."""

import os
from collections.abc import Sequence
from pathlib import Path

from elearn.store.whole_files import write_whole


class OutsideFolder(Exception):
    """A path that leaves its folder, by its words or by a link."""


def put_file(folder: Path, path: str, body: bytes) -> None:
    """Put one file in place. OutsideFolder."""
    target = _inside(folder, path)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(target, body)


def remove_file(folder: Path, path: str) -> None:
    """Take one file away, and the folders that this leaves empty. Nothing happens where it is not there."""
    target = _inside(folder, path)
    target.unlink(missing_ok=True)
    for parent in target.parents:
        if parent == folder.resolve() or not parent.is_dir() or any(parent.iterdir()):
            break
        parent.rmdir()


def state(folders: Sequence[Path]) -> tuple[tuple[str, int, int, int], ...]:
    """What changes when a file of these folders does: its path, size, time and place on the disk. Reads no file."""
    found = []
    for folder in folders:
        for where, _folders, names in os.walk(folder):
            for name in names:
                path = Path(where) / name
                if path.is_file():
                    known = path.stat()
                    found.append((str(path), known.st_size, known.st_mtime_ns, known.st_ino))
    return tuple(sorted(found))


def _inside(folder: Path, path: str) -> Path:
    root = folder.resolve()
    target = (root / path).resolve()
    if target == root or not target.is_relative_to(root) or "\\" in path or "\0" in path:
        raise OutsideFolder(path)
    return target
