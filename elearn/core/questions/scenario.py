"""A scenario: steps that choices lead through. Only the ending that is reached gives points; loops are allowed.

A response is the path: the number of each choice taken, from the first step on. Where a choice leads is in the key.
"""

import re
from collections.abc import Iterable, Mapping

from elearn.core.questions.base import (
    Arrangement,
    Given,
    Key,
    Mark,
    Posted,
    Prompt,
    Remark,
    Response,
    Review,
    Step,
    UnreadableResponse,
    option,
    posted_place,
    posted_position,
)
from elearn.core.questions.blocks import MOST_STEPS, Block, Stage
from elearn.core.questions.kind import Kind
from elearn.core.typography import nearest

LIMIT = 10
"""Choices of a step."""
LONGEST = 100
"""Choices of a path: whoever goes round in a loop is asked to begin anew."""

PAIR = re.compile(r"([0-9]{1,3})-([0-9]{1,2})")
LONGEST_TRIED = 5000
"""Signs of the field that says which choices were tried: a hundred steps of ten choices."""

GUESSES = 20
"""Lost choices for which a known step is looked for that is spelled alike: each takes time."""


class Scenario(Kind):
    name, words = "scenario", ("situation", "scenario")
    body = "steps"

    def parse(self, block: Block, source: tuple[Prompt, Key] | None = None) -> tuple[Prompt, Key] | None:
        """Prompt and key; where choices lead and what endings are worth is the source's alone."""
        if source and not _same_shape(block, *source):
            return None
        if not source:
            _check(block)
        numbers = _numbers(block.steps)
        steps = tuple(
            Step(stage.id, stage.title.html, stage.html, tuple(choice.words.html for choice in stage.choices))
            for stage in block.steps
        )
        leads = tuple(tuple(numbers.get(choice.to, 0) for choice in stage.choices) for stage in block.steps)
        worth = tuple(stage.points if stage.ending else 0.0 for stage in block.steps)
        prompt = Prompt(
            id=block.id,
            kind=self.name,
            lang=block.lang,
            title=block.title.html,
            stem=block.stem,
            hints=block.hints,
            shuffle=False,
            points=max(worth, default=0.0),
            steps=steps,
        )
        key = Key(
            self.name,
            feedback=tuple(stage.said for stage in block.steps),
            explanation=block.said("explanation"),
            leads=source[1].leads if source else leads,
            worth=source[1].worth if source else worth,
        )
        return prompt, key

    def read(self, prompt: Prompt, posted: Posted, arrangement: Arrangement) -> Response:
        """The path in `path` ("0.2") and the choice now in `answer`; `back` takes one step back, `restart` all.

        UnreadableResponse: empty, too_many, unknown_position, too_long_path.
        """
        if posted.get("restart"):
            return []
        path = _path(prompt, posted)
        if posted.get("back"):
            return path[:-1]
        choice = posted_place(posted, "answer", _widest(prompt))
        if choice < 0:
            raise UnreadableResponse("empty")
        if len(path) >= LONGEST:
            raise UnreadableResponse("too_long_path")
        return [*path, choice]

    def finished(self, key: Key, response: Response) -> bool:
        """Has the path reached an ending? UnreadableResponse where it cannot be walked."""
        visited = _walk(key, response)
        if len(visited) != len(response) + 1:
            raise UnreadableResponse("unknown_position")
        return not key.leads[visited[-1]]

    def so_far(self, prompt: Prompt, key: Key, posted: Posted) -> Response:
        """The path as it was before the choice that was refused; none where it cannot be walked."""
        try:
            path = _path(prompt, posted)
            self.finished(key, path)
        except UnreadableResponse:
            return []
        return path

    def tried(self, prompt: Prompt, key: Key, posted: Posted, response: Response) -> frozenset[tuple[int, int]]:
        """The field `tried` ("0-1.2-0") says what was gone through before; what it cannot mean is passed over."""
        told = (PAIR.fullmatch(pair) for value in posted.get("tried", ()) for pair in value[:LONGEST_TRIED].split("."))
        pairs = {(int(one[1]), int(one[2])) for one in told if one}
        known = {(step, choice) for step, choice in pairs if step < len(key.leads) and choice < len(key.leads[step])}
        paths = (self.so_far(prompt, key, posted), response)
        return frozenset(known.union(*(zip(_walk(key, path), path, strict=False) for path in paths)))

    def mark(self, key: Key, response: Response) -> Mark:
        """What the ending reached is worth / what the best is worth; 1 for any ending where none has points; 0 for a
        path that has reached none. `parts`: is it an ending that could not be better."""
        visited = _walk(key, response)
        if not visited or len(visited) != len(response) + 1 or key.leads[visited[-1]]:
            return Mark(0.0)
        best = max(key.worth, default=0.0)
        fraction = key.worth[visited[-1]] / best if best else 1.0
        return Mark(fraction, (fraction >= 1.0,))

    def given(self, prompt: Prompt, key: Key, response: Response) -> tuple[Given, ...]:
        """Each step gone through with what was chosen there; the ending, where one was reached, with nothing."""
        steps = [prompt.steps[step] for step in _walk(key, response) if step < len(prompt.steps)]
        chosen = [option(step.choices, choice) for step, choice in zip(steps, response, strict=False)]
        return tuple(Given(of=step.title, words=chosen[n] if n < len(chosen) else b"") for n, step in enumerate(steps))

    def explain(self, key: Key, response: Response, mark: Mark) -> Review:
        """The steps gone through, and what is said of each; never where another choice would have led."""
        visited = tuple(_walk(key, response))
        remarks = tuple(
            Remark(step, True, mark.right, key.feedback[step])
            for step in dict.fromkeys(visited)
            if step < len(key.feedback) and key.feedback[step]
        )
        return Review(remarks, key.explanation if mark.right else b"", visited=visited)


