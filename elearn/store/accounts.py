"""People, their sign-ins, ways back in and second factor: tables, and the one query that tells who is asking."""

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, ForeignKey, LargeBinary, String, bindparam, func, select, true
from sqlalchemy.orm import Mapped, mapped_column

from elearn.core.codes import BYTES, code_from_random
from elearn.core.passwords import search_key
from elearn.store.audit import AuditEntry
from elearn.store.base import Care, Model, Moment
from elearn.store.editions import Edition

ACCOUNT = Care(
    "account",
    "personal",
    "contract: the account asked for",
    "until erased; {keep} after the last visit at most, after two notices",
    "yes",
    "deleted",
    keep_days=730,
)
UID = replace(ACCOUNT, erasure="kept in the log: random, it names nobody once the account is gone")
NO_SECRET = "no: a secret protects the account"  # noqa: S105 - words
SECRET = Care("secret", "secret", "security", "as long as the account", NO_SECRET, "deleted")
SESSION = Care(
    "session",
    "secret",
    "security",
    "until signed out, 12 hours, or 30 days where asked; then {keep} at most",
    NO_SECRET,
    "deleted",
    keep_days=1,
)
DEVICE = Care("session", "personal", "security", "as long as the session", "yes", "deleted")
LINK = Care("link", "secret", "security", "until it ends; then {keep} at most", NO_SECRET, "deleted", keep_days=1)


def new_uid() -> str:
    return code_from_random(secrets.token_bytes(BYTES))


def _search_key(context: Any) -> str:
    row = context.get_current_parameters()
    return search_key(row["sign_in_name"], row["chosen_name"])


class Person(Model):
    """Someone with an account. The sign-in name need not be real; no address is asked."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True, info=ACCOUNT("tells rows of one person apart"))
    uid: Mapped[str] = mapped_column(
        String(26),
        unique=True,
        default=new_uid,
        info=UID("128 random bits: names the person in addresses, logs and journals"),
    )
    sign_in_name: Mapped[str] = mapped_column(String(64), info=ACCOUNT("the name typed to sign in, as written"))
    sign_in_key: Mapped[str] = mapped_column(
        String(64), unique=True, info=ACCOUNT("the same name without case or accents' forms, to find it")
    )
    chosen_name: Mapped[str] = mapped_column(String(80), info=ACCOUNT("how the site addresses the person"))
    password_hash: Mapped[str] = mapped_column(String(255), info=SECRET("checks the password; scrypt"))
    role: Mapped[str] = mapped_column(String(16), info=ACCOUNT("what the person may do"))
    locale: Mapped[str] = mapped_column(String(8), info=ACCOUNT("language of the pages"))
    search_key: Mapped[str] = mapped_column(
        String(160), default=_search_key, info=ACCOUNT("both names without accents or case, for the list of people")
    )
    demo: Mapped[bool] = mapped_column(default=False, info=ACCOUNT("made for a trial on this machine only"))
    created_at: Mapped[dt.datetime] = mapped_column(Moment, info=ACCOUNT("when the account was made"))
    deactivated_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=ACCOUNT("when sign-in was closed"))
    seen_at: Mapped[dt.datetime | None] = mapped_column(
        Moment, index=True, info=ACCOUNT("last sign-in: the time of an account left alone counts from here")
    )
    inactivity_notices: Mapped[int] = mapped_column(default=0, info=ACCOUNT("notices sent before that"))
    told_up_to: Mapped[int] = mapped_column(default=0, info=ACCOUNT("last entry about the account that was shown"))
    erase_at: Mapped[dt.datetime | None] = mapped_column(
        Moment, index=True, info=ACCOUNT("when the account will be erased, as its person asked")
    )
    reminders: Mapped[bool] = mapped_column(
        default=True, server_default=true(), info=ACCOUNT("reminds of attestations that will end")
    )


class SignIn(Model):
    """A session on one device. The cookie holds the token; only its SHA-256 is kept here."""

    __tablename__ = "sign_in"

    id: Mapped[str] = mapped_column(String(64), primary_key=True, info=SESSION("SHA-256 of the cookie's token"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, info=SESSION("whose session it is")
    )
    created_at: Mapped[dt.datetime] = mapped_column(Moment, info=DEVICE("when the person signed in"))
    expires_at: Mapped[dt.datetime] = mapped_column(Moment, index=True, info=DEVICE("when the session ends by itself"))
    seen_at: Mapped[dt.datetime] = mapped_column(Moment, info=DEVICE("last sign of life, to within minutes"))
    confirmed_at: Mapped[dt.datetime] = mapped_column(Moment, info=SESSION("when a secret was last given here"))
    stays: Mapped[bool] = mapped_column(default=False, info=DEVICE("asked to stay signed in on this device"))
    door: Mapped[str] = mapped_column(String(16), info=DEVICE("how they came in: password, link, code, invitation"))
    factor_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=SESSION("when the second factor was given"))
    device: Mapped[str] = mapped_column(String(80), info=DEVICE("browser and system in words, to tell devices apart"))


class SignInLink(Model):
    """A secret address that works once: it signs in, sets a password anew or proves a mail address.

    Only the SHA-256 of its token is kept. `purpose`: link, reset or verify.
    """

    __tablename__ = "sign_in_link"

    id: Mapped[str] = mapped_column(String(64), primary_key=True, info=LINK("SHA-256 of the link's token"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, info=LINK("whom the link is for")
    )
    purpose: Mapped[str] = mapped_column(String(16), info=LINK("what it may do"))
    about: Mapped[str] = mapped_column(String(64), default="", info=LINK("keyed hash of the address it proves"))
    created_at: Mapped[dt.datetime] = mapped_column(Moment, info=LINK("when the link was made"))
    expires_at: Mapped[dt.datetime] = mapped_column(Moment, index=True, info=LINK("until when it works"))
    used_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=LINK("when it was used: it works once"))


class RecoveryCode(Model):
    """One of the codes that a person printed: 120 random bits, used once. Only its SHA-256 is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[str] = mapped_column(String(64), primary_key=True, info=SECRET("SHA-256 of the code"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, info=SECRET("whose code it is")
    )
    made_at: Mapped[dt.datetime] = mapped_column(Moment, info=SECRET("when it was made"))
    used_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=SECRET("when it was used: it works once"))


