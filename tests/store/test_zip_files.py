"""Archives that people send: each way to do harm is refused by its own name, before anything is unpacked."""

from __future__ import annotations

import contextlib
import io
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest

from elearn.store import zip_files
from elearn.store.zip_files import HostileArchive, read_zip, write_zip

SUFFIXES = {".md", ".yaml", ".png"}


def packed(*entries: tuple[str, bytes], kind: int = 0, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, body in entries:
            entry = zipfile.ZipInfo("x")
            entry.filename = name
            entry.compress_type = method
            entry.external_attr = (kind | 0o644) << 16
            archive.writestr(entry, body)
    return target.getvalue()


def twice() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return packed(("fr.md", b"a"), ("fr.md", b"b"))


def sealed() -> bytes:
    body = bytearray(packed(("fr.md", b"a")))
    where = body.index(b"PK\x01\x02")
    body[where + 8] |= 1
    return bytes(body)


def lying() -> bytes:
    """A list of entries that says one byte; the bytes themselves unfold to a hundred thousand."""
    body = bytearray(packed(("fr.md", b"a" * 90_000)))
    where = body.index(b"PK\x01\x02")
    body[where + 24 : where + 28] = struct.pack("<L", 1)
    return bytes(body)


def overlapping() -> bytes:
    """Two names for the same bytes: the second entry of the list begins where the first does."""
    body = bytearray(packed(("a.md", b"a" * 2000), ("b.md", b"b" * 2000), method=zipfile.ZIP_STORED))
    first = body.index(b"PK\x01\x02")
    second = body.index(b"PK\x01\x02", first + 4)
    body[second + 42 : second + 46] = body[first + 42 : first + 46]
    return bytes(body)


def many() -> bytes:
    body = bytearray(packed(("fr.md", b"a")))
    where = body.index(b"PK\x05\x06")
    body[where + 8 : where + 12] = struct.pack("<2H", 60_000, 60_000)
    return bytes(body)


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a bomb": ("bomb", lambda: packed(("fr.md", bytes(9_000_000)))),
    "a lie about a size": ("broken", lying),
    "two entries over the same bytes": ("bomb", overlapping),
    "many entries": ("many", many),
    "an entry too large": ("large", lambda: packed(("x.png", bytes(20_000_001)))),
    "up and out": ("outside", lambda: packed(("../fr.md", b"a"))),
    "up in the middle": ("outside", lambda: packed(("a/../../fr.md", b"a"))),
    "from the root": ("outside", lambda: packed(("/etc/fr.md", b"a"))),
    "a drive": ("outside", lambda: packed(("C:/fr.md", b"a"))),
    "an empty step": ("outside", lambda: packed(("a//fr.md", b"a"))),
    "a backslash": ("name", lambda: packed(("..\\fr.md", b"a"))),
    "a control character": ("name", lambda: packed(("a\nb.md", b"a"))),
    "a link": ("link", lambda: packed(("fr.md", b"/etc/passwd"), kind=stat.S_IFLNK)),
    "a device": ("link", lambda: packed(("fr.md", b""), kind=stat.S_IFCHR)),
    "the same name twice": ("twice", twice),
    "names that differ by case": ("twice", lambda: packed(("fr.md", b"a"), ("FR.md", b"b"))),
    "names that look the same": ("twice", lambda: packed(("\u00e9.md", b"a"), ("e\u0301.md", b"b"))),
    "an archive within": ("nested", lambda: packed(("fr.md", b"a"), ("x.zip", b"PK"))),
    "a password": ("sealed", sealed),
    "a program": ("kind", lambda: packed(("fr.md", b"a"), ("run.exe", b"MZ"))),
    "a page": ("kind", lambda: packed(("index.html", b"<p>"))),
    "a drawing": ("kind", lambda: packed(("x.svg", b"<svg/>"))),
    "another way to compress": ("kind", lambda: packed(("fr.md", b"a"), method=zipfile.ZIP_BZIP2)),
    "cut short": ("broken", lambda: packed(("fr.md", b"a"))[:-30]),
    "no archive at all": ("broken", lambda: b"PK\x03\x04" + b"x" * 200),
    "bytes changed": ("broken", lambda: packed(("fr.md", b"abc"), method=zipfile.ZIP_STORED).replace(b"abc", b"abd")),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_asvs_5_2_3_each_harm_has_its_name(name: str) -> None:
    code, make = HOSTILE[name]
    with pytest.raises(HostileArchive) as caught:
        read_zip(make(), SUFFIXES)
    assert caught.value.code == code


def test_too_much_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_files, "TOTAL_LIMIT", 10)
    with pytest.raises(HostileArchive) as caught:
        read_zip(packed(("fr.md", b"abcdef"), ("en.md", b"abcdef")), SUFFIXES)
    assert caught.value.code == "large"


def test_what_is_written_is_read_again() -> None:
    files = {"fr.md": "é".encode(), "media/x.png": bytes(range(256)), "courses/a/course.yaml": b"id: a\n", "e.md": b""}
    target = io.BytesIO()
    write_zip(files, target)
    assert read_zip(target.getvalue(), SUFFIXES) == files
    again = io.BytesIO()
    write_zip(dict(reversed(files.items())), again)
    assert again.getvalue() == target.getvalue()


def test_what_a_file_manager_adds_is_left_out() -> None:
    body = packed(
        ("a/fr.md", b"a"), ("a/", b""), ("__MACOSX/a/._fr.md", b"x"), ("a/.DS_Store", b"x"), (".git/HEAD", b"x")
    )
    assert read_zip(body, SUFFIXES) == {"a/fr.md": b"a"}


@pytest.mark.parametrize("seed", range(200))
def test_a_damaged_archive_is_read_or_refused(seed: int) -> None:
    import random

    chance = random.Random(seed)
    body = bytearray(packed(("fr.md", b"abc" * 50), ("media/x.png", bytes(range(256)))))
    for _ in range(chance.randint(1, 6)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    with contextlib.suppress(HostileArchive):
        read_zip(bytes(body), SUFFIXES)
