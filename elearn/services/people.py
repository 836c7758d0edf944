"""Deeds of an admin on somebody's account: make it, hand over a link, open its file, suspend, change its role, take a
lost second factor away, note that its person asks for erasure. Never one's own account, never the last admin.

Each deed is logged and told to its person, who sees it as news and by mail where they chose that.
"""

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.core.passwords import has_hidden_signs, name_problem, shown_name, sign_in_key
from elearn.core.permissions import ROLES
from elearn.services import audit, factor, links, outbox, passwords, sessions, transaction
from elearn.services.accounts import Unacceptable
from elearn.services.audit import By
from elearn.services.erasure import CHANGE_OF_MIND
from elearn.services.forms import first_time
from elearn.store.accounts import Person


class Refused(Exception):
    """A deed that may not be. `code`: `self` (one's own account), `last` (the last admin), `closed`, `role`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def create(name: str, chosen_name: str, role: str, locale: str, by: By) -> str:
    """Make an account whose password is random and nowhere kept; its uid. Unacceptable as for sign-up."""
    chosen_name = shown_name(chosen_name) or shown_name(name)
    _check(name, chosen_name, role)
    hashed = passwords.hash_password(secrets.token_urlsafe(32))

    def work(tx: Session) -> str:
        key = sign_in_key(name)
        values = {"sign_in_name": shown_name(name), "sign_in_key": key, "chosen_name": chosen_name, "role": role}
        values |= {"locale": locale, "password_hash": hashed}
        if not transaction.add_once(tx, Person, **values, created_at=by.at, demo=False):
            raise Unacceptable("sign_in_name", "taken")
        uid = tx.execute(select(Person.uid).where(Person.sign_in_key == key)).scalar_one()
        audit.record(tx, by, "account made", uid, to=role)
        return uid

    return transaction.run(work)


def hand_over(uid: str, lasts: dt.timedelta, form: str, by: By) -> str | None:
    """A token that signs this person in once; None where this very form was sent before: its link is not shown twice.

    `form`: idempotency key. LookupError for an unknown uid; Refused for a closed account or one's own.
    """

    def work(tx: Session, person: Any) -> str | None:
        if person.deactivated_at is not None:
            raise Refused("closed")
        actor = tx.execute(select(Person.id).where(Person.uid == by.uid)).scalar_one()
        if first_time(tx, actor, form, "link", by.at) is not None:
            return None
        audit.record(tx, by, "link handed over", uid, minutes=int(lasts.total_seconds() // 60))
        _notify(tx, person.id, by)
        return links.make_within(tx, person.id, "link", by.at, lasts)

    token: str | None = _on(uid, by, work)
    return token


def look_at(uid: str, by: By) -> None:
    """Note that a file is opened; its person sees it. LookupError for an unknown uid, Refused for one's own."""
    _on(uid, by, lambda tx, _person: audit.record(tx, by, "file looked at", uid))


def suspend(uid: str, by: By) -> None:
    """Close sign-in and end every session; nothing is deleted. Nothing happens where that is so already."""

    def work(tx: Session, person: Any) -> None:
        if person.deactivated_at is None:
            _keep_an_admin(tx, person)
            _set(tx, person, by, "suspended", deactivated_at=by.at)
            sessions.end_all(tx, person.id)

    _on(uid, by, work)


def reopen(uid: str, by: By) -> None:
    def work(tx: Session, person: Any) -> None:
        if person.deactivated_at is not None:
            _set(tx, person, by, "reopened", deactivated_at=None)

    _on(uid, by, work)


def change_role(uid: str, role: str, by: By) -> None:
    """Sessions end: rights need a new sign-in."""
    if role not in ROLES:
        raise Refused("role")

    def work(tx: Session, person: Any) -> None:
        if person.role != role:
            _keep_an_admin(tx, person)
            _set(tx, person, by, "role changed", {"to": role, "was": person.role}, role=role)
            sessions.end_all(tx, person.id)

    _on(uid, by, work)


def remove_factor(uid: str, by: By) -> None:
    """Take away a second factor that its person lost: they sign in with the password alone, and may add another."""

    def work(tx: Session, person: Any) -> None:
        if factor.remove_within(tx, person.id, uid, by, _link()):
            sessions.end_all(tx, person.id)

    _on(uid, by, work)


def ask_erasure(uid: str, by: By) -> None:
    """The person asked to be erased: in seven days, during which they, or an admin, may take it back."""

    def work(tx: Session, person: Any) -> None:
        if person.erase_at is None:
            _keep_an_admin(tx, person)
            _set(tx, person, by, "erasure asked", erase_at=by.at + CHANGE_OF_MIND)

    _on(uid, by, work)


def keep(uid: str, by: By) -> None:
    """Take the request for erasure back."""

    def work(tx: Session, person: Any) -> None:
        if person.erase_at is not None:
            _set(tx, person, by, "erasure withdrawn", erase_at=None)

    _on(uid, by, work)


def _on(uid: str, by: By, work: Callable[[Session, Any], Any]) -> Any:
    def whole(tx: Session) -> Any:
        columns = Person.id, Person.uid, Person.role, Person.deactivated_at, Person.erase_at
        person = tx.execute(select(*columns).where(Person.uid == uid).with_for_update()).first()
        if person is None:
            raise LookupError(uid)
        if person.uid == by.uid:
            raise Refused("self")
        return work(tx, person)

    return transaction.run(whole)


def _set(tx: Session, person: Any, by: By, deed: str, facts: dict[str, Any] | None = None, **values: Any) -> None:
    if values:
        tx.execute(update(Person).where(Person.id == person.id).values(**values))
    audit.record(tx, by, deed, person.uid, **(facts or {}))
    _notify(tx, person.id, by)


def _keep_an_admin(tx: Session, person: Any) -> None:
    """Refused where no other admin could still sign in. Locks them: of two who close each other, one is refused."""
    if person.role != "admin":
        return
    able = select(Person.id).where(
        Person.role == "admin", Person.deactivated_at.is_(None), Person.erase_at.is_(None), Person.id != person.id
    )
    if not tx.execute(able.order_by(Person.id).with_for_update()).scalars().all():
        raise Refused("last")


def _notify(tx: Session, person: int, by: By) -> None:
    outbox.put(tx, person, "notice", by.at, {"link": _link()})


def _link() -> str:
    base = str(current_app.config["ELEARN"].base_url)
    return f"{base}/accounts/" if base else ""


def _check(name: str, chosen_name: str, role: str) -> None:
    problem = name_problem(name)
    if problem:
        raise Unacceptable("sign_in_name", problem)
    if len(chosen_name) > 80:
        raise Unacceptable("chosen_name", "long")
    if has_hidden_signs(chosen_name):
        raise Unacceptable("chosen_name", "characters")
    if role not in ROLES:
        raise Unacceptable("role", "unknown")
