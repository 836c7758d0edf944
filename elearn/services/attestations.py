"""Deeds on attestations. `issue` is the only function that issues one, whatever asks for it."""

import contextlib
import datetime as dt
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.orm import Session

from elearn.core.attestations import Attested, Holder, IdentityFact, Issuer, Snapshot, Title, build, canonical, digest
from elearn.core.codes import BYTES, code_from_random
from elearn.core.completion import course_progress, facts_from_state
from elearn.core.course import Unit
from elearn.core.credentials import end_of
from elearn.core.drawing import sitting
from elearn.core.printed_names import LONGEST, LONGEST_WORD, clean_name, heaped, unprintable
from elearn.services import audit, credentials, issuers, learning, outbox, pdf, transaction
from elearn.services.audit import By
from elearn.services.credentials import Signed
from elearn.services.forms import first_time
from elearn.store.accounts import Person
from elearn.store.attestations import Attestation, Holding, ShareLink, held_one
from elearn.store.base import db
from elearn.store.editions import Published, read_edition
from elearn.store.learning import Enrolment, Progress

LONGEST_LABEL = 80
MOST_LINKS = 20
"""Open links of one attestation: enough for a long search for work, few enough to look over."""

RENEWABLE = dt.timedelta(days=90)
"""So long before its end an attestation may be renewed: when the first reminder is sent."""

Chance = Callable[[int], bytes]


class NotEnrolled(Exception):
    """The person does not follow this course."""


class _Meanwhile(Exception):
    """What was read has changed: read again."""


class NotComplete(Exception):
    """The course's rule does not hold yet."""


class NotApproved(Exception):
    """The course's attestations are issued after someone has looked: the name is confirmed, and the rest follows."""


class TooManyLinks(Exception):
    """Every place for an open link is taken: one must be closed first."""


