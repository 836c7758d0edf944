"""A unit as its author writes it: texts are Markdown, answers are still beside what makes them right.

Records only. `core.writing` makes a file of them, `core.gift` makes them of a file of another system.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from elearn.core.frontmatter import FrontMatter

Markdown = str
Options = Mapping[str, object]
"""Canonical name of an option -> its value: bool, number, text or tuple of texts."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An option of a choice or a survey."""

    text: Markdown
    right: bool = False
    feedback: Markdown = ""
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A row of a matching question; an empty `left` makes `right` a distractor."""

    left: Markdown
    right: Markdown


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a scenario. `choices`: (words, id of the step they lead to). `end`: its points count."""

    id: str
    title: Markdown
    text: Markdown = ""
    choices: tuple[tuple[Markdown, str], ...] = ()
    end: bool = False
    points: float | None = None
    explanation: Markdown = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Any kind. `items`: of an ordering or a scale. `answer`: of a true or false or a number, as typed. `accepted`: of
    a short answer. Gaps stand in `stem` as `[[…]]`. `several`: a survey that takes more than one answer."""

    kind: str
    id: str
    title: Markdown
    stem: Markdown = ""
    answers: tuple[Answer, ...] = ()
    items: tuple[Markdown, ...] = ()
    head: tuple[Markdown, Markdown] = ("", "")
    pairs: tuple[Pair, ...] = ()
    answer: str = ""
    accepted: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    several: bool = False
    hints: tuple[Markdown, ...] = ()
    explanation: Markdown = ""
    sample: Markdown = ""
    options: Options = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pool:
    """Questions drawn from. `text` stands before them. `source`: a shared pool that adds its own."""

    id: str
    title: Markdown
    text: Markdown = ""
    questions: tuple[Question, ...] = ()
    draw: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: Markdown
    parts: "tuple[Markdown | Question | Pool, ...]" = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """`opening`: what stands before the first section, without the `#` title."""

    front: FrontMatter
    opening: Markdown = ""
    sections: tuple[Section, ...] = ()
