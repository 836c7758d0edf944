"""A correct beginning for each thing a trainer writes, to be replaced word by word: the kinds of questions, in French
and in English, and what a course and a unit are made of.

The command `elearn new`, the pages and the tests share them. Their ids (`q-1`, `e-1`…) stand for new ones.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from elearn.core.new_ids import QUESTION, SECTION, STEP, NewIds
from elearn.core.typography import fold

_PLACE = re.compile(rf"(?<=#)([{QUESTION}{STEP}{SECTION}])-([0-9])(?![a-z0-9-])")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A question of one kind. `words`: the kind in French and English; `fr`, `en`: the question as text."""

    words: tuple[str, str]
    fr: str
    en: str


def question(kind: str, lang: str, ids: NewIds) -> str:
    """The text of a question, in French or English, with new ids. KeyError where there is no such kind."""
    skeleton = QUESTIONS[kind]
    return with_ids(skeleton.fr if lang == "fr" else skeleton.en, ids)


def kind_named(word: str) -> str | None:
    """The kind that a word names, French, English or its own name; any case, with or without its dot."""
    wanted = fold(word).lstrip(".")
    return next((kind for kind, one in QUESTIONS.items() if wanted in (kind, *one.words)), None)


def unit(id: str, title: str, lang: str, ids: NewIds, exam: bool = False) -> str:
    texts = (EXAM_FR, EXAM_EN) if exam else (UNIT_FR, UNIT_EN)
    text = texts[lang != "fr"]
    asked = question("single_choice", lang, ids)
    return with_ids(text, ids).replace("⟨id⟩", id).replace("⟨question⟩", asked).replace("⟨title⟩", quoted(title))


def course(id: str, title: str, lang: str, languages: Sequence[str], version: str, summary: str = "") -> str:
    """A course.yaml without units. `languages`: those of the site, each with words of its own."""
    french = lang == "fr"
    summary = summary or ("Remplacez par deux phrases." if french else "Replace this by two sentences.")
    names = ("titre", "titre_discret", "resume") if french else ("title", "discreet_title", "summary")
    lines = [f"id: {id}"]
    for name, words in zip(names, (title, title, summary), strict=True):
        lines += [f"{name}:", *(f"  {one}: {quoted(words)}" for one in languages)]
    return "\n".join(lines) + "\n" + (COURSE_FR if french else COURSE_EN).replace("⟨version⟩", quoted(version))


def site(languages: Sequence[str], course: str) -> str:
    return f"langues: [{', '.join(languages)}]\nlangue_source: {languages[0]}\ncours: [{course}]\n"


def quoted(text: str) -> str:
    """A text on one line as YAML between double quotation marks."""
    return '"' + " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"') + '"'


def with_ids(text: str, ids: NewIds) -> str:
    made: dict[str, str] = {}
    for found in _PLACE.finditer(text):
        made.setdefault(found[0], ids.make(found[1]))
    return _PLACE.sub(lambda found: made[found[0]], text)


