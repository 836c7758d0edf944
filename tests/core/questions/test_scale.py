"""Scale: one label of a few, from low to high, never marked."""

import pytest

from elearn.core.questions import KINDS
from elearn.core.questions.base import arrange
from tests.core.questions.good import SCALE, Fields, answered, asked, marked, refused

KIND = KINDS["scale"]


@pytest.mark.parametrize("seed", [b"a", b"b", b"c", b"d"])
def test_labels_are_always_shown_from_low_to_high(seed: bytes) -> None:
    prompt, _ = asked(SCALE)

    assert arrange(prompt, seed).items == (0, 1, 2)


def test_it_works() -> None:
    prompt, key = asked(SCALE)

    assert answered(SCALE, {"answer": ["2"]}) == [2]
    assert not KIND.scored and prompt.points == 0 and marked(SCALE, [2]).fraction == 0
    assert KIND.explain(key, [2], marked(SCALE, [2])).remarks == ()


@pytest.mark.parametrize(
    ("posted", "code"),
    [({}, "empty"), ({"answer": ["3"]}, "unknown_position"), ({"answer": ["0", "1"]}, "too_many")],
)
def test_what_cannot_be_an_answer_says_why(posted: Fields, code: str) -> None:
    assert refused(SCALE, posted) == code
