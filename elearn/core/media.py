"""Files that units show and play: their types, whether their first bytes are what their name says, the size of images.

Pure: bytes in, facts out. Nothing is decoded further than a header.
"""

import hashlib
import posixpath
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass

IMAGES: Mapping[str, str] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
}
SOUNDS: Mapping[str, str] = {
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".m4a": "audio/mp4",
    ".wav": "audio/wav",
}
VIDEOS: Mapping[str, str] = {".mp4": "video/mp4", ".webm": "video/webm"}
CAPTIONS: Mapping[str, str] = {".vtt": "text/vtt"}
PLAYED = frozenset(SOUNDS) | frozenset(VIDEOS)
TYPES: Mapping[str, str] = {**IMAGES, **SOUNDS, **VIDEOS, **CAPTIONS}
"""Suffix -> content type of everything that is ever served from /media/."""

NAME = re.compile(r"[0-9a-f]{64}\.[a-z0-9]{3,4}")
"""A published name: SHA-256 and suffix."""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What `<stem>.yaml` says beside a sound, a video or a testimony. `consent`: as written; `needed`: False where the
    author says that no consent is called for, since nobody's story is told."""

    author: str = ""
    licence: str = ""
    duration: str = ""
    consent: str = ""
    needed: bool = True

    @property
    def recorded(self) -> bool:
        return bool(self.consent) or not self.needed


def suffix_of(path: str) -> str:
    return posixpath.splitext(path)[1].lower()


def is_media(path: str) -> bool:
    return suffix_of(path) in TYPES


def published_name(path: str, body: bytes) -> str:
    """SHA-256 and suffix: the same file has the same address for ever."""
    return hashlib.sha256(body).hexdigest() + suffix_of(path)


def is_what_it_says(suffix: str, body: bytes) -> bool:
    """Do the first bytes belong to a file of this kind? A page that calls itself an image does not pass."""
    if suffix in (".jpg", ".jpeg"):
        return body[:3] == b"\xff\xd8\xff"
    if suffix == ".webp":
        return body[:4] == b"RIFF" and body[8:12] == b"WEBP"
    if suffix == ".wav":
        return body[:4] == b"RIFF" and body[8:12] == b"WAVE"
    if suffix == ".mp3":
        # A tag, or a frame of layer III: eleven bits set, two of version, then 01.
        return body[:3] == b"ID3" or (len(body) > 4 and body[0] == 0xFF and body[1] & 0xE6 == 0xE2)
    if suffix in (".m4a", ".mp4", ".avif"):
        return body[4:8] == b"ftyp" and (body[8:12] in (b"avif", b"avis", b"mif1")) == (suffix == ".avif")
    if suffix == ".vtt":
        return _is_captions(body)
    return body.startswith(_BEGINNINGS.get(suffix, b"\0never"))


def image_size(suffix: str, body: bytes) -> tuple[int, int] | None:
    """(width, height) in pixels as the header says, None where it cannot be told."""
    try:
        found = _READERS[suffix](body) if suffix in _READERS else None
    except (struct.error, IndexError):
        return None
    return found if found and 0 < found[0] <= 65535 and 0 < found[1] <= 65535 else None


_BEGINNINGS: Mapping[str, bytes | tuple[bytes, ...]] = {
    ".png": b"\x89PNG\r\n\x1a\n",
    ".gif": (b"GIF87a", b"GIF89a"),
    ".ogg": b"OggS",
    ".oga": b"OggS",
    ".webm": b"\x1a\x45\xdf\xa3",
}


def _is_captions(body: bytes) -> bool:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return bool(re.match(r"WEBVTT(?:[ \t\r\n]|$)", text)) and "\0" not in text


def _png(body: bytes) -> tuple[int, int] | None:
    return struct.unpack(">II", body[16:24]) if body[12:16] == b"IHDR" else None


def _gif(body: bytes) -> tuple[int, int] | None:
    return struct.unpack("<HH", body[6:10])


def _webp(body: bytes) -> tuple[int, int] | None:
    kind = body[12:16]
    if len(body) < 30:
        return None
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[24:27], "little"), 1 + int.from_bytes(body[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(body[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", body[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg(body: bytes) -> tuple[int, int] | None:
    """Walks the segments up to the frame; a photograph turned by its camera keeps no size, since it may lie."""
    at, turned = 2, False
    while at + 9 <= len(body):
        if body[at] != 0xFF:
            return None
        marker = body[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", body[at + 5 : at + 9])
            return None if turned else (width, height)
        else:
            turned = turned or (marker == 0xE1 and body[at + 4 : at + 8] == b"Exif")
            at += 2 + max(2, int.from_bytes(body[at + 2 : at + 4], "big"))
    return None


_READERS = {".png": _png, ".gif": _gif, ".webp": _webp, ".jpg": _jpeg, ".jpeg": _jpeg}
