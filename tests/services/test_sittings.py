"""Sittings on a real database: one open at a time, marked once, nothing lost, nothing added afterwards."""

import dataclasses
import datetime as dt
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from elearn.core.attestations import ExamFact, UnitFact, load
from elearn.core.completion import Sat, course_progress, facts_from_state
from elearn.core.questions.base import Mark, Response
from elearn.services import accounts, attestations, cohorts, drafts, key_changes, learning, sessions, sittings
from elearn.services.publishing import publish_files
from elearn.store import learning as tables
from elearn.store import sittings as store
from elearn.store.accounts import Person, Viewer, viewer
from elearn.store.attestations import Attestation
from elearn.store.audit import AuditEntry
from elearn.store.base import db
from elearn.store.cohorts import Cohort, CohortMember
from elearn.store.editions import Published
from tests import exams, world
from tests.services.test_learning import finish

AT = world.AT
LATER = AT + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def publish(app: Flask, files: dict[str, bytes], decisions: dict[str, str] | None = None) -> Published:
    outcome = publish_files(files, app.config["ELEARN"].instance, AT, decisions=decisions or {})
    assert [one for one in outcome.problems if one.severity == "error"] == []
    found = app.extensions["shelf"].current(outcome.number)
    assert isinstance(found, Published)
    return found


def person(name: str, role: str = "trainee") -> Viewer:
    made = accounts.sign_up(name, name, "lampe ronde tabouret", AT, role=role, method="scrypt:1024:8:1")
    with db.engine.connect() as connection:
        found = viewer(connection, sessions.open_session(made, AT), AT)
    assert found is not None
    return found


class Desk:
    """Someone before an exam: begins, answers and hands in as the pages do."""

    def __init__(self, app: Flask, edition: Published, who: int) -> None:
        self.app, self.who = app, who
        self.at(edition)
        self.forms = 0

    def at(self, edition: Published) -> None:
        self.edition = edition
        unit = edition.units["reperes", "bilan", "fr"]
        self.exam = sittings.Exam(edition, edition.courses["reperes"], unit)

    def asker(self, form: str = "") -> learning.Asker:
        self.forms += 1
        return learning.Asker(
            self.who, "fr", AT, form or f"form-{self.who}-{self.forms:04}", self.app.config["ELEARN_SECRET"]
        )

    def begin(self, aloud: sittings.Aloud | None = None, form: str = "") -> int:
        return sittings.start(self.asker(form), self.exam, aloud)

    def rows(self, number: int) -> list[Any]:
        with db.engine.connect() as connection:
            return store.sitting(connection, self.who, "reperes", "bilan", number)

    def pinned(self, number: int) -> sittings.Pinned:
        edition = self.rows(number)[0].edition
        with db.engine.connect() as connection:
            hashes = store.documents(connection, edition, "reperes", "bilan")
            then = store.exam_then(connection, edition, "reperes", "bilan")
        assert then is not None
        units = {lang: self.app.extensions["shelf"].unit_document(digest) for lang, digest in hashes.items()}
        return sittings.Pinned(edition, "fr", units, hashes, then[1])

    def keep(
        self,
        number: int,
        question: str,
        option: int,
        revision: int = 0,
        aloud: sittings.Aloud | None = None,
    ) -> int:
        """Tick the option that stands at `option` in the source."""
        row, pinned = self.rows(number)[0], self.pinned(number)
        prompt = next(
            one for one in pinned.unit.sections[0].questions + pinned.unit.sections[1].questions if one.id == question
        )
        shown = learning.arrangement(prompt, row.seed).items.index(option)
        fields: Response = [["answer", str(shown)]]
        return sittings.keep(self.asker(), self.exam, number, question, fields, pinned.hashes["fr"], revision, aloud)

    def answer_all(self, number: int, option: int = 1, but: str = "", aloud: sittings.Aloud | None = None) -> None:
        for question in self.rows(number)[0].questions:
            if question != but:
                self.keep(number, question, option, aloud=aloud)

    def seen(self, number: int) -> int:
        return sittings.state_of(one.revision for one in drafts.begun(self.rows(number)).values())

    def hand_in(
        self, number: int, seen: int | None = None, aloud: sittings.Aloud | None = None, form: str = ""
    ) -> None:
        state = self.seen(number) if seen is None else seen
        sittings.hand_in(self.asker(form), self.exam, self.pinned(number), number, state, aloud)

    def steps(self, number: int) -> list[Any]:
        with db.engine.connect() as connection:
            return store.answers(connection, self.rows(number)[0].id)

    @property
    def sat(self) -> Sat:
        with db.engine.connect() as connection:
            row = tables.place(connection, self.who, "reperes")[0]
        return facts_from_state(row.state).sat.get("bilan", Sat(0, False, 0))


