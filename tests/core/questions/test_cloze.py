"""Cloze: gaps found in words, whatever a formatter did to the file; typed or chosen, marked one by one."""

import time
from dataclasses import replace

import pytest

from elearn.core.markup import GAP
from elearn.core.questions import KINDS
from elearn.core.questions.base import Key, Prompt, arrange
from tests.core.questions.good import CLOZE, Fields, answered, asked, marked, refused
from tests.core.sample import GOOD, TRANSLATION, UNIT, build

KIND = KINDS["cloze"]
RIGHT = ["espoir", 0, "sa place", "écouter"]


def made(body: str) -> tuple[Prompt, Key]:
    """Another cloze, of which nothing must be told."""
    build_ = build({UNIT: f"{GOOD[UNIT]}\n### Encore {{.texte-a-trous #encore}}\n\n{body}\n\n> **Explication :** a\n"})
    assert [problem for problem in build_.problems if problem.code != "T301"] == []
    unit = build_.units["reperes", "parler", "fr"]
    prompt = unit.prompt("encore")
    assert prompt
    return prompt, unit.keys["encore"]


@pytest.mark.parametrize(
    ("posted", "response"),
    [
        ({"gap-0": ["espoir"], "gap-1": ["2"], "gap-3": [" Écouter "]}, ["espoir", 2, "", "Écouter"]),
        ({"gap-1": ["0"]}, ["", 0, "", ""]),
        ({"gap-2": ["x"], "gap-1": [""], "gap-9": ["y"]}, ["", -1, "x", ""]),
    ],
)
def test_what_is_posted_becomes_words_and_source_positions(posted: Fields, response: list[object]) -> None:
    assert answered(CLOZE, posted) == response


@pytest.mark.parametrize(
    ("posted", "code"),
    [
        ({}, "gaps_empty"),
        ({"gap-0": [" "], "gap-1": [""], "gap-3": ["."]}, "gaps_empty"),
        ({"gap-1": ["3"]}, "unknown_position"),
        ({"gap-1": ["espoir"]}, "unknown_position"),
        ({"gap-1": ["0", "1"]}, "too_many"),
        ({"gap-0": ["a", "b"]}, "too_many"),
        ({"gap-0": ["a" * 201]}, "too_long_answer"),
        ({"gap-0": ["a\0"]}, "bad_text"),
    ],
)
def test_what_cannot_be_an_answer_says_why(posted: Fields, code: str) -> None:
    assert refused(CLOZE, posted) == code


@pytest.mark.parametrize(
    ("response", "fraction"),
    [
        (RIGHT, 1),
        (["ESPERANCE.", 0, "Sa juste place", "ecouter"], 1),
        (["espoir", 1, "sa place", "écouter"], 0.75),
        (["", 0, "", ""], 0.25),
        (["x", -1, "", "0"], 0),
    ],
)
def test_partial_is_the_share_of_gaps(response: list[object], fraction: float) -> None:
    mark = marked(CLOZE, response)

    assert mark.fraction == fraction and mark.right == (fraction == 1)
    whole = KIND.mark(replace(asked(CLOZE)[1], partial=False), response)
    assert whole.fraction == (1 if fraction == 1 else 0) and whole.parts == mark.parts


def test_an_answer_to_fewer_gaps_is_never_right() -> None:
    assert marked(CLOZE, RIGHT[:2]).fraction == 0.5 and not marked(CLOZE, []).right


def test_what_is_missing_is_told_only_once_all_is_right() -> None:
    _, key = asked(CLOZE)

    before, after = (KIND.explain(key, given, marked(CLOZE, given)) for given in (["x", 0, "", "écouter"], RIGHT))

    assert (before.solution, before.accepted, before.explanation) == ((), (), b"")
    assert [(one.chosen, one.right) for one in before.remarks] == [
        (True, False),
        (True, True),
        (False, False),
        (True, True),
    ]
    assert after.solution == (-1, 0, -1, -1) and after.accepted == key.accepted and after.explanation


@pytest.mark.parametrize("seed", [b"a", b"b", b"c", b"d", b"e"])
def test_a_menu_in_any_order_means_the_same(seed: bytes) -> None:
    prompt, key = asked(CLOZE)
    shown = arrange(prompt, seed)

    assert sorted(shown.menus[1]) == [0, 1, 2] and shown.menus[0] == ()
    posted = {"gap-0": ["espoir"], "gap-1": [str(shown.menus[1].index(0))], "gap-2": ["sa place"], "gap-3": ["écouter"]}
    assert KIND.mark(key, KIND.read(prompt, posted, shown)).right


