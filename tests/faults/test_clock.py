"""The clock of the machine jumps while people answer: an hour back, ten years ahead, over a change of hour or a leap
day. No answer is lost or counted twice, and order is that in which they came. A jump may end the session: the page
keeps the answer, and one signs in again in place.

The clock is that of a real server, moved by libfaketime while it runs.
"""

import datetime as dt
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.oracle import opened, steps_of
from tests.site import Running, Visitor, running
from tests.trainees import Trainee, a_question, enrolled

LIBRARY = next(iter(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
PASSWORD = "quatre chevaux lisent dehors"
HOUR, DAY = 3600, 86400
MONTREAL, PARIS = "EST5EDT,M3.2.0,M11.1.0", "CET-1CEST,M3.5.0,M10.5.0/3"
LONG = bool(os.environ.get("ELEARN_LONG_FAULTS"))
JUMPS = (-HOUR, 0, DAY, 0, 3650 * DAY, -HOUR, 0)
BORDERS = {
    MONTREAL: ("2027-03-14T07:00", "2027-11-07T06:00", "2028-02-29T05:00", "2028-03-01T05:00"),
    PARIS: ("2027-03-28T01:00", "2027-10-31T01:00", "2028-02-28T23:00", "2028-02-29T23:00"),
}
"""Moments, in UTC, at which the local hour changes or a leap day begins and ends."""

pytestmark = [
    pytest.mark.faults,
    pytest.mark.faketime,
    pytest.mark.skipif(LIBRARY is None, reason="libfaketime is not there"),
    pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="opens the SQLite file"),
]


@dataclass
class Clock:
    file: Path

    def set(self, seconds: float) -> None:
        """So many seconds ahead of the true time."""
        mine = self.file.with_suffix(".new")
        mine.write_text(f"{seconds:+.3f}\n")
        mine.replace(self.file)

    def set_to(self, moment: str, before_s: float) -> None:
        wanted = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC).timestamp()
        self.set(wanted - before_s - time.time())


SLEEP = """
import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds)
"""
"""libfaketime 0.9.10 spoils the moment until which Python asks the system to sleep: a jump would then end the sleep
with EINVAL, which no real clock does."""


@pytest.fixture
def moved(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Running, Clock]]:
    clock = Clock(tmp_path / "clock")
    clock.set(0)
    faked = {
        "TZ": request.param,
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME_TIMESTAMP_FILE": str(clock.file),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }
    (tmp_path / "sitecustomize.py").write_text(SLEEP)
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    with running(tmp_path, **faked, PYTHONPATH=path) as site:
        yield site, clock


def answer_come_what_may(one: Trainee) -> bool:
    """One more answer. True where the session had ended: the page kept the answer, and it is sent after a sign-in."""
    answer = one.answer()
    assert answer is not None
    if answer.status == 303:
        return False
    assert answer.status == 422 and "La connexion est fermée" in answer.text
    key, chosen = one.ledger.sent[-1]
    assert answer.text.count(" checked") == 1
    visitor = Visitor(one.visitor.port)
    signed_in = visitor.submit("/accounts/sign-in", "/sign-in", name=one.name, password=PASSWORD)
    assert signed_in.status == 303, signed_in.status
    one.form.fields.pop("base", None)  # this page is that of the first answer
    again = visitor.post(one.form.action, one.form.fields | {"idempotency_key": key, "answer": chosen})
    assert again.status == 422 and "datait" in again.text
    form = again.form(f"/{one.question}/attempts")
    assert visitor.post(form.action, form.fields | {"answer": chosen}).status == 303
    one.visitor, one.form = visitor, form
    one.ledger.refused.clear()
    one.ledger.acknowledged.append(key)
    return True


def all_there_in_order(site: Running, one: Trainee) -> None:
    """Steps are numbered as they came, and each says what was chosen then."""
    chosen = [option for _, option in one.ledger.sent]
    with opened(site.database) as connection:
        steps = steps_of(connection, one.name)
    assert [number for number, _ in steps] == list(range(1, len(chosen) + 1))
    assert len(set(zip(chosen, (response for _, response in steps), strict=True))) == len(set(chosen)) == 2


@pytest.mark.parametrize("moved", [MONTREAL, PARIS] if LONG else [MONTREAL], indirect=True)
def test_the_clock_jumps(moved: tuple[Running, Clock], request: pytest.FixtureRequest) -> None:
    site, clock = moved
    [one] = enrolled(site, 1, *a_question())
    ended = []
    for jump in JUMPS:
        clock.set(jump)
        ended += [answer_come_what_may(one), answer_come_what_may(one)]
    assert ended[:4] == [False] * 4, "an hour back and forth ends no session"
    assert ended[1::2] == [False] * len(JUMPS), "one sign-in is enough"
    assert ended[4] and ended[8], "a day, or ten years ahead, the session has run its time"
    assert not ended[6] and not ended[10], "a clock that is set right again shuts nobody out"
    for border in BORDERS[request.node.callspec.params["moved"]]:
        clock.set_to(border, before_s=0.5)
        until = time.monotonic() + 0.7
        while time.monotonic() < until:
            answer_come_what_may(one)
    clock.set(0)
    answer_come_what_may(one)
    all_there_in_order(site, one)
