"""Every skeleton is a correct beginning, whatever its language: all that is told is that its words are still there."""

import random
import re

import pytest

from elearn.core import skeletons
from elearn.core.listed import UNITS, with_listed
from elearn.core.new_ids import NewIds
from elearn.core.questions import KINDS
from tests.core.sample import GOOD, build

SUITE = "courses/reperes/02-suite/fr.md"


def new_ids() -> NewIds:
    return NewIds(random.Random(3).randrange)


@pytest.mark.parametrize("kind", [kind for kind in skeletons.QUESTIONS if kind in KINDS])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_question_compiles(kind: str, lang: str) -> None:
    made = build({SUITE: GOOD[SUITE] + "\n" + skeletons.question(kind, lang, new_ids())})

    assert [problem.code for problem in made.problems] == ["W093"]
    assert kind in [prompt.kind for prompt in made.units["reperes", "suite", "fr"].prompts] or kind == "pool"


def test_every_kind_has_a_skeleton_and_its_words() -> None:
    assert set(KINDS) <= set(skeletons.QUESTIONS) and len(skeletons.QUESTIONS) == 13
    for name, kind in KINDS.items():
        assert skeletons.QUESTIONS[name].words == kind.words


@pytest.mark.parametrize("word", ["choix-unique", ".Choix-Unique", "single-choice", "single_choice"])
def test_a_kind_is_named_as_one_likes(word: str) -> None:
    assert skeletons.kind_named(word) == "single_choice"
    assert skeletons.kind_named("choix") is None


def test_links_of_a_scenario_follow_its_new_ids() -> None:
    text = skeletons.question("scenario", "fr", new_ids())

    links = re.findall(r"\]\(#(e-.{5})\)", text)
    assert len(links) == 2 and all(text.count(f"{{.fin #{link} ") == 1 for link in links)
    assert not re.search(r"#[qe]-[1-9][\s)}]", text)


@pytest.mark.parametrize("exam", [False, True])
@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("title", ["Écouter : un début", 'Le "mot" \\ juste', "*Un* [mot] {.a} # <b>", "- 1. a"])
def test_a_course_and_a_unit_have_no_problem(lang: str, title: str, exam: bool) -> None:
    course = skeletons.course("nouveau", title, lang, ("fr", "en"), "2026-1").encode()
    listed = with_listed(course, UNITS, "neuve")
    assert listed is not None

    made = build(
        {
            "site.yaml": GOOD["site.yaml"].replace("[reperes]", "[reperes, nouveau]"),
            "courses/nouveau/course.yaml": listed,
            "courses/nouveau/01-neuve/fr.md": skeletons.unit("neuve", title, lang, new_ids(), exam),
        }
    )

    assert {problem.code for problem in made.problems} == {"W093"}
    made_unit = made.units["nouveau", "neuve", "fr"]
    assert made_unit.title.split() == title.split() and made_unit.exam == exam


def test_a_site_has_its_course() -> None:
    assert "cours: [a]" in skeletons.site(("fr",), "a")
