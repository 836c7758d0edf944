"""How the database is opened: what an acknowledged answer and a private text rest on."""

import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from elearn.store.base import db
from tests.conftest import ON_POSTGRESQL

CANARY = ("canari", "91")


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.mark.skipif(ON_POSTGRESQL, reason="pragmas are SQLite's")
@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1), ("trusted_schema", 0)],
)
def test_sqlite_is_durable_and_strict(pragma: str, value: object) -> None:
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value


def test_asvs_16_2_5_an_error_of_the_database_tells_no_value(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(DBAPIError) as raised, db.engine.connect() as connection:
        connection.execute(text("SELECT * FROM nowhere WHERE words = :words"), {"words": "-".join(CANARY)})
    logging.getLogger("elearn").error("failed", exc_info=raised.value)
    assert "-".join(CANARY) not in str(raised.value)
    assert "-".join(CANARY) not in caplog.text
