"""The final exam on a phone, with and without scripts: answers are saved as they are given, and marked at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests import exams
from tests.browser.conftest import Site, Watch, served
from tests.browser.reader import tidy

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

COVER = "/learning/reperes/bilan/sittings"


@pytest.fixture(scope="module")
def exam_site(migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    order = "### Dans quel ordre ? {.ordre #ordre}\n\n1. Accueillir\n2. Écouter\n3. Reformuler\n\n"
    files = exams.files(exams.exam(more=f"\n{order}> **Explication :** accueillir vient d'abord.\n"))
    with served(migrated, tmp_path_factory.mktemp("exam"), files) as found:
        yield found


def phone(chromium: Browser, site: Site, who: str, **options: Any) -> tuple[BrowserContext, Watch]:
    settings = {"viewport": {"width": 390, "height": 844}, "locale": "fr-CA", **options}
    context = chromium.new_context(base_url=site.url, **settings)
    context.set_default_timeout(10_000)
    watch = Watch(site.url)
    context.on("page", watch.follow)
    site.enter(context, who, "trainee")
    return context, watch


def choose(page: Page, words: str) -> None:
    page.locator(".option label", has_text=words).click()


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).click()


def test_what_was_chosen_before_the_script_came_is_saved_too(chromium: Browser, exam_site: Site) -> None:
    context, _watch = phone(chromium, exam_site, "Émile")
    page = context.new_page()
    late: list[Any] = []
    page.route("**/sitting*.js", lambda route: late.append(route))
    page.goto(COVER)
    page.get_by_role("button", name="Commencer l'examen").click(no_wait_after=True)
    choose(page, "Réponse 1")
    assert page.get_by_text("Enregistré à").count() == 0 and len(late) == 1
    late[0].continue_()
    page.get_by_text("Enregistré à").wait_for()
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_whole_exam(chromium: Browser, exam_site: Site, scripts: bool) -> None:
    context, watch = phone(chromium, exam_site, f"Benoît {scripts}", java_script_enabled=scripts)
    page = context.new_page()
    page.goto(COVER)
    press(page, "Commencer l'examen")
    for number in range(1, 6):
        page.get_by_text(f"Question {number} sur 5").first.wait_for()
        assert page.locator(".verdict, .remark, .explanation").count() == 0
        if page.locator("[data-ordering]").count() == 0:
            choose(page, "Réponse 1")
        elif not scripts:
            for place in range(3):
                page.locator(".places select").nth(place).select_option(index=place + 1)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        press(page, "Enregistrer et continuer")
    page.get_by_role("heading", name="Relire avant de rendre").wait_for()
    assert page.get_by_text("Répondue").count() == 5
    press(page, "Rendre mon examen")
    page.get_by_role("heading", name="Examen réussi").wait_for()
    assert page.locator(".question fieldset[disabled]").count() == 5
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
    assert (watch.console, watch.elsewhere) == ([], [])


def test_an_answer_is_saved_while_it_is_given(chromium: Browser, exam_site: Site) -> None:
    context, watch = phone(chromium, exam_site, "Chloé")
    page = context.new_page()
    page.goto(COVER)
    press(page, "Commencer l'examen")
    choose(page, "Réponse 2")
    page.get_by_text("Enregistré à").wait_for()
    assert page.locator(".exam-kept").get_attribute("role") == "status"
    other = context.new_page()
    other.goto(page.url)
    assert "Réponse 2" in tidy(other.locator(".option:has(input:checked)").inner_text())
    choose(other, "Réponse 0")
    other.get_by_text("Enregistré à").wait_for()
    choose(page, "Réponse 1")
    page.get_by_text("Une autre réponse a été enregistrée ailleurs").wait_for()
    press(page, "Enregistrer et continuer")
    page.get_by_text("Ce qui est enregistré ailleurs").wait_for()
    chosen = [tidy(one.inner_text()) for one in page.locator(".option:has(input:checked)").all()]
    assert ["Réponse 0" in chosen[0], "Réponse 1" in chosen[1]] == [True, True]
    context.close()
    assert watch.elsewhere == []


def test_without_a_network_it_is_said_and_saved_later(chromium: Browser, exam_site: Site) -> None:
    context, _watch = phone(chromium, exam_site, "Farid")
    page = context.new_page()
    page.goto(COVER)
    press(page, "Commencer l'examen")
    page.get_by_text("Question 1 sur 5").first.wait_for()
    page.wait_for_load_state()  # without a network, what saves answers would not arrive at all
    context.set_offline(True)
    choose(page, "Réponse 1")
    page.get_by_text("Pas encore enregistré").wait_for()
    context.set_offline(False)
    page.get_by_text("Enregistré à").wait_for(timeout=20_000)
    page.reload()
    assert "Réponse 1" in tidy(page.locator(".option:has(input:checked)").inner_text())
    context.close()
