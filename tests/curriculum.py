"""Measures the shipped courses: sentences, places of right answers, what each option says, levels of each competency.

`python -m tests.curriculum [unit or course]` prints them, so that a writer sees where a text stands.
"""

from __future__ import annotations

import datetime as dt
import html
import math
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import NamedTuple

from elearn.config import ROOT
from elearn.core.check import SiteBuild, check_site
from elearn.core.course import Unit
from elearn.core.questions.base import Key, Prompt
from elearn.store.content_folder import read_folder

CHOICES = ("single_choice", "multiple_choice")
SCENE = ("Scène composée", "Composed scene")
NEXT_STEP = ("Prochain pas", "Autre piste", "Next step", "Another path")
_BREAKS = re.compile(r"<br\b[^>]*>|</(?:p|li|h\d|td|th|figcaption|summary|blockquote|div)>")
_TAGS = re.compile(r"<[^>]+>")
_CITATION = re.compile(r'<a class="citation".*?</a>', re.DOTALL)
_NOT_READ = re.compile(r"<(table|pre)\b.*?</\1>", re.DOTALL)
_SENTENCE_END = re.compile(r"[.!?…]+(?=[\s»”)\]]|$)|\n")
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


class Rank(NamedTuple):
    """`place`: of the right option by length, 0 the shortest; `among`: how many options there are. An option that is as
    long as the right one counts half before it."""

    place: float
    among: int
    question: str


def build(root: str = "content") -> SiteBuild:
    return check_site(read_folder(ROOT / root), dt.date(2026, 11, 26))


def words(text: bytes | str) -> str:
    """The words of compiled HTML, a paragraph a line; no table, no code, no citation."""
    said = text.decode() if isinstance(text, bytes) else text
    said = _NOT_READ.sub("\n", _CITATION.sub("", said))
    return html.unescape(_TAGS.sub("", _BREAKS.sub("\n", said)))


def sentences(text: str) -> list[int]:
    """How many words each sentence has."""
    counts = (len(_WORD.findall(part)) for part in _SENTENCE_END.split(text))
    return [count for count in counts if count]


def texts(unit: Unit) -> Iterator[str]:
    """Everything that a trainee reads in a unit, before and after answering."""
    yield words(unit.opening)
    yield unit.content_note
    for section in unit.sections:
        for block in section.blocks:
            if not isinstance(block, Prompt):
                yield words(block.html)
        for prompt in section.prompts:
            yield from map(words, _asked(prompt))
            yield from map(words, _told(unit.keys[prompt.id]))


def _asked(prompt: Prompt) -> Iterator[bytes]:
    yield prompt.title
    yield prompt.stem
    yield from prompt.items
    yield from prompt.targets
    yield from prompt.hints
    for step in prompt.steps:
        yield step.title
        yield step.html
        yield from step.choices


def _told(key: Key) -> Iterator[bytes]:
    yield from key.feedback
    yield key.explanation
    yield key.sample


def lengths(units: Iterable[Unit]) -> list[int]:
    return [count for unit in units for text in texts(unit) for count in sentences(text)]


def share_within(counts: Sequence[int], bound: int) -> float:
    return sum(count <= bound for count in counts) / len(counts)


def ranks(units: Iterable[Unit]) -> list[Rank]:
    """Where the right option stands by length, one for each single choice."""
    found = []
    for unit in units:
        for prompt in unit.prompts:
            if prompt.kind == "single_choice":
                sizes = [len(words(item).strip()) for item in prompt.items]
                right = sizes[unit.keys[prompt.id].solution[0]]
                place = sum(size < right for size in sizes) + (sizes.count(right) - 1) / 2
                found.append(Rank(place, len(sizes), f"{unit.id}#{prompt.id}"))
    return found


