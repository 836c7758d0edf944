"""What is done, what is next, is the course complete, and why not: one calculation for page, report and attestation.

A unit is done when every section was read and its questions reach the pass mark, with each must-pass question right.
The best answer to a question counts. Unscored kinds and retired questions never do (curriculum, section 4), nor does
what is meant for some regions only: everyone is asked for the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from elearn.core.course import Course, Unit
from elearn.core.questions import KINDS
from elearn.core.questions.base import Mark, Response
from elearn.core.regions import meant_for

UNSCORED = frozenset(name for name, kind in KINDS.items() if not kind.scored)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question's answers so far. `fingerprint`: the question that the last response was marked against."""

    best: float
    last: float
    response: Response
    fingerprint: str
    tries: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a person did in a course: sections read and questions answered, by unit id; texts written, by unit id."""

    read: Mapping[str, frozenset[str]] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, Answered]] = field(default_factory=dict)
    written: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def with_section(self, unit: str, section: str) -> "Facts":
        read = {**self.read, unit: self.read.get(unit, frozenset()) | {section}}
        return Facts(read, self.answers, self.written)

    def with_answer(self, unit: str, question: str, mark: Mark, response: Response, fingerprint: str) -> "Facts":
        before = self.answers.get(unit, {}).get(question)
        best = max(mark.fraction, before.best) if before else mark.fraction
        tries = before.tries + 1 if before else 1
        answer = Answered(best, mark.fraction, response, fingerprint, tries)
        answers = {**self.answers, unit: {**self.answers.get(unit, {}), question: answer}}
        return Facts(self.read, answers, self.written)

    def with_text(self, unit: str, question: str) -> "Facts":
        written = {**self.written, unit: self.written.get(unit, frozenset()) | {question}}
        return Facts(self.read, self.answers, written)


@dataclass(frozen=True, slots=True)
class Missing:
    """One reason why a unit is not done. code: `section` (not read), `question` (not right yet, must be) or `score`."""

    code: str
    unit: str
    section: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """`read`: all sections read; `sections`: how many count. `score` and `pass_mark`: percent; score is None where the
    unit asks nothing that counts."""

    unit: str
    read: frozenset[str]
    sections: int
    right: int
    scored: int
    score: int | None
    pass_mark: int
    missing: tuple[Missing, ...]

    @property
    def done(self) -> bool:
        return not self.missing

    @property
    def sections_read(self) -> int:
        """Of those that count."""
        return self.sections - sum(one.code == "section" for one in self.missing)

    @property
    def begun(self) -> bool:
        return bool(self.read) or self.right > 0


@dataclass(frozen=True, slots=True)
class CourseProgress:
    units: Mapping[str, UnitProgress]
    counted: tuple[str, ...]

    @property
    def done(self) -> int:
        return sum(self.units[unit].done for unit in self.counted)

    @property
    def complete(self) -> bool:
        return bool(self.counted) and self.done == len(self.counted)

    @property
    def missing(self) -> tuple[Missing, ...]:
        return tuple(reason for unit in self.counted for reason in self.units[unit].missing)

    @property
    def percent(self) -> int:
        """Sections read and questions right, of all that count: moves with each step, 100 only when complete."""
        steps = sum(one.sections + one.scored for one in (self.units[unit] for unit in self.counted))
        taken = sum(one.sections_read + one.right for one in (self.units[unit] for unit in self.counted))
        if self.complete:
            return 100
        return min(99, 100 * taken // steps) if steps else 0


def course_progress(course: Course, units: Mapping[str, Unit], facts: Facts) -> CourseProgress:
    """`units`: the published ones, in the source language. A unit that is not published cannot be asked for."""
    counted = tuple(unit for unit in course.rule.units if unit in units)
    found = {name: unit_progress(unit, course.rule.pass_mark, facts) for name, unit in units.items()}
    return CourseProgress(found, counted)


def unit_progress(unit: Unit, pass_mark: int, facts: Facts) -> UnitProgress:
    pass_mark = pass_mark if unit.pass_mark is None else unit.pass_mark
    read = facts.read.get(unit.id, frozenset()) & {section.id for section in unit.sections}
    best = {question: answer.best for question, answer in facts.answers.get(unit.id, {}).items()}
    asked = [
        (section.id, prompt)
        for section in unit.sections
        for prompt in section.prompts
        if prompt.kind not in UNSCORED and prompt.points > 0
    ]
    total = sum(prompt.points for _, prompt in asked)
    won = sum(prompt.points * best.get(prompt.id, 0.0) for _, prompt in asked)
    score = int(100 * won / total + 1e-9) if total else None
    counted = [section for section in unit.sections if not section.regions]
    missing = [Missing("section", unit.id, section.id) for section in counted if section.id not in read]
    not_right = [(section, prompt) for section, prompt in asked if best.get(prompt.id, 0.0) < 1.0]
    missing += [Missing("question", unit.id, section, prompt.id) for section, prompt in not_right if prompt.must_pass]
    if score is not None and score < pass_mark:
        missing += [
            Missing("score", unit.id, section, prompt.id) for section, prompt in not_right if not prompt.must_pass
        ]
    return UnitProgress(
        unit.id,
        frozenset(read),
        len(counted),
        len(asked) - len(not_right),
        len(asked),
        score,
        pass_mark,
        tuple(missing),
    )


def next_section(unit: Unit, read: frozenset[str], last: str, region: str = "") -> str:
    """Where to open a unit: the section left last if it is not read, else the next one not read, else the first. Those
    that are meant for other regions are passed over."""
    ids = [section.id for section in unit.sections if meant_for(section.regions, region)]
    if last in ids and last not in read:
        return last
    after = ids.index(last) + 1 if last in ids else 0
    return next((name for name in ids[after:] + ids[:after] if name not in read), ids[0])


def facts_to_state(facts: Facts) -> dict[str, Any]:
    """The stored form (JSON) of facts; the same facts give the same state."""
    return {
        "read": {unit: sorted(sections) for unit, sections in sorted(facts.read.items())},
        "written": {unit: sorted(questions) for unit, questions in sorted(facts.written.items())},
        "answers": {
            unit: {
                question: [one.best, one.last, one.response, one.fingerprint, one.tries]
                for question, one in sorted(answers.items())
            }
            for unit, answers in sorted(facts.answers.items())
        },
    }


def facts_from_state(state: Mapping[str, Any]) -> Facts:
    return Facts(
        {unit: frozenset(sections) for unit, sections in state.get("read", {}).items()},
        {
            unit: {question: Answered(*one) for question, one in answers.items()}
            for unit, answers in state.get("answers", {}).items()
        },
        {unit: frozenset(questions) for unit, questions in state.get("written", {}).items()},
    )
