"""The end of a session in a real browser: signs of life, a warning, and a sign-in in place that loses nothing typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.browser.reader import tidy

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site

PASSWORD = "lampe ronde tabouret"
TEXT = "Un texte écrit lentement, que rien ne doit perdre."
MINUTE = 60_000


@pytest.fixture
def writing(site: Site, open_browser: Callable) -> Page:
    """Someone who signed in with a password and has begun to write, on a page whose clock the test holds."""
    context, watch = open_browser()
    page = context.new_page()
    page.goto("/accounts/sign-up")
    name = f"lente {id(page)}"
    page.fill("#sign_in_name", name)
    page.fill("#chosen_name", "Lente")
    page.fill("#password", PASSWORD)
    page.click("main form button[type=submit]")
    page.clock.install()
    page.goto("/accounts/name")
    page.fill("#chosen_name", TEXT)
    page.evaluate("name => { window.signInName = name; }", name)
    yield page
    watch.console[:] = [one for one in watch.console if "422" not in one]


def said(page: Page, words: str) -> None:
    page.wait_for_function("words => document.getElementById('session_words').textContent.includes(words)", arg=words)


def end_sessions(site: Site) -> None:
    from sqlalchemy import delete

    from elearn.store.accounts import SignIn
    from elearn.store.base import db

    with site.app.app_context(), db.engine.begin() as connection:
        connection.execute(delete(SignIn))


def test_whoever_writes_stays_signed_in_without_a_word(writing: Page) -> None:
    signs: list[str] = []
    writing.on("request", lambda one: signs.append(one.method) if one.url.endswith("/presence") else None)
    for _ in range(4):
        with writing.expect_response("**/accounts/presence"):
            writing.type("#chosen_name", "x")
            writing.clock.fast_forward(6 * MINUTE)
    assert set(signs) == {"POST"} and len(signs) == 4
    assert writing.inner_text("#session_words") == ""


def test_a_warning_two_minutes_before_and_a_button_to_stay(writing: Page) -> None:
    with writing.expect_response("**/accounts/presence"):
        writing.clock.fast_forward(50 * MINUTE)
    writing.evaluate("fetch('/healthz').then(answer => answer.text())")  # by then the page has read the answer before
    writing.clock.fast_forward(59 * MINUTE)
    said(writing, "Êtes-vous là")
    assert writing.get_attribute("#session_words", "role") == "status"
    assert writing.evaluate("document.activeElement.id") == "chosen_name", "nothing takes the focus away"
    box = writing.get_by_role("button", name="Rester connecté").bounding_box()
    assert box is not None and box["height"] >= 44
    writing.get_by_role("button", name="Rester connecté").click()
    said(writing, "la connexion continue")
    assert writing.evaluate("document.activeElement.id") == "chosen_name"
    assert writing.input_value("#chosen_name") == TEXT


def test_asvs_14_3_3_after_the_end_one_signs_in_on_the_page_and_sends_what_was_typed(site: Site, writing: Page) -> None:
    name = writing.evaluate("window.signInName")
    end_sessions(site)
    writing.clock.fast_forward(61 * MINUTE)
    said(writing, "La connexion est fermée")
    assert writing.get_by_role("link", name="nouvel onglet").get_attribute("target") == "_blank"
    writing.click("main form button[type=submit]")
    assert writing.evaluate("document.activeElement.id") == "session_name"
    writing.fill("#session_name", name)
    writing.fill("#session_password", "une autre phrase")
    writing.press("#session_password", "Enter")
    said(writing, "ne vont pas ensemble")
    writing.fill("#session_password", PASSWORD)
    writing.press("#session_password", "Enter")
    said(writing, "La connexion est rétablie")
    assert writing.input_value("#chosen_name") == TEXT
    kept = writing.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert kept == "[{},{}]"
    writing.click("main form button[type=submit]")
    writing.wait_for_url("**/accounts/?told=name")
    assert TEXT in tidy(writing.inner_text("main"))


def test_someone_else_who_signs_in_meanwhile_sends_nothing_of_it(site: Site, writing: Page) -> None:
    end_sessions(site)
    site.enter(writing.context, "Chloé", "trainee")
    writing.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    said(writing, "Une autre personne")
    writing.click("main form button[type=submit]")
    assert writing.url.endswith("/accounts/name")
    assert writing.input_value("#chosen_name") == TEXT
