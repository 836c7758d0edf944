"""Organisations that hold courses, cohorts that follow them together, and invitations: tables and their queries."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from elearn.core.passwords import search_key
from elearn.store.base import Care, Model, Moment

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
