"""One's own texts in a browser: written, shared by keyboard alone, read by the trainer, taken back; no barrier."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import insert, select

from tests.browser.test_pages import axe as axe
from tests.browser.test_pages import barriers, invalid, speak, too_wide

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site

SECTION = "/learning/ecrire-une-unite/premiere-unite/reflechir"
WORDS = "Un jour, quelqu'un m'a écouté.\n\nمرحبا 🙂"


def together(site: Site, learner: str, trainer: str) -> None:
    """One learns in a group that the other leads."""
    from elearn.services import accounts, cohorts
    from elearn.store.accounts import Person
    from elearn.store.base import db, now
    from elearn.store.cohorts import Cohort, CohortMember
    from tests.web.test_private_texts_nowhere import by_name

    with site.app.app_context():
        accounts.make_demo(trainer, trainer, "trainer", now())
        uid = cohorts.make(by_name(trainer), "Mardi soir", "ecrire-une-unite", "", "form-0001", now())
        with db.engine.begin() as connection:
            group = connection.execute(select(Cohort.id).where(Cohort.uid == uid)).scalar_one()
            who = connection.execute(select(Person.id).where(Person.chosen_name == learner)).scalar_one()
            member = {"cohort_id": group, "person_id": who, "part": "trainee", "joined_at": now()}
            connection.execute(insert(CohortMember).values(**member))


def seen(page: Page, axe: Any) -> list[str]:
    """What is wrong with the page as it stands, at 320 px."""
    return [*invalid(page.content()), *barriers(page, axe), *too_wide(page)]


@pytest.mark.parametrize(
    ("lang", "scheme", "learner", "trainer"), [("fr", "light", "Lou", "Max"), ("en", "dark", "Sam", "Kim")]
)
def test_a_text_is_shared_by_keyboard_and_taken_back(
    site: Site, open_browser: Callable, axe: Any, lang: str, scheme: str, learner: str, trainer: str
) -> None:
    context, _watch = open_browser(color_scheme=scheme, viewport={"width": 320, "height": 800})
    speak(context, site, lang)
    site.enter(context, learner, "trainee")
    together(site, learner, trainer)
    page = context.new_page()
    page.goto("/reflections/")
    assert seen(page, axe) == []
    page.goto(SECTION)
    writing = page.locator("form[action*='/mon-unite/attempts']")
    writing.locator("textarea").fill(WORDS)
    writing.locator("input[type=checkbox]").check()
    writing.locator("button[type=submit]").first.click()
    page.locator("#mon-unite .notice.good").wait_for()
    page.goto("/reflections/")
    assert page.locator(".own-text").inner_text() == WORDS
    problems = seen(page, axe)
    page.locator("a[href$='/sharing']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith("/sharing"))
    problems += seen(page, axe)
    page.locator("#sure").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "told=shared" in url)
    problems += seen(page, axe)
    assert page.locator("main [role=status]").inner_text()

    other, _watch = open_browser(color_scheme=scheme, viewport={"width": 320, "height": 800})
    speak(other, site, lang)
    site.enter(other, trainer, "trainer")
    theirs = other.new_page()
    theirs.goto("/reflections/shared")
    problems += seen(theirs, axe)
    theirs.locator("form[action$='/readings'] button").press("Enter")
    theirs.wait_for_url(lambda url: "/reflections/shared/" in url)
    assert theirs.locator(".own-text").inner_text() == WORDS
    problems += seen(theirs, axe)

    page.locator("form[action$='/end-of-sharing'] button").press("Enter")
    page.wait_for_url(lambda url: "told=taken-back" in url)
    theirs.goto("/reflections/shared")
    assert theirs.locator("article").count() == 0
    for path in ("/reflections/download", "/reflections/whole-erasure"):
        page.goto(path)
        problems += seen(page, axe)
    assert problems == []
