"""Writing in the browser: from a problem to its line, models at a press, nothing unsaved lost; and all of it without
scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site

TEXT = "/authoring/texts/courses/premiers-reperes/06-se-devoiler/fr.md"
DESK = {"width": 1280, "height": 800}


@pytest.fixture
def page(site: Site, open_browser: Callable, request: pytest.FixtureRequest) -> Page:
    context, _watch = open_browser(viewport=DESK, **getattr(request, "param", {}))
    site.enter(context, "Ada", "trainer")
    opened: Page = context.new_page()
    opened.goto(TEXT)
    return opened


def selected(page: Page) -> str:
    return page.evaluate("() => { const f = document.getElementById('text'); "
                         "return f.value.slice(f.selectionStart, f.selectionEnd) }")  # fmt: skip


def save(page: Page, go: str = "stay") -> None:
    with page.expect_navigation():
        page.click(f"button[value={go}]")


def give_up(page: Page) -> None:
    """Leave the shared site as it was."""
    page.goto(TEXT)
    page.click(".deed summary")
    with page.expect_navigation():
        page.click(".deed button")


def test_from_a_problem_to_its_line_and_a_model_below_it(page: Page) -> None:
    before = page.input_value("#text")
    page.fill("#text", before.replace("(x)", "( )", 1))
    save(page)
    page.click(".problems [data-line]")
    assert "{.choix-unique" in selected(page)
    assert page.evaluate("document.activeElement.id") == "text"
    page.click("#pieces summary")
    page.click("#pieces button >> nth=1")
    assert selected(page).startswith("### ")
    twice = page.locator("#pieces pre >> nth=1").inner_text()
    assert twice.split("#q-")[1][:5] not in page.input_value("#text")
    page.keyboard.press("Control+z")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"
    give_up_unsaved(page)
    give_up(page)


def give_up_unsaved(page: Page) -> None:
    page.fill("#text", page.evaluate("document.getElementById('text').defaultValue"))


def test_leaving_what_is_not_saved_asks_first(page: Page) -> None:
    asked: list[str] = []

    def answer(dialog) -> None:  # type: ignore[no-untyped-def]
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.click("#text")
    page.keyboard.type("x")
    page.goto("/authoring/")
    assert asked == ["beforeunload"]
    page.goto(TEXT)
    page.goto("/authoring/")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("page", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_one_writes_tries_and_gives_up(page: Page) -> None:
    page.fill("#text", page.input_value("#text").replace("## ", "## Nouveau : ", 1))
    save(page, "preview")
    assert "Nouveau" in page.inner_text("article.seen")
    form = page.locator("[data-question] form").first
    form.locator("input[type=radio], input[type=checkbox]").first.check()
    with page.expect_navigation():
        form.locator("[type=submit]").first.click()
    assert page.locator(".verdict").count() == 1
    give_up(page)
    assert "Nouveau :" not in page.input_value("#text")
