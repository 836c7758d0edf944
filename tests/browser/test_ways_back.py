"""Two journeys in a real browser: someone without a mail address who lost the password and the telephone gets back in
with a sheet of paper; someone takes their data along and leaves, and nothing of theirs is left."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site

LOST, NEW = "trois chaises bleues", "quatre nuages lents"
COURSE = "/learning/premiers-reperes"


def sign_up(page: Page, name: str) -> None:
    page.goto("/accounts/sign-up")
    page.locator('[name="sign_in_name"]').fill(name)
    page.locator('[name="password"]').fill(LOST)
    page.locator('main form[action$="/sign-up"] button[type="submit"]').last.click()
    page.wait_for_url("**/learning/**")


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/accounts/sign-in")
    page.locator('[name="name"]').fill(name)
    page.locator('[name="password"]').fill(password)
    page.locator('main form[action$="/sign-in"] button[type="submit"]').last.click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-script"])
def test_back_in_with_a_sheet_of_paper(site: Site, open_browser: Callable, tmp_path: Path, scripts: bool) -> None:
    name = f"sans-adresse-{scripts}"
    hers, _ = open_browser(java_script_enabled=scripts)
    page = hers.new_page()
    sign_up(page, name)
    old = [one for one in hers.cookies() if one["name"] == "__Host-elearn"]
    page.goto(COURSE)
    page.locator('form[action$="/enrolments"] button').click()
    page.wait_for_url(f"**{COURSE}/**")

    trainers, _ = open_browser()
    site.enter(trainers, "Ada", "trainer")
    desk = trainers.new_page()
    desk.goto("/cohorts/new")
    desk.fill("#name", f"Groupe {name}")
    desk.locator("main form button").click()
    desk.wait_for_selector("#members")
    group = desk.url
    desk.locator("main a.button").first.click()
    desk.wait_for_selector("#days")
    desk.locator("main form button").click()
    desk.wait_for_selector("#address")
    page.goto(desk.input_value("#address"))
    page.locator('main form[action*="/join/"] button').last.click()
    page.wait_for_url("**/learning/**")

    # weeks later: another telephone, no password; the trainer makes sure who it is and prints a sheet
    desk.goto(group)
    desk.get_by_role("link", name=name).click()
    desk.locator("button[value=paper]").click()
    desk.wait_for_selector(".sheet svg")
    address = read_code(desk, tmp_path)

    new_phone, watch = open_browser(java_script_enabled=scripts)
    page = new_phone.new_page()
    page.goto(address)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/accounts/password")
    page.locator('main [name="password"]').fill(NEW)
    page.locator('main form[action$="/password"] button[type="submit"]').last.click()
    page.wait_for_url("**/accounts/**")
    assert name in page.locator("main").inner_text()
    page.goto(COURSE)
    assert page.locator("progress").count(), "the progress is still there"

    hers.clear_cookies()
    hers.add_cookies(old)
    before = hers.new_page()
    before.goto("/accounts/")
    assert before.url.partition("?")[0].endswith("/accounts/sign-in"), "the lost telephone's session has ended"

    page.goto("/accounts/")
    page.locator('header form[action$="/sign-out"] button').click()
    page.goto(address)
    page.locator("main form button[type=submit]").click()
    assert "ne sert plus" in page.locator("main").inner_text(), "the sheet works once"
    assert "410" in watch.console.pop(), "Chromium tells the refusal on its console"
    sign_in(page, name, LOST)
    assert page.locator("#error_summary").is_visible()
    assert "422" in watch.console.pop()
    sign_in(page, name, NEW)
    page.wait_for_url("**/learning/**")


def read_code(desk: Page, folder: Path) -> str:
    """What the QR code on the paper says, read from its picture as a telephone would; else the code typed by hand."""
    picture = folder / "sheet.png"
    desk.locator(".sheet svg").screenshot(path=picture)
    if which("zbarimg"):
        said = subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, text=True, check=True)
        return said.stdout.strip()
    return f"/accounts/links/{desk.locator('.sheet .code').inner_text().replace(' ', '')}"


def test_taking_ones_data_along_and_leaving(site: Site, open_browser: Callable, tmp_path: Path) -> None:
    from elearn.services import erasure
    from elearn.store.base import now

    name, text = "camille-s-en-va", "canari-brume-orange"
    context, _watch = open_browser(accept_downloads=True)
    page = context.new_page()
    sign_up(page, name)
    page.goto(COURSE)
    page.locator('form[action$="/enrolments"] button').click()
    page.wait_for_url(f"**{COURSE}/**")
    edition = site.app.extensions["shelf"].current()
    where = next(
        f"{COURSE}/{unit.id}/{section.id}"
        for unit in edition.shown_units(edition.courses["premiers-reperes"], "fr")
        for section in unit.sections
        for prompt in section.prompts
        if prompt.kind == "reflection"
    )
    page.goto(where)
    form = page.locator('form:has(textarea[name="text"])').first
    form.locator("textarea").fill(text)
    form.locator('input[name="consent"]').check()
    form.locator('button[type="submit"]').first.click()
    page.locator("main .notice.good").first.wait_for()

    page.goto("/accounts/")
    page.locator('main a[href$="/privacy/data"]').first.click()
    page.locator('main a[href$="/privacy/export"]').first.click()
    with page.expect_download() as download:
        page.locator('form[action$="/privacy/export"] button').click()
    mine = tmp_path / "mine.zip"
    download.value.save_as(mine)
    with zipfile.ZipFile(mine) as archive:
        assert text in archive.read(next(one for one in archive.namelist() if one.endswith("index.html"))).decode()
        data = json.loads(archive.read(next(one for one in archive.namelist() if one.endswith("data.json"))))
    assert text in json.dumps(data, ensure_ascii=False) and name in json.dumps(data, ensure_ascii=False)

    page.goto("/privacy/data")
    page.locator('main a[href$="/privacy/erasure"]').first.click()
    page.locator('form[action$="/privacy/erasure"] button').click()
    page.locator('main form[action$="/privacy/keeping"] button').first.click()
    page.goto("/privacy/erasure")
    page.locator('form[action$="/privacy/erasure"] button').click()
    page.locator('main form[action$="/privacy/keeping"]').first.wait_for()
    with site.app.app_context():
        assert erasure.erase_due(now() + dt.timedelta(days=6)) == 0
        assert erasure.erase_due(now() + dt.timedelta(days=8)) == 1
    page.goto("/accounts/")
    assert page.url.partition("?")[0].endswith("/accounts/sign-in")
    database = Path(site.app.config["ELEARN"].database_url.removeprefix("sqlite:///"))
    left = b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))
    assert name.encode() not in left and text.encode() not in left
