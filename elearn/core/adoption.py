"""Readings that a course owes, and the site's word that one was made: an admin adopts the text for this site. Pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from elearn.core.course import Course, ReaderReview, in_language


@dataclass(frozen=True, slots=True)
class Adoption:
    """`reader`, whose part is `role`, read the text on `on`; the site takes it for its own."""

    reader: str
    role: str
    on: str


def fingerprint(course: str, review: ReaderReview, lang: str) -> str:
    """What tells a reading apart, as 64 hex digits: the course, the kind of reader in the source language, the units. A
    reading that asks for someone else, or for more units, is owed anew."""
    said = [course, review.kind.get(lang, ""), sorted(review.units)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()


def adopted(course: Course, adoptions: Mapping[str, Adoption], lang: str) -> Course:
    """The course with the readings that this site vouches for. `adoptions`: by fingerprint. What its files say was read
    stays as they say it."""

    def told(review: ReaderReview) -> ReaderReview:
        found = None if review.by else adoptions.get(fingerprint(course.id, review, lang))
        return replace(review, by=f"{found.reader}, {found.role}", on=found.on) if found else review

    return replace(course, reviews=tuple(map(told, course.reviews))) if adoptions else course


def owed(course: Course, unit: str = "") -> Iterator[ReaderReview]:
    """The readings still owed to the course, or to one of its units."""
    for review in course.reviews:
        if not review.by and (not unit or not review.units or unit in review.units):
            yield review


def owed_to(course: Course, unit: str, lang: str) -> list[str]:
    """Who has not read this unit yet, in words."""
    return [in_language(review.kind, lang) for review in owed(course, unit)]


def closed(course: Course) -> frozenset[str]:
    """Units that wait for a reading that must come before they open."""
    return frozenset(
        unit for review in owed(course) if review.before_opening for unit in (review.units or course.units)
    )
