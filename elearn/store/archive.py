"""Archives of a site: written whole or not at all, and read as if an enemy had made them.

A gzipped tar whose first member, `manifest.json`, names every other one with its size and SHA-256 and carries a seal
made with the site's audit key. What the manifest does not name is never written to the disk. Knows no database.
"""

import contextlib
import datetime as dt
import gzip
import hashlib
import hmac
import io
import json
import os
import re
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from elearn.config import SettingsError

FORMAT = 1
MANIFEST = "manifest.json"
MANIFEST_LIMIT = 32_000_000
MOST_MEMBERS = 200_000
BLOCK = 1 << 16
FOLDERS = ("tables", "media", "content", "mail")
FILES = ("database.sqlite", "erasures.jsonl")
"""All that an archive may hold: these files, and files inside these folders."""
KEY = re.compile(r"secret|audit|reflections-[1-9][0-9]{0,5}")
"""Keys that an archive may ask for. Any other name could be a path."""


class BadArchive(SettingsError):
    """An archive that is not restored. `fr`, `en`: why, and what to do."""


class Changed(Exception):
    """A file changed while it was being archived: begin again."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive is. `files`: name -> [size, SHA-256]; `keys`: name -> fingerprint; `database`: its kind."""

    format: int
    version: str
    revision: str
    created_at: str
    database: str
    rows: dict[str, int]
    keys: dict[str, str]
    files: dict[str, list[Any]]

    def canonical(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


def digest(path: Path) -> list[Any]:
    """[size, SHA-256] of a file."""
    seen, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            seen.update(block)
            size += len(block)
    return [size, seen.hexdigest()]


def write(target: Path, manifest: Manifest, sources: Mapping[str, Path], key: bytes) -> None:
    """Write an archive beside its name, then give it its name once it is on the disk. Mode 0600. Changed."""
    mine = target.with_name(f".{target.name}.part")
    handle = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as raw:
            with gzip.GzipFile("", "wb", 6, raw) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
                _add(tar, MANIFEST, io.BytesIO(_sealed(manifest, key)))
                for name in sorted(sources):
                    _add_file(tar, name, sources[name], manifest.files[name])
            raw.flush()
            os.fsync(raw.fileno())
        mine.replace(target)
        sync_folder(target.parent)
    finally:
        mine.unlink(missing_ok=True)


def read_manifest(archive: Path, key: bytes | None) -> Manifest:
    """The manifest alone. `key`: checks its seal; None to trust it, for a look at what an archive needs. BadArchive."""
    with _opened(archive) as (tar, _bounds):
        return _manifest(tar, archive, key)


def unpack(archive: Path, into: Path, manifest: Manifest, key: bytes) -> None:
    """Write every member below `into`, each checked against the manifest, to the last byte. BadArchive."""
    with _opened(archive) as (tar, bounds):
        if _manifest(tar, archive, key) != manifest:
            raise damaged(archive)
        bounds.left = sum(size for size, _ in manifest.files.values()) + 2048 * (len(manifest.files) + 20)
        waiting = dict(manifest.files)
        while (member := tar.next()) is not None:
            size, wanted = waiting.pop(member.name, (None, ""))
            if size is None or not member.isreg() or member.size != size:
                raise damaged(archive)
            content = tar.extractfile(member)
            if content is None or _copy(content, into / PurePosixPath(member.name)) != wanted:
                raise damaged(archive)
        if waiting:
            raise damaged(archive)
        bounds.drain()


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def damaged(archive: Path) -> BadArchive:
    return BadArchive(
        f"L'archive {archive.name} est abîmée, tronquée ou modifiée : essayez une archive plus ancienne. "
        "Rien n'est changé.",
        f"The archive {archive.name} is damaged, cut short or altered: try an older one. Nothing was changed.",
    )


def _sealed(manifest: Manifest, key: bytes) -> bytes:
    body = manifest.canonical()
    return json.dumps({"manifest": json.loads(body), "seal": _seal(key, body)}, indent=1).encode()


def _seal(key: bytes, body: bytes) -> str:
    return hmac.new(key, b"elearn archive:" + body, hashlib.sha256).hexdigest()


def _add(tar: tarfile.TarFile, name: str, body: BinaryIO) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = body.seek(0, os.SEEK_END), 0o600
    body.seek(0)
    tar.addfile(info, body)


def _add_file(tar: tarfile.TarFile, name: str, path: Path, wanted: list[Any]) -> None:
    """A file as it was when the manifest was written: one that has changed since is noticed, not archived."""
    if digest(path) != wanted:
        raise Changed(name)
    info = tarfile.TarInfo(name)
    info.size, info.mode = wanted[0], 0o600
    with path.open("rb") as body:
        tar.addfile(info, body)


class _Bounded(io.RawIOBase):
    """Unpacks no more than it was allowed: a small file cannot fill the disk or the memory."""

    def __init__(self, packed: gzip.GzipFile) -> None:
        self.packed, self.left = packed, MANIFEST_LIMIT

    def read(self, size: int = -1) -> bytes:
        block = self.packed.read(min(size, BLOCK) if size >= 0 else BLOCK)
        self.left -= len(block)
        if self.left < 0:
            raise tarfile.ReadError("more than the manifest says")
        return block

    def drain(self) -> None:
        """To the end, where gzip compares its own sum."""
        while self.read(BLOCK):
            pass


@contextlib.contextmanager
def _opened(archive: Path) -> Iterator[tuple[tarfile.TarFile, _Bounded]]:
    try:
        with gzip.open(archive, "rb") as packed:
            bounds = _Bounded(packed)
            with tarfile.open(fileobj=bounds, mode="r|", bufsize=10240) as tar:
                yield tar, bounds
    except FileNotFoundError as error:
        raise BadArchive(
            f"L'archive {archive.absolute()} n'existe pas : donnez le chemin entier d'un fichier .backup.",
            f"There is no archive {archive.absolute()}: give the whole path of a .backup file.",
        ) from error
    except (PermissionError, IsADirectoryError) as error:
        raise BadArchive(
            f"{archive} ne peut pas être lu : donnez un fichier .backup et, à qui fait tourner le site, le droit de le "
            "lire.",
            f"{archive} cannot be read: give a .backup file and let the user that runs the site read it.",
        ) from error
    except (tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError, UnicodeError, ValueError, KeyError) as error:
        raise damaged(archive) from error


def _manifest(tar: tarfile.TarFile, archive: Path, key: bytes | None) -> Manifest:
    first = tar.next()
    content = tar.extractfile(first) if first is not None and first.isreg() and first.name == MANIFEST else None
    if content is None:
        raise damaged(archive)
    try:
        found = json.loads(content.read(MANIFEST_LIMIT))
        told = found["manifest"]
        newer = isinstance(told.get("format"), int) and told["format"] > FORMAT
        manifest = None if newer else Manifest(**told)
        well_formed = manifest is not None and _is_well_formed(manifest)
    except (TypeError, AttributeError, ValueError, RecursionError) as error:
        raise damaged(archive) from error
    if newer:
        raise too_new(archive)
    if manifest is None or not well_formed:
        raise damaged(archive)
    if key is not None and not hmac.compare_digest(str(found.get("seal")), _seal(key, manifest.canonical())):
        raise damaged(archive)
    return manifest


def too_new(archive: Path) -> BadArchive:
    return BadArchive(
        f"L'archive {archive.name} vient d'une version plus récente d'elearn : mettez elearn à jour, puis réessayez. "
        "Rien n'est changé.",
        f"The archive {archive.name} comes from a newer version of elearn: upgrade elearn, then try again. "
        "Nothing was changed.",
    )


def _is_well_formed(manifest: Manifest) -> bool:
    """Looked at before the seal can be checked, for which keys are looked up by the names that stand here."""
    if len(manifest.files) > MOST_MEMBERS or manifest.database not in ("sqlite", "postgresql"):
        return False
    dt.datetime.fromisoformat(manifest.created_at)
    words = [manifest.version, manifest.revision, *manifest.keys.values()]
    named = all(isinstance(word, str) for word in words) and all(KEY.fullmatch(name) for name in manifest.keys)
    counted = all(_is_size(count) for count in manifest.rows.values())
    listed = all(
        _is_allowed(name) and _is_size(size) and isinstance(sum_, str) for name, (size, sum_) in manifest.files.items()
    )
    return named and counted and listed


def _is_allowed(name: str) -> bool:
    parts = name.split("/")
    plain = all(part not in ("", ".", "..") and part.isprintable() and "\\" not in part for part in parts)
    return plain and (name in FILES or (len(parts) > 1 and parts[0] in FOLDERS))


def _is_size(size: object) -> bool:
    return isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 1 << 42


def _copy(content: Any, target: Path) -> str:
    """Write a member; its SHA-256. A name that stands already, in whatever case, is refused."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    seen = hashlib.sha256()
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        while block := content.read(BLOCK):
            seen.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    return seen.hexdigest()
