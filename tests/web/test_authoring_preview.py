"""A draft as trainees would see it, and its questions tried without a trace."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from elearn.config import ROOT
from tests.browse import Browser
from tests.web.desk import AFTER, EN, FR, rows, save

SCRIPTS = [ROOT / "elearn/web/static/js" / name for name in ("questions.js", "ordering.js")]
PATH = f"/authoring/previews/{FR}"


@pytest.fixture
def ada(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Ada")


def test_it_works(ada: Browser) -> None:
    page = save(ada, go="preview")
    assert page.path == PATH and page.status == 200
    for words in (AFTER, "Pourquoi se taire ?", "Que vérifier ?", "Qui décide", "Dans quel ordre ?", "Avant"):
        assert words in page.text or words == "Avant"
    assert ada.get(f"/authoring/previews/{EN}").heading() == "Listening"


@pytest.mark.parametrize(("choice", "said"), [("La personne.", "C'est juste."), ("Moi.", "Pas encore.")])
def test_a_question_is_tried_and_nothing_is_kept(ada: Browser, site: Flask, choice: str, said: str) -> None:
    form = ada.get(PATH).form("/qui-decide")
    page = form.submit(answer=form.choices("answer")[choice])
    assert page.status == 200 and said in page.text
    assert rows(site, "SELECT count(*) FROM step") == rows(site, "SELECT count(*) FROM draft") == [(0,)]
    assert rows(site, "SELECT count(*) FROM enrolment") == [(0,)]


def test_every_question_answers_in_words(ada: Browser) -> None:
    page = ada.get(PATH)
    tried = [form for form in page.forms if "/trials/" in form.action]
    assert len(tried) == 5
    for form in tried:
        answer = form.submit()
        assert answer.status == 422, form.action
        assert answer.all("p", **{"class": "field-error"})


def test_a_private_text_is_not_kept(ada: Browser, site: Flask) -> None:
    page = ada.get(PATH).form("/une-fois").submit(text="canari")
    assert page.status == 422 and "rien n'est gardé" in page.text
    assert rows(site, "SELECT count(*) FROM reflection") == [(0,)]


SCENARIO = """### La suite {.situation #suite-de-nour}

#### Étape : la voix {#voix}

- [Parler.](#parler)
- [Attendre.](#attendre)

#### Étape : attendre {#attendre}

- [Revenir.](#voix)
- [Dire oui.](#parler)

#### Fin : Nour raconte {.fin #parler points=2}

Merci.

***
"""


def test_a_map_of_the_paths_of_a_scenario(ada: Browser) -> None:
    page = save(ada, "## Que vérifier", SCENARIO + "\n## Que vérifier", go="preview")

    (plan,) = page.all("ol", **{"class": "paths"})
    said = [" ".join("".join(item.itertext()).split()) for item in plan if item.tag == "li"]
    assert "2 étapes, 1 fin." in " ".join(page.text.split())
    assert said[0].startswith("Étape : la voix Parler. → mène à 2. Fin : Nour raconte Attendre. → mène à 3. Étape")
    assert said[0].endswith("(on peut revenir ici)")
    assert said[1].startswith("Fin : Nour raconte fin qui va le plus loin (points : 2) On y arrive depuis : 1, 3.")
    assert {link.get("href") for link in plan.iter("a")} == {f"#suite-de-nour_map_{n}" for n in (1, 2, 3)}
    assert [item.get("id") for item in plan] == [f"suite-de-nour_map_{n}" for n in (1, 2, 3)]


def test_who_writes_an_exam_sees_every_question_of_its_pools(ada: Browser) -> None:
    page = ada.get("/authoring/courses/reperes/units/new").form("/units").submit(title="Bilan", exam="y")
    page = ada.get(page.path.replace("/texts/", "/previews/"))
    assert "C'est un examen" in page.text
    assert len([form for form in page.forms if "/trials/" in form.action]) == 5


def test_what_cannot_be_read_is_said(ada: Browser) -> None:
    page = save(ada, "id: ecouter", "id: [", go="preview")
    assert page.status == 200 and "L'aperçu attend" in page.text and "à corriger" in page.text


def test_a_question_that_went_meanwhile(ada: Browser) -> None:
    form = ada.get(PATH).form("/qui-decide")
    save(ada, "#qui-decide", "#qui-decide-donc")
    assert form.submit().status == 409


@pytest.mark.parametrize("path", ["x", "courses/reperes/01-ecouter/de.md", "courses/reperes/course.yaml", "../x/fr.md"])
def test_nothing_else_has_a_preview(ada: Browser, path: str) -> None:
    assert ada.get(f"/authoring/previews/{path}").status == 404


def test_the_scripts_of_questions_find_every_word_that_they_say(ada: Browser) -> None:
    body = ada.get(PATH).response.get_data(as_text=True)
    said = set(re.findall(r"messages\.(\w+)", "".join(one.read_text("utf-8") for one in SCRIPTS)))
    wanted = {"data-" + re.sub(r"[A-Z]", lambda found: "-" + found[0].lower(), word) for word in said}
    assert wanted and all(f'{word}="' in body for word in wanted), wanted
