"""« Mon relevé »: one's own learning in a course, to keep or to print."""

from flask import Flask

from tests.browse import Browser
from tests.web.test_cost import counting
from tests.web.test_course import choose, finish, finish_section

RECORD = "/learning/reperes/record"


def test_it_works(benoit: Browser) -> None:
    finish_section(benoit, "ecouter", "se-taire")
    page = benoit.get("/learning/reperes").follow("Mon relevé")
    assert page.path == RECORD and page.heading() == "Relevé d'apprentissage"
    for words in (
        "Benoît",
        "Premiers repères",
        "Ceci n'est pas une attestation",
        "Terminé pas encore",
        "Unités terminées 0 sur 2",
        "Durée prévue 1 h (théorie), non mesurée",
        "1 section lue sur 2 2 questions justes sur 4 durée prévue : 20 min",
        "Pas encore commencée",
        "aucun temps n'est mesuré",
    ):
        assert words in page.text, words


def test_a_course_that_is_complete(benoit: Browser) -> None:
    finish(benoit)
    text = benoit.get(RECORD).text
    assert "Terminé pas encore" not in text and "2 sur 2 (100 %)" in text and text.count("Unité terminée") == 2


def test_texts_are_counted_only_when_asked_and_never_shown(benoit: Browser) -> None:
    page = benoit.get("/learning/reperes/ecouter/verifier")
    page.form("/une-fois/attempts").submit(text="le canari chante à minuit", consent="yes")
    page = benoit.get(RECORD)
    assert "Textes personnels écrits" not in page.text
    page = page.follow("Ajouter le nombre de textes")
    assert "Textes personnels écrits 1" in page.text and "canari" not in page.text
    assert "Textes personnels" not in page.follow("Retirer le nombre").text


def test_it_tells_nothing_of_answers_or_confidence(benoit: Browser) -> None:
    choose(benoit.get("/learning/reperes/ecouter/se-taire"), "qui-decide", "Moi")
    text = benoit.get(RECORD).text
    assert "Moi." not in text


def test_whoever_does_not_follow_the_course_is_led_to_it(benoit: Browser, visitor: Browser) -> None:
    assert benoit.get(RECORD).path == "/learning/reperes"
    assert visitor.get(RECORD).path == "/accounts/sign-in?next=/learning/reperes/record"
    assert benoit.get("/learning/nulle-part/record").status == 404


def test_in_english(benoit: Browser) -> None:
    finish(benoit)
    benoit.client.set_cookie("elearn-lang", "en", domain="localhost")
    text = benoit.get(RECORD).text
    assert "Listening" in text and "This is not an attestation" in text and "not measured" in text


def test_it_costs_two_statements(site: Flask, benoit: Browser) -> None:
    finish(benoit)
    benoit.get(RECORD)
    with counting(site) as statements:
        benoit.get(RECORD)
    assert len(statements) == 2, statements
