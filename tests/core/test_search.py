"""Search: what counts as the same word, what does not, and that nothing of a key can be found."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.core.check import check_site
from elearn.core.course import Unit
from elearn.core.search import EXCERPT, FORM, alike, answers, asked, excerpt, passages, pieces, plain
from tests import world

SAME = [
    "pair pairs paire paires PAIR pair·e pair·e·s pair·es pair•e•s pair-e pair-e-s pair-es pair.e pair.e.s",
    "paire pair(e) pair(e)s pair(e)(s) pair/e/s",
    "aidant aidante aidants aidantes aidant·e aidant·e·s aidant(e)s aidant-e-s aidant.es",
    "un une un·e un-e un(e) UN·E",
    "acteur acteurs actrice actrices acteur·rice acteur·rice·s acteur/trice acteur-rice-s acteur.rice.s",
    "acteur acteurice acteurices acteurs·rices",
    "formateur formatrice formateurs formatrices formateur·trice·s formateur(trice)",
    "professionnel professionnelle professionnel·le·s professionnel-le professionnel-le-s professionnel(le)s",
    "ancien ancienne anciennes ancien·ne·s ancien-ne-s",
    "infirmier infirmière infirmières infirmier·ère·s infirmier-ière",
    "heureux heureuse heureuses heureux·se",
    "travailleur travailleuse travailleur·euse·s travailleur(se)s travailleurs·euses",
    "actif active actifs actives actif·ve·s actif-ve",
    "mental mentale mentaux mentales",
    "ami amie amis amies ami·e·s",
    "concerné concernée concernés concernées concerné·e·s",
    "tout toute tous toutes tou·te·s tou-te-s",
    "cœur coeur CŒUR cœurs",
    "écoute Écoute ECOUTE écoutes ecoute e\u0301coute é\u00adcoute",
    "jeu jeux",
    "cerveau cerveaux",
    "mot mots",
    "story stories",
    "supporter supporters supporter(s)",
    "boundary boundaries",
    "class classes",
]
"""Each row: ways to write what must be found as one."""

OTHER = [
    ("pair", "paix"),
    ("pair", "père"),
    ("peur", "peu"),
    ("pair", "par"),
    ("un", "unité"),
    ("mot", "motif"),
    ("mois", "moi"),
    ("sous", "sou"),
    ("acteur", "acte"),
    ("aidant", "aidance"),
    ("fille", "fil"),
]
"""What is asked, and what it must not find."""

BEGINNINGS = [
    ("vérif", "vérifier"),
    ("activ", "activité"),
    ("rétab", "rétablissement"),
    ("aid", "aid"),
    ("form", "formatrice"),
    ("écou", "écoute"),
]
WORDS = [
    ("l’écoute d'un·e pair·e-aidant·e", ["l", "ecout", "d", "un", "pair", "aidant"]),
    ("formateur/formatrice, il/elle", ["formateu", "formateu", "il", "elle"]),
    ("dis-le, dit-elle, est-ce", ["dis", "le", "dit", "elle", "est", "ce"]),
    ("«\u00a0Pairs\u00a0»\u202f: oui\u202f!", ["pair", "oui"]),
    ("100 % _ \\ %", ["100"]),
    ("p. 3, i.e. 2.5", ["p", "3", "i", "e", "2", "5"]),
    ("🙂 \0 \ud800 \u200b", []),
    ("שלום عالم", ["שלום", "عالم"]),
]


@pytest.mark.parametrize("row", SAME)
def test_found_as_one(row: str) -> None:
    assert len({alike(word) for word in row.split(" ")}) == 1, {word: alike(word) for word in row.split(" ")}


@pytest.mark.parametrize(("word", "other"), OTHER)
def test_never_found_for_another(word: str, other: str) -> None:
    assert not any(answers(one, found) for one in asked(word) for found in alike(other).split())


@pytest.mark.parametrize(("word", "found"), BEGINNINGS)
def test_the_beginning_of_a_word_is_enough(word: str, found: str) -> None:
    assert answers(asked(word)[0], alike(found))


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_words_of_a_text(text: str, words: list[str]) -> None:
    assert alike(text).split() == words


def test_what_is_asked_is_each_word_once_without_lone_letters() -> None:
    assert asked("l'écoute, Écoutes d'un pair") == ("ecout", "un", "pair")
    assert asked("l'") == ("l",)
    assert asked("a" * 300) == ("a" * 200,)


@given(st.text(st.sampled_from("abeilnrstuxyéœÉ·-./()'’ \u00a0_%\u0301İΐ"), max_size=40) | st.text(max_size=60))
@settings(deadline=None)
def test_twice_changes_nothing(text: str) -> None:
    once = alike(text)
    assert alike(once) == once
    assert "|" not in once and "%" not in once and "_" not in once and "\0" not in once


def unit(text: str) -> Unit:
    files = world.site({"courses/reperes/01-ecouter/fr.md": text})
    del files["courses/reperes/01-ecouter/en.md"]
    build = check_site(files, world.AT.date())
    assert build.ok, build.problems
    return build.units["reperes", "ecouter", "fr"]


SECRET = """\
---
id: ecouter
titre: Écouter
resume: Un sommaire.
duree: 20 min
auteurs: [Ada]
licence: CC-BY-SA-4.0
statut: publie
---

