"""A site without a single problem, and a way to break it in one place that says where the problem must be told."""

import datetime
from collections.abc import Mapping

from elearn.core.check import SiteBuild, check_site
from elearn.core.rules import Problem

TODAY = datetime.date(2026, 11, 22)
HERE = "⟦"
"""Stands in a broken text just before the place where the problem must be told."""

SITE = """langues: [fr, en]
langue_source: fr
cours: [reperes]
emetteur: {nom: {fr: Association, en: Association}, site: "https://asso.example"}
"""

COURSE = """id: reperes
titre: {fr: Premiers repères, en: First landmarks}
resume: {fr: Pour commencer., en: To begin with.}
unites: [parler, suite]
relectures:
  - {genre: {fr: une paire aidante, en: a peer}, par: "", le: ""}
regle:
  version: "2026-1"
  unites: toutes
  seuil: 80
  heures: {theorie: 1,5}
delivrance: automatique
""".replace("1,5", '"1,5"')

COMPETENCIES = "k1: {fr: Rôle, en: Role}\nk2: {fr: Écoute, en: Listening}\n"

REFERENCES = """references:
  - id: leamy2011
    title: Conceptual framework
    author: [{family: Leamy, given: Mary}, {family: Bird, given: Victoria}, {family: Slade, given: Mike}]
    issued: {date-parts: [[2011, 12]]}
    container-title: British Journal of Psychiatry
    volume: "199"
    issue: "6"
    page: 445-452
    DOI: 10.1192/bjp.bp.110.083733
    language: en
"""

GLOSSARY_FR = """## Rétablissement {#retablissement}

Un chemin vers une vie que l'on choisit. Voir [espoir](glossaire:espoir).

## Espoir {#espoir}

Croire un changement possible.
"""
GLOSSARY_EN = GLOSSARY_FR.replace("Rétablissement", "Recovery").replace("Espoir", "Hope")

HELP = """lines:
  - {region: qc, order: 1, kind: emergency, name: {fr: Urgence, en: Emergency}, tel: "911", free: yes}
"""

FR = """---
id: parler
titre: "Parler de soi : choisir"
resume: "Doser."
duree: 35 min
competences: [k1]
auteurs: [Nadia B.]
licence: CC-BY-SA-4.0
statut: publie
---

# Parler de soi : choisir

> [!IMPORTANT]
> **L'essentiel**
>
> - Vous choisissez.

Le [rétablissement](glossaire:retablissement) n'est pas une ligne droite [@leamy2011, p. 448].

## Trois questions {#trois-questions}

Un texte simple.[^note] Voir [la suite](unite:suite#fin) et [plus bas](#ordre).

[^note]: Une note.

### Qui décide de ce qui est partagé ? {.choix-unique #qui-decide points=2 competence=k2}

Une collègue vous demande de raconter.

- ( ) L'équipe, en réunion.
  > L'employeur ne peut pas l'exiger.
- (x) Moi, toujours.
  > Oui : le consentement reste révocable.
- ( ) Aucune de ces réponses. {.fixe}
  > Il y en a une.

> **Indice :** relisez la première question.

> **Explication :** la divulgation sert le lien.

### Que dire d'abord ? {.choix-multiple #que-dire bareme=partiel}

- [x] Bonjour.
  > Oui.
- [ ] Rien du tout.
  > Pas encore.
- [x] Merci.
  > Oui.

> **Explication :** saluer ouvre la porte.

### On doit tout dire. {.vrai-faux #tout-dire indispensable=oui}

> **Réponse :** faux

> **Explication :** vous choisissez.

## Pour finir {#fin-de-parcours}

### Remettez les gestes dans l'ordre {.ordre #ordre}

1. Demander
2. Raconter
3. Demander encore

> **Explication :** on demande avant et après.

***

Un texte entre deux questions.

### Associez {.appariement #paires}

| Mot | Sens |
| --- | --- |
| Espoir | Croire |
| Choix | Vouloir |
| | Obéir |

> **Explication :** le sens en trop ne va avec rien.

### Une fois où se taire a été juste {.reflexion #se-taire}

Prenez votre temps.

> **Exemple de réponse :** un soir, j'ai attendu.

## Autres questions {#autres}

### Combien de minutes dure l'exercice ? {.nombre #minutes}

> **Réponse :** 5 ± 1 min

> **Explication :** cinq minutes, à peu près.

### Quel mot dit « aller mieux à sa façon » ? {.reponse-courte #quel-mot ancien=suite/mot}

> **Réponses acceptées :**
>
> - rétablissement
> - le rétablissement

> **Explication :** c'est le chemin de chaque personne.

### Complétez {.texte-a-trous #trous bareme=partiel confiance=oui relire=trois-questions,suite#fin}

Le pair-aidant porte **l'[[espoir|espérance]]** sans promettre la [[=guérison|rechute|sortie]]. Il garde
[[sa juste place|sa place]].

- Un temps pour [[écouter]].

> **Explication :** on porte l'espoir, on ne promet rien.

### Comment préférez-vous lire ? {.sondage #lire}

- ( ) Sur papier.
- ( ) À l'écran.
- ( ) Autrement. {.fixe}

### Où en êtes-vous ? {.echelle #assurance}

1. Pas du tout à l'aise
2. Un peu à l'aise
3. À l'aise

### Situation : la confidence {.situation #confidence}

Léo : « Si je te le dis, tu ne répètes à personne ? »

#### Le début {#debut}

Il vous regarde.

- [« Oui. »](#accord)
- [« Non. »](#cadre)

#### Un accord {.fin #accord}

Léo est soulagé, pour l'instant.

#### Un cadre {.fin #cadre points=2}

> **Explication :** dire ses limites protège.

***

### Banque : un mot {.banque #au-choix tirage=1}

Une question, tirée au sort.

#### Un mot ? {.choix-unique #mot-a}

- (x) Oui.
- ( ) Non.

> **Explication :** un mot.

#### Un autre mot ? {.choix-unique #mot-b}

- (x) Oui.
- ( ) Non.

> **Explication :** un mot.
"""

