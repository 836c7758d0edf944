"""A part of the shipped content, for tests that need real courses and not all of them: checking and publishing every
course at each start would take most of their time. What looks at the courses themselves reads them all."""

import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

from elearn.config import ROOT

SOME = ("animer-un-groupe", "ecrire-une-unite")
CITED = re.compile(r"@([A-Za-z0-9_][\w-]*)")


@cache
def some() -> Path:
    """The folder, made once a process; what is written there must be taken back."""
    return copy(Path(tempfile.mkdtemp(prefix="elearn-some-")) / "content")


def copy(target: Path) -> Path:
    """Another copy, which a test may spoil."""
    shutil.copytree(ROOT / "content", target)
    for course in (target / "courses").iterdir():
        if course.name not in SOME:
            shutil.rmtree(course)
    site = target / "site.yaml"
    listed = f"cours: [{', '.join(SOME)}]"
    site.write_text(re.sub(r"(?m)^cours: .*$", listed, site.read_text("utf-8")), encoding="utf-8")
    _keep_cited(target)
    return target


def _keep_cited(target: Path) -> None:
    """A reference that no text cites is told: those of the courses that went go too."""
    cited = {key for path in target.rglob("*.md") for key in CITED.findall(path.read_text("utf-8"))}
    references = target / "references.yaml"
    head, *items = re.split(r"(?m)^(?=  - id: )", references.read_text("utf-8"))
    kept = [item for item in items if item.split("\n", 1)[0].removeprefix("  - id: ").strip() in cited]
    references.write_text("".join([head, *kept]), encoding="utf-8")
