"""Archives: what is in them, that they come back whole on either kind of database, and each one that is refused."""

import datetime as dt
import gzip
import io
import json
import os
import sqlite3
import stat
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from elearn.app import create_app
from elearn.config import Settings, SettingsError
from elearn.keyring import Keyring
from elearn.services import accounts, backup, outbox, restore, transaction
from elearn.services.publishing import publish_files
from elearn.store import archive, schema
from elearn.store.accounts import Person, SignIn
from elearn.store.archive import BadArchive, Manifest
from elearn.store.base import Base, db, prepare
from elearn.store.journal import read_journals, write_journal
from elearn.store.mail import OutboxMessage
from elearn.store.upgrade import upgrade
from tests import world
from tests.conftest import ON_POSTGRESQL, close
from tests.postgres import Server

AT = world.AT
SOUND = f"{'a' * 64}.mp3"
GOOD = "quatre chevaux lisent dehors"


@pytest.fixture
def real(settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    yield replace(settings, backups=tmp_path / "backups")
    if ON_POSTGRESQL:
        drop_former(settings.database_url)


def drop_former(url: str) -> None:
    """The tables that a restore has put aside."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        former = connection.execute(sa.text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before_%'")).scalars()
        for name in former.all():
            connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
    engine.dispose()


@pytest.fixture
def site(app: Flask, real: Settings) -> Flask:
    """A published site with two people, one signed in, and files beside the database."""
    with app.app_context():
        publish_files(world.site(), real.instance, AT)
        accounts.sign_up("chloe", "Chloé", GOOD, AT)
        accounts.sign_up("benoit", "Benoît", GOOD, AT)
        person = db.session.execute(sa.select(Person.id).where(Person.sign_in_name == "chloe")).scalar_one()
        values = {"created_at": AT, "expires_at": AT, "seen_at": AT, "confirmed_at": AT, "door": "x", "device": ""}
        transaction.run(lambda tx: tx.execute(sa.insert(SignIn).values(id="0" * 64, person_id=person, **values)))
        db.session.remove()
    for name, body in {
        "media/a/b.webp": b"image",
        f"media/{SOUND}": b"ID3",
        "content/site.yaml": b"x: 1\n",
        "mail/1.eml": b"sealed",
    }.items():
        path = real.instance / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    return app


@pytest.fixture
def made(site: Flask, real: Settings) -> backup.Made:
    with site.app_context():
        return backup.make(db.engine, real, Keyring(real.keys), AT)


def bring_back(path: Path, real: Settings, at: dt.datetime = AT) -> restore.Settled:
    """As the command does it."""
    ring = Keyring(real.keys)
    staged = restore.stage(path, restore.examine(path, ring), real, ring, at, None)
    try:
        app = create_app(staged.settings)
        with app.app_context():
            if not schema.is_current(db.engine):
                upgrade(db.engine)
            settled = restore.settle(staged, at)
        close(app)
        restore.swap(staged)
    finally:
        restore.remove(staged)
    return settled


def names(path: Path) -> list[str]:
    with tarfile.open(path) as tar:
        return tar.getnames()


def test_it_works(made: backup.Made, real: Settings) -> None:
    assert made.path == real.backups / "elearn-20261122T150000Z.backup"
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(real.backups.stat().st_mode) == 0o700
    held = set(names(made.path))
    assert {"manifest.json", "media/a/b.webp", f"media/{SOUND}", "content/site.yaml"} <= held
    assert not [name for name in held if name.startswith("mail/")], "mail holds secrets that live for minutes"
    assert ("database.sqlite" in held) != ON_POSTGRESQL
    manifest = archive.read_manifest(made.path, Keyring(real.keys).key("audit"))
    assert (manifest.revision, manifest.rows["person"], manifest.rows["edition"]) == (schema.newest(), 2, 1)
    assert set(manifest.keys) == {"secret", "audit"}
    assert [path.name for path in real.backups.iterdir()] == [made.path.name], "nothing else is left"


def test_no_key_is_in_it(made: backup.Made, real: Settings) -> None:
    packed = gzip.decompress(made.path.read_bytes())
    for key in real.keys.iterdir():
        assert key.read_bytes() not in packed
        assert key.read_bytes().hex().encode() not in packed


def test_it_comes_back_whole(made: backup.Made, real: Settings) -> None:
    with create_app(real).app_context():
        accounts.sign_up("dalia", "Dalia", GOOD, AT)
        db.session.remove()
        db.engine.dispose()
    (real.instance / "media/a/b.webp").write_bytes(b"spoilt")
    bring_back(made.path, real)
    app = create_app(real)
    with app.app_context():
        people = {name for name, *_ in accounts.people()}
        sessions = db.session.execute(sa.select(sa.func.count()).select_from(SignIn)).scalar_one()
    assert people == {"chloe", "benoit"}
    assert sessions == 0, "everyone signs in again"
    assert app.test_client().get("/healthz").json == {"edition": 1, "database": "ok"}
    assert (real.instance / "media/a/b.webp").read_bytes() == b"image"
    kept = list(real.instance.parent.glob("instance.before-*"))
    assert len(kept) == 1 and (kept[0] / "media/a/b.webp").read_bytes() == b"spoilt"
    close(app)


def test_numbers_go_on_after_a_restore(made: backup.Made, real: Settings) -> None:
    bring_back(made.path, real)
    app = create_app(real)
    with app.app_context():
        accounts.sign_up("dalia", "Dalia", GOOD, AT)
        assert {name for name, *_ in accounts.people()} == {"chloe", "benoit", "dalia"}
    close(app)


def test_no_mail_leads_to_a_link_that_a_restore_has_ended(site: Flask, real: Settings) -> None:
    with site.app_context():
        for kind in ("reset", "verify", "notice"):
            transaction.run(lambda tx, kind=kind: outbox.put(tx, 1, kind, AT, {}, to="chloe@example.org"))  # type: ignore[misc]
        path = backup.make(db.engine, real, Keyring(real.keys), AT).path
    bring_back(path, real)
    app = create_app(real)
    with app.app_context():
        rows = db.session.execute(sa.select(OutboxMessage.kind, OutboxMessage.state, OutboxMessage.sealed)).all()
        db.session.remove()
    close(app)
    assert sorted((row.kind, row.state, bool(row.sealed)) for row in rows) == [
        ("notice", "waiting", True),
        ("reset", "dropped", False),
        ("verify", "dropped", False),
    ]


def test_whoever_was_erased_since_is_erased_again(made: backup.Made, site: Flask, real: Settings) -> None:
    with site.app_context():
        uids = dict(db.session.execute(sa.select(Person.sign_in_name, Person.uid)).all())
        db.session.remove()
    write_journal(real.backups / "erasures.jsonl", {uids["chloe"]: AT.isoformat()})
    write_journal(real.instance / "erasures.jsonl", {"Z" * 26: AT.isoformat()})
    assert bring_back(made.path, real).erased == 1
    app = create_app(real)
    with app.app_context():
        assert [name for name, *_ in accounts.people()] == ["benoit"]
    assert set(read_journals([real.instance / "erasures.jsonl"])) == {uids["chloe"], "Z" * 26}
    close(app)


def test_a_journal_lies_beside_the_archives(site: Flask, real: Settings) -> None:
    write_journal(real.instance / "erasures.jsonl", {"Z" * 26: AT.isoformat()})
    with site.app_context():
        backup.make(db.engine, real, Keyring(real.keys), AT)
    assert set(read_journals([real.backups / "erasures.jsonl"])) == {"Z" * 26}


def test_what_a_killed_backup_left_goes_and_nothing_of_anybody_else(
    site: Flask, real: Settings, tmp_path: Path
) -> None:
    """An archive may be written to a folder of one's own: what lies there is not ours to delete."""
    folder, long_ago = tmp_path / "home", 1_600_000_000
    ours, theirs = (".elearn-backup-k1ll3d", ".elearn-drill-k1ll3d"), (".backup-2019", ".drill-notes")
    for name in (*ours, *theirs):
        (folder / name).mkdir(parents=True)
        (folder / name / "x").write_bytes(b"x")
        os.utime(folder / name, (long_ago, long_ago))
    for name in (".elearn-1.backup.part", ".other.backup.part"):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (long_ago, long_ago))
    (folder / ".elearn-backup-of-now").mkdir()
    with site.app_context():
        backup.make(db.engine, real, Keyring(real.keys), AT, folder / "a.backup")
    left = {path.name for path in folder.iterdir()}
    assert left == {"a.backup", ".elearn-backup-of-now", ".other.backup.part", *theirs}


