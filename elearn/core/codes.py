"""Codes that a person can read out and type: addresses that show an attestation or sign in once (128 random bits in 26
characters), and recovery codes to print (120 bits in 24)."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32: no I, L, O or U (https://www.crockford.com/base32.html)."""
LENGTH = 26
BYTES = 16
RECOVERY_LENGTH = 24
RECOVERY_BYTES = 15


def code_from_random(random: bytes) -> str:
    """16 random bytes as 26 characters that a person can read out."""
    if len(random) != BYTES:
        raise ValueError(f"a code is made of {BYTES} bytes")
    return _letters(random, LENGTH)


def recovery_from_random(random: bytes) -> str:
    """15 random bytes as 24 characters."""
    if len(random) != RECOVERY_BYTES:
        raise ValueError(f"a recovery code is made of {RECOVERY_BYTES} bytes")
    return _letters(random, RECOVERY_LENGTH)


def normal_code(text: str) -> str | None:
    """The code that someone typed: any case, I and L for 1, O for 0, spaces and hyphens left out; or None."""
    code = _typed(text, LENGTH)
    return code if code is not None and code[0] <= "7" else None


def normal_recovery(text: str) -> str | None:
    """The recovery code that someone typed, as forgiving as `normal_code`; or None."""
    return _typed(text, RECOVERY_LENGTH)


def grouped(code: str) -> str:
    """In groups of four, to be read aloud or typed."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _letters(random: bytes, length: int) -> str:
    number = int.from_bytes(random, "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (length - 1), -1, -5))


def _typed(text: str, length: int) -> str | None:
    if len(text) > 4 * length:
        return None
    code = "".join(text.upper().replace("-", " ").split()).translate(str.maketrans("ILO", "110"))
    return code if len(code) == length and set(code) <= set(ALPHABET) else None
