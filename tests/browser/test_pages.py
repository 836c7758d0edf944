"""Every page, in both languages: no barrier that axe finds, valid HTML, 320 px without sideways scroll, nothing in the
console, nothing from another host (the last two are watched by `open_browser`)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from zlib import crc32

import html5lib
import pytest

from elearn.config import ROOT
from tests.house.test_demo_course import DEMO

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Site

COURSES = sorted(path.parent.name for path in (ROOT / "content/courses").glob("*/course.yaml"))
COURSE = "/learning/premiers-reperes"
ONE_IN = 1 if os.environ.get("ELEARN_LONG_PLAYS") else 16
"""Of the sections of the courses, the short form looks at one in so many, not the same in both languages; of the
writing course, which shows every feature, at all of them."""
PUBLIC = [
    "/",
    "/help",
    "/resources",
    "/privacy",
    "/learning/",
    COURSE,
    "/accounts/sign-in",
    "/accounts/sign-up",
    "/V/",
    "/V/file",
    "/nowhere",
]
ACCOUNT = [f"/accounts/{page}" for page in ("", "name", "password", "confirm", "sessions")]
MY_DATA = [f"/privacy/{page}" for page in ("data", "export", "erasure")]
SIGNED_IN = [*ACCOUNT, *MY_DATA, "/accounts/recovery/", "/accounts/second-factor/"]
SIGNED_IN += ["/attestations/", "/learning/", COURSE]
UNIT = "courses/premiers-reperes/02-le-role/fr.md"
TRAINER = [f"/authoring/{page}" for page in ("", "history", "problems", "upload", "publication", "courses/new")]
TRAINER += ["/issuing/", "/issuing/premiers-reperes"]
TRAINER += ["/authoring/courses/premiers-reperes/units/new", f"/authoring/texts/{UNIT}", f"/authoring/previews/{UNIT}"]


@pytest.fixture
def axe() -> Any:
    from axe_playwright_python.sync_playwright import Axe

    return Axe()


def sections(site: Site, lang: str, name: str) -> list[str]:
    edition = site.app.extensions["shelf"].current()
    course = edition.courses[name]
    units = [unit for unit in edition.shown_units(course, lang) if not unit.exam]
    found = [f"/learning/{course.id}/{unit.id}/{section.id}" for unit in units for section in unit.sections]
    found += [f"/learning/{course.id}/{unit.id}/print" for unit in units]
    return found if name == DEMO else found[crc32(f"{name} {lang}".encode()) % ONE_IN :: ONE_IN]


def barriers(page: Page, axe: Any, colours: bool = True) -> list[str]:
    """What axe finds. It is put once into each page; `colours`: measure contrasts too, two thirds of its time."""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(axe.axe_script)
    return page.evaluate(
        """colours => axe.run(document, {resultTypes: ['violations'], rules: {'color-contrast': {enabled: colours}}})
        .then(found => found.violations.flatMap(one =>
            one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`)))""",
        colours,
    )


def invalid(source: str) -> list[str]:
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(source)
    return [f"{place}: {code} {data}" for place, code, data in parser.errors]


def too_wide(page: Page) -> list[str]:
    """What reaches beyond a page of 320 px, tables in their own scroller apart."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= 320 ? [] :
        [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > 321)
        .slice(0, 5).map(one => one.outerHTML.slice(0, 120))"""
    )


def look(page: Page, path: str, axe: Any, again: bool = False) -> Iterator[str]:
    """`again`: a page like one seen before, whose contrasts are measured at one width, since colours know no width."""
    answer = page.goto(path)
    assert answer is not None
    for one in invalid(answer.text()):
        yield f"{path} HTML {one}"
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        for one in barriers(page, axe, colours=width == 320 or not again):
            yield f"{path} at {width}: {one}"
    for one in too_wide(page):
        yield f"{path} too wide: {one}"


def walk(context: BrowserContext, watch: Any, paths: list[str], axe: Any, alike: bool = False) -> list[str]:
    page = context.new_page()
    problems = [problem for n, path in enumerate(paths) for problem in look(page, path, axe, alike and n > 0)]
    watch.console[:] = [one for one in watch.console if "404" not in one]
    return problems


def speak(context: BrowserContext, site: Site, lang: str) -> None:
    context.add_cookies([{"name": "elearn-lang", "value": lang, "url": site.url}])


def test_barriers_are_found(open_browser: Callable, axe: Any) -> None:
    """The watch itself: a field without a name, and words that are too pale, are told."""
    context, _watch = open_browser()
    page = context.new_page()
    page.goto("/privacy")
    assert barriers(page, axe) == []
    page.evaluate("document.querySelector('main').append(document.createElement('textarea'))")
    page.evaluate("document.querySelector('main p').style.color = '#ddd'")
    rules = [one.split(":")[0] for one in barriers(page, axe)]
    assert sorted(set(rules)) == ["color-contrast", "label"]
    assert "color-contrast" not in [one.split(":")[0] for one in barriers(page, axe, colours=False)]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_public_pages(site: Site, open_browser: Callable, axe: Any, lang: str, scheme: str) -> None:
    context, watch = open_browser(color_scheme=scheme)
    speak(context, site, lang)
    assert walk(context, watch, PUBLIC, axe) == []


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("course", COURSES)
def test_every_section(site: Site, open_browser: Callable, axe: Any, course: str, lang: str) -> None:
    context, watch = open_browser()
    speak(context, site, lang)
    assert walk(context, watch, sections(site, lang, course), axe, alike=True) == []
    assert set(site.app.extensions["shelf"].current().courses) == set(COURSES)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_pages_of_someone_signed_in(site: Site, open_browser: Callable, axe: Any, lang: str) -> None:
    context, watch = open_browser()
    speak(context, site, lang)
    site.enter(context, "Ada", "trainer")
    assert walk(context, watch, SIGNED_IN + TRAINER, axe) == []


def test_forms_that_were_refused(site: Site, open_browser: Callable, axe: Any) -> None:
    context, watch = open_browser()
    page = context.new_page()
    problems = []
    for path in ("/accounts/sign-in", "/accounts/sign-up"):
        page.goto(path)
        page.locator("main form button[type=submit]").last.evaluate("one => one.form.noValidate = true")
        page.locator("main form button[type=submit]").last.click()
        page.wait_for_load_state()
        problems += [f"{path}: {one}" for one in barriers(page, axe)]
        assert page.locator('[aria-invalid="true"]').count() >= 1
    watch.console[:] = [one for one in watch.console if "422" not in one]
    assert problems == []
