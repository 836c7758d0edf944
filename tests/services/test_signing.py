"""Signing: our own vector to the letter, the W3C ones where they are at hand, and what is never signed."""

import copy
import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from openvc.multibase import decode_multibase

from elearn.core.credentials import identity_hash
from elearn.services import signing
from elearn.services.signing import Altered, Unsignable

SEED = hashlib.sha256(b"spike-attest fixed test seed").digest()
PUBLIC = "z6Mkf4QnXkmqe3jPDs5hGf4weG81H1Q66bWiV4iVFgYsxLjR"
VECTOR: dict[str, Any] = json.loads((Path(__file__).parent / "credential.json").read_text("utf-8"))
W3C = Path(__file__).resolve().parents[3] / "shared" / "data" / "vc-di-eddsa"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
AT = dt.datetime(2026, 11, 21, 19, tzinfo=dt.UTC)


def unsecured() -> dict[str, Any]:
    return {name: value for name, value in copy.deepcopy(VECTOR).items() if name != "proof"}


def test_it_works() -> None:
    assert signing.public_part(SEED) == PUBLIC
    made = signing.sign(unsecured(), SEED, VECTOR["proof"]["verificationMethod"], AT)
    assert made == VECTOR
    signing.check(made, PUBLIC)


def test_the_digest_of_the_name_is_the_vectors() -> None:
    (identity,) = VECTOR["credentialSubject"]["identifier"]
    assert identity_hash("Camille  Tremblay ", identity["salt"]) == identity["identityHash"]


def test_the_vectors_of_the_w3c_are_signed_to_the_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    if not W3C.is_dir():
        pytest.skip("the test vectors of the W3C are not beside the project")
    monkeypatch.setitem(
        signing.contexts(), EXAMPLES, {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
    )
    expected = read("eddsa-rdfc-2022/signedDataInt.json")
    pair, proof = read("keyPair.json"), expected["proof"]
    secret = decode_multibase(pair["privateKeyMultibase"])[2:]
    made = signing.sign(
        read("unsigned.json"), secret, proof["verificationMethod"], dt.datetime.fromisoformat(proof["created"])
    )
    assert made == expected
    signing.check(made, pair["publicKeyMultibase"])
    made["credentialSubject"]["alumniOf"] = "Another school"
    with pytest.raises(Altered):
        signing.check(made, pair["publicKeyMultibase"])


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((W3C / name).read_text("utf-8"))
    return found


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one["credentialSubject"]["achievement"].update(name="Accueillir et ecouter"),
        lambda one: one.update(grade="A"),
        lambda one: one["credentialSubject"].update(score=100),
        lambda one: one.update(validUntil="2039-11-21T19:00:00Z"),
        lambda one: one["credentialStatus"].update(statusListIndex="1"),
        lambda one: one["proof"].update(proofValue="z" + "1" * 80),
        lambda one: one.update(proof=[]),
        lambda one: one.pop("proof"),
        lambda one: one.update({"@context": ["https://example.org/other"]}),
    ],
)
def test_one_change_is_seen(change: Any) -> None:
    one = copy.deepcopy(VECTOR)
    change(one)
    with pytest.raises(Altered):
        signing.check(one, PUBLIC)


def test_another_key_does_not_vouch() -> None:
    with pytest.raises(Altered):
        signing.check(VECTOR, signing.public_part(hashlib.sha256(b"another").digest()))


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.update(grade="A"),
        lambda one: one["credentialSubject"].update(score=100),
        lambda one: one["credentialSubject"]["achievement"].update(type=["Achievement", "Certificate"]),
        lambda one: one.update({"@context": [*one["@context"], "https://example.org/ours"]}),
        lambda one: one.pop("@context"),
    ],
)
def test_what_the_contexts_do_not_define_is_never_signed(change: Any) -> None:
    one = unsecured()
    change(one)
    with pytest.raises(Unsignable):
        signing.sign(one, SEED, "did:web:example.org#key", AT)


def test_a_status_list_tells_which_places_are_set() -> None:
    made = signing.status_list("https://example.org/o/a/status/1", "did:web:example.org:o:a", [7, 131071], AT)
    secured = signing.sign(made, SEED, "did:web:example.org:o:a#key", AT)
    signing.check(secured, PUBLIC)
    assert [signing.is_set(secured, place) for place in (0, 6, 7, 8, 131070, 131071)] == [
        False, False, True, False, False, True,
    ]  # fmt: skip
    assert (secured["validFrom"], secured["validUntil"]) == ("2026-11-21T19:00:00Z", "2026-11-28T19:00:00Z")


@pytest.mark.parametrize("broken", [{}, {"credentialSubject": {"encodedList": "u!!"}}, {"credentialSubject": []}])
def test_a_broken_list_is_not_taken_for_a_clean_one(broken: dict[str, Any]) -> None:
    with pytest.raises(signing.NoStatus):
        signing.is_set(broken, 3)
