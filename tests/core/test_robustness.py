"""The same unit as editors, formatters and copies write it; and bytes that are no unit at all. Never a traceback."""

import random
import re
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elearn.core.course import Course, Site, Unit, dump, load
from elearn.core.report import as_json, as_text
from tests.core.sample import GOOD, TRANSLATION, UNIT, build

GOOD_KEYS = build().units["reperes", "parler", "fr"].fingerprints


def english_words(text: str) -> str:
    pairs = {
        "choix-unique": "single-choice",
        "choix-multiple": "multiple-choice",
        "vrai-faux": "true-false",
        ".ordre": ".ordering",
        "appariement": "matching",
        ".reflexion": ".reflection",
        "{.situation": "{.scenario",
        "{.fin": "{.end",
        "{.banque": "{.pool",
        "tirage=": "draw=",
        "competence=": "competency=",
        "bareme=partiel": "scoring=partial",
        "indispensable=oui": "must_pass=yes",
        "relire=": "reread=",
        "{.fixe}": "{.fixed}",
        "**Indice :**": "**Hint:**",
        "**Explication :**": "**Explanation**:",
        "**Réponse :** faux": "**ANSWER** : False.",
        "**Exemple de réponse :**": "**Sample answer:**",
        "unite:": "unit:",
        "glossaire:": "glossary:",
        "titre:": "title:",
        "duree:": "duration:",
        "competences:": "competencies:",
        "auteurs:": "authors:",
        "licence:": "license:",
        "statut: publie": "status: published",
        "resume:": "summary:",
    }
    for french, english in pairs.items():
        text = text.replace(french, english)
    return text


KEPT: dict[str, Callable[[str], str]] = {
    "CR LF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "byte-order mark": lambda text: "\ufeff" + text,
    "star bullets": lambda text: re.sub(r"^- ", "* ", text, flags=re.M),
    "plus bullets": lambda text: re.sub(r"^- ", "+ ", text, flags=re.M),
    "tabs": lambda text: re.sub(r"^- \(", "-\t(", text, flags=re.M).replace("\n  > ", "\n\t> "),
    "four spaces": lambda text: text.replace("\n  > ", "\n    > "),
    "capitals in boxes": lambda text: text.replace("(x)", "( X )").replace("[x]", "[X]"),
    "no-break spaces": lambda text: (
        text.replace(" :**", "\u00a0:**").replace(" ?", "\u202f?").replace("( )", "(\u00a0)")
    ),
    "colon outside the bold": lambda text: text.replace(" :**", "** :"),
    "no accents in labels": lambda text: text.replace("**Réponse :**", "**reponse:**"),
    "dashes for a break": lambda text: text.replace("\n***\n", "\n---\n"),
    "two labels in one quote": lambda text: text.replace("question.\n\n> **Expl", "question.\n>\n> **Expl"),
    "two labels in one paragraph": lambda text: text.replace("question.\n\n> **Expl", "question.\n> **Expl"),
    "spaces at line ends": lambda text: re.sub(r"([.,])$", r"\1 ", text, flags=re.M),
    "wider tables": lambda text: text.replace("| Espoir | Croire |", "|  Espoir   |   Croire  |"),
    "closing hashes": lambda text: re.sub(r"^(#+ Pour finir) ", r"\1 ", text, flags=re.M),
    "blank lines": lambda text: text.replace("\n- ", "\n\n- "),
    "English words": english_words,
}


@pytest.mark.parametrize("name", KEPT)
def test_the_same_unit_written_otherwise(name: str) -> None:
    made = build({UNIT: KEPT[name](GOOD[UNIT])})

    assert as_text(made.problems) == "" and made.ok
    keys = made.units["reperes", "parler", "fr"].keys
    assert {question: key.solution for question, key in keys.items()} == {
        question: key.solution for question, key in build().units["reperes", "parler", "fr"].keys.items()
    }
    if name not in ("blank lines", "spaces at line ends", "English words"):
        assert made.units["reperes", "parler", "fr"].fingerprints == GOOD_KEYS


