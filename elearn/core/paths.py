"""The map of a scenario, for who writes it: its steps numbered as they are reached, and where each choice leads.

Pure, and linear in the number of choices: a step is told once, however many paths go through it. It reads the key, so
that it is never part of a page for people who answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from elearn.core.questions.base import Html, Key, Prompt


@dataclass(frozen=True, slots=True)
class Way:
    """A choice. `to`: the number of the step it leads to; `back`: one from which this step can be reached again."""

    words: Html
    to: int
    back: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """A step. `number`: from 1, the nearest to the beginning first. `came_from`: numbers of the steps that lead here;
    `shortest`: those of a shortest path from the beginning, this one included. `worth`: of an ending; `best`: none is
    worth more."""

    number: int
    title: Html
    ways: tuple[Way, ...]
    came_from: tuple[int, ...]
    shortest: tuple[int, ...]
    worth: float = 0.0
    best: bool = False

    @property
    def ending(self) -> bool:
        return not self.ways


def paths(prompt: Prompt, key: Key) -> tuple[Stop, ...]:
    """Every step that can be reached, in the order of its number; none where this is no scenario."""
    if not key.leads or len(key.leads) != len(prompt.steps):
        return ()
    before = _nearest_first(key.leads)
    numbers = {step: number for number, step in enumerate(before, 1)}
    most = max(key.worth, default=0.0)
    return tuple(
        Stop(
            number=numbers[step],
            title=prompt.steps[step].title,
            ways=tuple(
                Way(words, numbers[to], step in _reached(key.leads, to))
                for words, to in zip(prompt.steps[step].choices, key.leads[step], strict=True)
            ),
            came_from=tuple(numbers[one] for one in before if step in key.leads[one]),
            shortest=tuple(numbers[one] for one in _back(before, step)),
            worth=key.worth[step],
            best=not key.leads[step] and most > 0 and key.worth[step] == most,
        )
        for step in before
    )


def _nearest_first(leads: Sequence[Sequence[int]]) -> dict[int, int]:
    """Each step that can be reached -> the one it is first reached from (itself for the first), nearest first."""
    before, waiting = {0: 0}, [0]
    for step in waiting:
        for to in leads[step]:
            if to not in before:
                before[to] = step
                waiting.append(to)
    return before


def _back(before: dict[int, int], step: int) -> list[int]:
    way = [step]
    while before[way[-1]] != way[-1]:
        way.append(before[way[-1]])
    return way[::-1]


def _reached(leads: Sequence[Sequence[int]], begin: int) -> set[int]:
    found, waiting = {begin}, [begin]
    while waiting:
        for to in leads[waiting.pop()]:
            if to not in found:
                found.add(to)
                waiting.append(to)
    return found
