"""What the parser hands to a question kind: one question of one file, taken apart, its words already cleaned HTML.

A kind reads a block and tells problems through `report`; it knows neither Markdown nor HTML.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from elearn.core.questions.base import Html


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of text: as HTML, as plain words, and where it stands."""

    html: Html = b""
    text: str = ""
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True)
class Choice:
    """`- (x) words` with its feedback. `box` is `(` or `[`, empty where none was written."""

    words: Words
    box: str = ""
    marked: bool = False
    fixed: bool = False
    feedback: Html = b""


@dataclass(frozen=True, slots=True)
class Row:
    left: Words
    right: Words


@dataclass(frozen=True, slots=True)
class Label:
    """A labelled quote. `name` is one of LABELS; `items`: the lines of the lists in it."""

    name: str
    words: Words
    items: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """`[[a|b]]`: `options` are the words taken as right, or those of a menu, where `marked` ones had a `=`. `words`:
    what stood between the brackets, and where."""

    words: Words
    options: tuple[Words, ...] = ()
    marked: tuple[int, ...] = ()


MOST_STEPS = 100
"""Steps of a scenario; one more is read, so that it can be refused."""


@dataclass(frozen=True, slots=True)
class Choosing:
    """`- [words](#step)`: what one can do, and the id of the step it leads to."""

    words: Words
    to: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a scenario as written. `said`: its labelled quotes, read once it is reached."""

    id: str
    title: Words
    html: Html = b""
    choices: tuple[Choosing, ...] = ()
    ending: bool = False
    points: float = 0.0
    said: Html = b""


@dataclass(frozen=True, slots=True)
class Block:
    """A question as written. `options`: canonical name -> checked value. `columns`: of its table, 0 for none.
    `pieces`: the HTML around its gaps, one more than they are."""

    id: str
    kind: str
    lang: str
    title: Words
    stem: Html
    report: Callable[..., None]
    choices: tuple[Choice, ...] = ()
    ordered: tuple[Words, ...] = ()
    rows: tuple[Row, ...] = ()
    columns: int = 0
    gaps: tuple[Gap, ...] = ()
    pieces: tuple[Html, ...] = ()
    labels: tuple[Label, ...] = ()
    steps: tuple[Stage, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)

    def problem(self, code: str, at: Words | None = None, **params: object) -> None:
        """Tells a problem at some words, or at the question's heading."""
        line, column = (at.line, at.column) if at else (self.title.line, 1)
        self.report(code, line, column, **params)

    def labelled(self, name: str) -> tuple[Words, ...]:
        return tuple(label.words for label in self.labels if label.name == name)

    def said(self, name: str) -> Html:
        """The HTML of every quote of this label, in order."""
        return b"\n".join(words.html for words in self.labelled(name))

    @property
    def hints(self) -> tuple[Html, ...]:
        return tuple(words.html for words in self.labelled("hint"))


LABELS = {
    "hint": ("indice", "hint"),
    "explanation": ("explication", "explanation"),
    "answer": ("réponse", "answer"),
    "accepted": ("réponses acceptées", "accepted answers"),
    "sample": ("exemple de réponse", "sample answer"),
}
"""French and English spelling of each label, equal in rank."""
