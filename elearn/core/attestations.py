"""The document: every fact of an attestation on the day of issue, its canonical bytes, its state.

Pure: time and chance are arguments. The bytes stored at issue are the proof; nothing rebuilds them. A signed
credential is made from a `Snapshot` and adds nothing to it. No score, no date of birth, nothing about health.
"""

import calendar
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from pydantic import TypeAdapter

from elearn.core.completion import CourseProgress
from elearn.core.course import Course, Site, Text, Unit

FORMAT = 1
Kind = Literal["follow-up", "success"]
Title = Literal["real", "discreet"]


@dataclass(frozen=True, slots=True)
class UnitFact:
    """`questions`: how many count; `pass_mark`: percent, None where nothing counts; `must_pass`: those to get right."""

    id: str
    title: Text
    questions: int
    pass_mark: int | None
    must_pass: int


@dataclass(frozen=True, slots=True)
class CompetencyFact:
    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class ReviewFact:
    """A reading of the text by people of the field. `by` and `on` empty: still owed."""

    kind: Text
    by: str = ""
    on: str = ""

    @property
    def done(self) -> bool:
        return bool(self.by and self.on)


@dataclass(frozen=True, slots=True)
class ExamFact:
    """The final exam that was passed. `sittings`: how many were handed in; `aloud`: held with a trainer."""

    sittings: int
    aloud: bool


@dataclass(frozen=True, slots=True)
class IdentityFact:
    """Who saw a document that proves who the person is, and when."""

    by: str
    on: dt.date


@dataclass(frozen=True, slots=True)
class Earned:
    """Under which conditions, so that nobody reads more into the paper than there is."""

    online: bool = True
    supervised: bool = False
    open_book: bool = True
    tries_limited: bool = False
    identity_checked: bool = False
    questions_public: bool = True


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every fact, and nothing that points at a person's or a course's row. `minutes`: planned, by kind, not measured.

    `edition`: the one in which the rule first held. `exam`: None where the course has none. `salt`: random, so that the
    digest, which outlives the name, cannot be used to try names against it.
    """

    kind: Kind
    locale: str
    printed_name: str
    course: str
    title: Text
    discreet_title: Text
    issuer: Text
    issuer_site: str
    signatory: str
    minutes: Mapping[str, int]
    started_on: dt.date
    completed_on: dt.date
    issued_on: dt.date
    valid_until: dt.date | None
    units: tuple[UnitFact, ...]
    competencies: tuple[CompetencyFact, ...]
    reviews: tuple[ReviewFact, ...]
    edition: int
    rule: str
    salt: str
    earned: Earned = field(default_factory=Earned)
    exam: ExamFact | None = None
    role: Text = field(default_factory=dict)
    identity: IdentityFact | None = None
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues. `slug`: names it in its addresses, `site` for the site itself; `role`: the signatory's."""

    slug: str
    name: Text
    web: str = ""
    signatory: str = ""
    role: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attested:
    """What is attested: the course as the edition `edition` has it. `units`: those that count, by id and language."""

    site: Site
    course: Course
    units: Mapping[str, Mapping[str, Unit]]
    progress: CourseProgress
    edition: int
    issuer: Issuer


@dataclass(frozen=True, slots=True)
class Holder:
    """For whom and when. `name`: as it will be printed; `locale`: the paper's language."""

    name: str
    locale: str
    started_on: dt.date
    completed_on: dt.date
    issued_on: dt.date
    identity: IdentityFact | None = None


def build(what: Attested, holder: Holder, salt: bytes) -> Snapshot:
    course, units = what.course, tuple(_unit_fact(what, unit) for unit in what.progress.counted)
    return Snapshot(
        kind="success" if any(unit.pass_mark for unit in units) else "follow-up",
        locale=holder.locale,
        printed_name=holder.name,
        course=course.id,
        title=dict(course.title),
        discreet_title=dict(course.discreet_title),
        issuer=dict(what.issuer.name),
        issuer_site=what.issuer.web,
        signatory=what.issuer.signatory,
        minutes={kind: round(hours * 60) for kind, hours in course.rule.hours.items() if hours},
        started_on=holder.started_on,
        completed_on=holder.completed_on,
        issued_on=holder.issued_on,
        valid_until=add_months(holder.issued_on, course.valid_months) if course.valid_months else None,
        units=units,
        competencies=_competencies(what),
        reviews=tuple(ReviewFact(dict(review.kind), review.by, review.on) for review in course.reviews),
        edition=what.edition,
        rule=course.rule.version,
        salt=salt.hex(),
        earned=Earned(
            identity_checked=holder.identity is not None,
            questions_public=course.open,
            tries_limited=_limited(what),
        ),
        identity=holder.identity,
        exam=_exam_fact(what.progress),
        role={lang: words for lang, words in what.issuer.role.items() if words},
    )


def _exam_fact(progress: CourseProgress) -> ExamFact | None:
    sat = next((one.sat for unit in progress.counted if (one := progress.units[unit]).sat), None)
    return ExamFact(sat.tries, sat.aloud) if sat else None


def _limited(what: Attested) -> bool:
    return any(
        one.exam and one.sittings is not None for unit in what.progress.counted for one in what.units[unit].values()
    )


def _unit_fact(what: Attested, unit: str) -> UnitFact:
    progress, languages = what.progress.units[unit], what.units[unit]
    source = languages.get(what.site.source_language) or next(iter(languages.values()))
    must_pass = sum(prompt.must_pass for prompt in source.prompts)
    titles = {lang: one.title for lang, one in languages.items()}
    questions = len(source.prompts) if source.exam else progress.scored
    return UnitFact(unit, titles, questions, progress.pass_mark if progress.scored else None, must_pass)


def _competencies(what: Attested) -> tuple[CompetencyFact, ...]:
    known, found = what.site.competencies, dict[str, None]()
    for unit in what.progress.counted:
        found |= dict.fromkeys(name for one in what.units[unit].values() for name in one.competencies)
    return tuple(CompetencyFact(name, dict(known[name])) for name in found if name in known)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or that month's last day where it has fewer."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@cache
def _adapter() -> TypeAdapter[Snapshot]:
    return TypeAdapter(Snapshot)


def canonical(snapshot: Snapshot) -> bytes:
    """The same facts always give the same bytes: JSON, names sorted, no space, UTF-8, no fractional number.

    A course without an exam says nothing of one, as before there were exams; nor of a role or an identity check.
    """
    facts = _adapter().dump_python(snapshot, mode="json")
    for name in ("exam", "role", "identity"):
        if not facts[name]:
            del facts[name]
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def load(body: bytes) -> Snapshot:
    """A snapshot from stored bytes. pydantic's ValidationError where they are not of this shape."""
    return _adapter().validate_json(body)


def state(stored: str, valid_until: dt.datetime | None, at: dt.datetime) -> str:
    """What a reader is told: the stored state, but `expired` where an active one has run its time."""
    if stored == "active" and valid_until is not None and valid_until <= at:
        return "expired"
    return stored