def drift(found: Sequence[Rank]) -> float:
    """How far the mean place is from chance, in standard deviations: above 0, right answers are the longer ones.

    A place drawn evenly from n has mean (n - 1) / 2 and variance (n² - 1) / 12; each is brought to the scale 0 to 1."""
    scaled = sum(rank.place / (rank.among - 1) - 0.5 for rank in found)
    variance = sum((rank.among**2 - 1) / 12 / (rank.among - 1) ** 2 for rank in found)
    return scaled / math.sqrt(variance)


def longest(found: Sequence[Rank]) -> tuple[float, float]:
    """The share of questions whose right option is the longest, and the share that chance would give."""
    return (
        sum(rank.place == rank.among - 1 for rank in found) / len(found),
        sum(1 / rank.among for rank in found) / len(found),
    )


def level(prompt: Prompt) -> int:
    """2 where one acts in a scene, 1 where one knows."""
    scene = words(prompt.title) + words(prompt.stem)
    return 2 if prompt.kind == "scenario" or any(mark in scene for mark in SCENE) else 1


def levels(units: Iterable[Unit]) -> dict[str, set[int]]:
    """For each competency that the units name, the levels at which marked questions ask it."""
    found: dict[str, set[int]] = defaultdict(set)
    for unit in units:
        for competency in unit.competencies:
            found[competency] |= set()
        for prompt in unit.prompts:
            if unit.keys[prompt.id].kind not in ("reflection", "survey", "scale"):
                for competency in prompt.competencies:
                    found[competency].add(level(prompt))
    return found


def silent(unit: Unit) -> list[str]:
    """Options, steps and questions that say nothing afterwards."""
    found = []
    for prompt in unit.prompts:
        key = unit.keys[prompt.id]
        if prompt.kind in CHOICES:
            found += [
                f"{prompt.id}: {words(i)}" for i, said in zip(prompt.items, key.feedback, strict=True) if not said
            ]
        elif prompt.kind == "scenario":
            ends = zip(prompt.steps, key.feedback, key.leads, strict=True)
            found += [f"{prompt.id}: {step.id}" for step, said, leads in ends if not leads and not said]
        elif prompt.kind not in ("reflection", "survey", "scale") and not key.explanation:
            found.append(prompt.id)
    return found


def without_next_step(unit: Unit) -> list[str]:
    """Options whose feedback does not say, in the words of these courses, what can be tried next."""
    found = []
    for prompt in unit.prompts:
        if prompt.kind in CHOICES:
            options = zip(prompt.items, unit.keys[prompt.id].feedback, strict=True)
            found += [words(option) for option, said in options if not any(one in words(said) for one in NEXT_STEP)]
    return found


def main(wanted: Sequence[str]) -> None:
    site = build()
    for course in site.courses:
        units = [unit for (at, _id, lang), unit in site.units.items() if at == course.id and lang == "fr"]
        chosen = [unit for unit in units if not wanted or course.id in wanted or unit.id in wanted]
        for unit in chosen:
            counts, found = lengths([unit]), ranks([unit])
            told = sum(len(_WORD.findall(text)) for text in texts(unit))
            print(f"{unit.id}: {told} words, sentences {median(counts)} / {share_within(counts, 25):.0%} within 25")
            long = [s for text in texts(unit) for s in _SENTENCE_END.split(text) if len(_WORD.findall(s)) > 25]
            for sentence in long:
                print("  long:", " ".join(sentence.split()))
            for rank in found:
                print(f"  right answer {rank.question}: place {rank.place + 1:g} of {rank.among} by length")
            for option in silent(unit):
                print("  says nothing:", option)
        if chosen and len(chosen) == len(units):
            found = ranks(chosen)
            share, chance = longest(found)
            print(f"{course.id}: longest right {share:.0%} (chance {chance:.0%}), drift {drift(found):+.1f}")
            print(f"{course.id}: levels { {k: sorted(v) for k, v in sorted(levels(chosen).items())} }")


if __name__ == "__main__":
    main(sys.argv[1:])
