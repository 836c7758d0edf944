"""The way to a cohort and to an invitation by the pages that lead there."""

import re

from tests.browse import Browser, Page

GROUP = "Mardi soir"


def group(browser: Browser, name: str = GROUP) -> Page:
    """The page of a cohort that was just made."""
    page = browser.get("/cohorts/").follow("Nouveau groupe").form("/cohorts/").submit(name=name)
    assert re.fullmatch(r"/cohorts/[0-9A-Z]{26}", page.path), page.text
    return page


def invitation(page: Page, days: str = "30", most: str = "30") -> Page:
    """The sheet of an invitation to the cohort of `page`."""
    made = page.follow("Inviter des personnes").form("/invitations").submit(days=days, most=most)
    assert re.fullmatch(r"/cohorts/invitations/[0-9A-Z]{26}", made.path), made.text
    return made


def address(sheet: Page) -> str:
    """Path of the join page that a sheet sends people to."""
    found = next(one for one in sheet.all("input") if one.get("id") == "address")
    return (found.get("value") or "").removeprefix("http://localhost")


def join(browser: Browser, sheet: Page) -> Page:
    path = address(sheet)
    return browser.get(path).form(path).submit()


def member(trainer: Browser, page: Page, name: str) -> Page:
    """A member's page, from that of the cohort."""
    return trainer.get(page.path).follow(name)
