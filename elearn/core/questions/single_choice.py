"""Single choice: `- ( )` and `- (x)`, exactly one right, feedback under each."""

from elearn.core.questions import choices
from elearn.core.questions.base import Arrangement, Key, Mark, Posted, Prompt, Response, Review, UnreadableResponse
from elearn.core.questions.blocks import Block
from elearn.core.questions.kind import Kind


class SingleChoice(Kind):
    name, words = "single_choice", ("choix-unique", "single-choice")
    body = "choices"
    options = ("shuffle",)

    def parse(self, block: Block, source: tuple[Prompt, Key] | None = None) -> tuple[Prompt, Key] | None:
        """Prompt and key; a translation takes its marks from `source`, and gives None where the two differ in shape."""
        made = choices.parse(block, self.name, "(", source)
        right = made[1].solution if made else ()
        if made and not source and len(block.choices) > 1 and len(right) != 1 and not choices.several(block):
            block.problem("E200", found=len(right))
        return made

    def read(self, prompt: Prompt, posted: Posted, arrangement: Arrangement) -> Response:
        """One source position. UnreadableResponse: empty, too_many, unknown_position."""
        chosen = choices.read(prompt, posted, arrangement)
        if len(chosen) > 1:
            raise UnreadableResponse("too_many")
        return chosen

    def mark(self, key: Key, response: Response) -> Mark:
        right = tuple(response) == key.solution
        return Mark(float(right), (right,) * len(response))

    def explain(self, key: Key, response: Response, mark: Mark) -> Review:
        return choices.explain(key, response, mark)
