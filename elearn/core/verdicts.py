"""What is said of a signed file that someone checks: one outcome, in words, for the page and for the terminal. Pure."""

from dataclasses import dataclass
from typing import Any

from elearn.core.credentials import Json
from elearn.core.typography import french_spaces

GOOD = "valid"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`outcome`: a name of OUTCOMES. Texts come from the file, and are proved only where the outcome is one of PROVED;
    `issuer`: its `did:web`; `hashed`: (digest, salt) of the name where the file does not say it."""

    outcome: str
    name: str = ""
    title: str = ""
    holder: str = ""
    hashed: tuple[str, str] = ("", "")
    issuer_name: str = ""
    issuer: str = ""
    since: str = ""
    until: str = ""
    credential: str = ""


PROVED = ("valid", "expired", "revoked", "replaced", "early", "no status")
"""Outcomes where the signature holds: what the file says is what its issuer said."""

OUTCOMES: dict[str, dict[str, tuple[str, str]]] = {
    "valid": {
        "fr": ("Valide", "La signature est juste : rien n'a été changé dans ce fichier, et il n'est pas révoqué."),
        "en": ("Valid", "The signature holds: nothing in this file was changed, and it is not revoked."),
    },
    "expired": {
        "fr": ("Expirée", "Le fichier est authentique ; sa durée de validité est passée."),
        "en": ("Expired", "The file is authentic; its time has run out."),
    },
    "early": {
        "fr": ("Pas encore valable", "Le fichier est authentique, mais sa date de début est à venir."),
        "en": ("Not valid yet", "The file is authentic, but its first day is still to come."),
    },
    "revoked": {
        "fr": ("Révoquée par l'organisme", "Le fichier est authentique, mais l'organisme l'a révoqué."),
        "en": ("Revoked by the organisation", "The file is authentic, but the organisation has revoked it."),
    },
    "replaced": {
        "fr": ("Remplacée", "Le fichier est authentique ; un plus récent le remplace. Demandez-le à la personne."),
        "en": ("Replaced", "The file is authentic; a newer one replaces it. Ask the person for it."),
    },
    "no status": {
        "fr": (
            "Statut inconnu",
            "La signature est juste, mais la liste des révocations n'a pas pu être lue. Essayez plus tard.",
        ),
        "en": (
            "Status unknown",
            "The signature holds, but the list of revocations could not be read. Try again later.",
        ),
    },
    "altered": {
        "fr": (
            "Pas authentique",
            "La signature ne correspond pas : le fichier a été modifié, ou n'a pas été signé par cet organisme.",
        ),
        "en": (
            "Not authentic",
            "The signature does not match: the file was changed, or this organisation did not sign it.",
        ),
    },
    "unknown key": {
        "fr": ("Pas authentique", "L'organisme ne reconnaît pas, ou plus, la clé qui a signé ce fichier."),
        "en": ("Not authentic", "The organisation does not know, or no longer knows, the key that signed this file."),
    },
    "foreign": {
        "fr": (
            "Délivrée ailleurs",
            "Ce fichier vient d'un autre organisme que ce site ne connaît pas. Vérifiez-le chez lui.",
        ),
        "en": (
            "Issued elsewhere",
            "This file comes from an organisation that this site does not know. Check it there.",
        ),
    },
    "no issuer": {
        "fr": ("Organisme introuvable", "L'adresse de l'organisme ne répond pas : rien n'a pu être vérifié."),
        "en": ("Issuer not found", "The organisation's address does not answer: nothing could be verified."),
    },
    "no credential": {
        "fr": (
            "Pas d'attestation signée",
            "Ce PDF ne contient pas de fichier signé : il a pu être imprimé, scanné ou enregistré à nouveau. "
            "Vérifiez son code, ou demandez le PDF d'origine.",
        ),
        "en": (
            "No signed attestation",
            "This PDF holds no signed file: it may have been printed, scanned or saved again. Check its code, or ask "
            "for the original PDF.",
        ),
    },
    "unreadable": {
        "fr": ("Fichier illisible", "Ce n'est ni le PDF d'une attestation, ni son fichier JSON."),
        "en": ("Unreadable file", "It is neither the PDF of an attestation nor its JSON file."),
    },
    "busy": {
        "fr": ("Trop de fichiers à la fois", "Ce fichier n'a pas été lu. Essayez à nouveau dans une minute."),
        "en": ("Too many files at once", "This file was not read. Try again in a minute."),
    },
    "heavy": {
        "fr": ("Fichier trop gros", "Une attestation pèse bien moins de 5 Mo. Ce fichier n'a pas été lu."),
        "en": ("File too large", "An attestation is far below 5 MB. This file was not read."),
    },
}


def words(outcome: str, lang: str) -> tuple[str, str]:
    """(in short, in a sentence or two)."""
    short, sentence = OUTCOMES[outcome]["en" if lang == "en" else "fr"]
    return (short, sentence) if lang == "en" else (french_spaces(short), french_spaces(sentence))


def told(credential: Json) -> dict[str, Any]:
    """What a file says of itself, as far as it says it in the right shape."""
    subject = _part(credential, "credentialSubject")
    issuer = credential.get("issuer")
    found = subject.get("identifier")
    identity = found[0] if isinstance(found, list) and found and isinstance(found[0], dict) else {}
    hashed = identity.get("hashed") is not False
    return {
        "name": _text(credential, "name"),
        "title": _text(_part(subject, "achievement"), "name"),
        "holder": "" if hashed else _text(identity, "identityHash"),
        "hashed": (_text(identity, "identityHash"), _text(identity, "salt")) if hashed else ("", ""),
        "issuer_name": _text(issuer, "name") if isinstance(issuer, dict) else "",
        "issuer": issuer_of(credential),
        "since": _text(credential, "validFrom"),
        "until": _text(credential, "validUntil"),
        "credential": _text(credential, "id"),
    }


def issuer_of(credential: Json) -> str:
    issuer = credential.get("issuer")
    found = issuer.get("id") if isinstance(issuer, dict) else issuer
    return found if isinstance(found, str) else ""


def _part(whole: Any, name: str) -> Json:
    found = whole.get(name) if isinstance(whole, dict) else None
    return found if isinstance(found, dict) else {}


def _text(whole: Any, name: str) -> str:
    found = whole.get(name) if isinstance(whole, dict) else None
    return found[:500] if isinstance(found, str) else ""