def test_old_archives_go_and_the_new_one_stays(made: backup.Made, real: Settings) -> None:
    old, recent = real.backups / "elearn-old.backup", real.backups / "elearn-recent.backup"
    for path, days in ((old, 36), (recent, 34), (made.path, 400)):
        path.touch()
        moment = AT.timestamp() - days * 86_400
        os.utime(path, (moment, moment))
    assert backup.prune(real.backups, 35, AT, made.path) == [old]
    assert recent.exists() and made.path.exists()


def test_nothing_is_left_where_there_is_no_database(tmp_path: Path, real: Settings) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'nothing.sqlite'}")
    with pytest.raises(SettingsError) as refusal:
        backup.make(engine, real, Keyring(real.keys, strict=False), AT)
    engine.dispose()
    assert "elearn run" in refusal.value.fr
    assert list(real.backups.iterdir()) == []


# --- what is refused


Rewrite = Callable[[Manifest, dict[str, bytes]], tuple[Manifest, dict[str, bytes]]]


def rewritten(made: backup.Made, key: bytes, change: Rewrite) -> Path:
    """The archive with something changed by someone who even has the audit key."""
    with tarfile.open(made.path) as tar:
        held = {one.name: tar.extractfile(one).read() for one in tar if one.name != "manifest.json"}  # type: ignore[union-attr]
    manifest, held = change(made.manifest, held)
    target = made.path.with_name("changed.backup")
    body = json.dumps({"manifest": asdict(manifest), "seal": archive._seal(key, manifest.canonical())}).encode()
    with tarfile.open(target, "w:gz") as tar:
        for name, content in {"manifest.json": body, **held}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return target


