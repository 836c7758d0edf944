"""Every setting: its default and one line of why. Read once, at start, from variables that begin with `ELEARN_`.

Holds no rule of the courses and imports nothing of elearn, so that `elearn check` and every floor may know it.
`docs/running.md` shows the same table; a test compares the two.
"""

import ipaddress
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self, get_type_hints
from urllib.parse import urlsplit

PREFIX = "ELEARN_"
ROOT = Path(__file__).resolve().parent.parent
KEY_SIZE = 32

KEY_FILES = {
    "secret": "form tokens, keyed hashes of addresses and of idempotency keys",
    "reflections": "wraps the keys that encrypt private reflections",
}
"""The files of the folder of keys, each 32 random bytes, and what each is for."""


class SettingsError(Exception):
    """A setting that elearn cannot start with. `fr` and `en`: one plain sentence that says what to do."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.fr = fr
        self.en = en


@dataclass(frozen=True, slots=True)
class Setting:
    """`default`: as one would write it in the environment; `<instance>` stands for the folder of that name."""

    default: str
    why: str


@dataclass(frozen=True, slots=True)
class Settings:
    """A field `base_url` is the variable `ELEARN_BASE_URL`. A variable set to nothing counts as not set."""

    base_url: Annotated[str, Setting("", "public address of the site; once set, no demo account is ever made")]
    content: Annotated[Path, Setting("content", "folder of courses that trainers write")]
    instance: Annotated[Path, Setting("instance", "what the site stores: database, help lines, counters")]
    keys: Annotated[Path, Setting("keys", "secret keys, apart from the instance so that no backup holds both")]
    database_url: Annotated[
        str, Setting("sqlite:///<instance>/elearn.sqlite", "SQLite serves one machine; PostgreSQL several")
    ]
    host: Annotated[str, Setting("127.0.0.1", "address that `elearn run` listens on; behind a proxy, leave it")]
    port: Annotated[int, Setting("8080", "port that `elearn run` listens on")]
    workers: Annotated[int, Setting("2", "processes that answer; one a processor core is a good number")]
    proxies: Annotated[int, Setting("0", "reverse proxies of yours in front: only their headers are believed")]

    @classmethod
    def from_env(cls, environ: Mapping[str, str], **given: str) -> Self:
        """Settings from the environment; `given` (field=text) goes first. SettingsError where one is wrong."""
        asked = {name: given.get(name) or environ.get(PREFIX + name.upper()) or "" for name in SETTINGS}
        text = {name: asked[name] or setting.default for name, setting in SETTINGS.items()}
        content, instance, keys = (_folder(asked[name], SETTINGS[name]) for name in ("content", "instance", "keys"))
        _refuse_nested(instance, keys)
        return cls(
            base_url=_address(text["base_url"]),
            content=content,
            instance=instance,
            keys=keys,
            database_url=_database(text["database_url"], instance),
            host=text["host"],
            port=_number("port", text["port"], 1, 65535),
            workers=_number("workers", text["workers"], 1, 64),
            proxies=_number("proxies", text["proxies"], 0, 5),
        )

    @property
    def loopback(self) -> bool:
        """Does `elearn run` listen to this machine only?"""
        return is_loopback(self.host)

    @property
    def demonstration(self) -> bool:
        """A trial on one's own machine: demo accounts and sign-in links may exist."""
        return not self.base_url and self.loopback and not self.proxies

    def key(self, name: str) -> bytes:
        """32 bytes of `keys/<name>`. Made when missing, but not for a real site: there a lost key must be seen."""
        path = self.keys / name
        if not path.exists() and not self.base_url:
            make_key(path)
        try:
            found = path.read_bytes()
        except OSError as error:
            raise SettingsError(
                f"La clé {path} est illisible : restaurez-la ou, pour un nouveau site, lancez « elearn keys new ».",
                f"The key {path} cannot be read: restore it or, for a new site, run “elearn keys new”.",
            ) from error
        if len(found) != KEY_SIZE:
            raise SettingsError(
                f"La clé {path} est abîmée ({len(found)} octets au lieu de {KEY_SIZE}) : restaurez-la.",
                f"The key {path} is damaged ({len(found)} bytes in place of {KEY_SIZE}): restore it.",
            )
        return found

    def make_folders(self) -> None:
        """The instance and the folder of keys, readable by their owner only."""
        for folder in (self.instance, self.keys):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


SETTINGS: Mapping[str, Setting] = {
    name: hint.__metadata__[0] for name, hint in get_type_hints(Settings, include_extras=True).items()
}


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


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _folder(asked: str, setting: Setting) -> Path:
    """What was asked counts from where one stands; the default from the clone."""
    return Path(asked).expanduser().resolve() if asked else ROOT / setting.default


def _refuse_nested(instance: Path, keys: Path) -> None:
    if instance == keys or instance in keys.parents or keys in instance.parents:
        raise SettingsError(
            f"ELEARN_KEYS ({keys}) et ELEARN_INSTANCE ({instance}) doivent être deux dossiers séparés, "
            "aucun dans l'autre : choisissez un autre dossier pour les clés.",
            f"ELEARN_KEYS ({keys}) and ELEARN_INSTANCE ({instance}) must be two separate folders, "
            "neither inside the other: choose another folder for the keys.",
        )


def _database(text: str, instance: Path) -> str:
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        kind = text.partition(":")[0]
        raise SettingsError(
            f"ELEARN_DATABASE_URL commence par « {kind} » : écrivez sqlite:///… ou postgresql+psycopg://…",
            f"ELEARN_DATABASE_URL begins with “{kind}”: write sqlite:///… or postgresql+psycopg://…",
        )
    return text.replace("<instance>", str(instance))


def _address(text: str) -> str:
    if not text:
        return ""
    parts = urlsplit(text)
    known = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    if not known or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingsError(
            f"ELEARN_BASE_URL vaut « {text} » : écrivez l'adresse du site, en https et sans chemin.",
            f"ELEARN_BASE_URL is “{text}”: write the site's address, with https and without a path.",
        )
    return f"{parts.scheme}://{parts.netloc}"


def _number(name: str, text: str, low: int, high: int) -> int:
    if text.isascii() and text.isdigit() and low <= int(text) <= high:
        return int(text)
    variable = PREFIX + name.upper()
    raise SettingsError(
        f"{variable} vaut « {text} » : écrivez un nombre de {low} à {high}.",
        f"{variable} is “{text}”: write a number from {low} to {high}.",
    )
