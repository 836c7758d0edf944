"""Multiple choice: all or nothing, or (right ticked - wrong ticked) / right."""

import pytest

from elearn.core.questions import KINDS
from elearn.core.questions.base import Arrangement, Key
from tests.core.questions.good import MULTIPLE, Fields, answered, asked, marked, refused


@pytest.mark.parametrize(
    ("posted", "response"),
    [
        ({"answer": ["2", "0"]}, [0, 2]),
        ({"answer": ["2", "2"]}, [2]),
    ],
)
def test_what_is_posted_becomes_source_positions(posted: Fields, response: list[int]) -> None:
    assert answered(MULTIPLE, posted) == response


@pytest.mark.parametrize(
    ("posted", "code"),
    [
        ({}, "empty"),
        ({"answer": ["0"] * 10_000}, "too_many"),
        ({"answer": ["0", "x"]}, "unknown_position"),
    ],
)
def test_what_cannot_be_an_answer_says_why(posted: Fields, code: str) -> None:
    assert refused(MULTIPLE, posted) == code


@pytest.mark.parametrize(
    ("response", "fraction"),
    [
        ([0, 2], 1),
        ([0], 0.5),
        ([0, 1], 0),
        ([0, 1, 2], 0.5),
        ([1], 0),
    ],
)
def test_marks(response: list[int], fraction: float) -> None:
    mark = marked(MULTIPLE, response)

    assert mark.fraction == fraction and mark.right == (fraction == 1)


def test_positions_in_the_form_are_those_shown() -> None:
    assert answered(MULTIPLE, {"answer": ["0", "1"]}, Arrangement((2, 0, 1))) == [0, 2]


def test_all_or_nothing_unless_the_question_says_so() -> None:
    assert asked(MULTIPLE)[1].partial
    assert KINDS["multiple_choice"].mark(Key("multiple_choice", (0, 2)), [0]).fraction == 0
