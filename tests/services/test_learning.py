"""Deeds of learning on a real database: each counts once, and what was answered never changes."""

import dataclasses
import datetime as dt
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from elearn.core.completion import course_progress, facts_from_state
from elearn.core.questions import KINDS
from elearn.core.sealing import BrokenSeal
from elearn.keyring import Keyring
from elearn.services import accounts, learning, reflections
from elearn.services.publishing import publish_files
from elearn.store import learning as tables
from elearn.store.base import db
from elearn.store.editions import Published
from tests import world

AT = world.AT


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def edition(app: Flask) -> Published:
    outcome = publish_files(world.site(), app.config["ELEARN"].instance, AT)
    assert outcome.problems == () and outcome.number == 1
    found = app.extensions["shelf"].current(1)
    assert isinstance(found, Published)
    return found


@pytest.fixture
def benoit(app: Flask, edition: Published) -> learning.Asker:
    person = accounts.sign_up("Benoît", "Ben", "lampe ronde tabouret", AT, method="scrypt:1024:8:1")
    return learning.Asker(person, "fr", AT, "form-0001", app.config["ELEARN_SECRET"])


def place(edition: Published, unit: str, section: str) -> learning.Place:
    return learning.Place(edition, edition.courses["reperes"], edition.units["reperes", unit, "fr"], section)


def given(edition: Published, unit: str, question: str, response: list[int], sure: int = 0) -> learning.Answer:
    text = edition.units["reperes", unit, "fr"]
    prompt = text.prompt(question)
    assert prompt is not None
    mark = KINDS[prompt.kind].mark(text.keys[question], response)
    document = edition.hashes["reperes", unit, "fr"]
    return learning.Answer(prompt, document, text.fingerprints[question], response, mark, sure)


def form(who: learning.Asker, key: str, minutes: int = 0) -> learning.Asker:
    return dataclasses.replace(who, form=key, at=AT + dt.timedelta(minutes=minutes))


def count(table: type) -> int:
    with db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def row(who: learning.Asker, unit: str = "ecouter"):  # type: ignore[no-untyped-def]
    with db.engine.connect() as connection:
        return tables.place(connection, who.person, "reperes", unit)[0]


def finish(who: learning.Asker, edition: Published) -> None:
    for unit in ("ecouter", "parler"):
        for section in edition.units["reperes", unit, "fr"].sections:
            where = place(edition, unit, section.id)
            learning.read_section(form(who, f"read-{section.id}"), where)
            for question, response in world.RIGHT[section.id].items():
                learning.answer(form(who, f"form-{question}"), where, given(edition, unit, question, response))


def test_an_answer_is_a_step_and_counts(benoit: learning.Asker, edition: Published) -> None:
    learning.answer(benoit, place(edition, "ecouter", "se-taire"), given(edition, "ecouter", "qui-decide", [1]))
    with db.engine.connect() as connection:
        step = connection.execute(select(tables.Step)).one()
    assert (step.sequence, step.question, step.response, step.fraction) == (1, "qui-decide", [1], 1.0)
    assert step.fingerprint == edition.units["reperes", "ecouter", "fr"].fingerprints["qui-decide"]
    facts = facts_from_state(row(benoit).state)
    assert facts.answers["ecouter"]["qui-decide"].best == 1.0


@pytest.mark.parametrize(("sure", "kept"), [(0, None), (1, 1), (3, 3)])
def test_how_sure_one_was_stands_in_the_step_and_is_never_scored(
    benoit: learning.Asker, edition: Published, sure: int, kept: int | None
) -> None:
    where = place(edition, "ecouter", "se-taire")
    learning.answer(benoit, where, given(edition, "ecouter", "qui-decide", [1], sure))
    with db.engine.connect() as connection:
        assert connection.execute(select(tables.Step.confidence, tables.Step.fraction)).one() == (kept, 1.0)
    assert facts_from_state(row(benoit).state).answers["ecouter"]["qui-decide"].sure == sure
    learning.answer(benoit, where, given(edition, "ecouter", "qui-decide", [1], sure))
    assert count(tables.Step) == 1