@pytest.fixture
def edition(app: Flask) -> Published:
    return publish(app, exams.files())


@pytest.fixture
def benoit(app: Flask, edition: Published) -> Desk:
    return Desk(app, edition, person("Benoît").id)


def count(table: type) -> int:
    with db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_sitting_from_beginning_to_end(benoit: Desk, edition: Published) -> None:
    number = benoit.begin()
    row = benoit.rows(number)[0]
    assert (row.number, row.edition, row.closed_at, len(row.questions)) == (1, 1, None, 4)
    assert "danger" in row.questions
    benoit.answer_all(number)
    assert benoit.sat == Sat(0, False, 0) and count(tables.Step) == 0
    benoit.hand_in(number)
    row = benoit.rows(number)[0]
    assert (row.score, row.passed, row.closed_at, row.held_aloud) == (100, True, AT, False)
    assert [one.question for one in benoit.steps(number)] == row.questions
    assert {one.fraction for one in benoit.steps(number)} == {1.0}
    assert {one.document for one in benoit.steps(number)} == {edition.hashes["reperes", "bilan", "fr"]}
    assert (count(tables.Draft), benoit.sat) == (0, Sat(100, True, 1))
    with db.engine.connect() as connection:
        progress = connection.execute(select(tables.Progress)).one()
    assert progress.units_done == 1


def test_what_is_not_answered_is_worth_nothing_and_leaves_a_step(benoit: Desk) -> None:
    number = benoit.begin()
    left = next(one for one in benoit.rows(number)[0].questions if one != "danger")
    benoit.answer_all(number, but=left)
    benoit.hand_in(number)
    step = next(one for one in benoit.steps(number) if one.question == left)
    assert (step.response, step.fraction) == ([], 0.0)
    assert (benoit.rows(number)[0].score, benoit.sat.passed) == (75, True)


def test_the_safety_question_must_be_right_whatever_the_score(benoit: Desk) -> None:
    number = benoit.begin()
    benoit.answer_all(number, but="danger")
    benoit.hand_in(number)
    assert (benoit.rows(number)[0].score, benoit.sat) == (75, Sat(75, False, 1))


def test_a_second_sitting_asks_other_questions_and_passed_stays_passed(benoit: Desk) -> None:
    first = benoit.begin()
    benoit.answer_all(first)
    benoit.hand_in(first)
    second = benoit.begin()
    asked = [set(benoit.rows(number)[0].questions) for number in (first, second)]
    assert second == 2 and asked[0] & asked[1] == {"danger"}
    benoit.hand_in(second)
    assert benoit.sat == Sat(100, True, 2)


def test_beginning_again_goes_on_with_the_open_one(benoit: Desk) -> None:
    number = benoit.begin()
    benoit.keep(number, "danger", 1)
    assert benoit.begin() == number == 1
    assert count(tables.Attempt) == 1 and benoit.seen(number) == 1


def test_the_same_form_does_not_begin_twice_even_after_handing_in(benoit: Desk) -> None:
    number = benoit.begin(form="begin-form")
    benoit.hand_in(number)
    assert benoit.begin(form="begin-form") == number
    assert count(tables.Attempt) == 1


def test_as_many_sittings_as_the_trainer_set(app: Flask) -> None:
    desk = Desk(app, publish(app, exams.files(exams.exam(sittings=2))), person("Benoît").id)
    for _ in range(2):
        desk.hand_in(desk.begin())
    with pytest.raises(sittings.NoMore):
        desk.begin()
    assert count(tables.Attempt) == 2


def test_an_answer_can_be_changed_until_it_is_handed_in_and_not_afterwards(benoit: Desk) -> None:
    number = benoit.begin()
    assert benoit.keep(number, "danger", 0) == 1
    assert benoit.keep(number, "danger", 1, revision=1) == 2
    benoit.hand_in(number)
    assert next(one for one in benoit.steps(number) if one.question == "danger").fraction == 1.0
    with pytest.raises(sittings.HandedIn):
        benoit.keep(number, "danger", 0, revision=2)
    assert count(tables.Draft) == 0


def test_what_another_tab_saved_is_not_overwritten(benoit: Desk) -> None:
    number = benoit.begin()
    benoit.keep(number, "danger", 1)
    with pytest.raises(drafts.StaleDraft):
        benoit.keep(number, "danger", 0)
    benoit.hand_in(number)
    assert next(one for one in benoit.steps(number) if one.question == "danger").fraction == 1.0


