"""Publishing: all or nothing, nothing twice, and nothing that was published goes without a decision."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from elearn.services.publishing import Outcome, publish_files
from elearn.services.publishing import publish as publish_layers
from elearn.store.base import db
from elearn.store.editions import Document, Edition, entries, read_edition
from tests import world

FR = "courses/reperes/01-ecouter/fr.md"


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def publish(app: Flask, changes: dict[str, str] | None = None) -> Outcome:
    return publish_files(world.site(changes), app.config["ELEARN"].instance, world.AT)


def codes(outcome: Outcome) -> list[str]:
    return [problem.code for problem in outcome.problems]


def test_it_works(app: Flask) -> None:
    assert publish(app) == Outcome(1, True, ())
    with db.engine.connect() as connection:
        edition = read_edition(connection, 1)
        names = entries(connection, 1)
    assert set(edition.units) == {
        ("reperes", "ecouter", "fr"),
        ("reperes", "ecouter", "en"),
        ("reperes", "parler", "fr"),
    }
    assert {f"source/{path}" for path in world.FILES} <= set(names)


def test_publishing_the_same_again_makes_no_edition(app: Flask) -> None:
    publish(app)
    assert publish(app) == Outcome(1, False, ())


def test_a_document_that_did_not_change_is_stored_once(app: Flask) -> None:
    publish(app)
    with db.engine.connect() as connection:
        before = connection.execute(select(func.count()).select_from(Document)).scalar_one()
    publish(app, {FR: world.ECOUTER_FR.replace("Le silence laisse", "Le silence donne")})
    with db.engine.connect() as connection:
        after = connection.execute(select(func.count()).select_from(Document)).scalar_one()
        changed = {name for name, digest in entries(connection, 2).items() if entries(connection, 1)[name] != digest}
    assert after - before == len(changed)
    assert changed == {f"source/{FR}", "unit/reperes/ecouter/fr"}


def test_an_error_publishes_nothing_and_the_last_edition_stays(app: Flask) -> None:
    publish(app)
    outcome = publish(app, {FR: world.ECOUTER_FR.replace("- (x) La personne.", "- ( ) La personne.")})
    assert (outcome.number, outcome.changed, codes(outcome)) == (1, False, ["E200"])
    outcome = publish(app, {FR: "\x00\x01"})
    assert (outcome.number, outcome.changed) == (1, False)


def test_nothing_is_published_by_a_first_folder_with_an_error(app: Flask) -> None:
    outcome = publish(app, {"site.yaml": "langues: ["})
    assert (outcome.number, outcome.changed) == (None, False)


def test_a_question_that_was_published_does_not_vanish(app: Flask) -> None:
    publish(app)
    start, rest = world.ECOUTER_FR.split("### Se taire, c'est écouter.")
    without = start + "### " + rest.split("### ", 1)[1]
    outcome = publish(app, {FR: without, FR.replace("fr.md", "en.md"): ""})
    assert outcome.number == 1 and not outcome.changed
    files = world.site({FR: without})
    del files[FR.replace("fr.md", "en.md")]
    outcome = publish_files(files, app.config["ELEARN"].instance, world.AT)
    assert (outcome.number, outcome.changed) == (1, False)
    assert "E133" in codes(outcome)
    retired = world.ECOUTER_FR.replace("{.vrai-faux #taire-ecouter}", "{.vrai-faux #taire-ecouter retire=oui}")
    assert publish(app, {FR: retired}).number == 2


def test_other_processes_notice_the_new_edition(app: Flask) -> None:
    publish(app)
    shelf = app.extensions["shelf"]
    assert shelf.current().number == 1
    publish(app, {FR: world.ECOUTER_FR.replace("Le silence laisse", "Le silence donne")})
    assert shelf.current(2).number == 2
    assert shelf.current(1).number == 2, "an older number seen by a slow request changes nothing"


def test_a_visitor_notices_it_within_a_second(app: Flask) -> None:
    publish(app)
    shelf = app.extensions["shelf"]
    clock = [100.0]
    shelf._tick = lambda: clock[0]
    shelf._asked = float("-inf")
    assert shelf.current().number == 1
    publish(app, {FR: world.ECOUTER_FR.replace("Le silence laisse", "Le silence donne")})
    assert shelf.current().number == 1
    clock[0] += 1.0
    assert shelf.current().number == 2


def test_stored_bytes_give_back_the_same_records(app: Flask) -> None:
    publish(app)
    with db.engine.connect() as connection:
        edition = read_edition(connection, 1)
    unit = edition.units["reperes", "ecouter", "fr"]
    assert dataclasses.asdict(unit)["keys"]["qui-decide"]["solution"] == (1,)
    assert unit.fingerprints.keys() == unit.keys.keys()


def test_own_content_is_laid_over_the_shipped_one(app: Flask, tmp_path: Path) -> None:
    """A course of the site's own follows the shipped ones; the shipped folder is never written to."""
    shipped, own = world.write(tmp_path / "shipped"), tmp_path / "own"
    course = world.COURSE.replace("id: reperes", "id: accueil").replace("[ecouter, parler]", "[accueillir]")
    unit = world.PARLER_FR.replace("id: parler", "id: accueillir")
    changed = world.ECOUTER_FR.replace("Le silence laisse", "Le silence donne")
    world.write(own, {"courses/accueil/course.yaml": course.encode(), "courses/accueil/01-a/fr.md": unit.encode(),
                      FR: changed.encode()})  # fmt: skip
    before = {path: path.read_bytes() for path in shipped.rglob("*") if path.is_file()}
    instance = app.config["ELEARN"].instance
    assert publish_layers((shipped, own), instance, world.AT) == Outcome(1, True, ())
    with db.engine.connect() as connection:
        edition = read_edition(connection, 1)
    assert edition.site.courses == ("reperes", "accueil")
    assert "Le silence donne" in str(edition.units["reperes", "ecouter", "fr"])
    assert publish_layers((shipped, own), instance, world.AT) == Outcome(1, False, ())
    assert {path: path.read_bytes() for path in shipped.rglob("*") if path.is_file()} == before


def test_two_hundred_broken_units_are_all_told_and_nothing_is_published(app: Flask) -> None:
    publish(app)
    unit = world.ECOUTER_FR.replace("id: ecouter", "id: unite-{n}").replace("(x)", "( )")
    paths = [f"courses/reperes/{n:03d}-unite/fr.md" for n in range(100, 300)]
    outcome = publish(app, {path: unit.replace("{n}", str(n)) for n, path in enumerate(paths)})

    errors = [problem for problem in outcome.problems if problem.severity == "error"]
    assert (outcome.number, outcome.changed) == (1, False)
    assert [problem.path for problem in errors if problem.code == "E200"] == paths
    assert all(problem.line > 1 and problem.message("fr") and problem.message("en") for problem in errors)
    with db.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(Edition)).scalar_one() == 1


def test_advice_that_fills_a_file_hides_no_error(app: Flask) -> None:
    """An error that comes after as much advice as is told of a file still keeps it from being published."""
    advice = "\n".join("Un schizophrène." for _ in range(300))
    outcome = publish(app, {FR: world.ECOUTER_FR + f"\n{advice}\n\n[a](javascript:x)\n"})

    assert outcome.number is None and {"E118", "W422", "W092"} <= set(codes(outcome))
