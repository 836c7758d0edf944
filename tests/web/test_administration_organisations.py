"""Organisations: add, change, close; what cannot be taken."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.browse import Browser, Page
from tests.web.administration import logged
from tests.web.test_cost import counting

LIST = "/administration/organisations"


@pytest.fixture
def emile(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Émile")


def add(browser: Browser, **changes: str) -> Page:
    form = browser.get(LIST).follow("Ajouter une organisation").form(LIST)
    return form.submit(**{"name_fr": "Maison Écoute", **changes})


def rows(app: Flask) -> list[Any]:
    from elearn.store.base import db
    from elearn.store.cohorts import Organisation

    with app.app_context(), db.engine.connect() as connection:
        return list(connection.execute(select(Organisation.__table__).order_by(Organisation.id)))


def test_it_works(emile: Browser, site: Flask) -> None:
    assert "Pas encore d'organisation." in emile.get(LIST).text
    page = add(emile, name_en="Listening House", web="https://ecoute.example", officer="Dalia", contact="514 555-0100")
    assert page.path == LIST
    assert "Maison Écoute" in page.text and "Dalia, 514 555-0100" in page.text
    assert logged(site)[-1][0] == "organisation changed"


def test_it_is_changed_closed_and_opened_again(emile: Browser, site: Flask) -> None:
    page = add(emile).follow("Maison Écoute")
    page = page.form(page.path.rpartition("/")[2]).submit(name_fr="Maison Écoute et Cie", officer="Dalia")
    assert "Maison Écoute et Cie" in page.text
    assert rows(site)[0].search_key == "maison ecoute et cie"
    page = page.follow("Maison Écoute").form("/closing").submit()
    assert "Fermée" in page.text and rows(site)[0].closed_at is not None
    page = page.follow("Maison Écoute").form("/reopening").submit()
    assert "Ouverte" in page.text and rows(site)[0].closed_at is None
    changes = [facts["change"] for deed, _told, facts in logged(site) if deed == "organisation changed"]
    assert changes == ["added", "changed", "closed", "opened again"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name_fr": "  "}, "À remplir"),
        ({"name_fr": "x" * 121}, "Au plus 120 signes"),
        ({"officer": "a\u202eb"}, "signe invisible"),
        ({"web": "http://ecoute.example"}, "commence par https://"),
        ({"web": "javascript:alert(1)"}, "commence par https://"),
        ({"web": "https://"}, "commence par https://"),
        ({"web": "https://a:b@ecoute.example"}, "commence par https://"),
        ({"web": "https://ecoute.example:port"}, "commence par https://"),
        ({"web": 'https://ecoute.example/"onclick='}, "commence par https://"),
        ({"web": "https://[::1"}, "commence par https://"),
    ],
)
def test_what_cannot_be_taken(emile: Browser, site: Flask, changes: dict[str, str], words: str) -> None:
    page = add(emile, **changes)
    assert page.status == 422
    assert words in page.text and page.title.startswith("Erreur")
    assert rows(site) == []
    sent = page.form(LIST).values()
    assert all(sent[name] == [value] for name, value in changes.items())


def test_an_unknown_one_is_not_found(emile: Browser) -> None:
    for uid in ("0" * 26, "x", "%00"):
        assert emile.get(f"{LIST}/{uid}").status == 404


def test_search_and_pages(emile: Browser, site: Flask) -> None:
    from elearn.services import organisations
    from elearn.services.audit import By
    from elearn.store.base import now

    with site.app_context():
        for n in range(30):
            organisations.add(organisations.Details(f"Équipe {n:02}"), By(now()))
    assert "Page 1 sur 2" in emile.get(LIST).text
    page = emile.get(f"{LIST}?q=EQUIPE+07")
    assert "1 organisation " in page.text and "Équipe 07" in page.text
    assert "Aucune organisation" in emile.get(f"{LIST}?q=%25").text
    with counting(site) as statements:
        emile.get(LIST)
    assert len(statements) == 3


def test_a_name_made_of_markup_is_shown_as_it_is(emile: Browser) -> None:
    page = add(emile, name_fr="<b>gras</b>")
    assert "<b>gras</b>" in page.text and page.all("b") == []


def test_asvs_15_3_3_other_fields_change_nothing(emile: Browser, site: Flask) -> None:
    form = emile.get(f"{LIST}/new").form(LIST)
    more = {"name_fr": ["A"], "uid": ["0" * 26], "id": ["77"], "closed_at": ["2026-01-01"], "search_key": ["zz"]}
    emile.send("post", LIST, {**form.values(), **more})
    row = rows(site)[0]
    assert row.uid != "0" * 26 and row.id != 77 and row.closed_at is None and row.search_key == "a"


def test_without_its_token_the_form_is_refused(emile: Browser, site: Flask) -> None:
    form = emile.get(f"{LIST}/new").form(LIST)
    assert emile.send("post", LIST, {**form.values(), "name_fr": ["A"], "csrf_token": [""]}).status == 400
    assert rows(site) == []
