"""A sound of the demo course in a real browser: nothing loads before one listens, then it plays and can be sought."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

HERE = "/learning/ecrire-une-unite/premiere-unite"


def test_a_sound_loads_when_asked_and_can_be_sought(
    open_browser: Callable[..., tuple[BrowserContext, object]],
) -> None:
    context, _watch = open_browser()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.url.endswith(".wav") else None)
    page.goto(f"{HERE}/images-et-sons")
    sound = page.locator("audio")
    assert asked == [] and sound.evaluate("one => one.networkState") != 2

    sound.evaluate("one => new Promise(done => { one.oncanplaythrough = done; one.preload = 'auto'; one.load(); })")
    assert len(asked) >= 1 and 2 < sound.evaluate("one => one.duration") < 3
    sound.evaluate("one => new Promise(done => { one.onseeked = done; one.currentTime = 2; })")
    assert sound.evaluate("one => one.currentTime") == 2
    page.locator(".player summary").first.click()
    assert page.get_by_text("Deux notes douces").is_visible()
    picture = page.locator("figure.picture img")
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") == 1200


def test_a_film_loads_when_asked_with_its_captions(open_browser: Callable[..., tuple[BrowserContext, object]]) -> None:
    context, _watch = open_browser()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if one.url.endswith(".webm") else None)
    page.goto(f"{HERE}/images-et-sons")
    film = page.locator("video")
    assert asked == [] and film.evaluate("one => one.networkState") != 2
    film.evaluate("one => new Promise(done => { one.onplaying = done; one.muted = true; one.play(); })")
    assert len(asked) >= 1 and 2 < film.evaluate("one => one.duration") < 4
    page.wait_for_function("document.querySelector('video').textTracks[0].cues.length === 2")
    assert film.evaluate("one => [...one.textTracks].map(track => track.language + ' ' + track.mode)") == [
        "fr showing",
        "en disabled",
    ]
    page.locator(".player summary").last.click()
    assert page.get_by_text("la page est prête").is_visible()


def test_a_region_is_chosen_without_scripts(open_browser: Callable[..., tuple[BrowserContext, object]]) -> None:
    context, _watch = open_browser(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{HERE}/selon-la-region")
    assert page.locator("#pour-une-region").is_visible()
    page.locator("#unit_region").select_option("fr")
    page.locator(".region-choice button").click()
    page.wait_for_selector("details.elsewhere")
    assert not page.locator("#pour-une-region").is_visible()
    page.locator("details.elsewhere summary").click()
    assert page.locator("#pour-une-region").is_visible()
