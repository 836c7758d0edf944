"""The list of what is published and being written."""

from collections.abc import Callable

from flask import Flask

from tests.browse import Browser
from tests.web.desk import FOLDER, FR, publish, save, text

Enter = Callable[[str], Browser]

PAGES = (
    "/authoring/",
    "/authoring/history",
    "/authoring/problems",
    "/authoring/courses/new",
    "/authoring/courses/reperes/units/new",
    "/authoring/upload",
    "/authoring/export",
    "/authoring/publication",
    f"/authoring/publication?scope={FOLDER}",
    text(),
    f"/authoring/previews/{FR}",
)


def test_it_works(signed_in: Enter) -> None:
    page = signed_in("Ada").get("/authoring/")
    assert page.status == 200
    for words in ("Écouter", "Parler", "Publiée", "elearn check", "elearn preview", "elearn publish"):
        assert words in page.text
    assert "Brouillon en cours" not in page.text and "à corriger" not in page.text


def test_a_trainee_finds_nothing_there(benoit: Browser, visitor: Browser) -> None:
    for path in PAGES:
        assert benoit.get(path).status == 404, path
        assert visitor.get(path).path.startswith("/accounts/sign-in"), path
    assert "/authoring/" not in benoit.get("/").links


def test_trainers_and_admins_open_every_page(signed_in: Enter) -> None:
    for name in ("Ada", "Émile"):
        someone = signed_in(name)
        for path in PAGES:
            assert someone.get(path).status == 200, path


def test_drafts_problems_and_publications_are_told(signed_in: Enter) -> None:
    ada = signed_in("Ada")
    save(ada)
    page = ada.get("/authoring/")
    assert "Brouillon en cours" in page.text and "1 fichier diffère de ce qui est en ligne" in page.text
    publish(ada, note="Un mot plus juste")
    page = ada.get("/authoring/")
    assert "édition 2, par Ada." in page.text and "« Un mot plus juste »" in page.text
    assert "Brouillon en cours" not in page.text
    save(ada, "- (x) La personne.", "- ( ) La personne.")
    assert "1 point à corriger" in ada.get("/authoring/").text


def test_a_broken_course_does_not_break_the_list(signed_in: Enter, site: Flask) -> None:
    ada = signed_in("Ada")
    save(ada, "unites: [ecouter, parler]", "unites: [ecouter", path="courses/reperes/course.yaml")
    page = ada.get("/authoring/")
    assert page.status == 200 and "Écouter" in page.text
    for path in PAGES:
        assert ada.get(path).status == 200, path
    assert Browser(site).get("/learning/reperes").status == 200
