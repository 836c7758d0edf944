"""`make bench`: a unit page and a submission of elearn against the bare page, turn by turn, as ratios of medians.

Absolute numbers move with the machine and its mood; the ratio of two servers measured in turn moves little.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from bench.load import Request, get, measure, percentile, post
from elearn.config import ROOT
from tests.site import Running, Visitor, free_port, running, stop, wait_until_it_answers
from tests.trainees import COURSE, a_question, enrolled

CLIENTS, ROUNDS, SECONDS = 4, 5, 2.5


@dataclass
class Contest:
    """`must`, `aim`: the ratio to reach, elearn's requests a second to the bare page's."""

    name: str
    status: int
    must: float
    aim: float
    ours: list[Request]
    bare: list[Request]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="elearn-bench-") as folder:
        (Path(folder) / "bare").mkdir()
        with running(Path(folder)) as site, bare(Path(folder) / "bare") as port:
            print(f"{CLIENTS} clients, {ROUNDS} rounds of {SECONDS:g} s each way, 2 workers, SQLite synced\n")
            for contest in contests(site, port):
                run(contest, site.port, port)
    return 0


def contests(site: Running, port: int) -> list[Contest]:
    unit, section, question = a_question()
    people = enrolled(site, CLIENTS, unit, section, question)
    page = f"/learning/{COURSE}/{unit}/{section}"
    guests = [Visitor(port) for _ in range(CLIENTS)]
    for number, guest in enumerate(guests, 1):
        assert guest.get(f"/enter/{number}").status == 200

    def form(which: int, fields: dict[str, str]) -> Request:
        fixed = urlencode({name: value for name, value in fields.items() if name not in ("idempotency_key", "base")})
        visitor, answered = people[which].visitor, count()
        return post(
            people[which].form.action,
            visitor.cookie,
            lambda n: f"{fixed}&answer={n % 2}&idempotency_key=bench{which:03d}{n:012d}&base={next(answered)}.0",
        )

    return [
        Contest(
            "unit page",
            200,
            0.70,
            1.0,
            [get(page, one.visitor.cookie) for one in people],
            [get("/unit", one.cookie) for one in guests],
        ),
        Contest(
            "submission",
            303,
            0.70,
            0.90,
            [form(which, one.form.fields) for which, one in enumerate(people)],
            [post("/answers", one.cookie, lambda n: f"answer={n % 2}") for one in guests],
        ),
    ]


def run(contest: Contest, our_port: int, bare_port: int) -> None:
    ours: list[float] = []
    bare_one: list[float] = []
    times: list[float] = []
    for number in range(ROUNDS):
        progress(f"{contest.name}: round {number + 1} of {ROUNDS}")
        begin = number * 1_000_000
        took = measure(our_port, contest.ours, SECONDS, contest.status, begin)
        times += took
        ours.append(len(took) / SECONDS)
        bare_one.append(len(measure(bare_port, contest.bare, SECONDS, contest.status, begin)) / SECONDS)
    progress("")
    ratio = median(one / other for one, other in zip(ours, bare_one, strict=True))
    judged = "aim reached" if ratio >= contest.aim else "enough" if ratio >= contest.must else "TOO SLOW"
    print(
        f"{contest.name:<12} elearn {median(ours):6.0f}/s   bare {median(bare_one):6.0f}/s   ratio {ratio:.2f}"
        f" (must {contest.must:.2f}, aim {contest.aim:.2f}): {judged}"
    )
    p50, p99 = percentile(times, 50) * 1000, percentile(times, 99) * 1000
    print(f"{'':<12} p50 {p50:.2f} ms, p99 {p99:.2f} ms, p99/p50 {p99 / p50:.1f}\n")


def progress(text: str) -> None:
    if sys.stdout.isatty():
        print(f"\r{text:<60}\r", end="", flush=True)
    elif text:
        print(text, flush=True)


@contextmanager
def bare(folder: Path) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.bare", str(port), str(folder)], cwd=ROOT)
    try:
        wait_until_it_answers(port, process, "the bare app does not answer")
        yield port
    finally:
        stop(process)


if __name__ == "__main__":
    sys.exit(main())
