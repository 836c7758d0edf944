"""Where an admin begins: cards, and what needs attention now."""

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import insert

from tests import world
from tests.browse import Browser
from tests.web.administration import account
from tests.web.test_administration_readings import adopt
from tests.web.test_cost import counting
from tests.web.test_help import LINES


@pytest.fixture
def emile(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Émile")


def note(app: Flask, name: str, ago: dt.timedelta) -> None:
    from elearn.store.base import db, now
    from elearn.store.upkeep import SiteNote

    with app.app_context(), db.engine.begin() as connection:
        connection.execute(insert(SiteNote).values(name=name, value="x", at=now() - ago))


def test_it_works(emile: Browser) -> None:
    page = emile.get("/").follow("Administration")
    assert page.path == "/administration/"
    assert page.heading() == "Administration"
    for words in ("Personnes", "Organisations", "Lignes d'aide", "Relectures", "Courrier", "Journal", "Sauvegardes"):
        assert page.follow(words).status == 200


def test_it_says_what_needs_attention(emile: Browser, site: Flask) -> None:
    from elearn.services.publishing import publish_files
    from tests.web.test_administration_outbox import put

    account(site, "fatou", "Fatou", "admin")
    with site.app_context():
        publish_files(world.site({"help-lines.yaml": LINES}), site.config["ELEARN"].instance, world.AT)
    put(site, state="failed")
    page = emile.get("/administration/")
    for words in (
        "Pas encore de sauvegarde.",
        "1 compte d'administration n'a pas encore de second facteur.",
        "2 lignes ne sont pas encore vérifiées.",
        "1 relecture est encore attendue.",
        "1 message n'est pas parti.",
    ):
        assert words in page.text


def test_nothing_needs_attention(emile: Browser, site: Flask) -> None:
    adopt(emile, "deux pairs aidants")
    note(site, "backup", dt.timedelta(hours=2))
    assert "Rien ne demande votre attention" in emile.get("/administration/").text


def test_a_backup_of_the_day_before_yesterday_is_late(emile: Browser, site: Flask) -> None:
    note(site, "backup", dt.timedelta(hours=27))
    assert "Aucune sauvegarde depuis plus de 26 heures" in emile.get("/administration/").text


def test_it_is_counted_in_few_statements(emile: Browser, site: Flask) -> None:
    with counting(site) as statements:
        emile.get("/administration/")
    assert len(statements) == 5


@pytest.mark.parametrize("name", ["Benoît", "Ada"])
def test_asvs_8_2_1_nobody_else_opens_any_page(signed_in: Callable[[str], Browser], site: Flask, name: str) -> None:
    """Every address of administration, by every method that it knows."""
    browser = signed_in(name)
    form = browser.get("/accounts/").form("/sign-out").values()
    tried = 0
    for rule in site.url_map.iter_rules():
        if rule.endpoint.startswith("administration."):
            path = rule.rule.replace("<uid>", "0" * 26).replace("<id>", "0" * 64)
            for method in (rule.methods or set()) & {"GET", "POST"}:
                assert browser.send(method.lower(), path, form).status == 404, path
                tried += 1
    assert tried > 25


def test_a_visitor_is_led_to_sign_in_from_any_page(visitor: Browser, site: Flask) -> None:
    for rule in site.url_map.iter_rules():
        if rule.endpoint.startswith("administration.") and "GET" in (rule.methods or ()):
            path = rule.rule.replace("<uid>", "0" * 26)
            assert visitor.get(path).path.startswith("/accounts/sign-in")
