"""What an answer is followed by: what to reread and the way back, hints, confidence, states that are true, the end."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import select

from elearn.services.publishing import publish_files
from elearn.store.base import db
from elearn.store.learning import Progress, Step
from tests import world
from tests.browse import Browser, Form, Page

FR = """\
---
id: essais
titre: Essais
duree: 10 min
auteurs: [Ada]
licence: CC-BY-SA-4.0
statut: publie
---

# Essais

## Lire d'abord {#lire}

On écoute avant de parler.

## Essayez {#essayez}

### Qui décide ? {.choix-unique #qui confiance=oui}

- (x) La personne.
- ( ) L'équipe.

> **Indice :** de qui est l'histoire ?

> **Indice :** qui l'a vécue ?

> **Explication :** l'histoire est à elle.

### Quels gestes ? {.choix-multiple #gestes bareme=partiel}

- [x] Attendre.
- [x] Reformuler.
- [ ] Conseiller.

> **Explication :** attendre, reformuler.

## Reliez {#reliez}

Trois moments, trois gestes.

### Les moments {.appariement #moments bareme=partiel}

| Moment | Geste |
| --- | --- |
| Avant | Demander |
| Pendant | Partager |
| Après | Remercier |

> **Explication :** demander, partager, remercier.

### L'ordre {.ordre #ordre}

1. Un
2. Deux
3. Trois

> **Explication :** un, deux, trois.

### Le mot {.reponse-courte #mot}

> **Réponses acceptées :**
>
> - espoir

> **Explication :** il se partage.
"""

EN = """\
---
title: Tries
---

# Tries

## Read first {#lire}

Listen before you speak.

## Try {#essayez}

### Who decides? {.single-choice #qui}

- (x) The person.
- ( ) The team.

> **Hint:** whose story is it?

> **Hint:** who lived it?

> **Explanation:** the story is theirs.

### Which acts? {.multiple-choice #gestes}

- [x] Waiting.
- [x] Rephrasing.
- [ ] Giving advice.

> **Explanation:** waiting, rephrasing.

## Match {#reliez}

Three moments, three acts.

### The moments {.matching #moments}

| Moment | Act |
| --- | --- |
| Before | Asking |
| During | Sharing |
| After | Thanking |

> **Explanation:** asking, sharing, thanking.

### The order {.ordering #ordre}

1. One
2. Two
3. Three

> **Explanation:** one, two, three.

### The word {.short-answer #mot}

> **Accepted answers:**
>
> - hope

