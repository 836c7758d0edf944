"""Publishing what was written: what changes, what is decided, what stops it; withdrawing and back."""

from collections.abc import Callable

import pytest
from flask import Flask

from elearn.config import Settings
from elearn.services.publishing import publish as publish_layers
from elearn.store.base import now
from tests.browse import FORGED, Browser
from tests.web.desk import AFTER, BEFORE, COURSE, EN, FOLDER, FR, publish, rows, save

Enter = Callable[[str], Browser]
PAGE = f"/authoring/publication?scope={FOLDER}"
LESSON = "/learning/reperes/ecouter/se-taire"
EDITIONS = "SELECT number, note, restores FROM edition ORDER BY number"


@pytest.fixture
def ada(signed_in: Enter) -> Browser:
    return signed_in("Ada")


def test_it_works(ada: Browser, site: Flask) -> None:
    page = save(ada, go="publish")
    assert page.path == PAGE
    for words in ("Mots", BEFORE, AFTER, "1 fichier"):
        assert words in page.text
    page = page.form("/publications").submit(note="  Un mot\nplus juste ")
    assert "C'est publié" in page.text
    assert AFTER in Browser(site).get(LESSON).text
    assert rows(site, EDITIONS)[-1] == (2, "Un mot plus juste", None)
    assert rows(site, "SELECT chosen_name FROM edition JOIN person ON person.id = made_by") == [("Ada",)]
    assert rows(site, "SELECT deed FROM audit_entry WHERE deed = 'content published' ORDER BY id")[-1:] != []
    settings: Settings = site.config["ELEARN"]
    assert AFTER in (settings.own_content / FR).read_text("utf-8")
    assert not (settings.drafts / FR).exists()
    assert BEFORE in (settings.content / FR).read_text("utf-8"), "what is shipped is never touched"


def test_a_start_of_the_site_changes_nothing(ada: Browser, site: Flask) -> None:
    save(ada)
    publish(ada)
    save(ada, "## Que vérifier ?", "## Que regarder ?")
    settings: Settings = site.config["ELEARN"]
    with site.app_context():
        outcome = publish_layers(settings.layers, settings.instance, now())
    assert (outcome.number, outcome.changed) == (2, False)


def test_an_error_stops_it(ada: Browser, site: Flask) -> None:
    page = save(ada, "- (x) La personne.", "- ( ) La personne.", go="publish")
    assert "Pas encore" in page.text and "E200" in page.text
    assert not [form for form in page.forms if form.action.endswith("/publications")]
    token = page.form("/sign-out").values()["csrf_token"][0]
    answer = ada.client.post(
        "/authoring/publications", data={"csrf_token": token, "scope": FOLDER, "base": "x"}, headers=FORGED
    )
    assert answer.status_code == 409
    assert len(rows(site, EDITIONS)) == 1 and not (site.config["ELEARN"].own_content / FR).exists()


def test_an_error_elsewhere_does_not_stop_a_sound_unit(ada: Browser) -> None:
    save(ada, "| Moment | Geste |", "| Moment |", path="courses/reperes/02-parler/fr.md")
    save(ada)
    assert "C'est publié" in publish(ada).text
    assert "Pas encore" in ada.get("/authoring/publication").text


def test_a_question_that_goes_is_a_decision(ada: Browser, site: Flask) -> None:
    save(ada, "### To keep silent is to listen. {.true-false #taire-ecouter}", "### No. {.true-false #autre}", EN)
    save(ada, "### Se taire, c'est écouter. {.vrai-faux #taire-ecouter}", "### Non. {.vrai-faux #autre}")
    page = ada.get(PAGE)
    assert "E133" in page.text and "taire-ecouter" in page.text
    assert not [form for form in page.forms if form.action.endswith("/publications")]


def test_what_was_shown_is_what_is_published(ada: Browser, signed_in: Enter, site: Flask) -> None:
    form = save(ada, go="publish").form("/publications")
    save(signed_in("Dalia"), "## Que vérifier ?", "## Que regarder ?")
    page = form.submit(note="Ma note")
    assert page.status == 409 and "Un texte a été enregistré depuis" in page.text and "Que regarder" in page.text
    assert page.form("/publications").values()["note"] == ["Ma note"]
    assert len(rows(site, EDITIONS)) == 1
    assert "C'est publié" in page.form("/publications").submit().text


def test_a_form_sent_twice_makes_one_edition(ada: Browser, site: Flask) -> None:
    form = save(ada, go="publish").form("/publications")
    assert form.submit().status == 200
    assert form.submit().status in (200, 409)
    assert len(rows(site, EDITIONS)) == 2


