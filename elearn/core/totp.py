"""Codes of an authenticator: six digits that change every thirty seconds (TOTP, RFC 6238, with SHA-1 as every
authenticator expects). Pure: secret and time are arguments."""

import base64
import hmac
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_BYTES = 20
"""160 bits (RFC 4226, 4, R6)."""
STEP = 30
DIGITS = 6
WINDOW = 1
"""Steps that a phone's clock may be ahead or behind (RFC 6238, 5.2)."""


def matching_step(secret: bytes, code: str, at_s: float, last_step: int) -> int | None:
    """The time step whose code this is, at Unix time `at_s` or one step around; None for any other.

    Only a step later than `last_step` counts, so that no code works twice. Spaces in what was typed are left out.
    """
    digits = "".join(code.split()) if len(code) <= 40 else ""
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        return None
    here = int(at_s) // STEP
    for step in range(max(here - WINDOW, last_step + 1, 0), here + WINDOW + 1):
        if hmac.compare_digest(code_of(secret, step), digits):
            return step
    return None


def code_of(secret: bytes, step: int) -> str:
    """The six digits of a time step (seconds since 1970 // 30)."""
    # Authenticator apps know SHA-1 only; HMAC does not rest on what is broken in it (RFC 6238, 1.2).
    return TOTP(secret, DIGITS, SHA1(), STEP, enforce_key_length=False).generate(step * STEP).decode()  # noqa: S303


def spelled(secret: bytes) -> str:
    """The secret in groups of four letters, to be typed where no camera can read it."""
    plain = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def address(secret: bytes, name: str, issuer: str) -> str:
    """What the QR code says: an `otpauth` address, as authenticators read it.

    See https://github.com/google/google-authenticator/wiki/Key-Uri-Format
    """
    label = quote(f"{issuer}:{name}", safe="")
    asked = {"secret": spelled(secret).replace(" ", ""), "issuer": issuer, "digits": DIGITS, "period": STEP}
    return f"otpauth://totp/{label}?{urlencode(asked, quote_via=quote)}"
