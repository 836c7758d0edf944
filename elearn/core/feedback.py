"""What comes after an answer that is not right yet: what to reread, what to try again, what one was sure of.

Pure: it reads published records and facts, and decides nothing about what counts (core.completion does).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from elearn.core.completion import UNSCORED, Answered, Facts
from elearn.core.course import Prose, Section, Unit
from elearn.core.questions.base import Posted, Prompt, UnreadableResponse

SURE = 3
"""The highest of the three levels of confidence: an answer given with it that is not right is looked at first."""


@dataclass(frozen=True, slots=True)
class Reread:
    """A place to reread: a section, or from a block of it on where the question stands further down in the same one."""

    unit: str
    section: str
    block: int | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A question that counts and is not right yet; `answered` where it was tried."""

    unit: str
    section: str
    prompt: Prompt
    answered: Answered | None

    @property
    def believed(self) -> bool:
        """Was the last answer given by someone quite sure of it?"""
        return self.answered is not None and self.answered.sure >= SURE


def confidence(prompt: Prompt, posted: Posted) -> int:
    """How sure someone says they are of an answer, from 1 to 3; 0 where nothing was said or nothing was asked.

    UnreadableResponse: unknown_position.
    """
    values = [value for value in posted.get("confidence", ()) if value]
    if not prompt.confidence or not values:
        return 0
    if len(values) > 1 or values[0] not in ("1", "2", "3"):
        raise UnreadableResponse("unknown_position")
    return int(values[0])


def open_questions(unit: Unit, facts: Facts) -> tuple[Open, ...]:
    """Those of a unit, as the person is asked it, that are not right yet, in order. An exam is sat, not practised."""
    if unit.exam:
        return ()
    answers = facts.answers.get(unit.id, {})
    return tuple(
        Open(unit.id, section.id, prompt, answers.get(prompt.id))
        for section in unit.sections
        for prompt in section.prompts
        if prompt.kind not in UNSCORED
        and prompt.points > 0
        and (prompt.id not in answers or answers[prompt.id].best < 1.0)
    )


def to_reread(units: Mapping[str, Unit], asked: Unit, question: str) -> tuple[Reread, ...]:
    """Where to look again before another try, the first the best.

    `units`: those of the course that the person may read, by id, with their pools; `asked`: the unit as the person is
    asked it. What the author named; else the text of this section that stands before the question; else the nearest
    earlier section that has some. Names that lead nowhere are left out.
    """
    here = next((one for one in asked.sections if any(prompt.id == question for prompt in one.prompts)), None)
    if here is None:
        return ()
    prompt = next(one for one in here.prompts if one.id == question)
    named = tuple(_named(units, asked, prompt))
    if named:
        return named
    openings = _openings(units.get(asked.id, asked))
    before = here.blocks.index(prompt)
    for number in range(before - 1, -1, -1):
        if _readable(here.blocks[number], openings):
            return (Reread(asked.id, here.id, _first_of(here, number, openings)),)
    for section in reversed(asked.sections[: asked.sections.index(here)]):
        if not section.regions and any(_readable(block, openings) for block in section.blocks):
            return (Reread(asked.id, section.id),)
    return ()


def _named(units: Mapping[str, Unit], asked: Unit, prompt: Prompt) -> Iterator[Reread]:
    for name in dict.fromkeys(prompt.reread):
        unit, mark, section = name.partition("#")
        unit, section = (unit, section) if mark else (asked.id, unit)
        text = units.get(unit)
        if text is not None and text.section(section) is not None:
            yield Reread(unit, section)


def _first_of(section: Section, number: int, openings: frozenset[bytes]) -> int:
    """Where the text that ends with this block begins."""
    while number and _readable(section.blocks[number - 1], openings):
        number -= 1
    return number


def _openings(unit: Unit) -> frozenset[bytes]:
    """What stands before the questions of a pool: it introduces them and teaches nothing."""
    return frozenset(pool.html for section in unit.sections for pool in section.pools)


def _readable(block: object, openings: frozenset[bytes]) -> bool:
    return isinstance(block, Prose) and bool(block.html.strip()) and block.html not in openings
