"""A site in which people have completed the course: one by the deeds themselves, the others as copies of that one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from elearn.core.passwords import search_key
from elearn.services import accounts, learning, lifecycle, transaction
from elearn.services.publishing import publish_files
from elearn.store.accounts import Person
from elearn.store.base import db, now
from elearn.store.learning import Enrolment, Progress
from tests import world
from tests.services.test_learning import finish

if TYPE_CHECKING:
    from flask import Flask

FAST = "scrypt:1024:8:1"


def fill(app: Flask, count: int, named: bool = True, content: dict[str, bytes] | None = None) -> list[int]:
    """`count` people, by id, each with a name to print; called within the app's context."""
    number = publish_files(content or world.site(), app.config["ELEARN"].instance, now()).number
    edition = app.extensions["shelf"].current(number)
    first = accounts.sign_up("personne 0", "Personne 0", "lampe ronde tabouret", now(), method=FAST)
    finish(learning.Asker(first, "fr", now(), "form-0001", app.config["ELEARN_SECRET"]), edition)
    if named:
        lifecycle.confirm_name(first, "reperes", "Personne 0", now())
    db.session.remove()
    return [first, *transaction.run(lambda tx: [_copy(tx, first, at, named) for at in range(1, count)])]


def _copy(tx: sa.orm.Session, first: int, at: int, named: bool) -> int:
    name = f"Personne {at}"
    person = _again(tx, Person, Person.id == first, uid=f"{at:026}", sign_in_name=name, sign_in_key=f"p{at}",
                    chosen_name=name, search_key=search_key(name))  # fmt: skip
    mine = {"person_id": person, "printed_name": name if named else ""}
    enrolment = _again(tx, Enrolment, Enrolment.person_id == first, **mine)
    there = (
        tx.execute(sa.select(Progress.__table__).join(Enrolment).where(Enrolment.person_id == first)).mappings().one()
    )
    tx.execute(sa.insert(Progress.__table__).values(**{**there, "enrolment_id": enrolment}))
    return person


def _again(tx: sa.orm.Session, model: type, which: sa.ColumnElement[bool], **values: object) -> int:
    table = model.__table__
    row = {
        name: value
        for name, value in tx.execute(sa.select(table).where(which)).mappings().one().items()
        if name != "id"
    }
    return int(tx.execute(sa.insert(table).values(**{**row, **values}).returning(table.c.id)).scalar_one())
