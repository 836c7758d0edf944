"""Single choice: one position, right or not."""

import pytest

from elearn.core.questions.base import Arrangement
from tests.core.questions.good import SINGLE, Fields, answered, asked, marked, refused
from tests.core.sample import GOOD, UNIT, build


@pytest.mark.parametrize(
    ("posted", "response"),
    [
        ({"answer": ["1"]}, [1]),
    ],
)
def test_what_is_posted_becomes_source_positions(posted: Fields, response: list[int]) -> None:
    assert answered(SINGLE, posted) == response


@pytest.mark.parametrize(
    ("posted", "code"),
    [
        ({}, "empty"),
        ({"answer": []}, "empty"),
        ({"answer": ["0", "1"]}, "too_many"),
        ({"answer": ["3"]}, "unknown_position"),
    ],
)
def test_what_cannot_be_an_answer_says_why(posted: Fields, code: str) -> None:
    assert refused(SINGLE, posted) == code


@pytest.mark.parametrize(
    ("response", "fraction"),
    [
        ([1], 1),
        ([0], 0),
        ([2], 0),
    ],
)
def test_marks(response: list[int], fraction: float) -> None:
    mark = marked(SINGLE, response)

    assert mark.fraction == fraction and mark.right == (fraction == 1)


def test_positions_in_the_form_are_those_shown() -> None:
    assert answered(SINGLE, {"answer": ["0"]}, Arrangement((1, 0, 2))) == [1]


def test_options_reach_the_prompt() -> None:
    prompt, key = asked(SINGLE)

    assert prompt.points == 2 and prompt.fixed == (2,) and prompt.competencies == ("k1", "k2")
    assert not key.partial and not prompt.must_pass


@pytest.mark.parametrize("said", ["> **Léo :** tu ne répètes pas ?", "> **Léo** : tu ne répètes pas ?"])
def test_a_dialogue_in_the_stem_keeps_who_speaks(said: str) -> None:
    made = build({UNIT: GOOD[UNIT].replace("Une collègue vous demande de raconter.", said)})
    prompt = made.units["reperes", "parler", "fr"].prompt(SINGLE)

    assert made.problems == () and prompt
    assert b"L\xc3\xa9o" in prompt.stem and b"&nbsp;:" in prompt.stem and b"<blockquote>" in prompt.stem
