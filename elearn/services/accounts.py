"""Deeds on accounts: sign up, names and password, roles, closing and opening again, trial accounts. Sessions:
sessions.py; ways back in: links.py. Passwords are hashed outside any transaction."""

import datetime as dt
import secrets
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from elearn.core.consents import NOTICE
from elearn.core.inventory import notice_version
from elearn.core.passwords import (
    has_hidden_signs,
    name_problem,
    password_problem,
    search_key,
    shown_name,
    sign_in_key,
)
from elearn.core.permissions import ROLES
from elearn.services import audit, consents, links, outbox, passwords, sessions, transaction
from elearn.services.audit import By
from elearn.store.accounts import Person, SignIn, Viewer, token_hash
from elearn.store.audit import AuditEntry
from elearn.store.base import db
from elearn.store.inventory import topic_days

WITHOUT_PASSWORD = frozenset({"link", "code", "reset", "demo"})
"""Doors by which someone comes in who may not know their password."""
CHOOSE_ANEW = dt.timedelta(minutes=30)
"""For so long after that, a new password may be chosen without the old one."""


class Unacceptable(Exception):
    """A name or password that cannot be taken. `field` and `code` name the message to show."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


def sign_up(
    name: str,
    chosen_name: str,
    password: str,
    at: dt.datetime,
    locale: str = "fr",
    role: str = "trainee",
    method: str = "",
) -> int:
    """Make an account; its id. Unacceptable where a field cannot be taken (`taken`: the sign-in name is in use)."""
    chosen_name = shown_name(chosen_name) or shown_name(name)
    _check(name, chosen_name, password)
    if role not in ROLES:
        raise Unacceptable("role", "unknown")
    hashed = passwords.hash_password(password, method)

    def work(tx: Session) -> int:
        values = {
            "sign_in_name": shown_name(name),
            "sign_in_key": sign_in_key(name),
            "chosen_name": chosen_name,
            "password_hash": hashed,
            "role": role,
            "locale": locale,
            "created_at": at,
            "demo": False,
        }
        if not transaction.add_once(tx, Person, **values):
            raise Unacceptable("sign_in_name", "taken")
        person = tx.execute(select(Person.id, Person.uid).where(Person.sign_in_key == sign_in_key(name))).one()
        audit.record(tx, By(at, person.uid), "account made", person.uid, to=role)
        consents.record(tx, person.id, NOTICE, notice_version(topic_days()), locale, at)
        return int(person.id)

    return transaction.run(work)


def change_password(who: Viewer, current: str | None, new: str, at: dt.datetime, link: str = "") -> str:
    """Set a new password; the new token of this session. Every other session ends, and links that would open one.

    `current`: None for someone who came in without it (`came_without_password`). `link`: address of the account page,
    for the mail that tells of it. Unacceptable: `current` is `wrong`, or the new one cannot be taken.
    """
    columns = Person.password_hash, Person.sign_in_name, Person.chosen_name
    with db.engine.connect() as connection:
        kept = connection.execute(select(*columns).where(Person.id == who.id)).one()
    known = current is None or passwords.check(kept.password_hash, current)
    if not known or (current is None and not came_without_password(who, at)):
        raise Unacceptable("current", "wrong")
    _check_password(new, kept.sign_in_name, kept.chosen_name)
    hashed, token = passwords.hash_password(new), secrets.token_urlsafe(32)

    def work(tx: Session) -> None:
        mine = (Person.id == who.id, Person.password_hash == kept.password_hash)
        changed = tx.execute(update(Person).where(*mine).values(password_hash=hashed).returning(Person.id)).first()
        if changed is None or not sessions.renew_within(tx, who, token, at):
            raise Unacceptable("current", "wrong")
        sessions.end_all(tx, who.id, but=token_hash(token))
        audit.record(tx, By(at, who.uid, who.role), "password changed", who.uid, told=False)
        outbox.put(tx, who.id, "notice", at, {"link": link})

    transaction.run(work)
    return token


def came_without_password(who: Viewer, at: dt.datetime) -> bool:
    """Came in a short while ago by a link or a code, perhaps because the password is forgotten."""
    return who.door in WITHOUT_PASSWORD and at - who.confirmed_at <= CHOOSE_ANEW


def change_chosen_name(who: Viewer, name: str, at: dt.datetime) -> None:
    """How the site addresses the person, from now on. Unacceptable where it cannot be taken."""
    chosen = shown_name(name)
    if not chosen:
        raise Unacceptable("chosen_name", "empty")
    _check_chosen_name(chosen)

    def work(tx: Session) -> None:
        found = tx.execute(select(Person.sign_in_name).where(Person.id == who.id)).scalar_one()
        values = {"chosen_name": chosen, "search_key": search_key(found, chosen)}
        tx.execute(update(Person).where(Person.id == who.id).values(**values))
        audit.record(tx, By(at, who.uid), "name changed", who.uid)

    transaction.run(work)


def was_told(who: Viewer, up_to: int) -> None:
    """The person has read the news of the account up to that entry of the log, and never less than before."""

    def work(tx: Session) -> None:
        about = select(func.max(AuditEntry.id)).where(AuditEntry.subject == who.uid, AuditEntry.id <= up_to)
        newest = tx.execute(about).scalar() or 0
        tx.execute(update(Person).where(Person.id == who.id, Person.told_up_to < newest).values(told_up_to=newest))

    transaction.run(work)


def choose_language(person: int, locale: str) -> None:
    transaction.run(lambda tx: tx.execute(update(Person).where(Person.id == person).values(locale=locale)))


def make_demo(name: str, chosen_name: str, role: str, at: dt.datetime) -> str:
    """A sign-in link for a trial account, made or opened again if need be. Its password is random and nowhere kept.

    LookupError where a real person has that name.
    """

    def work(tx: Session) -> None:
        transaction.add_once(
            tx,
            Person,
            sign_in_name=name,
            sign_in_key=sign_in_key(name),
            chosen_name=chosen_name,
            password_hash=generate_password_hash(secrets.token_urlsafe(32), "scrypt:1024:8:1"),
            role=role,
            locale="fr",
            created_at=at,
            demo=True,
        )
        mine = (Person.sign_in_key == sign_in_key(name), Person.demo)
        if tx.execute(select(Person.id).where(*mine)).scalar() is None:
            raise LookupError(name)
        tx.execute(update(Person).where(*mine).values(deactivated_at=None))

    transaction.run(work)
    token = links.make_link(name, at, dt.timedelta(hours=12), told=False)
    if token is None:
        raise LookupError(name)
    return token


def close_demo(at: dt.datetime) -> None:
    """Close every trial account and end its sessions: a real site has none."""

    def work(tx: Session) -> None:
        demo = select(Person.id).where(Person.demo)
        tx.execute(update(Person).where(Person.demo, Person.deactivated_at.is_(None)).values(deactivated_at=at))
        tx.execute(delete(SignIn).where(SignIn.person_id.in_(demo)))

    transaction.run(work)


def people() -> list[tuple[str, str, str, bool]]:
    """(sign-in name, chosen name, role, active) of every account, for the operator's terminal."""
    with db.engine.connect() as connection:
        rows = connection.execute(
            select(Person.sign_in_name, Person.chosen_name, Person.role, Person.deactivated_at.is_(None)).order_by(
                Person.sign_in_key
            )
        )
        return [(row[0], row[1], row[2], bool(row[3])) for row in rows]


