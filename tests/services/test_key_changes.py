"""When the key of a published question changes: answers are kept, marked again or the question is cancelled."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from elearn.core.completion import Answered, Facts, facts_from_state, facts_to_state
from elearn.services import audit, key_changes
from elearn.services.publishing import Outcome, publish_files
from elearn.services.transaction import run
from elearn.store.accounts import Person
from elearn.store.audit import AuditEntry
from elearn.store.base import db
from elearn.store.editions import Edition, KeyChange, Published, read_edition
from elearn.store.learning import Enrolment, Progress
from tests import world
from tests.web.test_cost import counting

FR, EN = "courses/reperes/01-ecouter/fr.md", "courses/reperes/01-ecouter/en.md"
LATER = world.AT + dt.timedelta(days=1)
QUESTION = "reperes/ecouter/qui-decide"
TEAM = "- ( ) L'équipe.\n  > L'équipe ne peut pas l'exiger.\n"
PERSON = "- (x) La personne.\n  > Oui : elle décide, et peut changer d'avis.\n"
OTHER_KEY = world.ECOUTER_FR.replace("- ( ) L'équipe", "- (x) L'équipe").replace(
    "- (x) La personne", "- ( ) La personne"
)
SWAPPED = world.ECOUTER_FR.replace(TEAM + PERSON, PERSON.replace("(x)", "( )") + TEAM.replace("( )", "(x)"))

UNMARKED = world.ECOUTER_EN.replace("- (x) The person", "- ( ) The person")
"""The translation without its mark, so that it never contradicts."""


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def publish(app: Flask, text: str, decision: str = "", en: str = "", **more: Any) -> Outcome:
    files = world.site({FR: text} | ({EN: en} if en else {}))
    decisions = {QUESTION: decision} if decision else {}
    return publish_files(files, app.config["ELEARN"].instance, LATER, decisions=decisions, **more)


def edition(number: int) -> Published:
    with db.engine.connect() as connection:
        return read_edition(connection, number)


def enrol(number: int, answers: dict[str, dict[str, Answered]], read: bool = False) -> list[int]:
    """So many people who follow the course and answered alike."""
    units = edition(1).units
    sections = {unit: frozenset(s.id for s in units["reperes", unit, "fr"].sections) for unit in ("ecouter", "parler")}
    state = facts_to_state(Facts(sections if read else {}, answers))

    def work(tx: Any) -> list[int]:
        people = [
            {"uid": f"u{n:025}", "sign_in_name": f"p{n}", "sign_in_key": f"p{n}", "chosen_name": "P", "role": "trainee",
             "password_hash": "", "locale": "fr", "search_key": f"p{n}", "created_at": world.AT}
            for n in range(number)
        ]  # fmt: skip
        ids = list(tx.execute(insert(Person).returning(Person.id), people).scalars())
        course = {"course": "reperes", "locale": "fr", "edition": 1, "rule_version": "1", "title": {}}
        follow = [{"person_id": one, "discreet_title": {}, "created_at": world.AT, **course} for one in ids]
        made = list(tx.execute(insert(Enrolment).returning(Enrolment.id), follow).scalars())
        same = {"state": state, "units_done": 0, "units_total": 2, "edition": 1, "rule_version": "1"}
        tx.execute(insert(Progress), [{"enrolment_id": one, "updated_at": world.AT, **same} for one in made])
        return made

    return run(work)


def answered(response: list[int], fraction: float, lang: str = "fr", number: int = 1, tries: int = 1) -> Answered:
    fingerprint = edition(number).units["reperes", "ecouter", lang].fingerprints["qui-decide"]
    return Answered(fraction, fraction, response, fingerprint, tries)


def standing(enrolment: int, question: str = "qui-decide") -> Answered:
    with db.engine.connect() as connection:
        state = connection.execute(select(Progress.state).where(Progress.enrolment_id == enrolment)).scalar_one()
    return facts_from_state(state).answers["ecouter"][question]


def decided() -> list[tuple[str, bool]]:
    with db.engine.connect() as connection:
        rows = connection.execute(select(KeyChange.decision, KeyChange.done_at).order_by(KeyChange.edition))
        return [(decision, done is not None) for decision, done in rows]


# decision, the new text, response and mark before, then best, last and response after
DECIDED: list[tuple[str, str, list[int], float, tuple[float, float, list[int]]]] = [
    ("keep", OTHER_KEY, [0], 0.0, (0.0, 0.0, [0])),
    ("remark", OTHER_KEY, [0], 0.0, (1.0, 1.0, [0])),
    ("remark", OTHER_KEY, [1], 1.0, (1.0, 1.0, [1])),  # it was right: it stays so
    ("remark", OTHER_KEY, [2], 0.0, (0.0, 0.0, [2])),
    ("remark", SWAPPED, [0], 0.0, (1.0, 1.0, [1])),  # the answer follows its text
    ("cancel", OTHER_KEY, [2], 0.0, (1.0, 0.0, [2])),
]


@pytest.mark.parametrize(("decision", "text", "response", "fraction", "after"), DECIDED)
def test_what_becomes_of_an_answer(
    app: Flask, decision: str, text: str, response: list[int], fraction: float, after: tuple[float, float, list[int]]
) -> None:
    publish(app, world.ECOUTER_FR)
    [one] = enrol(1, {"ecouter": {"qui-decide": answered(response, fraction)}})
    assert publish(app, text, decision, UNMARKED).number == 2
    for _ in range(2):  # done twice changes nothing more
        key_changes.apply(LATER)
        now = standing(one)
        assert (now.best, now.last, now.response) == after
    assert decided() == [(decision, True)] and key_changes.waiting() == []


def test_an_answer_in_a_translation_is_marked_again_too(app: Flask) -> None:
    publish(app, world.ECOUTER_FR, en=UNMARKED)
    [one] = enrol(1, {"ecouter": {"qui-decide": answered([0], 0.0, "en")}})
    publish(app, OTHER_KEY, "remark", UNMARKED)
    key_changes.apply(LATER)
    now = standing(one)
    assert (now.best, now.fingerprint) == (1.0, edition(2).units["reperes", "ecouter", "en"].fingerprints["qui-decide"])


def test_an_answer_given_before_a_word_was_mended_is_marked_again_too(app: Flask) -> None:
    publish(app, world.ECOUTER_FR, en=UNMARKED)
    [one] = enrol(1, {"ecouter": {"qui-decide": answered([0], 0.0)}})
    mended = ("Oui : elle décide", "Oui, elle décide")
    publish(app, world.ECOUTER_FR.replace(*mended), en=UNMARKED)
    publish(app, OTHER_KEY.replace(*mended), "remark", UNMARKED)
    key_changes.apply(LATER)
    assert standing(one).best == 1.0


def test_an_answer_to_the_new_question_is_not_cancelled(app: Flask) -> None:
    publish(app, world.ECOUTER_FR, en=UNMARKED)
    publish(app, OTHER_KEY, "cancel", UNMARKED)
    [one] = enrol(1, {"ecouter": {"qui-decide": answered([1], 0.0, number=2)}})
    key_changes.apply(LATER)
    assert standing(one).best == 0.0


def test_who_is_complete_by_it_is_so_from_then_on(app: Flask) -> None:
    publish(app, world.ECOUTER_FR, en=UNMARKED)
    units = edition(1).units
    right = {
        unit: {question: Answered(1.0, 1.0, [], "", 1) for question in units["reperes", unit, "fr"].keys}
        for unit in ("ecouter", "parler")
    }
    right["ecouter"] |= {"qui-decide": answered([0], 0.0), "ordre": Answered(0.0, 0.0, [], "", 1)}
    [one] = enrol(1, right, read=True)
    publish(app, OTHER_KEY, "remark", UNMARKED)
    key_changes.apply(LATER)
    with db.engine.connect() as connection:
        row = connection.execute(select(Progress).where(Progress.enrolment_id == one)).one()
    assert (row.units_done, row.completed_at, row.completed_edition) == (2, LATER, 2)
    assert (row.edition, row.updated_at) == (2, world.AT)


def test_work_cut_short_goes_on_where_it_stopped_at_a_constant_cost(app: Flask) -> None:
    publish(app, world.ECOUTER_FR, en=UNMARKED)
    made = enrol(1000, {"ecouter": {"qui-decide": answered([0], 0.0)}})
    publish(app, OTHER_KEY, "remark", UNMARKED)
    costs = []
    for _ in range(2):
        with counting(app) as statements:
            assert key_changes.one_batch(2, QUESTION, LATER) == (False, 200)
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 16
    assert [standing(one).best for one in (made[0], made[399], made[400])] == [1.0, 1.0, 0.0]
    told: list[tuple[int, int]] = []
    assert key_changes.apply(LATER, lambda done, of: told.append((done, of))) == 600
    assert standing(made[-1]).best == 1.0 and told[-1] == (1000, 1000)
    assert key_changes.apply(LATER) == 0


def test_it_is_logged_and_the_edition_says_who_and_why(app: Flask) -> None:
    publish(app, world.ECOUTER_FR, en=UNMARKED)
    enrol(1, {})
    with db.engine.connect() as connection:
        person, uid = connection.execute(select(Person.id, Person.uid)).one()
    publish(app, OTHER_KEY, "cancel", UNMARKED, by=person, note=" Clé corrigée ", restores=1)
    key_changes.apply(LATER)
    with db.engine.connect() as connection:
        made = connection.execute(select(Edition).where(Edition.number == 2)).one()
        log = connection.execute(select(AuditEntry.deed, AuditEntry.actor, AuditEntry.facts).order_by(AuditEntry.id))
        deeds = [tuple(row) for row in log]
    assert (made.made_by, made.note, made.restores) == (person, "Clé corrigée", 1)
    assert deeds[0] == ("content published", uid, {"role": "trainee", "edition": 2, "restores": 1})
    assert deeds[1] == ("answers marked again", "", {"edition": 2, "question": QUESTION, "decision": "cancel"})
    assert audit.broken() is None


def test_an_unknown_decision_publishes_nothing(app: Flask) -> None:
    publish(app, world.ECOUTER_FR, en=UNMARKED)
    with pytest.raises(ValueError, match="decision"):
        publish(app, OTHER_KEY, "forget", UNMARKED)
    assert decided() == []
