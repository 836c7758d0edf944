"""Private reflection: written words that nobody marks. They never become a response, a statistic or an export."""

from elearn.core.questions.base import Arrangement, Key, Mark, Posted, Prompt, Response, Review, UnreadableResponse
from elearn.core.questions.blocks import Block
from elearn.core.questions.kind import Kind

LIMIT = 20_000
"""Characters a person may write."""


class Reflection(Kind):
    name, words = "reflection", ("reflexion", "reflection")
    scored = False
    options = ("visible",)
    labels = ("sample",)

    def parse(self, block: Block, source: tuple[Prompt, Key] | None = None) -> tuple[Prompt, Key] | None:
        """Prompt and key: no solution, perhaps a sample answer."""
        prompt = Prompt(
            block.id, self.name, block.lang, block.title.html, block.stem, hints=block.hints, shuffle=False, points=0
        )
        return prompt, Key(self.name, explanation=block.said("explanation"), sample=block.said("sample"))

    def read_text(self, posted: Posted) -> str:
        """What was written in `text`, lines ended by LF. UnreadableResponse: empty, too_many, too_long, bad_text."""
        values = posted.get("text", ())
        if len(values) > 1:
            raise UnreadableResponse("too_many")
        text = (values[0] if values else "").replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            raise UnreadableResponse("empty")
        if len(text) > LIMIT:
            raise UnreadableResponse("too_long")
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise UnreadableResponse("bad_text")
        return text

    def read(self, prompt: Prompt, posted: Posted, arrangement: Arrangement) -> Response:
        """Nothing: written words never take the form of a response. They are read all the same, to refuse bad ones."""
        self.read_text(posted)
        return []

    def mark(self, key: Key, response: Response) -> Mark:
        """Never right nor wrong: a mark of nothing."""
        return Mark(0.0)

    def explain(self, key: Key, response: Response, mark: Mark) -> Review:
        """The explanation and the sample answer, shown once something is written."""
        return Review(explanation=b"\n".join(part for part in (key.explanation, key.sample) if part))
