"""Multiple choice: `- [ ]` and `- [x]`, at least one right, all or nothing unless `bareme=partiel`."""

from elearn.core.questions import choices
from elearn.core.questions.base import Arrangement, Key, Mark, Posted, Prompt, Response, Review
from elearn.core.questions.blocks import Block
from elearn.core.questions.kind import Kind


class MultipleChoice(Kind):
    name, words = "multiple_choice", ("choix-multiple", "multiple-choice")
    body = "choices"
    options = ("shuffle", "scoring")

    def parse(self, block: Block, source: tuple[Prompt, Key] | None = None) -> tuple[Prompt, Key] | None:
        """Prompt and key; a translation takes its marks from `source`, and gives None where the two differ in shape."""
        made = choices.parse(block, self.name, "[", source)
        if made and not source and len(block.choices) > 1 and not made[1].solution:
            block.problem("E201")
        return made

    def read(self, prompt: Prompt, posted: Posted, arrangement: Arrangement) -> Response:
        """Source positions ticked, sorted. UnreadableResponse: empty, too_many, unknown_position."""
        return choices.read(prompt, posted, arrangement)

    def mark(self, key: Key, response: Response) -> Mark:
        """Partial: (right ticked - wrong ticked) / right, never below 0."""
        ticked, right = set(response), set(key.solution)
        fraction = float(ticked == right)
        if key.partial and right:
            fraction = max(0.0, (len(ticked & right) - len(ticked - right)) / len(right))
        return Mark(fraction, tuple(position in right for position in response))

    def explain(self, key: Key, response: Response, mark: Mark) -> Review:
        return choices.explain(key, response, mark)
