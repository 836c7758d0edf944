"""A backup while people answer, then an empty machine with the keys copied over, and the commands of docs/running.md:
no answer that was acknowledged before the backup began is missing. And four bad archives.
"""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path

import pytest

from elearn.config import ROOT
from tests.oracle import forms_of
from tests.site import Running, Visitor, environment, running
from tests.trainees import Trainee, a_question, enrolled

LONG = bool(os.environ.get("ELEARN_LONG_FAULTS"))
PEOPLE, BEFORE = (6, 1500) if LONG else (3, 60)

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="opens the SQLite file"),
]


def elearn(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "elearn.cli", *words],
        cwd=ROOT,
        env=environment(folder, ELEARN_BACKUPS=str(folder / "backups")),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def archive_of(folder: Path) -> Path:
    [found] = (folder / "backups").glob("*.backup")
    return found


def backed_up_under_load(site: Running, people: list[Trainee]) -> dict[str, list[str]]:
    """Answers that were acknowledged before a backup began, by person; people went on answering until it ended."""
    done = threading.Event()

    def answer(one: Trainee) -> None:
        while not done.is_set():
            one.answer()

    threads = [threading.Thread(target=answer, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 120
    while sum(len(one.ledger.acknowledged) for one in people) < BEFORE and time.monotonic() < until:
        time.sleep(0.01)
    before = {one.name: list(one.ledger.acknowledged) for one in people}
    backup = elearn(site.folder, "backup")
    done.set()
    for thread in threads:
        thread.join()
    assert backup.returncode == 0, backup.stderr
    assert "Les clés n'y sont pas" in backup.stdout
    assert [refused for one in people for refused in one.ledger.refused] == [], "a backup holds nobody up"
    assert sum(len(one.ledger.acknowledged) for one in people) > BEFORE
    return before


def test_backup_under_load_and_restore_on_an_empty_machine(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    unit, section, question = a_question()
    with running(here) as site:
        people = enrolled(site, PEOPLE, unit, section, question)
        before = backed_up_under_load(site, people)
        archive = archive_of(here)
        refused = subprocess.run(
            [sys.executable, "-m", "elearn.cli", "restore", str(archive)],
            cwd=ROOT,
            env=environment(here, ELEARN_BACKUPS=str(here / "backups"), ELEARN_PORT=str(site.port)),
            capture_output=True,
            text=True,
            check=False,
        )
        assert refused.returncode == 1 and "Le site tourne encore" in refused.stderr

    began = time.monotonic()
    shutil.copytree(here / "keys", there / "keys")
    restored = elearn(there, "restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    with running(there) as site:
        seconds = time.monotonic() - began
        print(f"{archive.stat().st_size} bytes restored and served after {seconds:.1f} s")
        assert Visitor(site.port).get("/healthz").status == 200
        with contextlib.closing(sqlite3.connect(f"file:{site.database}?mode=ro", uri=True)) as database:
            for name, acknowledged in before.items():
                assert acknowledged and set(acknowledged) <= set(forms_of(database, name)), name
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert elearn(there, "doctor").returncode == 0


def test_a_drill_changes_nothing_and_is_noted(tmp_path: Path) -> None:
    assert elearn(tmp_path, "publish").returncode == 0
    assert elearn(tmp_path, "backup").returncode == 0
    before = sorted(str(path) for path in tmp_path.rglob("*") if "keys" not in path.parts)
    drill = elearn(tmp_path, "restore", "--drill", str(archive_of(tmp_path)))
    assert drill.returncode == 0 and "Exercice réussi" in drill.stdout, drill.stderr
    assert [one for one in sorted(map(str, tmp_path.rglob("*"))) if "keys" not in Path(one).parts] == before
    with contextlib.closing(sqlite3.connect(tmp_path / "instance" / "elearn.sqlite")) as database:
        noted = dict(database.execute("SELECT name, value FROM site_note WHERE name IN ('backup', 'drill')").fetchall())
    assert set(noted) == {"backup", "drill"} and archive_of(tmp_path).name in noted["drill"]


def cut(archive: Path, _folder: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-1000])


def altered(archive: Path, _folder: Path) -> None:
    body = bytearray(archive.read_bytes())
    body[len(body) // 2] ^= 1
    archive.write_bytes(body)


def other_key(_archive: Path, folder: Path) -> None:
    (folder / "keys" / "secret").write_bytes(bytes(range(32)))


def newer(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as tar:
        tar.extractall(folder / "open", filter="data")
    manifest = folder / "open" / "manifest.json"
    told = json.loads(manifest.read_text("utf-8"))
    told["manifest"]["revision"] = "9999"
    manifest.write_text(json.dumps(told), encoding="utf-8")
    with tarfile.open(archive, "w:gz") as tar:
        for path in (manifest, folder / "open" / "database.sqlite"):
            tar.add(path, path.name)


SPOILT = {"tronquée": cut, "abîmée": altered, "demande une autre clé": other_key, "plus récente": newer}
"""What the refusal says of each."""


def test_a_bad_archive_is_refused(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    assert elearn(site, "publish").returncode == 0
    assert elearn(site, "backup").returncode == 0
    before = (site / "instance" / "elearn.sqlite").read_bytes()
    for said, spoil in SPOILT.items():
        folder = tmp_path / spoil.__name__
        shutil.copytree(site, folder)
        archive = archive_of(folder)
        spoil(archive, folder)
        refused = elearn(folder, "restore", str(archive))
        assert refused.returncode == 1 and said in refused.stderr, refused.stderr
        assert len(refused.stderr.splitlines()) == 2, "one sentence in each language"
        assert (folder / "instance" / "elearn.sqlite").read_bytes() == before
        assert {path.name for path in folder.iterdir()} <= {"instance", "keys", "backups", "open"}
