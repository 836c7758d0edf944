"""`elearn erasures`, `elearn retention` and `elearn register`: what they say, and their exit status."""

import io
import json
import os
from pathlib import Path

import pytest

from elearn import cli
from elearn.config import Settings
from elearn.services import erasure
from elearn.services.audit import By
from elearn.store.base import now
from tests.site import environment

GOOD = "quatre chevaux lisent dehors"

pytestmark = pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="makes its own SQLite file")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for a site with one account, chloe; what is typed speaks French."""
    for name in [name for name in os.environ if name.startswith("ELEARN_")]:
        monkeypatch.delenv(name)
    for name, value in environment(tmp_path, ELEARN_BACKUPS=str(tmp_path / "backups")).items():
        if name.startswith("ELEARN_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\n"))
    assert cli.main(["user", "add", "chloe", "--password-stdin"]) == 0
    return tmp_path


def uid(ask: bool = False) -> str:
    """Chloé's identifier; `ask`: her account's erasure was asked for eight days ago."""
    from sqlalchemy import select

    from elearn.store.accounts import Person
    from elearn.store.base import db

    with cli._site(Settings.from_env(os.environ)):
        with db.engine.connect() as connection:
            found: str = connection.execute(select(Person.uid)).scalar_one()
        if ask:
            erasure.ask_for(found, By(now() - erasure.CHANGE_OF_MIND))
        return found


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert cli.main(list(words)) == 0
    return capsys.readouterr().out


def test_retention_shows_before_it_deletes(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone = uid(ask=True)
    shown = said(capsys, "retention", "--dry-run")
    assert "accounts erased" in shown and "Rien n'est effacé" in shown
    assert "chloe" in said(capsys, "user", "list")
    done = said(capsys, "retention")
    assert "accounts erased" in done and "est effacé" in done
    assert "chloe" not in said(capsys, "user", "list")
    assert gone in said(capsys, "erasures", "list")
    assert json.loads((site / "instance" / erasure.JOURNAL).read_text("utf-8"))["uid"] == gone


def test_erasures_are_replayed_from_a_file(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = site / "old.jsonl"
    journal.write_text(json.dumps({"uid": uid(), "at": now().isoformat()}) + "\n", "utf-8")
    assert "Comptes effacés à nouveau : 1." in said(capsys, "erasures", "replay", str(journal))
    assert "Comptes effacés à nouveau : 0." in said(capsys, "erasures", "replay", str(journal))


@pytest.mark.parametrize("body", [None, b"words\n", b'{"uid": 1}\n', b"\xff\xfe"])
def test_a_file_that_is_no_journal_erases_nobody(
    site: Path, body: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    if body is not None:
        (site / "journal").write_bytes(body)
    assert cli.main(["erasures", "replay", str(site / "journal")]) == 1
    assert "rien n'est effacé" in capsys.readouterr().out
    assert "chloe" in said(capsys, "user", "list")


@pytest.mark.parametrize(("lang", "title"), [("fr", "# Registre des traitements"), ("en", "# Record of processing")])
def test_the_register_is_printed_in_two_languages(
    site: Path, lang: str, title: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELEARN_LANG", lang)
    printed = said(capsys, "register")
    assert printed.startswith(title)
    for table in ("person", "reflection", "audit_entry", "consent"):
        assert f"(`{table}`)" in printed
    assert "{keep}" not in printed
