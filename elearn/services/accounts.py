"""Deeds on accounts: sign up, sign in and out, links for the first door, roles. Passwords are hashed outside any
transaction, and only a few at once: scrypt takes a fifth of a second and 32 MiB."""

import datetime as dt
import secrets
import threading
from functools import cache
from importlib.resources import files

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash, generate_password_hash

from elearn.core.passwords import has_hidden_signs, name_problem, password_problem, shown_name, sign_in_key
from elearn.core.permissions import ROLES
from elearn.services import transaction
from elearn.store.accounts import Person, SignIn, SignInLink, token_hash
from elearn.store.base import db
from elearn.store.learning import Idempotency

METHOD = "scrypt:32768:8:3"
SESSION_LASTS = dt.timedelta(hours=12)
FORMS_LAST = dt.timedelta(hours=72)
LINK_LASTS = dt.timedelta(minutes=30)

_hashing = threading.BoundedSemaphore(2)


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
    method: str = METHOD,
) -> int:
    """Make an account; its id. Unacceptable where a field cannot be taken (`taken`: the sign-in name is in use)."""
    chosen_name = shown_name(chosen_name) or shown_name(name)
    _check(name, chosen_name, password)
    if role not in ROLES:
        raise Unacceptable("role", "unknown")
    hashed = hash_password(password, method)

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
        return tx.execute(select(Person.id).where(Person.sign_in_key == sign_in_key(name))).scalar_one()

    return transaction.run(work)


def sign_in(name: str, password: str, at: dt.datetime) -> str | None:
    """A new session's token, or None. An unknown name, or one nobody can have, takes as long as a wrong password."""
    found = select(Person.id, Person.password_hash, Person.deactivated_at)
    with db.engine.connect() as connection:
        possible = name_problem(name) is None
        row = connection.execute(found.where(Person.sign_in_key == sign_in_key(name))).first() if possible else None
    with _hashing:
        right = check_password_hash(row.password_hash if row else _nobody(), password)
    if row is None or not right or row.deactivated_at is not None:
        return None
    return open_session(row.id, at)


def open_session(person: int, at: dt.datetime) -> str:
    """A new session with a new id; its token, which is nowhere kept. What has run its time goes, everybody's."""
    token = secrets.token_urlsafe(32)

    def work(tx: Session) -> None:
        tx.execute(delete(SignIn).where(SignIn.expires_at <= at))
        tx.execute(delete(SignInLink).where(SignInLink.expires_at <= at))
        tx.execute(delete(Idempotency).where(Idempotency.made_at < at - FORMS_LAST))
        tx.add(SignIn(id=token_hash(token), person_id=person, created_at=at, expires_at=at + SESSION_LASTS))

    transaction.run(work)
    return token


def sign_out(sign_in_id: str) -> None:
    transaction.run(lambda tx: tx.execute(delete(SignIn).where(SignIn.id == sign_in_id)))


def sign_out_everywhere(person: int) -> None:
    transaction.run(lambda tx: tx.execute(delete(SignIn).where(SignIn.person_id == person)))


def choose_language(person: int, locale: str) -> None:
    transaction.run(lambda tx: tx.execute(update(Person).where(Person.id == person).values(locale=locale)))


def make_link(name: str, at: dt.datetime, lasts: dt.timedelta = LINK_LASTS) -> str | None:
    """A token that signs this person in once; None for an unknown or closed account."""
    token = secrets.token_urlsafe(32)

    def work(tx: Session) -> str | None:
        person = tx.execute(
            select(Person.id).where(Person.sign_in_key == sign_in_key(name), Person.deactivated_at.is_(None))
        ).scalar()
        if person is None:
            return None
        tx.add(SignInLink(id=token_hash(token), person_id=person, created_at=at, expires_at=at + lasts))
        return token

    return transaction.run(work)


def use_link(token: str, at: dt.datetime) -> str | None:
    """A session's token for a link that was never used and has not ended; None otherwise."""

    def work(tx: Session) -> int | None:
        link = tx.execute(
            select(SignInLink)
            .join(Person, Person.id == SignInLink.person_id)
            .where(
                SignInLink.id == token_hash(token),
                SignInLink.used_at.is_(None),
                SignInLink.expires_at > at,
                Person.deactivated_at.is_(None),
            )
            .with_for_update()
        ).scalar()
        if link is None:
            return None
        link.used_at = at
        return link.person_id

    person = transaction.run(work)
    return None if person is None else open_session(person, at)


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
    token = make_link(name, at, dt.timedelta(hours=12))
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


def change_role(name: str, role: str) -> bool:
    """False where nobody has that name; Unacceptable for an unknown role. Sessions end: rights need a new sign-in."""
    if role not in ROLES:
        raise Unacceptable("role", "unknown")
    return _change(name, {"role": role})


def deactivate(name: str, at: dt.datetime) -> bool:
    """Close sign-in and end every session; nothing is deleted. False where nobody has that name."""
    return _change(name, {"deactivated_at": at})


def reactivate(name: str) -> bool:
    return _change(name, {"deactivated_at": None})


def hash_password(password: str, method: str = METHOD) -> str:
    with _hashing:
        return generate_password_hash(password, method)


def _change(name: str, values: dict[str, object]) -> bool:
    def work(tx: Session) -> bool:
        person = tx.execute(select(Person.id).where(Person.sign_in_key == sign_in_key(name))).scalar()
        if person is None:
            return False
        tx.execute(update(Person).where(Person.id == person).values(**values))
        tx.execute(delete(SignIn).where(SignIn.person_id == person))
        return True

    return transaction.run(work)


def _check(name: str, chosen_name: str, password: str) -> None:
    problem = name_problem(name)
    if problem:
        raise Unacceptable("sign_in_name", problem)
    if len(chosen_name) > 80:
        raise Unacceptable("chosen_name", "long")
    if has_hidden_signs(chosen_name):
        raise Unacceptable("chosen_name", "characters")
    problem = password_problem(password, (name, chosen_name), common_passwords())
    if problem:
        raise Unacceptable("password", problem)


@cache
def common_passwords() -> frozenset[str]:
    """Common words and passwords, French and English, without accents, one a line."""
    text = files("elearn").joinpath("services/common-passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split("\n") if line and not line.startswith("#"))


@cache
def _nobody() -> str:
    return generate_password_hash(secrets.token_urlsafe(16), METHOD)


def count_sessions(person: int, at: dt.datetime) -> int:
    with db.engine.connect() as connection:
        return connection.execute(
            select(func.count()).select_from(SignIn).where(SignIn.person_id == person, SignIn.expires_at > at)
        ).scalar_one()
