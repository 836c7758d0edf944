"""Codes of an authenticator: the vectors of the RFC, the window, no code twice."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from elearn.core import totp

SECRET = b"12345678901234567890"
VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
"""RFC 6238, appendix B, SHA-1. Ours are the last six of these eight digits."""


@pytest.mark.parametrize(("at", "code"), VECTORS.items())
def test_the_vectors_of_the_rfc(at: int, code: str) -> None:
    assert totp.code_of(SECRET, at // 30) == code[-6:]
    assert totp.matching_step(SECRET, code[-6:], at, 0) == at // 30


@pytest.mark.parametrize("skew", [-1, 0, 1])
def test_a_clock_that_is_a_little_off(skew: int) -> None:
    here = 1111111111 // 30
    assert totp.matching_step(SECRET, totp.code_of(SECRET, here + skew), 1111111111, 0) == here + skew


@pytest.mark.parametrize("skew", [-3, -2, 2, 3])
def test_asvs_6_5_5_a_code_of_another_time_is_refused(skew: int) -> None:
    here = 1111111111 // 30
    assert totp.matching_step(SECRET, totp.code_of(SECRET, here + skew), 1111111111, 0) is None


def test_asvs_6_5_1_no_step_works_twice_nor_one_before_it() -> None:
    here = 1111111111 // 30
    for earlier in (here - 1, here):
        assert totp.matching_step(SECRET, totp.code_of(SECRET, earlier), 1111111111, here) is None
    assert totp.matching_step(SECRET, totp.code_of(SECRET, here + 1), 1111111111, here) == here + 1


@pytest.mark.parametrize(
    "code", ["", "05047", "0504711", "05047a", "٠٥٠٤٧١", "²50471", "0 5" * 50, "-50471", "050 471\x00"]
)
def test_what_is_no_code(code: str) -> None:
    assert totp.matching_step(SECRET, code, 1111111111, 0) is None


def test_spaces_are_forgiven() -> None:
    assert totp.matching_step(SECRET, " 050 471 ", 1111111111, 0) == 1111111111 // 30


def test_another_secret_gives_another_code() -> None:
    assert totp.code_of(SECRET[::-1], 1) != totp.code_of(SECRET, 1)


def test_the_address_is_read_as_authenticators_do() -> None:
    parts = urlsplit(totp.address(SECRET, "Benoît: l'ami & co", "elearn"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert unquote(parts.path) == "/elearn:Benoît: l'ami & co"
    assert parse_qs(parts.query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
        "issuer": ["elearn"],
        "digits": ["6"],
        "period": ["30"],
    }
    assert totp.spelled(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
