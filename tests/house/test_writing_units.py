"""The tables of docs/writing-units.md say what the code does. ELEARN_UPDATE=1 writes them anew."""

import os
import re

import pytest

from elearn.config import ROOT
from elearn.core.questions import KINDS
from elearn.core.rules import ERROR, RULES

PAGE = ROOT / "docs" / "writing-units.md"
BODIES = {
    "choices": "`- ( )` `- (x)` ou `- [ ]` `- [x]`",
    "ordered": "liste numérotée dans le bon ordre",
    "table": "tableau à deux colonnes",
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

    rows = [
        f"| {code} | {'bloque' if rule.severity == ERROR else 'conseil'} | {cell(rule.fr)} |"
        for code, rule in sorted(RULES.items())
    ]
    return "\n".join(["| Code | | Message |", "|---|---|---|", *rows])


@pytest.mark.parametrize(("name", "table"), [("kinds", kinds), ("rules", rules)])
def test_the_table_is_the_code(name: str, table) -> None:  # type: ignore[no-untyped-def]
    mark = re.compile(rf"(<!-- table: {name} -->\n).*?(<!-- /table -->)", re.DOTALL)
    page = PAGE.read_text(encoding="utf-8")
    wanted = mark.sub(lambda found: f"{found[1]}{table()}\n{found[2]}", page, count=1)
    if os.environ.get("ELEARN_UPDATE"):
        PAGE.write_text(wanted, encoding="utf-8")
        page = wanted
    assert page == wanted