def test_records_come_back_from_their_bytes() -> None:
    made = build()
    assert made.site

    assert load(Site, dump(made.site)) == made.site
    for course in made.courses:
        assert load(Course, dump(course)) == course
    for unit in made.units.values():
        assert load(Unit, dump(unit)) == unit
        assert dump(load(Unit, dump(unit))) == dump(unit)


def test_a_translation_takes_its_keys_from_the_source() -> None:
    french, english = (build().units["reperes", "parler", lang] for lang in ("fr", "en"))

    assert [prompt.id for prompt in english.prompts] == [prompt.id for prompt in french.prompts]
    for question, key in french.keys.items():
        assert english.keys[question].solution == key.solution
        assert english.keys[question].partial == key.partial
    for ours, theirs in zip(english.prompts, french.prompts, strict=True):
        assert ours.lang == "en"
        assert (ours.points, ours.must_pass, ours.fixed) == (theirs.points, theirs.must_pass, theirs.fixed)
        assert ours.reread == theirs.reread
    assert (english.minutes, english.licence, english.status) == (35, "CC-BY-SA-4.0", "published")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (GOOD[TRANSLATION][GOOD[TRANSLATION].index("### What") : GOOD[TRANSLATION].index("### One must")], ""),
        ("- [ ] Nothing at all.\n", ""),
        ("{.multiple-choice #que-dire}", "{.single-choice #que-dire}"),
    ],
)
def test_a_question_that_differs_is_shown_in_the_source_language(old: str, new: str) -> None:
    made = build({TRANSLATION: GOOD[TRANSLATION].replace(old, new)})
    unit = made.units["reperes", "parler", "en"]

    assert made.ok and len(made.problems) == 1
    assert [(prompt.id, prompt.lang) for prompt in unit.sections[0].prompts] == [
        ("qui-decide", "en"),
        ("que-dire", "fr"),
        ("tout-dire", "en"),
    ]
    assert unit.keys["que-dire"].solution == (0, 2)


def test_a_missing_section_is_shown_in_the_source_language() -> None:
    made = build({TRANSLATION: GOOD[TRANSLATION].split("## To end")[0]})
    section = made.units["reperes", "parler", "en"].sections[1]

    assert made.ok and section.lang == "fr" and section.title == "Pour finir"
    assert {prompt.id for prompt in section.prompts} <= set(made.units["reperes", "parler", "en"].keys)


# --- bad inputs

SEEDED = 25
FRAGMENTS = (
    *("{.choix-unique #a}", "- (x) ", "> **Indice :** ", "[^a]", "| a | b |\n| - | - |\n", "***\n", "---\n", "<!--"),
    *("\0", "\ufeff", "\u2028", "{", "}", "# ", "## ", "### ", "\t", "[@x]", "](", "![", "`", "$", "&amp;", "\r"),
    *("&x *x", "!!python/x", "\\", "'", '"'),
)


def spoiled(text: str, chance: random.Random) -> bytes:
    """A good text cut, doubled, moved, sprinkled or re-encoded."""
    body = text.encode()
    for _ in range(chance.randint(1, 4)):
        at, to = sorted(chance.randrange(len(body) + 1) for _ in range(2))
        piece = chance.choice(FRAGMENTS).encode()
        lines = body.split(b"\n")
        body = chance.choice(
            [
                body[:at] + body[to:],
                body[:to] + body[at:],
                body[:at] + bytes([chance.randrange(256)]) + body[at:],
                body[:at] + piece + body[at:],
                body[:at] + piece * chance.randint(2, 30) + body[to:],
                body[:at] if chance.random() < 0.7 else b"\n".join(chance.sample(lines, len(lines))),
            ]
        )
        body = body[:20_000] or b"a"
    return body


def checked(changes: dict[str, str | bytes | None]) -> None:
    """Whatever the bytes: problems with a place and words in both languages, or a site that can be stored."""
    made = build(changes)
    assert as_text(made.problems, "fr").count("\n") + 1 == max(len(made.problems), 1)
    assert len(as_json(made.problems, "en")) == len(made.problems)
    for problem in made.problems:
        assert problem.line >= 1 and problem.column >= 1
    for unit in made.units.values():
        dump(unit)


