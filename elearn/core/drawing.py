"""The draw: which questions of a unit's pools one person is asked. The same seed always gives the same questions.

Each question has a rank of its own for each seed, so that one added or taken away moves at most one other. Pure.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from elearn.core.course import Pool, Prose, Unit
from elearn.core.questions.base import Prompt

NOT_IN_EXAMS = frozenset({"reflection", "survey", "scale", "scenario"})


def drawn(unit: Unit, seed: str) -> Unit:
    """The unit with each pool replaced by its heading and the questions drawn, in the order they were written.

    A unit without pools is given back as it is. Visitors have the empty seed: the same questions for all.
    """
    return _drawn(_Same(unit), seed) if has_pools(unit) else unit


def sitting(unit: Unit, seed: str, before: Collection[str] = ()) -> Unit:
    """The unit with each pool replaced by the questions of one sitting of an exam, in the order they were written.

    Those that must be right are always asked, and count in the draw. `before`: ids asked in earlier sittings; the
    others come first. Kinds that are not marked, or not in one go, are left out: they are no part of an exam.
    """

    def choose(pool: Pool) -> list[Prompt]:
        fit = [prompt for prompt in _ranked(pool, seed) if _in_exams(prompt)]
        ranked = sorted(fit, key=lambda prompt: (not prompt.must_pass, prompt.id in before))
        must = sum(prompt.must_pass for prompt in ranked)
        return ranked[: max(pool.draw, must)]

    asked = _replaced(unit, choose)
    sections = (
        replace(
            section,
            blocks=tuple(block for block in section.blocks if not isinstance(block, Prompt) or _in_exams(block)),
        )
        for section in asked.sections
    )
    return replace(asked, sections=tuple(sections))


def undrawn(unit: Unit) -> Unit:
    """The unit with every question of its pools, for who writes them."""
    sections = tuple(
        replace(
            section,
            blocks=tuple(replace(one, draw=len(one.open)) if isinstance(one, Pool) else one for one in section.blocks),
        )
        for section in unit.sections
    )
    return drawn(replace(unit, sections=sections), "")


def has_pools(unit: Unit) -> bool:
    return any(isinstance(block, Pool) for section in unit.sections for block in section.blocks)


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A unit known by being the very same one: to compare two word for word would cost more than to draw."""

    unit: Unit

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.unit is self.unit

    def __hash__(self) -> int:
        return id(self.unit)


@lru_cache(maxsize=1024)
def _drawn(same: _Same, seed: str) -> Unit:
    """One page needs a person's draw twice, and their next page again."""
    return _replaced(same.unit, lambda pool: _ranked(pool, seed)[: pool.draw])


def _replaced(unit: Unit, choose: Callable[[Pool], list[Prompt]]) -> Unit:
    if not has_pools(unit):
        return unit
    sections = (
        replace(section, blocks=tuple(block for one in section.blocks for block in _blocks(one, choose)))
        if section.pools
        else section
        for section in unit.sections
    )
    return replace(unit, sections=tuple(sections))


def _blocks(block: Pool | Prompt | Prose, choose: Callable[[Pool], list[Prompt]]) -> Iterator[Prompt | Prose]:
    if not isinstance(block, Pool):
        yield block
        return
    if block.html:
        yield Prose(block.html, block.lang)
    chosen = {prompt.id for prompt in choose(block)}
    yield from (prompt for prompt in block.prompts if prompt.id in chosen)


def _ranked(pool: Pool, seed: str) -> list[Prompt]:
    return sorted(pool.open, key=lambda prompt: _rank(seed, pool.id, prompt.id))


def _in_exams(prompt: Prompt) -> bool:
    return not prompt.retired and prompt.kind not in NOT_IN_EXAMS


def _rank(seed: str, pool: str, question: str) -> bytes:
    return hashlib.sha256(f"{seed}:{pool}:{question}".encode()).digest()
