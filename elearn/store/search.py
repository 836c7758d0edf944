"""The passages of an edition: which sections hold words, and which units have none yet. No rule lives here.

Plain LIKE over words that core.search made alike, so that SQLite and PostgreSQL find the same.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, and_, case, literal, or_, select

from elearn.core.course import Unit, load
from elearn.core.search import FORM, WHOLE_UP_TO
from elearn.store.editions import AT_ONCE, Document, EditionEntry, Passage

_OF_TODAY = Passage.words.like(f"{FORM}|%")

Found = tuple[str, str, str, str, int]
"""Course, unit, language and section that hold all the words, and how many of them its title holds."""


def find(connection: Connection, edition: int, languages: Sequence[str], words: Sequence[str]) -> list[Found]:
    """The sections of an edition, drafts too, that hold every word, in no order: one statement. Words as
    `core.search.asked` gives them; none finds nothing."""
    if not words:
        return []
    # The longest first: it is the rarest, and what lacks it is not looked at for the others.
    held = [Passage.words.like(_pattern(word), escape="\\") for word in sorted(words, key=len, reverse=True)]
    in_title = [case((Passage.words.like(_pattern(word) + "|%", escape="\\"), 1), else_=0) for word in words]
    rows = connection.execute(
        select(EditionEntry.name, Passage.section, sum(in_title, literal(0)))
        .join(Passage, Passage.document == EditionEntry.hash)
        .where(EditionEntry.edition == edition)
        .where(or_(*(EditionEntry.name.like(f"unit/%/{lang}") for lang in languages)))
        .where(and_(*held))
    )
    return [(*_place(name), section, hits) for name, section, hits in rows]


def without_passages(connection: Connection, edition: int, most: int) -> dict[str, Unit]:
    """Units of an edition, by hash, that cannot be searched yet, or only by earlier rules; so many at most."""
    made = select(Passage.section).where(Passage.document == EditionEntry.hash, _OF_TODAY)
    rows = connection.execute(
        select(Document.hash, Document.body)
        .join(EditionEntry, EditionEntry.hash == Document.hash)
        .where(EditionEntry.edition == edition, EditionEntry.name.like("unit/%"), ~made.exists())
        .limit(most)
    )
    return {digest: load(Unit, body) for digest, body in rows}


def with_passages(connection: Connection, documents: Iterable[str]) -> set[str]:
    """Those of some documents that can be searched by the rules of today."""
    wanted, found = sorted(documents), set[str]()
    for start in range(0, len(wanted), AT_ONCE):
        some = Passage.document.in_(wanted[start : start + AT_ONCE])
        found |= set(connection.execute(select(Passage.document).where(some, _OF_TODAY).distinct()).scalars())
    return found


def _pattern(word: str) -> str:
    """A short word whole, a longer one where a word begins with it."""
    literally = "".join(f"\\{sign}" if sign in "\\%_" else sign for sign in word)
    return f"% {literally}%" if len(word) > WHOLE_UP_TO else f"% {literally} %"


def _place(name: str) -> tuple[str, str, str]:
    _unit, course, unit, lang = name.split("/")
    return course, unit, lang
