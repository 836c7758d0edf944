"""Links and images that lead out of the site or run something are refused, however they are spelt; prerequisites that
turn in a circle too. Each at its exact place."""

import pytest

from tests.core.sample import GOOD, HERE, UNIT, build, marked, place, told

SUITE, COURSE = "courses/reperes/02-suite/fr.md", "courses/reperes/course.yaml"

REFUSED_LINKS = [
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](&#106;avascript:alert(1))",
    "[a](&#x6A;avascript&colon;alert(1))",
    "[a](<java\tscript:alert(1)>)",
    "[a](< javascript:alert(1)>)",
    "[a](<\u00a0javascript:alert(1)>)",
    "[a](javascript&#58;alert(1))",
    "[a](java&NewLine;script:alert(1))",
    "[a](\\javascript:alert(1))",
    "[a](vbscript:x)",
    "[a](data:text/html,x)",
    "[a](DATA:text/html;base64,PHg+)",
    "[a](blob:https://x.example/1)",
    "[a](file:///etc/passwd)",
    "[a](//evil.example/a)",
    "[a](\\\\evil.example/a)",
    "[a](/\\evil.example/a)",
    "[a](&#47;&#47;evil.example)",
    "[a](https:evil.example)",
    "[a](http:///evil.example)",
    "[a](ftp://evil.example)",
    "[a](autre.md)",
    "[a](../../../etc/passwd)",
    "[a][ref]\n\n[ref]: JAVASCRIPT:alert(1)",
    "[ref]\n\n[ref]: <data:text/html,x>",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "<VBScript:x>",
    "[a]()",
]
REFUSED_IMAGES = [
    "![a](https://evil.example/a.png)",
    "![a](HTTPS://evil.example/a.png)",
    "![a](//evil.example/a.png)",
    "![a](\\\\evil.example/a.png)",
    "![a](data:image/png;base64,AAAA)",
    "![a](javascript:a.png)",
    "![a](&#104;ttps://evil.example/a.png)",
    "![a](../../01-parler/media/../../x.png)",
    "![a](media/%2e%2e/%2e%2e/x.png)",
    "![a](/etc/a.png)",
    "![a](media/x.svg)",
    "![a][ref]\n\n[ref]: https://evil.example/a.png",
]


@pytest.mark.parametrize(
    ("code", "written"), [("E118", one) for one in REFUSED_LINKS] + [("E119", one) for one in REFUSED_IMAGES]
)
def test_a_link_or_an_image_is_refused_at_its_place(code: str, written: str) -> None:
    path, text = UNIT, GOOD[UNIT].replace("Un texte simple.", f"Un texte {HERE}{written}\n\nsimple.", 1)
    text, where = marked(path, text)
    made = build({UNIT: text})

    assert [place(problem) for problem in made.problems] == [(code, *where)]
    html = b"".join(block.html for block in made.units["reperes", "parler", "fr"].sections[0].blocks[:1])  # type: ignore[union-attr]
    assert b"href=" not in html.split(b"simple.")[0] and b"evil" not in html and b"src=" not in html


@pytest.mark.parametrize("where", ["stem", "answer", "feedback", "hint", "cell", "glossary", "opening", "footnote"])
def test_wherever_it_stands(where: str) -> None:
    slip = "[a](JAVASCRIPT:x)"
    old = {
        "stem": "Une collègue vous demande",
        "answer": "- ( ) L'équipe",
        "feedback": "  > L'employeur",
        "hint": "> **Indice :** relisez",
        "cell": "| Espoir",
        "opening": "Le [rétablissement]",
        "footnote": "[^note]: Une note",
        "glossary": "Croire un",
    }[where]
    path = "glossary/fr.md" if where == "glossary" else UNIT

    assert [one[0] for one in told({path: GOOD[path].replace(old, f"{old} {slip}", 1)})] == ["E118"]


@pytest.mark.parametrize(
    "kept",
    [
        "[a](https://example.org/a?b=javascript:c)",
        "[a](HTTP://example.org)",
        "[a](mailto:ada@example.org)",
        "[a](tel:+15145550100)",
        "[a](sms:988)",
        "<https://example.org>",
        "<ada@example.org>",
        "[a](/help)",
        "[a](#trois-questions)",
        "[a](UNITE:suite)",
        "[a](unit:suite#fin)",
        "![a](media/x.png)",
        "![](media/x.png){.decoratif}",
        "`[a](javascript:x)`",
    ],
)
def test_what_is_sound_is_not_told(kept: str) -> None:
    assert told({UNIT: GOOD[UNIT].replace("Un texte simple.", f"Un texte {kept} simple.", 1)}) == []


@pytest.mark.parametrize(
    ("prerequisites", "circle"),
    [
        ({"suite": "suite"}, "suite → suite"),
        ({"suite": "parler", "parler": "suite"}, "→ suite →"),
        ({"suite": "parler", "parler": "trois", "trois": "suite"}, "→ trois →"),
    ],
)
def test_prerequisites_in_a_circle_are_told_once(prerequisites: dict[str, str], circle: str) -> None:
    third = "courses/reperes/03-trois/fr.md"
    files = {
        SUITE: GOOD[SUITE].replace("prerequis: [parler]\n", ""),
        UNIT: GOOD[UNIT],
        third: GOOD[SUITE].replace("id: suite", "id: trois").replace("prerequis: [parler]\n", ""),
        COURSE: GOOD[COURSE].replace("[parler, suite]", "[parler, suite, trois]"),
    }
    names = {"suite": SUITE, "parler": UNIT, "trois": third}
    for unit, need in prerequisites.items():
        files[names[unit]] = files[names[unit]].replace("licence:", f"prerequis: [{need}]\nlicence:", 1)
    (problem,) = build(files).problems

    assert problem.code == "E513" and circle in problem.message("fr") + " →"


def test_courses_in_a_circle_are_told() -> None:
    other = "courses/autre/course.yaml"
    body = GOOD[COURSE].replace("id: reperes", "id: autre\nprerequis: [reperes]").replace("[parler, suite]", "[seul]")
    files = {
        "site.yaml": GOOD["site.yaml"].replace("[reperes]", "[reperes, autre]"),
        COURSE: GOOD[COURSE] + "prerequis: [autre]\n",
        other: body,
        "courses/autre/01-seul/fr.md": GOOD[SUITE]
        .replace("id: suite", "id: seul")
        .replace("prerequis: [parler]\n", ""),
    }

    assert [one[0] for one in told(files)] == ["E513"]
