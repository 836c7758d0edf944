"""People and their sign-ins: tables, and the one query that tells who is asking."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, ForeignKey, String, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.base import Care, Model, Moment
from elearn.store.editions import Edition

ACCOUNT = Care("personal", "contract: the account asked for", "as long as the account", "yes", "deleted")
SECRET = Care("secret", "security", "as long as the account", "no: a secret protects the account", "deleted")
SESSION = Care("secret", "security", "12 hours, or until signed out", "no: a secret protects the account", "deleted")


class Person(Model):
    """Someone with an account. The sign-in name need not be real; no address is asked."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True, info=ACCOUNT("tells rows of one person apart"))
    sign_in_name: Mapped[str] = mapped_column(String(64), info=ACCOUNT("the name typed to sign in, as written"))
    sign_in_key: Mapped[str] = mapped_column(
        String(64), unique=True, info=ACCOUNT("the same name without case or accents' forms, to find it")
    )
    chosen_name: Mapped[str] = mapped_column(String(80), info=ACCOUNT("how the site addresses the person"))
    password_hash: Mapped[str] = mapped_column(String(255), info=SECRET("checks the password; scrypt"))
    role: Mapped[str] = mapped_column(String(16), info=ACCOUNT("what the person may do"))
    locale: Mapped[str] = mapped_column(String(8), info=ACCOUNT("language of the pages"))
    demo: Mapped[bool] = mapped_column(default=False, info=ACCOUNT("made for a trial on this machine only"))
    created_at: Mapped[dt.datetime] = mapped_column(Moment, info=ACCOUNT("when the account was made"))
    deactivated_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=ACCOUNT("when sign-in was closed"))


class SignIn(Model):
    """A session on one device. The cookie holds the token; only its SHA-256 is kept here."""

    __tablename__ = "sign_in"

    id: Mapped[str] = mapped_column(String(64), primary_key=True, info=SESSION("SHA-256 of the cookie's token"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, info=SESSION("whose session it is")
    )
    created_at: Mapped[dt.datetime] = mapped_column(Moment, info=SESSION("when the person signed in"))
    expires_at: Mapped[dt.datetime] = mapped_column(Moment, info=SESSION("when the session ends by itself"))


class SignInLink(Model):
    """A link that signs one person in once. Only its SHA-256 is kept."""

    __tablename__ = "sign_in_link"

    id: Mapped[str] = mapped_column(String(64), primary_key=True, info=SESSION("SHA-256 of the link's token"))
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), index=True, info=SESSION("whom the link signs in")
    )
    created_at: Mapped[dt.datetime] = mapped_column(Moment, info=SESSION("when the link was made"))
    expires_at: Mapped[dt.datetime] = mapped_column(Moment, info=SESSION("until when it works"))
    used_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=SESSION("when it was used: it works once"))


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking, read in one statement. `edition`: number of the newest one, None where nothing is published."""

    id: int
    chosen_name: str
    role: str
    locale: str
    sign_in: str
    edition: int | None

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        return str(self.id)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


_VIEWER = (
    select(
        Person.id,
        Person.chosen_name,
        Person.role,
        Person.locale,
        SignIn.id,
        select(func.max(Edition.number)).scalar_subquery(),
    )
    .join(Person, Person.id == SignIn.person_id)
    .where(
        SignIn.id == bindparam("id"), SignIn.expires_at > bindparam("at", type_=Moment), Person.deactivated_at.is_(None)
    )
)


def viewer(connection: Connection, token: str, at: dt.datetime) -> Viewer | None:
    """The person behind a cookie's token, or None: unknown, ended or closed sessions are all alike."""
    row = connection.execute(_VIEWER, {"id": token_hash(token), "at": at}).first()
    return None if row is None else Viewer(*row)
