"""The map of a scenario: each step once, numbered from the beginning, with where it comes from and leads to."""

import time

import pytest

from elearn.core.paths import Stop, Way, paths
from elearn.core.questions.base import Key, Prompt, Step
from tests.core.questions.good import asked


def scenario(*leads: tuple[int, ...], worth: dict[int, float] | None = None) -> tuple[Prompt, Key]:
    """Steps named by their position; the choice from 0 to 2 says "0-2"."""
    steps = tuple(
        Step(f"e{n}", b"%d" % n, choices=tuple(b"%d-%d" % (n, to) for to in lead)) for n, lead in enumerate(leads)
    )
    points = tuple((worth or {}).get(n, 0.0) for n in range(len(leads)))
    return Prompt("s", "scenario", "fr", b"S", steps=steps), Key("scenario", leads=leads, worth=points)


def test_the_scenario_of_the_sample() -> None:
    begin, hard, good = paths(*asked("confidence"))

    assert [(way.to, way.back) for way in begin.ways] == [(2, False), (3, False)]
    assert (begin.ending, begin.came_from, begin.shortest, begin.best) == (False, (), (1,), False)
    assert (hard.ending, hard.came_from, hard.worth, hard.best) == (True, (1,), 0.0, False)
    assert (good.ending, good.shortest, good.worth, good.best) == (True, (1, 3), 2.0, True)
    assert b"cadre" in good.title


def test_a_step_that_several_lead_to_is_told_once_and_loops_are_said() -> None:
    """0 goes to 1 or 3; 1 back to 0 or on to 2; 3 to 2: the ending 2 is reached from both."""
    found = paths(*scenario((1, 3), (0, 2), (), (2,), worth={2: 1.0}))

    assert [stop.title for stop in found] == [b"0", b"1", b"3", b"2"]
    assert found[1] == Stop(2, b"1", (Way(b"1-0", 1, True), Way(b"1-2", 4, False)), (1,), (1, 2))
    assert found[0].ways == (Way(b"0-1", 2, True), Way(b"0-3", 3, False)) and found[0].came_from == (2,)
    assert (found[3].came_from, found[3].shortest) == ((2, 3), (1, 2, 4))


@pytest.mark.parametrize(
    ("leads", "worth", "best"),
    [
        (((1, 2), (), ()), {}, []),
        (((1, 2), (), ()), {1: 1.0}, [b"1"]),
        (((1, 2), (), ()), {1: 1.0, 2: 1.0}, [b"1", b"2"]),
        (((1,), (1, 2), ()), {2: 3.0}, [b"2"]),
    ],
)
def test_the_best_endings(leads: tuple[tuple[int, ...], ...], worth: dict[int, float], best: list[bytes]) -> None:
    assert [stop.title for stop in paths(*scenario(*leads, worth=worth)) if stop.best] == best


def test_a_choice_that_stays_where_it_is_goes_back() -> None:
    (step, ending) = paths(*scenario((0, 1), ()))
    assert step.ways[0].back and step.came_from == (1,) and ending.shortest == (1, 2)


def test_what_is_no_scenario_has_no_map() -> None:
    assert paths(*asked("qui-decide")) == () and paths(*scenario()) == ()


def test_the_longest_scenario_costs_little() -> None:
    every = tuple(range(90, 100))
    begun = time.process_time()
    assert len(paths(*scenario(*((n + 1, *every[:9]) for n in range(99)), ()))) == 100
    assert time.process_time() - begun < 1
