"""Where mail goes: a server over TLS whose certificate is checked, or a folder of sealed files."""

import stat
from email.message import EmailMessage
from pathlib import Path

import pytest

from elearn.config import Settings
from elearn.core.mime import Envelope, letter
from elearn.core.sealing import BrokenSeal
from elearn.keyring import Keyring
from elearn.services.transports import FolderTransport, NotSent, SmtpTransport, transport_for
from tests.services.mailing import AT, LINK
from tests.site import free_port
from tests.smtp import Manners, certificate, mail_server

UID = "0123456789ABCDEFGHJKMNPQRS"
ELSEWHERE = "127.1"
"""Reaches this machine, but is not written as a loopback address: to elearn it is a server elsewhere."""


def message(to: str = "benoit@example.org") -> EmailMessage:
    return letter("reset", "fr", {"link": LINK}, Envelope(UID, "site@example.org", to, AT, "https://example.org"))


def smtp(address: str) -> SmtpTransport:
    return SmtpTransport(Settings.from_env({}, mail_server=address, mail_from="site@example.org"))


def refused(transport: SmtpTransport | FolderTransport, to: str = "benoit@example.org") -> tuple[str, bool, bool]:
    with pytest.raises(NotSent) as trouble:
        transport.send(message(to), UID)
    return trouble.value.code, trouble.value.final, trouble.value.away


# --- a server


def test_it_works_on_this_machine_without_tls() -> None:
    with mail_server() as server:
        smtp(f"smtp://127.0.0.1:{server.port}").send(message(), UID)
        assert [(one.to, one.encrypted) for one in server.taken] == [(["benoit@example.org"], False)]
        assert server.said[0] == "ehlo example.org", "the name of the machine is nobody's business"


def test_asvs_12_3_1_elsewhere_is_spoken_to_in_cipher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, context = certificate(tmp_path, ELSEWHERE)
    monkeypatch.setenv("SSL_CERT_FILE", str(shown))
    with mail_server(Manners(tls=context)) as server:
        smtp(f"smtp://{ELSEWHERE}:{server.port}").send(message(), UID)
        assert [one.encrypted for one in server.taken] == [True]
    with mail_server(Manners(tls=context, implicit=True)) as server:
        smtp(f"smtps://{ELSEWHERE}:{server.port}").send(message(), UID)
        assert [one.encrypted for one in server.taken] == [True]


def test_asvs_12_3_1_elsewhere_without_tls_nothing_is_said() -> None:
    with mail_server(Manners(login=("a", "b"))) as server:
        assert refused(smtp(f"smtp://a:b@{ELSEWHERE}:{server.port}")) == ("unable", False, True)
        assert not [line for line in server.said if line.startswith(("AUTH", "MAIL", "auth", "mail"))]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_of_nobody_known_is_refused(tmp_path: Path, scheme: str) -> None:
    _shown, context = certificate(tmp_path, ELSEWHERE)
    with mail_server(Manners(tls=context, implicit=scheme == "smtps")) as server:
        assert refused(smtp(f"{scheme}://{ELSEWHERE}:{server.port}")) == ("tls", False, True)
        assert server.taken == []


def test_a_certificate_of_another_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, context = certificate(tmp_path, "mail.example.org")
    monkeypatch.setenv("SSL_CERT_FILE", str(shown))
    with mail_server(Manners(tls=context)) as server:
        assert refused(smtp(f"smtp://{ELSEWHERE}:{server.port}")) == ("tls", False, True)


def test_name_and_password_may_hold_any_sign() -> None:
    with mail_server(Manners(login=("site@example.org", "p:/@+ %"))) as server:
        smtp(f"smtp://site%40example.org:p%3A%2F%40%2B%20%25@127.0.0.1:{server.port}").send(message(), UID)
        assert len(server.taken) == 1


def test_a_wrong_password_is_no_fault_of_the_message() -> None:
    with mail_server(Manners(login=("site", "right"))) as server:
        assert refused(smtp(f"smtp://site:wrong@127.0.0.1:{server.port}")) == ("535", False, True)


def test_a_password_that_cannot_be_said_ends_no_message() -> None:
    """smtplib speaks ASCII only."""
    with mail_server(Manners(login=("site", "é"))) as server:
        assert refused(smtp(f"smtp://site:%C3%A9@127.0.0.1:{server.port}")) == ("unable", False, True)


@pytest.mark.parametrize(("code", "final"), [(550, True), (553, True), (450, False), (452, False)])
def test_what_a_server_says_of_a_recipient(code: int, final: bool) -> None:
    with mail_server(Manners(answers={"benoit@example.org": code})) as server:
        assert refused(smtp(f"smtp://127.0.0.1:{server.port}")) == (str(code), final, False)
        assert server.said[-1].upper() == "QUIT"


def test_nobody_listens() -> None:
    assert refused(smtp(f"smtp://127.0.0.1:{free_port()}")) == ("away", False, True)
    assert refused(smtp("smtp://nowhere.invalid:25")) == ("away", False, True)


def test_lines_that_begin_with_a_dot_arrive() -> None:
    made = message()
    made.get_body(("plain",)).set_content(".\n.one\n..two\n")  # type: ignore[union-attr]
    with mail_server() as server:
        smtp(f"smtp://127.0.0.1:{server.port}").send(made, UID)
        body = server.taken[0].message.get_body(("plain",))
        assert body is not None and body.get_content().splitlines() == [".", ".one", "..two"]


# --- the folder


@pytest.fixture
def folder(tmp_path: Path) -> FolderTransport:
    settings = Settings.from_env({}, instance=str(tmp_path / "instance"), keys=str(tmp_path / "keys"))
    made = transport_for(settings, Keyring(settings.keys, strict=False))
    assert isinstance(made, FolderTransport)
    return made


def test_the_folder_keeps_a_message_sealed(folder: FolderTransport) -> None:
    folder.send(message(), UID)
    path = folder.folder / f"{UID}.sealed"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.folder.stat().st_mode) == 0o700
    assert [one.name for one in folder.folder.iterdir()] == [path.name]
    for word in (b"benoit", b"CANARI", b"Subject", b"Choisir"):
        assert word not in path.read_bytes()
    assert folder.names() == [UID]
    opened = folder.read(UID)
    assert opened["To"] == "benoit@example.org"
    assert LINK in opened.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_a_message_sent_again_lies_there_once(folder: FolderTransport) -> None:
    folder.send(message(), UID)
    folder.send(message("chloe@example.org"), UID)
    assert folder.names() == [UID]
    assert folder.read(UID)["To"] == "chloe@example.org"


def test_a_file_that_was_changed_or_renamed_does_not_open(folder: FolderTransport) -> None:
    folder.send(message(), UID)
    path = folder.folder / f"{UID}.sealed"
    other = "Z" * 26
    path.with_name(f"{other}.sealed").write_bytes(path.read_bytes())
    with pytest.raises(BrokenSeal):
        folder.read(other)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(BrokenSeal):
        folder.read(UID)
    path.write_bytes(b"")
    with pytest.raises(BrokenSeal):
        folder.read(UID)


@pytest.mark.parametrize("uid", ["", "nothing", "../keys/secret", "..", "/etc/passwd"])
def test_what_is_not_there_is_not_opened(folder: FolderTransport, uid: str) -> None:
    folder.send(message(), UID)
    with pytest.raises(LookupError):
        folder.read(uid)


def test_a_folder_that_cannot_be_written_is_said(folder: FolderTransport) -> None:
    folder.folder.parent.mkdir(parents=True, exist_ok=True)
    folder.folder.write_text("in the way")
    assert refused(folder) == ("disk", False, True)
