"""A stored response is read again as the words that were on the page, whatever it holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.core.questions import KINDS
from elearn.core.questions.base import Given, Key, Prompt, Response, Step
from tests.core.questions.good import CLOZE, MULTIPLE, NUMBER, ORDER, PAIRS, SCALE, SHORT, SINGLE, SURVEY, TRUTH, asked

ABC = (b"A", b"B", b"C")
WALK = Prompt(
    "s",
    "scenario",
    "fr",
    b"S",
    steps=(Step("a", b"Un", b"", ABC[:2]), Step("b", b"Deux", b"", ABC[:1]), Step("c", b"Fin")),
)
LEADS = Key("scenario", leads=((1, 2), (2,), ()), worth=(0.0, 0.0, 1.0))
MENUS = Prompt("c", "cloze", "fr", b"C", pieces=(b"", b"", b""), menus=((), ABC))


@pytest.mark.parametrize(
    ("prompt", "key", "response", "expected"),
    [
        (Prompt("q", "single_choice", "fr", b"Q", items=ABC), Key(""), [1], (Given(words=b"B"),)),
        (
            Prompt("q", "multiple_choice", "fr", b"Q", items=ABC),
            Key(""),
            [0, 2],
            (Given(words=b"A"), Given(words=b"C")),
        ),
        (Prompt("q", "survey", "fr", b"Q", items=ABC), Key(""), [2], (Given(words=b"C"),)),
        (Prompt("q", "scale", "fr", b"Q", items=ABC), Key(""), [0], (Given(words=b"A"),)),
        (Prompt("q", "true_false", "fr", b"Q"), Key(""), [0], (Given(truth=False),)),
        (Prompt("q", "number", "fr", b"Q"), Key(""), ["2.5"], (Given(typed="2.5"),)),
        (Prompt("q", "short_answer", "fr", b"Q"), Key(""), ["<i>"], (Given(typed="<i>"),)),
        (
            Prompt("q", "ordering", "fr", b"Q", items=ABC),
            Key(""),
            [2, -1, 0],
            (Given(number=1, words=b"C"), Given(number=2), Given(number=3, words=b"A")),
        ),
        (
            Prompt("q", "matching", "fr", b"Q", items=ABC[:2], targets=(b"X", b"Y", b"Z")),
            Key(""),
            [2, -1],
            (Given(of=b"A", words=b"Z"), Given(of=b"B")),
        ),
        (MENUS, Key(""), ["mot", 1], (Given(number=1, typed="mot"), Given(number=2, words=b"B"))),
        (MENUS, Key(""), ["", -1], (Given(number=1), Given(number=2))),
        (WALK, LEADS, [0, 0], (Given(of=b"Un", words=b"A"), Given(of=b"Deux", words=b"A"), Given(of=b"Fin"))),
        (WALK, LEADS, [1], (Given(of=b"Un", words=b"B"), Given(of=b"Fin"))),
        (Prompt("q", "reflection", "fr", b"Q"), Key(""), [], ()),
    ],
)
def test_each_kind(prompt: Prompt, key: Key, response: Response, expected: tuple[Given, ...]) -> None:
    assert KINDS[prompt.kind].given(prompt, key, response) == expected


@pytest.mark.parametrize("question", [CLOZE, MULTIPLE, NUMBER, ORDER, PAIRS, SCALE, SHORT, SINGLE, SURVEY, TRUTH])
@given(response=st.lists(st.integers(-2, 40) | st.text(max_size=5), max_size=12))
def test_nothing_stored_makes_it_fail(question: str, response: Response) -> None:
    prompt, key = asked(question)
    for one in KINDS[prompt.kind].given(prompt, key, response):
        assert not one.words or one.words in (
            *prompt.items,
            *prompt.targets,
            *(o for menu in prompt.menus for o in menu),
        )
