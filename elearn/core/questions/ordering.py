"""Ordering: a numbered list in the right order, always shown shuffled. All or nothing, or the share in place."""

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

LEAST, LIMIT = 3, 9


class Ordering(Kind):
    name, words = "ordering", ("ordre", "ordering")
    body = "ordered"
    options = ("scoring",)

    def parse(self, block: Block, source: tuple[Prompt, Key] | None = None) -> tuple[Prompt, Key] | None:
        """Prompt and key: the order written is the right one."""
        listed = block.ordered
        if source and len(listed) != len(source[0].items):
            block.problem("T302", id=block.id, source=len(source[0].items), found=len(listed))
            return None
        if not source:
            _check(block)
        prompt = Prompt(
            id=block.id,
            kind=self.name,
            lang=block.lang,
            title=block.title.html,
            stem=block.stem,
            items=tuple(words.html for words in listed),
            hints=block.hints,
        )
        return prompt, Key(self.name, tuple(range(len(listed))), explanation=block.said("explanation"))

    def read(self, prompt: Prompt, posted: Posted, arrangement: Arrangement) -> Response:
        """For each place from 0, the source position put there or -1, from `place-N`: the place of the N-th shown item.

        UnreadableResponse: empty, too_many, unknown_position, place_taken_twice.
        """
        count = len(prompt.items)
        response = [-1] * count
        for shown, item in enumerate(arrangement.items):
            place = posted_place(posted, f"place-{shown}", count)
            if place >= 0 and response[place] >= 0:
                raise UnreadableResponse("place_taken_twice")
            if place >= 0:
                response[place] = item
        if max(response, default=-1) < 0:
            raise UnreadableResponse("empty")
        return response

    def left_empty(self, response: Response) -> int:
        return response.count(-1)

    def mark(self, key: Key, response: Response) -> Mark:
        """Partial: items in place / items."""
        parts = tuple(item == right for item, right in zip(response, key.solution, strict=False))
        right = tuple(response) == key.solution
        return Mark(sum(parts) / len(key.solution) if key.partial and key.solution else float(right), parts)

    def given(self, prompt: Prompt, key: Key, response: Response) -> tuple[Given, ...]:
        places = enumerate(response, 1)
        return tuple(Given(number=place, words=option(prompt.items, position)) for place, position in places)

    def explain(self, key: Key, response: Response, mark: Mark) -> Review:
        """One remark a place: which are right, never what belongs there until all are."""
        remarks = tuple(Remark(place, response[place] >= 0, right) for place, right in enumerate(mark.parts))
        return Review(remarks, key.explanation, key.solution) if mark.right else Review(remarks)


def _check(block: Block) -> None:
    listed = block.ordered
    if len(listed) < LEAST:
        block.problem("E206", found=len(listed))
    if len(listed) > LIMIT:
        block.problem("E215", listed[LIMIT], variant="items", limit=LIMIT)
    if same := twins([words.text for words in listed]):
        block.problem("W203", first=same[0], second=same[1])
    if not block.said("explanation"):
        block.problem("W220")
