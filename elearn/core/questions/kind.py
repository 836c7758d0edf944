"""What a question kind offers. It knows no HTML, no form and no database: blocks, posted strings and records only."""

from elearn.core.questions.base import (
    Arrangement,
    Given,
    Key,
    Mark,
    Posted,
    Prompt,
    Response,
    Review,
    UnreadableResponse,
    option,
)
from elearn.core.questions.blocks import Block


class Kind:
    """`words`: its French and English spelling in a unit. `body`: which block holds its answers (choices, ordered,
    table, steps, none). `options`: those of `{.kind key=value}` that apply to it beside the common ones. `labels`:
    those of its own beside hint and explanation."""

    name: str
    words: tuple[str, str]
    scored: bool = True
    body: str = "none"
    options: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    def parse(self, block: Block, source: tuple[Prompt, Key] | None = None) -> tuple[Prompt, Key] | None:
        """Prompt and key. For a translation what is right comes from `source`; None where the two differ in shape."""
        raise NotImplementedError

    def read(self, prompt: Prompt, posted: Posted, arrangement: Arrangement) -> Response:
        """What was posted, in source positions; UnreadableResponse where it cannot be an answer."""
        raise NotImplementedError

    def finished(self, key: Key, response: Response) -> bool:
        """Is this an answer to be kept, or only the beginning of one? UnreadableResponse where it is neither."""
        return True

    def so_far(self, prompt: Prompt, key: Key, posted: Posted) -> Response:
        """What is kept of a form that was refused, for the kinds that are answered in several goes."""
        return []

    def left_empty(self, response: Response) -> int:
        """How many places hold nothing, for the kinds that have several to fill."""
        return 0

    def tried(self, prompt: Prompt, key: Key, posted: Posted, response: Response) -> frozenset[tuple[int, int]]:
        """(step, choice) that were gone through, for the kinds in which one chooses a way: those that the form already
        knew, those of the way it came from and those of `response`."""
        return frozenset()

    def mark(self, key: Key, response: Response) -> Mark:
        raise NotImplementedError

    def explain(self, key: Key, response: Response, mark: Mark) -> Review:
        """Until the answer is right, nothing of the solution; then everything."""
        raise NotImplementedError

    def given(self, prompt: Prompt, key: Key, response: Response) -> tuple[Given, ...]:
        """A stored response as a person reads it again: the words that were on the page, never how it was marked."""
        return tuple(Given(words=option(prompt.items, position)) for position in response)

    def read_text(self, posted: Posted) -> str:
        """Written words, for the kinds that ask for them; the others refuse."""
        raise UnreadableResponse("not_written")
