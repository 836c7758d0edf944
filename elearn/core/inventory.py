"""What the site keeps, in words: a topic for each kind of thing, for the privacy page, the register and the export.

Which column belongs to which topic, and for how many days, is said beside the column (store/*.py).

Pure. Both languages stand side by side, since the register is printed where no page is shown.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from elearn.core.course import Text
from elearn.core.typography import french_spaces

NOTICE_ON = "2026-11-26"
"""The day on which the words below were last changed; a test asks for a new day when they change."""

CLASSES: Mapping[str, Text] = {
    "open": {"fr": "publique", "en": "open"},
    "internal": {"fr": "interne", "en": "internal"},
    "personal": {"fr": "personnelle", "en": "personal"},
    "sensitive": {"fr": "sensible", "en": "sensitive"},
    "secret": {"fr": "secrète", "en": "secret"},
}
"""How a column is protected, from what anyone may read to what nobody reads."""


@dataclass(frozen=True, slots=True)
class Topic:
    """`kept`: how long; `{keep}` stands for the days of its columns, said in words. `stays`: why it cannot be taken
    along, None where it can. `about`: does it concern the people who have an account?"""

    what: Text
    why: Text
    kept: Text
    erased: Text
    stays: Text | None = None
    about: bool = True


DELETED: Text = {"fr": "effacé", "en": "erased"}
SECRET: Text = {
    "fr": "Non : c'est un secret qui protège votre compte. Sorti d'ici, il ne servirait qu'à y entrer.",
    "en": "No: it is a secret that protects your account. Outside, its only use would be to get in.",
}
WITH_ACCOUNT: Text = {"fr": "autant que le compte", "en": "as long as the account"}
NOBODY: Text = {"fr": "Non : rien de vous n'y est écrit.", "en": "No: nothing about you is in it."}

TOPICS: Mapping[str, Topic] = {
    "account": Topic(
        {"fr": "Le compte", "en": "The account"},
        {
            "fr": "Nom de connexion, nom affiché, langue, rôle : vous reconnaître et s'adresser à vous.",
            "en": "Sign-in name, shown name, language, role: to know you and to address you.",
        },
        {
            "fr": "jusqu'à ce que vous l'effaciez ; un compte laissé {keep} sans visite est effacé, après deux avis",
            "en": "until you erase it; an account left for {keep} without a visit is erased, after two notices",
        },
        DELETED,
    ),
    "secret": Topic(
        {
            "fr": "Mot de passe, codes de secours, deuxième vérification",
            "en": "Password, recovery codes, two-step verification",
        },
        {
            "fr": "Vous laisser entrer, et vous seulement. Aucun n'est gardé tel quel.",
            "en": "To let you in, and only you. None is kept as it is.",
        },
        WITH_ACCOUNT,
        DELETED,
        SECRET,
    ),
    "key": Topic(
        {"fr": "Votre clé de chiffrement", "en": "Your encryption key"},
        {
            "fr": "Elle ferme vos textes privés et votre adresse. Une autre clé, tenue ailleurs, la ferme à son tour.",
            "en": "It locks your private texts and your address. It is itself locked by a key held elsewhere.",
        },
        WITH_ACCOUNT,
        {"fr": "détruite : ce qu'elle fermait ne s'ouvre plus", "en": "destroyed: what it locked never opens again"},
        SECRET,
    ),
    "session": Topic(
        {"fr": "Les appareils connectés", "en": "Connected devices"},
        {
            "fr": "Vous garder connecté ou connectée, et vous montrer sur quels appareils.",
            "en": "To keep you signed in, and to show you on which devices.",
        },
        {
            "fr": "douze heures au plus, trente jours si vous le demandez ; puis {keep} au plus",
            "en": "twelve hours at most, thirty days if you ask; then {keep} at most",
        },
        DELETED,
    ),
    "link": Topic(
        {"fr": "Les liens qui servent une fois", "en": "Links that work once"},
        {
            "fr": "Vous laisser entrer, ou prouver une adresse. Le lien lui-même n'est pas gardé.",
            "en": "To let you in, or to prove an address. The link itself is not kept.",
        },
        {"fr": "jusqu'à leur fin, puis {keep} au plus", "en": "until they end, then {keep} at most"},
        DELETED,
        SECRET,
    ),
    "learning": Topic(
        {"fr": "Sections lues et réponses aux questions", "en": "Sections read and answers to questions"},
        {"fr": "Vos progrès et votre attestation.", "en": "Your progress and your attestation."},
        WITH_ACCOUNT,
        DELETED,
    ),
    "draft": Topic(
        {"fr": "Réponses commencées", "en": "Answers begun"},
        {"fr": "Les retrouver où vous les avez laissées.", "en": "To find them where you left them."},
        {"fr": "{keep} sans y toucher", "en": "{keep} without a change"},
        DELETED,
    ),
    "form": Topic(
        {"fr": "Empreintes des formulaires envoyés", "en": "Fingerprints of forms sent"},
        {"fr": "Ne compter qu'une fois une réponse envoyée deux fois.", "en": "To count once an answer sent twice."},
        {"fr": "{keep}", "en": "{keep}"},
        DELETED,
        {"fr": "Non : rien de ce que vous avez écrit n'y est.", "en": "No: nothing you wrote is in them."},
    ),
    "private": Topic(
        {"fr": "Réflexions écrites", "en": "Written reflections"},
        {
            "fr": "Pour vous seulement, sauf un texte que vous choisissez de partager. Elles sont facultatives, "
            "chiffrées, et gardées si vous y consentez.",
            "en": "For you only, but for a text that you choose to share. They are optional, encrypted, and kept if "
            "you consent.",
        },
        {
            "fr": "jusqu'à ce que vous les effaciez, ou autant que le compte",
            "en": "until you erase them, or as long as the account",
        },
        {"fr": "effacées, et leur clé détruite", "en": "erased, and their key destroyed"},
    ),
    "attestation": Topic(
        {"fr": "Attestations demandées", "en": "Attestations asked for"},
        {
            "fr": "Que vous puissiez les montrer, et que d'autres puissent les vérifier.",
            "en": "So that you can show them, and others can verify them.",
        },
        {"fr": "tant qu'elles peuvent servir", "en": "as long as they can be of use"},
        {
            "fr": "le nom est effacé et les adresses fermées ; le fichier que vous avez gardé se vérifie toujours",
            "en": "the name is erased and the addresses closed; the file that you kept still verifies",
        },
    ),
    "holding": Topic(
        {
            "fr": "À qui sont les attestations, et leurs adresses",
            "en": "Whose attestations they are, and their addresses",
        },
        {"fr": "Les ranger dans votre compte.", "en": "To keep them in your account."},
        WITH_ACCOUNT,
        {"fr": "effacé, et les adresses fermées", "en": "erased, and the addresses closed"},
    ),
    "mail": Topic(
        {"fr": "Adresse de courriel, si vous en donnez une", "en": "Mail address, if you give one"},
        {
            "fr": "Ce que vous avez choisi, rien d'autre. Elle est chiffrée.",
            "en": "What you chose, nothing else. It is encrypted.",
        },
        {"fr": "jusqu'à ce que vous la repreniez", "en": "until you take it back"},
        DELETED,
    ),
    "outbox": Topic(
        {"fr": "Messages à vous envoyer", "en": "Messages to send you"},
        {
            "fr": "Vous prévenir. Le texte est chiffré, et effacé une fois parti.",
            "en": "To tell you. The text is encrypted, and erased once sent.",
        },
        {"fr": "{keep}", "en": "{keep}"},
        DELETED,
        {"fr": "Non : ils vous ont été envoyés.", "en": "No: they were sent to you."},
    ),
    "consent": Topic(
        {"fr": "Vos consentements", "en": "Your consents"},
        {
            "fr": "Pouvoir montrer ce que vous avez accepté, et quand.",
            "en": "To be able to show what you agreed to, and when.",
        },
        WITH_ACCOUNT,
        DELETED,
    ),
    "cohort": Topic(
        {"fr": "Les groupes dont vous faites partie", "en": "The groups you are in"},
        {
            "fr": "Suivre un cours ensemble. Qui mène le groupe y voit ce que chacun a commencé ou terminé, "
            "jamais vos réponses ni vos textes.",
            "en": "To follow a course together. Whoever leads the group sees what each person began or finished, "
            "never your answers or texts.",
        },
        {"fr": "autant que le groupe ou le compte", "en": "as long as the group or the account"},
        DELETED,
    ),
    "group": Topic(
        {"fr": "Groupes et invitations", "en": "Groups and invitations"},
        {"fr": "Organiser un cours.", "en": "To run a course."},
        {"fr": "{keep} après leur fermeture", "en": "{keep} after they close"},
        {"fr": "gardé : rien de vous n'y est écrit", "en": "kept: nothing about you is in it"},
        NOBODY,
        about=False,
    ),
    "audit": Topic(
        {"fr": "Le journal des actes", "en": "The log of deeds"},
        {
            "fr": "Savoir qui a fait quoi sur un compte, et quand ; jamais un texte ni un nom.",
            "en": "To know who did what to an account, and when; never a text or a name.",
        },
        {"fr": "{keep}", "en": "{keep}"},
        {
            "fr": "gardé : un identifiant au hasard, qui ne nomme plus personne",
            "en": "kept: a random identifier, which names nobody any more",
        },
    ),
    "erasure": Topic(
        {"fr": "Le journal des effacements", "en": "The journal of erasures"},
        {
            "fr": "Effacer à nouveau si une copie de secours plus ancienne est remise en place.",
            "en": "To erase again if an older backup is restored.",
        },
        {
            "fr": "{keep} : plus longtemps que toute copie de secours",
            "en": "{keep}: longer than any backup",
        },
        {"fr": "gardé : un identifiant au hasard", "en": "kept: a random identifier"},
        NOBODY,
    ),
    "house": Topic(
        {"fr": "Les organismes", "en": "Organisations"},
        {
            "fr": "Dire qui offre les cours et qui répond de la vie privée.",
            "en": "To say who runs courses and privacy.",
        },
        {"fr": "autant que l'organisme est ici", "en": "as long as the organisation is here"},
        {"fr": "gardé", "en": "kept"},
        NOBODY,
        about=False,
    ),
    "issuer": Topic(
        {"fr": "Les clés qui signent les attestations", "en": "Keys that sign attestations"},
        {
            "fr": "Qu'une attestation se vérifie partout, et longtemps.",
            "en": "So that an attestation verifies anywhere, and for long.",
        },
        {"fr": "tant qu'une attestation s'y rapporte", "en": "as long as an attestation refers to them"},
        {"fr": "gardé", "en": "kept"},
        NOBODY,
        about=False,
    ),
    "site": Topic(
        {"fr": "L'entretien du site", "en": "Upkeep of the site"},
        {"fr": "Copies de secours, vérifications.", "en": "Backups, checks."},
        {"fr": "autant que le site", "en": "as long as the site"},
        {"fr": "gardé", "en": "kept"},
        NOBODY,
        about=False,
    ),
    "content": Topic(
        {"fr": "Les cours publiés", "en": "Published courses"},
        {"fr": "Les montrer.", "en": "To show them."},
        {"fr": "tant qu'une réponse peut y renvoyer", "en": "as long as an answer may refer to them"},
        {"fr": "gardé", "en": "kept"},
        NOBODY,
        about=False,
    ),
}


def said(text: Text, lang: str, keep_days: int | None = None) -> str:
    """The words in `lang`, French where it lacks, with the time for which a thing is kept."""
    words = text.get(lang, text["fr"])
    if keep_days is not None:
        words = words.replace("{keep}", span(keep_days, lang))
    return french_spaces(words) if lang == "fr" else words


def span(days: int, lang: str) -> str:
    """A number of days as people say it: 90 days, 12 months, 3 years; a year is 365 days and a month 30."""
    number, unit = days, "day"
    if days >= 730 and days % 365 == 0:
        number, unit = days // 365, "year"
    elif days == 365:
        number, unit = 12, "month"
    elif days >= 60 and days % 30 == 0 and days != 90:
        number, unit = days // 30, "month"
    one, many = _UNITS["fr" if lang == "fr" else "en"][unit]
    return f"{number} {one if number == 1 else many}"


_UNITS = {
    "fr": {"day": ("jour", "jours"), "month": ("mois", "mois"), "year": ("an", "ans")},
    "en": {"day": ("day", "days"), "month": ("month", "months"), "year": ("year", "years")},
}


def notice_version(keep: Mapping[str, int | None]) -> str:
    """Twelve hex digits that change with any word or number of the notice. `keep`: topic -> days, None for none."""
    words = {name: [one.what, one.why, one.kept, one.erased, one.stays, keep.get(name)] for name, one in TOPICS.items()}
    body = json.dumps(words, sort_keys=True, ensure_ascii=True, default=dict)
    return hashlib.sha256(body.encode()).hexdigest()[:12]
