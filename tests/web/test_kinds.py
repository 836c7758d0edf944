"""Questions to type, to complete and of opinion, on the page of a section: right, wrong, unreadable, nothing lost."""

import pytest
from flask import Flask
from sqlalchemy import select

from elearn.services.publishing import publish_files
from elearn.store.base import db
from elearn.store.learning import Progress, Step
from tests import world
from tests.browse import Browser, Form, Page

FR = r"""---
id: genres
titre: Genres
duree: 10 min
auteurs: [Ada]
licence: CC-BY-SA-4.0
statut: publie
---

# Genres

## Essayez {#essayez}

### Combien de minutes ? {.nombre #minutes}

> **Réponse :** 5,5 ± 0,5 min

> **Explication :** cinq ou six, selon la personne.

### Quel mot ? {.reponse-courte #mot}

> **Réponses acceptées :**
>
> - l'espoir
> - <espérance>

> **Explication :** il se partage sans se promettre.

### Complétez {.texte-a-trous #trous bareme=partiel}

On [[écoute|accueille]] avant de [[=parler|\<b>juger\</b> & "trier"]]. On prend **le [[temps]]**.

> **Explication :** le silence ouvre la porte.

### Que lisez-vous ? {.sondage #lire}

- [ ] Des livres.
  > La liste des sources en cite quelques-uns.
- [ ] Des récits.

### Où en êtes-vous ? {.echelle #aise}

1. Pas à l'aise
2. À l'aise

> **Explication :** cela change d'un jour à l'autre.
"""

EN = """\
---
title: Kinds
---

# Kinds

## Try {#essayez}

### Complete {.cloze #trous}

One [[listens]] before [[talking|judging]]. One takes **the [[time]]**.
"""
UNIT = "courses/reperes/03-genres/"
SECTION = "/learning/reperes/genres/essayez"
KEYS = (
    "accueille",
    "espérance",
    "± 0,5",
    "5 à 6",
    "Cinq ou six",
    "se partage",
    "ouvre la porte",
    "La liste des sources",
)


@pytest.fixture
def kinds(site: Flask) -> Flask:
    course = world.COURSE.replace("[ecouter, parler]", "[ecouter, parler, genres]")
    files = world.site({"courses/reperes/course.yaml": course, UNIT + "fr.md": FR, UNIT + "en.md": EN})
    with site.app_context():
        outcome = publish_files(files, site.config["ELEARN"].instance, world.AT)
    assert [problem.code for problem in outcome.problems if problem.code != "T301"] == []
    return site


@pytest.fixture
def reader(kinds: Flask, benoit: Browser) -> Browser:
    return benoit


def question(page: Page, name: str) -> Form:
    return page.form(f"/{name}/attempts")


def shown(page: Page, name: str) -> str:
    return " ".join(
        "".join(question(page, name).element.itertext()).replace("\u202f", " ").replace("\xa0", " ").split()
    )


def menu(form: Form, words: str) -> str:
    return next(value for label, value in form.choices("gap-1").items() if words in label)


def test_no_key_is_on_the_page_nor_on_paper(kinds: Flask, visitor: Browser) -> None:
    for path in (SECTION, "/learning/reperes/genres/print"):
        page = visitor.get(path)
        assert page.status == 200
        body = page.response.get_data(as_text=True).replace("&#39;", "'")
        assert [secret for secret in KEYS if secret in body] == []
        assert "<b>juger" not in body and "&lt;b&gt;juger" in body


def test_paper_has_a_place_for_each_answer(kinds: Flask, visitor: Browser) -> None:
    page = visitor.get("/learning/reperes/genres/print")

    assert len(page.all("p", class_="paper-line")) == 2
    assert len(page.all("span", class_="paper-gap")) == 3
    assert len(page.all("span", class_="paper")) == 2 and len(page.all("span", class_="paper round")) == 2


def test_every_field_has_a_label_and_fits_its_keyboard(kinds: Flask, visitor: Browser) -> None:
    page = visitor.get(SECTION)
    named = {one.get("for") for one in page.all("label")}
    for name in ("minutes", "mot", "trous", "lire", "aise"):
        for one in question(page, name).element.iter():
            if one.tag in ("input", "select") and one.get("type") != "hidden":
                assert one.get("id") in named, one.attrib
    assert question(page, "minutes").element.find(".//input[@inputmode='decimal']") is not None
    for one in page.all("input", autocapitalize="off"):
        assert one.get("autocomplete") == "off"
    assert "Trou 1 sur 3" in shown(page, "trous") and "Trou 3 sur 3" in shown(page, "trous")


@pytest.mark.parametrize(
    ("name", "field", "wrong", "right", "explanation"),
    [
        ("minutes", "answer", "7 min", "5,25 min", "Cinq ou six"),
        ("mot", "answer", "<script>alert(1)</script>", "L\u2019ESPOIR.", "se partage"),
    ],
)
def test_a_typed_answer_is_marked_and_stays_in_its_field(
    reader: Browser, name: str, field: str, wrong: str, right: str, explanation: str
) -> None:
    page = question(reader.get(SECTION), name).submit(**{field: wrong})
    assert page.status == 200 and "Pas encore" in shown(page, name)
    assert explanation not in page.text and "convient" not in shown(page, name) and "acceptées" not in shown(page, name)
    page = question(page, name).submit(**{field: right})
    assert "C'est juste" in shown(page, name) and explanation in page.text
    assert question(reader.get(SECTION), name).values()["answer"] == ["5,25" if name == "minutes" else right]


