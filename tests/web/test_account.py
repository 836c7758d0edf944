"""One's own account page, and who may open which page."""

import pytest
from flask import Flask

from elearn.core.permissions import may
from tests.browse import Browser


def test_it_works(benoit: Browser) -> None:
    page = benoit.get("/accounts/")
    assert page.status == 200
    assert "Benoît" in page.text


def test_a_visitor_is_asked_to_sign_in_and_comes_back(visitor: Browser) -> None:
    page = visitor.get("/accounts/")
    assert page.path.startswith("/accounts/sign-in")
    assert page.form("/accounts/sign-in").values()["next"] == ["/accounts/"]


@pytest.mark.parametrize("name", ["Benoît", "Ada", "Émile"])
def test_every_page_opens_to_the_roles_of_its_mark_only(site: Flask, signed_in, name: str) -> None:  # type: ignore[no-untyped-def]
    role = {"Benoît": "trainee", "Ada": "trainer", "Émile": "admin"}[name]
    browser = signed_in(name)
    checked = 0
    for rule in site.url_map.iter_rules():
        door = site.view_functions[rule.endpoint].door  # type: ignore[attr-defined]
        if rule.arguments or "GET" not in (rule.methods or ()) or door == "public":
            continue
        answer = browser.client.get(rule.rule)
        assert (answer.status_code == 404) == (not may(role, door)), rule.rule
        checked += 1
    assert checked >= 3
