"""What every question kind shares: prompt, key, response, mark and review.

Prompt and key are separate records, so that a template that is handed a prompt cannot leak an answer.
Positions always count from 0 in the order of the source file, whatever order a person was shown.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from elearn.core.typography import fold

Html = bytes
"""Cleaned HTML, UTF-8. Bytes, because one wide character doubles the size of a str."""

Response = list[Any]
"""What a person answered: source positions (int, -1 for a place left empty) or, where words are typed to be marked
(number, short answer, gaps), those words (str). Private texts never take this form."""


class UnreadableResponse(Exception):
    """What was posted cannot be an answer to this question. `code` names the message to show beside the field."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a scenario. `choices`: what one can do there, none at an ending. Where they lead is in the key."""

    id: str
    title: Html
    html: Html = b""
    choices: tuple[Html, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a person sees before answering. `items`: options, labels of a scale, things to order or left cells;
    `targets`: right cells. `pieces`: of a text with gaps, one more than its gaps; `menus`: options of each gap, none
    for a typed one. `several`: a survey that takes more than one answer. `regions`: where it is shown, empty for
    everywhere. `formerly`: `unit/question` whose history it follows. `reread`: sections to reread after a wrong answer,
    `section` of the same unit or `unit#section` of the course."""

    id: str
    kind: str
    lang: str
    title: Html
    stem: Html = b""
    items: tuple[Html, ...] = ()
    targets: tuple[Html, ...] = ()
    hints: tuple[Html, ...] = ()
    fixed: tuple[int, ...] = ()
    shuffle: bool = True
    must_pass: bool = False
    retired: bool = False
    points: float = 1.0
    competencies: tuple[str, ...] = ()
    pieces: tuple[Html, ...] = ()
    menus: tuple[tuple[Html, ...], ...] = ()
    several: bool = False
    steps: tuple[Step, ...] = ()
    confidence: bool = False
    regions: tuple[str, ...] = ()
    formerly: str = ""
    reread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """What makes an answer right and what to say of it.

    `solution`: positions of the right options (choice), the right order (ordering), the target of each item (matching),
    or (1,) for true and (0,) for false. `feedback`: one a option or step, in source order, empty where none was
    written. `partial`: points for each right part, never below 0; otherwise all or nothing. `accepted`: words taken as
    right, for each gap (one for a short answer, none for a menu). `bounds`: least and greatest number, as decimals.
    `leads`: for each step of a scenario, where each choice leads; `worth`: the points of each ending, 0 elsewhere.
    """

    kind: str
    solution: tuple[int, ...] = ()
    feedback: tuple[Html, ...] = ()
    explanation: Html = b""
    sample: Html = b""
    partial: bool = False
    accepted: tuple[tuple[str, ...], ...] = ()
    bounds: tuple[str, ...] = ()
    leads: tuple[tuple[int, ...], ...] = ()
    worth: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """`fraction` from 0 to 1; `parts`: for each chosen position or place, was it right."""

    fraction: float
    parts: tuple[bool, ...] = ()

    @property
    def right(self) -> bool:
        return self.fraction >= 1.0


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said of one option or place: was it chosen, was that right, and why."""

    position: int
    chosen: bool
    right: bool
    feedback: Html = b""


@dataclass(frozen=True, slots=True)
class Review:
    """What a person reads after answering. `solution` is empty until the answer is right: practice goes on; `accepted`
    likewise. `visited`: steps of a scenario in the order they were gone through."""

    remarks: tuple[Remark, ...] = ()
    explanation: Html = b""
    solution: tuple[int, ...] = ()
    accepted: tuple[tuple[str, ...], ...] = ()
    visited: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """One thing that a person answered, to be read again. `of`: the item, gap or step that it answers, where there are
    several, or else `number`, its place from 1. `words`: the option chosen; `typed`: words as they were typed; `truth`:
    of a statement. With none of the three it was left empty."""

    of: Html = b""
    number: int = 0
    words: Html = b""
    typed: str = ""
    truth: bool | None = None


def option(options: Sequence[Html], position: Any) -> Html:
    """The option at a stored position; empty for a place left empty, and for one that is not there."""
    known = isinstance(position, int) and 0 <= position < len(options)
    return options[position] if known else b""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The order in which a person is shown a question: `items[shown] == source position`, likewise `targets` and the
    options of each gap's menu."""

    items: tuple[int, ...] = ()
    targets: tuple[int, ...] = ()
    menus: tuple[tuple[int, ...], ...] = ()


Posted = Mapping[str, Sequence[str]]
"""Form fields as posted: `answer` (shown positions, or what was typed), `place-N` or `pair-N` for shown item N,
`gap-N`, `text`."""


def arrange(prompt: Prompt, seed: bytes) -> Arrangement:
    """The order for one attempt, the same for the same seed. Fixed items stay last; targets and menus always move."""
    free = [n for n in range(len(prompt.items)) if n not in prompt.fixed]
    items = _shuffled(free, seed + b"items") if prompt.shuffle or prompt.kind == "ordering" else free
    targets = _shuffled(list(range(len(prompt.targets))), seed + b"targets")
    menus = (_shuffled(list(range(len(menu))), seed + b"menu%d:" % n) for n, menu in enumerate(prompt.menus))
    return Arrangement(tuple(items) + prompt.fixed, tuple(targets), tuple(tuple(menu) for menu in menus))


def _shuffled(positions: list[int], seed: bytes) -> list[int]:
    return sorted(positions, key=lambda n: hashlib.sha256(seed + b"%d" % n).digest())


@dataclass(frozen=True, slots=True)
class Version:
    """What is kept of a question beside what a page has sent. `mark`: of an answer that was given;
    `saved_at`: of one that was begun only."""

    given: tuple[Given, ...] = ()
    mark: Mark | None = None
    saved_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A question as one person sees it now: handed to the template of its kind.

    `posted`: fields of a form that was refused, `left_empty` because so many places of it hold nothing, or of an
    answer begun at `begun_at` and not given yet. `base`: what the page knows (core.begun), empty where nothing is
    kept as it is typed. `other`: what was kept meanwhile. `best`: the fraction of the best answer so far; `sure`:
    how sure the person said they were of this one; `reworded`: it was answered in an earlier wording. `tried`:
    (step, choice) of a scenario that were gone through before. `form_key`: of a form of which nobody knows whether
    it took effect, so that it is sent again as the same one.
    """

    prompt: Prompt
    arrangement: Arrangement
    response: Response = field(default_factory=list)
    text: str = ""
    review: Review | None = None
    mark: Mark | None = None
    error: str = ""
    posted: Posted = field(default_factory=dict)
    base: str = ""
    begun_at: dt.datetime | None = None
    other: Version | None = None
    left_empty: int = 0
    best: float = 0.0
    sure: int = 0
    reworded: bool = False
    tried: frozenset[tuple[int, int]] = frozenset()
    form_key: str = ""

    def remark(self, position: int | None) -> Remark | None:
        """What is said of one option or place, where something is."""
        return next((one for one in self.review.remarks if one.position == position), None) if self.review else None


def twins(texts: Sequence[str]) -> tuple[int, int] | None:
    """Numbers (from 1) of the first two texts that are the same but for case, accents and spaces."""
    seen: dict[str, int] = {}
    for number, text in enumerate(texts, 1):
        first = seen.setdefault(fold(text), number)
        if first != number:
            return first, number
    return None


def posted_position(value: str, count: int) -> int:
    """A posted number from 0 to count - 1; UnreadableResponse `unknown_position` for anything else."""
    if not (value.isascii() and value.isdigit() and len(value) <= 4 and int(value) < count):
        raise UnreadableResponse("unknown_position")
    return int(value)


def posted_place(posted: Posted, name: str, count: int) -> int:
    """One optional posted number, -1 where it was left empty."""
    values = [value for value in posted.get(name, ()) if value != ""]
    if len(values) > 1:
        raise UnreadableResponse("too_many")
    return posted_position(values[0], count) if values else -1
