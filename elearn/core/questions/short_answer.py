"""Short answer: a few words to type, compared with the accepted ones without minding case, accents or spaces."""

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
)
from elearn.core.questions.blocks import Block
from elearn.core.questions.kind import Kind
from elearn.core.questions.typed import LIMIT, read_words, same


class ShortAnswer(Kind):
    name, words = "short_answer", ("reponse-courte", "short-answer")
    labels = ("accepted",)

    def parse(self, block: Block, source: tuple[Prompt, Key] | None = None) -> tuple[Prompt, Key] | None:
        """Prompt and key. A translation has accepted answers of its own; None where it has none."""
        listed = [item for label in block.labels if label.name == "accepted" for item in label.items]
        accepted = tuple(item.text for item in listed if same(item.text))
        if source and not accepted:
            block.problem("T302", id=block.id, source=len(source[1].accepted[0]), found=0)
            return None
        if not accepted:
            block.problem("E205", next(iter(block.labelled("accepted")), None))
        for item in listed:
            if not same(item.text) or len(item.text) > LIMIT:
                block.problem("E205", item, variant="words", limit=LIMIT)
        if not source and not block.said("explanation"):
            block.problem("W220")
        prompt = Prompt(block.id, self.name, block.lang, block.title.html, block.stem, hints=block.hints, shuffle=False)
        return prompt, Key(self.name, explanation=block.said("explanation"), accepted=(accepted,))

    def read(self, prompt: Prompt, posted: Posted, arrangement: Arrangement) -> Response:
        """[the words]. UnreadableResponse: nothing_written, too_many, too_long_answer, bad_text."""
        words = read_words(posted, "answer")
        if not words:
            raise UnreadableResponse("nothing_written")
        return [words]

    def mark(self, key: Key, response: Response) -> Mark:
        known = {same(words) for words in key.accepted[0]}
        right = bool(response) and all(same(words) in known for words in response)
        return Mark(float(right), (right,))

    def given(self, prompt: Prompt, key: Key, response: Response) -> tuple[Given, ...]:
        return tuple(Given(typed=str(words)) for words in response)

    def explain(self, key: Key, response: Response, mark: Mark) -> Review:
        remarks = (Remark(0, True, mark.right),)
        return Review(remarks, key.explanation, accepted=key.accepted) if mark.right else Review(remarks)
