"""Short answer: words compared whatever way they are typed."""

import pytest

from elearn.core.questions import KINDS
from elearn.core.questions.base import Key
from tests.core.questions.good import SHORT, answered, asked, marked, refused
from tests.core.sample import GOOD, TRANSLATION, UNIT, build

KIND = KINDS["short_answer"]


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("rétablissement", True),
        ("RETABLISSEMENT", True),
        (" Le  rétablissement . ", True),
        ("le\u00a0rétablissement.", True),
        ("re\u0301tablissement", True),
        ("réta\u00adblissement", True),
        ("un rétablissement", False),
        ("rétablissements", False),
        ("espoir", False),
    ],
)
def test_marks(typed: str, right: bool) -> None:
    assert marked(SHORT, answered(SHORT, {"answer": [typed]})).right is right


@pytest.mark.parametrize(
    ("accepted", "typed"),
    [
        ("l'écoute", "l\u2019ecoute"),
        ("l\u2019écoute", "L'ÉCOUTE"),
        ("pair-aidant", "pair\u2011aidant"),
        ("pair\u2010aidant", "Pair\u2013aidant."),
        ("à cœur ouvert", "a coeur ouvert"),
        ("ﬁn", "fin"),
        ("straße", "STRASSE"),
    ],
)
def test_kinds_of_signs_are_not_minded(accepted: str, typed: str) -> None:
    assert KIND.mark(Key("short_answer", accepted=((accepted,),)), [typed]).right


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ([], "nothing_written"),
        (["  "], "nothing_written"),
        ([" . "], "nothing_written"),
        (["\u200b"], "nothing_written"),
        (["a", "b"], "too_many"),
        (["a" * 201], "too_long_answer"),
        (["a\0"], "bad_text"),
        (["\ud800a"], "bad_text"),
    ],
)
def test_what_cannot_be_an_answer_says_why(typed: list[str], code: str) -> None:
    assert refused(SHORT, {"answer": typed}) == code


def test_what_is_kept_is_what_was_typed_with_spaces_tidied() -> None:
    assert answered(SHORT, {"answer": ["  Le\r\n Rétablissement\t<b> "]}) == ["Le Rétablissement <b>"]
    assert answered(SHORT, {"answer": ["a" * 200]}) == ["a" * 200]


def test_accepted_answers_are_told_only_once_right() -> None:
    _, key = asked(SHORT)

    before, after = (KIND.explain(key, [given], marked(SHORT, [given])) for given in ("espoir", "rétablissement"))

    assert before.accepted == () and before.explanation == b"" and not before.remarks[0].right
    assert after.accepted == (("rétablissement", "le rétablissement"),) and after.explanation


@pytest.mark.parametrize(
    "written", ["> - **rétablissement**\n> - *le* rétablissement", "> 1. rétablissement\n> 2. le rétablissement"]
)
def test_marks_of_markdown_are_no_part_of_an_answer(written: str) -> None:
    made = build({UNIT: GOOD[UNIT].replace("> - rétablissement\n> - le rétablissement", written)})

    assert made.problems == ()
    assert made.units["reperes", "parler", "fr"].keys[SHORT].accepted == (("rétablissement", "le rétablissement"),)


def test_a_translation_accepts_its_own_words_and_falls_back_whole_without_any() -> None:
    english = build().units["reperes", "parler", "en"]
    without = build({TRANSLATION: GOOD[TRANSLATION].replace("> - recovery\n", "")}).units["reperes", "parler", "en"]

    assert english.keys[SHORT].accepted == (("recovery",),)
    shown = without.prompt(SHORT)
    assert shown and shown.lang == "fr" and without.keys[SHORT].accepted == asked(SHORT)[1].accepted