QUESTIONS: Mapping[str, Skeleton] = {
    "single_choice": Skeleton(
        ("choix-unique", "single-choice"),
        """### Remplacez par votre question : que faire d'abord ? {.choix-unique #q-1}

- ( ) Remplacez par une réponse fausse.
  > Remplacez : dites pourquoi, sans juger.
- (x) Remplacez par la bonne réponse.
  > Remplacez : dites pourquoi c'est juste.

> **Explication :** remplacez par ce qu'il faut retenir.
""",
        """### Replace this with your question: what comes first? {.single-choice #q-1}

- ( ) Replace this with a wrong answer.
  > Replace: say why, without judging.
- (x) Replace this with the right answer.
  > Replace: say why it is right.

> **Explanation:** replace this with what should be remembered.
""",
    ),
    "multiple_choice": Skeleton(
        ("choix-multiple", "multiple-choice"),
        """### Remplacez par votre question : qu'est-ce qui aide ? {.choix-multiple #q-1 bareme=partiel}

- [x] Remplacez par une bonne réponse.
  > Remplacez : dites pourquoi c'est juste.
- [x] Remplacez par une autre bonne réponse.
  > Remplacez : dites pourquoi c'est juste.
- [ ] Remplacez par une réponse fausse.
  > Remplacez : dites pourquoi, sans juger.

> **Explication :** remplacez par ce qu'il faut retenir.
""",
        """### Replace this with your question: what helps? {.multiple-choice #q-1 scoring=partial}

- [x] Replace this with a right answer.
  > Replace: say why it is right.
- [x] Replace this with another right answer.
  > Replace: say why it is right.
- [ ] Replace this with a wrong answer.
  > Replace: say why, without judging.

> **Explanation:** replace this with what should be remembered.
""",
    ),
    "true_false": Skeleton(
        ("vrai-faux", "true-false"),
        """### Remplacez par une phrase à juger. {.vrai-faux #q-1}

> **Réponse :** faux

> **Explication :** remplacez par ce qui rend la phrase vraie ou fausse.
""",
        """### Replace this with a statement to judge. {.true-false #q-1}

> **Answer:** false

> **Explanation:** replace this with what makes the statement true or false.
""",
    ),
    "number": Skeleton(
        ("nombre", "number"),
        """### Remplacez par votre question : combien de jours ? {.nombre #q-1}

> **Réponse :** 5 ± 1

> **Explication :** remplacez par l'origine de ce nombre.
""",
        """### Replace this with your question: how many days? {.number #q-1}

> **Answer:** 5 ± 1

> **Explanation:** replace this with where the number comes from.
""",
    ),
    "short_answer": Skeleton(
        ("reponse-courte", "short-answer"),
        """### Remplacez par votre question : quel mot ? {.reponse-courte #q-1}

> **Réponses acceptées :**
>
> - remplacez
> - un autre mot juste

> **Explication :** remplacez par ce que veut dire ce mot.
""",
        """### Replace this with your question: which word? {.short-answer #q-1}

> **Accepted answers:**
>
> - replace
> - another right word

> **Explanation:** replace this with what the word means.
""",
    ),
    "ordering": Skeleton(
        ("ordre", "ordering"),
        """### Remettez dans l'ordre : remplacez ces étapes {.ordre #q-1}

1. Remplacez par ce qui vient en premier.
2. Remplacez par la suite.
3. Remplacez par ce qui vient en dernier.

> **Explication :** remplacez par la raison de cet ordre.
""",
        """### Put in order: replace these steps {.ordering #q-1}

1. Replace this with what comes first.
2. Replace this with what follows.
3. Replace this with what comes last.

> **Explanation:** replace this with the reason for this order.
""",
    ),
    "matching": Skeleton(
        ("appariement", "matching"),
        """### Associez : remplacez ces mots et leurs sens {.appariement #q-1}

| Mot | Sens |
| --- | --- |
| Remplacez ce mot | Remplacez par son sens |
| Remplacez cet autre mot | Remplacez par cet autre sens |
| | Remplacez par un sens en trop |

> **Explication :** remplacez par ce qui distingue ces mots.
""",
        """### Match: replace these words and their meanings {.matching #q-1}

| Word | Meaning |
| --- | --- |
| Replace this word | Replace this with its meaning |
| Replace this other word | Replace this with that other meaning |
| | Replace this with one meaning too many |

> **Explanation:** replace this with what tells these words apart.
""",
    ),
    "cloze": Skeleton(
        ("texte-a-trous", "cloze"),
        """### Complétez : remplacez cette phrase {.texte-a-trous #q-1}

Remplacez : on écoute avec [[attention|soin]], puis on [[=demande|devine|décide]] ce qui aide.

> **Explication :** remplacez par ce qu'il faut retenir.
""",
        """### Fill in: replace this sentence {.cloze #q-1}

Replace: one listens with [[attention|care]], then [[=asks|guesses|decides]] what helps.

> **Explanation:** replace this with what should be remembered.
""",
    ),
    "reflection": Skeleton(
        ("reflexion", "reflection"),
        """### Remplacez par une invitation à écrire pour soi {.reflexion #q-1}

Remplacez : dites sur quoi, et que rien n'oblige à répondre.

> **Exemple de réponse :** remplacez par un exemple court et vrai.
""",
        """### Replace this with an invitation to write for oneself {.reflection #q-1}

Replace: say about what, and that nobody has to answer.

> **Sample answer:** replace this with a short and true example.
""",
    ),
    "survey": Skeleton(
        ("sondage", "survey"),
        """### Remplacez par votre question sans bonne réponse {.sondage #q-1}

- ( ) Remplacez par une réponse.
- ( ) Remplacez par une autre réponse.
- ( ) Je préfère ne pas répondre.
""",
        """### Replace this with a question that has no right answer {.survey #q-1}

- ( ) Replace this with an answer.
- ( ) Replace this with another answer.
- ( ) I would rather not say.
""",
    ),
    "scale": Skeleton(
        ("echelle", "scale"),
        """### Remplacez : à quel point vous sentez-vous prêt ou prête ? {.echelle #q-1}

1. Pas du tout
2. Un peu
3. Assez
4. Tout à fait
""",
        """### Replace: how ready do you feel? {.scale #q-1}

1. Not at all
2. A little
3. Rather
4. Fully
""",
    ),
    "scenario": Skeleton(
        ("situation", "scenario"),
        """### Situation : remplacez ce titre {.situation #q-1}

Remplacez : présentez la personne et le moment.

#### Étape : remplacez par ce qui arrive {#e-1}

Remplacez : que dit la personne ?

- [Remplacez par une première façon de répondre.](#e-2)
- [Remplacez par une autre façon de répondre.](#e-3)

#### Fin : remplacez par une suite difficile {.fin #e-2 points=0}

> **Explication :** remplacez par ce qui s'est passé.

#### Fin : remplacez par une suite qui aide {.fin #e-3 points=1}

> **Explication :** remplacez par ce qui a aidé.

***
""",
        """### Scenario: replace this title {.scenario #q-1}

Replace: present the person and the moment.

#### Step: replace this with what happens {#e-1}

Replace: what does the person say?

- [Replace this with a first way to answer.](#e-2)
- [Replace this with another way to answer.](#e-3)

#### End: replace this with a hard outcome {.end #e-2 points=0}

> **Explanation:** replace this with what went on.

#### End: replace this with an outcome that helps {.end #e-3 points=1}

> **Explanation:** replace this with what helped.

***
""",
    ),
    "pool": Skeleton(
        ("banque", "pool"),
        """### Banque de questions : remplacez ce titre {.banque #q-1 tirage=1}

#### Remplacez par une première phrase à juger. {.vrai-faux #q-2}

> **Réponse :** vrai

> **Explication :** remplacez par ce qui la rend vraie.

#### Remplacez par une deuxième phrase à juger. {.vrai-faux #q-3}

> **Réponse :** faux

> **Explication :** remplacez par ce qui la rend fausse.
""",
        """### Question pool: replace this title {.pool #q-1 draw=1}

#### Replace this with a first statement to judge. {.true-false #q-2}

> **Answer:** true

> **Explanation:** replace this with what makes it true.

#### Replace this with a second statement to judge. {.true-false #q-3}

> **Answer:** false

> **Explanation:** replace this with what makes it false.
""",
    ),
}
"""The thirteen kinds of the format, by name."""