class SecondFactor(Model):
    """A secret shared with an authenticator (TOTP, RFC 6238), sealed with its person's key."""

    __tablename__ = "second_factor"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, info=SECRET("whose it is")
    )
    key_id: Mapped[str] = mapped_column(String(36), info=SECRET("which data key seals it"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SECRET("the secret, AES-256-GCM"))
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=SECRET("when a first code proved it"))
    last_step: Mapped[int] = mapped_column(default=0, info=SECRET("time step of the last code: none works twice"))


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking, read in one statement. `edition`: number of the newest one, None where nothing is published.

    `news`: entries about the account that its person has not been shown. `factor`: has a second factor, confirmed.
    """

    id: int
    uid: str
    chosen_name: str
    role: str
    locale: str
    erase_at: dt.datetime | None
    sign_in: str
    signed_in_at: dt.datetime
    ends_at: dt.datetime
    seen_at: dt.datetime
    confirmed_at: dt.datetime
    stays: bool
    door: str
    factor_at: dt.datetime | None
    factor: bool
    news: int
    edition: int | None

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return str(self.id)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


IDLE = dt.timedelta(minutes=60)
"""Without a sign of life for so long, a session has ended, unless its person asked to stay signed in there."""

_VIEWER = (
    select(
        Person.id,
        Person.uid,
        Person.chosen_name,
        Person.role,
        Person.locale,
        Person.erase_at,
        SignIn.id,
        SignIn.created_at,
        SignIn.expires_at,
        SignIn.seen_at,
        SignIn.confirmed_at,
        SignIn.stays,
        SignIn.door,
        SignIn.factor_at,
        SecondFactor.confirmed_at.is_not(None).label("factor"),
        select(func.count())
        .where(AuditEntry.subject == Person.uid, AuditEntry.told, AuditEntry.id > Person.told_up_to)
        .scalar_subquery(),
        select(func.max(Edition.number)).scalar_subquery(),
    )
    .join(Person, Person.id == SignIn.person_id)
    .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
    .where(
        SignIn.id == bindparam("id"),
        SignIn.expires_at > bindparam("at", type_=Moment),
        SignIn.stays | (SignIn.seen_at > bindparam("idle", type_=Moment)),
        Person.deactivated_at.is_(None),
    )
)


def viewer(connection: Connection, token: str, at: dt.datetime) -> Viewer | None:
    """The person behind a cookie's token, or None: unknown, ended or closed sessions are all alike."""
    row: Any = connection.execute(_VIEWER, {"id": token_hash(token), "at": at, "idle": at - IDLE}).first()
    return None if row is None else Viewer(*row)


def own_account(connection: Connection, person: int) -> Any:
    """What only the account page shows: sign_in_name, created_at, told_up_to."""
    columns = Person.sign_in_name, Person.created_at, Person.told_up_to
    return connection.execute(select(*columns).where(Person.id == person)).one()


def reminded(connection: Connection, person: int) -> bool:
    """Does this person want to be reminded before an attestation ends?"""
    return bool(connection.execute(select(Person.reminders).where(Person.id == person)).scalar())
