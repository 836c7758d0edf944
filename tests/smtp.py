"""A mail server for tests: real SMTP on 127.0.0.1, as kind or as difficult as a test asks.

It keeps what it took. Only what smtplib needs of RFC 5321 is spoken; STARTTLS and AUTH PLAIN where asked for.
"""

import base64
import datetime as dt
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path


@dataclass
class Manners:
    """How the server behaves; a test may change them while it runs.

    `answers`: to a recipient, by address (550: never, 451: not now). `hangs_up`: at DATA; `slow`: seconds before each
    answer. `login`: name and password that it insists on.
    """

    answers: dict[str, int] = field(default_factory=dict)
    data_answer: int = 250
    hangs_up: bool = False
    slow: float = 0.0
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    login: tuple[str, str] | None = None


@dataclass
class Taken:
    sender: str
    to: list[str]
    raw: bytes
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        made = message_from_bytes(self.raw, policy=default)
        assert isinstance(made, EmailMessage)
        return made


@dataclass
class MailServer:
    port: int
    manners: Manners
    taken: list[Taken]
    said: list[str]
    """Every command that came in."""


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    mail: MailServer


class _Talk(socketserver.StreamRequestHandler):
    server: _Server
    encrypted = False
    sender = ""

    def handle(self) -> None:
        with suppress(OSError):  # the client went, or did not like the certificate
            if self.server.mail.manners.implicit:
                self._encrypt()
            self._say(220, "test server")
            self.to: list[str] = []
            while self._obey(self.rfile.readline().decode("ascii", "replace").strip()):
                pass

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.request.close()

    def _say(self, code: int, words: str = "ok") -> None:
        time.sleep(self.server.mail.manners.slow)
        lines = words.split("\n")
        for number, line in enumerate(lines):
            mark = " " if number == len(lines) - 1 else "-"
            self.wfile.write(f"{code}{mark}{line}\r\n".encode())

    def _encrypt(self) -> None:
        context = self.server.mail.manners.tls
        assert context is not None
        self.request = context.wrap_socket(self.request, server_side=True)
        self.rfile.close()
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self.encrypted = True

    def _obey(self, line: str) -> bool:
        mail, manners = self.server.mail, self.server.mail.manners
        mail.said.append(line)
        word, _, rest = line.partition(" ")
        match word.upper():
            case "":
                return False
            case "EHLO" | "HELO":
                offered = ["test server"]
                offered += ["STARTTLS"] if manners.tls and not self.encrypted else []
                offered += ["AUTH PLAIN"] if manners.login else []
                self._say(250, "\n".join(offered))
            case "STARTTLS":
                self._say(220)
                self._encrypt()
            case "AUTH":
                given = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")[1:]
                self._say(235 if tuple(given) == manners.login else 535)
            case "MAIL":
                self.sender, self.to = _address(rest), []
                self._say(250)
            case "RCPT":
                code = manners.answers.get(_address(rest), 250)
                self.to += [_address(rest)] if code == 250 else []
                self._say(code)
            case "DATA":
                if manners.hangs_up:
                    return False
                self._say(354)
                self._take()
            case "QUIT":
                self._say(221)
                return False
            case _:
                self._say(250)
        return True

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        mail = self.server.mail
        if mail.manners.data_answer == 250:
            mail.taken.append(Taken(self.sender, self.to, b"".join(lines), self.encrypted))
        self._say(mail.manners.data_answer)


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]


@contextmanager
def mail_server(manners: Manners | None = None, port: int = 0) -> Iterator[MailServer]:
    with _Server(("127.0.0.1", port), _Talk) as server:
        server.mail = MailServer(server.server_address[1], manners or Manners(), [], [])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.mail
        finally:
            server.shutdown()
            thread.join()


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """(file of a certificate that signs itself, context of a server that shows it), for a host name or address."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    try:
        shown: x509.GeneralName = x509.IPAddress(ip_address(name))
    except ValueError:
        shown = x509.DNSName(name)
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([shown]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown_file, secret = folder / "shown.pem", folder / "secret.pem"
    shown_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown_file, secret)
    return shown_file, context
