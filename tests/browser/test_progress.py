"""Where one stands, what one answered, what a trainer sees: no barrier, in both languages, on a phone and on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.test_pages import COURSE, axe, speak, walk

if TYPE_CHECKING:
    from tests.browser.conftest import Site

__all__ = ["axe"]
ANSWERS, RECORD = f"{COURSE}/le-role/answers", f"{COURSE}/record"


@pytest.mark.parametrize(("lang", "scheme"), [("fr", "light"), ("en", "dark")])
def test_pages_of_progress(site: Site, open_browser: Callable, axe: Any, lang: str, scheme: str) -> None:
    context, watch = open_browser(color_scheme=scheme)
    site.enter(context, f"Nour {lang}", "trainee")
    speak(context, site, lang)
    page = context.new_page()
    page.goto(COURSE)
    page.locator("form[action$='/enrolments'] button").click()
    page.goto(f"{COURSE}/le-role/quiz")
    form = page.locator("form[action*='/attempts']:has(input[type=radio])").first
    form.locator("input[type=radio]").first.check()
    form.locator("button[type=submit]").first.click()
    form.locator("[data-focus]").first.wait_for()
    paths = [f"{COURSE}?told=unit&unit=le-role", ANSWERS, f"{RECORD}?texts=count"]
    assert walk(context, watch, paths, axe, alike=True) == []
    page.goto(RECORD)
    page.emulate_media(media="print")
    assert not page.locator(".bottom").is_visible() and not page.locator(".screen-only").is_visible()
    assert page.locator(".not-proof").is_visible()


def test_who_is_where(site: Site, open_browser: Callable, axe: Any) -> None:
    context, watch = open_browser()
    site.enter(context, "Adama", "trainer")
    page = context.new_page()
    page.goto("/cohorts/new")
    page.locator("input[name=name]").fill("Mardi")
    page.locator("main form button").click()
    page.wait_for_url(lambda url: "/new" not in url)
    path = page.url.removeprefix(site.url)
    site.join(path.rpartition("/")[2], ["Zoé Ménard-Lachance", "Bao"])
    assert walk(context, watch, [f"{path}/progress"], axe) == []
    table = page.goto(f"{path}/progress")
    assert table is not None and table.ok
    page.set_viewport_size({"width": 320, "height": 800})
    page.locator(".matrix").focus()
    page.keyboard.press("End")
    box = page.locator(".matrix tbody th").first.bounding_box()
    assert box is not None and box["x"] >= 0, "the name stays in sight while the units go by"
