"""An answer as far as it got: the fields of a question as they were posted, kept so that they can be shown again.

Nothing is read into them before the answer is given: half an answer is none yet. Pure.
"""

import re
from dataclasses import dataclass

from elearn.core.questions.base import Posted, Response, UnreadableResponse

FIELD = re.compile(r"answer|path|confidence|(?:place|pair|gap)-[0-9]{1,4}")
MOST_FIELDS = 200
LONGEST_FIELD = 2000
BASE = re.compile(r"([0-9]{1,9})\.([0-9]{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Base:
    """What a page knew of a question when it was shown: answers given to it, saves of the answer begun."""

    tries: int = 0
    revision: int = 0

    def __str__(self) -> str:
        return f"{self.tries}.{self.revision}"


def read_base(posted: str) -> Base | None:
    """`tries.revision` as a form posts it; None where it was not sent or cannot be read."""
    found = BASE.fullmatch(posted)
    return Base(int(found[1]), int(found[2])) if found else None


def fields_of(posted: Posted) -> Response:
    """`[name, value]` of each field of a question that is not empty, in the order of names: the same answer gives the
    same list. UnreadableResponse: too_many, too_long_answer, bad_text."""
    found = [[name, value] for name in sorted(posted) if FIELD.fullmatch(name) for value in posted[name] if value != ""]
    if len(found) > MOST_FIELDS:
        raise UnreadableResponse("too_many")
    for _, value in found:
        if len(value) > LONGEST_FIELD:
            raise UnreadableResponse("too_long_answer")
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise UnreadableResponse("bad_text")
    return found


def posted_of(fields: Response) -> dict[str, list[str]]:
    """The same fields as a form posts them."""
    posted: dict[str, list[str]] = {}
    for name, value in fields:
        posted.setdefault(name, []).append(value)
    return posted