# Écouter

Une ouverture.

> [!IMPORTANT]
> **L'essentiel**
> - On écoute.

## Pourquoi se taire ? {#se-taire}

Le **sil**ence & l'[écoute](#verifier).

### Question visible ? {.choix-unique #qui-decide}

Un énoncé visible.

- ( ) Proposition visible.
  > motcache1
- (x) Autre proposition.
  > motcache2

> **Indice :** motcache3

> **Explication :** motcache4

### Combien de jours ? {.nombre #jours}

> **Réponse :** 8642

> **Explication :** motcache5

### Comment dit-on ? {.reponse-courte #dire}

> **Réponses acceptées :**
>
> - motcache6

> **Explication :** motcache7

## Que vérifier ? {#verifier}

### Une fois {.reflexion #une-fois}

Que s'est-il passé ?

> **Exemple de réponse :** motcache8
"""


def test_what_is_read_is_found_and_never_a_key() -> None:
    made = passages(unit(SECRET))
    assert list(made) == ["se-taire", "verifier"]
    title, _bar, rest = made["se-taire"].removeprefix(f"{FORM}| ").partition(" | ")
    assert title.split() == ["ecouter", "pourquoi", "se", "tair"]
    for word in ("sommair", "ouvertur", "silenc", "visibl", "enonc", "proposition", "jour"):
        assert f" {word} " in f" {rest}", word
    assert "motcache" not in "".join(made.values()) and "8642" not in "".join(made.values())
    assert " pass " in made["verifier"]


def test_of_an_exam_only_its_title_and_summary() -> None:
    sat = dataclasses.replace(unit(SECRET), exam=True)
    assert passages(sat) == {"se-taire": f"{FORM}| ecouter | un sommair "}
    assert [piece.text for piece in pieces(sat, sat.sections[0])] == ["Un sommaire."]


def test_what_is_no_longer_asked_is_not_found() -> None:
    section = unit(SECRET).sections[0]
    blocks = tuple(
        dataclasses.replace(block, retired=True) if getattr(block, "id", "") == "jours" else block
        for block in section.blocks
    )
    changed = dataclasses.replace(section, blocks=blocks)
    said = " ".join(piece.text for piece in pieces(unit(SECRET), changed))
    assert "énoncé" in said and "Combien" not in said


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<p>un</p><p>deux</p>", "un deux"),
        (b"<p>aidant<em>e</em>s &amp; <a href=\"x>y\" rel='n>o'>1 &lt; 2</a><br>fin</p>", "aidantes & 1 < 2 fin"),
        (b"", ""),
    ],
)
def test_words_of_html(body: bytes, words: str) -> None:
    assert plain(body) == words


def test_an_excerpt_stands_where_most_words_are() -> None:
    from elearn.core.search import Piece

    said = [Piece("Une écoute. " + "Autre chose. " * 40 + "L’écoute d'un·e pair·e-aidant·e, ici.", "fr")]
    lang, parts = excerpt(said, asked("pair écoute"))
    assert lang == "fr"
    assert [text for text, marked in parts if marked] == ["écoute", "pair·e-aidant·e"]
    assert parts[0] == ("… ", False) and len("".join(text for text, _ in parts)) <= EXCERPT + 4
    assert excerpt([], ("x",)) == ("", [])
    assert excerpt([Piece("<b>Rien</b>", "en")], ("x",)) == ("en", [("<b>Rien</b>", False)])


@given(st.text(max_size=600), st.text(max_size=30))
def test_an_excerpt_is_a_piece_of_the_text(text: str, query: str) -> None:
    from elearn.core.search import Piece

    _lang, parts = excerpt([Piece(text, "fr")], asked(query))
    whole = "".join(part for part, _ in parts)
    inner = whole.removeprefix("… ") if not text.startswith("… ") else whole
    assert inner.removesuffix(" …") in text
