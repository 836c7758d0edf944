"""A scenario in a unit: walked step by step, kept only once an ending is reached."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from elearn.services.publishing import publish_files
from elearn.store.base import db
from elearn.store.learning import Enrolment, Step
from tests import world
from tests.browse import Browser, Form, Page

SECTION = "/learning/reperes/parler/que-dire"
SCENARIO = """
### Situation : Nour se tait {.situation #nour}

Nour ne dit plus rien.

#### Étape : le silence {#silence}

- [« Tu devrais sortir. »](#conseil)
- [« Je suis là. »](#presence)

#### Étape : un conseil {#conseil}

> **Explication :** Nour n'avait pas tout dit.

- [Je me reprends.](#silence)
- [J'insiste.](#au-revoir)

#### Fin : on raccroche {.fin #au-revoir}

La conversation s'arrête.

#### Fin : Nour raconte {.fin #presence points=1}

> **Explication :** la présence suffit souvent.

***
"""


@pytest.fixture
def site(site: Flask) -> Flask:
    with site.app_context():
        files = world.site({"courses/reperes/02-parler/fr.md": world.PARLER_FR + SCENARIO})
        outcome = publish_files(files, site.config["ELEARN"].instance, world.AT)
    assert outcome.problems == ()
    return site


def walk(page: Page) -> Form:
    return page.form("/nour/attempts")


def choose(page: Page, words: str) -> Page:
    """Press the button that says so."""
    form = walk(page)
    for button in form.buttons():
        if words in " ".join("".join(button.itertext()).split()):
            return form.submit(**{button.get("name") or "": button.get("value")})
    raise AssertionError(f"no choice « {words} »: {page.text}")


def steps(app: Flask) -> list[tuple[list[int], float | None]]:
    with app.app_context(), db.engine.connect() as connection:
        return [(row.response, row.fraction) for row in connection.execute(select(Step).order_by(Step.sequence))]


def test_it_works(visitor: Browser) -> None:
    page = visitor.get(SECTION)
    for words in ("Nour ne dit plus rien.", "le silence", "Tu devrais sortir.", "Choisissez ce que vous feriez"):
        assert words in page.text
    for later in ("Nour n'avait pas tout dit", "on raccroche", "Nour raconte", "J'insiste", "présence suffit"):
        assert later not in page.text


def test_a_visitor_walks_back_and_to_the_end_and_nothing_is_stored(visitor: Browser, site: Flask) -> None:
    page = choose(visitor.get(SECTION), "sortir")
    assert page.status == 200
    assert "Votre choix : « Tu devrais sortir. »" in page.text and "Nour n'avait pas tout dit" in page.text
    page = choose(page, "Revenir d'un pas")
    assert page.status == 200 and "Votre choix" not in page.text and "Nour n'avait pas" not in page.text
    page = choose(choose(choose(page, "sortir"), "Je me reprends"), "Je suis là")
    assert "Vous êtes au bout de ce chemin" in page.text and "qui allait le plus loin" in page.text
    assert "La présence suffit souvent" in page.text and "on raccroche" not in page.text
    page = choose(page, "Essayer un autre chemin")
    assert "Votre choix" not in page.text and "Tu devrais sortir" in page.text
    with site.app_context(), db.engine.connect() as connection:
        assert not connection.execute(select(Enrolment)).all()


def test_a_trainee_stores_only_a_path_that_has_ended(benoit: Browser, site: Flask) -> None:
    page = choose(benoit.get(SECTION), "sortir")
    assert page.status == 200 and steps(site) == []
    page = choose(page, "insiste")
    assert page.path == SECTION, "kept, and shown at its own address"
    assert "on raccroche" in page.text and "Un autre choix mène plus loin" in page.text
    assert steps(site) == [([0, 1], 0.0)]
    page = benoit.get(SECTION)
    assert "on raccroche" in page.text, "the walk is there when one comes back"
    page = choose(page, "Revenir d'un pas")
    assert "Votre choix : « Tu devrais sortir. »" in page.text and len(steps(site)) == 1
    choose(choose(page, "Je me reprends"), "Je suis là")
    assert steps(site)[1:] == [([0, 0, 1], 1.0)]
    assert "1 question juste sur 2" in benoit.get(SECTION).text


def tried(page: Page) -> list[str]:
    """The choices that are marked as tried, by their first words."""
    buttons = (" ".join("".join(one.itertext()).split()) for one in walk(page).buttons())
    return [words.partition("Déjà")[0].strip() for words in buttons if "Déjà essayé" in words]


def test_another_path_shows_which_choices_were_tried(visitor: Browser, benoit: Browser, site: Flask) -> None:
    for browser in (visitor, benoit):
        page = browser.get(SECTION)
        assert tried(page) == []
        page = choose(choose(page, "sortir"), "Je me reprends")
        assert tried(page) == ["« Tu devrais sortir. »"], "within the walk too"
        page = choose(choose(page, "sortir"), "insiste")
        page = choose(page, "Essayer un autre chemin")
        assert tried(page) == ["« Tu devrais sortir. »"]
        page = choose(page, "sortir")
        assert tried(page) == ["Je me reprends.", "J'insiste."]
        page = choose(choose(page, "Revenir d'un pas"), "Je suis là")
        assert "Vous êtes au bout" in page.text
        page = choose(page, "Essayer un autre chemin")
        assert tried(page) == ["« Tu devrais sortir. »", "« Je suis là. »"], "also those of the walk before"
    assert len(steps(site)) == 2
    assert tried(choose(benoit.get(SECTION), "Essayer un autre chemin")) == ["« Je suis là. »"], "the last path is kept"


@pytest.mark.parametrize("said", ["9-0", "0-9", "x", "0-0" * 5000, "-", "0-0.", "٠-٠", "0-0\u0000"])
def test_what_a_form_says_was_tried_is_read_with_care(visitor: Browser, said: str) -> None:
    form = walk(choose(visitor.get(SECTION), "sortir"))
    page = form.submit(tried=said, answer="0")
    assert page.status == 200 and set(tried(page)) <= {"« Tu devrais sortir. »"}


def test_an_ending_says_what_the_path_changed_and_what_to_reread(visitor: Browser) -> None:
    page = choose(visitor.get(SECTION), "Je suis là")
    assert "Fin : Nour raconte" in page.text and "Ce que ce chemin a changé La présence suffit souvent." in page.text
    assert "À relire" not in page.text


def test_the_same_form_twice_counts_once(benoit: Browser, site: Flask) -> None:
    form = walk(benoit.get(SECTION))
    for _ in range(2):
        assert form.submit(answer="1").status == 200
    assert steps(site) == [([1], 1.0)]


@pytest.mark.parametrize(
    "fields",
    [
        {"path": "1.0", "answer": "0"},
        {"path": "0.0.1", "answer": "0"},
        {"path": "0", "answer": "9"},
        {"path": "x", "answer": "0"},
        {"path": "0" * 10_000, "answer": "0"},
        {"path": "0.0." * 2_500, "answer": "0"},
        {"path": "0\u0000", "answer": "0"},
        {"path": ["0", "0"], "answer": "0"},
        {"path": ".".join(["0"] * 100), "answer": "1"},
        {"path": "", "answer": ["0", "1"]},
        {"path": "1", "answer": "0"},
        {"path": "9", "answer": "0", "back": "1"},
        {"path": "-1.0", "back": "1"},
    ],
)
@pytest.mark.parametrize("who", ["", "Benoît"])
def test_hostile_paths_are_refused_with_a_page(
    visitor: Browser, signed_in: Callable[[str], Browser], site: Flask, who: str, fields: dict[str, object]
) -> None:
    browser = signed_in(who) if who else visitor
    form = walk(browser.get(SECTION))
    data = form.values() | {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
    page = browser.send("post", form.action, data)
    assert page.status == 422
    assert "Tu devrais sortir" in page.text or "Essayer un autre chemin" in page.text, "one can go on"
    assert steps(site) == []


def test_a_refused_choice_keeps_the_way_so_far(visitor: Browser) -> None:
    form = walk(choose(visitor.get(SECTION), "sortir"))
    page = form.submit(answer="7")
    assert page.status == 422
    assert "Votre choix : « Tu devrais sortir. »" in page.text and "J'insiste" in page.text


def test_a_path_that_turns_in_circles_says_so(visitor: Browser) -> None:
    page = choose(visitor.get(SECTION), "sortir")
    form = walk(page)
    page = form.submit(path=".".join(["0"] * 100), answer="1")
    assert page.status == 422 and "Ce chemin est très long" in page.text


def test_on_paper_only_the_beginning_is_printed(visitor: Browser) -> None:
    page = visitor.get("/learning/reperes/parler/print")
    assert "Tu devrais sortir" in page.text and "La suite dépend du choix" in page.text
    assert "on raccroche" not in page.text and "présence suffit" not in page.text
