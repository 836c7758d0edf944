"""The demo course is the manual and the fixture: it shows every feature of the format for real, in both languages.

What its examples only spell out, in a block of code, does not count: the compiled unit is looked at. That every kind of
question is there: test_house.py.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping

import pytest

from elearn.config import ROOT
from elearn.core.check import check_site
from elearn.core.course import Unit
from elearn.store.content_folder import read_folder

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
}
BARE = Unit("u", "c", "fr", "Une unité", 5, "CC0-1.0", "publie", ("N.",))


def lacking(unit: Unit) -> list[str]:
    """Features that a unit does not show."""
    blocks = (block for section in unit.sections for block in section.blocks)
    html = b"\n".join([unit.opening, *(getattr(block, "html", b"") for block in blocks)]).decode()
    said = [name for name, pattern in SAID.items() if not re.search(pattern, html, re.DOTALL)]
    return said + [name for name, there in KEPT.items() if not there(unit)]


@pytest.fixture(scope="module")
def units() -> list[Unit]:
    build = check_site(read_folder(ROOT / "content"), dt.date(2026, 11, 26))
    return [unit for (course, _name, _lang), unit in build.units.items() if course == DEMO]


def test_the_demo_course_shows_every_feature(units: list[Unit]) -> None:
    assert {unit.lang for unit in units} == {"fr", "en"}
    assert {unit.lang: lacking(unit) for unit in units} == {"fr": [], "en": []}


def test_a_feature_that_is_not_shown_is_told() -> None:
    assert lacking(BARE) == [*SAID, *KEPT]


def test_a_translation_is_whole(units: list[Unit]) -> None:
    """Nothing of the demo course falls back to French in English, and nothing there is late."""
    english = next(unit for unit in units if unit.lang == "en")
    assert {block.lang for section in english.sections for block in section.blocks} == {"en"}
    assert [section.id for section in english.sections if section.outdated] == []
