"""Erasing an account leaves none of its values in the database, its log or its free pages, nor after a restore."""

import json
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import func, insert, select, update

from elearn.app import create_app
from elearn.config import Settings
from elearn.core.attestations import load
from elearn.services import audit as log
from elearn.services import erasure, retention, transaction
from elearn.services.audit import By
from elearn.store.accounts import Person
from elearn.store.attestations import Attestation, Holding, ShareLink
from elearn.store.audit import AuditEntry
from elearn.store.base import Base, db
from elearn.store.credentials import Credential
from elearn.store.journal import read_journals
from elearn.store.learning import DataKey, Step
from elearn.store.privacy import Erasure
from tests import world
from tests.conftest import ON_POSTGRESQL, close
from tests.everything import Everything, a_cohort

AT = world.AT
DUE = AT + erasure.CHANGE_OF_MIND


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def people() -> tuple[Everything, Everything]:
    """Two people with a row of everything, and a thousand answers each, side by side in the pages of the file."""
    benoit, chloe = Everything("bQ7x", 0), Everything("cK4z", 5000)

    def work(tx: sa.orm.Session) -> None:
        a_cohort(tx)
        benoit.seed(tx)
        chloe.seed(tx)
        tx.execute(update(Person).values(erase_at=None, deactivated_at=None))
        attempts = {who.tag: attempt(tx, who) for who in (benoit, chloe)}
        answers = [answer(attempts[tag], tag, number) for number in range(1000) for tag in attempts]
        tx.execute(insert(Step), answers)

    transaction.run(work)
    return benoit, chloe


def attempt(tx: sa.orm.Session, who: Everything) -> int:
    return tx.execute(select(Step.attempt_id).where(Step.question.like(f"{who.tag}%"))).scalar_one()


def answer(attempt: int, tag: str, number: int) -> dict[str, object]:
    return {"attempt_id": attempt, "sequence": 100 + number, "question": f"{tag}s{number}", "document": "d" * 64,
            "fingerprint": "f" * 64, "locale": "fr", "response": [0], "fraction": 1.0, "made_at": AT}  # fmt: skip


def gone_for_good(who: Everything) -> list[str]:
    """What must be found nowhere: every value that is not said to be kept."""
    kept = ("kept", "random identifiers")
    return [one.text for one in who.canaries if not one.info["erasure"].startswith(kept)]


def found(texts: list[str], settings: Settings) -> list[str]:
    """Those of `texts` that lie in the database: on SQLite in any byte of its files, free pages too."""
    if ON_POSTGRESQL:
        with db.engine.connect() as connection:
            body = "\n".join(
                str(connection.execute(sa.text(f"SELECT string_agg(t::text, ' ') FROM {name} t")).scalar())
                for name in Base.metadata.tables
            ).encode()
    else:
        file = Path(settings.database_url.removeprefix("sqlite:///"))
        body = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    return [text for text in texts if text.encode() in body]


def sign(who: Everything) -> By:
    return By(AT, who.whose.uid, "trainee")


