"""The commands that keep a site: upgrade, keys, backup, doctor. What they say, do, and refuse."""

import io
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from elearn import cli
from elearn.commands.common import read_settings
from elearn.config import ROOT, SettingsError
from elearn.doctor import findings
from elearn.keyring import Keyring
from elearn.store import schema
from elearn.store.base import now, prepare
from elearn.store.upgrade import upgrade
from tests.site import environment, free_port

ADDRESS = "https://formation.example.org"
Typed = Callable[..., tuple[int, str]]

pytestmark = pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="makes its own SQLite file")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("ELEARN_")]:
        monkeypatch.delenv(name)
    mine = {"ELEARN_BACKUPS": str(tmp_path / "backups"), "ELEARN_PORT": str(free_port())}
    for name, value in environment(tmp_path, **mine).items():
        if name.startswith("ELEARN_"):
            monkeypatch.setenv(name, value)
    return tmp_path


@pytest.fixture
def real(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ELEARN_BASE_URL", ADDRESS)
    return folder


@pytest.fixture
def typed(folder: Path, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command: its exit status and all that it said."""

    def typed(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        status = cli.main(words)
        said = capsys.readouterr()
        return status, said.out + said.err

    return typed


def database(folder: Path) -> Path:
    return folder / "instance" / "elearn.sqlite"


def older(folder: Path) -> None:
    """A site of the first version with one person."""
    (folder / "instance").mkdir(mode=0o700)
    engine = sa.create_engine(f"sqlite:///{database(folder)}")
    prepare(engine)
    upgrade(engine, to="0001")
    engine.dispose()
    with closing(sqlite3.connect(database(folder))) as file, file:
        file.execute(
            "INSERT INTO person (sign_in_name, sign_in_key, chosen_name, password_hash, role, locale, demo, created_at)"
            " VALUES ('chloe', 'chloe', 'Chloé', '-', 'trainee', 'fr', 0, '2026-11-01 00:00:00')"
        )


def version(folder: Path) -> str:
    with closing(sqlite3.connect(database(folder))) as file:
        return str(file.execute("SELECT version_num FROM alembic_version").fetchone()[0])


# --- upgrade


def test_a_real_site_changes_no_table_by_itself(real: Path, typed: Typed) -> None:
    older(real)
    typed("keys", "new")
    for words in (["user", "list"], ["publish"], ["run"]):
        status, said = typed(*words)
        assert status == 1 and "elearn upgrade" in said, said
    assert version(real) == "0001"


def test_an_upgrade_backs_up_and_keeps_who_is_there(real: Path, typed: Typed) -> None:
    older(real)
    typed("keys", "new")
    status, said = typed("upgrade")
    assert status == 0 and f"0001 à {schema.newest()}" in said, said
    [archive] = (real / "backups").glob("*.backup")
    assert str(archive) in said
    assert version(real) == schema.newest()
    assert "Chloé" in typed("user", "list")[1]
    with closing(sqlite3.connect(database(real))) as file:
        deeds = [row[0] for row in file.execute("SELECT deed FROM audit_entry ORDER BY id")]
    assert deeds == ["backup made", "upgraded"]
    assert "Rien à faire" in typed("upgrade")[1]


def test_an_upgrade_that_fails_leaves_the_old_version(real: Path, typed: Typed) -> None:
    older(real)
    with closing(sqlite3.connect(database(real))) as file, file:
        file.execute("CREATE TABLE cohort_member (stray INTEGER)")  # stands in the way of a statement late on
    typed("keys", "new")
    status, said = typed("upgrade")
    assert status == 1 and "est restée comme elle était" in said and "OperationalError" in said, said
    assert version(real) == "0001"
    with closing(sqlite3.connect(database(real))) as file:
        assert file.execute("SELECT chosen_name FROM person").fetchall() == [("Chloé",)]
        assert not file.execute("SELECT 1 FROM sqlite_master WHERE name = 'audit_entry'").fetchall()


def test_a_trial_brings_its_tables_up_by_itself(folder: Path, typed: Typed) -> None:
    older(folder)
    assert typed("user", "list")[0] == 0
    assert version(folder) == schema.newest()


@pytest.mark.parametrize("words", ["user list", "publish", "upgrade", "migrate"])
def test_tables_of_a_newer_version_are_left_alone(folder: Path, typed: Typed, words: str) -> None:
    assert typed("migrate")[0] == 0
    with closing(sqlite3.connect(database(folder))) as file, file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    status, said = typed(*words.split())
    assert status == 1 and "plus récent" in said and "comes from a newer elearn" in said
    assert version(folder) == "9999"


# --- keys


def test_keys_are_listed_replaced_and_put_aside(folder: Path, typed: Typed) -> None:
    assert "enveloppe 0 clés" in typed("keys", "list")[1]
    assert "reflections-2" in typed("keys", "rotate")[1]
    assert "Rien à faire" in typed("keys", "rotate")[1]
    assert "sert encore" in typed("keys", "forget", "reflections-2")[1]
    assert "Il n'y a pas de clé" in typed("keys", "forget", "reflections-9")[1]
    status, said = typed("keys", "forget", "reflections-1")
    assert status == 1 and "--yes" in said
    assert (folder / "keys" / "reflections").exists()
    assert typed("keys", "forget", "reflections-1", "--yes")[0] == 0
    assert not (folder / "keys" / "reflections").exists()
    assert len(list((folder / "keys" / "retired").iterdir())) == 1
    assert typed("keys", "new")[0] == 0
    assert not (folder / "keys" / "reflections").exists(), "a key that was put aside is not made anew"
    assert typed("user", "list")[0] == 0


def test_a_key_that_a_backup_needs_stays(folder: Path, typed: Typed) -> None:
    typed("migrate")
    with closing(sqlite3.connect(database(folder))) as file, file:
        file.execute(
            "INSERT INTO person (uid, search_key, inactivity_notices, told_up_to, sign_in_name, sign_in_key,"
            " chosen_name, password_hash, role, locale, demo, created_at)"
            " VALUES ('A', 'c', 0, 0, 'c', 'c', 'C', '-', 'trainee', 'fr', 0, '2026-11-01 00:00:00')"
        )
        file.execute("INSERT INTO data_key VALUES ('k', 1, 'reflections-1', x'00', '2026-11-01 00:00:00')")
    typed("backup")
    with closing(sqlite3.connect(database(folder))) as file, file:
        file.execute("DELETE FROM data_key")
    typed("keys", "rotate")
    status, said = typed("keys", "forget", "reflections-1", "--yes")
    assert status == 1 and ".backup demande encore" in said
    assert (folder / "keys" / "reflections").exists()


def test_the_secret_is_replaced_when_one_says_yes(folder: Path, typed: Typed) -> None:
    typed("migrate")
    before = (folder / "keys" / "secret").read_bytes()
    assert typed("keys", "rotate", "--secret")[0] == 1
    assert (folder / "keys" / "secret").read_bytes() == before
    assert typed("keys", "rotate", "--secret", "--yes")[0] == 0
    assert (folder / "keys" / "secret").read_bytes() != before
    assert typed("user", "list")[0] == 0


def test_a_secret_half_replaced_is_finished_by_the_next_command(folder: Path, typed: Typed) -> None:
    """Killed after the database had moved, before the file had."""
    typed("migrate")
    script = (
        "import os, sys\nfrom elearn import cli\nfrom elearn.services import key_check\n"
        "key_check.finish_secret = lambda *_: os._exit(9)\nsys.exit(cli.main(['keys', 'rotate', '--secret', '--yes']))"
    )
    killed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=dict(os.environ), check=False, timeout=60)
    assert killed.returncode == 9
    coming = (folder / "keys" / "secret-next").read_bytes()
    assert typed("user", "list")[0] == 0
    assert (folder / "keys" / "secret").read_bytes() == coming
    assert not (folder / "keys" / "secret-next").exists()


@pytest.mark.parametrize("name", ["secret", "audit", "reflections"])
def test_the_wrong_folder_of_keys_is_refused(folder: Path, typed: Typed, name: str) -> None:
    typed("migrate")
    (folder / "keys" / name).write_bytes(bytes(range(32)))
    status, said = typed("user", "list")
    assert status == 1 and f"{folder / 'keys' / name}" in said and "n'est pas celle de ce site" in said


def test_making_keys_says_where_to_copy_them(folder: Path, typed: Typed) -> None:
    status, said = typed("keys", "new")
    assert status == 0 and "enchaîne le journal" in said and f"Copiez maintenant {folder / 'keys'}" in said
    assert "déjà là" in typed("keys", "new")[1]


def test_keys_that_this_user_may_not_read_are_not_called_missing(folder: Path, typed: Typed) -> None:
    """As after copying them back as root: neither `keys new` nor a traceback is the answer."""
    typed("migrate")
    with as_someone_who_may_not_read(folder / "keys"):
        ring = Keyring(folder / "keys")
        assert ring.names() == ["secret", "audit", "reflections-1"]
        with pytest.raises(SettingsError) as refusal:
            ring.key("secret")
        closed = read_settings()
        with pytest.raises(SettingsError) as of_folders:
            replace(closed, keys=folder / "keys" / "within").make_folders()
        assert [one.sound for one in findings(closed, now())].count(False) >= 3
    for error in (refusal.value, of_folders.value):
        assert "chown" in error.fr and "chown" in error.en
        assert "keys new" not in error.fr + error.en


@contextmanager
def as_someone_who_may_not_read(place: Path) -> Iterator[None]:
    """The folder closed, and the process, if it is root's, someone else's for a while."""
    mode, root = place.stat().st_mode, os.geteuid() == 0
    place.chmod(0)
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        place.chmod(mode)


# --- backup


def test_a_backup_says_where_it_is_and_that_keys_are_apart(folder: Path, typed: Typed) -> None:
    typed("publish")
    status, said = typed("backup")
    assert status == 0 and "faite et relue" in said and "Les clés n'y sont pas" in said
    assert typed("backup", str(folder / "elsewhere" / "mine.backup"))[0] == 0
    assert (folder / "elsewhere" / "mine.backup").exists()
    status, said = typed("backup", str(folder / "elsewhere" / "mine.backup"))
    assert status == 1 and "existe déjà" in said


def test_a_backup_that_cannot_be_written_says_so(folder: Path, typed: Typed) -> None:
    typed("publish")
    (folder / "backups").write_text("not a folder", encoding="utf-8")
    status, said = typed("backup")
    assert status == 1 and "ELEARN_BACKUPS" in said


def test_a_folder_is_no_archive(folder: Path, typed: Typed) -> None:
    for words in (["restore"], ["restore", "--drill"]):
        status, said = typed(*words, str(folder))
        assert status == 1 and "donnez un fichier .backup" in said, said


# --- doctor


@pytest.mark.parametrize("name", ["secret", "audit"])
def test_doctor_with_another_sites_keys_blames_the_key(real: Path, typed: Typed, name: str) -> None:
    """Nobody is told that the audit log was changed, where only the key is the wrong one."""
    typed("keys", "new")
    typed("publish")
    typed("backup")
    (real / "keys" / name).write_bytes(bytes(range(32)))
    status, said = typed("doctor")
    assert status == 1 and "n'est pas celle de ce site" in said
    assert "a été changée" not in said


def test_a_key_lost_since_a_rotation_is_missed_and_its_name_not_given_away(folder: Path, typed: Typed) -> None:
    """As where the folder of keys comes from a copy that is older than the rotation."""
    typed("migrate")
    with closing(sqlite3.connect(database(folder))) as file, file:
        file.execute(
            "INSERT INTO person (uid, search_key, inactivity_notices, told_up_to, sign_in_name, sign_in_key,"
            " chosen_name, password_hash, role, locale, demo, created_at)"
            " VALUES ('A', 'c', 0, 0, 'c', 'c', 'C', '-', 'trainee', 'fr', 0, '2026-11-01 00:00:00')"
        )
        file.execute("INSERT INTO data_key VALUES ('k', 1, 'reflections-2', x'00', '2026-11-01 00:00:00')")
    assert not (folder / "keys" / "reflections-2").exists()
    status, said = typed("doctor")
    assert status == 1 and "clé reflections-2 : absente" in said and "1 clés de personnes ou" in said
    status, said = typed("keys", "rotate")
    assert status == 1 and "reflections-3" in said and "Remettez la clé qui manque" in said
    assert not (folder / "keys" / "reflections-2").exists(), "another key under that name would shut the lost one out"


def test_doctor_with_a_damaged_key_still_says_the_rest(real: Path, typed: Typed) -> None:
    typed("keys", "new")
    typed("publish")
    (real / "keys" / "secret").write_bytes(b"short")
    status, said = typed("doctor")
    assert status == 1 and "est abîmée" in said and "base de données à jour" in said


def test_doctor_of_a_trial_finds_nothing_to_mend(folder: Path, typed: Typed) -> None:
    typed("publish")
    status, said = typed("doctor")
    assert status == 0, said
    for words in ("durabilité : synchronous=2", "journal d'audit", "horloge", "dernière sauvegarde : —", "place libre"):
        assert words in said
    assert "✗" not in said


def test_doctor_of_a_real_site_wants_more(
    real: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed("keys", "new")
    typed("publish")
    monkeypatch.setattr("sys.stdin", io.StringIO("quatre chevaux lisent dehors\n"))
    typed("user", "add", "emile", "--role", "admin", "--password-stdin")
    with closing(sqlite3.connect(database(real))) as file, file:
        file.execute("UPDATE person SET demo = 1")
    monkeypatch.setenv("ELEARN_MAIL_SERVER", f"smtp://name:s3cret@127.0.0.1:{free_port()}")
    monkeypatch.setenv("ELEARN_MAIL_FROM", "formation@example.org")
    status, said = typed("doctor")
    assert status == 1 and "s3cret" not in said
    wrong = [line for line in said.splitlines() if "✗" in line]
    for words in ("second facteur : 1", "démonstration ouverts : 1", "elearn backup", "elearn restore --drill",
                  "ne répond pas (ConnectionRefusedError)"):  # fmt: skip
        assert any(words in line for line in wrong), (words, wrong)
    typed("backup")
    [archive] = (real / "backups").glob("*.backup")
    assert typed("restore", "--drill", str(archive))[0] == 0
    said = typed("doctor")[1]
    assert "✓ dernière sauvegarde" in said and "✓ dernier exercice" in said


def test_doctor_sees_a_changed_entry_of_the_audit_log(folder: Path, typed: Typed) -> None:
    typed("publish")
    typed("keys", "rotate")
    with closing(sqlite3.connect(database(folder))) as file, file:
        file.execute("DROP TRIGGER audit_entry_kept")
        file.execute("UPDATE audit_entry SET deed = 'signed in' WHERE id = 1")
    status, said = typed("doctor")
    assert status == 1 and "l'entrée 1 a été changée" in said


def test_doctor_speaks_where_no_database_answers(folder: Path, typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELEARN_DATABASE_URL", "postgresql+psycopg://elearn:s3cret@127.0.0.1:9/elearn")
    status, said = typed("doctor")
    assert status == 1 and "base de données injoignable" in said and "s3cret" not in said
