"""What people consent to, in words. Their version is a hash of the words shown, so that a record says which they were.

Pure. A consent holds until it is withdrawn; a text whose meaning changes gets a purpose of its own.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from elearn.core.course import Text


@dataclass(frozen=True, slots=True)
class Purpose:
    """`ask`: what one agrees to, beside the box; `honest`: what is true whatever one chooses."""

    ask: Text
    honest: tuple[Text, ...] = ()


REFLECTIONS = "reflections"
NOTICE = "notice"
"""The privacy notice, as it stood when the account was made: shown, not consented to (the account is a contract)."""

PURPOSES: Mapping[str, Purpose] = {
    REFLECTIONS: Purpose(
        {
            "fr": "J'accepte que ce site garde les textes privés que j'écris ici, chiffrés, pour moi seulement.",
            "en": "I agree that this site keeps the private texts I write here, encrypted, for me only.",
        },
        (
            {
                "fr": "Personne d'autre ne peut lire ce texte, sauf si vous choisissez un jour de le partager : ni à "
                "l'écran, quel que soit son rôle, ni dans un fichier tiré du site, ni dans une sauvegarde.",
                "en": "Nobody else can read this text, unless you choose one day to share it: not on screen, whatever "
                "their role, nor in a file taken from the site, nor in a backup.",
            },
            {
                "fr": "Une seule exception : quelqu'un qui aurait à la fois le serveur et sa clé pourrait le lire.",
                "en": "One exception only: someone who had both the server and its key could read it.",
            },
        ),
    ),
}


def version(purpose: str, lang: str) -> str:
    """Twelve hex digits of the words shown in `lang` for a purpose. KeyError for an unknown purpose."""
    found = PURPOSES[purpose]
    words = [one.get(lang, one["fr"]) for one in (found.ask, *found.honest)]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:12]
