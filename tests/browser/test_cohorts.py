"""From a new cohort to a link on paper, in a real browser; and no barrier on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.test_pages import axe, look  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from tests.browser.conftest import Site


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_from_a_cohort_to_a_link_on_paper(site: Site, open_browser: Callable, axe: Any, lang: str) -> None:  # noqa: F811
    context, _watch = open_browser(color_scheme="dark" if lang == "en" else "light")
    context.add_cookies([{"name": "elearn-lang", "value": lang, "url": site.url}])
    site.enter(context, "Ada", "trainer")
    page = context.new_page()
    page.goto("/cohorts/new")
    page.fill("#name", f"Mardi soir {lang}")
    page.locator("main form button").click()
    page.wait_for_selector("#members")
    group = page.url
    page.locator("main a.button").first.click()
    page.wait_for_selector("#days")
    page.locator("main form button").click()
    page.wait_for_selector("#address")
    sheet, join = page.url, page.input_value("#address")

    without, _watch = open_browser(java_script_enabled=False)
    site.enter(without, "Benoît", "trainee")
    guest = without.new_page()
    guest.goto("/cohorts/join")
    guest.fill("#code", join.rpartition("/")[2].lower())
    guest.locator("main form button").click()
    guest.locator("main form button").click()
    guest.wait_for_url("**/learning/*")

    page.goto(group)
    page.get_by_role("link", name="Benoît").click()
    page.wait_for_selector("button[value=paper]")
    member = page.url
    page.locator("button[value=paper]").click()
    page.wait_for_selector(".sheet svg")
    assert page.locator(".sheet .address").inner_text() == f"{site.url}/accounts/links/"
    page.emulate_media(media="print")
    assert page.locator("h1").is_hidden(), "no name on the paper"
    assert page.locator(".sheet svg").is_visible()
    page.emulate_media(media="screen")

    paths = [group, f"{group}/settings", sheet, member, join, "/cohorts/", "/cohorts/new", "/cohorts/invitations"]
    paths += ["/cohorts/invitations/new", "/cohorts/join"]
    assert [problem for path in paths for problem in look(page, path, axe)] == []
