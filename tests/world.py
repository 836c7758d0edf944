"""A small site that tests know by heart: one course of two units, in French and English, with all six kinds."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

AT = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)

SITE = """\
langues: [fr, en]
langue_source: fr
cours: [reperes]
emetteur:
  nom: {fr: Association Exemple, en: Example Association}
  site: https://asso.example
"""

COURSE = """\
id: reperes
titre: {fr: Premiers repères, en: First landmarks}
titre_discret: {fr: Relations et écoute, en: Relating and listening}
resume: {fr: Deux unités pour commencer., en: Two units to begin with.}
ouvert: oui
unites: [ecouter, parler]
relectures:
  - {genre: {fr: deux pairs aidants, en: two peer supporters}, par: "", le: ""}
regle:
  version: 2026-1
  unites: toutes
  seuil: 80
  heures: {theorie: 1}
delivrance: automatique
"""

ECOUTER_FR = """\
---
id: ecouter
titre: Écouter
duree: 20 min
auteurs: [Ada]
licence: CC-BY-SA-4.0
statut: publie
seuil: 75
---

# Écouter

> [!IMPORTANT]
> **L'essentiel**
> - On écoute avant de parler.

## Pourquoi se taire ? {#se-taire}

Le silence laisse de la place.

### Qui décide de ce qui est dit ? {.choix-unique #qui-decide}

- ( ) L'équipe.
  > L'équipe ne peut pas l'exiger.
- (x) La personne.
  > Oui : elle décide, et peut changer d'avis.
- ( ) Moi.
  > Pas encore : ce n'est pas mon histoire.

> **Indice :** de qui est l'histoire ?

> **Explication :** l'histoire appartient à qui l'a vécue.

### Quels gestes aident ? {.choix-multiple #gestes indispensable=oui}

- [x] Attendre.
  > Oui, cela laisse de la place.
- [x] Reformuler.
  > Oui, cela montre que l'on suit.
- [ ] Conseiller tout de suite.
  > Autre piste : le conseil ferme l'échange.

> **Explication :** attendre et reformuler.

## Que vérifier ? {#verifier}

### Se taire, c'est écouter. {.vrai-faux #taire-ecouter}

> **Réponse :** faux

> **Explication :** on peut se taire et penser à autre chose.

### Dans quel ordre ? {.ordre #ordre}

1. Accueillir
2. Écouter
3. Reformuler

> **Explication :** accueillir vient d'abord.

### Une fois où l'on vous a écouté {.reflexion #une-fois}

Que s'est-il passé ?
"""

ECOUTER_EN = """\
---
title: Listening
---

# Listening

> [!IMPORTANT]
> **In short**
> - Listen before you speak.

## Why keep silent? {#se-taire}

Silence leaves room.

### Who decides what is said? {.single-choice #qui-decide}

- ( ) The team.
  > The team cannot ask for it.
- (x) The person.
  > Yes: they decide, and may change their mind.
- ( ) Me.
  > Not yet: it is not my story.

> **Hint:** whose story is it?

> **Explanation:** a story belongs to whoever lived it.

### Which acts help? {.multiple-choice #gestes}

- [x] Waiting.
  > Yes, it leaves room.
- [x] Rephrasing.
  > Yes, it shows that you follow.
- [ ] Giving advice at once.
  > Another path: advice closes the talk.

> **Explanation:** waiting and rephrasing.

## What to check? {#verifier}

### To keep silent is to listen. {.true-false #taire-ecouter}

> **Answer:** false

> **Explanation:** one can be silent and think of something else.

### In which order? {.ordering #ordre}

1. Welcome
2. Listen
3. Rephrase

> **Explanation:** welcoming comes first.

### A time when someone listened to you {.reflection #une-fois}

What happened?
"""

PARLER_FR = """\
---
id: parler
titre: Parler
duree: 15 min
auteurs: [Ada]
licence: CC-BY-SA-4.0
statut: publie
---

# Parler

> [!IMPORTANT]
> **L'essentiel**
> - On parle pour l'autre.

## Que dire ? {#que-dire}

### Reliez {.appariement #relier}

| Moment | Geste |
| --- | --- |
| Avant | Demander |
| Pendant | Partager |
| Après | Demander encore |

> **Explication :** demander, partager, demander.
"""

FILES = {
    "site.yaml": SITE,
    "courses/reperes/course.yaml": COURSE,
    "courses/reperes/01-ecouter/fr.md": ECOUTER_FR,
    "courses/reperes/01-ecouter/en.md": ECOUTER_EN,
    "courses/reperes/02-parler/fr.md": PARLER_FR,
}

RIGHT = {
    "se-taire": {"qui-decide": [1], "gestes": [0, 1]},
    "verifier": {"taire-ecouter": [0], "ordre": [0, 1, 2]},
    "que-dire": {"relier": [0, 1, 2]},
}
"""Right answers by section, in source positions."""


def site(changes: dict[str, str] | None = None) -> dict[str, bytes]:
    """The files as bytes."""
    return {path: text.encode() for path, text in {**FILES, **(changes or {})}.items()}


def write(folder: Path, files: dict[str, bytes] | None = None) -> Path:
    for path, body in (files or site()).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    return folder
