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

from bench.load import Request, at_one_moment, class_of, get, measure, percentile, post
from elearn.config import ROOT
from tests.site import Running, Visitor, free_port, running, stop, wait_until_it_answers
from tests.trainees import COURSE, Trainee, a_question, enrolled

CLIENTS, ROUNDS, SECONDS = 4, 5, 2.5
BUSY = 8
PUPILS, THINK, LESSON = 200, 2.0, 8.0


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
            people, guests = crowd(site, port)
            pages, submitting = contests(people, guests)
            for contest in (pages, submitting):
                run(contest, site.port, port)
            busy(submitting, site.port, port)
            lesson(submitting, site.port, port)
            bell(submitting, site.port, port)
    return 0


def crowd(site: Running, port: int) -> tuple[list[Trainee], list[Visitor]]:
    """So many signed-in people of each server, with the form of one question before them."""
    unit, section, question = a_question()
    people = enrolled(site, PUPILS, unit, section, question, told=progress)
    guests = [Visitor(port) for _ in range(PUPILS)]
    for number, guest in enumerate(guests, 1):
        assert guest.get(f"/enter/{number}").status == 200
    progress("")
    return people, guests


def contests(people: list[Trainee], guests: list[Visitor]) -> list[Contest]:
    unit, section, _ = a_question()
    page = f"/learning/{COURSE}/{unit}/{section}"

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
        took = measure(our_port, contest.ours[:CLIENTS], SECONDS, contest.status, begin)
        times += took
        ours.append(len(took) / SECONDS)
        bare_one.append(len(measure(bare_port, contest.bare[:CLIENTS], SECONDS, contest.status, begin)) / SECONDS)
    progress("")
    ratio = median(one / other for one, other in zip(ours, bare_one, strict=True))
    judged = "aim reached" if ratio >= contest.aim else "enough" if ratio >= contest.must else "TOO SLOW"
    print(
        f"{contest.name:<12} elearn {median(ours):6.0f}/s   bare {median(bare_one):6.0f}/s   ratio {ratio:.2f}"
        f" (must {contest.must:.2f}, aim {contest.aim:.2f}): {judged}"
    )
    p50, p99 = percentile(times, 50) * 1000, percentile(times, 99) * 1000
    print(f"{'':<12} p50 {p50:.2f} ms, p99 {p99:.2f} ms, p99/p50 {p99 / p50:.1f}\n")


def busy(contest: Contest, our_port: int, bare_port: int) -> None:
    """Eight connections that never pause: the slowest answer in a hundred against the middle one."""
    told = []
    for port, requests in ((our_port, contest.ours), (bare_port, contest.bare)):
        took: list[float] = []
        for number in range(ROUNDS):
            progress(f"{contest.name}, {BUSY} connections: round {number + 1} of {ROUNDS}")
            took += measure(port, requests[:BUSY], SECONDS, contest.status, (ROUNDS + number) * 1_000_000)
        told.append((percentile(took, 50) * 1000, percentile(took, 99) * 1000))
    progress("")
    (p50, p99), (bare50, bare99) = told
    judged = "aim reached" if p99 / p50 <= 2.5 else "enough" if p99 / p50 <= 4 else "TOO UNEVEN"
    print(f"{BUSY} connections that submit without pause (must 4.0, aim 2.5): {judged}")
    print(f"{'':<12} elearn p50 {p50:.2f} ms, p99 {p99:.2f} ms, p99/p50 {p99 / p50:.1f}")
    print(f"{'':<12} bare   p50 {bare50:.2f} ms, p99 {bare99:.2f} ms, p99/p50 {bare99 / bare50:.1f}\n")


def lesson(contest: Contest, our_port: int, bare_port: int) -> None:
    """A class at work: each person thinks, then answers."""
    told = []
    for port, requests in ((our_port, contest.ours), (bare_port, contest.bare)):
        progress(f"a class of {PUPILS}, {LESSON:g} s")
        took = class_of(port, requests, THINK, LESSON, contest.status, 20 * 1_000_000)
        told.append((percentile(took, 50) * 1000, percentile(took, 99) * 1000))
    progress("")
    (p50, p99), (bare50, bare99) = told
    judged = "aim reached" if p99 <= 10 else "enough" if p99 <= 20 else "TOO SLOW"
    print(f"a class of {PUPILS} with {THINK:g} s of thought, p99 (must 20 ms, aim 10 ms): {judged}")
    print(f"{'':<12} elearn p50 {p50:.2f} ms, p99 {p99:.2f} ms    bare p50 {bare50:.2f} ms, p99 {bare99:.2f} ms\n")


def bell(contest: Contest, our_port: int, bare_port: int) -> None:
    """Everybody submits at one moment: how long the last one waits, against the bare route."""
    ours, bare_one = [], []
    for number in range(ROUNDS):
        progress(f"{PUPILS} submissions at one moment: round {number + 1} of {ROUNDS}")
        begin = (30 + number) * 1_000_000
        ours.append(at_one_moment(our_port, contest.ours, contest.status, begin))
        bare_one.append(at_one_moment(bare_port, contest.bare, contest.status, begin))
    progress("")
    ratio = median(one / other for one, other in zip(ours, bare_one, strict=True))
    judged = "aim reached" if ratio <= 1.4 else "enough" if ratio <= 2 else "TOO SLOW"
    print(f"{PUPILS} submissions at one moment, last answer (must 2.0, aim 1.4 of the bare route): {judged}")
    print(f"{'':<12} elearn {median(ours):.2f} s   bare {median(bare_one):.2f} s   ratio {ratio:.2f}\n")


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
