"""A unit with a question of every kind, as editors and formatters would write it again: the same unit."""

import re
import textwrap
from collections.abc import Callable
from dataclasses import asdict

import pytest

from elearn.core.as_written import Answer, Pair, Pool, Question, Section, Step, Unit
from elearn.core.course import Unit as Compiled
from elearn.core.frontmatter import FrontMatter
from elearn.core.questions import KINDS
from elearn.core.writing import write
from tests.core.test_robustness import KEPT
from tests.core.test_writing import compiled

LONG = (
    "Une collègue vous demande de raconter votre parcours pendant la réunion du jeudi, devant toute l'équipe, "
    "sans vous avoir prévenue ; vous avez **dix minutes** pour *choisir* ce que vous direz."
)
SAID = {"hints": ("Relisez le début.", "Puis la fin : " + LONG), "explanation": "Le consentement se reprend. " + LONG}
EACH: tuple[Question | Pool, ...] = (
    Question(
        kind="single_choice",
        id="unique",
        title="Qui décide : vous ?",
        stem=LONG,
        answers=(
            Answer("L'équipe, en réunion. " + LONG, False, "L'employeur ne peut pas l'exiger. " + LONG),
            Answer("Moi.", True, "Oui : toujours."),
            Answer("Aucune de ces réponses.", False, "Il y en a une.", fixed=True),
        ),
        options={"points": 2.0},
        **SAID,  # type: ignore[arg-type]
    ),
    Question(
        kind="multiple_choice",
        id="multiple",
        title="Que dire ?",
        stem="- un\n- deux",
        answers=(Answer("Bonjour.", True), Answer("Rien.", False), Answer("Merci. " + LONG, True)),
        options={"scoring": True},
        **SAID,  # type: ignore[arg-type]
    ),
    Question(kind="true_false", id="vrai", title="On doit tout dire.", answer="false", **SAID),  # type: ignore[arg-type]
    Question(kind="number", id="nombre", title="Combien ?", answer="4 à 6", **SAID),  # type: ignore[arg-type]
    Question(kind="short_answer", id="courte", title="Un mot ?", accepted=("espoir", "espérance"), explanation=LONG),
    Question(kind="ordering", id="ordre", title="Dans l'ordre", items=("Demander", "Dire " + LONG, "Écouter"), **SAID),  # type: ignore[arg-type]
    Question(
        kind="matching",
        id="paires",
        title="Associez",
        head=("Mot", "Sens"),
        pairs=(Pair("Espoir", "Croire"), Pair("Choix", "Vouloir"), Pair("", "Obéir")),
        explanation=LONG,
    ),
    Question(
        kind="cloze",
        id="trous",
        title="Complétez",
        stem="Le pair-aidant porte l'[[espoir|espérance]] sans rien promettre, et son mot est [[=écoute|conseil]].",
        explanation=LONG,
    ),
    Question(kind="reflection", id="taire", title="Se taire", stem=LONG, sample="Un soir. " + LONG),
    Question(kind="survey", id="sondage", title="Votre avis ?", answers=(Answer("Oui"), Answer("Non"))),
    Question(kind="scale", id="echelle", title="À l'aise ?", items=("Pas du tout", "Un peu", "Tout à fait")),
    Question(
        kind="scenario",
        id="scene",
        title="La confidence",
        stem=LONG,
        steps=(
            Step("demande", "La demande", LONG, (("« Promis. »", "promesse"), ("« Dis-moi d'abord. »", "cadre"))),
            Step("promesse", "Une promesse", end=True, points=0.0),
            Step("cadre", "Un cadre", end=True, points=2.0, explanation=LONG),
        ),
    ),
    Pool("banque", "Au hasard", LONG, (Question("true_false", "tiree", "Oui ?", answer="true", explanation=LONG),), 1),
)
WRITTEN = Unit(
    FrontMatter(id="suite", title="Et la suite", minutes=60, authors=("Nadia B.",), licence="CC-BY-SA-4.0"),
    "> [!IMPORTANT]\n> **L'essentiel**\n>\n> - Vous choisissez.",
    (
        Section("debut", "Pour commencer", (LONG + "\n\n- un\n- " + LONG + "\n\n1. a\n2. b", *EACH[:6], LONG)),
        Section("fin", "Pour finir", EACH[6:]),
    ),
)


