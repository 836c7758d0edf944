"""The page of search: what it finds for whom, how it says so, and that it keeps nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from elearn.services.publishing import publish_files
from elearn.store.base import Base, db
from tests import world
from tests.browse import Browser, Page
from tests.web.test_cost import counting

EVIL = '<script>alert("1")</script>'


def ask(browser: Browser, query: str, page: str = "") -> Page:
    return browser.send("get", "/search", {"q": query} | ({"page": page} if page else {}))


def results(page: Page) -> list[str]:
    """Address of each result, in order."""
    return [link.get("href") or "" for found in page.all("ol", **{"class": "found"}) for link in found.iter("a")]


def marked(page: Page) -> list[str]:
    return ["".join(one.itertext()) for one in page.all("mark")]


def change(site: Flask, **files: str) -> None:
    with site.app_context():
        outcome = publish_files(world.site(files), site.config["ELEARN"].instance, world.AT)
        assert outcome.changed, outcome.problems


def test_it_works(visitor: Browser) -> None:
    page = visitor.get("/learning/").form("/search").submit(q="silence")
    assert page.status == 200 and page.heading() == "Chercher"
    assert results(page) == ["/learning/reperes/ecouter/se-taire"]
    assert "1 section contient ce mot." in page.text
    assert "Premiers repères › Écouter" in page.text
    assert marked(page) == ["silence"]
    assert page.form("/search").values() == {"q": ["silence"]}
    assert page.follow("Pourquoi se taire ?").status == 200


@pytest.mark.parametrize(
    "query", ["écoute", "ECOUTE", "Écoutes", "ecouté·e·s", "écoute(s)", " écoute\u00a0", "e\u0301coute"]
)
def test_however_it_is_written(visitor: Browser, query: str) -> None:
    assert results(ask(visitor, query)) == ["/learning/reperes/ecouter/se-taire", "/learning/reperes/ecouter/verifier"]


def test_titles_first_then_the_order_of_the_site(visitor: Browser) -> None:
    """« vérifier » is in the title of the second section only; « se taire » twice in that of the first."""
    assert results(ask(visitor, "demander")) == ["/learning/reperes/parler/que-dire"]
    assert results(ask(visitor, "se")) == ["/learning/reperes/ecouter/se-taire", "/learning/reperes/ecouter/verifier"]
    assert results(ask(visitor, "que"))[0] == "/learning/reperes/ecouter/verifier"


def test_every_word_must_be_there(visitor: Browser) -> None:
    page = ask(visitor, "silence demander")
    assert results(page) == []
    assert "Aucun texte ne contient tous ces mots. Essayez avec un seul mot." in page.text
    assert results(page.follow("demander")) == ["/learning/reperes/parler/que-dire"]
    alone = ask(visitor, "introuvable")
    assert "Aucun texte ne contient ce mot." in alone.text and alone.follow("Voir tous les cours").status == 200


@pytest.mark.parametrize("query", ["", "   ", "%", "_", "\\", "'", "%%%", "\u200b", "🙂", "..."])
def test_nothing_to_look_for(visitor: Browser, query: str) -> None:
    page = ask(visitor, query)
    assert page.status == 200 and results(page) == []
    assert ("Écrivez au moins un mot." in page.text) == bool(query.strip())


ODD = [
    "q=%ff%fe",
    "q=%00",
    "q=a%00b",
    "q=%ed%a0%80",
    "q=a&q=b",
    "q[]=a",
    "page=x&q=a",
    "page=-1&q=se",
    "page=99999999999&q=se",
    "page=٣&q=se",
    "q=" + "a" * 5000,
    "q=" + "%25" * 300,
]


@pytest.mark.parametrize("address", ODD)
def test_odd_addresses(visitor: Browser, address: str) -> None:
    assert visitor.get(f"/search?{address}").status == 200


def test_what_was_asked_is_shown_as_it_was_typed_and_never_as_html(visitor: Browser) -> None:
    page = ask(visitor, EVIL)
    assert page.form("/search").values() == {"q": [EVIL]}
    assert EVIL not in page.response.get_data(as_text=True)
    assert len(ask(visitor, "é" * 500).form("/search").values()["q"][0]) == 200


def test_an_excerpt_is_text_and_never_html(site: Flask, visitor: Browser) -> None:
    text = world.ECOUTER_FR.replace("Le silence laisse", "Le silence `<script>alert(1)</script>` laisse")
    change(site, **{"courses/reperes/01-ecouter/fr.md": text})
    page = ask(visitor, "silence")
    assert "<script>alert(1)</script>" in page.text
    assert "<script>alert(1)" not in page.response.get_data(as_text=True)


@pytest.mark.parametrize("word", ["conseil", "suivre", "histoire", "accueillir d'abord", "exiger"])
def test_feedback_and_explanations_are_never_found(visitor: Browser, word: str) -> None:
    page = ask(visitor, word)
    for said in ("ferme l'échange", "l'histoire appartient", "vient d'abord", "ne peut pas l'exiger"):
        assert said not in page.text
    assert results(page) == ([] if word != "conseil" else ["/learning/reperes/ecouter/se-taire"])


def test_a_draft_is_not_found(site: Flask, visitor: Browser, benoit: Browser) -> None:
    draft = world.ECOUTER_FR.replace("statut: publie", "statut: relecture")
    assert results(ask(benoit, "silence"))
    change(site, **{"courses/reperes/01-ecouter/fr.md": draft})
    assert results(ask(visitor, "silence")) == results(ask(benoit, "silence")) == []


def test_a_closed_course_is_for_those_who_are_signed_in(site: Flask, visitor: Browser, benoit: Browser) -> None:
    change(site, **{"courses/reperes/course.yaml": world.COURSE.replace("ouvert: oui", "ouvert: non")})
    assert results(ask(visitor, "silence")) == []
    assert "contient" not in ask(visitor, "silence").text.replace("Aucun texte ne contient", "")
    assert results(ask(benoit, "silence")) == ["/learning/reperes/ecouter/se-taire"]


def test_in_english_with_what_is_not_translated(visitor: Browser) -> None:
    visitor.client.set_cookie("elearn-lang", "en", domain="localhost")
    assert results(ask(visitor, "rephrasing")) == ["/learning/reperes/ecouter/se-taire"]
    assert results(ask(visitor, "vérifier")) == []
    page = ask(visitor, "demander")
    assert results(page) == ["/learning/reperes/parler/que-dire"]
    assert {one.get("lang") for one in page.all("ol", **{"class": "found"})[0].iter("a")} == {"fr"}


def test_pages_of_twenty(site: Flask, visitor: Browser) -> None:
    more = "".join(f"\n## Section {n} {{#s{n}}}\n\nUn mot commun.\n" for n in range(43))
    change(site, **{"courses/reperes/02-parler/fr.md": world.PARLER_FR + more})
    first = ask(visitor, "commun")
    assert len(results(first)) == 20 and "43 sections contiennent ce mot." in first.text
    second = first.follow("Page suivante")
    third = second.follow("Page suivante")
    assert results(second)[0] == "/learning/reperes/parler/s20"
    assert len(results(third)) == 3 and "Page suivante" not in third.text
    assert results(third.follow("Page précédente")) == results(second)
    assert results(ask(visitor, "commun", "99")) == results(third)


def test_it_costs_two_statements_and_writes_nothing(site: Flask, benoit: Browser) -> None:
    ask(benoit, "silence")
    with counting(site) as statements:
        ask(benoit, "silence se taire")
    assert len(statements) <= 2 and all(one.lstrip().startswith("SELECT") for one in statements)


def test_what_is_asked_is_kept_nowhere(site: Flask, benoit: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    before = rows(site)
    ask(benoit, "canari-secret silence")
    assert rows(site) == before
    told = " ".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "canari" not in told


def rows(site: Flask) -> dict[str, int]:
    with site.app_context(), db.engine.connect() as connection:
        tables = Base.metadata.sorted_tables
        return {one.name: connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables}


def test_no_robot_keeps_it_and_every_page_leads_to_it(visitor: Browser, signed_in: Callable[[str], Browser]) -> None:
    robots = ask(visitor, "silence").all("meta", name="robots")
    assert robots and "noindex" in (robots[0].get("content") or "")
    for path in ("/", "/learning/", "/learning/reperes", "/learning/reperes/ecouter/se-taire"):
        assert "/search" in visitor.get(path).links
    assert visitor.get("/learning/reperes").form("/search").submit(q="silence").status == 200
