"""What is done and why not: an exam is done once a sitting was passed, and facts come back as they were stored."""

import json
from dataclasses import replace

from elearn.core.completion import (
    Facts,
    Missing,
    Sat,
    Taught,
    course_progress,
    facts_from_state,
    facts_to_state,
    taught,
    unit_progress,
)
from elearn.core.course import Course, Prose, Rule, Section, Unit
from elearn.core.questions.base import Mark, Prompt

EXAM = Unit("examen", "reperes", "fr", "Examen", 30, "CC0-1.0", "published", (), exam=True, pass_mark=70)
READ = replace(
    EXAM,
    id="lire",
    exam=False,
    sections=(Section("une", "Une", "fr", (Prose(b"", "fr"), Prompt("q", "true_false", "fr", b"Q"))),),
)
COURSE = Course("reperes", {"fr": "R"}, {"fr": "R"}, {}, ("lire", "examen"), Rule("1", ("lire",), 80, exam="examen"))


def test_an_exam_is_not_done_before_it_is_passed() -> None:
    progress = unit_progress(EXAM, 80, Facts())
    assert not progress.done and not progress.begun
    assert progress.missing == (Missing("exam", "examen", ""),)
    assert (progress.score, progress.pass_mark) == (None, 70)
    failed = unit_progress(EXAM, 80, Facts().with_sitting("examen", 60, False))
    assert failed.begun and not failed.done and failed.score == 60


def test_the_best_sitting_counts_and_a_pass_stays() -> None:
    facts = Facts().with_sitting("examen", 60, False).with_sitting("examen", 80, True, aloud=True)
    facts = facts.with_sitting("examen", 40, False)
    assert facts.sat["examen"] == Sat(80, True, 3, aloud=True)
    assert unit_progress(EXAM, 80, facts).done


def test_a_later_sitting_does_not_change_how_it_was_passed() -> None:
    facts = Facts().with_sitting("examen", 80, True).with_sitting("examen", 90, True, aloud=True)
    assert facts.sat["examen"] == Sat(90, True, 2)


def test_a_course_counts_the_units_it_asks_for_and_says_that_an_exam_ends_it() -> None:
    beside = replace(READ, id="a-cote")
    assert taught(COURSE, (READ, EXAM, beside)) == Taught(1, True)
    assert taught(COURSE, (READ, beside)) == Taught(1, False)
    free = replace(COURSE, rule=Rule("1", (), 80))
    assert taught(free, (READ, beside)) == Taught(2, False)


def test_the_exam_of_the_rule_counts_beside_its_units() -> None:
    units = {"lire": READ, "examen": EXAM}
    facts = Facts().with_section("lire", "une").with_answer("lire", "q", Mark(1.0), [1], "f")
    progress = course_progress(COURSE, units, facts)
    assert progress.counted == ("lire", "examen") and not progress.complete and progress.percent == 66
    assert course_progress(COURSE, units, facts.with_sitting("examen", 100, True)).complete


def test_a_course_without_its_exam_cannot_ask_for_it() -> None:
    assert course_progress(COURSE, {"lire": READ}, Facts()).counted == ("lire",)


def test_facts_come_back_as_they_were() -> None:
    facts = Facts().with_section("lire", "une").with_answer("lire", "q", Mark(0.5), [1], "f", sure=3)
    facts = facts.with_text("lire", "r").with_sitting("examen", 60, False)
    assert facts_from_state(json.loads(json.dumps(facts_to_state(facts)))) == facts


def test_facts_of_an_earlier_release_are_read() -> None:
    state = {"read": {}, "written": {}, "answers": {"lire": {"q": [1.0, 1.0, [1], "f", 2]}}}
    assert facts_from_state(state).answers["lire"]["q"].sure == 0


def test_a_first_answer_has_begun_the_unit_though_it_is_wrong() -> None:
    progress = unit_progress(READ, 80, Facts().with_answer("lire", "q", Mark(0.0), [0], "f"))
    assert progress.begun and progress.tried == {"q"} and not unit_progress(READ, 80, Facts()).begun
    assert progress.in_section("une") == (0, 1, 1) and progress.in_section("deux") == (0, 0, 0)


def test_percent_moves_with_each_step_and_ends_at_100() -> None:
    units = {"lire": READ, "examen": EXAM}
    facts, seen = Facts(), []
    for change in (
        lambda one: one,
        lambda one: one.with_section("lire", "une"),
        lambda one: one.with_answer("lire", "q", Mark(1.0), [1], "f"),
        lambda one: one.with_sitting("examen", 40, False),
        lambda one: one.with_sitting("examen", 90, True),
    ):
        facts = change(facts)
        progress = course_progress(COURSE, units, facts)
        seen.append((progress.percent, progress.units["lire"].percent))
    assert seen == [(0, 0), (33, 50), (66, 100), (66, 100), (100, 100)]


def test_a_unit_that_is_done_counts_whole_though_a_question_is_left() -> None:
    two = tuple(Prompt(name, "true_false", "fr", b"Q") for name in "qr")
    unit = replace(READ, sections=(Section("une", "Une", "fr", two),), pass_mark=50)
    facts = Facts().with_section("lire", "une").with_answer("lire", "q", Mark(1.0), [1], "f")
    assert unit_progress(unit, 80, facts).percent == 100
    assert course_progress(COURSE, {"lire": unit, "examen": EXAM}, facts).percent == 75
