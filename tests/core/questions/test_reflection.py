"""Private reflection: read as written words, never as a response, never marked."""

import pytest

from elearn.core.questions import KINDS
from elearn.core.questions.base import Arrangement, Mark, UnreadableResponse
from elearn.core.questions.reflection import LIMIT
from tests.core.questions.good import REFLECTION, Fields, asked, refused

KIND = KINDS["reflection"]


def test_written_words_are_kept_as_written() -> None:
    assert KIND.read_text({"text": ["Un soir,\r\nj'ai attendu.\r"]}) == "Un soir,\nj'ai attendu.\n"
    assert len(KIND.read_text({"text": ["é" * LIMIT]})) == LIMIT


@pytest.mark.parametrize(
    ("posted", "code"),
    [
        ({}, "empty"),
        ({"text": [" \n"]}, "empty"),
        ({"text": ["a", "b"]}, "too_many"),
        ({"text": ["a" * (LIMIT + 1)]}, "too_long"),
        ({"text": ["a\0"]}, "bad_text"),
        ({"text": ["a\udfff"]}, "bad_text"),
    ],
)
def test_what_cannot_be_kept_says_why(posted: Fields, code: str) -> None:
    assert refused(REFLECTION, posted) == code


def test_it_is_never_marked() -> None:
    prompt, key = asked(REFLECTION)

    assert not KIND.scored and prompt.points == 0
    assert KIND.read(prompt, {"text": ["Un soir."]}, Arrangement()) == []
    assert not KIND.mark(key, []).right and KIND.mark(key, []).parts == ()


def test_the_sample_answer_is_shown_afterwards() -> None:
    _, key = asked(REFLECTION)

    assert KIND.explain(key, [], Mark(0)).explanation == b"<p>un soir, j'ai attendu.</p>"


def test_other_kinds_take_no_written_words() -> None:
    with pytest.raises(UnreadableResponse):
        KINDS["ordering"].read_text({"text": ["a"]})
