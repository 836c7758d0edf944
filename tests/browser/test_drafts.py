"""Answers kept as they are typed, in a real browser: soon, in words, without a network, over the end of a session."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from elearn.services import accounts
from elearn.store.base import now
from tests.browser.reader import tidy
from tests.browser.test_session import PASSWORD, end_sessions
from tests.browser.test_session import said as session_says

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Site

NAME = "Celle qui écrit la nuit"
MEANWHILE = ("ERR_INTERNET_DISCONNECTED", "401", "409", "422")
"""What the console tells of answers that these tests ask for."""


@pytest.fixture
def person(site: Site, open_browser: Callable) -> Callable[..., Page]:
    """A page of someone new who is signed in."""
    watches = []

    def enter(password: str = "", **options: object) -> Page:
        context, watch = open_browser(**options)
        watches.append(watch)
        if not password:
            site.enter(context, f"Brouillon {id(watch)}", "trainee")
            return context.new_page()
        with site.app.app_context():
            accounts.sign_up(NAME, NAME, password, now(), method="scrypt:1024:8:1")
        page = context.new_page()
        page.goto("/accounts/sign-in")
        page.fill("main input[name=name]", NAME)
        page.fill("main input[name=password]", password)
        page.press("main input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield enter
    for watch in watches:
        watch.console[:] = [one for one in watch.console if not any(code in one for code in MEANWHILE)]


def line(asked: Locator) -> Locator:
    return asked.locator("[data-draft-line]")


def opened(page: Page, site: Site, kind: str) -> tuple[str, Locator]:
    """The page of a section that asks a question of this kind, and that question."""
    edition = site.app.extensions["shelf"].current()
    where, name = next(
        (f"/learning/{course.id}/{unit.id}/{section.id}", prompt.id)
        for course in edition.courses.values()
        for unit in edition.shown_units(course, "fr")
        for section in unit.sections
        for prompt in section.prompts
        if prompt.kind == kind
    )
    page.goto(where)
    return where, page.locator(f"#{name}")


def kept(asked: Locator) -> None:
    line(asked).filter(has_text="Enregistré à").wait_for()


def saves(page: Page) -> list[str]:
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.post_data or "") if one.url.endswith("/drafts") else None)
    return sent


def test_what_is_typed_is_kept_within_two_seconds_and_is_there_again(site: Site, person: Callable[..., Page]) -> None:
    page = person()
    sent = saves(page)
    _where, asked = opened(page, site, "short_answer")
    field = asked.locator("input[type=text]")
    with page.expect_response("**/drafts", timeout=2000) as answer:
        field.type("quelques mots")
    assert answer.value.status == 204
    kept(asked)
    assert re.search(r"Enregistré à \d{1,2} h \d\d$", tidy(line(asked).inner_text()))
    assert len(sent) == 1, "not one for each key"
    assert page.evaluate("document.activeElement.id") == field.get_attribute("id"), "nothing takes the focus away"
    assert tidy(page.inner_text("#draft_said")).startswith("Enregistré à")
    page.reload()
    assert field.input_value() == "quelques mots"
    assert "Réponse commencée, pas encore vérifiée" in tidy(asked.inner_text())


def test_leaving_a_field_keeps_it_at_once_and_it_is_said_aloud_once(site: Site, person: Callable[..., Page]) -> None:
    page = person()
    _where, asked = opened(page, site, "short_answer")
    page.evaluate(
        """() => { window.told = []; new MutationObserver(() => {
        const words = document.getElementById("draft_said").textContent; if (words) window.told.push(words);
        }).observe(document.getElementById("draft_said"), {childList: true}); }"""
    )
    field = asked.locator("input[type=text]")
    for words in ("un", " deux", " trois"):
        field.focus()
        with page.expect_response("**/drafts", timeout=900):
            page.keyboard.type(words)
            page.keyboard.press("Tab")
    kept(asked)
    assert len(page.evaluate("window.told")) == 1


def test_a_tick_is_not_lost_by_going_on(site: Site, person: Callable[..., Page]) -> None:
    page = person()
    where, asked = opened(page, site, "single_choice")
    asked.locator("input[name=answer]").nth(1).check()
    page.locator(".onwards button[type=submit]").click()
    page.wait_for_url(lambda url: not url.endswith(where))
    page.goto(where)
    assert asked.locator("input[name=answer]").nth(1).is_checked()
    asked.locator("button[type=submit]").first.click()
    asked.locator(".verdict").wait_for()
    page.reload()
    assert "Réponse commencée" not in tidy(asked.inner_text()), "given, it is no draft any more"


def test_moved_by_keyboard_things_to_order_are_kept(site: Site, person: Callable[..., Page]) -> None:
    page = person()
    _where, asked = opened(page, site, "ordering")
    asked.locator("[data-move=down]").first.focus()
    page.keyboard.press("Enter")
    kept(asked)
    order = asked.locator(".place label").all_text_contents()
    page.reload()
    assert asked.locator(".place label").all_text_contents() == order


def test_without_a_network_it_waits_and_is_kept_once_there_is_one(site: Site, person: Callable[..., Page]) -> None:
    page = person()
    _where, asked = opened(page, site, "short_answer")
    page.context.set_offline(True)
    asked.locator("input[type=text]").type("hors ligne")
    line(asked).filter(has_text="Hors connexion").wait_for()
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == "[{},{}]"
    page.locator(".onwards button[type=submit]").click()
    page.get_by_role("alert").filter(has_text="n'est pas encore gardée").wait_for()
    page.context.set_offline(False)
    kept(asked)
    page.reload()
    assert asked.locator("input[type=text]").input_value() == "hors ligne"


def test_two_pages_show_both_versions_in_place(site: Site, person: Callable[..., Page]) -> None:
    one = person()
    _where, here = opened(one, site, "short_answer")
    other = one.context.new_page()
    _where, there = opened(other, site, "short_answer")
    here.locator("input[type=text]").type("du téléphone")
    kept(here)
    there.locator("input[type=text]").type("de l'ordinateur")
    there.locator(".other-version").wait_for()
    assert "du téléphone" in tidy(there.locator(".other-version").inner_text())
    assert there.locator("input[type=text]").input_value() == "de l'ordinateur"
    assert other.evaluate("document.activeElement.type") == "text", "nothing takes the focus away"
    other.keyboard.type(" et la suite")
    line(there).filter(has_text="Choisissez d'abord").wait_for()
    there.get_by_role("link", name="Prendre l'autre").click()
    there.locator(".begun").wait_for()
    assert there.locator("input[type=text]").input_value() == "du téléphone"
    here.locator("input[type=text]").type(" encore")
    kept(here)
    there.locator("input[type=text]").fill("de l'ordinateur")
    there.locator(".other-version").wait_for()
    there.get_by_role("button", name="Garder celle de cette page").click()
    there.locator(".begun").wait_for()
    other.reload()
    assert there.locator("input[type=text]").input_value() == "de l'ordinateur"


def test_a_private_text_is_kept_once_it_may_be_and_goes_back_to_what_it_was(
    site: Site, person: Callable[..., Page]
) -> None:
    page = person()
    sent = saves(page)
    _where, asked = opened(page, site, "reflection")
    text = asked.locator("textarea")
    text.type("Un premier texte.")
    line(asked).filter(has_text="cochez la case").wait_for()
    assert sent == []
    asked.locator("input[name=consent]").check()
    kept(asked)
    page.reload()
    assert text.input_value() == "Un premier texte."
    text.fill("Tout autre chose.")
    kept(asked)
    back = asked.get_by_role("button", name="Revenir au texte d'avant")
    back.wait_for()
    with page.expect_response("**/drafts"):
        back.click()
    text.fill("")
    line(asked).filter(has_text="Un champ vide n'efface rien").wait_for()
    page.reload()
    assert text.input_value() == "Un premier texte."


def test_a_long_text_outlives_its_session_and_is_kept_once(site: Site, person: Callable[..., Page]) -> None:
    page = person(password=PASSWORD)
    _where, asked = opened(page, site, "reflection")
    text = asked.locator("textarea")
    asked.locator("input[name=consent]").check()
    text.type("Écrit avant.")
    kept(asked)
    end_sessions(site)
    sent = saves(page)
    text.type(" Et pendant que la connexion se fermait.")
    session_says(page, "La connexion est fermée")
    line(asked).filter(has_text="la connexion est fermée").wait_for()
    before = len(sent)
    text.type(" Puis encore.")
    page.wait_for_timeout(1500)
    assert len(sent) == before, "nothing is sent into a session that has ended"
    page.get_by_role("button", name="Se connecter ici").click()
    page.fill("#session_name", NAME)
    page.fill("#session_password", PASSWORD)
    page.press("#session_password", "Enter")
    kept(asked)
    assert len(sent) == before + 1
    page.reload()
    assert text.input_value() == "Écrit avant. Et pendant que la connexion se fermait. Puis encore."


def test_without_scripts_a_button_keeps_what_was_ticked(site: Site, person: Callable[..., Page]) -> None:
    page = person(java_script_enabled=False)
    where, asked = opened(page, site, "single_choice")
    asked.locator("input[name=answer]").nth(1).check()
    asked.get_by_role("button", name="Garder sans vérifier").click()
    page.wait_for_url(f"**{where}#*")
    assert asked.locator("input[name=answer]").nth(1).is_checked()
    assert "Réponse commencée, pas encore vérifiée" in tidy(asked.inner_text())
