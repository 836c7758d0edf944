"""Sealing private texts: AES-256-GCM bound to place and owner, data keys wrapped by an outer key.

Pure: keys and nonces are arguments. A sealed value moved to another row, owner or key does not open.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
"""Bytes of a nonce: random, never used twice with a key (NIST SP 800-38D, 8.2.2)."""


class BrokenSeal(Exception):
    """The value was altered or moved, or the key is not the one that sealed it."""


def seal(key: bytes, nonce: bytes, plain: bytes, *bound_to: str) -> bytes:
    """nonce + ciphertext + tag. `bound_to`: table, row, owner, key id…; the same must be given to open it."""
    return nonce + AESGCM(key).encrypt(nonce, plain, _context(bound_to))


def unseal(key: bytes, sealed: bytes, *bound_to: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], _context(bound_to))
    except (InvalidTag, ValueError) as error:
        raise BrokenSeal(bound_to[0] if bound_to else "") from error


def _context(bound_to: tuple[str, ...]) -> bytes:
    return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in bound_to)
