"""The way to an attestation by the pages that lead there."""

import re

from tests.browse import Browser, Page
from tests.web.test_course import finish

NEW = "/attestations/new?course=reperes"
NAME = "Benoît Roy"


def issued(browser: Browser, name: str = NAME, lang: str = "fr") -> Page:
    """The holder's page of an attestation that was just issued."""
    finish(browser)
    assert NEW in browser.get("/learning/reperes").links
    if lang != "fr":
        browser.get("/").form("/language").submit(language=lang)
    page = browser.get(NEW).form("/attestations/").submit(printed_name=name)
    assert re.fullmatch(r"/attestations/[0-9a-f-]{36}", page.path), page.text
    return page


def address(page: Page, number: int = 0) -> str:
    """Path of the public page of one of the open links."""
    return [link for link in page.links if link.startswith("/V/")][number]


def body(page: Page) -> bytes:
    """What was sent, without what is new in every answer: nonce and form tokens."""
    text = page.response.get_data(as_text=True)
    text = re.sub(r'nonce="[^"]+"', "", text)
    return re.sub(r'name="(csrf_token|idempotency_key)" value="[^"]*"', "", text).encode()
