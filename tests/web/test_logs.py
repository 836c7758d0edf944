"""The log: one line of JSON a request and a deed, of a closed list of fields, and never what someone wrote."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from elearn import logs
from elearn.store.base import db
from tests.browse import FORGED, Browser

CANARY = "canari-jaune-7731"
SECTION = "/learning/reperes/ecouter/verifier"


@pytest.fixture
def log() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Everything that any logger of the process wrote, as whoever serves the site would see it."""
    root = logging.getLogger()
    before, level, ours = root.handlers[:], root.level, logging.getLogger("elearn").level
    root.handlers[:] = []
    logs.begin()
    output = io.StringIO()
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(output)

    def read() -> list[dict[str, Any]]:
        assert CANARY not in output.getvalue()
        return [json.loads(line) for line in output.getvalue().splitlines()]

    yield read
    root.handlers[:] = before
    root.setLevel(level)
    logging.getLogger("elearn").setLevel(ours)
    logging.captureWarnings(False)


def test_a_request_leaves_one_line(benoit: Browser, log: Callable[[], list[dict[str, Any]]]) -> None:
    benoit.get(f"/learning/reperes?secret={CANARY}")
    [line] = log()
    assert set(line) == {
        "at", "level", "event", "request", "endpoint", "method", "actor", "role", "status", "ms", "network",
    }  # fmt: skip
    assert (line["event"], line["endpoint"], line["status"], line["role"]) == (
        "request",
        "learning.course",
        200,
        "trainee",
    )
    assert len(line["actor"]) == 26 and "127.0.0.1" not in json.dumps(line)


def test_asvs_16_2_2_times_are_utc_and_whole(visitor: Browser, log: Callable[[], list[dict[str, Any]]]) -> None:
    visitor.get("/")
    [line] = log()
    assert line["at"].endswith("+00:00") and "T" in line["at"]


def test_asvs_16_2_5_neither_passwords_nor_tokens_are_logged(
    visitor: Browser, log: Callable[[], list[dict[str, Any]]]
) -> None:
    page = visitor.get("/accounts/sign-in")
    form = page.form("/accounts/sign-in")
    visitor.send("post", form.action, {"name": CANARY, "password": CANARY})
    visitor.get(f"/accounts/links/{CANARY}")
    assert [line["endpoint"] for line in log() if line["event"] == "request"] == [
        "accounts.sign_in",
        "accounts.create_session",
        "accounts.link",
    ]


def test_asvs_16_3_2_a_refusal_is_logged(benoit: Browser, log: Callable[[], list[dict[str, Any]]]) -> None:
    benoit.get("/authoring/")
    refused = [line for line in log() if line["event"] == "refused"]
    assert refused and refused[0]["role"] == "trainee" and refused[0]["level"] == "warning"


def test_asvs_16_3_4_an_exception_is_logged_without_its_words(
    site: Flask, visitor: Browser, log: Callable[[], list[dict[str, Any]]]
) -> None:
    def fails() -> str:
        raise RuntimeError(f"the text was {CANARY}")

    site.view_functions["site.robots"] = fails
    answer = visitor.client.get("/robots.txt")
    assert answer.status_code == 500 and CANARY not in answer.text
    faults = [line for line in log() if line["event"] == "unhandled exception"]
    assert [(line["error"], line["endpoint"]) for line in faults] == [("RuntimeError", "site.robots")]
    assert faults[0]["where"].rpartition(":")[2].isdigit()
    assert f"500-{faults[0]['request']}" in answer.text, "the page and the log have one number"


def test_asvs_16_5_1_a_database_error_while_saving_tells_nothing(
    site: Flask, benoit: Browser, log: Callable[[], list[dict[str, Any]]]
) -> None:
    """The statement fails with a private text among its parameters: neither page nor log holds it."""
    course = benoit.get("/learning/reperes")
    course.form("/enrolments").submit()
    form = benoit.get(SECTION).form("/une-fois/attempts")
    with site.app_context():

        def fail(*_: Any) -> None:
            raise sa.exc.OperationalError(f"INSERT {CANARY}", {"text": CANARY}, Exception(f"disk full near {CANARY}"))

        sa.event.listen(db.engine, "before_cursor_execute", fail)
        try:
            values = form.values() | {name: [CANARY] for name in form.values() if "text" in name or "answer" in name}
            answer = benoit.client.post(form.action, data=values | {"answer": CANARY}, headers=FORGED)
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", fail)
    assert answer.status_code == 503 and CANARY not in answer.text
    assert [line["error"] for line in log() if line["event"] == "database error"] == ["Exception"]


def test_asvs_16_4_1_a_value_cannot_forge_a_line(log: Callable[[], list[dict[str, Any]]]) -> None:
    logs.note("refused", endpoint='x"}\n{"event": "forged"}\r\x1b[2J\u2028')
    [line] = log()
    assert line["event"] == "refused"


def test_asvs_16_2_1_only_fields_of_the_list(log: Callable[[], list[dict[str, Any]]]) -> None:
    with pytest.raises(ValueError, match="address"):
        logs.note("refused", address="127.0.0.1")
    assert log() == []


@pytest.mark.parametrize(
    "name", ["werkzeug", "sqlalchemy.engine", "_granian", "granian.access", "elearn", "py.warnings"]
)
def test_what_libraries_say_is_not_kept(name: str, log: Callable[[], list[dict[str, Any]]]) -> None:
    try:
        raise KeyError(CANARY)
    except KeyError:
        logging.getLogger(name).exception("INSERT %s", CANARY)
    [line] = log()
    assert (line["event"], line["where"], line["error"]) == ("message", name, "KeyError")