def test_menus_are_not_all_shown_in_the_order_written() -> None:
    prompt, _ = asked(CLOZE)

    assert len({arrange(prompt, b"%d" % seed).menus for seed in range(20)}) > 1


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        ("un [[mot]] ici", [["mot"]]),
        (r"un \[[mot|autre\]\] ici", [["mot", "autre"]]),
        (r"un \[\[mot|autre]] ici", [["mot", "autre"]]),
        ("un [[mot très\nlong|autre]] ici", [["mot très long", "autre"]]),
        ("un [[ mot | autre ]] ici", [["mot", "autre"]]),
        ("[[a]][[b]]", [["a"], ["b"]]),
        ("`[[code]]` et [[mot]]", [["mot"]]),
        ("> un [[mot]] cité", [["mot"]]),
        ("> [!TIP]\n> un [[mot]] encadré", [["mot"]]),
        ("- un [[mot]]\n- un [[autre]]", [["mot"], ["autre"]]),
        ("un *[[mot]]* penché", [["mot"]]),
        ("un [[5 < 6 & 7]] ici", [["5 < 6 & 7"]]),
        ("[[a [b] c]] ici", [["a [b] c"]]),
        ("> **Indice :** a\n\nun [[mot]] après", [["mot"]]),
        ("> **Léo :** un [[mot]]", [["mot"]]),
    ],
)
def test_gaps_are_read_from_words(body: str, accepted: list[list[str]]) -> None:
    prompt, key = made(body)

    assert [list(words) for words in key.accepted] == accepted
    assert len(prompt.pieces) == len(accepted) + 1 and prompt.stem == b""
    assert GAP.encode() not in b"".join(prompt.pieces)


@pytest.mark.parametrize(
    "written",
    [
        '&lt;span class="gap"&gt;&lt;/span&gt;',
        "![a](media/x.png \"<span class='gap'></span>\")",
        "![a](media/x.png '<span class=\"gap\"></span>')",
        '[a](https://a.example "&lt;span class=&quot;gap&quot;>&lt;/span>")',
        '`<span class="gap"></span>`',
    ],
)
def test_no_author_writes_the_mark_of_a_gap(written: str) -> None:
    prompt, _ = made(f"{written} et [[mot]]")

    assert len(prompt.pieces) == 2


@pytest.mark.parametrize(
    "body",
    ["[[a " * 6_000 + "]]", "[[=a|b]] " * 6_000, "`[[` [[" * 2_000, "[[" + "a|" * 80_000 + "]]"],
    ids=lambda body: body[:8],
)
def test_gaps_beyond_measure_are_told_in_time(body: str) -> None:
    start = time.process_time()

    told = build({UNIT: f"{GOOD[UNIT]}\n### Encore {{.texte-a-trous #encore}}\n\n{body}\n"}).problems

    assert {problem.code for problem in told} & {"E208", "E215", "E164"}
    assert time.process_time() - start < 2


def test_options_of_a_menu_are_words_not_html() -> None:
    prompt, key = made('un [[=<b onclick="a()"|a < b & c|"d" ?]] ici')

    assert prompt.menus == ((b'&lt;b onclick="a()"', b"a &lt; b &amp; c", '"d"\u202f?'.encode()),)
    assert key.solution == (0,) and key.accepted == ((),)


def test_a_translation_keeps_its_words_and_takes_the_right_option_from_the_source() -> None:
    unit = build().units["reperes", "parler", "en"]
    prompt, key = unit.prompt(CLOZE), unit.keys[CLOZE]

    assert prompt and prompt.menus[1] == (b"cure", b"relapse", b"way out") and prompt.confidence
    assert key.solution == (-1, 0, -1, -1) and key.accepted[0] == ("hope",) and key.partial


def test_a_translation_with_another_number_of_gaps_is_shown_in_the_source_language() -> None:
    unit = build({TRANSLATION: GOOD[TRANSLATION].replace("[[listening]]", "listening")}).units[
        "reperes", "parler", "en"
    ]

    prompt = unit.prompt(CLOZE)
    assert prompt and prompt.lang == "fr" and unit.keys[CLOZE] == asked(CLOZE)[1]
