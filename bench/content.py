"""Speed of the checker: one long unit, then folders of ten, a hundred and a thousand, cold and unchanged.

Start-up (imports, reading files) is apart: what is timed is `check_site` alone. Growth is the exponent by which time
follows the number of units: 1 means in proportion.
"""

import datetime as dt
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from elearn.commands.common import quickly
from elearn.core.check import check_site
from elearn.core.kept import Kept, Memory
from elearn.store.kept_units import KeptUnits, kept_units

TODAY = dt.date(2026, 11, 26)
WORDS = 3000
QUESTIONS = 10

_SENTENCE = "Écouter d'abord, dire ensuite ce qui aide, puis laisser la personne choisir la suite. "
_QUESTION = """
### Que faire en premier, cas {n} ? {{.choix-unique #cas-{n}}}

- ( ) Donner un conseil.
  > Peut-être plus tard, si on vous le demande.
- (x) Demander ce qui aiderait.
  > Oui : la personne choisit.

> **Explication :** on demande avant de proposer.
"""


def unit(number: int) -> str:
    """A unit of some 3,000 words and ten questions in ten sections."""
    name = f"unite-{number}"
    head = f"---\nid: {name}\ntitre: Unité {number}\nduree: 30 min\nauteurs: [Ada]\nlicence: CC-BY-SA-4.0\n---\n"
    sentences = WORDS // QUESTIONS // len(_SENTENCE.split())
    parts = [
        f"\n## Partie {n} {{#partie-{n}}}\n\n" + (_SENTENCE * 6 + "\n\n") * (sentences // 6 + 1) + _QUESTION.format(n=n)
        for n in range(QUESTIONS)
    ]
    return f"{head}\n# Unité {number}\n" + "".join(parts)


def site(units: int) -> dict[str, bytes]:
    """A content folder with so many units, all different, in courses of fifty."""
    files: dict[str, bytes] = {}
    names = []
    for start in range(0, units, 50):
        numbers = range(start, min(start + 50, units))
        name = f"cours-{start}"
        names.append(name)
        listed = ", ".join(f"unite-{n}" for n in numbers)
        rule = 'regle: {version: "1", unites: toutes, seuil: 80}'
        files[f"courses/{name}/course.yaml"] = (
            f"id: {name}\ntitre: {{fr: Cours}}\nunites: [{listed}]\n{rule}\n".encode()
        )
        files |= {f"courses/{name}/{n:04}-unite/fr.md": unit(n).encode() for n in numbers}
    files["site.yaml"] = f"langues: [fr]\ncours: [{', '.join(names)}]\nemetteur: {{nom: {{fr: Essai}}}}\n".encode()
    return files


def timed(files: Mapping[str, bytes], times: int, kept: Kept | None = None) -> float:
    """Seconds of a processor, which others on the machine do not lengthen; the median of some runs."""
    took = []
    for _ in range(times):
        start = time.process_time()
        build = check_site(files, TODAY, kept=kept)
        took.append(time.process_time() - start)
        assert build.ok, build.problems[:3]
    return median(took)


def start_up() -> float:
    """Seconds of a processor that Python takes to load the checker, without what it takes to start at all."""
    loaded, bare = [], []
    for _ in range(3):
        for code, took in (("import elearn.core.check", loaded), ("", bare)):
            start = os.times()
            subprocess.run([sys.executable, "-c", code], check=True)
            end = os.times()
            took.append(end.children_user + end.children_system - start.children_user - start.children_system)
    return median(loaded) - median(bare)


def unchanged(files: Mapping[str, bytes]) -> Iterator[tuple[str, float, KeptUnits]]:
    """Each command begins anew, so that what is kept is read from the disk each time."""
    path = next(path for path in files if path.endswith(".md"))
    edited = {**files, path: files[path].replace(b"Ada", b"Eve")}
    with tempfile.TemporaryDirectory() as folder:
        for words, now in (("cold, kept", files), ("unchanged", files), ("one changed", edited)):
            start = time.process_time()
            with kept_units(Path(folder)) as kept:
                assert kept is not None
                check_site(now, TODAY, kept=kept)
            yield words, time.process_time() - start, kept


def main() -> int:
    print(f"start-up, apart from all below: {start_up() * 1000:.0f} ms")
    words = len(unit(0).split())
    one = timed(site(1), 5)
    print(f"one unit of {words} words and {QUESTIONS} questions: {one * 1000:.0f} ms")
    before: tuple[int, float] | None = None
    with quickly():
        for count in (10, 100, 1000):
            took = timed(site(count), 3 if count < 1000 else 1)
            growth = f", growth {math.log(took / before[1]) / math.log(count / before[0]):.2f}" if before else ""
            print(f"{count:>5} units, cold: {took:.2f} s{growth}")
            before = (count, took)
        for said, took, kept in unchanged(site(1000)):
            print(f" 1000 units, {said}: {took:.2f} s ({len(kept.made)} compiled)")
        memory, files = Memory(), site(1000)
        timed(files, 1, memory)
        print(f" 1000 units, unchanged, in one process: {timed(files, 3, memory):.2f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
