"""What tests of the pages for writing share: paths of the small course, and a few of their steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from elearn.store.base import db
from tests.browse import Browser, Page

if TYPE_CHECKING:
    from flask import Flask

FOLDER = "courses/reperes/01-ecouter"
FR, EN = f"{FOLDER}/fr.md", f"{FOLDER}/en.md"
COURSE = "courses/reperes/course.yaml"
BEFORE, AFTER = "Le silence laisse de la place.", "Le silence donne de la place."
RIGHT_BEFORE, RIGHT_AFTER = "- ( ) L'équipe.", "- (x) L'équipe."


def text(path: str = FR) -> str:
    return f"/authoring/texts/{path}"


def written(page: Page) -> str:
    """The text in the field, as a person would find it."""
    return page.form(page.path.partition("?")[0]).values()["text"][0]


def save(browser: Browser, old: str = BEFORE, new: str = AFTER, path: str = FR, go: str = "stay") -> Page:
    """Open a text, change some words, save."""
    page = browser.get(text(path))
    before = written(page)
    assert old in before
    return page.form(path).submit(text=before.replace(old, new), go=go)


def publish(browser: Browser, scope: str = FOLDER, **changes: str) -> Page:
    return browser.get(f"/authoring/publication?scope={scope}").form("/publications").submit(**changes)


def rows(site: Flask, query: str) -> list[tuple[object, ...]]:
    with site.app_context(), db.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]
