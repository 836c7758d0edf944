"""Half an answer is kept as it was posted, and what cannot be kept is refused."""

import pytest

from elearn.core.begun import MOST_FIELDS, Base, fields_of, posted_of, read_base
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


def test_a_base_is_read_as_it_is_written_and_nothing_else_is() -> None:
    assert read_base(str(Base(3, 12))) == Base(3, 12)
    for posted in ("", "3", "3.", ".3", "-1.0", "1.0 ", "1.0\n", "٣.٠", "1234567890.0", "1.0.0"):
        assert read_base(posted) is None, posted
