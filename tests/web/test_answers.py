"""« Mes réponses »: each question as it was asked, each mark as it was given, whatever happened since."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, insert, select, update

from elearn.core.course import Unit, load
from elearn.services.publishing import publish_files
from elearn.store.base import db
from elearn.store.editions import Document, Edition, EditionEntry, entries
from elearn.store.learning import Attempt, Enrolment, Step
from tests import world
from tests.browse import Browser, Page
from tests.web.test_cost import counting
from tests.web.test_course import choose, finish, finish_section

ANSWERS = "/learning/reperes/ecouter/answers"
SECTION = "/learning/reperes/ecouter/se-taire"
FR = "courses/reperes/01-ecouter/fr.md"
QUESTION = world.ECOUTER_FR[world.ECOUTER_FR.index("### Qui décide") : world.ECOUTER_FR.index("### Quels gestes")]
KEY = {"- ( ) L'équipe": "- (x) L'équipe", "- (x) La personne": "- ( ) La personne"}


def publish(site: Flask, changes: dict[str, str], left_out: tuple[str, ...] = (), **more: Any) -> None:
    files = {path: body for path, body in world.site(changes).items() if not path.startswith(left_out or ("-",))}
    with site.app_context():
        outcome = publish_files(files, site.config["ELEARN"].instance, world.AT, **more)
    assert outcome.changed, outcome.problems


def questions(page: Page) -> list[str]:
    """The part of the page that says what was asked, as it was served, question by question."""
    body = page.response.get_data(as_text=True)
    return [part.partition("<h3>")[0] for part in body.split('<div class="asked"')[1:]]


def replies(page: Page) -> list[str]:
    lists = [one for one in page.all("ol") if one.get("class") == "replies"]
    return [" ".join("".join(li.itertext()).split()) for one in lists for li in one]


def test_it_works(benoit: Browser) -> None:
    choose(benoit.get(SECTION), "qui-decide", "Moi")
    choose(benoit.get(SECTION), "gestes", "Attendre")
    choose(benoit.get(SECTION), "qui-decide", "La personne")
    page = benoit.get(SECTION).follow("Mes réponses")
    assert page.path == ANSWERS and page.heading() == "Mes réponses"
    assert len(questions(page)) == 2, "the answers to one question stand together"
    said = replies(page)
    assert [("Moi." in said[0], "Pas encore juste" in said[0]), ("La personne." in said[1], "Juste" in said[1])] == [
        (True, True),
        (True, True),
    ]
    assert "Attendre." in said[2]
    for option in ("L'équipe.", "La personne.", "Moi."):
        assert option in questions(page)[0]
    assert "Explication" not in page.text and "l'histoire appartient" not in page.text
    assert page.follow("Voir cette question aujourd'hui").path == SECTION


def test_nothing_answered_yet(benoit: Browser) -> None:
    benoit.get("/learning/reperes").form("/enrolments").submit()
    page = benoit.get(ANSWERS)
    assert "Aucune réponse n'est encore enregistrée" in page.text
    assert page.follow("Ouvrir l'unité").path == SECTION


def test_only_ones_own(benoit: Browser, chloe: Browser, visitor: Browser) -> None:
    choose(benoit.get(SECTION), "qui-decide", "Moi")
    assert questions(chloe.get(ANSWERS)) == []
    assert visitor.get(ANSWERS).path.startswith("/accounts/sign-in")
    for path in ("/learning/reperes/nulle-part/answers", "/learning/nulle-part/ecouter/answers"):
        assert benoit.get(path).status == 404


Change = Callable[[Flask], None]


def edit(site: Flask) -> None:
    text = world.ECOUTER_FR.replace("Qui décide de ce qui est dit ?", "Qui choisit ?").replace("Moi.", "Personne.")
    publish(site, {FR: text}, decisions={"reperes/ecouter/qui-decide": "keep"})


def change_key(site: Flask) -> None:
    text, english = world.ECOUTER_FR, world.ECOUTER_EN.replace("- (x) The person", "- ( ) The person")
    for before, after in KEY.items():
        text = text.replace(before, after)
    more = {"decisions": {"reperes/ecouter/qui-decide": "remark"}}
    publish(site, {FR: text, FR.replace("fr.md", "en.md"): english}, **more)


def retire(site: Flask) -> None:
    publish(site, {FR: world.ECOUTER_FR.replace("#qui-decide}", "#qui-decide retire=oui}")})


def another_edition(site: Flask, change: Callable[[Connection, dict[str, str]], None]) -> None:
    """The same edition under the next number, but for what `change` does to its entries."""
    with site.app_context(), db.engine.begin() as connection:
        last = connection.execute(select(Edition.__table__).order_by(Edition.number.desc())).first()
        assert last is not None
        listed, number = entries(connection, last.number), last.number + 1
        connection.execute(insert(Edition).values(**last._asdict() | {"number": number}))
        change(connection, listed)
        rows = [{"edition": number, "name": name, "hash": digest} for name, digest in listed.items()]
        connection.execute(insert(EditionEntry), rows)


def upgrade_renderer(site: Flask) -> None:
    """What a release that compiles in another way leaves: the unit of today is another document."""

    def recompile(connection: Connection, listed: dict[str, str]) -> None:
        name = "unit/reperes/ecouter/fr"
        body = connection.execute(select(Document.body).where(Document.hash == listed[name])).scalar_one()
        other = body.replace("L'équipe".encode(), b"Rendered anew")
        assert other != body and load(Unit, other)
        listed[name] = hashlib.sha256(other).hexdigest()
        connection.execute(insert(Document).values(hash=listed[name], body=other))

    another_edition(site, recompile)


CHANGES: list[Change] = [edit, change_key, retire, upgrade_renderer]


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_the_question_is_shown_as_it_was_asked(site: Flask, benoit: Browser, change: Change) -> None:
    choose(benoit.get(SECTION), "qui-decide", "Moi")
    choose(benoit.get(SECTION), "qui-decide", "La personne")
    before = benoit.get(ANSWERS)
    section = benoit.get(SECTION).text
    change(site)
    after = benoit.get(ANSWERS)
    assert questions(after) == questions(before) and len(questions(before)) == 1
    assert replies(after) == replies(before)
    assert benoit.get(SECTION).text != section or change is change_key, "else nothing has changed"


def test_a_new_wording_that_is_answered_stands_beside_the_old_one(site: Flask, benoit: Browser) -> None:
    choose(benoit.get(SECTION), "qui-decide", "Moi")
    edit(site)
    choose(benoit.get(SECTION), "qui-decide", "Personne")
    first, second = questions(benoit.get(ANSWERS))
    assert "Qui décide" in first and "Qui choisit" in second
    assert "Moi." in first and "Moi." not in second


def test_a_unit_that_is_gone(site: Flask, benoit: Browser) -> None:
    choose(benoit.get(SECTION), "qui-decide", "Moi")
    before = benoit.get(ANSWERS)
    withdrawn(site)
    page = benoit.get("/learning/reperes").follow("ecouter")
    assert page.path == ANSWERS and "n'est plus dans le cours" in page.text
    assert questions(page) == questions(before) and replies(page) == replies(before)
    assert not any(link.startswith("/learning/reperes/ecouter/") for link in page.links if link != ANSWERS)


def withdrawn(site: Flask) -> None:
    def leave_out(_connection: Connection, listed: dict[str, str]) -> None:
        for lang in ("fr", "en"):
            del listed[f"unit/reperes/ecouter/{lang}"]

    another_edition(site, leave_out)


def test_what_was_typed_is_shown_as_typed_and_runs_nothing(site: Flask, benoit: Browser) -> None:
    typed = (
        "### Un mot ? {.reponse-courte #mot}\n\n> **Réponses acceptées :**\n> - écoute\n\n> **Explication :** oui.\n"
    )
    publish(site, {"courses/reperes/02-parler/fr.md": f"{world.PARLER_FR}\n{typed}"})
    form = benoit.get("/learning/reperes/parler/que-dire").form("/mot/attempts")
    form.submit(answer="<b>ça</b> & ‏עזרה 🌱")
    page = benoit.get("/learning/reperes/parler/answers")
    assert "<b>ça</b> & ‏עזרה 🌱" in replies(page)[0]
    assert not [one for one in page.all("b") if "ça" in "".join(one.itertext())]


def test_every_kind_of_the_course_is_readable(benoit: Browser) -> None:
    finish(benoit)
    said = " ".join(replies(benoit.get(ANSWERS)))
    assert "Attendre." in said and "Reformuler." in said and "Faux" in said
    assert "1. Accueillir2. Écouter3. Reformuler" in said
    said = " ".join(replies(benoit.get("/learning/reperes/parler/answers")))
    assert "Avant – Demander" in said and "Après – Demander encore" in said


def test_of_a_private_text_only_that_it_was_written(benoit: Browser) -> None:
    page = benoit.get("/learning/reperes/ecouter/verifier")
    page.form("/une-fois/attempts").submit(text="le canari chante à minuit", consent="yes")
    page = benoit.get(ANSWERS)
    assert "Un texte a été écrit" in replies(page)[0] and "canari" not in page.response.get_data(as_text=True)
    assert "uste" not in replies(page)[0]
    assert page.follow("Voir cette question").path == "/learning/reperes/ecouter/verifier"


def many(site: Flask, count: int) -> None:
    with site.app_context(), db.engine.begin() as connection:
        step = connection.execute(select(Step.__table__).order_by(Step.sequence.desc())).first()
        assert step is not None
        values = {name: value for name, value in step._asdict().items() if name != "id"}
        connection.execute(insert(Step), [values | {"sequence": step.sequence + n} for n in range(1, count + 1)])


def test_it_is_paged_and_costs_the_same(site: Flask, benoit: Browser) -> None:
    choose(benoit.get(SECTION), "qui-decide", "Moi")
    counts = []
    for count in (1, 1000):
        many(site, count)
        benoit.get(ANSWERS)
        with counting(site) as statements:
            page = benoit.get(ANSWERS)
        counts.append(len(statements))
        assert all(statement.startswith("SELECT") for statement in statements)
    assert counts == [2, 2]
    assert len(replies(page)) == 30 and "Page 1 sur 34" in page.text
    assert len(replies(benoit.get(f"{ANSWERS}?page=34"))) == 12
    for beyond in ("35", "0", "-1", "x", "9" * 30, "999999"):
        assert benoit.get(f"{ANSWERS}?page={beyond}").status == 200


def test_a_sitting_says_nothing_before_it_is_handed_in(site: Flask, benoit: Browser) -> None:
    choose(benoit.get(SECTION), "qui-decide", "Moi")
    with site.app_context(), db.engine.begin() as connection:
        connection.execute(update(Attempt).values(questions=["qui-decide"]))
    assert replies(benoit.get(ANSWERS)) == []
    with site.app_context(), db.engine.begin() as connection:
        connection.execute(update(Attempt).values(closed_at=world.AT, number=2))
    assert "Passage 2" in replies(benoit.get(ANSWERS))[0]


def test_how_sure_one_was_is_shown_to_oneself(site: Flask, benoit: Browser) -> None:
    choose(benoit.get(SECTION), "qui-decide", "Moi")
    with site.app_context(), db.engine.begin() as connection:
        connection.execute(update(Step).values(confidence=3))
    assert "Vous en étiez tout à fait sûr ou sûre" in replies(benoit.get(ANSWERS))[0]


def test_a_step_whose_document_is_lost_is_still_listed(site: Flask, benoit: Browser) -> None:
    choose(benoit.get(SECTION), "qui-decide", "Moi")
    with site.app_context(), db.engine.begin() as connection:
        connection.execute(update(Step).values(document="0" * 64))
    page = benoit.get(ANSWERS)
    assert "Cette question n'est plus lisible ici" in page.text and "Pas encore juste" in replies(page)[0]


def test_in_the_language_in_which_it_was_asked(site: Flask, benoit: Browser) -> None:
    finish_section(benoit, "ecouter", "se-taire")
    benoit.client.set_cookie("elearn-lang", "en", domain="localhost")
    page = benoit.get(ANSWERS)
    assert page.heading() == "My answers" and "Qui décide" in page.text
    with site.app_context(), db.engine.connect() as connection:
        assert connection.execute(select(Enrolment.locale)).scalar_one() == "fr"
