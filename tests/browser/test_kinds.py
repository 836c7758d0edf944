"""Every kind of question, as the demo course asks them: on a phone and by keyboard, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from elearn.core.questions import KINDS as ALL_KINDS
from tests.browser.reader import Reader, tidy

if TYPE_CHECKING:
    from playwright.sync_api import Page

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


TARGETS = """one => [...one.querySelectorAll('a, button, input, select, textarea, summary')]
.filter(each => each.type !== 'hidden' && each.getClientRects().length)
.filter(each => Math.min(each.getBoundingClientRect().width, each.getBoundingClientRect().height) < 24)
.map(each => each.outerHTML)"""


@pytest.mark.parametrize(("scripts", "scheme"), [(True, "dark"), (False, "light")], ids=["scripts", "no-scripts"])
def test_every_kind_is_answered_with_the_keyboard_alone(
    site: Site, open_browser: Callable, scripts: bool, scheme: str
) -> None:
    context, _watch = open_browser(java_script_enabled=scripts, color_scheme=scheme)
    site.enter(context, f"Chloé {scheme}", "trainee")
    page = context.new_page()
    edition = site.app.extensions["shelf"].current()
    unit = edition.shown_units(edition.courses[COURSE], "fr")[0]
    drawn = {prompt.id for section in unit.sections for pool in section.pools for prompt in pool.prompts}
    found = {
        prompt.kind: (section.id, prompt)
        for section in unit.sections
        for prompt in section.prompts
        if prompt.id not in drawn
    }
    pool = next(section for section in unit.sections if section.pools)
    assert set(found) == set(ALL_KINDS)
    for where, name in [(section, prompt.id) for section, prompt in found.values()] + [(pool.id, "")]:
        page.goto(f"/learning/{COURSE}/{unit.id}/{where}")
        name = name or page.locator("[data-question]").first.get_attribute("id") or ""
        asked = page.locator(f"#{name}")
        answer_by_keys(page, name)
        asked.locator(".verdict, .notice.good, .step.end").first.wait_for()
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), name
        assert asked.evaluate(TARGETS) == [], name


def answer_by_keys(page: Page, name: str) -> None:
    """From the top of a question, press Tab and answer whatever one comes to, as it is answered by keys."""
    page.evaluate("name => { location.hash = name }", name)
    places = 0
    for _ in range(80):
        page.keyboard.press("Tab")
        one = page.evaluate(
            """name => { const one = document.activeElement; return [one.closest('#' + name) !== null, one.tagName,
            one.type || '', one.className, one.name || '', one.dataset.move || '', one.checked === true]; }""",
            name,
        )
        inside, tag, kind, looks, field, move, checked = one
        if not inside:
            continue
        if tag == "SELECT":
            places += 1
            for _press in range(places if field.startswith("place-") else 1):
                page.keyboard.press("ArrowDown")
        elif kind in ("checkbox", "radio") and not checked:
            page.keyboard.press("Space")
        elif kind in ("text", "textarea"):
            page.keyboard.type("trois") if field.startswith("gap") or kind == "textarea" else page.keyboard.type("3")
        elif move == "down":
            page.keyboard.press("Enter")
        elif kind == "submit" and "choice" in looks:
            steps = page.locator(f"#{name} .step").count()
            with page.expect_response(lambda answer: answer.request.method == "POST"):
                page.keyboard.press("Enter")
            page.locator(f"#{name} .step").nth(steps).wait_for()  # a key pressed before would fall on the former step
            page.wait_for_load_state()
            if page.locator(f"#{name} .step.end").count():
                return
            page.evaluate("name => { location.hash = ''; location.hash = name }", name)
        elif kind == "submit":
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} has no way to be answered by keys")
