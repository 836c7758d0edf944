"""Private texts by id: their owner lists all of them, a trainer those that were shared. What is sealed stays sealed.

Who may read a shared text is asked anew at each reading, in one condition of the query, and kept in no column.
"""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select
from sqlalchemy.orm import aliased

from elearn.store.accounts import Person
from elearn.store.audit import AuditEntry
from elearn.store.cohorts import TRAINEE, TRAINER, Cohort, CohortMember
from elearn.store.learning import DataKey, Reflection
from elearn.store.privacy import consented

READER = "trainer"
"""The role to which a text may be shown: an admin who leads a cohort reads none."""

_Trainer = aliased(Person)
_TEXT = (
    Reflection.id.label("reflection_id"),
    Reflection.person_id,
    Reflection.course,
    Reflection.unit,
    Reflection.question.label("reflection_question"),
    Reflection.sealed,
    Reflection.key_id,
    Reflection.saved_at,
    Reflection.revision,
    Reflection.shared_revision,
    Reflection.shared_at,
    DataKey.id.label("data_key_id"),
    DataKey.wrapped_by,
    DataKey.wrapped,
)


def _guides(trainer: Any, person: Any, course: Any) -> ColumnElement[bool]:
    """Does `trainer` lead an open cohort of `course` in which `person` learns? Columns or values."""
    leads, learns = aliased(CohortMember), aliased(CohortMember)
    return exists().where(
        Cohort.course == course,
        Cohort.closed_at.is_(None),
        and_(leads.cohort_id == Cohort.id, leads.part == TRAINER, leads.person_id == trainer),
        and_(learns.cohort_id == Cohort.id, learns.part == TRAINEE, learns.person_id == person),
    )


def _reaches(trainer: Any) -> ColumnElement[bool]:
    """May a text that is shared with `trainer` (Person or an alias of it) be shown to them at all?"""
    return and_(
        trainer.role == READER,
        trainer.deactivated_at.is_(None),
        trainer.id != Reflection.person_id,
        _guides(trainer.id, Reflection.person_id, Reflection.course),
        consented(Reflection.person_id),
    )


_OWN = (
    select(
        *_TEXT,
        _Trainer.uid.label("trainer"),
        _Trainer.chosen_name.label("trainer_name"),
        func.coalesce(_reaches(_Trainer), False).label("reaches"),
    )
    .outerjoin(DataKey, DataKey.person_id == Reflection.person_id)
    .outerjoin(_Trainer, _Trainer.id == Reflection.shared_with)
    .order_by(Reflection.course, Reflection.unit, Reflection.saved_at, Reflection.id)
)
_SHARED = (
    select(*_TEXT, Person.uid.label("owner"), Person.chosen_name.label("owner_name"))
    .join(Person, Person.id == Reflection.person_id)
    .join(_Trainer, _Trainer.id == Reflection.shared_with)
    .outerjoin(DataKey, DataKey.person_id == Reflection.person_id)
    .where(_reaches(_Trainer), Person.deactivated_at.is_(None), Reflection.shared_revision.is_not(None))
    .order_by(Reflection.shared_at.desc(), Reflection.id)
)


def own(connection: Connection, person: int, text: str = "") -> list[Any]:
    """A person's private texts, or one of them. `trainer`: uid of whom it is shared with, None where nobody;
    `reaches`: whether that person may still be shown it."""
    mine = _OWN.where(Reflection.person_id == person)
    return list(connection.execute(mine.where(Reflection.id == text) if text else mine))


def shared_with(connection: Connection, trainer: int, text: str = "") -> list[Any]:
    """What is shared with a trainer, the newest first. It may be read where `revision` is `shared_revision`."""
    theirs = _SHARED.where(Reflection.shared_with == trainer)
    return list(connection.execute(theirs.where(Reflection.id == text) if text else theirs))


def waiting(connection: Connection, trainer: int) -> int:
    """How many texts a trainer may read now."""
    theirs = _SHARED.where(Reflection.shared_with == trainer, Reflection.shared_revision == Reflection.revision)
    return int(connection.execute(select(func.count()).select_from(theirs.order_by(None).subquery())).scalar_one())


def trainers(connection: Connection, person: int, course: str) -> list[Any]:
    """Who leads a person's open cohorts of a course and may be shown a text: id, uid, chosen_name."""
    columns = Person.id, Person.uid, Person.chosen_name
    able = Person.role == READER, Person.deactivated_at.is_(None), Person.id != person
    wanted = select(*columns).where(*able, _guides(Person.id, person, course))
    return list(connection.execute(wanted.order_by(Person.chosen_name, Person.id)))


READ = "shared text read"


def readings(connection: Connection, owner: str) -> dict[str, dt.datetime]:
    """Text -> when it was last opened by whom it was shared with, as the audit log tells. `owner`: a uid."""
    entries = select(AuditEntry.facts, AuditEntry.at).where(AuditEntry.subject == owner, AuditEntry.deed == READ)
    return {str(row.facts.get("text")): row.at for row in connection.execute(entries.order_by(AuditEntry.id))}


def opened(connection: Connection, actor: str, owner: str, text: str, since: dt.datetime) -> bool:
    """Did `actor` open this text of `owner` since then? Both are uids."""
    entries = select(AuditEntry.facts).where(
        AuditEntry.actor == actor, AuditEntry.subject == owner, AuditEntry.deed == READ, AuditEntry.at > since
    )
    return any(facts.get("text") == text for facts in connection.execute(entries).scalars())