> **Explanation:** it is shared.
"""
UNIT = "courses/reperes/03-essais/"
HERE = "/learning/reperes/essais/essayez"
LAST = "/learning/reperes/essais/reliez"


def publish(app: Flask, at: dt.datetime = world.AT, french: str = FR, listed: str = "ecouter, essais, parler") -> None:
    course = world.COURSE.replace("[ecouter, parler]", f"[{listed}]")
    files = world.site({"courses/reperes/course.yaml": course, UNIT + "fr.md": french, UNIT + "en.md": EN})
    with app.app_context():
        outcome = publish_files(files, app.config["ELEARN"].instance, at)
        app.extensions["shelf"].current(outcome.number)
    assert outcome.number is not None, outcome.problems


@pytest.fixture
def site(site: Flask) -> Flask:
    publish(site)
    return site


def question(page: Page, name: str) -> Form:
    return page.form(f"/{name}/attempts")


def shown(page: Page, name: str) -> str:
    """What stands in a question."""
    words = "".join(question(page, name).element.itertext())
    return " ".join(words.replace("\u202f", " ").replace("\xa0", " ").split())


def choose(form: Form, *words: str) -> list[str]:
    found = form.choices("answer")
    return [next(value for label, value in found.items() if word in label) for word in words]


def pairs(form: Form, *wanted: str) -> dict[str, str]:
    """`Avant Demander`, … as fields; a moment that is not named stays empty."""
    chosen = dict(one.split(" ", 1) for one in wanted)
    found = {}
    for n in range(3):
        label = next(one for one in form.element.iter("label") if one.get("for") == f"moments_{n}")
        words = "".join(label.itertext()).strip()
        found[f"pair-{n}"] = form.choices(f"pair-{n}")[chosen[words]] if words in chosen else ""
    return found


def answer(browser: Browser, path: str, name: str, **fields: object) -> Page:
    return question(browser.get(path), name).submit(**fields)


def reread_link(page: Page, name: str) -> str:
    return next(
        one.get("href") or "" for one in question(page, name).element.iter("a") if "accounts" not in one.get("href", "")
    )


@pytest.mark.parametrize("who", ["visitor", "benoit"])
def test_a_wrong_answer_says_what_to_reread_and_the_way_back(request: pytest.FixtureRequest, who: str) -> None:
    browser: Browser = request.getfixturevalue(who)
    form = question(browser.get(HERE), "qui")
    page = form.submit(answer=choose(form, "L'équipe"))
    assert "Pas encore." in shown(page, "qui") and "À relire : Lire d'abord" in shown(page, "qui")
    link = reread_link(page, "qui")
    assert link == "/learning/reperes/essais/lire?back=essais.qui#read_here"
    text = browser.get(link.partition("#")[0])
    assert text.all("h1", id="read_here") and text.text.count("Revenir à la question : Qui décide ?") == 1
    assert text.follow("Revenir à la question").path == HERE
    form = question(page, "qui")
    assert "À relire" not in shown(form.submit(answer=choose(form, "La personne")), "qui")


def test_the_text_above_the_question_is_a_place_on_the_same_page(visitor: Browser) -> None:
    page = answer(visitor, LAST, "mot", answer="oubli")
    assert reread_link(page, "mot") == "#read_here_0"
    assert "Trois moments" in "".join(page.all("div", id="read_here_0")[0].itertext())
    assert "Revenir à la question" not in page.text


@pytest.mark.parametrize("back", ["essais", "essais.", "essais.nulle-part", "nulle-part.qui", "../..", "x" * 9000, "."])
def test_a_way_back_that_leads_nowhere_is_not_shown(visitor: Browser, back: str) -> None:
    page = visitor.send("get", HERE, {"back": back})
    assert page.status == 200 and "Revenir à la question" not in page.text


def test_hints_open_in_order_and_are_counted(visitor: Browser) -> None:
    form = question(visitor.get(HERE), "qui")
    first, second = form.element.findall(".//details")
    for n, one in enumerate((first, second), 1):
        summary = one.find("summary")
        assert summary is not None
        assert "".join(summary.itertext()).replace("\xa0", " ") == f"Indice {n} sur 2"
    assert second in list(first), "the second lies in the first: closed, it cannot be reached"
    page = visitor.get("/learning/reperes/ecouter/se-taire")
    assert "Un indice" in shown(page, "qui-decide")


def steps(app: Flask) -> list[tuple[str, float | None, int | None]]:
    with app.app_context(), db.engine.connect() as connection:
        rows = connection.execute(select(Step).order_by(Step.sequence)).all()
    return [(row.question, row.fraction, row.confidence) for row in rows]


def test_how_sure_one_is_is_asked_where_the_author_wants_it_and_kept(benoit: Browser, site: Flask) -> None:
    page = benoit.get(HERE)
    assert set(question(page, "qui").choices("confidence")) == {"Pas sûr ou sûre", "Plutôt", "Tout à fait"}
    assert "confidence" not in question(page, "qui").values(), "nothing is chosen beforehand"
    assert not question(page, "gestes").choices("confidence")
    form = question(page, "qui")
    page = form.submit(answer=choose(form, "L'équipe"), confidence="3")
    assert "Vous en étiez tout à fait sûr ou sûre" in shown(page, "qui")
    form = question(page, "qui")
    page = form.submit(answer=choose(form, "La personne"))
    assert "sûr ou sûre" not in shown(page, "qui"), "what is right is not asked again how sure"
    assert steps(site) == [("qui", 0.0, 3), ("qui", 1.0, None)]
    with site.app_context(), db.engine.connect() as connection:
        kept = connection.execute(select(Progress.state)).scalar_one()["answers"]["essais"]["qui"]
    assert kept[0] == 1.0 and kept[-1] == 0


def test_a_visitor_is_told_too_and_nothing_is_kept(visitor: Browser, site: Flask) -> None:
    form = question(visitor.get(HERE), "qui")
    page = form.submit(answer=choose(form, "La personne"), confidence="1")
    assert "Vous n'en étiez pas sûr ou sûre, et c'est juste." in shown(page, "qui")
    assert steps(site) == []


@pytest.mark.parametrize("level", ["0", "4", "x", ["1", "2"]])
def test_a_level_that_is_none_is_refused_and_the_answer_stays(
    benoit: Browser, site: Flask, level: str | list[str]
) -> None:
    form = question(benoit.get(HERE), "qui")
    page = form.submit(answer=choose(form, "L'équipe"), confidence=level)
    assert page.status == 422 and steps(site) == []
    assert question(page, "qui").values()["answer"] == choose(form, "L'équipe")


def test_a_refused_form_keeps_how_sure_one_was(visitor: Browser) -> None:
    page = answer(visitor, HERE, "qui", confidence="2")
    assert page.status == 422 and question(page, "qui").values()["confidence"] == ["2"]


def test_once_right_it_counts_whatever_comes_after(benoit: Browser) -> None:
    form = question(benoit.get(HERE), "qui")
    page = form.submit(answer=choose(form, "La personne"))
    form = question(page, "qui")
    page = form.submit(answer=choose(form, "L'équipe"))
    assert "Pas encore." in shown(page, "qui")
    assert "La bonne réponse que vous avez donnée avant compte toujours." in shown(page, "qui")
    assert "1 question juste" in page.text


def test_partly_right_says_what_part(benoit: Browser) -> None:
    form = question(benoit.get(HERE), "gestes")
    page = form.submit(answer=choose(form, "Attendre"))
    assert "En partie juste : cette réponse compte pour 50 %." in shown(page, "gestes")
    form = question(page, "gestes")
    page = form.submit(answer=choose(form, "Conseiller"))
    assert "En partie" not in shown(page, "gestes")
    assert "Votre meilleure réponse compte pour 50 %." in shown(page, "gestes")


@pytest.mark.parametrize("who", ["visitor", "benoit"])
def test_places_left_empty_are_told_before_anything_is_marked(
    request: pytest.FixtureRequest, site: Flask, who: str
) -> None:
    browser: Browser = request.getfixturevalue(who)
    form = question(browser.get(LAST), "moments")
    page = form.submit(**pairs(form, "Avant Demander"))
    assert page.status == 422 and steps(site) == []
    assert "Il reste 2 cases vides" in shown(page, "moments") and "C'est juste" not in shown(page, "moments")
    form = question(page, "moments")
    assert len(form.element.findall(".//select[@aria-invalid='true']")) == 2
    page = form.submit()
    assert page.status == 200 and "1 paire est juste." in shown(page, "moments")
    assert "compte pour 33 %" in shown(page, "moments")
    form = question(page, "moments")
    assert "even_so" not in form.values(), "each answer is asked for its own"
    page = form.submit(**pairs(form, "Avant Demander", "Pendant Partager"))
    assert page.status == 422 and "Il reste 1 case vide" in shown(page, "moments")
    form = question(page, "moments")
    page = form.submit(**pairs(form, "Avant Demander", "Pendant Partager", "Après Remercier"))
    assert "C'est juste." in shown(page, "moments")


def test_an_order_that_is_half_given_is_told_too(visitor: Browser) -> None:
    page = answer(visitor, LAST, "ordre", **{"place-0": "1"})
    assert page.status == 422 and "Il reste 2 cases vides" in shown(page, "ordre")
    page = question(page, "ordre").submit()
    assert page.status == 200 and "Pas encore." in shown(page, "ordre")


def test_an_answer_given_in_the_other_language_is_shown_as_it_was_marked(benoit: Browser) -> None:
    form = question(benoit.get(HERE), "qui")
    form.submit(answer=choose(form, "La personne"))
    answer(benoit, LAST, "mot", answer="Espoir")
    benoit.get("/").form("/language").submit(language="en")
    page = benoit.get(HERE)
    assert question(page, "qui").values()["answer"] == choose(question(page, "qui"), "The person")
    assert "The story is theirs." in shown(page, "qui")
    page = benoit.get(LAST)
    assert question(page, "mot").values()["answer"] == ["Espoir"]
    assert question(page, "mot").element.find(".//*[@data-right]") is not None, "right in French stays right"


def test_the_mark_shown_is_the_one_that_was_given(site: Flask, benoit: Browser) -> None:
    """Whatever the code would say today: here the stored mark is another one than that of the key."""
    form = question(benoit.get(HERE), "qui")
    form.submit(answer=choose(form, "L'équipe"))
    with site.app_context(), db.engine.begin() as connection:
        row = connection.execute(select(Progress)).one()
        state = row.state
        state["answers"]["essais"]["qui"][:2] = [1.0, 1.0]
        connection.execute(
            Progress.__table__.update().where(Progress.enrolment_id == row.enrolment_id).values(state=state)  # type: ignore[attr-defined]
        )
    page = benoit.get(HERE)
    assert "C'est juste." in shown(page, "qui") and "Pas encore." not in shown(page, "qui")


def test_an_answer_to_an_earlier_wording_says_so_and_still_counts(site: Flask, benoit: Browser) -> None:
    form = question(benoit.get(HERE), "qui")
    form.submit(answer=choose(form, "La personne"))
    publish(site, french=FR.replace("Qui décide ?", "Qui en décide ?"))
    page = benoit.get(HERE)
    assert "Cette question a changé depuis votre réponse." in shown(page, "qui")
    assert "compte toujours" in shown(page, "qui") and "C'est juste." not in shown(page, "qui")
    assert "Cette question a changé" not in shown(page, "gestes")
