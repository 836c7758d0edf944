"""Organisations that hold courses, cohorts that follow them together, and invitations: tables and their queries."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, ForeignKey, LargeBinary, String, and_, func, or_, select, true
from sqlalchemy.orm import Mapped, mapped_column

from elearn.core.passwords import search_key
from elearn.store.accounts import Person, token_hash
from elearn.store.base import Care, Model, Moment
from elearn.store.learning import Enrolment, Progress

HOUSE = Care("house", "open", "running the site", "as long as the organisation is here", "no: not personal", "kept")
GROUP = Care(
    "group",
    "internal",
    "running a course",
    "{keep} after the cohort or the invitation closes",
    "no: not personal",
    "kept",
    keep_days=365,
)
MEMBER = Care(
    "cohort", "personal", "contract: the course followed", "as long as the cohort or the account", "yes", "deleted"
)


def _organisation_key(context: Any) -> str:
    row = context.get_current_parameters()
    return search_key(row["name_fr"], row.get("name_en") or "")


class Organisation(Model):
    """Who holds courses on this site. `officer` and `contact`: the person in charge of privacy, as the law asks."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True, info=HOUSE("tells organisations apart"))
    uid: Mapped[str] = mapped_column(String(26), unique=True, info=HOUSE("names it in addresses"))
    name_fr: Mapped[str] = mapped_column(String(120), info=HOUSE("its name in French"))
    name_en: Mapped[str] = mapped_column(String(120), default="", info=HOUSE("its name in English"))
    search_key: Mapped[str] = mapped_column(
        String(160), default=_organisation_key, info=HOUSE("both names without accents or case, to find it in a list")
    )
    web: Mapped[str] = mapped_column(String(200), default="", info=HOUSE("its site"))
    officer: Mapped[str] = mapped_column(String(120), default="", info=HOUSE("person in charge of privacy, published"))
    contact: Mapped[str] = mapped_column(String(200), default="", info=HOUSE("how to reach that person, published"))
    made_at: Mapped[dt.datetime] = mapped_column(Moment, info=HOUSE("when it was added"))
    closed_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=HOUSE("when it left the site"))
    slug: Mapped[str | None] = mapped_column(String(40), unique=True, info=HOUSE("names it as an issuer, for ever"))
    agreement: Mapped[str] = mapped_column(
        String(200), default="", info=HOUSE("the agreement by which attestations may bear its name")
    )
    signatory: Mapped[str] = mapped_column(String(120), default="", info=HOUSE("who signs for it on paper"))
    role_fr: Mapped[str] = mapped_column(String(120), default="", info=HOUSE("in which role, in French"))
    role_en: Mapped[str] = mapped_column(String(120), default="", info=HOUSE("in which role, in English"))
    colour: Mapped[str] = mapped_column(String(7), default="", info=HOUSE("its colour on paper"))
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, info=HOUSE("its logo on paper"))
    signature: Mapped[bytes | None] = mapped_column(
        LargeBinary, deferred=True, info=HOUSE("the signature drawn on paper")
    )


class Cohort(Model):
    """People who follow a course together, led by one or several trainers."""

    __tablename__ = "cohort"

    id: Mapped[int] = mapped_column(primary_key=True, info=GROUP("tells cohorts apart"))
    uid: Mapped[str] = mapped_column(String(26), unique=True, info=GROUP("names it in addresses"))
    name: Mapped[str] = mapped_column(String(120), info=GROUP("what its trainer calls it"))
    course: Mapped[str] = mapped_column(String(64), info=GROUP("the course's id"))
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="SET NULL"), info=GROUP("which organisation holds it")
    )
    made_at: Mapped[dt.datetime] = mapped_column(Moment, info=GROUP("when it was made"))
    closed_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=GROUP("when it was closed"))


class CohortMember(Model):
    """Someone in a cohort. `part`: trainer or trainee."""

    __tablename__ = "cohort_member"

    cohort_id: Mapped[int] = mapped_column(
        ForeignKey("cohort.id", ondelete="CASCADE"), primary_key=True, info=MEMBER("which cohort")
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True, info=MEMBER("who")
    )
    part: Mapped[str] = mapped_column(String(8), info=MEMBER("trainer or trainee"))
    joined_at: Mapped[dt.datetime] = mapped_column(Moment, info=MEMBER("when they joined"))


