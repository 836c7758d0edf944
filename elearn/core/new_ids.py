"""Ids that a tool writes: a letter for what they name and five signs that cannot be mistaken for one another.

Never derived from words or places, never one that was used before, and no vowel, so that no word comes out.
"""

import re
from collections.abc import Callable, Iterable

SIGNS = "bcdfghjkmnpqrstvwxz23456789"
LENGTH = 5
SECTION, QUESTION, STEP, TERM = "s", "q", "e", "t"

_MADE = re.compile(rf"#([{SECTION}{QUESTION}{STEP}{TERM}]-[a-z0-9]{{{LENGTH}}})(?![a-z0-9-])")

Chance = Callable[[int], int]
"""A number from 0 up to the one given, which is left out."""


class NewIds:
    """Makes ids by chance, none of them in `taken`."""

    def __init__(self, chance: Chance, taken: Iterable[str] = ()) -> None:
        self._chance = chance
        self._taken = set(taken)

    def make(self, what: str) -> str:
        while True:
            made = f"{what}-" + "".join(SIGNS[self._chance(len(SIGNS))] for _ in range(LENGTH))
            if made not in self._taken:
                self._taken.add(made)
                return made


def made_ids(bodies: Iterable[bytes]) -> set[str]:
    """Every id of this form in some texts."""
    return {found for body in bodies for found in _MADE.findall(body.decode("utf-8", "replace"))}
