"""Journeys with the keyboard only: every control is reached, in the order of the page, with a focus one can see."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site

SECTION = "/learning/premiers-reperes"


def focused(page: Page) -> str:
    return page.evaluate(
        """() => { const one = document.activeElement;
        return (one.getAttribute('name') || '') + '|' + (one.textContent || '').trim().slice(0, 60); }"""
    )


def tab_to(page: Page, wanted: str, most: int = 80) -> list[str]:
    """Press Tab until the focused thing's name or words hold `wanted`; each stop must show its focus."""
    path = []
    for _ in range(most):
        page.keyboard.press("Tab")
        path.append(focused(page))
        visible = page.evaluate(
            """() => { const one = document.activeElement, look = getComputedStyle(one);
            const ring = el => { const s = getComputedStyle(el); return (s.outlineStyle !== 'none'
              && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== 'none'; };
            return one === document.body || ring(one) || (one.labels && [...one.labels].some(ring))
              || (one.parentElement && ring(one.parentElement)); }"""
        )
        assert visible, f"no visible focus on {path[-1]}"
        if wanted in path[-1]:
            return path
    raise AssertionError(f"{wanted} was not reached: {path}")


def test_skip_link_is_first(site: Site, open_browser: Callable) -> None:
    context, _ = open_browser(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto("/")
    page.keyboard.press("Tab")
    assert "Aller au contenu" in focused(page)
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.tagName") == "MAIN"


def test_sign_up_and_answer_by_keyboard(site: Site, open_browser: Callable) -> None:
    context, _ = open_browser(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto("/accounts/sign-up")
    tab_to(page, "sign_in_name|")
    page.keyboard.type("clavier")
    tab_to(page, "password|")
    page.keyboard.type("lampe ronde tabouret")
    page.keyboard.press("Enter")
    page.wait_for_url("**/learning/**")

    edition = site.app.extensions["shelf"].current()
    course = edition.courses["premiers-reperes"]
    unit = edition.unit(course.id, course.units[0], "fr")
    section, prompt = next(
        (section, prompt)
        for section in unit.sections
        for prompt in section.prompts
        if prompt.kind in ("single_choice", "true_false")
    )
    page.goto(f"/learning/{course.id}/{unit.id}/{section.id}")
    tab_to(page, "answer|")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    tab_to(page, "Vérifier")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    page.locator(f'form[action*="/{prompt.id}/attempts"] .verdict').first.wait_for()
    tab_to(page, "Continuer")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: f"/{unit.id}/{section.id}" not in url)


def test_no_trap_from_top_to_bottom(site: Site, open_browser: Callable) -> None:
    context, _ = open_browser(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    for path in ("/", "/help", "/learning/", SECTION, "/accounts/sign-in"):
        page.goto(path)
        tab_to(page, "Vie privée", most=150)
