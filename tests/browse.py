"""A small browser without scripts, for tests of pages: it reads the HTML that was served, follows links and sends
forms as they stand. Tests never post to a route that no page offers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urldefrag, urljoin
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

HOST = "http://localhost"
FORGED = {"Sec-Fetch-Site": "same-origin"}


class Browser:
    """One person's browser. `get` and `submit` follow redirects, as a browser does."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str) -> Page:
        return self._follow(path, self.client.get(path))

    def send(self, method: str, path: str, data: Mapping[str, Any] | None = None) -> Page:
        if method == "get":
            return self._follow(path, self.client.get(path, query_string=data))
        return self._follow(path, self.client.post(path, data=data, headers=FORGED))

    def _follow(self, path: str, response: TestResponse) -> Page:
        for _ in range(5):
            if response.status_code not in (301, 302, 303, 307, 308):
                break
            path = urldefrag(urljoin(HOST + path, response.headers["Location"]))[0].removeprefix(HOST)
            response = self.client.get(path)
        return Page(self, path, response)


@dataclass
class Page:
    browser: Browser
    path: str
    response: TestResponse

    @cached_property
    def tree(self) -> Element:
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        html = self.response.get_data(as_text=True) if self.is_html else ""
        assert "&amp;#3" not in html, f"{self.path}: a quote was escaped twice"
        found: Element = parser.parse(html)
        return found

    @property
    def is_html(self) -> bool:
        return self.response.mimetype == "text/html"

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        """What a person reads: no-break spaces as plain ones, runs of space as one."""
        body = self.tree.find("body")
        return " ".join("".join(words(body)).split()) if body is not None else ""

    @property
    def title(self) -> str:
        return "".join(self.tree.find("head/title").itertext()).strip()  # type: ignore[union-attr]

    def heading(self) -> str:
        found = self.all("h1")
        assert len(found) == 1, f"{self.path} has {len(found)} h1"
        return " ".join("".join(found[0].itertext()).split())

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.replace("_", "-").rstrip("-"): value for name, value in attributes.items()}
        return [one for one in self.tree.iter(tag) if all(one.get(name) == value for name, value in wanted.items())]

    @property
    def links(self) -> list[str]:
        """Paths of this site that the page links to, without anchors, each once."""
        anchors = (one for one in shown(self.tree) if one.tag == "a" and one.get("href"))
        found = (urljoin(HOST + self.path, one.get("href") or "") for one in anchors)
        return list(dict.fromkeys(urldefrag(link)[0].removeprefix(HOST) for link in found if link.startswith(HOST)))

    def link(self, words: str) -> str:
        for one in self.tree.iter("a"):
            if words in " ".join("".join(one.itertext()).split()):
                return urldefrag(urljoin(HOST + self.path, one.get("href") or ""))[0].removeprefix(HOST)
        raise AssertionError(f"no link « {words} » on {self.path}")

    def follow(self, words: str) -> Page:
        return self.browser.get(self.link(words))

    @property
    def forms(self) -> list[Form]:
        return [Form(self, one) for one in shown(self.tree) if one.tag == "form"]

    def form(self, ending: str) -> Form:
        """The form whose address ends so (before any `#`)."""
        for one in self.forms:
            if one.action.endswith(ending):
                return one
        raise AssertionError(f"no form to …{ending} on {self.path}: {[one.action for one in self.forms]}")


@dataclass
class Form:
    page: Page
    element: Element

    @property
    def action(self) -> str:
        address = urljoin(HOST + self.page.path, self.element.get("action") or self.page.path)
        return urldefrag(address)[0].removeprefix(HOST)

    @property
    def method(self) -> str:
        return (self.element.get("method") or "get").lower()

    def values(self) -> dict[str, list[str]]:
        """What the form would send if nobody touched it."""
        found: dict[str, list[str]] = {}
        for one in self.element.iter():
            name, value = one.get("name"), _value(one)
            if name and value is not None and one.get("disabled") is None:
                found.setdefault(name, []).append(value)
        return found

    def buttons(self) -> list[Element]:
        return [one for one in self.element.iter("button") if (one.get("type") or "submit") == "submit"]

    def choices(self, name: str) -> dict[str, str]:
        """Words of each option -> its value, for radios, checkboxes (by their label) and selects."""
        found = {}
        for one in self.element.iter("label"):
            for box in one.iter("input"):
                if box.get("name") == name:
                    found[" ".join("".join(one.itertext()).split())] = box.get("value") or ""
        for box in self.element.iter("input"):
            if box.get("name") == name and box.get("id"):
                for label in self.element.iter("label"):
                    if label.get("for") == box.get("id"):
                        found[" ".join("".join(label.itertext()).split())] = box.get("value") or ""
        for select in self.element.iter("select"):
            if select.get("name") == name:
                for option in select.iter("option"):
                    found[" ".join("".join(option.itertext()).split())] = option.get("value") or ""
        return found

    def submit(self, **changes: Any) -> Page:
        """Send the form with these fields changed; a field of the form only. `_` stands for `-` in names."""
        data = self.values()
        names = {one.get("name") for one in self.element.iter() if one.get("name")}
        for name, value in changes.items():
            wanted = name if name in names else name.replace("_", "-")
            assert wanted in names, f"the form has no field {wanted}: {sorted(filter(None, names))}"
            data[wanted] = value if isinstance(value, list) else [value]
        return self.page.browser.send(self.method, self.action, data)


def shown(element: Element) -> Iterator[Element]:
    """The elements that someone without scripts meets: nothing within `hidden` or a template."""
    if element.tag != "template" and element.get("hidden") is None:
        yield element
        for child in element:
            yield from shown(child)


def words(element: Element) -> Iterator[str]:
    """The text of an element without scripts and styles, with a space between blocks."""
    if element.tag in ("script", "style", "template"):
        return
    yield element.text or ""
    for child in element:
        yield from itertools.chain([" "], words(child), [" ", child.tail or ""])


def _value(one: Element) -> str | None:
    if one.tag == "textarea":
        return "".join(one.itertext())
    if one.tag == "select":
        options = list(one.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None] or options[:1]
        return (chosen[0].get("value") or "") if chosen else None
    if one.tag == "input":
        if one.get("type") in ("radio", "checkbox") and one.get("checked") is None:
            return None
        return None if one.get("type") in ("submit", "button", "image") else one.get("value") or ""
    return None
