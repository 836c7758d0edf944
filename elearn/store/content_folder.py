"""The content folder: reads it whole, once, bounded, and never outside itself; writes one file, whole. No rule lives
here."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from elearn.core.media import PLAYED, TYPES
from elearn.store.whole_files import write_whole

TEXTS = {".md", ".yaml", ".yml"}
MOST_FILES = 20_000
TEXT_LIMIT = 200_001
"""Bytes read of a text: one more than the checker allows, so that it can refuse what is longer."""
MEDIA_LIMIT = 10_000_000
"""Bytes of an image or of captions."""
PLAYED_LIMIT = 50_000_000
"""Bytes of a sound or a video: an hour of speech, some minutes of film."""
TOTAL_LIMIT = 500_000_000
"""Bytes of the whole folder. Checking and publishing hold it in memory, for as long as they last."""


class ContentFolderError(Exception):
    """The folder cannot be read. `code`: missing, unreadable, closed, too_many, too_large; `path`: where it
    stopped."""

    def __init__(self, code: str, path: Path) -> None:
        super().__init__(f"{code}: {path}")
        self.code, self.path = code, path


def read_folder(folder: Path) -> dict[str, bytes]:
    """Relative posix path -> bytes, sorted by path. Hidden files, links out of the folder and other kinds of files
    are left out. ContentFolderError where there is no such folder or it passes the bounds."""
    root = folder.resolve()
    if not root.is_dir():
        raise ContentFolderError("missing", folder)
    files: dict[str, bytes] = {}
    total = 0
    for path in _walk(root):
        body = _read(path)
        if body is None:
            continue
        files[path.relative_to(root).as_posix()] = body
        total += len(body)
        if len(files) > MOST_FILES:
            raise ContentFolderError("too_many", folder)
        if total > TOTAL_LIMIT:
            raise ContentFolderError("too_large", path)
    return dict(sorted(files.items()))


@dataclass(frozen=True, slots=True)
class Layers:
    """Folders laid over one another. `added`: course folders of an upper one that the site.yaml below may not list."""

    files: dict[str, bytes]
    added: tuple[str, ...] = ()

    def under(self, own: Mapping[str, bytes]) -> "Layers":
        """The same with one more folder laid over it."""
        found = {match[1] for path in own if (match := _COURSE.fullmatch(path))}
        added = set() if "site.yaml" in own else {*self.added, *found}
        return Layers(dict(sorted({**self.files, **own}.items())), tuple(sorted(added)))


def read_layers(folders: Sequence[Path]) -> Layers:
    """The lowest folder first. A file of an upper one takes the place of the file of that path below.

    A site.yaml of an upper folder replaces the one below whole; where it has none, its courses are added to the list.
    An upper folder that is not there adds nothing. ContentFolderError as `read_folder`.
    """
    lowest, *upper = folders
    layers = Layers(read_folder(lowest))
    for folder in upper:
        layers = layers.under(read_folder(folder) if folder.is_dir() else {})
    return layers


def limit_of(path: str) -> int:
    """Bytes that a file of this name may have, where it is no text."""
    return PLAYED_LIMIT if Path(path).suffix.lower() in PLAYED else MEDIA_LIMIT


def size_of(files: Mapping[str, bytes]) -> int:
    return sum(map(len, files.values()))


def fits(files: Mapping[str, bytes]) -> bool:
    """Could a folder of these files be read?"""
    return len(files) <= MOST_FILES and size_of(files) <= TOTAL_LIMIT


def path_of(path: str, folders: Sequence[Path]) -> str:
    """A path of the layers as one would open it from here: in the uppermost folder that has it.

    The folder itself and not a link to it, which a preview makes and takes away.
    """
    having = [folder for folder in folders if (folder / path).exists()]
    return os.path.relpath((having or list(folders[:1]))[-1].resolve() / path)


class Meanwhile(Exception):
    """A file was changed, made or taken away since it was read: it was left as it is."""


def write_file(folder: Path, path: str, body: bytes, before: bytes | None) -> Path:
    """Writes a file whole or not at all, with the mode it had. `before`: what was read of it, None for a new one."""
    target = (folder / path).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise ContentFolderError("unreadable", target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if (target.read_bytes() if target.exists() else None) != before:
            raise Meanwhile(str(target))
        write_whole(target, body, target.stat().st_mode & 0o7777 if before is not None else None)
    except OSError as error:
        raise ContentFolderError("closed", target) from error
    return target


_COURSE = re.compile(r"(courses/[^/]+)/course\.yaml")


def _walk(root: Path) -> Iterator[Path]:
    """Files that stand inside the folder, hidden ones and linked folders left out."""
    for where, folders, names in os.walk(root, onerror=_unreadable, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(where) / name
            if name.startswith(".") or path.suffix.lower() not in TEXTS | set(TYPES):
                continue
            if path.is_file() and path.resolve().is_relative_to(root):
                yield path


def _unreadable(error: OSError) -> None:
    raise ContentFolderError("unreadable", Path(error.filename)) from error


def _read(path: Path) -> bytes | None:
    most = limit_of(path.name)
    limit = TEXT_LIMIT if path.suffix.lower() in TEXTS else most + 1
    try:
        with path.open("rb") as file:
            body = file.read(limit)
    except OSError as error:
        raise ContentFolderError("unreadable", path) from error
    if len(body) > most:
        raise ContentFolderError("too_large", path)
    return body
