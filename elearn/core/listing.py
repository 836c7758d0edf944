"""Long lists, a page at a time: which page is shown, and the words that are looked for in a list of names. Pure."""

from dataclasses import dataclass

from elearn.core.passwords import has_hidden_signs, search_key

MOST = 25
"""Rows of a page."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Page `number` of `of`, from 1; `total`: rows of the whole list; `most`: of a page. An empty list has one page."""

    number: int
    of: int
    total: int
    most: int = MOST

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.most


def sheet(asked: str, total: int, most: int = MOST) -> Sheet:
    """The page that was asked for in an address: the first for anything that is no page, the last beyond the end."""
    of = max(1, -(-total // most))
    wanted = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 9 else 1
    return Sheet(min(max(wanted, 1), of), of, total, most)


def typed(text: str) -> str:
    """What someone typed to search, without signs that nobody sees; at most 100 signs."""
    return " ".join("".join(" " if has_hidden_signs(sign) else sign for sign in text[:100]).split())


def search_words(text: str) -> tuple[str, ...]:
    """Words to look for in a search key (core.passwords.search_key), each of which must be there; at most five."""
    return tuple(search_key(typed(text)).split()[:5])