class Invitation(Model):
    """An address that lets people into a course or a cohort. Its code is made from `nonce` and the site's secret, so a
    trainer can show it again; the database holds its SHA-256 only."""

    __tablename__ = "invitation"

    id: Mapped[str] = mapped_column(String(64), primary_key=True, info=GROUP("SHA-256 of the code"))
    uid: Mapped[str] = mapped_column(String(26), unique=True, info=GROUP("names it in addresses of its trainer"))
    nonce: Mapped[str] = mapped_column(String(32), info=GROUP("with the site's secret, gives the code again"))
    course: Mapped[str] = mapped_column(String(64), info=GROUP("the course's id"))
    cohort_id: Mapped[int | None] = mapped_column(
        ForeignKey("cohort.id", ondelete="CASCADE"), index=True, info=GROUP("which cohort; none for a course alone")
    )
    most: Mapped[int] = mapped_column(info=GROUP("how many people may use it"))
    used: Mapped[int] = mapped_column(default=0, info=GROUP("how many have"))
    made_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), info=GROUP("which trainer made it")
    )
    made_at: Mapped[dt.datetime] = mapped_column(Moment, info=GROUP("when it was made"))
    expires_at: Mapped[dt.datetime] = mapped_column(Moment, info=GROUP("until when it works"))
    closed_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=GROUP("when it was closed"))


def count_organisations(connection: Connection, words: Sequence[str]) -> int:
    chosen = select(func.count()).select_from(Organisation).where(*_named(words))
    return int(connection.execute(chosen).scalar_one())


def organisations(connection: Connection, words: Sequence[str], offset: int, most: int) -> list[Any]:
    """Organisations by name, those that left the site last: every column of the table."""
    chosen = select(Organisation.__table__).where(*_named(words))
    ordered = chosen.order_by(Organisation.closed_at.is_not(None), Organisation.search_key, Organisation.id)
    return list(connection.execute(ordered.offset(offset).limit(most)))


def organisation(connection: Connection, uid: str) -> Any:
    """One organisation; None where no one has this uid."""
    return connection.execute(select(Organisation.__table__).where(Organisation.uid == uid)).first()


def _named(words: Sequence[str]) -> list[ColumnElement[bool]]:
    return [Organisation.search_key.contains(word, autoescape=True) for word in words]


TRAINER, TRAINEE = "trainer", "trainee"
"""Parts in a cohort."""

_ALL = select(Cohort.id, Cohort.uid, Cohort.name, Cohort.course, Cohort.made_at, Cohort.closed_at)
_PERSON = select(
    Person.id,
    Person.uid,
    Person.chosen_name,
    Person.role,
    Person.locale,
    Person.deactivated_at,
    CohortMember.joined_at,
    Cohort.uid.label("cohort"),
    Cohort.name.label("cohort_name"),
    Cohort.course,
)
_INVITATION = select(
    Invitation.id,
    Invitation.uid,
    Invitation.nonce,
    Invitation.course,
    Invitation.cohort_id,
    Invitation.most,
    Invitation.used,
    Invitation.made_at,
    Invitation.expires_at,
    Invitation.closed_at,
    Cohort.uid.label("cohort"),
    Cohort.name.label("cohort_name"),
    Cohort.closed_at.label("cohort_closed_at"),
).outerjoin(Cohort, Cohort.id == Invitation.cohort_id)


def led(leader: int | None) -> ColumnElement[bool]:
    """Is the cohort of the query led by `leader`? None: someone who sees every cohort."""
    if leader is None:
        return true()
    mine = select(CohortMember.cohort_id).where(CohortMember.person_id == leader, CohortMember.part == TRAINER)
    return Cohort.id.in_(mine.correlate(None))


def cohorts(connection: Connection, leader: int | None) -> list[Any]:
    """The cohorts that `leader` leads, open ones first: id, uid, name, course, made_at, closed_at, members."""
    count = select(func.count()).where(CohortMember.cohort_id == Cohort.id, CohortMember.part == TRAINEE)
    rows = _ALL.add_columns(count.scalar_subquery().label("members")).where(led(leader))
    return list(connection.execute(rows.order_by(Cohort.closed_at.is_not(None), Cohort.name, Cohort.id)))


def cohort(connection: Connection, leader: int | None, uid: str, lock: bool = False) -> Any:
    """One cohort, where `leader` leads it; else None."""
    found = _ALL.where(Cohort.uid == uid, led(leader))
    return connection.execute(found.with_for_update(of=Cohort) if lock else found).first()


def members(connection: Connection, cohort: int) -> list[Any]:
    """Who learns in a cohort, and since when: nothing of what was answered or written."""
    return list(connection.execute(_people().where(Cohort.id == cohort).order_by(Person.id)))


