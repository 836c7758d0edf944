"""A rotation that is killed again and again: nothing is lost, everything opens at any moment, and it ends.

1,000 private texts, some of them shared, and 4 kills; 10,000 and 20 in the long form (`make faults`), within a minute.
"""

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from elearn.app import create_app
from elearn.config import ROOT, Settings
from elearn.services import keys, rotation, transaction
from elearn.services.reflections import Whose, save
from elearn.store.accounts import Person
from elearn.store.base import db
from elearn.store.learning import DataKey, Reflection
from tests import world
from tests.conftest import ON_POSTGRESQL, close
from tests.site import environment

LONG = bool(os.environ.get("ELEARN_LONG_FAULTS"))
PEOPLE, TEXTS, KILLS = (200, 50, 20) if LONG else (25, 40, 4)
IN_TIME = 60.0
"""Seconds for the whole of the long form, starts of the command included."""

SCRIPT = textwrap.dedent(
    """
    import os, signal, sys
    from elearn import cli
    from elearn.services import rotation

    stop, seen = int(sys.argv[1]), 0
    renew, rows = rotation._renew, rotation._sealed_rows

    def counted(*given):
        global seen
        for one in rows(*given):
            seen += 1
            if seen == stop:
                os.kill(os.getpid(), signal.SIGKILL)
            yield one

    rotation._sealed_rows = counted
    sys.exit(cli.main(["keys", "rotate", "--again"]))
    """
)
"""The command itself, which kills itself in the middle of a person, once so many texts were read."""

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
        transaction.run(_fill)
        db.engine.dispose()
    return app, environ


def _fill(tx) -> None:  # type: ignore[no-untyped-def]
    common = {"password_hash": "-", "role": "trainee", "locale": "fr", "demo": False, "created_at": world.AT}
    people = range(1, PEOPLE + 1)
    tx.execute(
        sa.insert(Person),
        [{"id": n, "sign_in_name": f"p{n}", "sign_in_key": f"p{n}", "chosen_name": "P", **common} for n in people],
    )
    for n in people:
        for text in range(TEXTS):
            save(tx, Whose(n, "reperes", "ecouter", f"q{text}", 0), words(n, text), world.AT)
    tx.flush()
    some = Reflection.question.in_(("q0", "q1")) & (Reflection.person_id != 1)
    tx.execute(sa.update(Reflection).where(some).values(shared_with=1, shared_revision=1, shared_at=world.AT))
    tx.execute(sa.update(Reflection).where(Reflection.question == "q1").values(revision=2))


def words(person: int, text: int) -> str:
    return f"texte {text} de {person} " * 20


def lost(app: Flask) -> list[str]:
    """Texts that do not open as they were written."""

    def work(tx):  # type: ignore[no-untyped-def]
        found = {}
        for row in tx.execute(sa.select(Reflection)).scalars():
            plain = keys.unseal_for(tx, row.person_id, row.key_id, row.sealed, "reflection", row.id)
            found[row.person_id, row.question] = plain.decode()
        return found

    with app.app_context():
        found = transaction.run(work)
        db.engine.dispose()
    wanted = {(n, f"q{text}"): words(n, text) for n in range(1, PEOPLE + 1) for text in range(TEXTS)}
    return [str(place) for place, text in wanted.items() if found.get(place) != text]


def sharing(app: Flask) -> list[tuple[object, ...]]:
    """What is shared with whom, in which wording, and when each text was kept: no rotation touches it."""
    columns = Reflection.id, Reflection.shared_with, Reflection.shared_revision, Reflection.shared_at
    rows = sa.select(*columns, Reflection.revision, Reflection.saved_at).order_by(Reflection.id)
    with app.app_context(), db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(rows)]


def test_a_killed_rotation_loses_nothing_and_goes_on(site: tuple[Flask, dict[str, str]]) -> None:
    app, environ = site
    before = sharing(app)
    assert len([one for one in before if one[1]]) == 2 * (PEOPLE - 1)
    chance = random.Random(20)
    share = PEOPLE * TEXTS // (KILLS + 1)
    took = 0.0
    for kill in range(KILLS):
        stop, began = chance.randint(share // 2, share), time.monotonic()
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(stop)], cwd=ROOT, env=environ, check=False, timeout=120
        )
        took += time.monotonic() - began
        assert done.returncode == -signal.SIGKILL, kill
        if kill % 5 == 0:
            assert lost(app) == []
    began = time.monotonic()
    last = subprocess.run(
        [sys.executable, "-m", "elearn.cli", "keys", "rotate"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    took += time.monotonic() - began
    print(f"{PEOPLE * TEXTS} texts, {KILLS} kills: {took:.1f} s")
    assert took < IN_TIME or not LONG
    assert "reflections-2" in last.stdout
    assert lost(app) == [] and sharing(app) == before
    with app.app_context():
        assert rotation.wrapped_by() == {"reflections-2": PEOPLE}
        assert not rotation.is_due(world.AT)
        assert db.session.execute(sa.select(sa.func.count()).select_from(DataKey)).scalar_one() == PEOPLE
    close(app)


def test_a_text_written_while_keys_are_replaced_opens(site: tuple[Flask, dict[str, str]]) -> None:
    """A worker that serves meanwhile needs no restart."""
    app, environ = site
    with subprocess.Popen(
        [sys.executable, "-m", "elearn.cli", "keys", "rotate"], cwd=ROOT, env=environ, stdout=subprocess.DEVNULL
    ) as command:
        written = 0
        with app.app_context():
            while command.poll() is None or written < 20:
                number = written % PEOPLE + 1
                whose = Whose(number, "reperes", "ecouter", f"new{written}", 0)
                transaction.run(lambda tx, whose=whose: save(tx, whose, "pendant", world.AT))  # type: ignore[misc]
                written += 1
                time.sleep(0.01)
            db.engine.dispose()
    assert command.returncode == 0
    assert lost(app) == []
    with app.app_context():

        def texts(tx):  # type: ignore[no-untyped-def]
            rows = tx.execute(sa.select(Reflection).where(Reflection.question.startswith("new"))).scalars().all()
            return [keys.unseal_for(tx, one.person_id, one.key_id, one.sealed, "reflection", one.id) for one in rows]

        assert transaction.run(texts) == [b"pendant"] * written
    close(app)


def test_the_comparison_sees_a_lost_text(site: tuple[Flask, dict[str, str]]) -> None:
    """The control."""
    app, _ = site
    assert lost(app) == []
    with app.app_context():
        transaction.run(lambda tx: tx.execute(sa.delete(Reflection).where(Reflection.person_id == 3)))
    assert len(lost(app)) == TEXTS
    close(app)