def test_once_right_what_else_would_have_been_is_told(reader: Browser) -> None:
    page = question(reader.get(SECTION), "minutes").submit(answer="5")
    assert "Tout nombre de 5 à 6 convient" in shown(page, "minutes")
    page = question(page, "mot").submit(answer="espérance")
    assert "Pas encore" in shown(page, "mot")
    page = question(page, "mot").submit(answer="<Espérance>")
    assert "l'espoir ; <espérance>" in shown(page, "mot")


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("minutes", "cinq", "Écrivez un nombre en chiffres"),
        ("minutes", "", "Écrivez une réponse"),
        ("mot", " ", "Écrivez une réponse"),
        ("mot", "a" * 201, "200 signes au plus"),
    ],
)
def test_an_unreadable_answer_says_why_and_stays(reader: Browser, name: str, typed: str, words: str) -> None:
    page = question(reader.get(SECTION), name).submit(answer=typed)

    assert page.status == 422 and words in shown(page, name)
    assert question(page, name).values()["answer"] == [typed]
    assert question(page, name).element.find(".//input[@aria-invalid='true']") is not None


def test_gaps_are_marked_one_by_one(reader: Browser) -> None:
    form = question(reader.get(SECTION), "trous")
    page = form.submit(**{"gap-0": "Écoute", "gap-1": menu(form, "juger"), "gap-2": ""})
    assert page.status == 422 and "Il reste 1 case vide" in shown(page, "trous")
    page = question(page, "trous").submit()
    assert page.status == 200
    assert "1 trou est juste." in shown(page, "trous") and "ouvre la porte" not in page.text
    form = question(page, "trous")
    assert form.values()["gap-0"] == ["Écoute"] and form.values()["gap-1"] == [menu(form, "juger")]
    page = form.submit(**{"gap-1": menu(form, "parler"), "gap-2": "le temps"})
    assert "2 trous sont justes." in shown(page, "trous")
    page = question(page, "trous").submit(**{"gap-2": "temps"})
    assert "C'est juste." in shown(page, "trous") and "ouvre la porte" in page.text


def test_gaps_left_empty_are_asked_for_and_a_refused_form_loses_nothing(reader: Browser) -> None:
    page = question(reader.get(SECTION), "trous").submit()
    assert page.status == 422 and "Complétez au moins un trou" in shown(page, "trous")
    form = question(page, "trous")
    page = form.submit(**{"gap-0": "x" * 201, "gap-1": menu(form, "parler"), "gap-2": '"><b>'})
    assert page.status == 422 and "200 signes au plus" in shown(page, "trous")
    form = question(page, "trous")
    assert (form.values()["gap-0"], form.values()["gap-2"]) == (["x" * 201], ['"><b>'])
    assert form.values()["gap-1"] == [menu(form, "parler")]


@pytest.mark.parametrize(
    ("name", "chosen", "said"), [("lire", ["0", "1"], "La liste des sources"), ("aise", "1", "Cela change")]
)
def test_an_opinion_is_kept_and_neither_right_nor_wrong(
    reader: Browser, kinds: Flask, name: str, chosen: str | list[str], said: str
) -> None:
    page = question(reader.get(SECTION), name).submit(answer=chosen)

    assert "rien n'est juste ni faux" in shown(page, name) and said in shown(page, name)
    assert "Pas encore" not in shown(page, name) and "Autre piste" not in shown(page, name)
    assert len(question(page, name).values()["answer"]) == len(chosen)
    with kinds.app_context(), db.engine.connect() as connection:
        step = connection.execute(select(Step.question, Step.fraction)).one()
        assert connection.execute(select(Progress.state)).scalar_one()["answers"]["genres"][name][0] == 0
    assert (step.question, step.fraction) == (name, None)
    assert "0 question juste sur 3" in page.text or "0 questions justes sur 3" in page.text


def test_an_opinion_left_out_is_asked_for(reader: Browser) -> None:
    assert "Choisissez une réponse" in shown(question(reader.get(SECTION), "aise").submit(), "aise")


def test_a_visitor_tries_and_nothing_is_stored(kinds: Flask, visitor: Browser) -> None:
    page = question(visitor.get(SECTION), "minutes").submit(answer="6")
    assert "C'est juste" in shown(page, "minutes")
    page = question(page, "aise").submit(answer="0")
    assert "rien n'est juste ni faux" in shown(page, "aise")
    with kinds.app_context(), db.engine.connect() as connection:
        assert connection.execute(select(Step.id)).all() == []


def test_a_translation_is_marked_by_its_words_and_by_the_option_of_the_source(kinds: Flask, visitor: Browser) -> None:
    page = visitor.get(SECTION).form("/language").submit(language="en")
    assert "Gap 2 of 3" in shown(page, "trous")
    assert "Combien de minutes ?" in shown(page, "minutes"), "what is not translated is shown in French"
    form = question(page, "trous")
    page = form.submit(**{"gap-0": "Listens", "gap-1": menu(form, "judging"), "gap-2": "time"})
    assert "2 gaps are right." in shown(page, "trous")
    form = question(page, "trous")
    page = form.submit(**{"gap-1": menu(form, "talking")})
    assert question(page, "trous").element.find(".//*[@data-right]") is not None
