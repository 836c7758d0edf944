"""A new course and a new unit, from nothing to what trainees read."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.browse import Browser
from tests.web.desk import publish, written

NEW = "/authoring/courses/reperes/units/new"


@pytest.fixture
def ada(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Ada")


def test_it_works(ada: Browser, site: Flask) -> None:
    page = ada.get("/authoring/").follow("Nouvelle unité")
    assert page.path == NEW
    page = page.form("/units").submit(title="L'écoute « à deux » : œuvrer")
    assert page.path == "/authoring/texts/courses/reperes/03-l-ecoute-a-deux-oeuvrer/fr.md"
    assert "des mots du modèle sont encore là" in page.text and 'auteurs: ["Ada"]' in written(page)
    assert "Jamais publiée" in ada.get("/authoring/").text
    assert "L'écoute" not in Browser(site).get("/learning/reperes").text
    page = publish(ada, "courses/reperes/03-l-ecoute-a-deux-oeuvrer", note="Une unité de plus")
    assert "C'est publié" in page.text
    assert "L'écoute" in Browser(site).get("/learning/reperes").text
    assert Browser(site).get("/learning/reperes/l-ecoute-a-deux-oeuvrer").status == 200
    own = site.config["ELEARN"].own_content
    assert "unites: [ecouter, parler, l-ecoute-a-deux-oeuvrer]" in (own / "courses/reperes/course.yaml").read_text(
        "utf-8"
    )


def test_a_new_course_and_its_first_unit(ada: Browser, site: Flask) -> None:
    form = ada.get("/authoring/").follow("Nouveau cours").form("/courses")
    page = form.submit(title="Vivre en groupe", summary="Deux jours à plusieurs.")
    assert page.path == "/authoring/courses/vivre-en-groupe/units/new"
    assert "Pas encore d'unité dans ce cours" in ada.get("/authoring/").text
    page = page.form("/units").submit(title="Se présenter")
    assert page.path == "/authoring/texts/courses/vivre-en-groupe/01-se-presenter/fr.md"
    assert "des mots du modèle sont encore là" in page.text
    asked = ada.get("/authoring/publication?scope=courses/vivre-en-groupe/01-se-presenter").text
    assert "Des mots du modèle sont encore là" in asked and "Remplacez par une ou deux phrases" in asked
    assert publish(ada, "courses/vivre-en-groupe/01-se-presenter").status == 200
    visitor = Browser(site)
    assert "Vivre en groupe" in visitor.get("/learning/").text
    page = visitor.get("/learning/vivre-en-groupe")
    assert "Se présenter" in page.text and "Deux jours à plusieurs." in page.text


def test_two_new_units_are_published_one_after_the_other(ada: Browser, site: Flask) -> None:
    for title in ("Un pas", "Deux pas"):
        ada.get(NEW).form("/units").submit(title=title)
    assert "C'est publié" in publish(ada, "courses/reperes/04-deux-pas").text
    assert "Un pas" not in Browser(site).get("/learning/reperes").text
    assert "C'est publié" in publish(ada, "courses/reperes/03-un-pas").text
    page = Browser(site).get("/learning/reperes").text
    assert page.index("Deux pas") < page.index("Un pas")


@pytest.mark.parametrize(
    ("title", "name", "words"),
    [
        ("", "", "Écrivez un titre"),
        ("Écouter encore", "ecouter", "déjà pris"),
        ("日本", "", "Trois à quarante lettres"),
        ("Titre", "Une Majuscule", "Trois à quarante lettres"),
        ("Titre", "../ailleurs", "Trois à quarante lettres"),
    ],
)
def test_what_cannot_be_made_is_said(ada: Browser, site: Flask, title: str, name: str, words: str) -> None:
    page = ada.get(NEW).form("/units").submit(title=title, name=name)
    assert page.status == 422 and words in page.text and page.title.startswith("Erreur")
    assert not site.config["ELEARN"].drafts.exists()


def test_a_course_of_that_name_is_there(ada: Browser) -> None:
    page = ada.get("/authoring/courses/new").form("/courses").submit(title="Repères")
    assert page.status == 422 and "déjà pris" in page.text


def test_a_unit_is_signed(ada: Browser) -> None:
    page = ada.get(NEW).form("/units").submit(title="Titre", author="")
    assert page.status == 422 and "qui signe" in page.text


def test_an_exam_begins_with_two_pools(ada: Browser) -> None:
    page = ada.get(NEW).form("/units").submit(title="Bilan", exam="y")
    assert "examen: oui" in written(page) and written(page).count(".banque") == 2
    assert "des mots du modèle sont encore là" in page.text and "W219" not in page.text
    assert "examen:" not in written(ada.get(NEW).form("/units").submit(title="Suite"))


def test_the_same_form_makes_one_unit(ada: Browser) -> None:
    form = ada.get(NEW).form("/units")
    assert form.submit(title="Une fois").status == 200
    assert form.submit(title="Une fois").status == 422
    assert ada.get("/authoring/").links.count("/authoring/texts/courses/reperes/03-une-fois/fr.md") == 1
    assert not any("04-" in link for link in ada.get("/authoring/").links)


def test_no_unit_in_a_course_that_is_not_there(ada: Browser) -> None:
    assert ada.get("/authoring/courses/rien/units/new").status == 404


def test_any_title_makes_a_sound_text(ada: Browser) -> None:
    for n, words in enumerate(['a": b', "# dièse", "{x}", "l'œil : « non »", "- tiret", "\\n", "<b>gras</b>"]):
        page = ada.get(NEW).form("/units").submit(title=f"Titre {words}", author=f"Zoé {words}", name=f"nouvelle-{n}")
        assert page.status == 200 and "des mots du modèle sont encore là" in page.text, words
