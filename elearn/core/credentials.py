"""The credential: an attestation as Open Badges 3.0 on W3C Verifiable Credentials 2.0, before anyone signs it.

Pure. It says what the snapshot says and nothing more. The discreet variant leaves out whatever tells the field: units,
competencies, course, readers, the rule's words. The contexts must define every member: services.signing refuses others.
"""

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from elearn.core.attestations import Snapshot, Title
from elearn.core.paper import Said, paper
from elearn.core.printed_names import clean_name

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
MULTIKEY_CONTEXTS = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1")
VARIANTS: tuple[Title, ...] = ("real", "discreet")
ATTACHED = "attestation.vc.json"
"""The name of the credential's file, on its own and within the PDF: the same for everybody."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What one signed variant has of its own. `uid`: a random UUID; `status`: address of its list; `salt`: of the
    name's digest, used by the discreet variant only; `at`: from when it is valid; a correction has a newer one."""

    uid: str
    issuer: str
    status: str
    place: int
    salt: str
    at: dt.datetime


def did(base_url: str, slug: str) -> str:
    """The issuer's `did:web` (W3C CCG did:web, section 3): host, port escaped, path parts joined by colons.

    An IP address cannot be one: 127.0.0.1, a trial on one's own machine, is called localhost.
    """
    parts = urlsplit(base_url)
    host = "localhost" if parts.hostname in ("127.0.0.1", "::1") else parts.hostname or ""
    port = f"%3A{parts.port}" if parts.port else ""
    path = [quote(part, safe="") for part in parts.path.split("/") if part]
    return ":".join(["did", "web", host + port, *path, "o", slug])


def address_of(issuer: str) -> str:
    """Where a `did:web` publishes: https, but for localhost. ValueError for anything else."""
    method, _, rest = issuer.partition("did:web:")
    if method or not rest or any(sign in rest for sign in "/?#@\\ "):
        raise ValueError(issuer)
    host, *path = rest.split(":")
    host = unquote(host)
    scheme = "http" if host.partition(":")[0] == "localhost" else "https"
    return f"{scheme}://{host}/" + "/".join(path or [".well-known"])


def document(issuer: str, keys: list[tuple[str, str]], name: str = "", url: str = "") -> Json:
    """The issuer's DID document. `keys`: (name, Multikey) of those that still vouch, retired ones too."""
    methods = [
        {"id": f"{issuer}#{key}", "type": "Multikey", "controller": issuer, "publicKeyMultibase": public}
        for key, public in keys
    ]
    return {
        "@context": list(MULTIKEY_CONTEXTS),
        "id": issuer,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def unsigned(snapshot: Snapshot, variant: Title, stamp: Stamp) -> Json:
    """The credential of one variant, ready to be signed."""
    said = paper(snapshot, variant, snapshot.locale, iso)
    credential: Json = {
        "@context": list(CONTEXTS),
        "id": f"urn:uuid:{stamp.uid}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{said.kind} : {said.title.text}" if snapshot.locale == "fr" else f"{said.kind}: {said.title.text}",
        "issuer": _issuer(snapshot, stamp, said.issuer.text),
        "validFrom": _moment(stamp.at),
    }
    if snapshot.valid_until:
        credential["validUntil"] = _moment(end_of(snapshot.valid_until))
    return credential | {
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [_name(snapshot.printed_name, variant, stamp.salt)],
            "activityStartDate": _midnight(snapshot.started_on),
            "activityEndDate": _midnight(snapshot.completed_on),
            "achievement": _achievement(snapshot, variant, stamp.issuer),
        },
        "credentialStatus": {
            "id": f"{stamp.status}#{stamp.place}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(stamp.place),
            "statusListCredential": stamp.status,
        },
    }


SHAPE: dict[str, Any] = {
    "@context": [str],
    "id": str,
    "type": [str],
    "name": str,
    "issuer": {"id": str, "type": [str], "name": str, "url": str},
    "validFrom": str,
    "validUntil": str,
    "credentialSubject": {
        "type": [str],
        "identifier": [{"type": str, "identityType": str, "hashed": bool, "identityHash": str, "salt": str}],
        "activityStartDate": str,
        "activityEndDate": str,
        "achievement": {
            **dict.fromkeys(("id", "achievementType", "inLanguage", "version", "name", "description"), str),
            "type": [str],
            "criteria": {"narrative": str},
            "tag": [str],
        },
    },
    "credentialStatus": dict.fromkeys(
        ("id", "type", "statusPurpose", "statusListIndex", "statusListCredential"), str
    ),
    "proof": dict.fromkeys(
        ("type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"), str
    ),
}  # fmt: skip
"""Every member that a credential of ours may have. A file with another is none of ours, and is not canonicalised: that
takes a time which a few members without a name, referring to each other, can make endless."""


def is_shaped(found: Any, shape: Any = None) -> bool:
    """Has a file brought from outside this shape, with one thing in each list but for plain words?"""
    shape = SHAPE if shape is None else shape
    if isinstance(shape, dict):
        return isinstance(found, dict) and all(
            name in shape and is_shaped(one, shape[name]) for name, one in found.items()
        )
    if isinstance(shape, list):
        plain = shape == [str]
        return (
            isinstance(found, list)
            and len(found) <= (100 if plain else 1)
            and all(is_shaped(one, shape[0]) for one in found)
        )
    return isinstance(found, shape)


def end_of(day: dt.date) -> dt.datetime:
    """The moment at which what is valid until a day ends: that day counts."""
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)


def identity_hash(name: str, salt: str) -> str:
    """Open Badges 3.0, IdentityObject: SHA-256 of the name, then the salt. The name is cleaned as for print (NFC, no
    space at the ends, single spaces)."""
    return "sha256$" + hashlib.sha256((clean_name(name) + salt).encode()).hexdigest()


def _issuer(snapshot: Snapshot, stamp: Stamp, name: str) -> Json:
    known = {"id": stamp.issuer, "type": ["Profile"], "name": name}
    return known | ({"url": snapshot.issuer_site} if snapshot.issuer_site else {})


def _name(name: str, variant: Title, salt: str) -> Json:
    """Plain for the real variant; salted for the discreet one: it hides the name from whoever passes by, not from who
    guesses it while holding the file."""
    common = {"type": "IdentityObject", "identityType": "ext:name"}
    if variant == "real":
        return common | {"hashed": False, "identityHash": name}
    return common | {"hashed": True, "identityHash": identity_hash(name, salt), "salt": salt}


def _achievement(snapshot: Snapshot, variant: Title, issuer: str) -> Json:
    """Each variant has an id of its own, made of what it shows: a shared one would lead from one title to the other."""
    said = paper(snapshot, variant, snapshot.locale, iso)
    real = variant == "real"
    shown = (issuer, snapshot.course, str(snapshot.edition)) if real else (issuer, "discreet", said.title.text)
    sentences = (*said.rule, *said.earned, *said.limits) if real else (*said.earned, *said.limits)
    found: Json = {
        "id": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, ' '.join(shown))}",
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "inLanguage": snapshot.locale,
        "name": said.title.text,
        "description": _description(said.facts[1:2] if snapshot.minutes else (), said.title),
        "criteria": {"narrative": " ".join(sentences)},
    }
    if real:
        found["version"] = f"{snapshot.edition} ({snapshot.rule})"
        if said.competencies:
            found["tag"] = [one.text for one in said.competencies]
    return found


def _description(planned: tuple[Any, ...], title: Said) -> str:
    return " ".join(f"{fact.label} : {fact.value}." for fact in planned) or title.text


def iso(day: dt.date) -> str:
    return day.isoformat()


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _midnight(day: dt.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
