"""A sitting of an exam: what is read of the answers that were saved, and what they are worth together. Pure.

Nothing of a key is told before it is handed in. Each question counts with its points; those that must be right are
asked to be, whatever the score.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from elearn.core.begun import posted_of
from elearn.core.course import Unit
from elearn.core.questions import KINDS
from elearn.core.questions.base import Arrangement, Key, Prompt, Response


@dataclass(frozen=True, slots=True)
class Result:
    """`score`: percent, rounded down; 100 where nothing asked counts."""

    score: int
    passed: bool


def asked(unit: Unit, questions: Iterable[str]) -> tuple[Prompt, ...]:
    """The questions of a sitting in its order, as this language of the unit asks them; those it lacks are left out."""
    known = {prompt.id: prompt for section in unit.sections for prompt in section.questions}
    return tuple(known[name] for name in questions if name in known)


def answered(prompt: Prompt, fields: Response, arrangement: Arrangement) -> Response:
    """The answer that was saved as fields (core.begun). UnreadableResponse where it is not whole."""
    return KINDS[prompt.kind].read(prompt, posted_of(fields), arrangement)


def whole(response: Response) -> bool:
    """Is no place, pair or gap left empty? What is there counts all the same."""
    return bool(response) and all(part not in (-1, "") for part in response)


def confidence(fields: Response) -> int | None:
    """How sure the person said they were, from 1 to 3; None where it was not said."""
    said = posted_of(fields).get("confidence", [""])[0]
    return int(said) if said in ("1", "2", "3") else None


def fraction(prompt: Prompt, key: Key, response: Response) -> float | None:
    """The mark from 0 to 1; None for a kind that is not marked. No answer is worth nothing."""
    kind = KINDS[prompt.kind]
    if not kind.scored:
        return None
    return kind.mark(key, response).fraction if response else 0.0


def result(prompts: Iterable[Prompt], fractions: Mapping[str, float], pass_mark: int) -> Result:
    """`prompts`: those of the sitting, in the source language. Passed: the pass mark, and each that must be right."""
    counted = [prompt for prompt in prompts if KINDS[prompt.kind].scored and prompt.points > 0]
    total = sum(prompt.points for prompt in counted)
    won = sum(prompt.points * fractions.get(prompt.id, 0.0) for prompt in counted)
    score = int(100 * won / total + 1e-9) if total else 100
    safe = all(fractions.get(prompt.id, 0.0) >= 1.0 for prompt in counted if prompt.must_pass)
    return Result(score, safe and score >= pass_mark)
