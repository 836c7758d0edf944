"""The tables of docs/writing-units.md and docs/checker.md say what the code does. ELEARN_UPDATE=1 writes them anew."""

import os
import re

import pytest

from elearn.config import ROOT
from elearn.core.questions import KINDS
from elearn.core.rules import ERROR, FAMILIES, INFO, RULES, WARNING, family

DOCS = ROOT / "docs"
SEVERITIES = {ERROR: "bloque", WARNING: "conseil", INFO: "information"}
BODIES = {
    "choices": "`- ( )` `- (x)` ou `- [ ]` `- [x]`",
    "ordered": "liste numérotée dans le bon ordre",
    "table": "tableau à deux colonnes",
    "gaps": "`[[mot]]` ou `[[=juste|autre]]` dans le texte",
    "steps": "titres un niveau plus bas, listes de liens",
    "none": "rien, ou une réponse en citation",
}


def kinds() -> str:
    rows = [
        f"| `.{kind.words[0]}` | `.{kind.words[1]}` | {BODIES[kind.body]} | {'oui' if kind.scored else 'non'} |"
        for kind in KINDS.values()
    ]
    return "\n".join(["| Français | English | Réponses / Answers | Compte / Counts |", "|---|---|---|---|", *rows])


def rules() -> str:
    def cell(text: str) -> str:
        return re.sub(r"\{(\w+)\}", "…", text).replace("{{", "{").replace("}}", "}").replace("|", "\\|")

    def row(code: str) -> str:
        rule = RULES[code]
        severity = SEVERITIES[rule.severity] + (" (f)" if rule.fixable else "")
        return f"| {code} | {severity} | {cell(rule.fr)} | {cell(rule.en)} |"

    parts = []
    for start, (fr, en) in FAMILIES.items():
        codes = sorted((code for code in RULES if family(code) == start), key=lambda code: (code[1:], code))
        rows = [row(code) for code in codes]
        parts.append("\n".join([f"## {fr} / {en}", "", "| Code | | Français | English |", "|---|---|---|---|", *rows]))
    return "\n" + "\n\n".join(parts) + "\n"


@pytest.mark.parametrize(
    ("file", "name", "table"), [("writing-units.md", "kinds", kinds), ("checker.md", "rules", rules)]
)
def test_the_table_is_the_code(file: str, name: str, table) -> None:  # type: ignore[no-untyped-def]
    mark = re.compile(rf"(<!-- table: {name} -->\n).*?(<!-- /table -->)", re.DOTALL)
    path = DOCS / file
    page = path.read_text(encoding="utf-8")
    wanted = mark.sub(lambda found: f"{found[1]}{table()}\n{found[2]}", page, count=1)
    if os.environ.get("ELEARN_UPDATE"):
        path.write_text(wanted, encoding="utf-8")
        page = wanted
    assert page == wanted and mark.search(page)
