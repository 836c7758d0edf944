"""What is meant for a region: shown to all while none is chosen, first to its people afterwards, never out of reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from elearn.core.completion import Facts, next_section, unit_progress
from elearn.services.publishing import publish_files
from elearn.store.editions import Shelf
from elearn.web import regions as words
from tests import world
from tests.browse import Browser

if TYPE_CHECKING:
    from flask import Flask

    from elearn.core.course import Unit

FR, HOME = "courses/reperes/01-ecouter/fr.md", "/learning/reperes/ecouter"
HERE = f"{HOME}/se-taire"
DIRECTORY = """entrees:
  - {genre: groupe, nom: {fr: Entre nous, en: Among us}, lien: "https://a.example", region: qc, mode: en ligne}
  - {genre: service, nom: {fr: Partout ailleurs, en: Everywhere}, lien: "https://b.example", verifie_le: 2026-11-01}
  - {genre: emploi, nom: {fr: Offres, en: Offers}, lien: "https://c.example", region: [fr, be], verifie_le: 2020-01-01}
  - {genre: communaute, nom: {fr: Sans adresse, en: No address}}
"""
REGIONAL = world.ECOUTER_FR.replace("#qui-decide}", "#qui-decide region=qc}").replace(
    "## Pourquoi se taire ? {#se-taire}",
    "## En Suisse {#en-suisse region=ch}\n\nUn mot.\n\n## Pourquoi se taire ? {#se-taire}",
)


@pytest.fixture
def regional(site: Flask) -> Browser:
    with site.app_context():
        files = world.site({FR: REGIONAL, "directory.yaml": DIRECTORY})
        outcome = publish_files(files, site.config["ELEARN"].instance, world.AT)
    assert all(problem.code[0] in "WT" for problem in outcome.problems), outcome.problems
    site.extensions["shelf"].current(outcome.number)
    return Browser(site)


def unit(browser: Browser) -> Unit:
    shelf: Shelf = browser.client.application.extensions["shelf"]
    edition = shelf.current()
    assert edition
    return edition.units["reperes", "ecouter", "fr"]


def test_an_entry_without_an_address_says_how_to_find_it(regional: Browser) -> None:
    page = regional.get("/resources")

    assert "Sans adresse" in page.text and page.text.count("Adresse pas encore notée ici : cherchez ce nom") == 1
    shown = [one.get("href") or "" for one in page.all("a")]
    assert [href for href in shown if href.endswith(".example")] == [f"https://{name}.example" for name in "abc"]


def choose(browser: Browser, region: str) -> None:
    page = browser.get(HERE).form("/region").submit(region=region)
    assert page.path == HERE


def test_everything_is_shown_while_no_region_is_chosen(regional: Browser) -> None:
    page = regional.get(HERE)

    assert not page.all("details", class_="elsewhere") and "Pour : Québec" in page.text


def test_a_question_of_another_region_is_folded_and_can_be_opened(regional: Browser) -> None:
    choose(regional, "fr")

    (folded,) = regional.get(HERE).all("details", class_="elsewhere")
    said = "".join(folded.itertext())
    assert "Autre région (Québec)" in said and "Qui décide de ce qui est dit" in said and folded.get("open") is None


def test_a_question_that_was_answered_stays_open(regional: Browser) -> None:
    choose(regional, "fr")
    page = regional.get(HERE).form("/qui-decide/attempts").submit(answer="0")

    assert page.all("details", class_="elsewhere")[0].get("open") is not None


def test_its_own_people_see_it_at_once_and_a_choice_can_be_taken_back(regional: Browser) -> None:
    choose(regional, "qc")
    assert not regional.get(HERE).all("details", class_="elsewhere")
    choose(regional, "fr")
    choose(regional, "")
    assert not regional.get(HERE).all("details", class_="elsewhere")


def test_going_on_passes_over_sections_of_other_regions_but_their_address_opens(regional: Browser) -> None:
    choose(regional, "fr")

    assert regional.get(HOME).path == HERE
    page = regional.get(f"{HOME}/en-suisse")
    assert page.status == 200 and "Cette section ne compte pas" in page.text and "Suisse" in page.text


def test_what_is_for_a_region_counts_for_nobody(regional: Browser) -> None:
    made = unit(regional)
    read = frozenset(section.id for section in made.sections if not section.regions)
    progress = unit_progress(made, 80, Facts({"ecouter": read}))

    asked = made.prompt("qui-decide")
    assert asked is not None and asked.points == 0
    assert progress.sections == len(made.sections) - 1 == progress.sections_read
    assert all(one.question != "qui-decide" and one.section != "en-suisse" for one in progress.missing)
    assert next_section(made, frozenset(), "", "fr") == "se-taire"
    assert next_section(made, frozenset(), "", "ch") == next_section(made, frozenset(), "") == "en-suisse"


@pytest.mark.parametrize("region", ["mars", "qc,fr", "<script>"])
def test_an_unknown_region_is_refused(regional: Browser, region: str) -> None:
    answer = regional.client.post("/region", data={"region": region})

    assert answer.status_code == 400 and "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_the_choice_leads_back_to_this_site_alone(regional: Browser, elsewhere: str) -> None:
    answer = regional.client.post("/region", data={"region": "qc", "next": elsewhere})

    assert answer.headers["Location"] == "/resources"


def test_resources_it_works(regional: Browser) -> None:
    text = regional.get("/resources").text

    assert [text.index(name) for name in ("Entre nous", "Partout ailleurs", "Offres")] == sorted(
        text.index(name) for name in ("Entre nous", "Partout ailleurs", "Offres")
    )
    assert "pas encore vérifié par ce site" in text and "vérifié le 1 novembre 2026" in text.replace("1er", "1")
    assert "cela date" in text and "en ligne" in text


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("?region=qc", ["Entre nous", "Partout ailleurs"], ["Offres"]),
        ("?region=be", ["Offres", "Partout ailleurs"], ["Entre nous"]),
        ("?region=", ["Offres", "Entre nous"], []),
        ("?region=mars", ["Offres", "Entre nous"], []),
    ],
)
def test_resources_of_a_region(regional: Browser, query: str, shown: list[str], hidden: list[str]) -> None:
    text = regional.get("/resources" + query).text

    assert all(name in text for name in shown) and not any(name in text for name in hidden)


def test_the_region_that_was_chosen_filters_resources_too(regional: Browser) -> None:
    choose(regional, "qc")

    assert "Offres" not in regional.get("/resources").text


def test_an_empty_directory_says_where_help_is(visitor: Browser) -> None:
    page = visitor.get("/resources")

    assert "Aucune ressource" in page.text and "/help" in page.links


def test_every_region_of_the_format_has_a_name() -> None:
    from elearn.core.regions import REGIONS

    assert tuple(words.REGIONS) == REGIONS
