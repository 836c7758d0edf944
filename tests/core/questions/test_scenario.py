"""A scenario: the path that was chosen, what is said along it, and what its ending is worth."""

import time

import pytest

from elearn.core.questions import KINDS
from elearn.core.questions.base import Arrangement, Key, UnreadableResponse
from tests.core.questions.good import Fields, asked
from tests.core.sample import GOOD, build, edited
from tests.core.sample import UNIT as FILE

SCENARIO = "confidence"
KIND = KINDS["scenario"]
LOOP = Key(
    "scenario",
    leads=((1, 2), (0, 3), (), ()),
    worth=(0.0, 0.0, 1.0, 2.0),
    feedback=(b"", b"said of 1", b"said of 2", b""),
    explanation=b"why",
)
"""0 -> 1 or the ending 2; 1 -> back to 0 or the best ending 3."""


def read(posted: Fields) -> list[int]:
    return KIND.read(asked(SCENARIO)[0], posted, Arrangement())


def test_prompt_and_key_are_apart() -> None:
    prompt, key = asked(SCENARIO)

    assert [step.id for step in prompt.steps] == ["debut", "accord", "cadre"]
    assert [len(step.choices) for step in prompt.steps] == [2, 0, 0]
    assert "Oui." in prompt.steps[0].choices[0].decode() and b"<a" not in prompt.steps[0].choices[0]
    assert prompt.points == 2 and not prompt.shuffle
    assert key.leads == ((1, 2), (), ()) and key.worth == (0.0, 0.0, 2.0)
    assert key.feedback[:2] == (b"", b"") and b"dire ses limites" in key.feedback[2]
    assert b"dire ses limites" not in repr(prompt).encode()


def test_a_translation_has_its_own_words_and_the_key_of_its_source() -> None:
    units = build().units
    source, english = (units["reperes", "parler", lang] for lang in ("fr", "en"))
    prompt = english.prompt(SCENARIO)

    assert prompt and prompt.lang == "en" and b"He looks" in prompt.steps[0].html
    assert english.keys[SCENARIO].worth == source.keys[SCENARIO].worth == (0.0, 0.0, 2.0)
    assert prompt.points == 2


@pytest.mark.parametrize(
    ("posted", "path"),
    [
        ({"answer": ["1"]}, [1]),
        ({"path": [""], "answer": ["0"]}, [0]),
        ({"path": ["0.1.0"], "answer": ["1"]}, [0, 1, 0, 1]),
        ({"path": ["0.1.0"], "back": ["1"]}, [0, 1]),
        ({"back": ["1"]}, []),
        ({"path": ["0.1.0"], "restart": ["1"]}, []),
        ({"path": ["nonsense"], "restart": ["1"]}, []),
    ],
)
def test_a_choice_makes_the_path_longer(posted: Fields, path: list[int]) -> None:
    assert read(posted) == path


@pytest.mark.parametrize(
    ("posted", "code"),
    [
        ({}, "empty"),
        ({"path": ["0"]}, "empty"),
        ({"answer": ["0", "1"]}, "too_many"),
        ({"answer": ["2"]}, "unknown_position"),
        ({"answer": ["x"]}, "unknown_position"),
        ({"path": ["0", "1"], "answer": ["0"]}, "too_many"),
        ({"path": ["0.7"], "answer": ["0"]}, "unknown_position"),
        ({"path": ["0..1"], "answer": ["0"]}, "unknown_position"),
        ({"path": ["0.-1"], "answer": ["0"]}, "unknown_position"),
        ({"path": ["0.١"], "answer": ["0"]}, "unknown_position"),
        ({"path": ["0\0"], "answer": ["0"]}, "unknown_position"),
        ({"path": [".".join("0" * 100)], "answer": ["0"]}, "too_long_path"),
        ({"path": ["0." * 10_000], "answer": ["0"]}, "too_long_path"),
        ({"path": ["9" * 10_000], "back": ["1"]}, "too_long_path"),
    ],
)
def test_what_cannot_be_a_path_says_why(posted: Fields, code: str) -> None:
    with pytest.raises(UnreadableResponse) as error:
        read(posted)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("path", "finished"), [([], False), ([0], False), ([0, 0, 0], False), ([1], True), ([0, 0, 0, 1], True)]
)
def test_a_path_is_an_answer_once_it_reaches_an_ending(path: list[int], finished: bool) -> None:
    assert KIND.finished(LOOP, path) is finished


