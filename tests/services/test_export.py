"""The export holds every value of its person that may be taken along, and nothing of anybody else."""

import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from elearn.core.inventory import TOPICS
from elearn.services import export, transaction
from elearn.services.audit import By
from elearn.store.audit import AuditEntry
from elearn.store.base import db
from elearn.store.inventory import exported, tables
from elearn.store.learning import DataKey
from tests import world
from tests.everything import Everything, a_cohort, owned_tables

AT = world.AT


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def people() -> tuple[Everything, Everything]:
    benoit, chloe = Everything("bQ7x", 0), Everything("cK4z", 5000)

    def work(tx: object) -> None:
        a_cohort(tx)  # type: ignore[arg-type]
        benoit.seed(tx)  # type: ignore[arg-type]
        chloe.seed(tx)  # type: ignore[arg-type]

    transaction.run(work)
    return benoit, chloe


def files(who: Everything, lang: str = "fr", page: str = "<!doctype html>") -> dict[str, str]:
    taken = export.take(who.whose.id, By(AT, who.whose.uid, "trainee"))
    body = b"".join(export.archive(taken, page, lang))
    with zipfile.ZipFile(io.BytesIO(body)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name).decode("utf-8-sig") for name in opened.namelist()}


def test_it_holds_every_value_of_its_person(people: tuple[Everything, Everything]) -> None:
    benoit, _ = people
    found = files(benoit)
    wanted = benoit.texts(export="yes")
    assert len(wanted) > 70
    data = "".join(json.dumps(one, ensure_ascii=False) for one in json.loads(found["data.json"])["tables"].values())
    assert [one for one in wanted if one not in data] == []
    sheets = "".join(text for name, text in found.items() if name.startswith("csv/"))
    assert [one for one in wanted if one not in sheets] == []


def test_no_column_is_left_out(people: tuple[Everything, Everything]) -> None:
    """Numbers and yes or no too, which are no canaries."""
    data = json.loads(files(people[0])["data.json"])["tables"]
    for table in tables():
        if exported(table):
            assert len(data[table.name]) == 1, table.name
            assert list(data[table.name][0]) == [column.name for column in exported(table)]


def test_every_table_of_a_person_was_tried(people: tuple[Everything, Everything]) -> None:
    """So that a table that comes later cannot be forgotten here."""
    tried = {one.table for one in people[0].canaries} | {"data_key", "holding"}
    assert tried == owned_tables()
    names = {table.name for table in tables() if exported(table)}
    assert set(json.loads(files(people[0])["data.json"])["tables"]) == names


def test_it_holds_nothing_of_anybody_else(people: tuple[Everything, Everything]) -> None:
    benoit, chloe = people
    found = "".join(files(benoit).values())
    assert [one for one in chloe.texts() if one in found] == []


def test_secrets_stay_and_it_says_so(people: tuple[Everything, Everything]) -> None:
    benoit, _ = people
    found = files(benoit)
    secrets = [one.text for one in benoit.canaries if one.info["export"] != "yes"]
    assert len(secrets) > 20
    assert [one for one in secrets if one in "".join(found.values())] == []
    said = {one["what"] for one in json.loads(found["data.json"])["left_out"]}
    assert TOPICS["secret"].what["fr"] in said


def test_what_is_sealed_is_opened_for_its_owner(people: tuple[Everything, Everything]) -> None:
    benoit, _ = people
    data = json.loads(files(benoit)["data.json"])["tables"]
    word = next(one.text for one in benoit.canaries if (one.table, one.column) == ("reflection", "sealed"))
    assert data["reflection"][0]["sealed"] == word


def test_what_does_not_open_is_told(people: tuple[Everything, Everything]) -> None:
    benoit, _ = people
    broken = update(DataKey).where(DataKey.person_id == benoit.whose.id).values(wrapped=b"x" * 60)
    transaction.run(lambda tx: tx.execute(broken))
    taken = export.take(benoit.whose.id, By(AT, benoit.whose.uid))
    assert taken.unreadable == 2


def test_it_is_logged_and_told(people: tuple[Everything, Everything]) -> None:
    benoit, _ = people
    files(benoit)
    with db.engine.connect() as connection:
        row = connection.execute(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (row.deed, row.subject, row.told) == ("data exported", benoit.whose.uid, True)


def test_it_leaves_no_file(people: tuple[Everything, Everything], settings: object, tmp_path: object) -> None:
    """Private texts in clear pass through memory only."""
    from pathlib import Path

    benoit, _ = people
    word = next(one.text for one in benoit.canaries if (one.table, one.column) == ("reflection", "sealed"))
    files(benoit)
    held = [path for path in Path(str(tmp_path)).rglob("*") if path.is_file() and word.encode() in path.read_bytes()]
    assert held == []


def test_nothing_is_made_for_somebody_who_is_not_there() -> None:
    taken = export.take(404, By(AT, "NOBODY"))
    assert all(sheet.rows == () for sheet in taken.sheets)
    with db.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(AuditEntry)).scalar_one() == 1
