"""Dragging as an extra: with a mouse and by touch, to order and to match. Buttons and menus stay, and follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.reader import tidy
from tests.browser.test_questions import address, find, question

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Site


def box(one: Locator) -> tuple[float, float]:
    """Where the middle of a thing is on the screen."""
    found = one.bounding_box()
    assert found is not None
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def drag(page: Page, grip: Locator, onto: Locator, touch: bool, then: str = "drop") -> None:
    """Hold a grip, go over another thing in steps, let go (or press Escape first)."""
    grip.scroll_into_view_if_needed()
    (x, y), (to_x, to_y) = box(grip), box(onto)
    ways = [(x + (to_x - x) * n / 8, y + (to_y + 6 - y) * n / 8) for n in range(1, 9)]
    if not touch:
        page.mouse.move(x, y)
        page.mouse.down()
        for way in ways:
            page.mouse.move(*way)
        if then == "Escape":
            page.keyboard.press("Escape")
        page.mouse.up()
        return
    finger = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": a, "y": b} for a, b in points]})

    send("touchStart", (x, y))
    for way in ways:
        send("touchMove", way)
    send("touchEnd")


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
def test_things_are_put_in_order_by_dragging(site: Site, open_browser: Callable, touch: bool) -> None:
    context, _watch = open_browser(has_touch=touch, reduced_motion="reduce")
    page = context.new_page()
    unit, section = find(site, "ordering")
    page.goto(address(unit, section))
    asked = question(page, section, "ordering")
    places = asked.locator(".place")
    words = [tidy(one) for one in asked.locator("label").all_text_contents()]
    places.nth(1).scroll_into_view_if_needed()
    drag(page, places.nth(0).locator(".grip"), places.nth(2), touch)
    moved = [words[1], words[2], words[0], *words[3:]]
    assert [tidy(one) for one in asked.locator("label").all_text_contents()] == moved
    assert asked.locator("select").evaluate_all("all => all.map(one => one.selectedIndex)") == list(
        range(1, len(words) + 1)
    ), "what is sent follows what is seen"
    assert tidy(asked.locator("[data-said]").text_content() or "") == f"Place 3 sur {len(words)}"
    assert asked.locator(".held").count() == 0
    assert page.evaluate("() => document.getAnimations().length") == 0


def test_escape_puts_it_back(site: Site, open_browser: Callable) -> None:
    context, _watch = open_browser()
    page = context.new_page()
    unit, section = find(site, "ordering")
    page.goto(address(unit, section))
    asked = question(page, section, "ordering")
    words = asked.locator("label").all_text_contents()
    places = asked.locator(".place")
    places.nth(1).scroll_into_view_if_needed()
    drag(page, places.nth(0).locator(".grip"), places.nth(2), touch=False, then="Escape")
    assert asked.locator("label").all_text_contents() == words and asked.locator(".held").count() == 0


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "touch"])
def test_a_letter_is_dragged_onto_what_it_goes_with(site: Site, open_browser: Callable, touch: bool) -> None:
    context, _watch = open_browser(has_touch=touch, viewport={"width": 390, "height": 1400})
    page = context.new_page()
    unit, section = find(site, "matching")
    page.goto(address(unit, section))
    asked = question(page, section, "matching")
    asked.scroll_into_view_if_needed()
    pair = asked.locator(".pair").nth(1)
    drag(page, asked.locator(".targets .grip").nth(2), pair.locator("label"), touch)
    assert pair.locator("select").evaluate("one => one.selectedIndex") == 3
    assert page.locator(".ghost").count() == 0 and page.locator(".aimed").count() == 0
    drag(page, asked.locator(".targets .grip").nth(0), asked.locator("h3").first, touch)
    assert asked.locator("select").evaluate_all("all => all.filter(one => one.value).length") == 1, "elsewhere: nothing"
    assert asked.locator(".grip").evaluate_all("all => all.every(one => one.tabIndex < 0)"), "the menus have the keys"
