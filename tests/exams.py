"""A third unit for the small site: a final exam of two pools by competency, with one question that must be right."""

from tests import world

CONTENT = "competencies.yaml"
COMPETENCIES = """\
ecoute: {fr: Écouter, en: Listening}
limites: {fr: Poser des limites, en: Setting limits}
"""


def question(name: str, option: str = "", right: int = 1, words: str = "") -> str:
    """One of three options is right, the second one unless said otherwise."""
    marks = ["x" if number == right else " " for number in range(3)]
    said = words or f"Question {name} ?"
    brace = f"{{.choix-unique #{name}{' ' + option if option else ''}}}"
    lines = "\n".join(
        f"- ({mark}) Réponse {n} de {name}.\n  > Remarque {n} sur {name}." for n, mark in enumerate(marks)
    )
    return f"#### {said} {brace}\n\n{lines}\n\n> **Explication :** explication de {name}.\n"


def exam(
    sittings: int | None = None, draw: int = 2, count: int = 4, right: int = 1, more: str = "", title: str = "Examen"
) -> str:
    """A unit to be sat: `count` questions in each of two pools, of which `draw` are asked, and one that must be right.
    `right`: the right option of every question of the first pool."""
    first = "\n".join(question(f"ecoute-{n}", right=right) for n in range(count))
    second = "\n".join(question(f"limite-{n}") for n in range(count))
    limit = f"tentatives: {sittings}\n" if sittings else ""
    return f"""\
---
id: bilan
titre: {title}
duree: 20 min
auteurs: [Ada]
licence: CC-BY-SA-4.0
statut: publie
seuil: 60
examen: oui
{limit}---

# {title}

> [!IMPORTANT]
> **L'essentiel**
> - On prend son temps.

## Écouter {{#partie-ecoute}}

Une personne vous parle.

### Écouter {{.banque #tirage-ecoute tirage={draw}}}

{first}
## Limites {{#partie-limites}}

### Limites {{.banque #tirage-limites tirage={draw}}}

{question("danger", "indispensable=oui")}
{second}
{more}"""


def files(text: str = "", changes: dict[str, str] | None = None) -> dict[str, bytes]:
    """The small site with the exam as its third unit."""
    course = world.COURSE.replace("[ecouter, parler]", "[ecouter, parler, bilan]")
    made = {"courses/reperes/course.yaml": course, "courses/reperes/03-bilan/fr.md": text or exam()}
    return world.site({**made, **(changes or {})})


def english() -> str:
    """The same exam in English."""
    words = {
        "choix-unique": "single-choice",
        "banque": "pool",
        "tirage=2": "draw=2",
        " indispensable=oui": "",
        "**L'essentiel**": "**In short**",
        "On prend son temps": "Take your time",
        "Une personne vous parle.": "Someone talks to you.",
        "> **Explication :**": "> **Explanation:**",
        "## Écouter": "## Listening",
        "## Limites": "## Limits",
        "Question ": "Ask ",
        "Réponse ": "Answer ",
        "Remarque ": "Remark ",
    }
    text = exam().partition("\n# Examen")[2]
    for old, new in words.items():
        text = text.replace(old, new)
    return f"---\ntitle: Exam\n---\n\n# Exam{text}"


MENDED = exam().replace(question("danger", "indispensable=oui"), question("danger", "indispensable=oui", right=2))
"""The same exam after the key of its safety question was found wrong."""
