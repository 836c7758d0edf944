"""The secret keys of a site: files of 32 random bytes in a folder of their own, apart from what they protect.

Made when missing for a trial only; a real site that lacks one does not start. Outer keys have a number: the highest
wraps what is new, older ones open what is not yet rotated. Knows no database.
"""

import contextlib
import datetime as dt
import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from elearn.config import SettingsError

KEY_SIZE = 32
KEY_FILES = {
    "secret": "form tokens, keyed hashes of addresses and of idempotency keys",
    "reflections": "wraps the keys that seal private texts, mail addresses and second factors",
    "audit": "chains the audit log, so that a changed entry is seen",
}
"""The files of the folder of keys and what each is for. A rotation adds `reflections-2`, then `reflections-3`…"""

OUTER = "reflections"
"""The outer key's file; the first is called `reflections-1` in what it wraps."""


RETIRED = "retired"
NEXT_SECRET = "secret-next"  # noqa: S105 - a file's name
"""Stands beside `secret` while that is being replaced."""


class UnknownKey(Exception):
    """Something was wrapped by a key that is not in the folder: restore it. Nothing is overwritten meanwhile."""


@dataclass(frozen=True)
class Keyring:
    """Keys of `folder`. `strict`: a real site, where a missing key is never replaced."""

    folder: Path
    strict: bool = True
    _held: dict[str, bytes] = field(default_factory=dict, repr=False)

    def key(self, name: str) -> bytes:
        """32 bytes of `folder/name`, read once. SettingsError where it is missing, damaged or unreadable."""
        if name not in self._held:
            self._held[name] = self._read(name)
        return self._held[name]

    def derived(self, purpose: str) -> bytes:
        """A key of its own for one purpose, from the site's secret: no two uses share one (HKDF in a single step)."""
        return derived(self.key("secret"), purpose)

    def fingerprint(self, name: str) -> str:
        """16 hex digits that tell a key from another and give nothing of it away. `name`: as in `names()`."""
        return fingerprint(self.key(file_of(name)))

    def names(self) -> list[str]:
        """Keys without which the site does not start, outer ones by their label: secret, audit, reflections-1…"""
        return [name for name in KEY_FILES if name != OUTER] + (self.labels() or [f"{OUTER}-1"])

    def current(self) -> str:
        """The label of the outer key that wraps what is new. Looked up each time: a rotation may just have begun."""
        numbers: list[int] = []
        with contextlib.suppress(PermissionError):  # a folder that may not be opened: `key` says so in words
            paths = self.folder.glob(f"{OUTER}-*")
            numbers = [int(found[1]) for path in paths if (found := _NUMBERED.fullmatch(path.name))]
        return f"{OUTER}-{max(numbers, default=1)}"

    def outer(self, label: str) -> bytes:
        """The outer key of a label, as stored beside what it wraps. UnknownKey where the folder does not have it."""
        if not _LABEL.fullmatch(label):
            raise UnknownKey(label)
        name = file_of(label)
        first_ever = name == OUTER and not self.labels()
        if not first_ever and name not in self._held and not is_there(self.folder / name):
            raise UnknownKey(label)
        return self.key(name)

    def labels(self) -> list[str]:
        """Every outer key of the folder, oldest first."""
        last = int(self.current().rpartition("-")[2])
        names = [f"{OUTER}-{number}" for number in range(1, last + 1)]
        return [one for one in names if is_there(self.folder / file_of(one))]

    def _read(self, name: str) -> bytes:
        path = self.folder / name
        try:
            if not self.strict and not path.exists():
                make_key(path)
            found = path.read_bytes()
        except PermissionError as error:
            raise SettingsError(
                f"La clé {path} est fermée à ce compte : rendez le dossier à celui qui fait tourner le site, par "
                f"exemple « chown -R elearn: {self.folder} ».",
                f"The key {path} is closed to this user: give the folder back to the one that runs the site, for "
                f"instance “chown -R elearn: {self.folder}”.",
            ) from error
        except OSError as error:
            raise SettingsError(
                f"La clé {path} est illisible : restaurez-la ou, pour un nouveau site, lancez « elearn keys new ».",
                f"The key {path} cannot be read: restore it or, for a new site, run “elearn keys new”.",
            ) from error
        if len(found) != KEY_SIZE or len(set(found)) < 8:
            raise SettingsError(
                f"La clé {path} est abîmée ({len(found)} octets au lieu de {KEY_SIZE}, au hasard) : restaurez-la.",
                f"The key {path} is damaged ({len(found)} bytes in place of {KEY_SIZE} random ones): restore it.",
            )
        return found


def derived(secret: bytes, purpose: str) -> bytes:
    return hmac.new(secret, b"derived:" + purpose.encode(), hashlib.sha256).digest()


def fingerprint(key: bytes) -> str:
    return hmac.new(key, b"elearn backup", hashlib.sha256).hexdigest()[:16]


def is_there(path: Path) -> bool:
    """False for a key that is missing; one in a folder that this user may not open counts as there, and unreadable."""
    try:
        return path.exists()
    except PermissionError:
        return True


def file_of(name: str) -> str:
    """The file of a key: the first outer key, `reflections-1`, lies in `reflections`."""
    return OUTER if name == f"{OUTER}-1" else name


_NUMBERED = re.compile(OUTER + r"-([1-9][0-9]{0,5})")
_LABEL = re.compile(OUTER + r"-[1-9][0-9]{0,5}")


def make_key(path: Path) -> bool:
    """Write a new random key at `path` unless one is there. Two processes may do so at once: both then read one key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mine = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(KEY_SIZE))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(mine, path)
    except FileExistsError:
        return False
    finally:
        mine.unlink()
    return True


def retire(path: Path, at: dt.datetime) -> Path:
    """Put a key aside as `retired/<name>-<moment>`: a key that is no longer needed is never deleted by itself."""
    aside = path.parent / RETIRED / f"{path.name}-{at:%Y%m%dT%H%M%SZ}"
    aside.parent.mkdir(mode=0o700, exist_ok=True)
    if not aside.exists():
        os.link(path, aside)
    return aside
