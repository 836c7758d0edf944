"""Seals: they open where they were made, and nowhere else."""

import pytest

from elearn.core.sealing import BrokenSeal, seal, unseal

KEY, OTHER, NONCE = b"k" * 32, b"o" * 32, b"n" * 12


def test_it_opens_where_it_was_made() -> None:
    assert (
        unseal(KEY, seal(KEY, NONCE, "vécu".encode(), "reflection", "7", "1"), "reflection", "7", "1")
        == "vécu".encode()
    )


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (OTHER, ("reflection", "7", "1")),
        (KEY, ("reflection", "8", "1")),
        (KEY, ("reflection", "7", "2")),
        (KEY, ("draft", "7", "1")),
        (KEY, ("reflection", "71")),
        (KEY, ("reflection7", "1")),
    ],
)
def test_asvs_11_3_3_another_key_or_place_does_not_open_it(key: bytes, place: tuple[str, ...]) -> None:
    with pytest.raises(BrokenSeal):
        unseal(key, seal(KEY, NONCE, b"text", "reflection", "7", "1"), *place)


@pytest.mark.parametrize("position", [0, 12, -1])
def test_asvs_11_3_3_one_changed_byte_does_not_open(position: int) -> None:
    sealed = bytearray(seal(KEY, NONCE, b"text", "reflection", "7", "1"))
    sealed[position] ^= 1
    with pytest.raises(BrokenSeal):
        unseal(KEY, bytes(sealed), "reflection", "7", "1")


def test_too_short_to_be_sealed() -> None:
    with pytest.raises(BrokenSeal):
        unseal(KEY, b"", "reflection", "7", "1")
