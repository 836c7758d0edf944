"""Logos and signatures that an organisation gives for its paper: which are let in. Pure: bytes in, size or refusal out.

PNG only (W3C PNG, third edition): one picture, no text, nothing after its end. What else a file holds is left out when
it is kept, so that no place or name hidden in a photograph is printed.
"""

import struct
import zlib
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LONGEST = 300_000
"""Bytes: a logo at 600 dpi on 6 cm is well below."""
WIDEST = 2_400
KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"sRGB"}


class NotAPicture(Exception):
    """`code`: png (another kind of file, or a broken one), heavy, large or small."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Picture:
    """`body`: the file with what is drawn and nothing else. Sizes in dots."""

    body: bytes
    width: int
    height: int


def read(body: bytes) -> Picture:
    """NotAPicture where it cannot be printed."""
    if len(body) > LONGEST:
        raise NotAPicture("heavy")
    if not body.startswith(SIGNATURE):
        raise NotAPicture("png")
    kept, position, size = [SIGNATURE], len(SIGNATURE), (0, 0)
    while True:
        kind, data, position = _chunk(body, position)
        if (kind == b"IHDR") != (len(kept) == 1):
            raise NotAPicture("png")
        if kind == b"IHDR":
            size = _size(data)
        if kind in KEPT:
            kept.append(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
        if kind == b"IEND":
            return Picture(b"".join(kept), *size)


def _chunk(body: bytes, position: int) -> tuple[bytes, bytes, int]:
    if position + 12 > len(body):
        raise NotAPicture("png")
    (length,) = struct.unpack_from(">I", body, position)
    kind, end = body[position + 4 : position + 8], position + 8 + length
    if end + 4 > len(body) or not kind.isalpha():
        raise NotAPicture("png")
    data = body[position + 8 : end]
    if struct.unpack_from(">I", body, end)[0] != zlib.crc32(kind + data):
        raise NotAPicture("png")
    return kind, data, end + 4


def _size(header: bytes) -> tuple[int, int]:
    if len(header) != 13:
        raise NotAPicture("png")
    width, height = struct.unpack_from(">II", header)
    if width > WIDEST or height > WIDEST:
        raise NotAPicture("large")
    if width < 40 or height < 20:
        raise NotAPicture("small")
    return width, height
