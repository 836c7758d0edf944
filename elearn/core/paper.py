"""An attestation in words: what the PDF prints and what the verification page repeats, so that they cannot differ.

Both languages stand here side by side, since a paper keeps its own language whoever reads the page. With the discreet
title, every fact that comes from the course itself (units, competencies, kinds of readers) is left out.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from elearn.core.attestations import Snapshot, Title
from elearn.core.course import Text
from elearn.core.typography import NO_BREAK, french_spaces

Day = Callable[[dt.date], str]
"""How a date is said in the language of the reading."""


@dataclass(frozen=True, slots=True)
class Said:
    """Words that trainers wrote, and the language they are in."""

    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Paper:
    """`deed` stands between name and title: who, did what, of which course."""

    lang: str
    kind: str
    name: str
    deed: str
    title: Said
    issuer: Said
    issuer_domain: str
    signatory: str
    role: Said
    facts: tuple[Fact, ...]
    units: tuple[Said, ...]
    competencies: tuple[Said, ...]
    rule: tuple[str, ...]
    earned: tuple[str, ...]
    limits: tuple[str, ...]


def paper(snapshot: Snapshot, title: Title, lang: str, day: Day) -> Paper:
    words = Words(lang)
    real = title == "real"
    return Paper(
        lang=lang,
        kind=kind(snapshot.kind, lang),
        name=snapshot.printed_name,
        deed=words(f"deed {snapshot.kind}"),
        title=said(snapshot.title if real else snapshot.discreet_title, lang),
        issuer=said(snapshot.issuer, lang),
        issuer_domain=urlsplit(snapshot.issuer_site).hostname or "",
        signatory=snapshot.signatory,
        role=said(snapshot.role, lang),
        facts=_facts(snapshot, words, day),
        units=tuple(said(unit.title, lang) for unit in snapshot.units) if real else (),
        competencies=tuple(said(one.label, lang) for one in snapshot.competencies) if real else (),
        rule=_rule(snapshot, words),
        earned=_earned(snapshot, words, real, day),
        limits=_limits(snapshot, words),
    )


def kind(name: str, lang: str) -> str:
    return Words(lang)(name)


def said(text: Text, lang: str, source: str = "fr") -> Said:
    """The words in `lang`, else in the source language, else in any."""
    found = next((one for one in (lang, source, *text) if text.get(one)), lang)
    return Said(text.get(found, ""), found)


@dataclass(frozen=True, slots=True)
class Words:
    """The table below in one language; French where a language is missing."""

    lang: str

    def __call__(self, name: str, **values: object) -> str:
        words = TABLE[name]
        text = words.get(self.lang, words["fr"]).format(**values)
        return french_spaces(text) if self.lang not in words or self.lang == "fr" else text


def _facts(snapshot: Snapshot, words: Words, day: Day) -> tuple[Fact, ...]:
    start, end = day(snapshot.started_on), day(snapshot.completed_on)
    followed = words("on day", day=end) if start == end else words("from to", start=start, end=end)
    facts = [Fact(words("followed"), followed)]
    if snapshot.minutes:
        facts.append(Fact(words("planned"), planned(snapshot.minutes, words.lang)))
    facts.append(Fact(words("issued"), words("on day", day=day(snapshot.issued_on))))
    if snapshot.valid_until:
        facts.append(Fact(words("valid"), words("until", day=day(snapshot.valid_until))))
    facts.append(Fact(words("text"), words("edition", edition=snapshot.edition, rule=snapshot.rule)))
    return tuple(facts)


def planned(minutes: Mapping[str, int], lang: str) -> str:
    """Planned time by kind, in words that say that nobody measured it."""
    words = Words(lang)
    said = ", ".join(f"{_duration(n, words)} ({_of_what(kind, words)})" for kind, n in minutes.items())
    return words("not measured", planned=said)


def _of_what(kind: str, words: Words) -> str:
    """A kind of hours that came after this table is named as it is."""
    return words(f"hours {kind}") if f"hours {kind}" in TABLE else kind


def _duration(minutes: int, words: Words) -> str:
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NO_BREAK}min"
    if not rest:
        return f"{hours}{NO_BREAK}h"
    return words("hours and minutes", hours=hours, minutes=f"{rest:02}").replace(" ", NO_BREAK)


def _rule(snapshot: Snapshot, words: Words) -> tuple[str, ...]:
    count = len(snapshot.units) - (snapshot.exam is not None)
    rule = [words("read one" if count == 1 else "read", count=count)] if count else []
    marks = sorted({unit.pass_mark for unit in snapshot.units if unit.pass_mark})
    if len(marks) == 1:
        rule.append(words("mark", mark=marks[0]))
    elif marks:
        rule.append(words("marks", low=marks[0], high=marks[-1]))
    must_pass = sum(unit.must_pass for unit in snapshot.units)
    if must_pass:
        rule.append(words("must pass one" if must_pass == 1 else "must pass", count=must_pass))
    return tuple(rule)


def _earned(snapshot: Snapshot, words: Words, real: bool, day: Day) -> tuple[str, ...]:
    how = snapshot.earned
    sentences = [
        words("online" if how.online else "in person")
        + words("supervised" if how.supervised else "unsupervised")
        + words("open book" if how.open_book else "closed book"),
        *_exam(snapshot, words),
        words("tries limited" if how.tries_limited else "tries not limited"),
        _identity(snapshot, words, day),
        words("questions public" if how.questions_public else "questions private"),
    ]
    return (*sentences, *_reviews(snapshot, words, real))


def _identity(snapshot: Snapshot, words: Words, day: Day) -> str:
    if snapshot.identity is not None:
        return words("identity checked by", by=snapshot.identity.by, day=day(snapshot.identity.on))
    return words("identity checked" if snapshot.earned.identity_checked else "identity not checked")


def _exam(snapshot: Snapshot, words: Words) -> tuple[str, ...]:
    if snapshot.exam is None:
        return ()
    count = snapshot.exam.sittings
    how = words("exam aloud" if snapshot.exam.aloud else "exam online")
    return (words("exam once" if count == 1 else "exam", count=count, how=how),)


def _reviews(snapshot: Snapshot, words: Words, real: bool) -> list[str]:
    """With the discreet title, the kinds of readers are not said: they tell the field."""
    done = [review for review in snapshot.reviews if review.done]
    owed = list(dict.fromkeys(said(review.kind, words.lang).text for review in snapshot.reviews if not review.done))
    if not snapshot.reviews or (not done and not real):
        return [words("not reviewed")]
    if not real:
        return [words("reviewed" if not owed else "partly reviewed")]
    read = [words("reviewed by", kind=said(one.kind, words.lang).text, by=one.by, on=one.on) for one in done]
    return [*read, words("review owed", kinds=" · ".join(owed))] if owed else read


def _limits(snapshot: Snapshot, words: Words) -> tuple[str, ...]:
    identity = () if snapshot.earned.identity_checked else (words("no identity"),)
    assessed = () if snapshot.kind == "success" else (words("no assessment"),)
    return (words("not a title"), *identity, *assessed, words("no practice"), words("private life"))


TABLE: dict[str, dict[str, str]] = {
    "follow-up": {"fr": "Attestation de suivi", "en": "Attestation of participation"},
    "success": {"fr": "Attestation de réussite", "en": "Attestation of achievement"},
    "deed follow-up": {"fr": "a suivi le parcours", "en": "has taken part in the course"},
    "deed success": {"fr": "a réussi le parcours", "en": "has successfully completed the course"},
    "followed": {"fr": "Parcours suivi", "en": "Course followed"},
    "on day": {"fr": "le {day}", "en": "on {day}"},
    "from to": {"fr": "du {start} au {end}", "en": "from {start} to {end}"},
    "planned": {"fr": "Durée prévue", "en": "Planned time"},
    "not measured": {"fr": "{planned}, non mesurée", "en": "{planned}, not measured"},
    "hours and minutes": {"fr": "{hours} h {minutes}", "en": "{hours} h {minutes} min"},
    "hours theory": {"fr": "théorie", "en": "theory"},
    "hours workshop": {"fr": "atelier", "en": "workshop"},
    "hours personal_work": {"fr": "travail personnel", "en": "personal work"},
    "hours practicum": {"fr": "stage", "en": "practicum"},
    "hours supervision": {"fr": "supervision", "en": "supervision"},
    "hours ethics": {"fr": "éthique", "en": "ethics"},
    "issued": {"fr": "Délivrée", "en": "Issued"},
    "valid": {"fr": "Valable", "en": "Valid"},
    "until": {"fr": "jusqu'au {day}", "en": "until {day}"},
    "text": {"fr": "Texte et règle", "en": "Text and rule"},
    "edition": {"fr": "édition {edition}, règle {rule}", "en": "edition {edition}, rule {rule}"},
    "read one": {
        "fr": "Chaque section de l'unité est marquée comme lue.",
        "en": "Every section of the unit is marked as read.",
    },
    "read": {
        "fr": "Chaque section des {count} unités est marquée comme lue.",
        "en": "Every section of the {count} units is marked as read.",
    },
    "mark": {
        "fr": "Dans chaque unité, les réponses valent au moins {mark} % des points ; la meilleure réponse compte.",
        "en": "In each unit, answers reach at least {mark}% of the points; the best answer counts.",
    },
    "marks": {
        "fr": "Selon l'unité, les réponses valent au moins {low} à {high} % des points ; la meilleure réponse compte.",
        "en": "Answers reach at least {low}% to {high}% of the points, by unit; the best answer counts.",
    },
    "must pass one": {
        "fr": "Une question est indispensable : la réponse y est juste.",
        "en": "One question must be right, and is.",
    },
    "must pass": {
        "fr": "{count} questions sont indispensables : la réponse à chacune est juste.",
        "en": "{count} questions must be right, and each is.",
    },
    "online": {"fr": "En ligne", "en": "Online"},
    "in person": {"fr": "En présence", "en": "In person"},
    "supervised": {"fr": ", avec surveillance", "en": ", supervised"},
    "unsupervised": {"fr": ", sans surveillance", "en": ", unsupervised"},
    "open book": {"fr": ", à livre ouvert.", "en": ", open book."},
    "closed book": {"fr": ", à livre fermé.", "en": ", closed book."},
    "exam once": {"fr": "Examen final réussi (1 passage), {how}.", "en": "Final exam passed (1 sitting), {how}."},
    "exam": {
        "fr": "Examen final réussi ({count} passages), {how}.",
        "en": "Final exam passed ({count} sittings), {how}.",
    },
    "exam online": {"fr": "à distance, sans surveillance", "en": "online, unsupervised"},
    "exam aloud": {"fr": "à voix haute avec une personne formatrice", "en": "held aloud with a trainer"},
    "tries limited": {"fr": "Nombre d'essais limité.", "en": "A limited number of tries."},
    "tries not limited": {"fr": "Nombre d'essais non limité.", "en": "Tries are not limited."},
    "identity checked": {"fr": "Identité vérifiée.", "en": "Identity checked."},
    "identity checked by": {
        "fr": "Identité vérifiée par {by}, le {day}.",
        "en": "Identity checked by {by}, on {day}.",
    },
    "identity not checked": {
        "fr": "Identité non vérifiée : le nom est celui que la personne a écrit.",
        "en": "Identity not checked: the name is the one the person wrote.",
    },
    "questions public": {
        "fr": "Questions publiques : chacun peut s'y exercer.",
        "en": "Public questions: anyone may practise on them.",
    },
    "questions private": {"fr": "Questions non publiques.", "en": "Questions not public."},
    "not reviewed": {
        "fr": "Texte pas encore relu par des personnes du domaine.",
        "en": "Text not yet reviewed by people of the field.",
    },
    "reviewed": {"fr": "Texte relu par des personnes du domaine.", "en": "Text reviewed by people of the field."},
    "partly reviewed": {
        "fr": "Texte relu en partie par des personnes du domaine.",
        "en": "Text partly reviewed by people of the field.",
    },
    "reviewed by": {"fr": "Texte relu par {by} ({kind}, {on}).", "en": "Text reviewed by {by} ({kind}, {on})."},
    "review owed": {"fr": "Texte pas encore relu par : {kinds}.", "en": "Text not yet read by: {kinds}."},
    "not a title": {
        "fr": "Ce n'est ni un titre professionnel ni un permis d'exercer.",
        "en": "It is neither a professional title nor a licence to practise.",
    },
    "no identity": {
        "fr": "Elle ne prouve pas l'identité de la personne.",
        "en": "It does not prove who the person is.",
    },
    "no assessment": {
        "fr": "Elle n'évalue pas ce que la personne sait.",
        "en": "It does not assess what the person knows.",
    },
    "no practice": {
        "fr": "Elle ne dit rien d'une pratique sur le terrain.",
        "en": "It says nothing about practice in the field.",
    },
    "private life": {
        "fr": "Elle ne dit rien de la vie privée de la personne.",
        "en": "It says nothing about the person's private life.",
    },
    "units": {"fr": "Unités", "en": "Units"},
    "competencies": {"fr": "Compétences abordées", "en": "Competencies covered"},
    "rule": {"fr": "La règle, remplie", "en": "The rule, met"},
    "earned": {"fr": "Comment elle a été obtenue", "en": "How it was earned"},
    "limits": {"fr": "Ce qu'elle ne prouve pas", "en": "What it does not prove"},
    "signatory": {"fr": "Pour l'organisme", "en": "For the organisation"},
    "to": {"fr": "atteste que", "en": "attests that"},
    "check": {"fr": "Vérifier ce document", "en": "Check this document"},
    "check how": {
        "fr": "Lisez ce code avec un téléphone, ou ouvrez l'adresse :",
        "en": "Read this code with a phone, or open the address:",
    },
    "check code": {"fr": "puis tapez le code :", "en": "then type the code:"},
    "check why": {
        "fr": "La page répète ce qui est écrit ici et dit si l'attestation est toujours valable.",
        "en": "The page repeats what is written here and says whether the attestation still stands.",
    },
    "qr": {
        "fr": "Code QR de l'adresse de vérification : {address}",
        "en": "QR code of the address to check: {address}",
    },
    "attached": {
        "fr": "Attestation signée, à vérifier sans le site (Open Badges 3.0)",
        "en": "Signed attestation, to be verified without the site (Open Badges 3.0)",
    },
    "many": {"fr": "Attestations à imprimer", "en": "Attestations to print"},
    "logo": {"fr": "Logo de l'organisme", "en": "Logo of the organisation"},
    "drawn": {"fr": "Signature de la personne qui signe", "en": "Signature of the signatory"},
    "details": {"fr": "Ce que dit cette attestation", "en": "What this attestation says"},
    "turn over": {"fr": "Détails à la page suivante.", "en": "Details on the next page."},
}