def prettier(text: str) -> str:
    """Lines of 80 signs, four spaces under a list, `---` for a break, `_` for emphasis, aligned tables."""
    head, body = text[: text.index("\n---\n", 4) + 5], text[text.index("\n---\n", 4) + 5 :]
    lines, fenced = [], False
    for line in body.split("\n"):
        fenced ^= line.startswith("```")
        found = re.match(r"(?P<indent> *)(?P<mark>(?:> ?)+(?:[-*+] )?|[-*+] |\d+[.)] )?(?P<words>.*)", line)
        assert found
        if fenced or line.startswith(("#", "|", "```")) or not found["words"]:
            lines.append(re.sub(r"(?<=\w) \|", "    |", line))
            continue
        mark = found["mark"] or ""
        indent = " " * (2 * len(found["indent"])) if len(found["indent"]) == 2 else found["indent"]
        first = mark.ljust(4) if re.match(r"[-*+\d]", mark) else mark
        rest = " " * 4 if re.match(r"[-*+\d]", mark) else mark.replace("-", " ")
        words = re.sub(r"(?<![*\w])\*(?=\w)([^*]+)\*(?!\*)", r"_\1_", found["words"])
        if words == "***":
            lines.append("---")
            continue
        lines += textwrap.wrap(
            words, 80, initial_indent=indent + first, subsequent_indent=indent + rest, break_long_words=False
        )
    return head + "\n".join(lines)


def mdformat(text: str) -> str:
    """Escapes what looks like a link, one number for every item, another mark for a break."""
    text = text.replace("[[", "\\[[").replace("]]", "]\\]")
    text = re.sub(r"(?m)^\d+\. ", "1. ", text)
    return text.replace("\n***\n", "\n" + "_" * 70 + "\n")


FORMATTERS: dict[str, Callable[[str], str]] = {
    **{name: change for name, change in KEPT.items() if name != "English words"},
    # Formatters keep two lists apart, as the one of a stem and that of its answers.
    "star bullets": lambda text: re.sub(r"(?m)^([-*]) ", lambda found: "*- "[found[1] == "*"] + " ", text),
    "Prettier": prettier,
    "mdformat": mdformat,
    "no blank line before answers' feedback": lambda text: text.replace("\n\n  >", "\n  >"),
    "lazy quotes": lambda text: re.sub(r"(?m)^> (?!\*\*|- |\[!)(\w)", r">\1", text),
}


def shape(unit: Compiled) -> str:
    """All that is said, asked and right, with every run of spaces made one and every list made tight."""
    spaced = re.sub(r"(?:\\n|\\xc2\\xa0|\\xe2\\x80\\xaf|\s)+", " ", repr(asdict(unit) | {"fingerprints": ""}))
    return re.sub(r"<li> ?<p>(.*?)</p> ?</li>", r"<li>\1</li>", spaced)


def test_the_unit_holds_every_kind_there_is() -> None:
    kinds = {prompt.kind for prompt in compiled(write(WRITTEN)).prompts}
    assert kinds == set(KINDS)


@pytest.mark.parametrize("name", FORMATTERS)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_same_unit_written_otherwise(name: str, lang: str) -> None:
    text = write(WRITTEN, lang)
    changed = FORMATTERS[name](text)

    assert shape(compiled(changed)) == shape(compiled(write(WRITTEN)))
    if name in ("Prettier", "CR LF", "star bullets", "dashes for a break", "tabs"):
        assert changed != text
