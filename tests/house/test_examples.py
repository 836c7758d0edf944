"""Every example of docs/writing-units.md is a piece of a unit that the checker takes without a word of refusal."""

import datetime
import re

import pytest

from elearn.config import ROOT
from elearn.core.check import check_site
from elearn.core.rules import ERROR
from elearn.store.content_folder import read_folder
from tests import shipped

PAGE = ROOT / "docs" / "writing-units.md"
FENCE = re.compile(r"^(`{3,})(\w+)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
HEADER = """---
id: {unit}
titre: Un essai
duree: 10 min
auteurs: [Ada]
licence: CC-BY-SA-4.0
---

# Un essai

"""
COURSE = """id: essai
titre: {{fr: Essai, en: Trial}}
unites: [{unit}]
regle: {{version: "1", unites: toutes, seuil: 80}}
"""
EXAMPLES = [
    (PAGE.read_text(encoding="utf-8")[: found.start()].count("\n") + 2, found[2], found[3])
    for found in FENCE.finditer(PAGE.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("line", "language", "text"), EXAMPLES, ids=[f"line {line}" for line, _, _ in EXAMPLES])
def test_it_is_taken_as_it_stands(line: int, language: str, text: str) -> None:
    files = {**read_folder(shipped.some()), "references.yaml": (ROOT / "content/references.yaml").read_bytes()}
    folder = "courses/essai/01-essai/fr.md"
    if language == "yaml" and text.startswith("entrees:"):
        files["directory.yaml"] = text.encode()
        mine = "directory.yaml"
    elif language == "yaml":
        unit = _unit_of(text)
        files |= {"courses/essai/course.yaml": text.encode(), folder: _whole("## Un {#un}\n\nUn mot.\n", unit)}
        mine = "courses/essai/course.yaml"
    elif language == "markdown":
        found = re.search(r"^id: (\S+)", text, re.MULTILINE)
        unit = found[1] if found else "un-essai"
        course = COURSE.format(unit=unit).encode()
        files |= {"courses/essai/course.yaml": course, folder: _whole(text, unit), **_beside(text)}
        mine = folder
    else:
        return
    build = check_site(files, datetime.date(2026, 11, 26), ("courses/essai",))
    told = [problem.message() for problem in build.problems if problem.path == mine and problem.severity == ERROR]
    assert told == []


def test_there_are_examples() -> None:
    assert sum(language == "markdown" for _, language, _ in EXAMPLES) >= 8


def _unit_of(course: str) -> str:
    found = re.search(r"^(?:unites|units): \[([\w-]+)", course, re.MULTILINE)
    assert found
    return found[1]


def _beside(text: str) -> dict[str, bytes]:
    """The files that an example shows and plays, as short as they may be, and what must stand beside them."""
    found: dict[str, bytes] = {}
    for name, stem, suffix in re.findall(r"\]\((media/([\w-]+)\.(\w+))", text):
        found[name] = {"png": b"\x89PNG\r\n\x1a\n", "mp3": b"ID3", "yaml": b"consentement: oui"}[suffix]
        if suffix == "mp3":
            found |= {f"media/{stem}.fr.md": b"Bonjour.", f"media/{stem}.yaml": b"consentement: oui"}
    return {f"courses/essai/01-essai/{name}": body for name, body in found.items()}


def _whole(text: str, unit: str) -> bytes:
    if text.startswith("---"):
        return text.encode()
    opening = "" if re.search(r"^## ", text, re.MULTILINE) else "## Un {#section-d-essai}\n\n"
    return (HEADER.format(unit=unit) + opening + text).encode()
