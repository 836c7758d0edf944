"""The demo course is the manual and the fixture: it shows every feature of the format for real, in both languages.

What its examples only spell out, in a block of code, does not count: the compiled unit is looked at. That every kind of
question is there: test_house.py.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping

import pytest

from elearn.core.check import SiteBuild, check_site
from elearn.core.course import Unit
from elearn.store.content_folder import read_folder
from tests import shipped

DEMO = "ecrire-une-unite"
CALLOUTS = ("note", "tip", "important", "warning", "caution")
SAID: Mapping[str, str] = {
    **{f"callout {kind}": rf'<div class="callout {kind}"' for kind in CALLOUTS},
    "footnote": r'<sup class="footnote-ref"',
    "table": r"<table>",
    "glossary link": r'<a href="#glossary-[^"]+" class="glossary"',
    "unit link": r'<a href="/learning/[^"]+"',
    "citation": r'<a class="citation"',
    "citation with its page": r'<a class="citation"[^>]*>[^<]+</a>,\s*p\.',
    "figure with a caption": r'<figure class="picture"><img [^>]*alt="[^"]+"[^>]*><figcaption>[^<]',
    "decorative image": r'<img [^>]*alt=""',
    "sound with its transcript": r"<audio (?:(?!</figure>).)*<details>",
    "video with captions and transcript": r"<video (?:(?!</figure>).)*<track (?:(?!</figure>).)*<details>",
    "testimony with its speaker": r'<div class="callout testimony"(?:(?!</div>).)*<p class="speaker">',
}
KEPT: Mapping[str, Callable[[Unit], bool]] = {
    "essentials before the first section": lambda unit: b'class="callout important"' in unit.opening,
    "content note": lambda unit: bool(unit.content_note),
    "sources": lambda unit: bool(unit.references),
    "region": lambda unit: any(prompt.regions for prompt in unit.prompts),
    "hint": lambda unit: any(prompt.hints for prompt in unit.prompts),
    "explanation": lambda unit: any(key.explanation for key in unit.keys.values()),
    "feedback": lambda unit: any(any(key.feedback) for key in unit.keys.values()),
    "sample answer": lambda unit: any(key.sample for key in unit.keys.values()),
    "fixed answer": lambda unit: any(prompt.fixed for prompt in unit.prompts),
    "partial marks": lambda unit: any(key.partial for key in unit.keys.values()),
    "question of safety": lambda unit: any(prompt.must_pass for prompt in unit.prompts),
    "points": lambda unit: any(prompt.points > 1 for prompt in unit.prompts),
    "gap to type and menu": lambda unit: any(
        {bool(menu) for menu in one.menus} == {True, False} for one in unit.prompts
    ),
    "distractor": lambda unit: any(len(one.targets) > len(one.items) for one in unit.prompts),
    "pool of its own": lambda unit: any(not pool.source for one in unit.sections for pool in one.pools),
    "shared pool": lambda unit: any(pool.source for one in unit.sections for pool in one.pools),
    "exam": lambda unit: unit.exam and len([pool for one in unit.sections for pool in one.pools]) > 1,
    "where to read again": lambda unit: any("#" in name for prompt in unit.prompts for name in prompt.reread),
}
BARE = Unit("u", "c", "fr", "Une unité", 5, "CC0-1.0", "publie", ("N.",))


def lacking(*units: Unit) -> list[str]:
    """Features that none of the units shows."""
    blocks = (block for unit in units for section in unit.sections for block in section.blocks)
    openings = (unit.opening for unit in units)
    html = b"\n".join([*openings, *(getattr(block, "html", b"") for block in blocks)]).decode()
    said = [name for name, pattern in SAID.items() if not re.search(pattern, html, re.DOTALL)]
    return said + [name for name, there in KEPT.items() if not any(map(there, units))]


@pytest.fixture(scope="module")
def build() -> SiteBuild:
    return check_site(read_folder(shipped.some()), dt.date(2026, 11, 26))


@pytest.fixture(scope="module")
def units(build: SiteBuild) -> list[Unit]:
    return [unit for (course, _name, _lang), unit in build.units.items() if course == DEMO]


def test_the_demo_course_shows_every_feature(units: list[Unit]) -> None:
    for lang in ("fr", "en"):
        mine = [unit for unit in units if unit.lang == lang]
        assert [unit.exam for unit in mine] == [False, True]
        assert lacking(*mine) == []


def test_a_feature_that_is_not_shown_is_told() -> None:
    assert lacking(BARE) == [*SAID, *KEPT]


def test_a_translation_is_whole(units: list[Unit]) -> None:
    """Nothing of the demo course falls back to French in English, and nothing there is late."""
    for english in (unit for unit in units if unit.lang == "en"):
        assert {block.lang for section in english.sections for block in section.blocks} == {"en"}
        asked = {prompt.lang for section in english.sections for pool in section.pools for prompt in pool.prompts}
        assert asked == {"en"}
        assert [section.id for section in english.sections if section.outdated] == []


def test_the_course_ends_with_its_exam(build: SiteBuild) -> None:
    """Every section that it sends back to is there, whatever is drawn, and a second sitting has other questions."""
    course = next(one for one in build.courses if one.id == DEMO)
    exam = build.units[DEMO, course.rule.exam, "fr"]
    assert exam.exam and course.units[-1] == exam.id
    pools = [pool for section in exam.sections for pool in section.pools]
    assert all(len(pool.open) >= 2 * pool.draw for pool in pools)
    assert {len({name for prompt in pool.prompts for name in prompt.competencies}) for pool in pools} == {1}
    for prompt in (prompt for pool in pools for prompt in pool.prompts):
        unit, _, section = prompt.reread[0].partition("#")
        assert build.units[DEMO, unit, "fr"].section(section)
