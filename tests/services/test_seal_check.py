"""What does not open is counted by `elearn doctor`, and told without a word of what it is."""

import pytest
from flask import Flask
from sqlalchemy import insert, update

from elearn import doctor
from elearn.services import keys, seal_check, transaction
from elearn.services.reflections import Whose, save
from elearn.store.accounts import Person
from elearn.store.base import db
from elearn.store.learning import DataKey
from elearn.store.mail import OutboxMessage
from tests.services.test_rotation import AT, person
from tests.web import sealed


@pytest.fixture
def kept(app: Flask) -> Flask:
    """Two people with a text each, and a message that has been sent: what it said is gone."""

    def work(tx) -> None:  # type: ignore[no-untyped-def]
        tx.execute(insert(Person), [person(1), person(2)])
        for one in (1, 2):
            save(tx, Whose(one, "reperes", "ecouter", "une-fois", 0), f"le canari de {one}", AT)
        key_id, _ = keys.data_key(tx, 1, AT)
        sent = {"uid": "B" * 26, "person_id": 1, "kind": "x", "locale": "fr", "key_id": key_id, "sealed": b""}
        tx.execute(insert(OutboxMessage).values(**sent, next_at=AT, made_at=AT))

    with app.app_context():
        transaction.run(work)
    return app


def test_a_sound_site_has_nothing_to_tell(kept: Flask) -> None:
    with kept.app_context():
        assert seal_check.unopened() == {}
    assert list(doctor.seals(kept)) == []


@pytest.mark.parametrize("what", ["texts", "data keys", "questions"])
def test_what_was_moved_is_counted(kept: Flask, what: str) -> None:
    sealed.swapped(kept, what)
    with kept.app_context():
        assert seal_check.unopened() == {"reflection": 2}
    [found] = doctor.seals(kept)
    assert not found.sound and "reflection : 2" in found.fr and "canari" not in found.fr + found.en


def test_a_data_key_that_is_gone_is_counted(kept: Flask) -> None:
    with kept.app_context(), db.engine.begin() as connection:
        connection.execute(DataKey.__table__.delete().where(DataKey.person_id == 2))
    assert len(list(doctor.seals(kept))) == 1


def test_where_the_outer_key_is_missing_that_alone_is_told(kept: Flask) -> None:
    with kept.app_context(), db.engine.begin() as connection:
        connection.execute(update(DataKey).values(wrapped_by="reflections-7"))
    assert list(doctor.seals(kept)) == [] and len(list(doctor.lost_keys(kept))) == 1
