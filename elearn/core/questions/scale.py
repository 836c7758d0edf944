"""Scale: a numbered list of labels from low to high, one to choose. Never scored, never shuffled."""

from elearn.core.questions import choices
from elearn.core.questions.base import Arrangement, Key, Mark, Posted, Prompt, Response, Review, UnreadableResponse
from elearn.core.questions.blocks import Block
from elearn.core.questions.kind import Kind

LEAST, LIMIT = 2, 7


class Scale(Kind):
    name, words = "scale", ("echelle", "scale")
    scored = False
    body = "ordered"

    def parse(self, block: Block, source: tuple[Prompt, Key] | None = None) -> tuple[Prompt, Key] | None:
        """Prompt and key: nothing is right. None where a translation has another number of labels."""
        listed = block.ordered
        if source and len(listed) != len(source[0].items):
            block.problem("T302", id=block.id, source=len(source[0].items), found=len(listed))
            return None
        if not LEAST <= len(listed) <= LIMIT:
            block.problem("E215", variant="scale", low=LEAST, high=LIMIT, found=len(listed))
        prompt = Prompt(
            block.id,
            self.name,
            block.lang,
            block.title.html,
            block.stem,
            tuple(words.html for words in listed),
            hints=block.hints,
            shuffle=False,
            points=0,
        )
        return prompt, Key(self.name, explanation=block.said("explanation"))

    def read(self, prompt: Prompt, posted: Posted, arrangement: Arrangement) -> Response:
        """One position, 0 for the lowest. UnreadableResponse: empty, too_many, unknown_position."""
        chosen = choices.read(prompt, posted, arrangement)
        if len(chosen) > 1:
            raise UnreadableResponse("too_many")
        return chosen

    def mark(self, key: Key, response: Response) -> Mark:
        """Never right nor wrong: a mark of nothing."""
        return Mark(0.0)

    def explain(self, key: Key, response: Response, mark: Mark) -> Review:
        return Review(explanation=key.explanation)