@pytest.mark.parametrize(
    "path", [UNIT, TRANSLATION, "glossary/fr.md", "site.yaml", "courses/reperes/course.yaml", "references.yaml"]
)
def test_spoiled_files_are_told_or_read(path: str) -> None:
    chance = random.Random(path)
    slowest = 0.0
    for _ in range(SEEDED):
        body = spoiled(GOOD[path], chance)
        start = time.process_time()
        checked({path: body})
        slowest = max(slowest, time.process_time() - start)
    assert slowest < 2


@settings(max_examples=20, deadline=2000, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(st.binary(max_size=400), st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")))
)
def test_any_bytes_are_told_or_read(body: bytes) -> None:
    checked({UNIT: body})
    checked({UNIT: GOOD[UNIT].split("# Parler")[0].encode() + body})
    checked({"site.yaml": body})


PATHOLOGICAL = (
    "[",
    "![",
    "[a](",
    "> ",
    "*a **b ",
    "<!--",
    "a <!--",
    "<a ",
    "[^a]",
    "[@a",
    "`a ",
    "|a",
    "- a\n",
    "&amp;",
    "(x) ",
)


@pytest.mark.parametrize("piece", PATHOLOGICAL)
def test_asvs_15_2_2_pathological_text_costs_no_more_than_its_size(piece: str) -> None:
    costs = []
    for size in (3_000, 12_000):
        body = GOOD["courses/reperes/02-suite/fr.md"] + piece * (size // len(piece))
        start = time.process_time()
        build({"courses/reperes/02-suite/fr.md": body})
        costs.append(time.process_time() - start)
    # Four times the size: about four times the cost, far from the sixteen of a quadratic reader.
    assert costs[1] < 2 and costs[1] < 9 * costs[0] + 0.1


@pytest.mark.parametrize(
    "before", ["# a", "## a {", "- (", "-(", "- [x", "> **Indice", "> [!NOTE]", "a [^", "[a", "<a", "a "]
)
@pytest.mark.parametrize("blank", [" ", "\t", "\u00a0"])
def test_long_blanks_cost_nothing(before: str, blank: str) -> None:
    start = time.process_time()

    build({"courses/reperes/02-suite/fr.md": GOOD["courses/reperes/02-suite/fr.md"] + before + blank * 60_000 + "b"})
    build({"site.yaml": "a" + blank * 60_000 + ": b : c", "a.yaml": "a: b " + blank * 60_000 + "b : c"})

    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)),
        "[" * 10_000,
        "a: " + "{b: " * 5_000,
        "!!python/object/apply:os.system [ls]",
        "<<: *x",
        "a: .nan\nb: 1:30\nc: no\nd: 2026-02-30\ne: " + "9" * 10_000,
    ],
)
def test_asvs_15_2_2_hostile_yaml_is_told_quickly(text: str) -> None:
    start = time.process_time()

    made = build({"site.yaml": text, "autre.yaml": text})

    assert not made.ok
    assert time.process_time() - start < 0.5


LONG: dict[str, str] = {
    "quotes under one answer": "\n### A {.choix-unique #a}\n\n- (x) a\n" + "  > b\n\n" * 9_900 + "- ( ) c\n",
    "slips of YAML": "---\na: " + "x: >\n" * 15_000 + "b: c: d\n" * 60 + "---\n\n## A\n",
    "questions that no translation has": "".join(
        f"\n### A {{.choix-unique #a{n}}}\n\n- (x) a\n- ( ) b\n" for n in range(2_000)
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_text_is_read_in_time(name: str) -> None:
    """Each took over a minute once; whoever saved such a text shut everyone out of the pages for writing."""
    text = LONG[name] if LONG[name].startswith("---") else GOOD[UNIT] + LONG[name]
    begin = time.process_time()
    assert build({UNIT: text}).problems
    assert time.process_time() - begin < 10
