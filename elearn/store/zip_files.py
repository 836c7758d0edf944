"""Archives that people send: looked at whole before anything of them is unpacked, and read within bounds. Nothing is
written to a disk here.

An archive may lie about its sizes, name files outside itself, hold links, hide one file behind another's bytes or
unfold to a thousand times its size. The first sign of any of these refuses it whole.
"""

import stat
import struct
import unicodedata
import zipfile
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from typing import IO

MOST_ENTRIES = 2_000
DIRECTORY_LIMIT = 1_000_000
"""Bytes of the list of entries: read before a single one is known, so it is bounded first."""
ENTRY_LIMIT = 20_000_000
TOTAL_LIMIT = 60_000_000
RATIO, FREE = 100, 100_000
"""Text shrinks tenfold. What unfolds to a hundred times its size, beyond the first 100 kB, is made to harm."""
NESTED = (".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".zst")
_END = struct.Struct("<4s4H2LH")
_BEGIN = 30
"""Bytes of an entry's own header, its name aside."""
_DATE = (1980, 1, 1, 0, 0, 0)


class HostileArchive(Exception):
    """`code`: broken, many, large, bomb, outside, link, twice, nested, sealed, kind, name. `name`: which entry."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(f"{code}: {name}")
        self.code, self.name = code, name[:120]


def read_zip(body: bytes, suffixes: Collection[str]) -> dict[str, bytes]:
    """Path -> bytes of the files of an archive. HostileArchive where there is anything wrong with any of them.

    What a file manager adds by itself (hidden files, `__MACOSX`) is left out.
    """
    _look_at_end(body)
    try:
        with zipfile.ZipFile(BytesIO(body)) as archive:
            wanted = list(_look_at(archive.infolist(), suffixes))
            return dict(_unpacked(archive, wanted))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError, OSError) as error:
        raise HostileArchive("broken") from error
    except Exception as error:
        if isinstance(error, HostileArchive | MemoryError):
            raise
        raise HostileArchive("broken") from error  # zlib.error, struct.error, RuntimeError: whatever zipfile lets out


def write_zip(files: Mapping[str, bytes], target: IO[bytes]) -> None:
    """The same files give the same bytes, whenever and wherever."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, body in sorted(files.items()):
            entry = zipfile.ZipInfo(path, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, body)


def _look_at_end(body: bytes) -> None:
    """The record at the end: how many entries there are said to be, and how long their list is."""
    where = body.rfind(b"PK\x05\x06", max(0, len(body) - 65_557))
    if where < 0 or len(body) - where < _END.size:
        raise HostileArchive("broken")
    _sign, disk, first_disk, here, entries, size, _offset, _comment = _END.unpack_from(body, where)
    if disk or first_disk or here != entries:
        raise HostileArchive("broken")
    if entries > MOST_ENTRIES or size > DIRECTORY_LIMIT or body[where - 20 : where - 16] == b"PK\x06\x07":
        raise HostileArchive("many")


def _look_at(entries: list[zipfile.ZipInfo], suffixes: Collection[str]) -> Iterator[zipfile.ZipInfo]:
    if len(entries) > MOST_ENTRIES:
        raise HostileArchive("many")
    if sum(entry.file_size for entry in entries) > TOTAL_LIMIT:
        raise HostileArchive("large")
    taken = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < taken:
            raise HostileArchive("bomb", entry.filename)
        taken = entry.header_offset + _BEGIN + entry.compress_size
    seen: set[str] = set()
    for entry in entries:
        _look_at_one(entry)
        key = unicodedata.normalize("NFC", entry.filename).casefold().rstrip("/")
        if key in seen:
            raise HostileArchive("twice", entry.filename)
        seen.add(key)
        if entry.is_dir() or _added_by_itself(entry.filename):
            continue
        suffix = "." + entry.filename.rpartition(".")[2].lower()
        if suffix not in suffixes:
            raise HostileArchive("nested" if suffix in NESTED else "kind", entry.filename)
        yield entry


def _look_at_one(entry: zipfile.ZipInfo) -> None:
    name, kind = entry.filename, stat.S_IFMT(entry.external_attr >> 16)
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in entry.orig_filename) or "\\" in entry.orig_filename:
        raise HostileArchive("name", name)
    if name.startswith("/") or ":" in name or not {"", ".", ".."}.isdisjoint(name.removesuffix("/").split("/")):
        raise HostileArchive("outside", name)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise HostileArchive("link", name)
    if entry.flag_bits & 0x41:
        raise HostileArchive("sealed", name)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise HostileArchive("kind", name)
    if entry.file_size > ENTRY_LIMIT:
        raise HostileArchive("large", name)
    if entry.file_size > FREE + RATIO * entry.compress_size:
        raise HostileArchive("bomb", name)


def _added_by_itself(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    for entry in entries:
        with archive.open(entry) as file:
            body = file.read(entry.file_size + 1)
            if len(body) != entry.file_size or file.read(1):
                raise HostileArchive("bomb", entry.filename)
        yield unicodedata.normalize("NFC", entry.filename), body
