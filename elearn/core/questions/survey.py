"""Survey: options of which none is right. `- ( )` takes one, `- [ ]` several. Never scored."""

from elearn.core.questions import choices
from elearn.core.questions.base import (
    Arrangement,
    Key,
    Mark,
    Posted,
    Prompt,
    Remark,
    Response,
    Review,
    UnreadableResponse,
)
from elearn.core.questions.blocks import Block
from elearn.core.questions.kind import Kind


class Survey(Kind):
    name, words = "survey", ("sondage", "survey")
    scored = False
    body = "choices"
    options = ("shuffle",)

    def parse(self, block: Block, source: tuple[Prompt, Key] | None = None) -> tuple[Prompt, Key] | None:
        """Prompt and key. The first box says whether one or several are taken; None where a translation differs."""
        listed = block.choices
        boxes = [choice.box for choice in listed if choice.box]
        several = source[0].several if source else boxes[:1] == ["["]
        choices.check_boxes(block, "[" if several else "(", self.words[block.lang != "fr"])
        for choice in listed:
            if choice.marked:
                block.problem("E215", choice.words, variant="marked")
                break
        if source and len(listed) != len(source[0].items):
            block.problem("T302", id=block.id, source=len(source[0].items), found=len(listed))
            return None
        if not source:
            choices.check_twins(block)
        prompt = Prompt(
            block.id,
            self.name,
            block.lang,
            block.title.html,
            block.stem,
            tuple(choice.words.html for choice in listed),
            hints=block.hints,
            fixed=source[0].fixed if source else tuple(n for n, choice in enumerate(listed) if choice.fixed),
            points=0,
            several=several,
        )
        feedback = tuple(choice.feedback for choice in listed)
        return prompt, Key(self.name, feedback=feedback, explanation=block.said("explanation"))

    def read(self, prompt: Prompt, posted: Posted, arrangement: Arrangement) -> Response:
        """Source positions chosen, sorted. UnreadableResponse: empty, too_many, unknown_position."""
        chosen = choices.read(prompt, posted, arrangement)
        if len(chosen) > 1 and not prompt.several:
            raise UnreadableResponse("too_many")
        return chosen

    def mark(self, key: Key, response: Response) -> Mark:
        """Never right nor wrong: a mark of nothing."""
        return Mark(0.0)

    def explain(self, key: Key, response: Response, mark: Mark) -> Review:
        """What was written of the options chosen, and the explanation."""
        said = tuple(
            Remark(n, True, False, key.feedback[n]) for n in response if 0 <= n < len(key.feedback) and key.feedback[n]
        )
        return Review(said, key.explanation)
