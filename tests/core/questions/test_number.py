"""Number: what is typed, what is right, and how both are written."""

import pytest

from elearn.core.questions import KINDS
from elearn.core.questions.base import Key
from tests.core.questions.good import NUMBER, answered, asked, marked, refused
from tests.core.sample import GOOD, UNIT, build

KIND = KINDS["number"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("5", "5"),
        (" 5 ", "5"),
        ("5,0", "5"),
        ("5.50", "5.5"),
        ("+5", "5"),
        ("-3", "-3"),
        ("\u22123", "-3"),
        ("-0", "0"),
        ("0,10", "0.1"),
        (",5", "0.5"),
        ("5.", "5"),
        ("007", "7"),
        ("100", "100"),
        ("1 000", "1000"),
        ("1\u202f000\u00a0000,5", "1000000.5"),
        ("5 min", "5"),
        ("5min", "5"),
        ("12 %", "12"),
        ("20 m²", "20"),
        ("3 km/h", "3"),
        ("15 € environ", "15"),
    ],
)
def test_what_is_typed_becomes_a_plain_decimal(typed: str, number: str) -> None:
    assert answered(NUMBER, {"answer": [typed]}) == [number]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ([], "nothing_written"),
        ([" "], "nothing_written"),
        (["5", "6"], "too_many"),
        (["cinq"], "not_a_number"),
        (["min"], "not_a_number"),
        (["5 ± 1"], "not_a_number"),
        (["4 à 6"], "not_a_number"),
        (["5 6"], "not_a_number"),
        (["10 00"], "not_a_number"),
        (["1,000,000"], "not_a_number"),
        (["1/2"], "not_a_number"),
        (["½"], "not_a_number"),
        (["1e5"], "not_a_number"),
        (["0x1"], "not_a_number"),
        (["NaN"], "not_a_number"),
        (["Infinity"], "not_a_number"),
        (["\u0661"], "not_a_number"),
        (["²"], "not_a_number"),
        (["9" * 16], "not_a_number"),
        (["9" * 5000], "too_long_answer"),
        (["1\0"], "bad_text"),
        (["\ud800"], "bad_text"),
    ],
)
def test_what_cannot_be_a_number_says_why(typed: list[str], code: str) -> None:
    assert refused(NUMBER, {"answer": typed}) == code


@pytest.mark.parametrize(
    ("written", "bounds"),
    [
        ("5", ("5", "5")),
        ("5.", ("5", "5")),
        ("5,5", ("5.5", "5.5")),
        ("-2 °C", ("-2", "-2")),
        ("5 ± 1", ("4", "6")),
        ("5 +- 1", ("4", "6")),
        ("5 +/- 0,5 min", ("4.5", "5.5")),
        ("5 min ± 1 min", ("4", "6")),
        ("0,1 ± 0,2", ("-0.1", "0.3")),
        ("4 à 6", ("4", "6")),
        ("4 to 6", ("4", "6")),
        ("4 A 6", ("4", "6")),
        ("de 4 à 6 minutes", ("4", "6")),
        ("4 min à 6 min", ("4", "6")),
        ("-3 à -1", ("-3", "-1")),
        ("1\u00a0000 à 2\u202f000", ("1000", "2000")),
        ("**5**", ("5", "5")),
        ("6 à 4", None),
        ("5 ± -1", None),
        ("4 - 6", None),
        ("4 ou 5", None),
        ("cinq", None),
        ("5, 6", None),
    ],
)
def test_forms_of_an_answer(written: str, bounds: tuple[str, str] | None) -> None:
    made = build({UNIT: GOOD[UNIT].replace("5 ± 1 min", written)})

    if bounds is None:
        assert [problem.code for problem in made.problems] == ["E204"]
        assert written in made.problems[0].message("fr")
    else:
        assert made.problems == ()
        assert made.units["reperes", "parler", "fr"].keys[NUMBER].bounds == bounds
        assert made.units["reperes", "parler", "en"].keys[NUMBER].bounds == bounds


@pytest.mark.parametrize(
    ("given", "right"), [("4", True), ("6", True), ("5.99", True), ("3.99", False), ("6.01", False), ("-5", False)]
)
def test_bounds_are_right_too(given: str, right: bool) -> None:
    assert marked(NUMBER, [given]).right is right


def test_decimals_are_compared_exactly() -> None:
    key = Key("number", bounds=("0.1", "0.3"))

    assert KIND.mark(key, ["0.3"]).right and not KIND.mark(key, ["0.3000000001"]).right


def test_bounds_are_told_only_once_right() -> None:
    _, key = asked(NUMBER)

    before, after = (KIND.explain(key, [given], marked(NUMBER, [given])) for given in ("9", "5"))

    assert before.accepted == () and before.explanation == b"" and not before.remarks[0].right
    assert after.accepted == (("4", "6"),) and after.explanation == key.explanation


def test_a_translation_may_say_the_same_number_otherwise_written() -> None:
    path = UNIT.replace("fr.md", "en.md")
    english = GOOD[path].replace("> **Explanation:** five", "> **Answer:** 4 to 6 min\n\n> **Explanation:** five")

    assert build({path: english}).problems == ()