def test_the_same_form_counts_once(benoit: learning.Asker, edition: Published) -> None:
    for _ in range(3):
        learning.answer(benoit, place(edition, "ecouter", "se-taire"), given(edition, "ecouter", "qui-decide", [0]))
    assert count(tables.Step) == 1
    assert facts_from_state(row(benoit).state).answers["ecouter"]["qui-decide"].tries == 1


def test_the_same_form_with_another_answer_stores_nothing(benoit: learning.Asker, edition: Published) -> None:
    where = place(edition, "ecouter", "se-taire")
    learning.answer(benoit, where, given(edition, "ecouter", "qui-decide", [0]))
    with pytest.raises(learning.OtherForm):
        learning.answer(benoit, where, given(edition, "ecouter", "qui-decide", [1]))
    assert count(tables.Step) == 1
    assert facts_from_state(row(benoit).state).answers["ecouter"]["qui-decide"].best == 0.0


def test_the_best_answer_counts_and_the_last_is_shown(benoit: learning.Asker, edition: Published) -> None:
    where = place(edition, "ecouter", "se-taire")
    learning.answer(benoit, where, given(edition, "ecouter", "qui-decide", [1]))
    learning.answer(form(benoit, "form-0002"), where, given(edition, "ecouter", "qui-decide", [2]))
    answered = facts_from_state(row(benoit).state).answers["ecouter"]["qui-decide"]
    assert (answered.best, answered.last, answered.response, answered.tries) == (1.0, 0.0, [2], 2)
    assert row(benoit).steps == 2