class UnprintableName(Exception):
    """`code`: empty, long, marks or signs; `signs`: those that no font of the paper has."""

    def __init__(self, code: str, signs: tuple[str, ...] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.signs = signs


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for an attestation of which course, when, and the name to print. `secret` keys the draw of questions;
    `address`: the site's, from which the issuer's is made. `by`: who issues, where it is not the holder alone."""

    person: int
    course: str
    printed_name: str
    locale: str
    at: dt.datetime
    secret: bytes
    address: str
    by: By | None = None


def issue(asked: Request, edition: Published, chance: Chance = secrets.token_bytes) -> str:
    """The id of the attestation: a new one where the rule holds, the one already issued otherwise.

    The rule is the one of the edition in which it first held: completion survives later editions. NotEnrolled,
    NotComplete, UnprintableName; NotApproved where the course wants someone to look first and only the holder asks.
    """
    held = _edition_of(asked, edition)
    course = edition.courses.get(asked.course) or held.courses.get(asked.course)
    if course is not None and course.issue == "approval" and asked.by is None:
        raise NotApproved
    return _issue(asked, held, chance)


def renew(asked: Request, former: str, edition: Published, chance: Chance = secrets.token_bytes) -> str:
    """The id of a new attestation in the place of `former`, which runs to its end. The course must be complete as it
    stands today, so whatever it gained since is done too. NotComplete; LookupError where it is not the person's own or
    its end is not near (`may_renew`)."""
    with db.engine.connect() as connection:
        row = held_one(connection, asked.person, former)
    if row is None or not may_renew(row, asked.at):
        raise LookupError(former)
    return _issue(asked, edition, chance, former)


def may_renew(row: Any, at: dt.datetime) -> bool:
    """From ninety days before its end on, and after it; only once, and never one that is revoked or will be."""
    ends = row.valid_until
    return (
        row.state == "active"
        and not row.reason
        and row.enrolment_id is not None
        and ends is not None
        and ends - at <= RENEWABLE
    )


def _issue(asked: Request, held: Published, chance: Chance, former: str | None = None) -> str:
    name = printable_name(asked.printed_name)
    link, salt = code_from_random(chance(BYTES)), chance(BYTES)
    while True:
        with db.engine.connect() as connection:
            row = _enrolment(connection, asked)
            issuer = issuers.issuer_of(connection, held.site, asked.person, asked.course)
        if row is None:
            raise NotEnrolled
        if row.attestation_id not in (None, former):
            return str(row.attestation_id)
        snapshot = _snapshot(asked, row, held, issuer, name, salt)
        made = credentials.prepare(snapshot, issuer.slug, asked.address, asked.at)
        with contextlib.suppress(_Meanwhile, credentials.PlaceTaken):
            return transaction.run(partial(_store, asked, row, issuer, snapshot, made, link, former))


def printable_name(typed: str) -> str:
    """The name as it will be printed. UnprintableName where it cannot be: at issue it would be too late to say so."""
    name = clean_name(typed)
    if not any(sign.isalpha() for sign in name):
        raise UnprintableName("empty")
    if len(name) > LONGEST or max(map(len, name.split())) > LONGEST_WORD:
        raise UnprintableName("long")
    if heaped(name):
        raise UnprintableName("marks")
    if not pdf.covers(name):
        raise UnprintableName("signs", unprintable(name, pdf.covers))
    return name


@dataclass(frozen=True, slots=True)
class Shown:
    """What an address shows. `name`: whole, else masked; `details`: units, competencies, and the rule's words."""

    title: Title = "real"
    name: bool = False
    details: bool = True
    label: str = ""
    ends: dt.datetime | None = None


def open_link(person: int, attestation: str, shown: Shown, form: str, at: dt.datetime) -> None:
    """One more address. LookupError where the attestation is not the person's, TooManyLinks."""

    def work(tx: Session) -> None:
        _own(tx, person, attestation)
        if first_time(tx, person, form, "share link", at) is not None:
            return
        count = select(func.count()).where(ShareLink.attestation_id == attestation, ShareLink.closed_at.is_(None))
        if tx.execute(count).scalar_one() >= MOST_LINKS:
            raise TooManyLinks
        _add_link(tx, attestation, code_from_random(secrets.token_bytes(BYTES)), shown, at)

    transaction.run(work)


def close_link(person: int, attestation: str, code: str, at: dt.datetime) -> None:
    """Close an address for good; closing it twice changes nothing. The attestation itself stands."""

    def work(tx: Session) -> None:
        _own(tx, person, attestation)
        tx.execute(
            update(ShareLink)
            .where(ShareLink.attestation_id == attestation, ShareLink.code == code, ShareLink.closed_at.is_(None))
            .values(closed_at=at)
        )

    transaction.run(work)


def _enrolment(tx: Session | Connection, asked: Request, lock: bool = False) -> Any:
    chosen = (
        select(
            Enrolment.id,
            Enrolment.created_at,
            Enrolment.identity_by,
            Enrolment.identity_at,
            Progress.state,
            Progress.updated_at,
            Progress.completed_at,
            Progress.completed_edition,
            Holding.attestation_id,
        )
        .join(Progress, Progress.enrolment_id == Enrolment.id)
        .outerjoin(Holding, Holding.enrolment_id == Enrolment.id)
        .where(Enrolment.person_id == asked.person, Enrolment.course == asked.course)
    )
    return tx.execute(chosen.with_for_update(of=[Enrolment, Progress]) if lock else chosen).first()


def _edition_of(asked: Request, newest: Published) -> Published:
    """The edition in which the rule first held; it never changes. Read before the transaction: an edition is large."""
    first = select(Progress.completed_edition).join(Enrolment, Progress.enrolment_id == Enrolment.id)
    with db.engine.connect() as connection:
        number = connection.execute(
            first.where(Enrolment.person_id == asked.person, Enrolment.course == asked.course)
        ).scalar()
        return newest if number in (None, newest.number) else read_edition(connection, number)


def _snapshot(asked: Request, row: Any, held: Published, issuer: Issuer, name: str, salt: bytes) -> Snapshot:
    course = held.courses.get(asked.course)
    if course is None:
        raise NotEnrolled
    drawn = {
        name: sitting(unit, "") if unit.exam else unit
        for name, unit in learning.drawn_units(held, course, asked.secret, asked.person).items()
    }
    progress = course_progress(course, drawn, facts_from_state(row.state))
    if not progress.complete:
        raise NotComplete
    source = held.site.source_language
    units = {unit: _languages(held, asked.course, unit) | {source: drawn[unit]} for unit in progress.counted}
    completed = row.completed_at or asked.at
    identity = IdentityFact(row.identity_by, row.identity_at.date()) if row.identity_at else None
    holder = Holder(name, asked.locale, row.created_at.date(), completed.date(), asked.at.date(), identity)
    return build(Attested(held.site, course, units, progress, held.number, issuer), holder, salt)


def _languages(edition: Published, course: str, unit: str) -> dict[str, Unit]:
    return {lang: one for (where, name, lang), one in edition.units.items() if (where, name) == (course, unit)}


def _store(
    asked: Request,
    read: Any,
    issuer: Issuer,
    snapshot: Snapshot,
    made: list[Signed],
    link: str,
    former: str | None,
    tx: Session,
) -> str:
    """What was signed is stored only if nothing it says has changed since it was read."""
    row = _enrolment(tx, asked, lock=True)
    if row is None or (row.attestation_id in (None, former) and row.updated_at != read.updated_at):
        raise _Meanwhile
    if row.attestation_id not in (None, former):
        return str(row.attestation_id)
    attestation = str(uuid.uuid4())
    if former:
        tx.execute(update(Holding).where(Holding.attestation_id == former).values(enrolment_id=None))
    common = {"id": attestation, "issuer": issuer.slug, "issued_at": asked.at, "renews": former}
    tx.execute(insert(Attestation).values(**common, **_columns(snapshot)))
    tx.execute(insert(Holding).values(attestation_id=attestation, person_id=asked.person, enrolment_id=row.id))
    credentials.store(tx, attestation, made, asked.at)
    _add_link(tx, attestation, link, Shown(), asked.at)
    if asked.by is not None:
        tell(tx, asked.person, asked.by, "attestation issued", attestation)
    return attestation


def tell(tx: Session, person: int, by: By, deed: str, attestation: str, **facts: Any) -> None:
    """Log a deed on someone's attestation and write them a notice, as part of the deed."""
    uid = tx.execute(select(Person.uid).where(Person.id == person)).scalar_one()
    audit.record(tx, by, deed, uid, attestation=attestation, **facts)
    outbox.put(tx, person, "notice", by.at)


def _columns(snapshot: Snapshot) -> dict[str, Any]:
    body, until = canonical(snapshot), snapshot.valid_until
    return {
        "kind": snapshot.kind,
        "state": "active",
        "locale": snapshot.locale,
        "printed_name": snapshot.printed_name,
        "facts": body,
        "digest": digest(body),
        "valid_until": end_of(until) if until else None,
    }


def _add_link(tx: Session, attestation: str, code: str, shown: Shown, at: dt.datetime) -> None:
    shows = {"title": shown.title, "name": shown.name, "details": shown.details}
    label = " ".join(shown.label.split())[:LONGEST_LABEL]
    common = {"code": code, "attestation_id": attestation, "made_at": at}
    tx.execute(insert(ShareLink).values(**common, label=label, shows=shows, expires_at=shown.ends))


def _own(tx: Session, person: int, attestation: str) -> None:
    """LookupError unless the person holds it; locks the row, so that two forms at once are one after the other."""
    found = select(Holding.attestation_id).where(Holding.person_id == person, Holding.attestation_id == attestation)
    if tx.execute(found.with_for_update()).scalar() is None:
        raise LookupError(attestation)