def test_a_page_that_had_not_seen_the_last_answers_does_not_hand_in(benoit: Desk) -> None:
    number = benoit.begin()
    seen = benoit.seen(number)
    benoit.keep(number, "danger", 1)
    with pytest.raises(sittings.Moved):
        benoit.hand_in(number, seen)
    assert benoit.rows(number)[0].closed_at is None and count(tables.Step) == 0
    benoit.hand_in(number)
    assert benoit.rows(number)[0].closed_at == AT


def test_handing_in_again_changes_nothing(benoit: Desk) -> None:
    number = benoit.begin()
    benoit.answer_all(number)
    state = benoit.seen(number)
    benoit.hand_in(number, state, form="hand-in-1")
    benoit.hand_in(number, state, form="hand-in-1")
    benoit.hand_in(number, state, form="hand-in-2")
    assert (count(tables.Step), benoit.sat.tries) == (4, 1)


@pytest.mark.parametrize("question", ["qui-decide", "nowhere", ""])
def test_a_question_that_is_not_in_it(benoit: Desk, question: str) -> None:
    number = benoit.begin()
    with pytest.raises(sittings.NotAsked):
        sittings.keep(benoit.asker(), benoit.exam, number, question, [["answer", "0"]], "x" * 64, 0)
    assert count(tables.Draft) == 0


def test_somebody_elses_sitting(app: Flask, benoit: Desk, edition: Published) -> None:
    benoit.begin()
    chloe = Desk(app, edition, person("Chloé").id)
    learning.enrol(chloe.asker(), edition, chloe.exam.course)
    with pytest.raises(sittings.NotAsked):
        sittings.keep(chloe.asker(), chloe.exam, 1, "danger", [["answer", "0"]], "x" * 64, 0)
    with pytest.raises(sittings.NotAsked):
        sittings.hand_in(chloe.asker(), chloe.exam, benoit.pinned(1), 1, 0)
    assert benoit.rows(1)[0].closed_at is None


def test_a_new_edition_in_the_middle_changes_nothing(app: Flask, benoit: Desk) -> None:
    number = benoit.begin()
    benoit.answer_all(number)
    before = benoit.rows(number)[0].questions
    stiffer = exams.exam(title="Autre titre").replace("seuil: 60", "seuil: 100")
    benoit.at(publish(app, exams.files(stiffer.replace("Réponse 1 de danger.", "Réponse une de danger."))))
    assert benoit.rows(number)[0].questions == before
    left = next(one for one in before if one != "danger")
    benoit.keep(number, left, 0, revision=1)
    benoit.hand_in(number)
    assert (benoit.rows(number)[0].edition, benoit.rows(number)[0].score, benoit.sat.passed) == (1, 75, True)
    assert benoit.rows(benoit.begin())[0].edition == 2


def test_practice_left_open_before_it_became_an_exam(app: Flask) -> None:
    practised = exams.exam().replace("examen: oui\n", "")
    edition = publish(app, exams.files(practised))
    who = person("Benoît").id
    desk = Desk(app, edition, who)
    unit = edition.units["reperes", "bilan", "fr"]
    drawn = learning.drawn_unit(unit, app.config["ELEARN_SECRET"], who)
    prompt = drawn.prompts[0]
    given = learning.Answer(prompt, edition.hashes["reperes", "bilan", "fr"], "f" * 64, [1], Mark(1.0))
    where = learning.Place(edition, edition.courses["reperes"], unit, unit.sections[0].id)
    learning.answer(desk.asker(), where, given)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE attempt SET number = 1"))
    desk.exam = dataclasses.replace(desk.exam, unit=dataclasses.replace(unit, exam=True))
    number = desk.begin()
    assert number == 2
    with pytest.raises(sittings.NotAsked):
        sittings.keep(desk.asker(), desk.exam, 1, prompt.id, [["answer", "0"]], "x" * 64, 0)
    with db.engine.connect() as connection:
        assert [row.number for row in store.sittings(connection, who, "reperes", "bilan")] == [2]


