"""What mails say, in each language: a subject and sentences that reveal nothing of the course to a lock screen.

Pure: words only. core/mime.py makes a message of them; services/outbox.py writes it down, services/posting.py sends it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """`lines`: paragraphs, in order; `button`: words of the one link (`words["link"]`), where there is one.

    `digest`: may wait for the digest of the day.
    """

    subject: Mapping[str, str]
    lines: Mapping[str, tuple[str, ...]]
    button: Mapping[str, str] | None = None
    digest: bool = False


LETTERS: dict[str, Letter] = {
    "verify": Letter(
        {"fr": "Confirmez cette adresse", "en": "Confirm this address"},
        {
            "fr": (
                "Quelqu'un, sans doute vous, a indiqué cette adresse sur notre site.",
                "Pour la confirmer, ouvrez ce lien dans les dix minutes et appuyez sur le bouton.",
                "Si ce n'est pas vous, ne faites rien : l'adresse ne servira pas.",
            ),
            "en": (
                "Someone, probably you, gave this address on our site.",
                "To confirm it, open this link within ten minutes and press the button.",
                "If it was not you, do nothing: the address will not be used.",
            ),
        },
        {"fr": "Confirmer l'adresse", "en": "Confirm the address"},
    ),
    "reset": Letter(
        {"fr": "Choisir un nouveau mot de passe", "en": "Choose a new password"},
        {
            "fr": (
                "Vous avez demandé à choisir un nouveau mot de passe.",
                "Ce lien sert une seule fois, dans les dix minutes.",
                "Si ce n'est pas vous, ne faites rien : rien ne change.",
            ),
            "en": (
                "You asked to choose a new password.",
                "This link works once, within ten minutes.",
                "If it was not you, do nothing: nothing changes.",
            ),
        },
        {"fr": "Choisir un mot de passe", "en": "Choose a password"},
    ),
    "notice": Letter(
        {"fr": "Du nouveau sur votre compte", "en": "News about your account"},
        {
            "fr": (
                "Quelque chose a changé sur votre compte. Connectez-vous pour voir quoi.",
                "Si vous n'y êtes pour rien, changez votre mot de passe, ou parlez-en à la personne qui tient le site.",
            ),
            "en": (
                "Something changed on your account. Sign in to see what.",
                "If it was not you, change your password, or talk to the person who runs the site.",
            ),
        },
        {"fr": "Voir mon compte", "en": "See my account"},
        digest=True,
    ),
    "attestation ends": Letter(
        {"fr": "Un document de votre compte prend bientôt fin", "en": "A document of your account ends soon"},
        {
            "fr": (
                "Un document que vous avez reçu sur notre site prend bientôt fin : sa page dit quel jour.",
                "Il se renouvelle sur sa page, à votre rythme. S'il ne vous sert plus, vous n'avez rien à faire.",
                "Pour ne plus recevoir ces rappels, décochez-les sur la même page.",
            ),
            "en": (
                "A document that you received on our site ends soon: its page says on which day.",
                "It can be renewed on its page, at your own pace. If you no longer need it, there is nothing to do.",
                "To stop these reminders, untick them on the same page.",
            ),
        },
        {"fr": "Ouvrir la page", "en": "Open the page"},
        digest=True,
    ),
}
"""Kind -> what it says. One that is not here cannot be written."""

DIGEST = Letter(
    {"fr": "Du nouveau depuis le dernier message", "en": "News since the last message"},
    {
        "fr": (
            "Voici ce qui vous attend. Rien ne presse.",
            "Vous avez choisi un message par jour au plus. Pour ne plus en recevoir, ouvrez la page de votre adresse :",
        ),
        "en": (
            "Here is what awaits you. There is no hurry.",
            "You chose one message a day at most. To receive none, open the page of your address:",
        ),
    },
    {"fr": "Ouvrir mon compte", "en": "Open my account"},
)
"""Its list, the subject of each letter that waited, stands between the two lines."""

FOOTER = {"fr": "Message automatique de {host}.", "en": "Automatic message from {host}."}
