"""Matching: a table of two columns, a row a pair; an empty left cell makes its right cell a distractor."""

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
    UnreadableResponse,
    option,
    posted_place,
    twins,
)
from elearn.core.questions.blocks import Block
from elearn.core.questions.kind import Kind

LIMIT = 10


class Matching(Kind):
    name, words = "matching", ("appariement", "matching")
    body = "table"
    options = ("shuffle", "scoring")

    def parse(self, block: Block, source: tuple[Prompt, Key] | None = None) -> tuple[Prompt, Key] | None:
        """Prompt and key: items are the left cells, targets the right ones, distractors among them."""
        solution = tuple(n for n, row in enumerate(block.rows) if row.left.text)
        if source and not _same_shape(block, solution, *source):
            return None
        if not source:
            _check(block, solution)
        prompt = Prompt(
            id=block.id,
            kind=self.name,
            lang=block.lang,
            title=block.title.html,
            stem=block.stem,
            items=tuple(block.rows[n].left.html for n in solution),
            targets=tuple(row.right.html for row in block.rows),
            hints=block.hints,
        )
        return prompt, Key(self.name, solution, explanation=block.said("explanation"))

    def read(self, prompt: Prompt, posted: Posted, arrangement: Arrangement) -> Response:
        """For each item in source order, the source position of its target or -1, from `pair-N`: the shown position of
        the target chosen for the N-th shown item. UnreadableResponse: empty, too_many, unknown_position.
        """
        response = [-1] * len(prompt.items)
        for shown, item in enumerate(arrangement.items):
            target = posted_place(posted, f"pair-{shown}", len(prompt.targets))
            response[item] = arrangement.targets[target] if target >= 0 else -1
        if max(response, default=-1) < 0:
            raise UnreadableResponse("empty")
        return response

    def left_empty(self, response: Response) -> int:
        return response.count(-1)

    def mark(self, key: Key, response: Response) -> Mark:
        """Partial: right pairs / pairs."""
        parts = tuple(target == right for target, right in zip(response, key.solution, strict=False))
        right = tuple(response) == key.solution
        return Mark(sum(parts) / len(key.solution) if key.partial and key.solution else float(right), parts)

    def given(self, prompt: Prompt, key: Key, response: Response) -> tuple[Given, ...]:
        pairs = zip(prompt.items, response, strict=False)
        return tuple(Given(of=item, words=option(prompt.targets, target)) for item, target in pairs)

    def explain(self, key: Key, response: Response, mark: Mark) -> Review:
        """One remark an item: which pairs are right, never the missing ones until all are."""
        remarks = tuple(Remark(item, response[item] >= 0, right) for item, right in enumerate(mark.parts))
        return Review(remarks, key.explanation, key.solution) if mark.right else Review(remarks)


def _same_shape(block: Block, solution: tuple[int, ...], prompt: Prompt, key: Key) -> bool:
    if len(block.rows) != len(prompt.targets) or len(solution) != len(prompt.items):
        block.problem("T302", id=block.id, source=len(prompt.targets), found=len(block.rows))
        return False
    if solution != key.solution:
        block.problem("T302", id=block.id, variant="rows")
        return False
    return True


def _check(block: Block, solution: tuple[int, ...]) -> None:
    if block.columns != 2 or len(solution) < 2:
        block.problem("E207")
        return
    for row in block.rows:
        if not row.right.text:
            block.problem("E207", row.right, variant="right")
    if len(block.rows) > LIMIT:
        block.problem("E215", block.rows[LIMIT].left, variant="items", limit=LIMIT)
    rights = [row.right.text for row in block.rows if row.right.text]
    if same := twins(rights):
        block.problem("E215", variant="twins", first=same[0], second=same[1])
    if not block.said("explanation"):
        block.problem("W220")
