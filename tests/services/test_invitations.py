"""Places of an invitation, when many come at once: never more than it has, never twice for one person."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from sqlalchemy import select

from elearn.app import create_app
from elearn.config import Settings
from elearn.services import accounts, audit, cohorts, invitations, learning, sessions
from elearn.services.publishing import publish_files
from elearn.store.accounts import Viewer, viewer
from elearn.store.base import db
from elearn.store.cohorts import CohortMember, Invitation
from elearn.store.editions import Published
from tests import world
from tests.conftest import build, close

if TYPE_CHECKING:
    from tests.postgres import Server

AT = world.AT
PEOPLE, PLACES = 20, 7


@pytest.fixture
def on_postgresql(postgres_server: Server, tmp_path: Path) -> Iterator[Flask]:
    url = postgres_server.new_database()
    build(url)
    folders = {name: str(tmp_path / name) for name in ("instance", "keys")}
    settings = Settings.from_env({}, database_url=url, **folders)
    settings.make_folders()
    made = create_app(settings)
    yield made
    close(made)
    postgres_server.drop_database(url)


def published(app: Flask) -> Published:
    outcome = publish_files(world.site(), app.config["ELEARN"].instance, AT)
    found = app.extensions["shelf"].current(outcome.number)
    assert isinstance(found, Published)
    return found


def person(name: str, role: str = "trainee") -> Viewer:
    made = accounts.sign_up(name, name, "lampe ronde tabouret", AT, role=role, method="scrypt:1024:8:1")
    token = sessions.open_session(made, AT)
    with db.engine.connect() as connection:
        found = viewer(connection, token, AT)
    assert found is not None
    return found


def asker(app: Flask, who: Viewer) -> learning.Asker:
    return learning.Asker(who.id, "fr", AT, "", app.config["ELEARN_SECRET"])


def made(ada: Viewer, cohort: str, most: int) -> str:
    """The code of a new invitation."""
    uid = invitations.make(ada, cohort, "reperes", 30, most, f"form-{most}-{cohort}", AT)
    with db.engine.connect() as connection:
        return invitations.code(connection.execute(select(Invitation.nonce).where(Invitation.uid == uid)).scalar_one())


def crowd(app: Flask, code: str, people: list[Viewer], edition: Published) -> Counter[str]:
    """What each was told, all pressing at the same moment."""
    told: Counter[str] = Counter()
    start = threading.Barrier(len(people))

    def press(who: Viewer) -> None:
        with app.app_context():
            start.wait()
            try:
                told[invitations.join(who, asker(app, who), code, edition)] += 1
            except invitations.Refused as refusal:
                told[str(refusal)] += 1

    threads = [threading.Thread(target=press, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def twenty_at_once(app: Flask) -> None:
    with app.app_context():
        edition = published(app)
        ada = person("Ada", "trainer")
        cohort = cohorts.make(ada, "Mardi", "reperes", "", "form-00001", AT)
        code = made(ada, cohort, PLACES)
        people = [person(f"personne {number}") for number in range(PEOPLE)]
        told = crowd(app, code, people, edition)
        assert told == {"reperes": PLACES, "full": PEOPLE - PLACES}
        with db.engine.connect() as connection:
            assert connection.execute(select(Invitation.used)).scalar_one() == PLACES
            assert len(connection.execute(select(CohortMember.person_id)).all()) == PLACES + 1
        assert audit.broken() is None


def one_person_twenty_times(app: Flask) -> None:
    with app.app_context():
        edition = published(app)
        ada = person("Ada", "trainer")
        cohort = cohorts.make(ada, "Mardi", "reperes", "", "form-00001", AT)
        codes = [made(ada, cohort, PLACES), made(ada, "", PLACES + 1)]
        benoit = person("Benoît")
        for code in codes:
            assert crowd(app, code, [benoit] * PEOPLE, edition) == {"reperes": PEOPLE}
        with db.engine.connect() as connection:
            assert sorted(connection.execute(select(Invitation.used)).scalars()) == [0, 1]


def test_asvs_2_3_4_twenty_at_once_take_no_more_places_than_there_are(app: Flask) -> None:
    twenty_at_once(app)


@pytest.mark.postgres
def test_asvs_2_3_4_twenty_at_once_on_postgresql(on_postgresql: Flask) -> None:
    twenty_at_once(on_postgresql)


def test_one_person_who_presses_twenty_times_takes_one_place(app: Flask) -> None:
    """And none of a second invitation to the course that they follow by then."""
    one_person_twenty_times(app)


@pytest.mark.postgres
def test_one_person_on_postgresql(on_postgresql: Flask) -> None:
    one_person_twenty_times(on_postgresql)


def test_an_invitation_is_made_for_ones_own_cohort_only(app: Flask) -> None:
    with app.app_context():
        ada, dalia = person("Ada", "trainer"), person("Dalia", "trainer")
        cohort = cohorts.make(ada, "Mardi", "reperes", "", "form-00001", AT)
        with pytest.raises(cohorts.NotTheirs):
            invitations.make(dalia, cohort, "reperes", 30, 30, "form-00002", AT)
        cohorts.close(ada, cohort, AT)
        with pytest.raises(cohorts.NotTheirs):
            invitations.make(ada, cohort, "reperes", 30, 30, "form-00003", AT)


def test_each_deed_leaves_an_entry_without_names(app: Flask) -> None:
    with app.app_context():
        edition = published(app)
        ada, benoit = person("Ada", "trainer"), person("Benoît")
        cohort = cohorts.make(ada, "Mardi soir", "reperes", "", "form-00001", AT)
        invitations.join(benoit, asker(app, benoit), made(ada, cohort, 3), edition)
        cohorts.rename(ada, cohort, "Jeudi", AT)
        cohorts.hand_over(ada, cohort, benoit.uid, "paper", "form-00009", AT)
        cohorts.remove(ada, cohort, benoit.uid, AT)
        cohorts.close(ada, cohort, AT)
        cohorts.reopen(ada, cohort, AT)
        with db.engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT deed, facts FROM audit_entry ORDER BY id").all()
    deeds = [row.deed for row in rows if row.deed not in ("account made", "signed in")]
    assert deeds == [
        "cohort made",
        "invitation made",
        "invitation used",
        "joined cohort",
        "cohort changed",
        "link handed over",
        "left cohort",
        "cohort closed",
        "cohort changed",
    ]
    assert not any(word in str(row.facts) for row in rows for word in ("Mardi", "Jeudi", "Ada", "Beno"))
