"""What a heading without braces was meant to be, told from the boxes or the gaps under it and from nothing else.

A question is never made of words alone: a list that was forgotten would become a private reflection.
"""

from collections.abc import Sequence

from elearn.core.gaps import first_gap
from elearn.core.markup import Token
from elearn.core.questions import KINDS
from elearn.core.questions.kind import Kind


def meant(groups: Sequence[Sequence[Token]]) -> Kind | None:
    """The kind that some blocks can only be the body of, or None where a person must say."""
    boxes = [token for group in groups for token in group if "box" in token.meta]
    if boxes:
        return _choice(groups, boxes)
    return KINDS["cloze"] if any(first_gap(group) for group in groups) else None


def _choice(groups: Sequence[Sequence[Token]], boxes: Sequence[Token]) -> Kind | None:
    """Choices need one style of box, a box on each answer, and a mark: without one it may be a survey or a list."""
    lists = [group for group in groups if group[0].type == "bullet_list_open" and any("box" in t.meta for t in group)]
    level = lists[0][0].level + 1 if lists else 0
    items = [token for group in lists for token in group if token.type == "list_item_open" and token.level == level]
    styles, marks = {token.meta["box"] for token in boxes}, sum(token.meta["marked"] for token in boxes)
    if len(lists) != 1 or len(items) != len(boxes) or not all("box" in token.meta for token in items):
        return None
    if styles == {"("} and marks == 1:
        return KINDS["single_choice"]
    return KINDS["multiple_choice"] if styles == {"["} and marks else None
