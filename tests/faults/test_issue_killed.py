"""A command that issues for a whole class is killed again and again: nobody gets two, nobody is left out, every signed
file verifies. 24 people and 2 kills; 1,000 and 10 in the long form (`make faults`)."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from elearn.app import create_app
from elearn.config import ROOT, Settings
from elearn.services import own_documents, verification
from elearn.store.attestations import Attestation, Holding, ShareLink
from elearn.store.base import db, now
from elearn.store.credentials import Credential
from tests.completed import fill
from tests.conftest import ON_POSTGRESQL, close
from tests.site import environment

LONG = bool(os.environ.get("ELEARN_LONG_FAULTS"))
PEOPLE, KILLS = (1000, 10) if LONG else (24, 2)
COMMAND = [sys.executable, "-m", "elearn.cli", "issue", "reperes"]

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(ON_POSTGRESQL, reason="makes its own SQLite file"),
]


@pytest.fixture
def site(tmp_path: Path) -> tuple[Flask, dict[str, str]]:
    environ = environment(tmp_path)
    settings = Settings.from_env(environ)
    settings.make_folders()
    app = create_app(settings)
    with app.app_context():
        from elearn.store.upgrade import upgrade

        upgrade(db.engine)
        fill(app, PEOPLE)
        db.engine.dispose()
    return app, environ


def count(app: Flask, model: type = Attestation) -> int:
    with app.app_context(), db.engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(model)).scalar_one())


def test_a_killed_run_goes_on_without_a_double(site: tuple[Flask, dict[str, str]]) -> None:
    app, environ = site
    chance, share, kills = random.Random(6), PEOPLE // (KILLS + 1), 0
    for kill in range(KILLS):
        until = min(share * kill + chance.randint(1, share), PEOPLE - 1)
        with subprocess.Popen(COMMAND, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL) as run:
            ends = time.monotonic() + 60
            while count(app) < until and run.poll() is None and time.monotonic() < ends:
                time.sleep(0.002)
            run.send_signal(signal.SIGKILL)
            kills += run.wait() == -signal.SIGKILL
    assert kills == KILLS and count(app) < PEOPLE
    began, left = time.monotonic(), PEOPLE - count(app)
    last = subprocess.run(COMMAND, cwd=ROOT, env=environ, capture_output=True, text=True, check=True, timeout=300)
    print(f"{PEOPLE} people, {KILLS} kills; the last run issued {left} in {time.monotonic() - began:.1f} s")
    assert re.search(rf"\b{left}\b", last.stdout)
    assert count(app) == count(app, Holding) == count(app, ShareLink) == PEOPLE
    again = subprocess.run(COMMAND, cwd=ROOT, env=environ, capture_output=True, text=True, check=True, timeout=60)
    assert " 0" in again.stdout and count(app) == PEOPLE
    with app.app_context():
        with db.engine.connect() as connection:
            rows = connection.execute(sa.select(Credential.__table__)).all()
        address = app.config["ELEARN"].address
        assert len(rows) == 2 * PEOPLE
        assert set(Counter((row.attestation_id, row.variant) for row in rows).values()) == {1}
        assert len({(row.status_list_id, row.place) for row in rows}) == len({row.uid for row in rows}) == 2 * PEOPLE
        for row in chance.sample(rows, 20):
            found = verification.check(json.loads(row.body), lambda url: own_documents.find(url, address), now())
            assert found.outcome == "valid"
    close(app)