@pytest.fixture
def before(real: Settings, made: backup.Made) -> Iterator[None]:
    """Whatever is refused changes nothing: not a byte of the instance, nothing beside it."""

    def state() -> dict[str, bytes]:
        instance = {str(path): path.read_bytes() for path in real.instance.rglob("*") if path.is_file()}
        return instance | {str(path): b"" for path in real.instance.parent.iterdir()}

    was = state()
    yield
    assert state() == was


def refused(path: Path, real: Settings) -> BadArchive:
    with pytest.raises(BadArchive) as refusal:
        bring_back(path, real)
    assert "Rien n'est changé" in refusal.value.fr and "Nothing was changed" in refusal.value.en
    return refusal.value


@pytest.mark.parametrize("part", [0.0, 0.02, 0.5, 0.99])
def test_an_archive_cut_short(made: backup.Made, real: Settings, before: None, part: float) -> None:
    body = made.path.read_bytes()
    made.path.write_bytes(body[: int(len(body) * part)])
    assert "tronquée" in refused(made.path, real).fr


@pytest.mark.parametrize("part", [0.001, 0.1, 0.5, 0.9])
def test_an_archive_with_a_wrong_byte(made: backup.Made, real: Settings, before: None, part: float) -> None:
    """From the tenth byte on: those before it say when and where gzip was run, and a small archive has them here."""
    body = bytearray(made.path.read_bytes())
    body[max(10, int(len(body) * part))] ^= 0x55
    made.path.write_bytes(body)
    assert "abîmée" in refused(made.path, real).fr


@pytest.mark.parametrize("name", ["secret", "audit", "reflections"])
def test_another_key(made: backup.Made, site: Flask, real: Settings, name: str) -> None:
    with site.app_context():
        from elearn.services.keys import data_key

        transaction.run(lambda tx: data_key(tx, 1, AT))
        later = backup.make(db.engine, real, Keyring(real.keys), AT + dt.timedelta(hours=1))
    (real.keys / name).write_bytes(bytes(range(32)))
    error = refused(later.path, real)
    assert str(real.keys / name) in error.fr
    assert "put back the key of that time" in error.en


def test_a_newer_version(made: backup.Made, real: Settings, before: None) -> None:
    key = Keyring(real.keys).key("audit")
    for newer in ({"revision": "9999"}, {"format": archive.FORMAT + 1}):
        path = rewritten(made, key, lambda manifest, held, newer=newer: (replace(manifest, **newer), held))  # type: ignore[misc,arg-type]
        assert "plus récente" in refused(path, real).fr


