"""Codes of addresses that show an attestation: 128 random bits in 26 characters that a person can read out and type."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O or U (https://www.crockford.com/base32.html)."""
LENGTH = 26
BYTES = 16


def code_from_random(random: bytes) -> str:
    """16 random bytes as 26 characters that a person can read out."""
    if len(random) != BYTES:
        raise ValueError(f"a code is made of {BYTES} bytes")
    number = int.from_bytes(random, "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))


def normal_code(text: str) -> str | None:
    """The code that someone typed: any case, I and L for 1, O for 0, spaces and hyphens left out; or None."""
    if len(text) > 4 * LENGTH:
        return None
    code = "".join(text.upper().replace("-", " ").split()).translate(str.maketrans("ILO", "110"))
    right = len(code) == LENGTH and set(code) <= set(ALPHABET) and code[0] <= "7"
    return code if right else None


def grouped(code: str) -> str:
    """In groups of four, to be read aloud or typed."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