def change_role(name: str, role: str, by: By) -> bool:
    """False where nobody has that name; Unacceptable for an unknown role. Sessions end: rights need a new sign-in."""
    if role not in ROLES:
        raise Unacceptable("role", "unknown")
    return _change(name, {"role": role}, by, "role changed", to=role)


def deactivate(name: str, by: By) -> bool:
    """Close sign-in and end every session; nothing is deleted. False where nobody has that name."""
    return _change(name, {"deactivated_at": by.at}, by, "suspended")


def reactivate(name: str, by: By) -> bool:
    return _change(name, {"deactivated_at": None}, by, "reopened")


def uid_of(name: str) -> str | None:
    """Whose sign-in name that is."""
    with db.engine.connect() as connection:
        found: str | None = connection.execute(
            select(Person.uid).where(Person.sign_in_key == sign_in_key(name))
        ).scalar()
    return found


def _change(name: str, values: dict[str, object], by: By, deed: str, **facts: Any) -> bool:
    def work(tx: Session) -> bool:
        person = tx.execute(select(Person.id, Person.uid).where(Person.sign_in_key == sign_in_key(name))).first()
        if person is None:
            return False
        tx.execute(update(Person).where(Person.id == person.id).values(**values))
        sessions.end_all(tx, person.id)
        audit.record(tx, by, deed, person.uid, **facts)
        return True

    return transaction.run(work)


def _check(name: str, chosen_name: str, password: str) -> None:
    problem = name_problem(name)
    if problem:
        raise Unacceptable("sign_in_name", problem)
    _check_chosen_name(chosen_name)
    _check_password(password, name, chosen_name)


def _check_chosen_name(chosen_name: str) -> None:
    if len(chosen_name) > 80:
        raise Unacceptable("chosen_name", "long")
    if has_hidden_signs(chosen_name):
        raise Unacceptable("chosen_name", "characters")


def _check_password(password: str, *names: str) -> None:
    problem = password_problem(password, names, passwords.common_passwords())
    if problem:
        raise Unacceptable("password", problem)
