"""What holds for every scored kind, whatever order a person is shown."""

import pytest

from elearn.core.completion import UNSCORED, Facts, unit_progress
from elearn.core.questions import BY_WORD, KINDS
from elearn.core.questions.base import Mark, Response, arrange
from tests.core.questions.good import (
    CLOZE,
    MULTIPLE,
    NUMBER,
    ORDER,
    PAIRS,
    SCALE,
    SHORT,
    SINGLE,
    SURVEY,
    TRUTH,
    UNIT,
    Fields,
    asked,
    refused,
)
from tests.core.sample import UNIT as FILE
from tests.core.sample import build, edited

SCORED = [SINGLE, MULTIPLE, TRUTH, ORDER, PAIRS]
HOSTILE = ["3", "-1", "9" * 11, "1.0", " 1", "1 ", "", "x", "١", "²", "0x1", "1\0", "NaN", "\ud800", "9" * 5000]


def test_every_kind_is_known_by_both_spellings() -> None:
    assert {kind.name for kind in KINDS.values()} == set(KINDS)
    assert {word for kind in KINDS.values() for word in kind.words} == set(BY_WORD)
    assert len(BY_WORD) == 2 * len(KINDS)
    assert [name for name, kind in KINDS.items() if not kind.scored] == ["reflection", "survey", "scale"]


@pytest.mark.parametrize("seed", [b"a", b"b", b"c", b"d"])
@pytest.mark.parametrize("question", SCORED)
def test_a_right_answer_in_any_arrangement_is_right(question: str, seed: bytes) -> None:
    prompt, key = asked(question)
    shown = arrange(prompt, seed)
    at = {source: str(place) for place, source in enumerate(shown.items)}
    forms: dict[str, Fields] = {
        "single_choice": {"answer": [at[n] for n in key.solution if n in at]},
        "multiple_choice": {"answer": [at[n] for n in key.solution if n in at]},
        "true_false": {"answer": [str(key.solution[0])]},
        "ordering": {f"place-{place}": [str(source)] for place, source in enumerate(shown.items)},
        "matching": {
            f"pair-{place}": [str(shown.targets.index(key.solution[source]))]
            for place, source in enumerate(shown.items)
            if prompt.targets
        },
    }

    response = KINDS[prompt.kind].read(prompt, forms[prompt.kind], shown)

    assert KINDS[prompt.kind].mark(key, response).right


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("question", [*SCORED, SURVEY, SCALE])
def test_hostile_values_are_refused(question: str, value: str) -> None:
    for name in ("answer", "place-0", "pair-0"):
        assert refused(question, {name: [value]}) in ("empty", "unknown_position")


@pytest.mark.parametrize(
    ("question", "wrong", "right"),
    [
        (SINGLE, [0], [1]),
        (MULTIPLE, [0, 1], [0, 2]),
        (TRUTH, [1], [0]),
        (ORDER, [1, 0, 2], [0, 1, 2]),
        (PAIRS, [0, 2], [0, 1]),
        (NUMBER, ["7"], ["5"]),
        (SHORT, ["espoir"], ["rétablissement"]),
        (CLOZE, ["espoir", 1, "sa place", "écouter"], ["espoir", 0, "sa place", "écouter"]),
    ],
)
def test_the_solution_is_told_only_once_right(question: str, wrong: Response, right: Response) -> None:
    prompt, key = asked(question)
    kind = KINDS[prompt.kind]

    before, after = (kind.explain(key, response, kind.mark(key, response)) for response in (wrong, right))

    assert before.solution == () and before.accepted == () and before.explanation == b""
    assert after.solution == key.solution and after.explanation == key.explanation
    if key.feedback:
        assert {remark.position for remark in before.remarks} == set(wrong)
        assert [remark.feedback for remark in after.remarks] == list(key.feedback)


def test_unscored_kinds_never_count_and_never_hinder() -> None:
    asked_for = [prompt for prompt in UNIT.prompts if prompt.kind not in UNSCORED]
    facts = Facts(read={UNIT.id: frozenset(section.id for section in UNIT.sections)})
    for prompt in asked_for:
        facts = facts.with_answer(UNIT.id, prompt.id, Mark(1.0), [0], "f")

    done = unit_progress(UNIT, 100, facts)
    after = unit_progress(UNIT, 100, facts.with_answer(UNIT.id, SURVEY, Mark(0.0), [0], "f"))

    assert {prompt.kind for prompt in UNIT.prompts} & UNSCORED == {"reflection", "survey", "scale"}
    assert done.done and done.score == 100 and done.scored == len(asked_for) and after == done


def test_who_speaks_in_a_quoted_dialogue_keeps_their_name() -> None:
    spoken = "> **Léo :** tu restes ?\n>\n> **Moi** : oui."
    made = build(dict([edited(FILE, "Une collègue vous demande de raconter.", spoken)]))
    prompt = made.units["reperes", "parler", "fr"].prompt(SINGLE)

    assert made.problems == () and prompt
    assert b"L\xc3\xa9o" in prompt.stem and b"<strong>Moi</strong>" in prompt.stem
