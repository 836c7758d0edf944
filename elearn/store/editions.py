"""Published editions: immutable documents under their SHA-256, and the current edition held in memory.

An edition is a number and a list of names with the hash of a document each: `site`, `course/<id>`,
`unit/<course>/<unit>/<lang>` (compiled records), `source/<path>` (the files as they were written) and `media/<name>`
(what its pages show and play). Of a medium a document only says its name: the file lies in the instance.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from sqlalchemy import Connection, Engine, ForeignKey, LargeBinary, String, Text, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from elearn.core.adoption import Adoption, adopted, closed
from elearn.core.course import Course, Site, Unit, load
from elearn.store.base import PUBLISHED, Care, Model, Moment

LOOK_AGAIN = 1.0
"""Seconds for which a process trusts its edition before it asks the database for a newer number."""


WHO = Care(
    "content",
    "internal",
    "running the site",
    "as long as the account",
    "no: it tells about a text of the site, not about the person",
    "the edition stays, without the person",
)


class Document(Model):
    __tablename__ = "document"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True, info=PUBLISHED("SHA-256 of the body"))
    body: Mapped[bytes] = mapped_column(LargeBinary, info=PUBLISHED("a compiled record or a source file"))


class Edition(Model):
    __tablename__ = "edition"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, info=PUBLISHED("order of publication"))
    published_at: Mapped[dt.datetime] = mapped_column(Moment, info=PUBLISHED("when it was published"))
    format: Mapped[int] = mapped_column(info=PUBLISHED("stored form of the compiled records"))
    renderer: Mapped[str] = mapped_column(String(64), info=PUBLISHED("hash of the code that compiled it"))
    made_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), info=WHO("who published it from the pages, if anyone did")
    )
    note: Mapped[str] = mapped_column(String(300), default="", info=PUBLISHED("what changed, in the author's words"))
    restores: Mapped[int | None] = mapped_column(info=PUBLISHED("the earlier edition it brings back"))


class KeyChange(Model):
    """A published question whose key changed, and what was decided for the answers given before.

    `decision`: keep (answers stay as they were marked), remark (marked again, only upward) or cancel (the question
    counts as right for whoever had answered it). `reached`: the last enrolment seen, so that the work resumes.
    """

    __tablename__ = "key_change"

    edition: Mapped[int] = mapped_column(
        ForeignKey("edition.number"), primary_key=True, info=PUBLISHED("the edition that brought the change")
    )
    question: Mapped[str] = mapped_column(
        String(200), primary_key=True, info=PUBLISHED("the question: course/unit/question")
    )
    decision: Mapped[str] = mapped_column(String(10), info=PUBLISHED("keep, remark or cancel"))
    reached: Mapped[int] = mapped_column(default=0, info=PUBLISHED("the last enrolment that was looked at"))
    done_at: Mapped[dt.datetime | None] = mapped_column(Moment, info=PUBLISHED("when all were looked at"))


class EditionEntry(Model):
    __tablename__ = "edition_entry"

    edition: Mapped[int] = mapped_column(
        ForeignKey("edition.number"), primary_key=True, info=PUBLISHED("the edition it belongs to")
    )
    name: Mapped[str] = mapped_column(String(400), primary_key=True, info=PUBLISHED("what the document is"))
    hash: Mapped[str] = mapped_column(ForeignKey("document.hash"), index=True, info=PUBLISHED("which document"))


class Passage(Model):
    """A section as search reads it: its words without accents, marks or inclusive endings (core.search)."""

    __tablename__ = "passage"

    document: Mapped[str] = mapped_column(
        ForeignKey("document.hash"), primary_key=True, info=PUBLISHED("the unit as it was compiled, by hash")
    )
    section: Mapped[str] = mapped_column(String(64), primary_key=True, info=PUBLISHED("which section of it"))
    words: Mapped[str] = mapped_column(Text, info=PUBLISHED("its words, made alike for search"))


@dataclass(frozen=True)
class Published:
    """One edition, compiled, as pages use it: its courses as this site has adopted them. `hashes`: document of each
    unit by (course, unit, lang). `closed`: units, by (course, unit), that wait here for a reading before they open."""

    number: int
    published_at: dt.datetime
    site: Site
    courses: dict[str, Course] = field(default_factory=dict)
    units: dict[tuple[str, str, str], Unit] = field(default_factory=dict)
    hashes: dict[tuple[str, str, str], str] = field(default_factory=dict)
    closed: frozenset[tuple[str, str]] = frozenset()

    def unit(self, course: str, unit: str, lang: str) -> Unit | None:
        """The unit in `lang`, else in the source language, whatever its status."""
        return self.units.get((course, unit, lang)) or self.units.get((course, unit, self.site.source_language))

    def shown_units(self, course: Course, lang: str, drafts: bool = False) -> list[Unit]:
        """The units of a course that trainees see, in order; drafts too when asked (preview, trainers)."""
        found = (self.unit(course.id, unit, lang) for unit in course.units)
        return [unit for unit in found if unit is not None and (drafts or unit.status == "published")]

    def source_units(self, course: Course) -> dict[str, Unit]:
        """The units that count, in the source language: scoring never reads a translation."""
        return {unit.id: unit for unit in self.shown_units(course, self.site.source_language)}


def newest(connection: Connection) -> int | None:
    return connection.execute(select(func.max(Edition.number))).scalar()


def renderer_of(connection: Connection, number: int) -> str | None:
    return connection.execute(select(Edition.renderer).where(Edition.number == number)).scalar()


def entries(connection: Connection, number: int) -> dict[str, str]:
    rows = connection.execute(select(EditionEntry.name, EditionEntry.hash).where(EditionEntry.edition == number))
    return dict(list(rows))


def read_edition(connection: Connection, number: int) -> Published:
    """Load one edition whole: two statements, whatever its size."""
    published_at = connection.execute(select(Edition.published_at).where(Edition.number == number)).scalar_one()
    rows = connection.execute(
        select(EditionEntry.name, EditionEntry.hash, Document.body)
        .join(Document, Document.hash == EditionEntry.hash)
        .where(EditionEntry.edition == number, EditionEntry.name.not_like("source/%"))
        .where(EditionEntry.name.not_like("media/%"))
    ).all()
    bodies = {name: (digest, body) for name, digest, body in rows}
    result = Published(number, published_at, load(Site, bodies["site"][1]))
    for name, (digest, body) in bodies.items():
        what, _, rest = name.partition("/")
        if what == "course":
            result.courses[rest] = load(Course, body)
        elif what == "unit":
            unit = load(Unit, body)
            result.units[unit.course, unit.id, unit.lang] = unit
            result.hashes[unit.course, unit.id, unit.lang] = digest
    return result


def written(connection: Connection) -> Iterator[bytes]:
    """The text of every unit that was ever published, each once, as it was written."""
    names = EditionEntry.name.like("source/%.md")
    hashes = select(EditionEntry.hash).where(names).distinct()
    yield from connection.execute(select(Document.body).where(Document.hash.in_(hashes))).scalars()


def sources(connection: Connection, number: int) -> dict[str, bytes]:
    """The files that an edition was made from: path -> bytes."""
    rows = connection.execute(
        select(EditionEntry.name, Document.body)
        .join(Document, Document.hash == EditionEntry.hash)
        .where(EditionEntry.edition == number, EditionEntry.name.like("source/%"))
    )
    return {name.removeprefix("source/"): body for name, body in rows}


def last_seen(connection: Connection, lang: str) -> list[Unit]:
    """Each unit ever published, in `lang`, as people last saw it: its newest document that is not a draft, else its
    newest one. So a unit that is withdrawn, or left out for a while, still holds its questions to what they were."""
    newest_of = func.max(EditionEntry.edition)
    rows = connection.execute(
        select(EditionEntry.name, EditionEntry.hash)
        .where(EditionEntry.name.like(f"unit/%/{lang}"))
        .group_by(EditionEntry.name, EditionEntry.hash)
        .order_by(EditionEntry.name, newest_of.desc())
    )
    digests: dict[str, list[str]] = {}
    for name, digest in rows:
        digests.setdefault(name, []).append(digest)
    found = {}
    while digests:
        wanted = {name: left.pop(0) for name, left in digests.items()}
        units = _units(connection, set(wanted.values()))
        for name, digest in wanted.items():
            if units[digest].status == "published" or name not in found:
                found[name] = units[digest]
        digests = {name: left for name, left in digests.items() if left and found[name].status != "published"}
    return list(found.values())


def forms_of(connection: Connection, course: str, unit: str, number: int) -> Iterator[dict[str, Unit]]:
    """A unit by language as edition `number` has it, then as each one before had it; what did not differ, once."""
    rows = connection.execute(
        select(EditionEntry.edition, EditionEntry.name, EditionEntry.hash)
        .where(EditionEntry.name.like(f"unit/{course}/{unit}/%"), EditionEntry.edition <= number)
        .order_by(EditionEntry.edition.desc(), EditionEntry.name)
    ).all()
    by_edition: dict[int, dict[str, str]] = {}
    for row in rows:
        by_edition.setdefault(row.edition, {})[row.name.rpartition("/")[2]] = row.hash
    before: dict[str, str] = {}
    for named in by_edition.values():
        if named != before:
            units = _units(connection, set(named.values()))
            yield {lang: units[digest] for lang, digest in named.items()}
        before = named


def source_language(connection: Connection, number: int) -> str:
    """The language in which the units of an edition are marked."""
    body = connection.execute(
        select(Document.body)
        .join(EditionEntry, Document.hash == EditionEntry.hash)
        .where(EditionEntry.edition == number, EditionEntry.name == "site")
    ).scalar_one()
    return load(Site, body).source_language


AT_ONCE = 500


def _units(connection: Connection, digests: set[str]) -> dict[str, Unit]:
    found, wanted = {}, sorted(digests)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        for digest, body in connection.execute(select(Document.hash, Document.body).where(Document.hash.in_(some))):
            found[digest] = load(Unit, body)
    return found


class Shelf:
    """The edition this process serves, and a small cache of older documents.

    A newer number seen by any request replaces it; where nobody told, the database is asked at most once a second.
    With the database down, the last edition stays.
    """

    def __init__(
        self,
        engine: Callable[[], Engine],
        adopted: Callable[[], Mapping[str, Adoption]] = dict,
        hold: bool = False,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        """`adopted`: what this site vouches for, the same object until it changes. `hold`: are units kept closed that
        must be read first?"""
        self._engine = engine
        self._adopted = adopted
        self._hold = hold
        self._shown: tuple[Published, Mapping[str, Adoption], Published] | None = None
        self._tick = tick
        self._held: Published | None = None
        self._asked = float("-inf")
        self._lock = threading.Lock()
        self.document = lru_cache(maxsize=64)(self._document)

    def current(self, number: int | None = None) -> Published | None:
        """The newest edition; `number` is the newest one that the caller has just read, if it has."""
        if number is None and self._tick() - self._asked >= LOOK_AGAIN:
            number = self._ask()
        if number is not None and (self._held is None or self._held.number < number):
            with self._lock, self._engine().connect() as connection:
                if self._held is None or self._held.number < number:
                    self._held = read_edition(connection, number)
        return self._as_adopted(self._held) if self._held else None

    def _as_adopted(self, held: Published) -> Published:
        known, made = self._adopted(), self._shown
        if made is None or made[0] is not held or made[1] is not known:
            courses = {name: adopted(one, known, held.site.source_language) for name, one in held.courses.items()}
            waiting = {(name, unit) for name, one in courses.items() for unit in closed(one)} if self._hold else ()
            made = (held, known, replace(held, courses=courses, closed=frozenset(waiting)))
            self._shown = made
        return made[2]

    def _ask(self) -> int | None:
        self._asked = self._tick()
        try:
            with self._engine().connect() as connection:
                return newest(connection)
        except DBAPIError:
            if self._held is None:
                raise
            return None

    def _document(self, digest: str) -> Unit | None:
        with self._engine().connect() as connection:
            body = connection.execute(select(Document.body).where(Document.hash == digest)).scalar()
            known = connection.execute(
                select(EditionEntry.name).where(EditionEntry.hash == digest, EditionEntry.name.like("unit/%")).limit(1)
            ).scalar()
        return load(Unit, body) if body is not None and known is not None else None

    def unit_document(self, digest: str) -> Unit | None:
        """The compiled unit that a form was made from, from memory where it is current."""
        held = self._held
        if held is not None:
            for place, known in held.hashes.items():
                if known == digest:
                    return held.units[place]
        return self.document(digest) if len(digest) == 64 else None