def test_it_works(people: tuple[Everything, Everything], settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    benoit, chloe = people
    with caplog.at_level(logging.DEBUG):
        assert erasure.ask_for(benoit.whose.uid, sign(benoit)) == DUE
        assert erasure.erase_due(DUE - timedelta(seconds=1)) == 0
        before = found(gone_for_good(benoit), settings)
        assert len(before) > 80, "the search must find what is there, or it shows nothing"
        assert erasure.erase_due(DUE) == 1
    assert found([*gone_for_good(benoit), f"{benoit.tag}s"], settings) == []
    assert [one for one in gone_for_good(benoit) if one in caplog.text] == []
    assert len(found(gone_for_good(chloe), settings)) == len(before)
    assert count(Step) == 1001 and log.broken() is None


def count(table: type[Base]) -> int:
    with db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_the_log_of_the_database_is_empty_afterwards(people: tuple[Everything, Everything], settings: Settings) -> None:
    if ON_POSTGRESQL:
        pytest.skip("of SQLite")
    erasure.erase([people[0].whose.uid], AT)
    wal = Path(settings.database_url.removeprefix("sqlite:///") + "-wal")
    assert not wal.exists() or wal.stat().st_size == 0


def test_without_secure_deletion_the_search_would_find_something(tmp_path: Path) -> None:
    """A control: the bytes of a row deleted without it are still in the file."""
    file = sqlite3.connect(tmp_path / "control.sqlite", isolation_level=None)
    file.executescript("PRAGMA secure_delete=OFF; CREATE TABLE t (x); INSERT INTO t VALUES ('bQ7x0000');")
    file.execute("DELETE FROM t")
    file.close()
    assert b"bQ7x0000" in (tmp_path / "control.sqlite").read_bytes()


def test_the_key_is_destroyed_and_others_keep_theirs(people: tuple[Everything, Everything]) -> None:
    benoit, chloe = people
    erasure.erase([benoit.whose.uid], AT)
    with db.engine.connect() as connection:
        assert list(connection.execute(select(DataKey.person_id)).scalars()) == [chloe.whose.id]


def test_attestations_stay_without_a_name(people: tuple[Everything, Everything]) -> None:
    benoit, chloe = people
    mine = select(Attestation).join(Holding).where(Holding.person_id == benoit.whose.id)
    with db.engine.connect() as connection:
        before = connection.execute(mine).one()
        theirs = connection.execute(select(Attestation).join(Holding).where(Holding.person_id == chloe.whose.id)).one()
    erasure.erase([benoit.whose.uid], AT)
    with db.engine.connect() as connection:
        after = connection.execute(select(Attestation).where(Attestation.id == before.id)).one()
        link = connection.execute(select(ShareLink).where(ShareLink.attestation_id == before.id)).one()
        signed = connection.execute(select(Credential).where(Credential.attestation_id == before.id)).one()
        assert connection.execute(select(Attestation).where(Attestation.id == theirs.id)).one() == theirs
    facts = load(after.facts)
    assert (after.printed_name, facts.printed_name, facts.salt, link.label) == ("", "", "", "")
    assert (after.digest, after.state, facts.title) == (before.digest, before.state, load(before.facts).title)
    assert link.closed_at is not None and signed.body == b""
    assert all((signed.uid, signed.digest, signed.key_id)), "the holder's own file still verifies"
    assert count(Holding) == 1


def test_one_changes_ones_mind(people: tuple[Everything, Everything]) -> None:
    benoit, _ = people
    erasure.ask_for(benoit.whose.uid, sign(benoit))
    assert erasure.ask_for(benoit.whose.uid, By(AT + timedelta(days=3))) == DUE, "asking again moves nothing"
    assert erasure.keep(benoit.whose.id, By(DUE - timedelta(hours=1), benoit.whose.uid))
    assert erasure.erase_due(DUE + timedelta(days=1)) == 0
    assert not erasure.keep(benoit.whose.id, sign(benoit))
    with db.engine.connect() as connection:
        deeds = list(connection.execute(select(AuditEntry.deed).order_by(AuditEntry.id.desc()).limit(2)).scalars())
    assert deeds == ["erasure withdrawn", "erasure asked"]


def test_once_the_day_has_come_it_is_too_late(people: tuple[Everything, Everything]) -> None:
    benoit, _ = people
    erasure.ask_for(benoit.whose.uid, sign(benoit))
    assert not erasure.keep(benoit.whose.id, By(DUE))


def test_nobody_has_that_identifier() -> None:
    assert erasure.ask_for("NOBODY", By(AT)) is None
    assert erasure.erase(["NOBODY"], AT) == 0
    assert erasure.journals()[0].exists() is False


def test_the_journal_is_a_row_and_a_line_here_and_among_the_backups(
    people: tuple[Everything, Everything], app: Flask, tmp_path: Path
) -> None:
    benoit, chloe = people
    app.config["ELEARN"] = Settings.from_env(
        {}, instance=str(tmp_path / "instance"), keys=str(tmp_path / "keys"), backups=str(tmp_path / "backups")
    )
    (tmp_path / "backups").mkdir()
    erasure.erase([benoit.whose.uid, chloe.whose.uid], AT)
    for folder in ("instance", "backups"):
        lines = (tmp_path / folder / erasure.JOURNAL).read_text("utf-8").splitlines()
        assert [json.loads(line) for line in lines] == [
            {"uid": one.whose.uid, "at": AT.isoformat()} for one in (benoit, chloe)
        ]
    assert count(Erasure) == 2


def test_after_an_older_copy_is_restored_they_are_erased_again(
    people: tuple[Everything, Everything], app: Flask, settings: Settings, tmp_path: Path
) -> None:
    if ON_POSTGRESQL:
        pytest.skip("copies the file of SQLite")
    benoit, chloe = people
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    erasure.sweep(db.engine)
    shutil.copyfile(file, tmp_path / "older.sqlite")
    erasure.erase([benoit.whose.uid], AT)
    close(app)
    shutil.copyfile(tmp_path / "older.sqlite", file)
    again = create_app(settings)
    with again.app_context():
        assert len(found(gone_for_good(benoit), settings)) > 80
        lines = erasure.journals()[0].read_text("utf-8").splitlines()
        assert erasure.replay(lines, AT + timedelta(days=1)) == 1
        assert found([*gone_for_good(benoit), f"{benoit.tag}s"], settings) == []
        assert erasure.replay(lines, AT + timedelta(days=1)) == 0
        assert count(Person) == 1 and chloe.whose.id
    close(again)


@pytest.mark.parametrize("line", ["nothing", "[]", '{"uid": "X"}', "\x00"])
def test_a_line_that_is_not_of_the_journal_erases_nobody(people: tuple[Everything, Everything], line: str) -> None:
    good = json.dumps({"uid": people[0].whose.uid, "at": AT.isoformat()})
    with pytest.raises(ValueError):
        erasure.replay([good, line], AT)
    assert count(Person) == 2


def test_lines_of_the_journal_are_forgotten_in_time(people: tuple[Everything, Everything]) -> None:
    benoit, chloe = people
    erasure.erase([benoit.whose.uid], AT)
    erasure.erase([chloe.whose.uid], AT + timedelta(days=50))
    retention.run(AT + timedelta(days=61))
    lines = erasure.journals()[0].read_text("utf-8").splitlines()
    assert [json.loads(line)["uid"] for line in lines] == [chloe.whose.uid]
    assert count(Erasure) == 1


def test_a_line_cut_short_takes_no_other_with_it(people: tuple[Everything, Everything]) -> None:
    """As after a full disk or a power cut in the midst of a line: what comes later is on a line of its own."""
    benoit, chloe = people
    path = erasure.journals()[0]
    path.write_text('{"uid": "HALF', "utf-8")
    erasure.erase([benoit.whose.uid], AT)
    erasure.erase([chloe.whose.uid], AT + timedelta(days=50))
    assert set(read_journals([path])) == {benoit.whose.uid, chloe.whose.uid}
    assert retention.run(AT + timedelta(days=61)).deleted["erasure"] == 1, "nor does it stop what has run its time"
    assert set(read_journals([path])) == {chloe.whose.uid}
