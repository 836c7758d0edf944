"""Questions to type, to complete and of opinion, as the demo course asks them: on a phone, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.reader import Reader, tidy

if TYPE_CHECKING:
    from elearn.core.course import Unit
    from elearn.core.questions.base import Prompt
    from tests.browser.conftest import Site

COURSE = "ecrire-une-unite"
KINDS = ("number", "short_answer", "cloze", "survey", "scale")


def asked(site: Site) -> tuple[Unit, list[tuple[str, Prompt]]]:
    edition = site.app.extensions["shelf"].current()
    unit = edition.shown_units(edition.courses[COURSE], "fr")[0]
    found = [(section.id, prompt) for section in unit.sections for prompt in section.prompts if prompt.kind in KINDS]
    assert {prompt.kind for _, prompt in found} == set(KINDS)
    return unit, found


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_each_kind_is_answered_on_a_phone(site: Site, open_browser: Callable, scripts: bool) -> None:
    context, _watch = open_browser(java_script_enabled=scripts, viewport={"width": 390, "height": 800})
    page = context.new_page()
    unit, questions = asked(site)
    reader = Reader(page, site.app.extensions["shelf"].current(), COURSE, "fr")
    for section, prompt in questions:
        page.goto(f"/learning/{COURSE}/{unit.id}/{section}")
        reader.answer(prompt, unit.keys[prompt.id])
        verdict = reader.form(prompt).locator(".verdict")
        verdict.first.wait_for()
        said = tidy(verdict.first.inner_text()).replace("’", "'")
        assert ("Merci" if prompt.kind in ("survey", "scale") else "C'est juste") in said


def test_a_text_is_completed_with_the_keyboard_alone(site: Site, open_browser: Callable) -> None:
    context, _watch = open_browser()
    page = context.new_page()
    unit, questions = asked(site)
    section, prompt = next(one for one in questions if one[1].kind == "cloze")
    page.goto(f"/learning/{COURSE}/{unit.id}/{section}")
    form = page.locator(f"#{prompt.id} form")
    form.locator('[name="gap-0"]').focus()
    page.keyboard.type("dem")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.name") == "gap-1"
    page.keyboard.type("trois")
    page.keyboard.press("Tab")
    page.keyboard.type("se")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.tagName") == "SUMMARY", "the hint comes before the button"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    form.locator("[data-right]").wait_for()
