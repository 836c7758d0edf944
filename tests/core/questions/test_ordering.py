"""Ordering: the item at each place."""

import pytest

from elearn.core.questions import KINDS
from elearn.core.questions.base import Arrangement, Key
from tests.core.questions.good import ORDER, Fields, answered, marked, refused


@pytest.mark.parametrize(
    ("posted", "response"),
    [
        ({"place-0": ["2"], "place-1": ["0"], "place-2": ["1"]}, [1, 2, 0]),
        ({"place-0": ["0"], "place-1": [""], "place-2": [""]}, [0, -1, -1]),
    ],
)
def test_what_is_posted_becomes_source_positions(posted: Fields, response: list[int]) -> None:
    assert answered(ORDER, posted) == response


@pytest.mark.parametrize(
    ("posted", "code"),
    [
        ({}, "empty"),
        ({"place-0": ["1"], "place-1": ["1"]}, "place_taken_twice"),
        ({"place-0": ["1", "2"]}, "too_many"),
        ({"place-0": ["3"]}, "unknown_position"),
    ],
)
def test_what_cannot_be_an_answer_says_why(posted: Fields, code: str) -> None:
    assert refused(ORDER, posted) == code


@pytest.mark.parametrize(
    ("response", "fraction"),
    [
        ([0, 1, 2], 1),
        ([0, 2, 1], 0),
        ([-1, 1, 2], 0),
    ],
)
def test_marks(response: list[int], fraction: float) -> None:
    mark = marked(ORDER, response)

    assert mark.fraction == fraction and mark.right == (fraction == 1)


def test_positions_in_the_form_are_those_shown() -> None:
    posted = {"place-0": ["0"], "place-1": ["1"], "place-2": ["2"]}

    assert answered(ORDER, posted, Arrangement((2, 0, 1))) == [2, 0, 1]


def test_partial_is_the_share_in_place() -> None:
    key = Key("ordering", (0, 1, 2), partial=True)

    assert KINDS["ordering"].mark(key, [0, 2, 1]).fraction == pytest.approx(1 / 3)
    assert KINDS["ordering"].mark(key, [0, 2, 1]).parts == (True, False, False)
