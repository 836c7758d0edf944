"""Help lines to check: what is noted, by whom, and what the public page then says."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests import world
from tests.browse import Browser
from tests.web.administration import logged
from tests.web.test_cost import counting
from tests.web.test_help import LINES

LIST = "/administration/help-lines"


def publish(app: Flask, lines: str) -> None:
    from elearn.services.publishing import publish_files

    with app.app_context():
        outcome = publish_files(world.site({"help-lines.yaml": lines}), app.config["ELEARN"].instance, world.AT)
    assert [one for one in outcome.problems if one.severity == "error"] == []


@pytest.fixture
def emile(signed_in: Callable[[str], Browser], site: Flask) -> Browser:
    publish(site, LINES)
    return signed_in("Émile")


def checks(app: Flask) -> list[Any]:
    from elearn.store.base import db
    from elearn.store.upkeep import HelpLineCheck

    with app.app_context(), db.engine.connect() as connection:
        return list(connection.execute(select(HelpLineCheck.__table__).order_by(HelpLineCheck.id)))


def check(browser: Browser, **changes: str):  # type: ignore[no-untyped-def]
    page = browser.get(LIST)
    return next(form for form in page.forms if form.action.endswith("/checks")).submit(**changes)


def titles(browser: Browser) -> list[str]:
    return ["".join(one.itertext()) for one in browser.get(LIST).all("h2")]


def test_it_works(emile: Browser, site: Flask) -> None:
    page = emile.get("/administration/").follow("Lignes d'aide")
    assert page.heading() == "Lignes d'aide"
    assert page.text.count("pas encore vérifiée") == 2
    assert "2 lignes" in page.text and "3114" in page.text
    page = check(emile)
    assert page.path == LIST
    assert page.text.count("pas encore vérifiée") == 1 and "par Émile" in page.text
    row = checks(site)[0]
    assert (row.checked_by, len(row.fingerprint)) == ("Émile", 64)
    assert logged(site)[-1] == ("help line checked", False, {"role": "admin", "line": row.line})


def test_the_oldest_check_comes_first(emile: Browser) -> None:
    first = titles(emile)[0]
    check(emile)
    assert titles(emile)[-1] == first and titles(emile)[0] != first


def test_the_help_page_says_so_without_the_database(emile: Browser, site: Flask) -> None:
    visitor = Browser(site)
    assert "Ces numéros ne sont pas encore vérifiés par ce site." in visitor.get("/help").text
    while any(row in emile.get(LIST).text for row in ("pas encore vérifiée",)):
        check(emile)
    with counting(site) as statements:
        text = visitor.get("/help").text
    assert statements == []
    assert "ne sont pas encore vérifiés" not in text and text.count("vérifié le") == 2


def test_a_line_that_changed_is_to_be_checked_again(emile: Browser, site: Flask) -> None:
    check(emile)
    check(emile)
    assert "pas encore vérifiée" not in emile.get(LIST).text
    publish(site, LINES.replace('tel: "911"', 'tel: "912"'))
    assert emile.get(LIST).text.count("pas encore vérifiée") == 1
    assert "Ces numéros ne sont pas encore vérifiés" in Browser(site).get("/help").text


def test_its_place_and_its_source_may_change() -> None:
    from elearn.core.course import HelpLine
    from elearn.core.help_lines import fingerprint

    line = HelpLine("qc", 1, "emergency", {"fr": "Urgence"}, tel="911")
    assert fingerprint(replace(line, order=9, source="x", checked_on="2026-11-01")) == fingerprint(line)
    for change in ({"tel": "912"}, {"hours": {"fr": "le jour"}}, {"region": "fr"}, {"name": {"fr": "U"}}):
        assert fingerprint(replace(line, **change)) != fingerprint(line)


@pytest.mark.parametrize(
    ("name", "words"), [("", "Écrivez le nom"), ("x" * 81, "Au plus 80 signes"), ("a\u202eb", "signe invisible")]
)
def test_a_check_needs_a_name(emile: Browser, site: Flask, name: str, words: str) -> None:
    page = check(emile, name=name)
    assert page.status == 422 and words in page.text and page.title.startswith("Erreur")
    assert checks(site) == []


def test_an_unknown_line_is_not_found(emile: Browser) -> None:
    form = emile.get("/accounts/").form("/sign-out").values()
    for id in ("0" * 64, "x", "%00"):
        assert emile.send("post", f"{LIST}/{id}/checks", {**form, "name": ["É"]}).status == 404


def test_search(emile: Browser) -> None:
    assert "Écoute" in emile.get(f"{LIST}?q=ecoute").text
    assert "Aucune ligne" in emile.get(f"{LIST}?q=%25").text


def test_without_lines_it_says_where_they_are_written(signed_in: Callable[[str], Browser]) -> None:
    assert "help-lines.yaml" in signed_in("Émile").get(LIST).text


def test_without_its_token_nothing_is_noted(emile: Browser, site: Flask) -> None:
    assert check(emile, csrf_token="").status == 400
    assert checks(site) == []


@pytest.mark.parametrize("damage", [b"", b"[1]", b'{"a": 1}', b'{"a": "yesterday"}', b"\xff"])
def test_a_damaged_copy_takes_no_number_away(emile: Browser, site: Flask, damage: bytes) -> None:
    (site.config["ELEARN"].instance / "help-checks.json").write_bytes(damage)
    page = Browser(site).get("/help")
    assert page.status == 200 and "3114" in page.text
