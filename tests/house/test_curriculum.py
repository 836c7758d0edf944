"""The shipped courses, one by one: what is asked at which level, what each option says, where right answers stand by
length, how long sentences are; and that the table of the five programmes names what is there.

The writing course is not among them: it teaches a format, and test_demo_course.py looks at it.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from math import sqrt
from statistics import median

import pytest

from elearn.config import ROOT
from elearn.core.check import SiteBuild
from elearn.core.course import Unit
from tests import curriculum
from tests.core.test_markup import every_html
from tests.house.test_demo_course import DEMO

COURSES: Mapping[str, tuple[int, int]] = {
    "premiers-reperes": (9, 30),
    "accueillir-des-pairs": (5, 15),
    "parent-pair-aidant": (6, 20),
    "sante-mentale-et-precarites": (6, 20),
    "animer-un-groupe": (5, 20),
}
"""Course -> how many units count, and how many questions an exam asks."""
UNSCORED = ("reflection", "survey", "scale")
ROWS = [f"S{programme}-{row}" for programme, last in enumerate((11, 15, 13, 6, 7)) for row in range(1, last + 1)]


@pytest.fixture(scope="module")
def build() -> SiteBuild:
    return curriculum.build()


def units(build: SiteBuild, course: str, lang: str = "fr") -> dict[str, Unit]:
    return {unit: one for (at, unit, spoken), one in build.units.items() if (at, spoken) == (course, lang)}


def test_every_course_is_here(build: SiteBuild) -> None:
    assert [course.id for course in build.courses if course.id != DEMO] == list(COURSES)
    assert [problem for problem in build.problems if problem.code[0] in "EWT"] == []


def test_no_mark_of_the_format_is_left_in_what_is_read(build: SiteBuild) -> None:
    left = re.compile(r"\[@|\]\(|\*\*|\{[.#]|\[\^|\[!|`|^ *>|@@", re.MULTILINE)
    for where, unit in build.units.items():
        shown = b"\n".join(every_html((unit, dict(unit.keys)))).decode()
        words = re.sub(r"<[^>]+>", "", re.sub(r"(?s)<(pre|code)\b.*?</\1>", "", shown))
        assert [found[0] for found in left.finditer(words)] == [], where


@pytest.mark.parametrize("name", COURSES)
def test_units_hold_what_they_must(build: SiteBuild, name: str) -> None:
    """As many units as planned; in each the essentials, sections with questions as titles, five to eleven marked
    questions of at least three kinds, one private reflection, a way further, twenty to forty minutes."""
    course = next(one for one in build.courses if one.id == name)
    counted = [one for one in course.rule.units if one != course.rule.exam]
    assert len(counted) == COURSES[name][0]
    for unit in (units(build, name)[one] for one in counted):
        marked = [prompt for prompt in unit.prompts if prompt.kind not in UNSCORED]
        assert 5 <= len(marked) <= 11, unit.id
        assert len({prompt.kind for prompt in marked}) >= 3, unit.id
        assert sum(prompt.kind == "reflection" for prompt in unit.prompts) == 1, unit.id
        assert any(prompt.kind in ("ordering", "matching") for prompt in marked), unit.id
        assert b'class="callout important"' in unit.opening, unit.id
        assert unit.sections[-1].id == "pour-aller-plus-loin" and unit.references, unit.id
        assert 20 <= unit.minutes <= 40, unit.id
        asked = [section.title for section in unit.sections[:-1] if section.title.rstrip().endswith("?")]
        assert len(asked) >= 3, unit.id


@pytest.mark.parametrize("name", COURSES)
def test_every_competency_is_asked_at_both_levels(build: SiteBuild, name: str) -> None:
    found = curriculum.levels(units(build, name).values())
    assert {competency: levels for competency, levels in found.items() if levels != {1, 2}} == {}


@pytest.mark.parametrize("name", COURSES)
def test_the_exam_asks_each_competency_and_every_safety_item(build: SiteBuild, name: str) -> None:
    """Twice as many questions as are drawn, a pool a competency, safety items outside the pools: always asked. Every
    section that is sent back to is there."""
    course = next(one for one in build.courses if one.id == name)
    there = units(build, name)
    exam = there[course.rule.exam]
    pools = [pool for section in exam.sections for pool in section.pools]
    pooled = {prompt.id for pool in pools for prompt in pool.prompts}
    safety = [prompt for prompt in exam.prompts if prompt.must_pass]
    assert safety and not {prompt.id for prompt in safety} & pooled
    assert {prompt.id for prompt in exam.prompts} == pooled | {prompt.id for prompt in safety}
    assert sum(pool.draw for pool in pools) + len(safety) == COURSES[name][1]
    assert len(exam.prompts) >= 2 * COURSES[name][1]
    assert all(len(pool.prompts) >= 2 * pool.draw for pool in pools)
    asked = {competency for prompt in exam.prompts for competency in prompt.competencies}
    assert asked == {competency for unit in there.values() if not unit.exam for competency in unit.competencies}
    for prompt in exam.prompts:
        assert prompt.reread, prompt.id
        for target in prompt.reread:
            unit, _, section = target.partition("#")
            assert there[unit].section(section), (prompt.id, target)


@pytest.mark.parametrize("name", COURSES)
def test_every_option_says_what_it_does_and_what_comes_next(build: SiteBuild, name: str) -> None:
    for lang in ("fr", "en"):
        silent = {unit.id: curriculum.silent(unit) for unit in units(build, name, lang).values()}
        assert {unit: options for unit, options in silent.items() if options} == {}
        stopping = {unit.id: curriculum.without_next_step(unit) for unit in units(build, name, lang).values()}
        assert {unit: options for unit, options in stopping.items() if options} == {}


@pytest.mark.parametrize("name", COURSES)
def test_length_does_not_tell_the_right_answer(build: SiteBuild, name: str) -> None:
    """Two standard deviations from chance at most: the place of right answers, and how often one is the longest."""
    for lang in ("fr", "en"):
        found = curriculum.ranks(units(build, name).values() if lang == "fr" else translated(build, name))
        share, chance = curriculum.longest(found)
        assert abs(curriculum.drift(found)) <= 2, (lang, found)
        assert abs(share - chance) <= 2 * sqrt(chance * (1 - chance) / len(found)), (lang, found)


def translated(build: SiteBuild, name: str) -> list[Unit]:
    """Units in English with the keys of their source, which alone are marked."""
    source = units(build, name)
    return [replace(unit, keys=source[id].keys) for id, unit in units(build, name, "en").items()]


@pytest.mark.parametrize("name", COURSES)
def test_sentences_are_short(build: SiteBuild, name: str) -> None:
    counts = curriculum.lengths(units(build, name).values())
    assert median(counts) <= 14
    assert curriculum.share_within(counts, 25) >= 0.95


@pytest.mark.parametrize("name", COURSES)
def test_english_is_whole(build: SiteBuild, name: str) -> None:
    english = units(build, name, "en")
    assert set(english) == set(units(build, name))
    for unit in english.values():
        assert {prompt.lang for prompt in unit.prompts} <= {"en"}, unit.id
        assert [section.id for section in unit.sections if section.outdated or section.lang != "en"] == []


def test_every_row_of_the_programmes_is_traced(build: SiteBuild) -> None:
    """Each row once, and every unit that serves one exists."""
    text = (ROOT / "docs/curriculum.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (S\d-\d+) \| (.+) \| (.+) \|$", text, re.MULTILINE)
    assert [row for row, _asked, _served in rows] == ROWS
    known = {unit for _course, unit, _lang in build.units} | {course.id for course in build.courses}
    others = {"credits", "chapeaux", "mention", "region=", "directory.yaml"}
    named = {word for _row, _asked, served in rows for word in re.findall(r"`([^`]+)`", served)}
    assert named - known - others == set()