def test_fifty_identical_posts_at_once_are_one_answer(app: Flask, benoit: learning.Asker, edition: Published) -> None:
    learning.enrol(benoit, edition, edition.courses["reperes"])
    barrier = threading.Barrier(10)
    where, answer = place(edition, "ecouter", "se-taire"), given(edition, "ecouter", "qui-decide", [1])

    def post() -> None:
        with app.app_context():
            barrier.wait()
            for _ in range(5):
                learning.answer(benoit, where, answer)

    threads = [threading.Thread(target=post) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (count(tables.Step), count(tables.Attempt), count(tables.Idempotency)) == (1, 1, 1)


def test_different_answers_at_once_are_all_kept(app: Flask, benoit: learning.Asker, edition: Published) -> None:
    barrier = threading.Barrier(6)
    where = place(edition, "ecouter", "se-taire")
    failed = []

    def post(number: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                learning.answer(
                    form(benoit, f"form-{number:04}"), where, given(edition, "ecouter", "qui-decide", [number % 3])
                )
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=post, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    with db.engine.connect() as connection:
        sequences = sorted(connection.execute(select(tables.Step.sequence)).scalars())
    assert sequences == [1, 2, 3, 4, 5, 6]
    assert facts_from_state(row(benoit).state).answers["ecouter"]["qui-decide"].tries == 6


def test_everything_done_completes_the_course_once(benoit: learning.Asker, edition: Published) -> None:
    finish(benoit, edition)
    found = row(benoit)
    assert found.completed_at == AT
    progress = course_progress(
        edition.courses["reperes"], edition.source_units(edition.courses["reperes"]), facts_from_state(found.state)
    )
    assert progress.complete and progress.percent == 100
    learning.answer(
        form(benoit, "form-late", 5),
        place(edition, "ecouter", "se-taire"),
        given(edition, "ecouter", "qui-decide", [0]),
    )
    assert row(benoit).completed_at == AT


def test_a_must_pass_question_holds_the_course_open(benoit: learning.Asker, edition: Published) -> None:
    finish(benoit, edition)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE progress SET completed_at = NULL"))
    state = row(benoit).state
    state["answers"]["ecouter"]["gestes"][0] = 0.5
    progress = course_progress(
        edition.courses["reperes"], edition.source_units(edition.courses["reperes"]), facts_from_state(state)
    )
    assert [(one.code, one.question) for one in progress.missing] == [("question", "gestes")]


def test_enrolling_twice_changes_nothing(benoit: learning.Asker, edition: Published) -> None:
    learning.answer(benoit, place(edition, "ecouter", "se-taire"), given(edition, "ecouter", "qui-decide", [1]))
    before = row(benoit).state
    learning.enrol(form(benoit, "form-0002"), edition, edition.courses["reperes"])
    assert (count(tables.Enrolment), count(tables.Progress), row(benoit).state) == (1, 1, before)


CANARY = "canari-7f3a le jour où l'on m'a vraiment écouté"


def write(who: learning.Asker, edition: Published, words: str, revision: int = 0) -> None:
    where = place(edition, "ecouter", "verifier")
    prompt = where.unit.prompt("une-fois")
    assert prompt is not None
    learning.write_reflection(who, where, prompt, edition.hashes["reperes", "ecouter", "fr"], words, revision, True)


def read(who: learning.Asker) -> dict[str, str | None]:
    with db.engine.connect() as connection:
        rows = tables.place(connection, who.person, "reperes", "ecouter")
    return {question: one.text for question, one in reflections.texts(rows, who.person).items()}


def test_a_reflection_is_read_by_its_owner(benoit: learning.Asker, edition: Published) -> None:
    write(benoit, edition, CANARY)
    assert read(benoit) == {"une-fois": CANARY}
    write(form(benoit, "form-0002"), edition, CANARY + " et après", revision=1)
    assert read(benoit) == {"une-fois": CANARY + " et après"}
    write(form(benoit, "form-0003"), edition, "", revision=2)
    assert read(benoit) == {}


def test_an_older_page_overwrites_nothing(benoit: learning.Asker, edition: Published) -> None:
    write(benoit, edition, "le premier")
    write(form(benoit, "form-0002"), edition, "le second", revision=1)
    for key, words in (("form-0003", "depuis l'autre onglet"), ("form-0004", "")):
        with pytest.raises(reflections.StaleBase):
            write(form(benoit, key), edition, words, revision=1)
    assert read(benoit) == {"une-fois": "le second"}


def test_an_unreadable_text_is_neither_shown_nor_overwritten(
    app: Flask, benoit: learning.Asker, edition: Published, tmp_path: Path
) -> None:
    write(benoit, edition, CANARY)
    right = app.config["ELEARN_KEYRING"]
    app.config["ELEARN_KEYRING"] = Keyring(tmp_path / "other-keys", strict=False)
    assert read(benoit) == {"une-fois": None}
    with pytest.raises(BrokenSeal):
        write(form(benoit, "form-0002"), edition, "autre chose", revision=1)
    app.config["ELEARN_KEYRING"] = right
    assert read(benoit) == {"une-fois": CANARY}


def test_asvs_11_3_2_a_reflection_lies_nowhere_in_clear(app: Flask, benoit: learning.Asker, edition: Published) -> None:
    write(benoit, edition, CANARY)
    with db.engine.connect() as connection:
        everything = {
            name: [list(map(str, one)) for one in connection.execute(table.select())]
            for name, table in db.metadata.tables.items()
        }
    assert "canari" not in json.dumps(everything)
    if db.engine.dialect.name == "sqlite":
        folder = app.config["ELEARN"].instance.parent
        found = [path.name for path in folder.rglob("*") if path.is_file() and b"canari" in path.read_bytes()]
        assert found == []


def test_a_step_of_a_reflection_only_says_that_it_was_written(benoit: learning.Asker, edition: Published) -> None:
    write(benoit, edition, CANARY)
    with db.engine.connect() as connection:
        step = connection.execute(select(tables.Step)).one()
    assert (step.question, step.response, step.fraction) == ("une-fois", [], None)


def test_asvs_11_3_3_two_swapped_texts_open_for_nobody(app: Flask, benoit: learning.Asker, edition: Published) -> None:
    person = accounts.sign_up("Chloé", "", "autre lampe ronde", AT, method="scrypt:1024:8:1")
    chloe = dataclasses.replace(benoit, person=person)
    write(benoit, edition, CANARY)
    write(chloe, edition, "à moi")
    with db.engine.begin() as connection:
        rows = {one.person_id: one for one in connection.execute(select(tables.Reflection))}
        for mine, other in ((benoit.person, person), (person, benoit.person)):
            connection.execute(
                tables.Reflection.__table__.update()
                .where(tables.Reflection.person_id == mine)
                .values(sealed=rows[other].sealed, key_id=rows[other].key_id)
            )
    assert read(benoit) == {"une-fois": None}
    assert read(chloe) == {"une-fois": None}
