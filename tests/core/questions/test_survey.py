"""Survey: what is chosen is kept, nothing is marked."""

import pytest

from elearn.core.questions import KINDS
from elearn.core.questions.base import Arrangement
from tests.core.questions.good import SURVEY, Fields, answered, asked, marked, refused
from tests.core.sample import GOOD, UNIT, build

KIND = KINDS["survey"]


@pytest.mark.parametrize(
    ("posted", "response"), [({"answer": ["0"]}, [0]), ({"answer": ["2"]}, [2]), ({"answer": ["1", "1"]}, [1])]
)
def test_what_is_posted_becomes_source_positions(posted: Fields, response: list[int]) -> None:
    assert answered(SURVEY, posted) == response
    assert answered(SURVEY, {"answer": ["0"]}, Arrangement((1, 0, 2))) == [1]


@pytest.mark.parametrize(
    ("posted", "code"),
    [({}, "empty"), ({"answer": ["3"]}, "unknown_position"), ({"answer": ["0", "1"]}, "too_many")],
)
def test_what_cannot_be_an_answer_says_why(posted: Fields, code: str) -> None:
    assert refused(SURVEY, posted) == code


@pytest.mark.parametrize("response", [[0], [1], [2]])
def test_nothing_is_right_nor_wrong(response: list[int]) -> None:
    prompt, _ = asked(SURVEY)

    assert not KIND.scored and prompt.points == 0
    assert marked(SURVEY, response).fraction == 0 and marked(SURVEY, response).parts == ()


def test_square_boxes_take_several_and_say_what_was_written_of_the_chosen() -> None:
    text = (
        GOOD[UNIT]
        .replace("- ( ) Sur papier.", "- [ ] Sur papier.\n  > Le papier se garde.")
        .replace("- ( ) À l", "- [ ] À l")
    )
    made = build({UNIT: text.replace("- ( ) Autrement", "- [ ] Autrement")})
    unit = made.units["reperes", "parler", "fr"]
    prompt, key = unit.prompt(SURVEY), unit.keys[SURVEY]

    assert [problem.code for problem in made.problems] == ["E151"], "the translation has round boxes"
    assert prompt and prompt.several and prompt.fixed == (2,)
    assert KIND.read(prompt, {"answer": ["1", "0"]}, Arrangement((0, 1, 2))) == [0, 1]
    said = KIND.explain(key, [0, 1], KIND.mark(key, [0, 1])).remarks
    assert [(one.position, one.feedback) for one in said] == [(0, b"<p>Le papier se garde.</p>")]
