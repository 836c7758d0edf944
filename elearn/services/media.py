"""Files that units show and play, copied out of the content folder under the name of their content. Nothing is ever
changed or taken away here: earlier editions, and pages that are still open, go on finding theirs."""

import os
import re
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from elearn.core.media import published_name

FOLDER = "media"
_POINTER = re.compile(rb"elearn media ([0-9a-f]{64}\.[a-z0-9]{3,4}) [0-9]+\n")


def keep_media(files: Mapping[str, bytes], used: Mapping[str, str], instance: Path) -> None:
    """Copy what an edition uses (published name -> path) into the instance; what is there already stays as it is.

    A file appears whole or not at all, and is on disk before this returns. OSError where it cannot be written.
    """
    folder = instance / FOLDER
    missing = [name for name, path in used.items() if not _there(folder / name, len(files[path]))]
    if missing:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in missing:
        _write(folder / name, files[used[name]])


def all_there(names: Iterable[str], instance: Path) -> bool:
    return all((instance / FOLDER / name).is_file() for name in names)


def pointer(path: str, body: bytes) -> bytes:
    """What an edition stores in place of a sound, a video or an image: its published name and its size in bytes."""
    return f"elearn media {published_name(path, body)} {len(body)}\n".encode()


def pointed(body: bytes) -> str | None:
    """The published name that a `pointer` holds; None for the bytes of anything else."""
    found = _POINTER.fullmatch(body)
    return found[1].decode() if found else None


def _there(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except FileNotFoundError:
        return False


def _write(target: Path, body: bytes) -> None:
    mine = target.with_name(f".{secrets.token_hex(8)}")
    try:
        with mine.open("xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        mine.replace(target)
    except BaseException:
        mine.unlink(missing_ok=True)
        raise
