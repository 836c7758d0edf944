"""Every publication with its author, date and note, and going back to one of them."""

from collections.abc import Callable

import pytest
from flask import Flask

from elearn.services.publishing import publish as publish_layers
from elearn.store.base import now
from tests.browse import Browser
from tests.web.desk import AFTER, BEFORE, FR, publish, rows, save, text, written

LESSON = "/learning/reperes/ecouter/se-taire"


@pytest.fixture
def ada(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Ada")


def test_it_works(ada: Browser) -> None:
    save(ada)
    publish(ada, note="Un mot")
    page = ada.get("/authoring/").follow("Historique")
    assert page.status == 200
    for words in ("Édition 2 En ligne", "par Ada", "« Un mot »", "Édition 1", "depuis le serveur"):
        assert words in page.text
    assert [form.action for form in page.forms if "restorations" in form.action] == [
        "/authoring/history/1/restorations"
    ]


def test_going_back_is_one_step_and_can_be_undone(ada: Browser, site: Flask) -> None:
    save(ada)
    publish(ada)
    page = ada.get("/authoring/history").form("/1/restorations").submit()
    assert "L'édition d'avant est de nouveau en ligne" in page.text
    assert BEFORE in Browser(site).get(LESSON).text
    assert BEFORE in written(ada.get(text())) and "Comme en ligne" in ada.get(text()).text
    page = ada.get("/authoring/history")
    assert "« Retour à l'édition 1 »" in page.text
    page.form("/2/restorations").submit()
    assert AFTER in Browser(site).get(LESSON).text
    assert rows(site, "SELECT number, restores FROM edition") == [(1, None), (2, None), (3, 1), (4, 2)]


def test_a_start_after_going_back_changes_nothing(ada: Browser, site: Flask) -> None:
    ada.get("/authoring/courses/reperes/units/new").form("/units").submit(title="Une de plus")
    publish(ada, "courses/reperes/03-une-de-plus")
    ada.get("/authoring/history").form("/1/restorations").submit()
    assert "Une de plus" not in Browser(site).get("/learning/reperes").text
    settings = site.config["ELEARN"]
    with site.app_context():
        outcome = publish_layers(settings.layers, settings.instance, now())
    assert (outcome.number, outcome.changed) == (3, False)


def test_drafts_do_not_move(ada: Browser) -> None:
    save(ada)
    publish(ada)
    save(ada, "## Que vérifier ?", "## Que regarder ?")
    ada.get("/authoring/history").form("/1/restorations").submit()
    assert "Que regarder" in written(ada.get(text()))
    assert FR in ada.get("/authoring/publication").text


@pytest.mark.parametrize("number", ["2", "0", "99999999999"])
def test_an_edition_that_is_not_there(ada: Browser, site: Flask, number: str) -> None:
    token = ada.get("/authoring/").form("/sign-out").values()["csrf_token"][0]
    page = ada.send("post", f"/authoring/history/{number}/restorations", {"csrf_token": token})
    assert page.status == 404
    assert rows(site, "SELECT count(*) FROM edition") == [(1,)]


def test_a_trainee_sees_no_history_and_brings_nothing_back(benoit: Browser) -> None:
    token = benoit.get("/accounts/").form("/sign-out").values()["csrf_token"][0]
    assert benoit.send("post", "/authoring/history/1/restorations", {"csrf_token": token}).status == 404
