"""Signing and checking with Ed25519: Data Integrity proofs `eddsa-rdfc-2022` (W3C vc-di-eddsa), by openvc.

Needs no database and no network. The Open Badges context comes from a package, by its hash: one letter changed in it
would break every signature ever made. A member that no context defines is refused before anything is signed.
"""

import datetime as dt
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from openvc.did.base import multikey_to_jwk
from openvc.errors import OpenvcError
from openvc.keys import Ed25519SigningKey
from openvc.multibase import encode_multibase
from openvc.proof.data_integrity import CredentialExpired, CredentialNotYetValid, DataIntegrityProofSuite
from openvc.status.bitstring import decode_bitstring, get_status_bit, new_bitstring, set_status_bit
from openvc.status.issue import build_status_list_credential

from elearn.core.credentials import CONTEXTS, Json

OB_CONTEXT = "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84"
ED25519 = b"\xed\x01"
"""Multicodec prefix of an Ed25519 public key (W3C Controlled Identifiers, Multikey)."""
PLACES = 131_072
"""Places of a status list: the least that the W3C recommendation allows, so that none tells its holder."""
LIST_LASTS = dt.timedelta(days=7)


class Unsignable(Exception):
    """The credential has a member or a type that its contexts do not define, or is not one at all."""


class Altered(Exception):
    """The proof does not hold: the file was changed, or another key signed it."""


class NoStatus(Exception):
    """The status list cannot be read: whether the credential was revoked is not known."""


def new_key() -> bytes:
    """A new secret key, 32 bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_part(secret: bytes) -> str:
    """The public part of a secret key, as Multikey."""
    return encode_multibase(ED25519 + Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw())


def sign(credential: Json, secret: bytes, method: str, at: dt.datetime) -> Json:
    """The credential with its proof. `method`: the key's id in the issuer's document. Unsignable."""
    key = Ed25519SigningKey(Ed25519PrivateKey.from_private_bytes(secret), method)
    try:
        return DataIntegrityProofSuite().add_proof(
            credential, signing_key=key, verification_method=method, created=at, extra_contexts=contexts()
        )
    except OpenvcError as error:
        raise Unsignable(str(error)) from error


def check(secured: Json, public: str) -> None:
    """Nothing where the proof holds under this public key (Multikey). Altered otherwise. Dates are not looked at."""
    try:
        DataIntegrityProofSuite().verify(
            secured, public_key_jwk=multikey_to_jwk(public), extra_contexts=contexts(), check_temporal=False
        )
    except (CredentialExpired, CredentialNotYetValid):
        return  # looked at after the signature, and told apart elsewhere
    except (OpenvcError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Altered(type(error).__name__) from error


def method_of(secured: Json) -> str:
    """Which key a credential says it was signed with; empty where it does not say."""
    proof = secured.get("proof")
    method = proof.get("verificationMethod") if isinstance(proof, dict) else None
    return method if isinstance(method, str) else ""


def status_list(address: str, issuer: str, revoked: list[int], at: dt.datetime) -> Json:
    """A Bitstring Status List of revocation, unsigned. `revoked`: the places that are set."""
    bits = new_bitstring(PLACES)
    for place in revoked:
        set_status_bit(bits, place, 1)
    return build_status_list_credential(
        id=address,
        issuer=issuer,
        bitstring=bits,
        valid_from=at,
        valid_until=at + LIST_LASTS,
    )


def is_set(signed_list: Json, place: int) -> bool:
    """Is this place of a status list set? The list's own proof is checked elsewhere. NoStatus where it is no list."""
    try:
        return bool(get_status_bit(decode_bitstring(signed_list["credentialSubject"]["encodedList"]), place))
    except (OpenvcError, KeyError, TypeError, ValueError, IndexError) as error:
        raise NoStatus from error


def to_bytes(secured: Json) -> bytes:
    return json.dumps(secured, ensure_ascii=False, separators=(",", ":")).encode()


@cache
def contexts() -> dict[str, Any]:
    body = (files("openbadgeslib") / "ob3" / "contexts" / "ob-v3p0-context-3.0.3.json").read_bytes()
    found = hashlib.sha256(body).hexdigest()
    if found != OB_CONTEXT:
        raise RuntimeError(f"the Open Badges context is not the one credentials are signed with: {found}")
    return {CONTEXTS[1]: json.loads(body)}
