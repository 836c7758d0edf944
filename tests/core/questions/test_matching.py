"""Matching: the target of each item."""

import pytest

from elearn.core.questions import KINDS
from elearn.core.questions.base import Arrangement, Key
from tests.core.questions.good import PAIRS, Fields, answered, marked, refused


@pytest.mark.parametrize(
    ("posted", "response"),
    [
        ({"pair-0": ["2"], "pair-1": ["1"]}, [2, 1]),
        ({"pair-1": ["1"]}, [-1, 1]),
        ({"pair-0": ["1"], "pair-1": ["1"]}, [1, 1]),
    ],
)
def test_what_is_posted_becomes_source_positions(posted: Fields, response: list[int]) -> None:
    assert answered(PAIRS, posted) == response


@pytest.mark.parametrize(
    ("posted", "code"),
    [
        ({}, "empty"),
        ({"pair-0": ["3"]}, "unknown_position"),
        ({"pair-9": ["0"]}, "empty"),
        ({"pair-0": ["0", "1"]}, "too_many"),
    ],
)
def test_what_cannot_be_an_answer_says_why(posted: Fields, code: str) -> None:
    assert refused(PAIRS, posted) == code


@pytest.mark.parametrize(
    ("response", "fraction"),
    [
        ([0, 1], 1),
        ([0, 2], 0),
        ([-1, 1], 0),
    ],
)
def test_marks(response: list[int], fraction: float) -> None:
    mark = marked(PAIRS, response)

    assert mark.fraction == fraction and mark.right == (fraction == 1)


def test_positions_in_the_form_are_those_shown() -> None:
    assert answered(PAIRS, {"pair-0": ["1"], "pair-1": ["2"]}, Arrangement((1, 0), (2, 1, 0))) == [0, 1]


def test_partial_is_the_share_of_pairs() -> None:
    assert KINDS["matching"].mark(Key("matching", (0, 1), partial=True), [0, -1]).fraction == 0.5
