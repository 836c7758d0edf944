"""True or false: the heading is the statement, `> **Réponse :** faux` its key."""

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
    posted_place,
)
from elearn.core.questions.blocks import Block
from elearn.core.questions.kind import Kind
from elearn.core.typography import fold

TRUTH = {"vrai": 1, "true": 1, "faux": 0, "false": 0}


class TrueFalse(Kind):
    name, words = "true_false", ("vrai-faux", "true-false")
    labels = ("answer",)

    def parse(self, block: Block, source: tuple[Prompt, Key] | None = None) -> tuple[Prompt, Key] | None:
        """Prompt and key; a translation may leave the answer out, but not change it."""
        answers = block.labelled("answer")
        truth = [TRUTH.get(fold(answer.text).rstrip(" .!»")) for answer in answers]
        if source and answers and truth != list(source[1].solution):
            block.problem("T304", answers[0])
        elif not source and (len(truth) != 1 or truth[0] is None):
            block.problem("E215", answers[-1] if answers else None)
        solution = source[1].solution if source else tuple(value for value in truth[:1] if value is not None)
        if not source and not block.said("explanation"):
            block.problem("W220")
        prompt = Prompt(block.id, self.name, block.lang, block.title.html, block.stem, hints=block.hints, shuffle=False)
        return prompt, Key(self.name, solution, explanation=block.said("explanation"))

    def read(self, prompt: Prompt, posted: Posted, arrangement: Arrangement) -> Response:
        """[1] for true, [0] for false, posted as `answer`. UnreadableResponse: empty, too_many, unknown_position."""
        value = posted_place(posted, "answer", 2)
        if value < 0:
            raise UnreadableResponse("empty")
        return [value]

    def mark(self, key: Key, response: Response) -> Mark:
        right = tuple(response) == key.solution
        return Mark(float(right), (right,) * len(response))

    def given(self, prompt: Prompt, key: Key, response: Response) -> tuple[Given, ...]:
        return tuple(Given(truth=value == 1) for value in response)

    def explain(self, key: Key, response: Response, mark: Mark) -> Review:
        remarks = tuple(Remark(value, True, mark.right) for value in response)
        return Review(remarks, key.explanation, key.solution) if mark.right else Review(remarks)
