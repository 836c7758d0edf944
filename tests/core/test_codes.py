"""Codes: 128 bits there and back, read out and typed by people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.core.codes import (
    ALPHABET,
    LENGTH,
    code_from_random,
    grouped,
    normal_code,
    normal_recovery,
    recovery_from_random,
)
from tests.core.papers import CODE


def test_it_works() -> None:
    assert code_from_random(bytes(16)) == "0" * 26
    assert code_from_random(b"\xff" * 16) == "7" + "Z" * 25
    assert code_from_random(bytes(15) + b"\x20") == "0" * 24 + "10"
    assert grouped(CODE) == "7ZZZ 0123 4567 89AB CDEF GHJK MN"


@pytest.mark.parametrize("size", [0, 15, 17])
def test_only_sixteen_bytes_make_a_code(size: int) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        code_from_random(bytes(size))


@given(st.binary(min_size=16, max_size=16))
def test_a_code_says_its_bytes(random: bytes) -> None:
    code = code_from_random(random)
    assert len(code) == LENGTH
    number = 0
    for character in code:
        number = number * 32 + ALPHABET.index(character)
    assert number == int.from_bytes(random, "big")
    assert normal_code(code) == normal_code(grouped(code).lower()) == normal_code(code.replace("0", "o")) == code


@pytest.mark.parametrize(
    "typed",
    [
        "7zzz 0123 4567 89ab cdef ghjk mn",
        "7ZZZ-OI23-4567-89AB-CDEF-GHJK-MN",
        " 7ZZZol23456789ABCDEFGHJKMN\n",
        "7ZZZ\u00a00123\u202f456789ABCDEFGHJKMN",
    ],
)
def test_how_people_type_it(typed: str) -> None:
    assert normal_code(typed) == CODE


@pytest.mark.parametrize(
    "typed",
    ["", " ", CODE[:-1], CODE + "0", "8" + CODE[1:], CODE[:-1] + "U", CODE[:-1] + "é", CODE[:-1] + "１", CODE * 1000],
)
def test_what_is_no_code(typed: str) -> None:
    assert normal_code(typed) is None


@given(st.text(max_size=60))
def test_any_text_is_answered(typed: str) -> None:
    code = normal_code(typed)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))


def test_a_recovery_code_is_24_characters_of_120_bits() -> None:
    code = recovery_from_random(bytes(range(1, 16)))
    assert len(code) == 24 and set(code) <= set(ALPHABET)
    assert normal_recovery(f" {grouped(code).lower().replace(' ', '-')} ") == code
    assert recovery_from_random(b"\xff" * 15) == "Z" * 24
    assert normal_recovery("IlO0" * 6) == "1100" * 6


@pytest.mark.parametrize("text", ["", "Z" * 23, "Z" * 25, "U" * 24, "é" * 24, "Z" * 24 + " " * 100])
def test_what_is_no_recovery_code(text: str) -> None:
    assert normal_recovery(text) is None


def test_a_recovery_code_of_another_length_is_a_mistake_here() -> None:
    with pytest.raises(ValueError, match="15 bytes"):
        recovery_from_random(bytes(16))
