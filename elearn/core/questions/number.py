"""Number: one figure to type, right within bounds. Comma or point, spaces between thousands, a unit is not minded."""

import re
from decimal import Decimal

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
from elearn.core.questions.typed import read_words

_FIGURE = r"[-+]?(?:[0-9]{1,3}(?: [0-9]{3}){1,4}|[0-9]{1,15})(?:[.,][0-9]{1,10})?|[-+]?[.,][0-9]{1,10}"
_UNIT = r"(?: ?[^\W\d_][^\d±]{0,30}| ?[%€$£°][^\d±]{0,30})?"
_ONE = re.compile(rf"({_FIGURE}){_UNIT}")
_NEAR = re.compile(rf"({_FIGURE}){_UNIT} ?(?:±|\+ ?/? ?-) ?({_FIGURE}){_UNIT}")
_BETWEEN = re.compile(rf"(?:(?:de|from) )?({_FIGURE})(?: ?[^\W\d_%€$£°][^\d±]{{0,30}}?)? (?:à|a|to) ({_FIGURE}){_UNIT}")


class Number(Kind):
    name, words = "number", ("nombre", "number")
    labels = ("answer",)

    def parse(self, block: Block, source: tuple[Prompt, Key] | None = None) -> tuple[Prompt, Key] | None:
        """Prompt and key; a translation may leave the answer out, but not change it."""
        answers = block.labelled("answer")
        bounds = _bounds(answers[0].text) if len(answers) == 1 else ()
        if source and answers and bounds != source[1].bounds:
            block.problem("T304", answers[0], variant="number")
        elif not source and not bounds:
            at = answers[-1] if answers else None
            block.problem("E204", at, variant="" if at else "missing", found=at.text if at else "")
        if not source and not block.said("explanation"):
            block.problem("W220")
        prompt = Prompt(block.id, self.name, block.lang, block.title.html, block.stem, hints=block.hints, shuffle=False)
        bounds = source[1].bounds if source else bounds
        return prompt, Key(self.name, explanation=block.said("explanation"), bounds=bounds)

    def read(self, prompt: Prompt, posted: Posted, arrangement: Arrangement) -> Response:
        """[the number, as a plain decimal]. UnreadableResponse: nothing_written, not_a_number, and those of words."""
        words = read_words(posted, "answer")
        if not words:
            raise UnreadableResponse("nothing_written")
        found = _ONE.fullmatch(_tidy(words))
        if not found:
            raise UnreadableResponse("not_a_number")
        return [_written(_decimal(found[1]))]

    def mark(self, key: Key, response: Response) -> Mark:
        low, high = map(Decimal, key.bounds)
        right = bool(response) and low <= Decimal(response[0]) <= high
        return Mark(float(right), (right,))

    def given(self, prompt: Prompt, key: Key, response: Response) -> tuple[Given, ...]:
        return tuple(Given(typed=str(words)) for words in response)

    def explain(self, key: Key, response: Response, mark: Mark) -> Review:
        remarks = (Remark(0, True, mark.right),)
        return Review(remarks, key.explanation, accepted=(key.bounds,)) if mark.right else Review(remarks)


def _bounds(text: str) -> tuple[str, ...]:
    """Least and greatest right number of `5`, `5 ± 1` or `4 à 6`; nothing where it is none of them."""
    text = _tidy(text)
    if found := _ONE.fullmatch(text):
        low = high = _decimal(found[1])
    elif found := _NEAR.fullmatch(text):
        middle, around = _decimal(found[1]), _decimal(found[2])
        low, high = middle - around, middle + around
    elif found := _BETWEEN.fullmatch(text):
        low, high = _decimal(found[1]), _decimal(found[2])
    else:
        return ()
    return (_written(low), _written(high)) if low <= high else ()


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u2212", "-")).strip().rstrip(" .").casefold()


def _decimal(figure: str) -> Decimal:
    return Decimal(figure.replace(" ", "").replace(",", "."))


def _written(number: Decimal) -> str:
    """Plain decimal, without useless zeros: the same number is always written the same."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
