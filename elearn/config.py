"""Every setting: its default and one line of why. Read once, at start, from variables that begin with `ELEARN_`.

Holds no rule of the courses and imports nothing of elearn, so that `elearn check` and every floor may know it.
`docs/running.md` shows the same table; a test compares the two.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self, get_type_hints
from urllib.parse import urlsplit

PREFIX = "ELEARN_"
ROOT = Path(__file__).resolve().parent.parent


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

    base_url: Annotated[
        str,
        Setting(
            "",
            "public address of the site; once set, no demo account is ever made; until then only names of this machine "
            "are answered",
        ),
    ]
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
    backups: Annotated[Path, Setting("backups", "where `elearn backup` writes; best on another disk")]
    mail_server: Annotated[
        str, Setting("", "smtps://name:password@host:465 or smtp://…:587; without it mail lies sealed in the instance")
    ]
    mail_from: Annotated[str, Setting("", "sender of mail, a neutral address; needed with a mail server")]
    hold_unread: Annotated[
        bool,
        Setting(
            "",
            "`yes` or `no`: what a specialist must read first (crisis, law) stays closed until an admin adopts it; "
            "unset: yes once `ELEARN_BASE_URL` is set",
        ),
    ]
    metrics_token: Annotated[str, Setting("", "opens /metrics to whoever sends it; without it /metrics is closed")]

    @classmethod
    def from_env(cls, environ: Mapping[str, str], **given: str) -> Self:
        """Settings from the environment; `given` (field=text) goes first. SettingsError where one is wrong."""
        asked = {name: given.get(name) or environ.get(PREFIX + name.upper()) or "" for name in SETTINGS}
        text = {name: asked[name] or setting.default for name, setting in SETTINGS.items()}
        content, instance, keys, backups = (
            _folder(asked[name], SETTINGS[name]) for name in ("content", "instance", "keys", "backups")
        )
        _refuse_nested(instance, keys, "ELEARN_INSTANCE")
        _refuse_nested(backups, keys, "ELEARN_BACKUPS")
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
            backups=backups,
            mail_server=_mail_server(text["mail_server"], text["mail_from"]),
            mail_from=_sender(text["mail_from"]),
            hold_unread=_yes(text["hold_unread"], bool(text["base_url"])),
            metrics_token=_token(text["metrics_token"]),
        )

    @property
    def loopback(self) -> bool:
        """Does `elearn run` listen to this machine only?"""
        return is_loopback(self.host)

    @property
    def address(self) -> str:
        """What the site's own addresses begin with, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url or f"http://{host}:{self.port}"

    @property
    def demonstration(self) -> bool:
        """A trial on one's own machine: demo accounts and sign-in links may exist."""
        return not self.base_url and self.loopback and not self.proxies

    @property
    def own_content(self) -> Path:
        """Courses of this site alone, laid over the shipped ones: an upgrade of elearn never touches them."""
        return self.instance / "content"

    @property
    def drafts(self) -> Path:
        """What trainers wrote in the pages and have not published yet: no start and no `elearn publish` reads it."""
        return self.instance / "drafts"

    @property
    def layers(self) -> tuple[Path, ...]:
        """Content folders, from the lowest to the one that counts most."""
        return (self.content, self.own_content)

    def make_folders(self) -> None:
        """The instance and the folder of keys, readable by their owner only."""
        for folder in (self.instance, self.keys):
            try:
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            except PermissionError as error:
                raise closed_folder(folder) from error


SETTINGS: Mapping[str, Setting] = {
    name: hint.__metadata__[0] for name, hint in get_type_hints(Settings, include_extras=True).items()
}


def closed_folder(folder: Path) -> SettingsError:
    return SettingsError(
        f"Le dossier {folder} est fermé à ce compte : rendez-le à celui qui fait tourner le site, par exemple "
        f"« chown -R elearn: {folder} », et tapez les commandes sous ce nom.",
        f"The folder {folder} is closed to this user: give it back to the one that runs the site, for instance "
        f"“chown -R elearn: {folder}”, and type commands under that name.",
    )


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


def _refuse_nested(other: Path, keys: Path, variable: str) -> None:
    if other == keys or other in keys.parents or keys in other.parents:
        raise SettingsError(
            f"ELEARN_KEYS ({keys}) et {variable} ({other}) doivent être deux dossiers séparés, "
            "aucun dans l'autre : choisissez un autre dossier pour les clés.",
            f"ELEARN_KEYS ({keys}) and {variable} ({other}) must be two separate folders, "
            "neither inside the other: choose another folder for the keys.",
        )


def _mail_server(text: str, sender: str) -> str:
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and not parts.path.strip("/")
        _ = parts.port
    except ValueError:
        known = False
    if not known:
        raise SettingsError(
            "ELEARN_MAIL_SERVER ne se lit pas : écrivez smtps://nom:motdepasse@serveur:465 ou smtp://serveur:587.",
            "ELEARN_MAIL_SERVER cannot be read: write smtps://name:password@server:465 or smtp://server:587.",
        )
    if not sender:
        raise SettingsError(
            "ELEARN_MAIL_SERVER est donné sans ELEARN_MAIL_FROM : écrivez l'adresse d'où part le courrier.",
            "ELEARN_MAIL_SERVER is given without ELEARN_MAIL_FROM: write the address that mail comes from.",
        )
    return text


def _sender(text: str) -> str:
    name, at, host = text.rpartition("@")
    if text and not (name and at and host and text.isascii() and text.isprintable() and " " not in text):
        raise SettingsError(
            f"ELEARN_MAIL_FROM vaut « {text} » : écrivez une adresse comme formation@exemple.org.",
            f"ELEARN_MAIL_FROM is “{text}”: write an address like training@example.org.",
        )
    return text


def _yes(text: str, unset: bool) -> bool:
    said = {"": unset, "yes": True, "oui": True, "no": False, "non": False}
    if text.lower() not in said:
        raise SettingsError(
            f"ELEARN_HOLD_UNREAD vaut « {text} » : écrivez oui ou non.",
            f"ELEARN_HOLD_UNREAD is “{text}”: write yes or no.",
        )
    return said[text.lower()]


def _token(text: str) -> str:
    if text and len(text) < 24:
        raise SettingsError(
            "ELEARN_METRICS_TOKEN est trop court : au moins 24 signes au hasard.",
            "ELEARN_METRICS_TOKEN is too short: 24 random signs or more.",
        )
    return text


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
