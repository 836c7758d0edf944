"""The questions of the good site, and short ways to read and mark an answer to one."""

import pytest

from elearn.core.questions import KINDS
from elearn.core.questions.base import Arrangement, Key, Mark, Prompt, Response, UnreadableResponse
from tests.core.sample import build

UNIT = build().units["reperes", "parler", "fr"]
SINGLE, MULTIPLE, TRUTH, ORDER, PAIRS, REFLECTION = "qui-decide", "que-dire", "tout-dire", "ordre", "paires", "se-taire"
NUMBER, SHORT, CLOZE, SURVEY, SCALE = "minutes", "quel-mot", "trous", "lire", "assurance"
Fields = dict[str, list[str]]


def asked(question: str) -> tuple[Prompt, Key]:
    prompt = UNIT.prompt(question)
    assert prompt
    return prompt, UNIT.keys[question]


def answered(question: str, posted: Fields, shown: Arrangement | None = None) -> Response:
    """What a posted form is read as; shown in source order unless an arrangement is given."""
    prompt, _ = asked(question)
    menus = tuple(tuple(range(len(menu))) for menu in prompt.menus)
    straight = Arrangement(tuple(range(len(prompt.items))), tuple(range(len(prompt.targets))), menus)
    return KINDS[prompt.kind].read(prompt, posted, shown or straight)


def marked(question: str, response: Response) -> Mark:
    prompt, key = asked(question)
    return KINDS[prompt.kind].mark(key, response)


def refused(question: str, posted: Fields) -> str:
    """The code with which a posted form is refused."""
    with pytest.raises(UnreadableResponse) as error:
        answered(question, posted)
    return error.value.code