EN = """---
title: "Speaking of oneself: choosing"
traducteurs: [Ada]
---

# Speaking of oneself: choosing

## Three questions {#trois-questions}

A plain text.

### Who decides what is shared? {.single-choice #qui-decide}

- ( ) The team, in a meeting.
  > No employer can ask for it.
- (x) I do, always.
  > Yes.
- ( ) None of these.
  > There is one.

> **Hint:** read the first question again.

> **Explanation:** disclosure serves the bond.

### What to say first? {.multiple-choice #que-dire}

- [ ] Hello.
- [ ] Nothing at all.
- [ ] Thank you.

### One must tell everything. {.true-false #tout-dire}

> **Answer:** false

## To end {#fin-de-parcours}

### Put these in order {.ordering #ordre}

1. Ask
2. Tell
3. Ask again

***

A text between two questions.

### Match {.matching #paires}

| Word | Meaning |
| --- | --- |
| Hope | Believing |
| Choice | Wanting |
| | Obeying |

### A time when silence was right {.reflection #se-taire}

Take your time.

## Other questions {#autres}

### How many minutes does the exercise take? {.number #minutes}

> **Explanation:** five, or about.

### Which word says "getting better in one's own way"? {.short-answer #quel-mot}

> **Accepted answers:**
>
> - recovery

### Complete {.cloze #trous}

Peer supporters carry **[[hope]]** without promising a [[cure|relapse|way out]]. They keep [[their place|place]].

- A time for [[listening]].

> **Explanation:** one carries hope and promises nothing.

### How do you prefer to read? {.survey #lire}

- ( ) On paper.
- ( ) On a screen.
- ( ) Another way.

### Where are you? {.scale #assurance}

1. Not at ease at all
2. A little at ease
3. At ease

### A secret {.scenario #confidence}

Leo: “If I tell you, you will not repeat it?”

#### The beginning {#debut}

He looks at you.

- [“Yes.”](#accord)
- [“No.”](#cadre)

#### An agreement {.end #accord}

Leo is relieved, for now.

#### A frame {.end #cadre}

A frame.

***

### Pool {.pool #au-choix}

#### A word? {.single-choice #mot-a}

- (x) Yes.
- ( ) No.

#### Another word? {.single-choice #mot-b}

- (x) Yes.
- ( ) No.
"""

POOL = """---
id: limites
titre: Des limites
duree: 5 min
auteurs: [Nadia B.]
licence: CC-BY-SA-4.0
---

## Questions {#questions}

### Une promesse. {.vrai-faux #promesse}

> **Réponse :** faux

> **Explication :** voir [espoir](glossaire:espoir) [@leamy2011].

### Une réflexion {.reflexion #limite}
"""

SUITE = """---
id: suite
titre: Et la suite
duree: 1 h
prerequis: [parler]
auteurs: [Nadia B.]
licence: CC-BY-SA-4.0
---

## La fin {#fin}

Un mot.
"""

UNIT, TRANSLATION = "courses/reperes/01-parler/fr.md", "courses/reperes/01-parler/en.md"
GOOD = {
    "site.yaml": SITE,
    "competencies.yaml": COMPETENCIES,
    "references.yaml": REFERENCES,
    "help-lines.yaml": HELP,
    "glossary/fr.md": GLOSSARY_FR,
    "glossary/en.md": GLOSSARY_EN,
    "courses/reperes/course.yaml": COURSE,
    UNIT: FR,
    TRANSLATION: EN,
    "courses/reperes/01-parler/media/x.png": "\x89PNG\r\n\x1a\n",
    "courses/reperes/02-suite/fr.md": SUITE,
    "pools/limites/fr.md": POOL,
}


def build(changes: Mapping[str, str | bytes | None] | None = None) -> SiteBuild:
    """The good site with some files changed, added (text or bytes) or taken away (None)."""
    files: dict[str, str | bytes | None] = {**GOOD, **(changes or {})}
    encoded = {
        path: body.encode("latin-1" if path.endswith(".png") else "utf-8") if isinstance(body, str) else body
        for path, body in files.items()
        if body is not None
    }
    return check_site(encoded, TODAY)


def told(changes: Mapping[str, str | bytes | None]) -> list[tuple[str, str, int, int]]:
    """(code, path, line, column) of every problem."""
    return [place(problem) for problem in build(changes).problems]


def place(problem: Problem) -> tuple[str, str, int, int]:
    return problem.code, problem.path, problem.line, problem.column


def marked(path: str, text: str) -> tuple[str, tuple[str, int, int]]:
    """A text without its HERE mark, and (path, line, column) where the mark stood; 1:1 where there is none."""
    before, found, after = text.partition(HERE)
    if not found:
        return text, (path, 1, 1)
    lines = before.split("\n")
    return before + after, (path, len(lines), len(lines[-1]) + 1)


def edited(path: str, old: str, new: str) -> tuple[str, str]:
    """The good file with one piece replaced, once."""
    text = GOOD[path]
    assert text.count(old) >= 1, (path, old)
    return path, text.replace(old, new, 1)
