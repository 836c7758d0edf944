"""Half an answer is kept as it was posted, and what cannot be kept is refused."""

import pytest

from elearn.core.begun import MOST_FIELDS, fields_of, posted_of
from elearn.core.questions.base import UnreadableResponse


def test_fields_come_back_as_they_were_posted() -> None:
    posted = {"place-1": ["2"], "place-0": [""], "answer": ["3", "1"], "csrf_token": ["x"], "text": ["private"]}
    assert fields_of(posted) == [["answer", "3"], ["answer", "1"], ["place-1", "2"]]
    assert posted_of(fields_of(posted)) == {"answer": ["3", "1"], "place-1": ["2"]}


@pytest.mark.parametrize(
    ("posted", "code"),
    [
        ({"answer": ["1"] * (MOST_FIELDS + 1)}, "too_many"),
        ({"gap-0": ["é" * 2001]}, "too_long_answer"),
        ({"gap-0": ["a\0b"]}, "bad_text"),
        ({"gap-0": ["a\ud800b"]}, "bad_text"),
    ],
)
def test_what_cannot_be_kept_is_refused(posted: dict[str, list[str]], code: str) -> None:
    with pytest.raises(UnreadableResponse) as refused:
        fields_of(posted)
    assert refused.value.code == code