def _path(prompt: Prompt, posted: Posted) -> list[int]:
    values = [value for value in posted.get("path", ()) if value]
    if len(values) > 1:
        raise UnreadableResponse("too_many")
    if not values:
        return []
    # Bounded before it is cut: a path of LONGEST choices of two digits and its dots.
    if len(values[0]) > 3 * LONGEST:
        raise UnreadableResponse("too_long_path")
    path = [posted_position(part, _widest(prompt)) for part in values[0].split(".")]
    if len(path) > LONGEST:
        raise UnreadableResponse("too_long_path")
    return path


def _widest(prompt: Prompt) -> int:
    return max((len(step.choices) for step in prompt.steps), default=0)


def _walk(key: Key, response: Response) -> list[int]:
    """The steps of a path from the first one, as far as it can be walked; none where there is no step."""
    if not key.leads:
        return []
    visited = [0]
    for choice in response:
        leads = key.leads[visited[-1]]
        if not (isinstance(choice, int) and 0 <= choice < len(leads) and leads[choice] < len(key.leads)):
            break
        visited.append(leads[choice])
    return visited


def _numbers(steps: Iterable[Stage]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for number, stage in enumerate(steps):
        numbers.setdefault(stage.id, number)
    return numbers


def _same_shape(block: Block, prompt: Prompt, key: Key) -> bool:
    """The same steps with as many choices, that lead to the same places. An id unknown in the source is T303."""
    known = [step.id for step in prompt.steps]
    ids = [stage.id for stage in block.steps]
    if not set(ids) <= set(known):
        return False
    if ids != known:
        block.problem("T302", id=block.id, variant="steps", source=len(known), found=len(ids))
        return False
    for step, stage, leads in zip(prompt.steps, block.steps, key.leads, strict=True):
        if len(stage.choices) != len(step.choices):
            found = {"source": len(step.choices), "found": len(stage.choices)}
            block.problem("T302", stage.title, id=block.id, variant="choices", step=step.id, **found)
            return False
        for choice, lead in zip(stage.choices, leads, strict=True):
            if choice.to != known[lead]:
                block.problem("T302", choice.words, id=block.id, variant="leads", source=known[lead], found=choice.to)
                return False
    return True


def _check(block: Block) -> None:
    steps, numbers = block.steps, _numbers(block.steps)
    if not steps:
        block.problem("E212", variant="none")
        return
    if len(steps) > MOST_STEPS:
        block.problem("E215", steps[MOST_STEPS].title, variant="steps", limit=MOST_STEPS)
        return
    lost = 0
    for stage in steps:
        if stage.ending and stage.choices:
            block.problem("E212", stage.title, variant="both", id=stage.id)
        elif not stage.ending and not stage.choices:
            block.problem("E212", stage.title, id=stage.id)
        for choice in stage.choices:
            if choice.to not in numbers:
                lost += 1
                near = nearest(choice.to, numbers) if lost <= GUESSES else ""
                block.problem("E211", choice.words, id=choice.to, near=near)
        if len(stage.choices) > LIMIT:
            block.problem("E215", stage.choices[LIMIT].words, variant="many", limit=LIMIT)
    if steps[0].ending and not steps[0].choices:
        block.problem("E212", steps[0].title, variant="begin")
    elif not lost:
        _check_graph(block, {n: [numbers[choice.to] for choice in stage.choices] for n, stage in enumerate(steps)})
    endings = [stage for stage in steps if stage.ending]
    if not block.said("explanation") and any(not (stage.html or stage.said) for stage in endings):
        block.problem("W220")


def _check_graph(block: Block, leads: Mapping[int, list[int]]) -> None:
    reached = _reached(leads, [0])
    lonely = [n for n in leads if n not in reached]
    led_to = {to for n in lonely for to in leads[n] if to != n}
    for n in [n for n in lonely if n not in led_to] or lonely[:1]:
        block.problem("E213", block.steps[n].title, id=block.steps[n].id)
    back: dict[int, list[int]] = {n: [] for n in leads}
    for n, targets in leads.items():
        for to in targets:
            back[to].append(n)
    # A step without a choice stops the walk: it is an ending, or was told already.
    ends = _reached(back, [n for n, targets in leads.items() if not targets or block.steps[n].ending])
    caught = next((n for n in sorted(reached) if n not in ends), None)
    if caught is not None:
        block.problem("E212", block.steps[caught].title, variant="loop", id=block.steps[caught].id)


def _reached(leads: Mapping[int, list[int]], begin: list[int]) -> set[int]:
    found, waiting = set(begin), list(begin)
    while waiting:
        for to in leads[waiting.pop()]:
            if to not in found:
                found.add(to)
                waiting.append(to)
    return found
