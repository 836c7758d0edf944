"""The record of processing, as its law asks for it (GDPR article 30; Québec's inventory of personal information), made
from the inventory: what is kept, why, how it is protected, for how long, and what export and erasure do. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from elearn.core.column_words import column_words, table_words
from elearn.core.inventory import CLASSES, NOTICE_ON, TOPICS, said
from elearn.core.typography import NO_BREAK, french_spaces


@dataclass(frozen=True, slots=True)
class Line:
    """One column, as its table declares it."""

    table: str
    column: str
    topic: str
    purpose: str
    klass: str
    basis: str
    export: str
    keep_days: int | None


BASES: Mapping[str, str] = {
    "contract: the account asked for": "contrat : le compte demandé",
    "contract: the course followed": "contrat : le cours suivi",
    "contract: the proof asked for": "contrat : la preuve demandée",
    "contract: telling the person": "contrat : prévenir la personne",
    "choice: given to be used as chosen": "choix : donnée pour l'usage choisi",
    "explicit consent, separate from the account": "consentement explicite, distinct du compte",
    "the proof asked for stays verifiable": "l'attestation demandée reste vérifiable",
    "legal duty: to show that consent was given": "obligation légale : prouver le consentement",
    "legal duty: an erasure must hold after a restore": "obligation légale : un effacement vaut après une restauration",
    "legitimate interest: accountability": "intérêt légitime : rendre compte",
    "security": "sécurité",
    "answers are counted once": "compter une réponse une seule fois",
    "running the site": "faire marcher le site",
    "running a course": "organiser un cours",
    "safety: numbers of help lines must be right": "sécurité : les numéros d'aide doivent être justes",
    "telling readers who has read a text, and standing by it": "dire qui a relu un texte, et en répondre",
}
"""Every basis that a table declares -> the same in French."""

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("Registre des traitements", "Record of processing"),
    "made": (
        "Page faite par `elearn register` à partir des tables. Mots du {on}. À compléter par l'organisme : son nom, la "
        "personne responsable, l'hébergeur et le pays de l'hébergement.",
        "Page made by `elearn register` from the tables. Words of {on}. To be completed by the organisation: its name, "
        "the person in charge, the host and the country of hosting.",
    ),
    "who": (
        "Personnes concernées : celles qui ont un compte. Destinataires : la personne elle-même ; qui mène son groupe "
        "(progrès seulement) ; qui administre le site ; qui a reçu l'adresse d'une attestation. Aucun transfert par le "
        "logiciel, aucun sous-traitant autre que l'hébergeur et, s'il y en a un, le serveur de courrier.",
        "People concerned: those with an account. Recipients: the person; whoever leads their group (progress only); "
        "whoever administers the site; whoever was given the address of an attestation. No transfer by the software, "
        "no processor but the host and, where there is one, the mail server.",
    ),
    "why": ("Pourquoi", "Why"),
    "basis": ("Fondement", "Basis"),
    "kept": ("Durée", "Kept"),
    "export": ("Export", "Export"),
    "erasure": ("Effacement du compte", "Erasure of the account"),
    "taken": ("oui", "yes"),
    "column": ("Colonne", "Column"),
    "holds": ("Ce qu'elle tient", "What it holds"),
    "class": ("Classe", "Class"),
    "purpose": ("But (en anglais, comme dans le code)", "Purpose"),
}


def markdown(lines: Iterable[Line], lang: str) -> str:
    """The whole register in French (`fr`) or English."""
    ordered = sorted(lines, key=lambda line: (list(TOPICS).index(line.topic), line.table))
    parts = [f"# {_(lang, 'title')}", _(lang, "made").format(on=NOTICE_ON), _(lang, "who")]
    for topic, group in groupby(ordered, key=lambda line: line.topic):
        parts += _topic(topic, list(group), lang)
    return "\n\n".join(parts) + "\n"


def _topic(name: str, lines: list[Line], lang: str) -> Iterator[str]:
    topic, days = TOPICS[name], next((line.keep_days for line in lines if line.keep_days is not None), None)
    taken = _(lang, "taken") if topic.stays is None else said(topic.stays, lang)
    bases = dict.fromkeys(line.basis for line in lines)
    yield f"## {said(topic.what, lang)}"
    told = {
        "why": said(topic.why, lang),
        "basis": ", ".join(french_spaces(BASES[one]) if lang == "fr" else one for one in bases),
        "kept": said(topic.kept, lang, days),
        "export": taken,
        "erasure": said(topic.erased, lang),
    }
    colon = f"{NO_BREAK}:" if lang == "fr" else ":"
    yield "\n".join(f"- {_(lang, word)}{colon} {words}" for word, words in told.items())
    for table, columns in groupby(lines, key=lambda line: line.table):
        yield f"### {table_words(table, lang)} (`{table}`)"
        yield "\n".join(_rows(columns, lang))


def _rows(lines: Iterable[Line], lang: str) -> Iterator[str]:
    yield "| " + " | ".join(_(lang, word) for word in ("column", "holds", "class", "export", "purpose")) + " |"
    yield "| --- | --- | --- | --- | --- |"
    for line in lines:
        out = _(lang, "taken") if line.export == "yes" else "–"
        klass = said(CLASSES[line.klass], lang)
        yield f"| `{line.column}` | {column_words(line.column, lang)} | {klass} | {out} | {line.purpose} |"


def _(lang: str, word: str) -> str:
    french, english = WORDS[word]
    return french_spaces(french) if lang == "fr" else english
