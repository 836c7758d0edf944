"""Queries about people for those who run the site: lists, one person's file, names behind identifiers. No table here,
and nothing of what anyone learned or wrote."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from elearn.store.accounts import Person, SecondFactor
from elearn.store.audit import AuditEntry
from elearn.store.mail import MailAddress

STATES = ("open", "suspended", "leaving")
"""States of an account: may sign in; may not; will be erased, as its person asked."""

_FACTOR = SecondFactor.confirmed_at.is_not(None).label("factor")
_LISTED = (
    select(
        Person.uid,
        Person.chosen_name,
        Person.sign_in_name,
        Person.role,
        Person.deactivated_at,
        Person.erase_at,
        Person.seen_at,
        _FACTOR,
    )
    .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
    .order_by(Person.search_key, Person.id)
)
_FILE = (
    select(
        Person.id,
        Person.uid,
        Person.chosen_name,
        Person.sign_in_name,
        Person.role,
        Person.locale,
        Person.created_at,
        Person.deactivated_at,
        Person.erase_at,
        Person.seen_at,
        _FACTOR,
        MailAddress.person_id.is_not(None).label("address"),
        MailAddress.verified_at.label("verified_at"),
    )
    .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
    .outerjoin(MailAddress, MailAddress.person_id == Person.id)
)


def count(connection: Connection, words: Sequence[str], role: str = "", state: str = "") -> int:
    chosen = select(func.count()).select_from(Person).where(*_chosen(words, role, state))
    return int(connection.execute(chosen).scalar_one())


def page(connection: Connection, words: Sequence[str], role: str, state: str, offset: int, most: int) -> list[Any]:
    """Accounts by name: uid, chosen_name, sign_in_name, role, deactivated_at, erase_at, seen_at, factor."""
    chosen = _LISTED.where(*_chosen(words, role, state)).offset(offset).limit(most)
    return list(connection.execute(chosen))


def file(connection: Connection, uid: str) -> Any:
    """One account; None where no account has this uid. `address`: gave a mail address, which is not read here."""
    return connection.execute(_FILE.where(Person.uid == uid)).first()


def looked_at(connection: Connection, actor: str, subject: str, since: dt.datetime) -> bool:
    """Did `actor` open the file of `subject` since then, as the audit log tells?"""
    entry = select(AuditEntry.id).where(
        AuditEntry.subject == subject,
        AuditEntry.actor == actor,
        AuditEntry.deed == "file looked at",
        AuditEntry.at > since,
    )
    return connection.execute(entry.limit(1)).first() is not None


def names(connection: Connection, uids: Collection[str]) -> dict[str, str]:
    """Sign-in names of the accounts that are still there, by uid, in one statement."""
    rows = connection.execute(select(Person.uid, Person.sign_in_name).where(Person.uid.in_(set(uids))))
    return {row.uid: row.sign_in_name for row in rows}


def admins_without_factor(connection: Connection) -> int:
    """Admins who can sign in and have no second factor; trial accounts left out."""
    lacking = (
        select(func.count())
        .select_from(Person)
        .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
        .where(
            Person.role == "admin",
            Person.deactivated_at.is_(None),
            Person.demo.is_(False),
            SecondFactor.confirmed_at.is_(None),
        )
    )
    return int(connection.execute(lacking).scalar_one())


def _chosen(words: Sequence[str], role: str, state: str) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = [Person.search_key.contains(word, autoescape=True) for word in words]
    if role:
        chosen.append(Person.role == role)
    if state == "suspended":
        chosen.append(Person.deactivated_at.is_not(None))
    elif state == "leaving":
        chosen.append(Person.erase_at.is_not(None))
    elif state == "open":
        chosen.append(Person.deactivated_at.is_(None))
    return chosen
