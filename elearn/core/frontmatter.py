"""The header of a unit: from the lines between two `---` to a checked record. Flat, strict, French or English keys."""

import datetime
import re
from dataclasses import dataclass, field

from elearn.core.fields import Fields
from elearn.core.source import Source
from elearn.core.strict_yaml import read

KEYS = {
    "id": ("id",),
    "title": ("titre", "title"),
    "summary": ("resume", "summary"),
    "duration": ("duree", "duration"),
    "competencies": ("competences", "competencies"),
    "prerequisites": ("prerequis", "prerequisites"),
    "authors": ("auteurs", "authors"),
    "reviewers": ("relecteurs", "reviewers"),
    "translators": ("traducteurs", "translators"),
    "licence": ("licence", "license"),
    "status": ("statut", "status"),
    "reviewed_on": ("relu_le", "reviewed_on"),
    "content_note": ("avertissement", "content_note"),
    "pass_mark": ("seuil", "pass_mark"),
    "shuffle": ("melanger", "shuffle"),
    "confidence": ("confiance", "confidence"),
    "exam": ("examen", "exam"),
    "sittings": ("tentatives", "attempts"),
}

STATUSES = {
    "brouillon": "draft",
    "draft": "draft",
    "relecture": "review",
    "review": "review",
    "publie": "published",
    "published": "published",
}
OWN = ("title", "summary", "content_note", "translators")
"""What a translation says for itself; everything else comes from the source."""

_FENCE = re.compile(r"---[ \t]*")
_REVIEW_DAYS = 731


@dataclass(frozen=True, slots=True)
class FrontMatter:
    id: str = ""
    title: str = ""
    summary: str = ""
    minutes: int = 0
    competencies: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    translators: tuple[str, ...] = ()
    licence: str = ""
    status: str = "draft"
    reviewed_on: str = ""
    content_note: str = ""
    pass_mark: int | None = None
    shuffle: bool = True
    confidence: bool = False
    exam: bool = False
    sittings: int | None = None
    body: int = 0
    """Line (from 0) where the text begins."""
    closed: bool = True
    """False where the header never ends, so that nothing can be told from it."""
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Where each key's value stands, by canonical name, and each listed id."""
    written: dict[str, str] = field(default_factory=dict)
    """The spelling used for each key."""


def front_matter(source: Source, today: datetime.date, translation: bool = False) -> FrontMatter:
    """The header of a unit, with every problem told to `source`."""
    start, end, body = _bounds(source)
    fields = Fields(source, read(source, start, end) if end > start else None, KEYS)
    fields.place = (1, 1)
    required = ("title",) if translation else ("id", "title", "duration", "authors", "licence")
    if not any(problem.code == "E100" and problem.params.get("variant") != "tab" for problem in source.problems):
        fields.require(*required, shown={name: KEYS[name][translation] for name in required if len(KEYS[name]) > 1})
    front = FrontMatter(
        id=fields.identity(),
        title=fields.text("title"),
        summary=fields.text("summary"),
        minutes=fields.minutes("duration"),
        competencies=fields.texts("competencies"),
        prerequisites=fields.texts("prerequisites"),
        authors=fields.texts("authors"),
        reviewers=fields.texts("reviewers"),
        translators=fields.texts("translators"),
        licence=fields.licence("licence"),
        status=fields.choice("status", STATUSES, "draft"),
        reviewed_on=fields.date("reviewed_on"),
        content_note=fields.text("content_note"),
        pass_mark=fields.number("pass_mark", 0, 100),
        shuffle=fields.boolean("shuffle", True),
        confidence=fields.boolean("confidence", False),
        exam=fields.boolean("exam", False),
        sittings=fields.number("sittings", 1, 99),
        body=body,
        closed=body < len(source.lines) or not source.text,
        places={name: fields.at(name) for name in fields.spelling}
        | fields.places("competencies")
        | fields.places("prerequisites"),
        written=dict(fields.spelling),
    )
    if is_stale(front, today):
        fields.refuse("reviewed_on", "W107")
    return front


def is_stale(front: FrontMatter, today: datetime.date) -> bool:
    """Was it read over too long ago? (W107)"""
    on = front.reviewed_on
    return bool(on) and (today - datetime.date.fromisoformat(on)).days > _REVIEW_DAYS


def contradictions(source: Source, front: FrontMatter, original: FrontMatter) -> None:
    """E106 for each key of a translation that says something else than its source."""
    for name, written in front.written.items():
        attribute = "minutes" if name == "duration" else name
        own, other = getattr(front, attribute), getattr(original, attribute)
        if name not in OWN and (own or own is False) and own != other:
            shown = ", ".join(map(str, other)) if isinstance(other, tuple) else other
            source.report("E106", *front.places[name], variant="contradicts", key=written, source=shown, value=own)


def _bounds(source: Source) -> tuple[int, int, int]:
    """First and last line (exclusive) of the header, and the first line of the text."""
    lines = source.lines
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if not _FENCE.fullmatch(lines[first]):
        return 0, 0, 0
    for number, line in enumerate(lines[first + 1 :], first + 1):
        if _FENCE.fullmatch(line) or line.rstrip() == "...":
            return first + 1, number, number + 1
    source.report("E100", variant="open")
    return 0, 0, len(lines)
