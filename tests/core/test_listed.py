"""One more id in a list of a YAML file, and nothing else of it."""

import pytest

from elearn.core.listed import UNITS, listed, with_listed

# before, after; None where it must be left
CASES = [
    ("unites: [a, b] # deux\nx: [c]\n", "unites: [a, b, new] # deux\nx: [c]\n"),
    ("# tête\nunites: []\n", "# tête\nunites: [new]\n"),
    ("unites: [ ]\n", "unites: [new ]\n"),
    ("units:\n  - a  # un\n  - b\n\nx: y\n", "units:\n  - a  # un\n  - b\n  - new\n\nx: y\n"),
    ("units:\n- a", "units:\n- a\n- new"),
    ("unites: [a,\n  b]\n", "unites: [a,\n  b, new]\n"),
    ("unites:\nx: y\n", "unites: [new]\nx: y\n"),
    ("unites: [a]\r\nx: y\r\n", "unites: [a, new]\r\nx: y\r\n"),
    ("regle:\n  unites: [z]\nunites: [a]\n", "regle:\n  unites: [z]\nunites: [a, new]\n"),
    ("unites: [a,\n  b\n]\n", None),
    ("unites: a\n", None),
    ("unites: [a, [b]]\n", None),
    ("x: y\n", None),
    ("unites: [a\n", None),
]


@pytest.mark.parametrize(("before", "after"), CASES)
def test_one_more(before: str, after: str | None) -> None:
    made = with_listed(before.encode(), UNITS, "new")

    assert (made.decode() if made is not None else None) == after


def test_what_is_listed() -> None:
    assert listed(b"unites: [a, b]\n", UNITS) == ["a", "b"]
    assert listed(b"unites: 3\n", UNITS) is None and listed(b"\xff", UNITS) is None
