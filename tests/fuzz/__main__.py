"""`make fuzz`: the long form. Goes on where it was stopped; each fault is kept as a file beside its traceback."""

import argparse
import json
import multiprocessing
import signal
import sys
import time
import traceback
from pathlib import Path

from tests.fuzz.mutants import mutant, tried

LONGEST, HANG = 2.0, 20
BATCH = 50


def one(number: int) -> tuple[int, float, str]:
    """(number, seconds of processor, what went wrong)."""

    def hangs(*_: object) -> None:
        raise TimeoutError(f"more than {HANG} s")

    signal.signal(signal.SIGALRM, hangs)
    signal.alarm(HANG)
    start = time.process_time()
    try:
        tried(mutant(number))
        wrong = ""
    except BaseException:
        wrong = traceback.format_exc()
    finally:
        signal.alarm(0)
    spent = time.process_time() - start
    return number, spent, wrong or ("" if spent < LONGEST else f"{spent:.1f} s of processor\n")


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="mutants in all (100,000)")
    parser.add_argument("--state", type=Path, default=Path("build/fuzz"), help="where faults and the place are kept")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args(words)
    given.state.mkdir(parents=True, exist_ok=True)
    place = given.state / "place.json"
    known = json.loads(place.read_text()) if place.exists() else {"next": 0, "faults": 0, "slowest": 0.0}
    if known["next"] >= given.count:
        known = {"next": 0, "faults": 0, "slowest": 0.0}
    print(f"fuzz: {known['next']}/{given.count}", flush=True)
    with multiprocessing.Pool(given.processes) as pool:
        while known["next"] < given.count:
            last = min(known["next"] + BATCH * given.processes, given.count)
            for number, spent, wrong in pool.map(one, range(known["next"], last), chunksize=10):
                known["slowest"] = max(known["slowest"], round(spent, 3))
                if wrong:
                    known["faults"] += 1
                    (given.state / f"{number}.txt").write_text(wrong, encoding="utf-8")
                    (given.state / f"{number}.bytes").write_bytes(mutant(number).body)
                    print(f"\nfault: mutant {number}, see {given.state}/{number}.txt", flush=True)
            known["next"] = last
            place.write_text(json.dumps(known))
            if sys.stdout.isatty():
                print(f"\rfuzz: {last}/{given.count}, faults {known['faults']}", end="", flush=True)
    print(f"fuzz: {given.count} mutants, faults {known['faults']}, slowest {known['slowest']} s", flush=True)
    return 1 if known["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