UNIT_FR = """---
id: ⟨id⟩
titre: ⟨title⟩
resume: "Remplacez par une ou deux phrases."
duree: 20 min
auteurs: ["Remplacez par votre nom"]
licence: CC-BY-SA-4.0
statut: brouillon
---

> [!IMPORTANT]
> **L'essentiel**
>
> - Remplacez par une phrase simple. Cinq au plus.

## Remplacez par une première idée {#s-1}

Remplacez par un texte court. Un titre à deux dièses ouvre un nouvel écran : une idée par écran.

⟨question⟩
## Remplacez par ce qu'on emporte {#s-2}

Remplacez par un dernier mot et, si vous le souhaitez, une question pour soi.
"""
UNIT_EN = """---
id: ⟨id⟩
title: ⟨title⟩
summary: "Replace this by one or two sentences."
duration: 20 min
authors: ["Replace this with your name"]
license: CC-BY-SA-4.0
status: draft
---

> [!IMPORTANT]
> **In short**
>
> - Replace this with a plain sentence. Five at most.

## Replace this with a first idea {#s-1}

Replace this with a short text. A heading with two hashes opens a new screen: one idea on each.

⟨question⟩
## Replace this with what one takes away {#s-2}

Replace this with a last word and, if you wish, a question for oneself.
"""
EXAM_FR = """---
id: ⟨id⟩
titre: ⟨title⟩
resume: "Remplacez par ce que cet examen vérifie."
duree: 20 min
auteurs: ["Remplacez par votre nom"]
licence: CC-BY-SA-4.0
statut: brouillon
examen: oui
seuil: 80
---

> [!NOTE]
> Remplacez par un mot d'accueil : on prend son temps, et on peut repasser l'examen.

## Remplacez par une première compétence {#s-1}

### Banque : remplacez par ce qu'elle vérifie {.banque #q-1 tirage=1}

#### Remplacez par une phrase à juger. {.vrai-faux #q-2 competence=k1}

> **Réponse :** vrai

> **Explication :** remplacez par ce qui la rend vraie.

#### Remplacez par une autre phrase à juger. {.vrai-faux #q-3 competence=k1}

> **Réponse :** faux

> **Explication :** remplacez par ce qui la rend fausse.

## Remplacez par une deuxième compétence {#s-2}

### Remplacez par une question de sécurité, posée à chaque essai. {.vrai-faux #q-4 indispensable=oui competence=k2}

> **Réponse :** vrai

> **Explication :** remplacez par ce qui la rend vraie.

### Banque : remplacez par ce qu'elle vérifie aussi {.banque #q-5 tirage=1}

#### Remplacez par une phrase à juger. {.vrai-faux #q-6 competence=k2}

> **Réponse :** vrai

> **Explication :** remplacez par ce qui la rend vraie.

#### Remplacez par une autre phrase à juger. {.vrai-faux #q-7 competence=k2}

> **Réponse :** faux

> **Explication :** remplacez par ce qui la rend fausse.
"""
EXAM_EN = """---
id: ⟨id⟩
title: ⟨title⟩
summary: "Replace this with what the exam is about."
duration: 20 min
authors: ["Replace this with your name"]
license: CC-BY-SA-4.0
status: draft
exam: yes
pass_mark: 80
---

> [!NOTE]
> Replace this with a word of welcome: one takes one's time, and may sit the exam again.

## Replace this with a first competency {#s-1}

### Question pool: replace this with what it is about {.pool #q-1 draw=1}

#### Replace this with a statement to judge. {.true-false #q-2 competency=k1}

> **Answer:** true

> **Explanation:** replace this with what makes it true.

#### Replace this with another statement to judge. {.true-false #q-3 competency=k1}

> **Answer:** false

> **Explanation:** replace this with what makes it false.

## Replace this with a second competency {#s-2}

### Replace this with a question of safety, asked every time. {.true-false #q-4 must_pass=yes competency=k2}

> **Answer:** true

> **Explanation:** replace this with what makes it true.

### Question pool: replace this with what else it is about {.pool #q-5 draw=1}

#### Replace this with a statement to judge. {.true-false #q-6 competency=k2}

> **Answer:** true

> **Explanation:** replace this with what makes it true.

#### Replace this with another statement to judge. {.true-false #q-7 competency=k2}

> **Answer:** false

> **Explanation:** replace this with what makes it false.
"""
COURSE_FR = """ouvert: oui
unites: []
regle:
  version: ⟨version⟩
  unites: toutes
  seuil: 80
  heures: {theorie: 1}
delivrance: automatique
"""
COURSE_EN = """open: yes
units: []
rule:
  version: ⟨version⟩
  units: all
  pass_mark: 80
  hours: {theory: 1}
issue: automatic
"""