def change_key(browser: Browser) -> None:
    """What was right becomes wrong, and the other way round; in both languages, which must agree."""
    for path, old, new in ((FR, "L'équipe.", "La personne."), (EN, "The team.", "The person.")):
        save(browser, f"- ( ) {old}", f"- (x) {old}", path)
        save(browser, f"- (x) {new}", f"- ( ) {new}", path)


@pytest.mark.parametrize("decision", ["keep", "remark", "cancel"])
def test_a_changed_key_asks_what_to_do_of_answers(ada: Browser, site: Flask, decision: str) -> None:
    change_key(ada)
    page = ada.get(PAGE)
    assert "Réponses déjà données" in page.text and "Qui décide de ce qui est dit ?" in page.text
    form = page.form("/publications")
    name = "decision-reperes/ecouter/qui-decide"
    assert form.values()[name] == ["keep"]
    assert set(form.choices(name).values()) == {"keep", "remark", "cancel"}
    form.submit(**{name: decision})
    assert rows(site, "SELECT edition, question, decision FROM key_change") == [
        (2, "reperes/ecouter/qui-decide", decision)
    ]


def test_a_decision_that_is_none_keeps(ada: Browser, site: Flask) -> None:
    change_key(ada)
    ada.get(PAGE).form("/publications").submit(**{"decision-reperes/ecouter/qui-decide": "everything"})
    assert rows(site, "SELECT decision FROM key_change") == [("keep",)]


def test_only_this_unit_is_published(ada: Browser, site: Flask) -> None:
    save(ada)
    save(ada, "## Que dire ?", "## Que taire ?", path="courses/reperes/02-parler/fr.md")
    publish(ada)
    assert "Que taire" not in Browser(site).get("/learning/reperes/parler").text
    page = ada.get("/authoring/").follow("Voir et publier l'ensemble")
    assert "Que taire" in page.form("/publications").submit().browser.get("/learning/reperes/parler").text


def test_a_draft_of_the_course_knows_units_published_before_it(ada: Browser, site: Flask) -> None:
    save(ada, "Premiers repères", "Tout premiers repères", path=COURSE)
    ada.get("/authoring/courses/reperes/units/new").form("/units").submit(title="Une de plus")
    publish(ada, "courses/reperes/03-une-de-plus")
    assert "C'est publié" in publish(ada, "").text
    page = Browser(site).get("/learning/reperes").text
    assert "Tout premiers repères" in page and "Une de plus" in page


def test_a_unit_is_withdrawn_and_the_withdrawal_undone(ada: Browser, benoit: Browser, site: Flask) -> None:
    save(ada, "## Que vérifier ?", "## Que regarder ?")
    page = ada.get("/authoring/").form("/withdrawals").submit(scope=FOLDER)
    assert "L'unité est retirée" in page.text and "Pas montrée" in page.text
    assert benoit.get("/learning/reperes/ecouter").status == 404
    assert rows(site, EDITIONS)[-1] == (2, "Retirée\u00a0:\u00a0Écouter", None)
    assert "statut: brouillon" in (site.config["ELEARN"].own_content / FR).read_text("utf-8")
    assert "Que regarder" in (site.config["ELEARN"].drafts / FR).read_text("utf-8")
    page = page.form("/restorations").submit()
    assert benoit.get("/learning/reperes/ecouter").status == 200
    assert rows(site, EDITIONS)[-1] == (3, "Retour à l'édition\u00a01", 1)
    assert not (site.config["ELEARN"].own_content / FR).exists()


def test_what_was_withdrawn_is_published_again(ada: Browser, site: Flask) -> None:
    ada.get("/authoring/").form("/withdrawals").submit(scope=FOLDER)
    page = ada.get(PAGE)
    assert "C'est publié" in page.form("/publications").submit().text
    assert Browser(site).get(LESSON).status == 200


@pytest.mark.parametrize("scope", ["", "courses/reperes", "courses/reperes/99-rien", "../keys", "site.yaml", "x" * 400])
def test_only_a_unit_is_withdrawn(ada: Browser, site: Flask, scope: str) -> None:
    page = ada.get("/authoring/").form("/withdrawals").submit(scope=scope)
    assert page.status == 404 and len(rows(site, EDITIONS)) == 1


def test_a_translation_alone(ada: Browser, site: Flask) -> None:
    save(ada, "Silence leaves room.", "Silence gives room.", path=EN)
    page = publish(ada)
    assert "C'est publié" in page.text
    own = site.config["ELEARN"].own_content
    assert (own / EN).exists() and not (own / FR).exists()