def test_an_archive_of_another_site(made: backup.Made, real: Settings, before: None) -> None:
    """Sealed with a key that is not this site's: whoever can write to the folder of backups cannot make one."""
    assert "modifiée" in refused(rewritten(made, bytes(range(32)), lambda manifest, held: (manifest, held)), real).fr


def _listed(name: str, body: bytes = b"x") -> Rewrite:
    """One more member, named in the manifest too."""

    def change(manifest: Manifest, held: dict[str, bytes]) -> tuple[Manifest, dict[str, bytes]]:
        import hashlib

        files = manifest.files | {name: [len(body), hashlib.sha256(body).hexdigest()]}
        return replace(manifest, files=files), held | {name: body}

    return change


@pytest.mark.parametrize(
    "change",
    [
        *(
            _listed(name)
            for name in ("../evil", "/evil", "media/../../evil", "media\\..\\evil", "keys/secret", "media/")
        ),
        lambda manifest, held: (manifest, held | {"media/unlisted": b"x"}),
        lambda manifest, held: (manifest, {name: body for name, body in held.items() if "media" not in name}),
        lambda manifest, held: (manifest, held | {"media/a/b.webp": b"other"}),
        lambda manifest, held: (manifest, held | {"media/a/b.webp": b"a" * 50_000_000}),
        lambda manifest, held: (replace(manifest, rows=manifest.rows | {"person": 3}), held),
        lambda manifest, held: (replace(manifest, files={"media/a/b.webp": [-1, ""]}), held),
        lambda manifest, held: (replace(manifest, database="oracle"), held),
    ],
)
def test_members_that_lie(made: backup.Made, real: Settings, before: None, change: Rewrite) -> None:
    path = rewritten(made, Keyring(real.keys).key("audit"), change)
    refused(path, real)
    assert not (real.instance.parent / "evil").exists()


def unsealed(made: backup.Made, body: object) -> Path:
    """An archive whose manifest anybody could have written."""
    target = made.path.with_name("forged.backup")
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    with tarfile.open(target, "w:gz") as tar:
        info = tarfile.TarInfo("manifest.json")
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
    return target


@pytest.mark.parametrize(
    "forged",
    [
        {"keys": {"../outside": "0" * 16}},
        {"keys": {"/dev/full": "0" * 16}},
        {"keys": {"retired/secret": "0" * 16}},
        {"keys": {"secret": 7}},
        {"keys": ["secret"]},
        {"revision": ["0001"]},
        {"revision": 1},
        {"created_at": 5},
        {"created_at": "yesterday"},
        {"rows": []},
        {"rows": {"person": "2"}},
        {"files": ["database.sqlite"]},
        {"files": {"database.sqlite": [1, 2, 3]}},
        {"files": {"database.sqlite": [1, 2]}},
        {"version": None},
    ],
)
def test_a_manifest_of_anybody_is_not_believed(
    made: backup.Made, real: Settings, before: None, forged: dict[str, object]
) -> None:
    """Before its seal is checked nothing is looked up by what it says: no file outside the keys, no odd value."""
    path = unsealed(made, {"manifest": asdict(made.manifest) | forged, "seal": "0" * 64})
    assert "abîmée" in refused(path, real).fr


@pytest.mark.parametrize("body", [[], {}, {"manifest": []}, {"manifest": 1}, {"manifest": None}, b"[" * 200_000, b"7"])
def test_a_manifest_that_is_none(made: backup.Made, real: Settings, before: None, body: object) -> None:
    assert "abîmée" in refused(unsealed(made, body), real).fr


def test_links_and_devices(made: backup.Made, real: Settings, before: None) -> None:
    path = rewritten(made, Keyring(real.keys).key("audit"), lambda manifest, held: (manifest, held))
    with tarfile.open(path) as tar:
        members = [(one, tar.extractfile(one).read()) for one in tar]  # type: ignore[union-attr]
    with tarfile.open(path, "w:gz") as tar:
        for info, body in members:
            if info.name == "media/a/b.webp":
                info.type, info.linkname, info.size = tarfile.SYMTYPE, "/etc/passwd", 0
                tar.addfile(info)
            else:
                tar.addfile(info, io.BytesIO(body))
    refused(path, real)


