"""What scripts add to questions: an answer without leaving the page, buttons to put in order, nothing typed lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.reader import plain, tidy

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from elearn.core.course import Section, Unit
    from tests.browser.conftest import Site

COURSE = "premiers-reperes"


def find(site: Site, *kinds: str) -> tuple[Unit, Section]:
    """A unit and a section of it that asks a question of each of these kinds."""
    edition = site.app.extensions["shelf"].current()
    return next(
        (unit, section)
        for unit in edition.shown_units(edition.courses[COURSE], "fr")
        for section in unit.sections
        if set(kinds) <= {prompt.kind for prompt in section.prompts}
    )


def address(unit: Unit, section: Section) -> str:
    return f"/learning/{COURSE}/{unit.id}/{section.id}"


def question(page: Page, section: Section, kind: str) -> Locator:
    return page.locator(f"#{next(prompt.id for prompt in section.prompts if prompt.kind == kind)}")


def test_an_answer_keeps_the_page_and_what_was_chosen_elsewhere(site: Site, open_browser: Callable) -> None:
    context, _watch = open_browser()
    page = context.new_page()
    unit, section = find(site, "single_choice", "multiple_choice")
    page.goto(address(unit, section))
    elsewhere = question(page, section, "multiple_choice").locator("input[name=answer]").nth(2)
    elsewhere.check()
    asked = question(page, section, "single_choice")
    asked.locator("input[name=answer]").first.check()
    asked.locator("button[type=submit]").first.click()
    asked.locator(".verdict").wait_for()
    assert page.url.endswith(address(unit, section))
    assert elsewhere.is_checked()
    assert page.evaluate("() => document.activeElement.className") == "verdict"


def test_things_are_put_in_order_with_buttons_alone(site: Site, open_browser: Callable) -> None:
    context, _watch = open_browser()
    page = context.new_page()
    unit, section = find(site, "ordering")
    prompt = next(prompt for prompt in section.prompts if prompt.kind == "ordering")
    page.goto(address(unit, section))
    asked = question(page, section, "ordering")
    assert not asked.locator("select").first.is_visible()
    wanted = [plain(prompt.items[position]) for position in unit.keys[prompt.id].solution]
    for place, words in enumerate(wanted):
        while (found := [tidy(one) for one in asked.locator("label").all_text_contents()].index(words)) > place:
            asked.locator(".place").nth(found).locator("[data-move=up]").click()
            assert tidy(asked.locator("[data-said]").text_content() or "") == f"Place {found} sur {len(wanted)}"
    asked.locator("button[type=submit]").first.click()
    asked.locator(".verdict[data-right]").wait_for()
    assert [tidy(one) for one in asked.locator("label").all_text_contents()] == wanted


def test_without_a_network_it_says_so_and_keeps_what_was_chosen(site: Site, open_browser: Callable) -> None:
    context, watch = open_browser()
    page = context.new_page()
    unit, section = find(site, "single_choice")
    page.goto(address(unit, section))
    asked = question(page, section, "single_choice")
    asked.locator("input[name=answer]").first.check()
    context.set_offline(True)
    asked.locator("button[type=submit]").first.click()
    page.get_by_text("La réponse n'est pas partie").wait_for()
    assert asked.locator("input[name=answer]").first.is_checked()
    context.set_offline(False)
    asked.locator("button[type=submit]").first.click()
    asked.locator(".verdict").wait_for()
    watch.console[:] = [one for one in watch.console if "ERR_INTERNET_DISCONNECTED" not in one]


def test_leaving_with_a_private_text_that_is_not_kept_asks_first(site: Site, open_browser: Callable) -> None:
    context, _watch = open_browser()
    site.enter(context, "Chloé", "trainee")
    page = context.new_page()
    unit, section = find(site, "reflection")
    page.goto(address(unit, section))
    asked = question(page, section, "reflection")
    asked.locator("textarea").fill("Quelques mots.")
    questions: list[str] = []

    def answer(dialog) -> None:  # type: ignore[no-untyped-def]
        questions.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    asked.locator("input[name=consent]").check()
    asked.locator("button[type=submit]").first.click()
    asked.locator(".notice.good").wait_for()
    page.goto("/learning/")
    assert questions == []
    page.goto(address(unit, section))
    asked.locator("textarea").fill("Quelques mots de plus.")
    page.goto("/learning/")
    assert questions == ["beforeunload"]


def test_a_scenario_is_walked_without_leaving_the_page(site: Site, open_browser: Callable) -> None:
    context, _watch = open_browser()
    page = context.new_page()
    address = "/learning/ecrire-une-unite/premiere-unite/situations"
    page.goto(address)
    asked = page.locator("#un-silence")
    for words, now in (("Je laisse le silence", "le silence dure"), ("Revenir d'un pas", "la voix de Nour")):
        asked.locator("button", has_text=words).click()
        asked.locator(".step.now", has_text=now).wait_for()
        assert now in page.evaluate("() => document.activeElement.textContent"), "reading goes on at the new step"
    asked.locator("button", has_text="Je t'entends").click()
    asked.locator(".notice.good").wait_for()
    assert asked.locator(".step").count() == 2 and page.url.endswith(address)
    asked.locator("button", has_text="Essayer un autre chemin").click()
    asked.locator(".choice").nth(2).wait_for()
    assert asked.locator(".step").count() == 1
