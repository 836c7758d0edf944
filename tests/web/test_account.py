"""One's own account page, and who may open which page."""

import pytest
from flask import Flask

from elearn.core.permissions import may
from elearn.services import links
from elearn.services.audit import By
from elearn.store.base import now
from tests.browse import Browser
from tests.web.people import entered, sign_up


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


def test_it_leads_only_to_pages_that_are_there(benoit: Browser) -> None:
    page = benoit.get("/accounts/")
    for words in ("Nom affiché", "Mot de passe", "Appareils connectés"):
        assert page.follow(words).status == 200
    assert "Faire mes codes" in page.follow("Codes de secours").text
    assert page.follow("Deuxième vérification").heading() == "Deuxième vérification"
    for link in page.links:
        assert benoit.get(link).status == 200, link


@pytest.fixture
def told(site: Flask) -> Browser:
    """Someone of whom the team has just prepared a link."""
    browser = sign_up(site)
    with site.app_context():
        links.make_link("benoît", now(), by=By(now(), "X" * 26, "trainer"))
    return browser


def test_what_happened_in_words_with_when_and_by_whom(told: Browser) -> None:
    page = told.get("/accounts/")
    assert "Compte créé à l'instant, par vous" in page.text
    assert "Lien de connexion préparé : 30 min Nouveau à l'instant, par une personne de l'équipe" in page.text
    page = page.form("/language").submit(language="en")
    assert "Sign-in link prepared: 30 min New just now, by someone of the team" in page.text


def test_news_are_shown_until_they_are_read(told: Browser) -> None:
    assert "(1 nouvelle)" in told.get("/learning/").text
    page = told.get("/accounts/")
    assert "Il y a du nouveau sur votre compte" in page.text
    page = page.form("/accounts/news").submit()
    assert page.path == "/accounts/" and "Il y a du nouveau" not in page.text
    assert "Lien de connexion préparé : 30 min à l'instant" in page.text
    assert "nouvelle)" not in told.get("/learning/").text


def test_news_that_came_after_the_page_are_still_new(told: Browser, site: Flask) -> None:
    form = told.get("/accounts/").form("/accounts/news")
    with site.app_context():
        links.make_link("benoît", now())
    page = form.submit()
    assert page.text.count("Nouveau") == 1
    assert "Lien de connexion préparé : 30 min Nouveau à l'instant, par le site" in page.text


def test_old_news_stay_in_sight_and_are_never_unread_again(told: Browser, site: Flask) -> None:
    form = told.get("/accounts/").form("/accounts/news")
    for _ in range(14):
        entered(site)
    page = told.get("/accounts/")
    assert "Lien de connexion préparé : 30 min Nouveau" in page.text
    page.form("/accounts/news").submit()
    assert "Il y a du nouveau" not in form.submit(up_to="1").text
    for odd in ("", "-1", "1" * 30, "²", "1e3"):
        assert form.submit(up_to=odd).status == 400


def test_someone_elses_deeds_are_not_shown(told: Browser, chloe: Browser) -> None:
    assert "préparé : 30 min Nouveau" not in chloe.get("/accounts/").text