def test_no_room(made: backup.Made, real: Settings, before: None) -> None:
    key = Keyring(real.keys).key("audit")
    files = made.manifest.files | {"media/huge": [1 << 41, "0" * 64]}
    path = rewritten(made, key, lambda manifest, held: (replace(manifest, files=files), held))
    assert "libres" in refused(path, real).fr


def test_no_archive(real: Settings, tmp_path: Path) -> None:
    with pytest.raises(BadArchive) as refusal:
        bring_back(tmp_path / "nowhere.backup", real)
    assert "n'existe pas" in refusal.value.fr


def test_a_database_that_does_not_hold_together(
    made: backup.Made, real: Settings, tmp_path: Path, before: None
) -> None:
    if ON_POSTGRESQL:
        pytest.skip("rows are checked when they are taken in")
    file = tmp_path / "backups" / "broken"

    def change(manifest: Manifest, held: dict[str, bytes]) -> tuple[Manifest, dict[str, bytes]]:
        file.write_bytes(held["database.sqlite"])
        with sqlite3.connect(file) as one:
            one.execute("UPDATE sign_in SET person_id = 99")
        one.close()
        body = file.read_bytes()
        file.unlink()
        return _listed("database.sqlite", body)(manifest, held)

    refused(rewritten(made, Keyring(real.keys).key("audit"), change), real)


# --- older tables, and the other kind of database


@pytest.mark.skipif(ON_POSTGRESQL, reason="makes its own SQLite file")
def test_older_tables_are_backed_up_and_come_back_up_to_date(real: Settings, tmp_path: Path) -> None:
    path = tmp_path / "older.sqlite"
    older = replace(real, database_url=f"sqlite:///{path}")
    engine = sa.create_engine(older.database_url)
    prepare(engine)
    upgrade(engine, to="0001")
    people = sa.Table("person", sa.MetaData(), autoload_with=engine)
    chloe = {"sign_in_name": "chloe", "sign_in_key": "chloe", "chosen_name": "Chloé", "password_hash": "-"}
    chloe |= {"role": "trainee", "locale": "fr"}
    with engine.begin() as connection:
        connection.execute(sa.insert(people).values(**chloe, demo=False, created_at=AT.replace(tzinfo=None)))
    made = backup.make(engine, older, Keyring(real.keys, strict=False), AT)
    engine.dispose()
    assert made.manifest.revision == "0001"
    bring_back(made.path, older)
    app = create_app(older)
    with app.app_context():
        assert schema.is_current(db.engine)
        assert [name for name, *_ in accounts.people()] == ["chloe"]
    close(app)


@pytest.mark.postgres
@pytest.mark.skipif(ON_POSTGRESQL, reason="starts from the SQLite file")
def test_a_site_moves_to_postgresql_and_back(made: backup.Made, real: Settings, postgres_server: Server) -> None:
    """The same rows, value by value, after a way through the other kind of database."""
    url = postgres_server.new_database()
    there = replace(real, database_url=url, instance=real.instance.with_name("there"))
    there.instance.mkdir()
    bring_back(made.path, there)
    engine = sa.create_engine(url)
    second = backup.make(engine, there, Keyring(real.keys), AT + dt.timedelta(hours=1))
    with engine.connect() as connection:
        schemas = connection.execute(sa.text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before_%'")).all()
    assert len(schemas) == 1, "the former tables are kept"
    bring_back(second.path, there, AT + dt.timedelta(hours=2))
    app = create_app(there)
    with app.app_context():
        accounts.sign_up("dalia", "Dalia", GOOD, AT)
        assert {name for name, *_ in accounts.people()} == {"chloe", "benoit", "dalia"}
    close(app)
    back = replace(
        real, instance=real.instance.with_name("back"), database_url=f"sqlite:///{real.instance}/../back.sqlite"
    )
    back.instance.mkdir()
    bring_back(second.path, back, AT + dt.timedelta(hours=3))
    assert contents(back.database_url, "person", "document", "edition_entry") == contents(
        real.database_url, "person", "document", "edition_entry"
    )
    engine.dispose()
    postgres_server.drop_database(url)


def contents(url: str, *tables: str) -> list[list[tuple[object, ...]]]:
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            return [
                sorted(tuple(row) for row in connection.execute(sa.select(Base.metadata.tables[name])))
                for name in tables
            ]
    finally:
        engine.dispose()
