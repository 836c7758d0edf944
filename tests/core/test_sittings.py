"""What a sitting of an exam is worth, and which answers are whole."""

import pytest

from elearn.core.questions.base import Arrangement, Prompt, UnreadableResponse
from elearn.core.sittings import Result, answered, confidence, result, whole

A, B = Prompt("a", "true_false", "fr", b""), Prompt("b", "true_false", "fr", b"", points=3.0)
SAFE = Prompt("safe", "true_false", "fr", b"", must_pass=True)
OPINION = Prompt("opinion", "survey", "fr", b"", points=5.0)
NOTHING = Prompt("nothing", "true_false", "fr", b"", points=0.0)


@pytest.mark.parametrize(
    ("prompts", "fractions", "mark", "expected"),
    [
        ((A, B), {"a": 1.0, "b": 1.0}, 80, Result(100, True)),
        ((A, B), {"b": 1.0}, 75, Result(75, True)),
        ((A, B), {"b": 1.0}, 76, Result(75, False)),
        ((A, B), {"a": 1.0}, 75, Result(25, False)),
        ((A, B), {}, 0, Result(0, True)),
        ((A, B, SAFE), {"a": 1.0, "b": 1.0, "safe": 0.0}, 80, Result(80, False)),
        ((A, B, SAFE), {"b": 1.0, "safe": 1.0}, 80, Result(80, True)),
        ((A, SAFE), {"a": 1.0, "safe": 0.99}, 50, Result(99, False)),
        ((A, OPINION, NOTHING), {"a": 1.0}, 100, Result(100, True)),
        ((A, A, A), {"a": 1 / 3}, 33, Result(33, True)),
        ((OPINION,), {}, 80, Result(100, True)),
    ],
)
def test_result(prompts: tuple[Prompt, ...], fractions: dict[str, float], mark: int, expected: Result) -> None:
    assert result(prompts, fractions, mark) == expected


def test_an_answer_that_is_not_whole_is_none() -> None:
    order = Prompt("order", "ordering", "fr", b"", items=(b"1", b"2"))
    shown = Arrangement((1, 0))
    assert answered(order, [["place-0", "0"], ["place-1", "1"]], shown) == [1, 0]
    with pytest.raises(UnreadableResponse):
        answered(order, [["place-0", "0"], ["place-1", "0"]], shown)
    with pytest.raises(UnreadableResponse):
        answered(order, [], shown)


@pytest.mark.parametrize(("said", "found"), [("1", 1), ("3", 3), ("0", None), ("4", None), ("x", None), ("", None)])
def test_confidence(said: str, found: int | None) -> None:
    assert confidence([["answer", "1"], ["confidence", said]]) == found
    assert confidence([]) is None


@pytest.mark.parametrize(
    ("response", "found"), [([], False), ([0], True), ([1, -1], False), (["x", ""], False), ([0, 2], True)]
)
def test_whole(response: list[int | str], found: bool) -> None:
    assert whole(response) == found