@pytest.mark.parametrize("path", [[2], [1, 0], [0, 1, 0], [-1], [0, 5]])
def test_a_path_beyond_the_steps_is_refused(path: list[int]) -> None:
    with pytest.raises(UnreadableResponse):
        KIND.finished(LOOP, path)
    assert KIND.mark(LOOP, path).fraction == 0.0


@pytest.mark.parametrize(
    ("path", "fraction"), [([1], 0.5), ([0, 1], 1.0), ([0, 0, 0, 1], 1.0), ([0, 0, 1], 0.5), ([], 0.0), ([0], 0.0)]
)
def test_only_the_ending_reached_counts(path: list[int], fraction: float) -> None:
    assert KIND.mark(LOOP, path).fraction == fraction


def test_without_points_every_ending_will_do() -> None:
    key = Key("scenario", leads=((1, 2), (), ()), worth=(0.0, 0.0, 0.0))

    assert KIND.mark(key, [0]).right and KIND.mark(key, [1]).right and not KIND.mark(key, []).right


def test_only_the_steps_gone_through_are_spoken_of() -> None:
    def explained(*path: int) -> tuple[tuple[int, ...], list[bytes], bytes]:
        review = KIND.explain(LOOP, list(path), KIND.mark(LOOP, list(path)))
        return review.visited, [remark.feedback for remark in review.remarks], review.explanation

    assert explained() == ((0,), [], b"")
    assert explained(0, 0) == ((0, 1, 0), [b"said of 1"], b"")
    assert explained(1) == ((0, 2), [b"said of 2"], b"")
    assert explained(0, 1) == ((0, 1, 3), [b"said of 1"], b"why")


def test_a_refused_form_keeps_the_path_it_had() -> None:
    prompt, key = asked(SCENARIO)

    assert KIND.so_far(prompt, key, {"path": ["1"], "answer": ["9"]}) == [1]
    for bad in ("1.1", "x", "0" * 5000):
        assert KIND.so_far(prompt, key, {"path": [bad]}) == []


@pytest.mark.parametrize(
    ("old", "new", "choices"),
    [
        ("- [« Oui. »](#accord)\n- [« Non. »](#cadre)", "1. [« Oui. »](#accord)\n2. [« Non. »](#cadre)", 2),
        ("- [« Oui. »](#accord)\n", "- [« Oui. »](#accord)\n\n", 2),
        ("- [« Oui. »](#accord)\n", "* [« Oui. »](#accord)\n\n<!-- -->\n\n", 2),
        ("- [« Oui. »](#accord)\n", "- [« **Oui**,\n  vraiment. »](#accord)\n", 2),
        ("Il vous regarde.", "> **Léo :** tu ne dis rien ?\n\n- une liste\n- sans lien\n\nUn mot.", 2),
    ],
)
def test_lists_of_links_are_choices_however_they_are_written(old: str, new: str, choices: int) -> None:
    made = build(dict([edited(FILE, old, new)]))
    prompt = made.units["reperes", "parler", "fr"].prompt(SCENARIO)

    assert made.problems == ()
    assert prompt and len(prompt.steps[0].choices) == choices
    if "Léo" in new:
        assert "Léo" in prompt.steps[0].html.decode() and b"sans lien" in prompt.steps[0].html


@pytest.mark.parametrize(
    ("to", "steps", "codes"),
    [
        ("s{next}", 99, set()),
        ("s{next}", 3000, {"E215"}),
        ("s{n}", 99, {"E212", "E213"}),
        ("nowhere-{n}", 99, {"E211"}),
    ],
)
def test_a_long_scenario_is_read_in_time(to: str, steps: int, codes: set[str]) -> None:
    written = "".join(f"#### S {{#s{n}}}\n\n- [a](#{to.format(n=n, next=n + 1)})\n\n" for n in range(steps))
    last = f"#### F {{.fin #s{steps}}}\n\nLa fin.\n"
    suite = "courses/reperes/02-suite/fr.md"
    began = time.monotonic()
    made = build({suite: GOOD[suite].replace("Un mot.", f"### S {{.situation #s}}\n\n{written}{last}")})

    assert time.monotonic() - began < 2
    assert {problem.code for problem in made.problems} == codes
