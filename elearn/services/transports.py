"""Where mail goes: a server (SMTP) or, while none is set, sealed files in the instance. Knows no outbox and no person.

A transport's `send` returns once the other side has taken the message, and raises NotSent otherwise.
"""

import contextlib
import os
import secrets
import smtplib
import ssl
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from elearn.config import Settings, is_loopback
from elearn.core.sealing import NONCE, BrokenSeal, seal, unseal
from elearn.keyring import Keyring

TIMEOUT = 10.0
"""Seconds that one step of a conversation may take."""
ENDING = ".sealed"
_SEALED_AS = "mail folder"


class NotSent(Exception):
    """Nobody has taken the message. `code`: the server's reply code, or a word of ours.

    `final`: another try would be refused alike. `away`: it lies with the server, no other message need be tried now.
    """

    def __init__(self, code: str, final: bool = False, away: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.final = final
        self.away = away


class Transport(Protocol):
    def send(self, message: EmailMessage, uid: str) -> None: ...


def transport_for(settings: Settings, keyring: Keyring) -> "SmtpTransport | FolderTransport":
    return SmtpTransport(settings) if settings.mail_server else FolderTransport(settings, keyring)


class SmtpTransport:
    """One conversation a message. Encrypted, with a certificate that is checked, unless the server is this machine."""

    def __init__(self, settings: Settings) -> None:
        parts = urlsplit(settings.mail_server)
        self._host = parts.hostname or ""
        self._implicit = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._implicit else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._as = settings.mail_from.rpartition("@")[2]
        self._context = ssl.create_default_context()

    def send(self, message: EmailMessage, uid: str) -> None:
        sender, to = message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec
        with self._conversation() as server:
            try:
                server.send_message(message, sender, [to])
            except smtplib.SMTPRecipientsRefused as error:
                code = error.recipients[to][0]
                raise NotSent(str(code), final=code >= 500) from error
            except smtplib.SMTPDataError as error:
                raise NotSent(str(error.smtp_code), final=error.smtp_code >= 500) from error

    @contextlib.contextmanager
    def _conversation(self) -> Iterator[smtplib.SMTP]:
        """An open server. Its refusals of the site itself (name, password, sender) are `away`: no message can help."""
        server: smtplib.SMTP | None = None
        try:
            server = self._open()
            yield server
        except smtplib.SMTPResponseException as error:
            raise NotSent(str(error.smtp_code), away=True) from error
        except smtplib.SMTPServerDisconnected as error:
            raise NotSent("closed", away=server is None) from error
        except ssl.SSLError as error:
            raise NotSent("tls", away=True) from error
        except (smtplib.SMTPException, UnicodeError) as error:
            raise NotSent("unable", away=True) from error
        except TimeoutError as error:
            raise NotSent("slow", away=True) from error
        except OSError as error:
            raise NotSent("away", away=True) from error
        finally:
            if server is not None:
                _leave(server)

    def _open(self) -> smtplib.SMTP:
        if self._implicit:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, local_hostname=self._as, timeout=TIMEOUT, context=self._context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, local_hostname=self._as, timeout=TIMEOUT)
        try:
            if not self._implicit and not is_loopback(self._host):
                server.starttls(context=self._context)
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; what was taken stays taken whatever the answer."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


class FolderTransport:
    """One file a message in `INSTANCE/mail`, sealed as a whole: it holds an address and often a secret link."""

    def __init__(self, settings: Settings, keyring: Keyring) -> None:
        self.folder = settings.instance / "mail"
        self._key = keyring.derived(_SEALED_AS)

    def send(self, message: EmailMessage, uid: str) -> None:
        sealed = seal(self._key, secrets.token_bytes(NONCE), message.as_bytes(policy=SMTP), _SEALED_AS, uid)
        mine = self.folder / f".{uid}.{secrets.token_hex(4)}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            mine.replace(self._path(uid))
        except OSError as error:
            with contextlib.suppress(OSError):
                mine.unlink(missing_ok=True)
            raise NotSent("disk", away=True) from error

    def names(self) -> list[str]:
        """The uid of every message that lies there, oldest first."""
        found = [(path.stat().st_mtime_ns, path.stem) for path in self.folder.glob(f"[!.]*{ENDING}")]
        return [uid for _moment, uid in sorted(found)]

    def read(self, uid: str) -> EmailMessage:
        """LookupError where there is none; BrokenSeal where it was changed, renamed or sealed with another key."""
        if uid not in self.names():
            raise LookupError(uid)
        opened = unseal(self._key, self._path(uid).read_bytes(), _SEALED_AS, uid)
        message = message_from_bytes(opened, policy=SMTP)
        if not isinstance(message, EmailMessage):
            raise BrokenSeal(uid)
        return message

    def uids(self) -> set[str]:
        """Of every file there, also of those that a kill left half written."""
        return {path.name.strip(".").partition(".")[0] for path in self.folder.glob("*")}

    def remove(self, uid: str) -> None:
        for path in (self._path(uid), *self.folder.glob(f".{uid}.*")):
            path.unlink(missing_ok=True)

    def _path(self, uid: str) -> Path:
        return self.folder / f"{uid}{ENDING}"
