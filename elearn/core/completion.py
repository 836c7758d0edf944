"""What is done, what is next, is the course complete, and why not: one calculation for page, report and attestation.

A unit is done when every section was read and its questions reach the pass mark, with each must-pass question right.
The best answer to a question counts. An exam is done once a sitting was passed; nothing in it needs to be read.
Unscored kinds and retired questions never count (curriculum, section 4), nor does what is meant for some regions only:
everyone is asked for the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from elearn.core.course import Course, Unit
from elearn.core.questions import KINDS
from elearn.core.questions.base import Mark, Response
from elearn.core.regions import meant_for

UNSCORED = frozenset(name for name, kind in KINDS.items() if not kind.scored)


@dataclass(frozen=True, slots=True)
class Answered:
    """A question's answers so far. `fingerprint`: the question that the last response was marked against; `sure`: how
    sure the person said they were of it, from 1 to 3, 0 where it was not said."""

    best: float
    last: float
    response: Response
    fingerprint: str
    tries: int
    sure: int = 0


@dataclass(frozen=True, slots=True)
class Sat:
    """The sittings of an exam that were handed in. `best`: percent; `aloud`: the one that passed was held aloud."""

    best: int
    passed: bool
    tries: int
    aloud: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What a person did in a course, by unit id: sections read, questions answered, texts written, exams sat."""

    read: Mapping[str, frozenset[str]] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, Answered]] = field(default_factory=dict)
    written: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sat: Mapping[str, Sat] = field(default_factory=dict)

    def tries(self, unit: str, question: str) -> int:
        """Answers given to a question so far."""
        answered = self.answers.get(unit, {}).get(question)
        return answered.tries if answered else 0

    def with_section(self, unit: str, section: str) -> "Facts":
        return replace(self, read={**self.read, unit: self.read.get(unit, frozenset()) | {section}})

    def with_answer(
        self, unit: str, question: str, mark: Mark, response: Response, fingerprint: str, sure: int = 0
    ) -> "Facts":
        before = self.answers.get(unit, {}).get(question)
        best = max(mark.fraction, before.best) if before else mark.fraction
        tries = before.tries + 1 if before else 1
        answer = Answered(best, mark.fraction, response, fingerprint, tries, sure)
        return replace(self, answers={**self.answers, unit: {**self.answers.get(unit, {}), question: answer}})

    def with_text(self, unit: str, question: str) -> "Facts":
        return replace(self, written={**self.written, unit: self.written.get(unit, frozenset()) | {question}})

    def with_sitting(self, unit: str, score: int, passed: bool, aloud: bool = False) -> "Facts":
        """One more sitting handed in. Once passed it stays passed, and as it was first passed."""
        before = self.sat.get(unit, Sat(0, False, 0))
        aloud = before.aloud if before.passed else passed and aloud
        sat = Sat(max(before.best, score), before.passed or passed, before.tries + 1, aloud)
        return replace(self, sat={**self.sat, unit: sat})

    def with_sitting_raised(self, unit: str, score: int, passed: bool, aloud: bool = False) -> "Facts":
        """A sitting handed in before is worth more than it was; nothing is ever worth less."""
        before = self.sat.get(unit, Sat(0, False, 0))
        aloud = before.aloud if before.passed else passed and aloud
        sat = Sat(max(before.best, score), before.passed or passed, before.tries, aloud)
        return replace(self, sat={**self.sat, unit: sat})


