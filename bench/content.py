"""Speed of the checker: one long unit, then folders of ten, a hundred and a thousand, cold and unchanged.

Start-up (imports, reading files) is apart: what is timed is `check_site` alone. Growth is the exponent by which time
follows the number of units: 1 means in proportion.
"""

import datetime as dt
import math
import time
from collections.abc import Mapping
from statistics import median

from elearn.core.check import check_site

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


def timed(files: Mapping[str, bytes], times: int) -> float:
    """Seconds, the median of some runs."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        build = check_site(files, TODAY)
        took.append(time.perf_counter() - start)
        assert build.ok, build.problems[:3]
    return median(took)


def main() -> int:
    words = len(unit(0).split())
    one = timed(site(1), 5)
    print(f"one unit of {words} words and {QUESTIONS} questions: {one * 1000:.0f} ms")
    before: tuple[int, float] | None = None
    for count in (10, 100, 1000):
        took = timed(site(count), 3 if count < 1000 else 1)
        growth = f", growth {math.log(took / before[1]) / math.log(count / before[0]):.2f}" if before else ""
        print(f"{count:>5} units, cold: {took:.2f} s{growth}")
        before = (count, took)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
