"""The help page: one step, no account, no database, every region before any choice."""

import json
from pathlib import Path

import pytest
from flask import Flask

from tests import shipped, world
from tests.browse import Browser

LINES = """\
lines:
  - {region: qc, order: "1", kind: emergency, name: {fr: Urgence, en: Emergency}, tel: "911", source: relevé}
  - {region: fr, order: "1", kind: suicide, name: {fr: Écoute, en: Listening}, tel: "3114", checked_on: 2026-11-01,
     source: relevé}
"""


@pytest.fixture
def with_lines(site: Flask) -> Browser:
    from elearn.services.publishing import publish_files

    with site.app_context():
        outcome = publish_files(world.site({"help-lines.yaml": LINES}), site.config["ELEARN"].instance, world.AT)
    assert [one for one in outcome.problems if one.severity == "error"] == []
    return Browser(site)


def test_it_works(with_lines: Browser) -> None:
    page = with_lines.get("/").follow("Besoin d'aide maintenant")
    assert page.path == "/help"
    assert "tel:911" in [one.get("href") for one in page.all("a")]
    assert "3114" in page.text
    assert "1 novembre 2026" in page.text
    assert page.text.count("Ces numéros ne sont pas encore vérifiés par ce site.") == 1
    assert "pas encore vérifié par ce site" not in page.text
    assert "n'est pas surveillé" in page.text


def test_it_shows_every_row_of_the_shipped_content(site: Flask) -> None:
    from elearn.services.publishing import publish
    from elearn.store.base import now

    with site.app_context():
        publish(shipped.some(), site.config["ELEARN"].instance, now())
    rows = json.loads(Path(site.config["ELEARN"].instance / "help-lines.json").read_text())
    text = Browser(site).get("/help").text
    assert len(rows) > 25
    for row in rows:
        for field in ("tel", "sms"):
            assert row[field] in text


def test_it_reads_no_database(with_lines: Browser, site: Flask) -> None:
    from tests.web.test_cost import counting

    with_lines.client.set_cookie("__Host-elearn", "a-session-token", domain="localhost")
    with counting(site) as statements:
        assert with_lines.get("/help").status == 200
    assert statements == []


def test_without_any_line_emergency_numbers_are_there(site: Flask) -> None:
    (site.config["ELEARN"].instance / "help-lines.json").unlink()
    page = Browser(site).get("/help")
    assert page.status == 200
    main = " ".join("".join(page.all("main")[0].itertext()).split())
    for number in ("911", "112", "15"):
        assert number in main