def together(app: Flask, *deeds: Callable[[], object]) -> list[object]:
    """Every deed at once, behind a barrier; what each gave, or the exception."""
    barrier, found = threading.Barrier(len(deeds)), []

    def run(deed: Callable[[], object]) -> None:
        with app.app_context():
            barrier.wait()
            try:
                found.append(deed())
            except Exception as error:
                found.append(error)

    threads = [threading.Thread(target=run, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_begin_at_once(app: Flask, benoit: Desk) -> None:
    assert together(app, *[benoit.begin] * 4) == [1, 1, 1, 1]
    assert count(tables.Attempt) == 1


def test_two_hand_in_at_once(app: Flask, benoit: Desk) -> None:
    number = benoit.begin()
    benoit.answer_all(number)
    state = benoit.seen(number)
    assert together(app, *[lambda: benoit.hand_in(number, state)] * 4) == [None] * 4
    assert (count(tables.Step), benoit.sat) == (4, Sat(100, True, 1))


def test_an_answer_and_the_handing_in_at_once(app: Flask, benoit: Desk) -> None:
    """Either the answer was first and the page must show it, or it comes too late and is told so: never lost unseen."""
    number = benoit.begin()
    benoit.answer_all(number, but="danger")
    state = benoit.seen(number)
    found = together(app, lambda: benoit.hand_in(number, state), lambda: benoit.keep(number, "danger", 1))
    closed = benoit.rows(number)[0].closed_at is not None
    assert any(isinstance(one, sittings.HandedIn) for one in found) == closed
    assert any(isinstance(one, sittings.Moved) for one in found) == (not closed)


def test_an_answer_in_the_other_language(app: Flask) -> None:
    edition = publish(app, exams.files("", {"courses/reperes/03-bilan/en.md": exams.english()}))
    desk = Desk(app, edition, person("Benoît").id)
    number = desk.begin()
    row, pinned = desk.rows(number)[0], desk.pinned(number)
    prompt = next(one for one in pinned.units["en"].sections[1].questions if one.id == "danger")
    shown = learning.arrangement(prompt, row.seed).items.index(1)
    sittings.keep(desk.asker(), desk.exam, number, "danger", [["answer", str(shown)]], pinned.hashes["en"], 0)
    desk.hand_in(number)
    step = next(one for one in desk.steps(number) if one.question == "danger")
    assert (step.locale, step.fraction, step.document) == ("en", 1.0, pinned.hashes["en"])
    assert step.fingerprint == pinned.units["en"].fingerprints["danger"]


@pytest.fixture
def led(app: Flask, benoit: Desk) -> tuple[Viewer, sittings.Aloud]:
    """Dalia leads a cohort in which Benoît learns."""
    dalia = person("Dalia", "trainer")
    uid = cohorts.make(dalia, "Groupe", "reperes", "", "form-cohort", AT)
    with db.engine.begin() as connection:
        cohort = connection.execute(select(Cohort.id)).scalar_one()
        values = {"cohort_id": cohort, "person_id": benoit.who, "part": "trainee", "joined_at": AT}
        connection.execute(CohortMember.__table__.insert().values(values))  # type: ignore[attr-defined]
        member = connection.execute(select(Person.uid).where(Person.id == benoit.who)).scalar_one()
    return dalia, sittings.Aloud(dalia, uid, member)


def test_held_aloud_from_beginning_to_end(benoit: Desk, led: tuple[Viewer, sittings.Aloud]) -> None:
    dalia, aloud = led
    number = benoit.begin(aloud)
    benoit.answer_all(number, aloud=aloud)
    benoit.hand_in(number, aloud=aloud)
    row = benoit.rows(number)[0]
    assert (row.held_aloud, row.held_by, row.passed, benoit.sat) == (True, dalia.id, True, Sat(100, True, 1, True))
    with db.engine.connect() as connection:
        said = connection.execute(
            select(AuditEntry.deed, AuditEntry.actor, AuditEntry.subject, AuditEntry.told).order_by(AuditEntry.id)
        ).all()
    assert [tuple(one) for one in said if "exam" in one.deed] == [
        ("exam held aloud", dalia.uid, aloud.member, True),
        ("exam handed in aloud", dalia.uid, aloud.member, True),
    ]


def test_nobody_goes_on_with_a_sitting_begun_in_another_way(
    app: Flask, benoit: Desk, led: tuple[Viewer, sittings.Aloud]
) -> None:
    _dalia, aloud = led
    number = benoit.begin()
    for deed in (
        lambda: benoit.begin(aloud),
        lambda: benoit.keep(number, "danger", 1, aloud=aloud),
        lambda: benoit.hand_in(number, aloud=aloud),
    ):
        with pytest.raises(sittings.Elsewhere):
            deed()
    benoit.hand_in(number)
    spoken = benoit.begin(aloud)
    for deed in (lambda: benoit.keep(spoken, "danger", 1), lambda: benoit.hand_in(spoken)):
        with pytest.raises(sittings.Elsewhere):
            deed()
    assert benoit.begin() == spoken
    assert (benoit.rows(spoken)[0].held_aloud, benoit.rows(spoken)[0].held_by) == (False, None)
    benoit.keep(spoken, "danger", 1)


def test_a_trainer_of_another_cohort(app: Flask, benoit: Desk, led: tuple[Viewer, sittings.Aloud]) -> None:
    ada = person("Ada", "trainer")
    not_hers = dataclasses.replace(led[1], by=ada)
    number = benoit.begin(led[1])
    for deed in (
        lambda: benoit.begin(not_hers),
        lambda: benoit.keep(number, "danger", 1, aloud=not_hers),
        lambda: benoit.hand_in(number, aloud=not_hers),
    ):
        with pytest.raises(cohorts.NotTheirs):
            deed()
    assert count(tables.Draft) == 0 and benoit.rows(number)[0].closed_at is None


DANGER = "reperes/bilan/danger"


@pytest.mark.parametrize(
    ("decision", "score", "passed"), [("keep", 75, False), ("remark", 100, True), ("cancel", 100, True)]
)
@pytest.mark.parametrize("when", ["closed", "open"])
def test_a_key_that_was_wrong(app: Flask, benoit: Desk, decision: str, score: int, passed: bool, when: str) -> None:
    """Decided for the answers given before: also in a sitting that is handed in afterwards, pinned to the old key."""
    number = benoit.begin()
    benoit.answer_all(number, but="danger")
    benoit.keep(number, "danger", 2)
    if when == "closed":
        benoit.hand_in(number)
        assert benoit.sat == Sat(75, False, 1)
    benoit.at(publish(app, exams.files(exams.MENDED), {DANGER: decision}))
    key_changes.apply(LATER)
    if when == "open":
        benoit.hand_in(number)
    row = benoit.rows(number)[0]
    assert (row.score, row.passed, benoit.sat) == (score, passed, Sat(score, passed, 1))
    assert next(one for one in benoit.steps(number) if one.question == "danger").fraction == 0.0
    key_changes.apply(LATER)
    assert benoit.sat == Sat(score, passed, 1)


def test_a_key_change_never_takes_away(app: Flask, benoit: Desk) -> None:
    number = benoit.begin()
    benoit.answer_all(number)
    benoit.hand_in(number)
    benoit.at(publish(app, exams.files(exams.MENDED), {DANGER: "remark"}))
    key_changes.apply(LATER)
    assert (benoit.rows(number)[0].score, benoit.sat) == (100, Sat(100, True, 1))


def test_the_course_is_complete_with_the_exam(benoit: Desk, edition: Published) -> None:
    number = benoit.begin()
    benoit.answer_all(number)
    benoit.hand_in(number)
    with db.engine.connect() as connection:
        row = tables.place(connection, benoit.who, "reperes")[0]
    progress = course_progress(
        benoit.exam.course, edition.source_units(benoit.exam.course), facts_from_state(row.state)
    )
    assert progress.units["bilan"].done and not progress.complete


@pytest.mark.parametrize("spoken", [False, True])
def test_the_attestation_says_how_it_was_passed(
    app: Flask, benoit: Desk, edition: Published, led: tuple[Viewer, sittings.Aloud], spoken: bool
) -> None:
    benoit.hand_in(benoit.begin())
    aloud = led[1] if spoken else None
    number = benoit.begin(aloud)
    benoit.answer_all(number, aloud=aloud)
    benoit.hand_in(number, aloud=aloud)
    wanted = attestations.Request(
        benoit.who, "reperes", "Benoît", "fr", AT, app.config["ELEARN_SECRET"], "https://formation.example.org"
    )
    with pytest.raises(attestations.NotComplete):
        attestations.issue(wanted, edition)
    finish(benoit.asker(), edition)
    held = attestations.issue(wanted, edition)
    with db.engine.connect() as connection:
        body = connection.execute(select(Attestation.facts).where(Attestation.id == held)).scalar_one()
    snapshot = load(body)
    assert snapshot.exam == ExamFact(2, spoken)
    assert snapshot.units[-1] == UnitFact("bilan", {"fr": "Examen"}, 4, 60, 1)


def test_a_draft_of_an_exam_is_never_part_of_completion(benoit: Desk) -> None:
    benoit.answer_all(benoit.begin())
    with db.engine.connect() as connection:
        state = connection.execute(select(tables.Progress.state)).scalar_one()
    assert "bilan" not in str(state)
