"""The short form of `make fuzz`: a few hundred mutants, always the same ones."""

import gc
import time

import pytest

from elearn.core.writing import write
from tests.core.test_formatters import WRITTEN
from tests.core.test_writing import SUITE
from tests.fuzz import __main__ as fuzz
from tests.fuzz.mutants import SEEDS, Mutant, mutant, tried

SHORT = 100
LONGEST = 2.0
"""Seconds of processor for one file, where counting to two million takes COUNTED seconds."""
COUNTED = 0.08


def counted() -> float:
    start = time.process_time()
    total = 0
    for number in range(2_000_000):
        total += number
    return time.process_time() - start


def seconds(one: Mutant) -> float:
    """How long reading a file takes, at the pace of the machine on which LONGEST was set: a shared one may be several
    times slower, or be held for a moment. What this guards against, work that grows with the square of a text, is a
    hundred times slower at each of three tries. After a slow one, what the tests before left in memory is set aside:
    collecting it again and again is not the reader's time."""
    tries: list[float] = []
    try:
        while len(tries) < 3 and not (tries and tries[-1] < LONGEST):
            start = time.process_time()
            tried(one)
            tries.append(time.process_time() - start)
            if tries[-1] >= LONGEST:
                tries[-1] /= max(1.0, counted() / COUNTED)
                gc.collect()
                gc.freeze()
    finally:
        gc.unfreeze()
    return min(tries)


def test_no_mutant_stops_the_reader_nor_holds_it() -> None:
    slowest = (0.0, -1)
    for number in range(SHORT):
        slowest = max(slowest, (seconds(mutant(number)), number))
    assert slowest[0] < LONGEST, f"mutant {slowest[1]}"


def test_the_same_number_gives_the_same_bytes_and_every_seed_is_used() -> None:
    count = 10 * len(SEEDS)
    made = [mutant(number) for number in range(count)]

    assert made[:200] == [mutant(number) for number in range(200)]
    assert {one.path for one in made} == {path for path, _ in SEEDS}
    assert len({one.body for one in made}) > 0.95 * count


PATHOLOGICAL = {
    "a definition called again and again": "[a]: https://x.example/" + "y" * 90_000 + "\n\n" + "[a] " * 18_000,
    "a table of many columns and rows": "|a" * 15_000 + "\n" + "|-" * 15_000 + "\n" + "|a\n" * 19_000,
    "a list of very many items": "- a\n" * 19_000,
    "a quote of very many paragraphs": "> a\n\n" * 9_000,
    "one note called again and again": "[^a]: b\n\n" + "[^a] " * 18_000,
    "very many questions": "".join(f"### a {{.reflexion #a{n}}}\n" for n in range(5_000)),
    "very many gaps": "### a {.texte-a-trous #z}\n\n" + "[[a|b]] " * 9_000,
    "very many steps": "### a {.situation #z}\n\n"
    + "".join(f"#### a {{#z{n}}}\n\n- [a](#z1)\n\n" for n in range(2_000)),
}


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_pathological_text_is_bounded_in_size_and_time(name: str) -> None:
    head = write(WRITTEN).split("## Pour commencer")[0] + "\n## Une section {#une-section}\n\n"
    assert seconds(Mutant(SUITE, (head + PATHOLOGICAL[name]).encode())) < LONGEST


def test_the_long_form_goes_on_where_it_stopped(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    state = tmp_path / "fuzz"

    assert fuzz.main(["--count", "20", "--state", str(state), "--processes", "1"]) == 0
    assert fuzz.main(["--count", "30", "--state", str(state), "--processes", "1"]) == 0
    assert "20/30" in capsys.readouterr().out.splitlines()[-2]
