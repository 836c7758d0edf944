"""The whole way, as one person goes it: from an account to an attestation that a stranger verifies."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import pytest

from tests.browser.reader import Reader, tidy
from tests.house.test_curriculum import COURSES

if TYPE_CHECKING:
    from tests.browser.conftest import Site

LONG = bool(os.environ.get("ELEARN_LONG_PLAYS"))
PLAYS = (
    [*((course, lang, True) for course in COURSES for lang in ("fr", "en")), ("animer-un-groupe", "en", False)]
    if LONG
    else [("accueillir-des-pairs", "fr", True)]
)
"""Every course in both languages, and one without scripts; in the short form the shortest course."""
WORDS = {
    "fr": {"valid": "Valide", "yes": "Oui : c'est le nom"},
    "en": {"valid": "Valid", "yes": "Yes: this is the name"},
}


@pytest.mark.parametrize(("name", "lang", "scripts"), PLAYS)
def test_from_account_to_verified_attestation(
    site: Site, open_browser: Callable, tmp_path: Path, name: str, lang: str, scripts: bool
) -> None:
    context, _watch = open_browser(java_script_enabled=scripts, accept_downloads=True)
    page = context.new_page()
    page.goto("/")
    if lang == "en":
        page.locator('button[name="language"][value="en"]').click()
        assert page.locator("html").get_attribute("lang") == "en"
    page.goto("/accounts/sign-up")
    page.locator('[name="sign_in_name"]').fill(f"camille {name[:10]} {lang} {scripts}")
    page.locator('[name="chosen_name"]').fill("Camille")
    page.locator('[name="password"]').fill("lampe ronde tabouret")
    with page.expect_navigation():
        page.locator('form[action$="/sign-up"] button[type="submit"]').last.click()
    assert "Camille" in page.locator("header").inner_text()

    edition = site.app.extensions["shelf"].current()
    course = edition.courses[name]
    reader = Reader(page, edition, name, lang)
    page.goto(f"/learning/{name}")
    with page.expect_navigation():
        page.locator('form[action$="/enrolments"] button').click()
    for number, counted in enumerate(dict.fromkeys((*course.rule.units, course.rule.exam))):
        unit = edition.unit(name, counted, lang)
        assert unit.lang == lang, f"{counted} is not translated"
        site.forget_tries()
        page.goto(f"/learning/{name}/{counted}")
        reader.take(unit, fail_first=number == 0)
    page.goto(f"/learning/{name}")

    page.locator('a[href*="/attestations/new"]').first.click()
    page.locator('[name="printed_name"]').fill("Camille Tremblay")
    with page.expect_navigation():
        page.locator('main form:has([name="printed_name"]) button[type="submit"]').click()
    assert "Camille Tremblay" in tidy(page.locator("main").inner_text())
    with page.expect_download() as download:
        page.locator('a[href$="/pdf"], a[href*="/pdf?"]').first.click()
    paper = tmp_path / "attestation.pdf"
    download.value.save_as(paper)
    assert paper.read_bytes().startswith(b"%PDF-")

    address = address_on(paper, tmp_path) or page.locator('a[href*="/V/"]').first.get_attribute("href") or ""
    path = "/V/" + address.upper().rpartition("/V/")[2]
    stranger, _ = open_browser(java_script_enabled=scripts)
    visit = stranger.new_page()
    if lang == "en":
        visit.goto("/")
        visit.locator('button[name="language"][value="en"]').click()
    visit.goto(path)
    shown = tidy(visit.locator("main").inner_text())
    assert WORDS[lang]["valid"].lower() in shown.lower()
    assert "Tremblay" not in shown, "the name is masked until it is typed"
    visit.locator('main input[name="name"]').fill("camille tremblay")
    with visit.expect_navigation():
        visit.locator('main form:has([name="name"]) button').click()
    assert WORDS[lang]["yes"] in tidy(visit.locator("main").inner_text())


def address_on(paper: Path, folder: Path) -> str | None:
    """What the QR code of the page says, where the tools to read it are there."""
    if not (which("pdftoppm") and which("zbarimg")):
        return None
    subprocess.run(["pdftoppm", "-r", "100", "-png", paper, folder / "page"], check=True)
    image = sorted(folder.glob("page*.png"))[0]
    return subprocess.run(["zbarimg", "-q", "--raw", image], check=True, capture_output=True, text=True).stdout.strip()
