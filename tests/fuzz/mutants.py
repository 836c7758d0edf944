"""Units and GIFT files that nobody wrote: good ones, mutated. The same number always gives the same bytes."""

import random
import re
from dataclasses import dataclass

from elearn.config import ROOT
from elearn.core.course import dump
from elearn.core.exchange import as_text as told
from elearn.core.gift import read_gift
from elearn.core.report import as_json, as_text
from elearn.core.writing import write
from elearn.store.content_folder import read_folder
from tests.core.sample import GOOD, TRANSLATION, UNIT, build
from tests.core.test_formatters import WRITTEN
from tests.core.test_gift import EVERYTHING
from tests.core.test_writing import ALONE, SUITE

BOUND = 60
"""A compiled unit is at most so many times its file, and a fixed 100 kB."""

FRAGMENTS = (
    *(
        "{.choix-unique #a}",
        "- (x) ",
        "> **Indice :** ",
        "[^a]",
        "[^a]: b\n",
        "| a | b |\n| - | - |\n",
        "***\n",
        "---\n",
    ),
    *(
        "<!--",
        "-->",
        "<b>",
        "<script>",
        "</",
        "\0",
        "\ufeff",
        "\u2028",
        "\u0085",
        "\u202e",
        "\U0010ffff",
        "e\u0301\u0301",
    ),
    *(
        "{",
        "}",
        "{#",
        "# ",
        "## ",
        "### ",
        "#### a {.fin #b points=2}\n",
        "\t",
        "    ",
        "[@x]",
        "](",
        "![",
        "`",
        "```\n",
    ),
    *("$", "&amp;", "&#0;", "\r", "\r\n", "\\", "'", '"', "[[", "]]", "[[=a|b]]", "|", "~~", "**", "*", "_", "> ", ">"),
    *("[a](javascript:alert(1))", "[a](unite:x#y)", "![](media/x.png)", "[a]: /b\n", "[a][a]", "<https://x>", ":::\n"),
    *(
        "&x *x",
        "!!python/x",
        "<<: *x",
        "- - - - a",
        "a: b: c",
        "? a",
        "| \n",
        ">-\n",
        "%YAML 1.1",
        "...",
        "@",
        "[",
        "{a: ",
    ),
    *("é" * 50, "9" * 40, "a" * 300, " " * 200, "\u00a0" * 40, "- " * 30, "> " * 30, "[" * 40, "(" * 40, "*" * 40),
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One file: where it goes in the site (`gift` for a file of GIFT), and its bytes."""

    path: str
    body: bytes


def seeds() -> list[tuple[str, str]]:
    """Good files to begin with: where each goes, and its text."""
    content = read_folder(ROOT / "content")
    units = [body.decode() for path, body in content.items() if re.fullmatch(r"courses/[^/]+/[^/]+/fr\.md", path)]
    found = [
        (SUITE, write(WRITTEN)),
        (SUITE, write(WRITTEN, "en")),
        (UNIT, GOOD[UNIT]),
        (TRANSLATION, GOOD[TRANSLATION]),
    ]
    found += [(SUITE, text) for text in units]
    found += [
        (path, GOOD[path]) for path in ("site.yaml", "references.yaml", "glossary/fr.md", "courses/reperes/course.yaml")
    ]
    return [*found, ("gift", EVERYTHING)]


SEEDS = seeds()


def mutant(number: int) -> Mutant:
    chance = random.Random(number)
    path, text = chance.choice(SEEDS)
    body = text.encode()
    for _ in range(chance.randint(1, 6)):
        body = chance.choice(MUTATIONS)(body, chance)[:150_000] or b"a"
    return Mutant(path, body)


def _cut(body: bytes, chance: random.Random) -> bytes:
    at, to = _span(body, chance)
    return body[:at] + body[to:]


def _double(body: bytes, chance: random.Random) -> bytes:
    at, to = _span(body, chance)
    return body[:to] + body[at:to] * chance.randint(1, 5) + body[to:]


def _byte(body: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    return body[:at] + bytes([chance.randrange(256)]) + body[at + chance.randint(0, 1) :]


def _put(body: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(body) + 1)
    piece = chance.choice(FRAGMENTS).encode() * chance.choice([1, 1, 1, 2, 30])
    return body[:at] + piece + body[at + chance.choice([0, 0, 5]) :]


def _line_start(body: bytes, chance: random.Random) -> bytes:
    """A fragment where a line begins: that is where the format is read."""
    starts = [found.end() for found in re.finditer(rb"\n", body)] or [0]
    at = chance.choice(starts)
    return body[:at] + chance.choice(FRAGMENTS).encode() + body[at:]


def _move(body: bytes, chance: random.Random) -> bytes:
    lines = body.split(b"\n")
    at, to = sorted(chance.randrange(len(lines) + 1) for _ in range(2))
    part = lines[at:to]
    rest = lines[:at] + lines[to:]
    where = chance.randrange(len(rest) + 1)
    return b"\n".join(rest[:where] + part + rest[where:])


def _nest(body: bytes, chance: random.Random) -> bytes:
    """Some lines pushed into lists and quotes."""
    lines = body.split(b"\n")
    at, to = sorted(chance.randrange(len(lines) + 1) for _ in range(2))
    mark = chance.choice([b"> ", b"- ", b"  ", b"1. ", b"    ", b"\t"]) * chance.choice([1, 1, 2, 12, 40])
    return b"\n".join(lines[:at] + [mark + line for line in lines[at:to]] + lines[to:])


def _endings(body: bytes, chance: random.Random) -> bytes:
    return body.replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\n", b"\n\r"]))


def _encoding(body: bytes, chance: random.Random) -> bytes:
    text = body.decode("utf-8", "replace")
    if chance.random() < 0.7:
        return chance.choice([b"\xef\xbb\xbf", b"\xff", b"\x00"]) + body
    return text.encode(chance.choice(["utf-16", "latin-1", "utf-32", "utf-7"]), "replace")


MUTATIONS = (_cut, _double, _byte, _put, _put, _line_start, _line_start, _move, _nest, _endings, _encoding)


def _span(body: bytes, chance: random.Random) -> tuple[int, int]:
    at = chance.randrange(len(body) + 1)
    return at, min(len(body), at + chance.choice([1, 8, 60, 500, 5000]))


def tried(one: Mutant) -> None:
    """Whatever the bytes: problems with a place and words in both languages, or records that can be stored, not much
    larger than their file. AssertionError or any other exception: a fault of ours."""
    if one.path == "gift":
        made = read_gift(one.body, "suite", "Et la suite")
        assert told("a.gift", made.notes, "en").count("\n") + 1 == max(len(made.notes), 1)
        if made.unit:
            write(made.unit)
        return
    around = ALONE if one.path == SUITE else {}
    made_site = build({**around, one.path: one.body})
    assert as_text(made_site.problems, "fr").count("\n") + 1 == max(len(made_site.problems), 1)
    assert len(as_json(made_site.problems, "en")) == len(made_site.problems)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in made_site.problems)
    for unit in made_site.units.values():
        assert len(dump(unit)) <= BOUND * len(one.body) + 100_000
