"""/metrics: gauges for whoever sends the token; for anyone else it does not exist."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from elearn.app import create_app
from elearn.config import Settings
from elearn.services import transaction
from elearn.services.notes import put_note
from elearn.store.base import now
from elearn.store.gauges import HELP
from tests.browse import Browser
from tests.conftest import close

TOKEN = "a-token-of-twenty-four-signs"


@pytest.fixture
def app(settings: Settings):  # type: ignore[no-untyped-def]
    made = create_app(replace(settings, metrics_token=TOKEN))
    yield made
    close(made)


def asked(site: Flask, header: str | None):  # type: ignore[no-untyped-def]
    return site.test_client().get("/metrics", headers={"Authorization": header} if header else {})


def test_it_works(site: Flask, chloe: Browser) -> None:
    with site.app_context():
        transaction.run(lambda tx: put_note(tx, "backup", "x", now()))
    answer = asked(site, f"Bearer {TOKEN}")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    values = dict(re.findall(r"^(\w+) (\S+)$", answer.text, re.MULTILINE))
    assert (values["elearn_up"], values["elearn_edition"], values["elearn_people"]) == ("1", "1", "1")
    assert values["elearn_sessions_open"] == "1"
    assert 0 <= float(values["elearn_backup_age_seconds"]) < 60
    assert set(values) <= set(HELP)
    assert "Chlo" not in answer.text


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"bearer {TOKEN}", TOKEN, "Bearer é"]
)
def test_asvs_13_4_5_metrics_are_not_public(site: Flask, header: str | None) -> None:
    assert asked(site, header).status_code == 404


def test_without_a_token_it_is_closed_to_all(settings: Settings) -> None:
    closed = create_app(settings)
    assert asked(closed, "Bearer ").status_code == 404
    close(closed)