@dataclass(frozen=True, slots=True)
class Missing:
    """One reason why a unit is not done. code: `section` (not read), `question` (not right yet, must be), `score`, or
    `exam` (not passed yet; no section)."""

    code: str
    unit: str
    section: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """`read`: all sections read; `sections`: how many count. `score` and `pass_mark`: percent; score is None where the
    unit asks nothing that counts, or where an exam was not sat yet. `sat`: of an exam; it counts as one step. `asked`:
    section and id of each question that counts; `tried`, `won`: ids of those that were answered, and answered right."""

    unit: str
    read: frozenset[str]
    sections: int
    right: int
    scored: int
    score: int | None
    pass_mark: int
    missing: tuple[Missing, ...]
    sat: Sat | None = None
    tried: frozenset[str] = frozenset()
    won: frozenset[str] = frozenset()
    asked: tuple[tuple[str, str], ...] = ()

    def in_section(self, section: str) -> tuple[int, int, int]:
        """Of the questions of a section that count: how many are right, tried, and there."""
        asked = [question for place, question in self.asked if place == section]
        return sum(one in self.won for one in asked), sum(one in self.tried for one in asked), len(asked)

    @property
    def done(self) -> bool:
        return not self.missing

    @property
    def percent(self) -> int:
        """Of its steps: 100 only when done."""
        return _share(self.taken, self.steps, self.done)

    @property
    def steps(self) -> int:
        """Sections to read and questions to get right."""
        return self.sections + self.scored

    @property
    def taken(self) -> int:
        """All of them once the unit is done, though a question may be left that the pass mark did not need."""
        return self.steps if self.done else self.sections_read + self.right

    @property
    def sections_read(self) -> int:
        """Of those that count."""
        return self.sections - sum(one.code == "section" for one in self.missing)

    @property
    def begun(self) -> bool:
        return bool(self.read or self.tried) or (self.sat is not None and self.sat.tries > 0)


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
        steps = sum(self.units[unit].steps for unit in self.counted)
        taken = sum(self.units[unit].taken for unit in self.counted)
        return _share(taken, steps, self.complete)


def _share(taken: int, steps: int, done: bool) -> int:
    """Percent, as a person reads it: 100 only when all is done, 0 only where nothing is."""
    if done:
        return 100
    return min(99, max(int(taken > 0), 100 * taken // steps)) if steps else 0


@dataclass(frozen=True, slots=True)
class Taught:
    """How many units count, the exam apart, and whether there is one."""

    units: int
    exam: bool


def taught(course: Course, units: Iterable[Unit]) -> Taught:
    """What a course asks for, of the units shown; all of them where its rule names none."""
    ruled = {*course.rule.units, course.rule.exam}
    asked = [unit for unit in units if not course.rule.units or unit.id in ruled]
    return Taught(sum(not unit.exam for unit in asked), any(unit.exam for unit in asked))


def course_progress(course: Course, units: Mapping[str, Unit], facts: Facts) -> CourseProgress:
    """`units`: the published ones, in the source language. A unit that is not published cannot be asked for."""
    ruled = dict.fromkeys((*course.rule.units, course.rule.exam))
    counted = tuple(unit for unit in ruled if unit in units)
    found = {name: unit_progress(unit, course.rule.pass_mark, facts) for name, unit in units.items()}
    return CourseProgress(found, counted)


def unit_progress(unit: Unit, pass_mark: int, facts: Facts) -> UnitProgress:
    pass_mark = pass_mark if unit.pass_mark is None else unit.pass_mark
    if unit.exam:
        return _exam_progress(unit, pass_mark, facts.sat.get(unit.id, Sat(0, False, 0)))
    read = facts.read.get(unit.id, frozenset()) & {section.id for section in unit.sections}
    best = {question: answer.best for question, answer in facts.answers.get(unit.id, {}).items()}
    asked = [(place, prompt) for place, prompt in unit.placed if prompt.kind not in UNSCORED and prompt.points > 0]
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
        tried=frozenset(prompt.id for _, prompt in asked if prompt.id in best),
        won=frozenset(prompt.id for _, prompt in asked if best.get(prompt.id, 0.0) >= 1.0),
        asked=tuple((place, prompt.id) for place, prompt in asked),
    )


def _exam_progress(unit: Unit, pass_mark: int, sat: Sat) -> UnitProgress:
    missing = () if sat.passed else (Missing("exam", unit.id, ""),)
    score = sat.best if sat.tries else None
    return UnitProgress(unit.id, frozenset(), 0, int(sat.passed), 1, score, pass_mark, missing, sat)


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
                question: [one.best, one.last, one.response, one.fingerprint, one.tries, one.sure]
                for question, one in sorted(answers.items())
            }
            for unit, answers in sorted(facts.answers.items())
        },
        "sat": {unit: [one.best, one.passed, one.tries, one.aloud] for unit, one in sorted(facts.sat.items())},
    }


def facts_from_state(state: Mapping[str, Any]) -> Facts:
    return Facts(
        {unit: frozenset(sections) for unit, sections in state.get("read", {}).items()},
        {
            unit: {question: Answered(*one) for question, one in answers.items()}
            for unit, answers in state.get("answers", {}).items()
        },
        {unit: frozenset(questions) for unit, questions in state.get("written", {}).items()},
        {unit: Sat(*one) for unit, one in state.get("sat", {}).items()},
    )