def member(connection: Connection, leader: int | None, cohort: str, person: str) -> Any:
    """Someone who learns in a cohort that `leader` leads; else None."""
    return connection.execute(_people().where(Cohort.uid == cohort, Person.uid == person, led(leader))).first()


def standings(connection: Connection, course: str, people: Sequence[int]) -> list[Any]:
    """Where some people stand in a course, for whoever leads them: person_id, state, completed_at. One statement."""
    rows = select(Enrolment.person_id, Progress.state, Progress.completed_at)
    mine = Enrolment.course == course, Enrolment.person_id.in_(people)
    return list(connection.execute(rows.join(Progress, Progress.enrolment_id == Enrolment.id).where(*mine)))


def _people() -> Any:
    return (
        _PERSON.join(CohortMember, CohortMember.person_id == Person.id)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(CohortMember.part == TRAINEE)
    )


def trainers(connection: Connection, cohort: int) -> list[str]:
    """Chosen names of those who lead a cohort."""
    names = select(Person.chosen_name).join(CohortMember, CohortMember.person_id == Person.id)
    mine = CohortMember.cohort_id == cohort, CohortMember.part == TRAINER
    return list(connection.execute(names.where(*mine).order_by(CohortMember.joined_at, Person.id)).scalars())


def trainers_of(connection: Connection, person: int, course: str) -> list[str]:
    """Chosen names of those who lead the open cohorts in which someone follows a course."""
    theirs = select(CohortMember.cohort_id).where(CohortMember.person_id == person, CohortMember.part == TRAINEE)
    names = (
        select(Person.chosen_name)
        .join(CohortMember, CohortMember.person_id == Person.id)
        .join(Cohort, Cohort.id == CohortMember.cohort_id)
        .where(Cohort.id.in_(theirs), Cohort.course == course, Cohort.closed_at.is_(None))
        .where(CohortMember.part == TRAINER)
    )
    return list(connection.execute(names.distinct().order_by(Person.chosen_name)).scalars())


def learns_in(connection: Connection, person: int) -> list[str]:
    """Names of the open cohorts where someone learns."""
    names = select(Cohort.name).join(CohortMember, CohortMember.cohort_id == Cohort.id)
    mine = CohortMember.person_id == person, CohortMember.part == TRAINEE, Cohort.closed_at.is_(None)
    return list(connection.execute(names.where(*mine).order_by(CohortMember.joined_at, Cohort.id)).scalars())


def part_in(connection: Connection, cohort: int, person: int) -> str | None:
    """Someone's part in a cohort; None where they have none."""
    mine = CohortMember.cohort_id == cohort, CohortMember.person_id == person
    return connection.execute(select(CohortMember.part).where(*mine)).scalar()


def open_organisations(connection: Connection) -> list[Any]:
    """(id, uid, name_fr, name_en) of the organisations that are on this site."""
    rows = select(Organisation.id, Organisation.uid, Organisation.name_fr, Organisation.name_en)
    return list(connection.execute(rows.where(Organisation.closed_at.is_(None)).order_by(Organisation.name_fr)))


def invitations(connection: Connection, leader: int | None, cohort: int | None = None) -> list[Any]:
    """Invitations to cohorts that `leader` leads and those to a course alone that they made, newest first."""
    rows = _INVITATION.where(_invited_by(leader))
    if cohort is not None:
        rows = rows.where(Invitation.cohort_id == cohort)
    return list(connection.execute(rows.order_by(Invitation.made_at.desc(), Invitation.uid)))


def invitation(connection: Connection, leader: int | None, uid: str) -> Any:
    return connection.execute(_INVITATION.where(Invitation.uid == uid, _invited_by(leader))).first()


def invited(connection: Connection, code: str, lock: bool = False) -> Any:
    """The invitation of a code, whoever asks; None where there is none. Its state is for the caller to judge."""
    found = _INVITATION.where(Invitation.id == token_hash(code))
    return connection.execute(found.with_for_update(of=Invitation) if lock else found).first()


def _invited_by(leader: int | None) -> ColumnElement[bool]:
    if leader is None:
        return true()
    alone = and_(Invitation.cohort_id.is_(None), Invitation.made_by == leader)
    return or_(alone, and_(Invitation.cohort_id.is_not(None), led(leader)))


def in_charge(connection: Connection) -> list[Any]:
    """(name_fr, name_en, officer, contact) of each organisation of the site that names who answers for privacy."""
    columns = Organisation.name_fr, Organisation.name_en, Organisation.officer, Organisation.contact
    named = Organisation.closed_at.is_(None) & (Organisation.officer != "")
    return list(connection.execute(select(*columns).where(named).order_by(Organisation.id)))
