"""True or false: 1 or 0."""

import pytest

from tests.core.questions.good import TRUTH, Fields, answered, asked, marked, refused


@pytest.mark.parametrize(
    ("posted", "response"),
    [
        ({"answer": ["0"]}, [0]),
        ({"answer": ["1"]}, [1]),
    ],
)
def test_what_is_posted_becomes_source_positions(posted: Fields, response: list[int]) -> None:
    assert answered(TRUTH, posted) == response


@pytest.mark.parametrize(
    ("posted", "code"),
    [
        ({}, "empty"),
        ({"answer": ["0", "1"]}, "too_many"),
        ({"answer": ["2"]}, "unknown_position"),
        ({"answer": ["faux"]}, "unknown_position"),
    ],
)
def test_what_cannot_be_an_answer_says_why(posted: Fields, code: str) -> None:
    assert refused(TRUTH, posted) == code


@pytest.mark.parametrize(
    ("response", "fraction"),
    [
        ([0], 1),
        ([1], 0),
    ],
)
def test_marks(response: list[int], fraction: float) -> None:
    mark = marked(TRUTH, response)

    assert mark.fraction == fraction and mark.right == (fraction == 1)


def test_a_safety_question_must_be_right() -> None:
    assert asked(TRUTH)[0].must_pass
