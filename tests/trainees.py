"""Trainees of a real site who answer one question again and again, each with a ledger of what was sent and answered."""

import http.client
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from elearn.config import ROOT
from elearn.core.check import check_site
from elearn.store.base import now
from elearn.store.content_folder import read_folder
from tests.site import Form, Running, Visitor

COURSE = "ecrire-une-unite"
TRIES = 400


@dataclass
class Ledger:
    """What one person sent: keys of forms in order, the option shown at that place, and which were acknowledged."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    retries: int = 0
    refused: list[str] = field(default_factory=list)


@dataclass
class Trainee:
    name: str
    visitor: Visitor
    form: Form
    chance: random.Random
    ledger: Ledger = field(default_factory=Ledger)

    def answer(self) -> None:
        key = f"{self.chance.getrandbits(128):032x}"
        chosen = str(self.chance.randrange(2))
        self.ledger.sent.append((key, chosen))
        base = f"{len(self.ledger.acknowledged)}.0"
        fields = self.form.fields | {"idempotency_key": key, "answer": chosen, "base": base}
        for _ in range(TRIES):
            try:
                answer = self.visitor.post(self.form.action, fields)
            except (OSError, http.client.HTTPException):  # also an answer that was cut in the middle
                self.ledger.retries += 1
                time.sleep(0.02)
                continue
            if answer.status == 303:
                self.ledger.acknowledged.append(key)
            else:
                self.ledger.refused.append(f"{answer.status}: {answer.text[:200]}")
            return
        self.ledger.refused.append("no answer after every try")


def a_question() -> tuple[str, str, str]:
    """Unit, section and id of a question of the demo course with one right answer."""
    build = check_site(read_folder(ROOT / "content"), now().date())
    for (course, unit, lang), compiled in build.units.items():
        if (course, lang) == (COURSE, "fr"):
            for section in compiled.sections:
                for prompt in section.prompts:
                    if prompt.kind == "single_choice":
                        return unit, section.id, prompt.id
    raise AssertionError("the demo course has no such question")


def enrolled(
    site: Running, people: int, unit: str, section: str, question: str, told: Callable[[str], None] = lambda _: None
) -> list[Trainee]:
    """So many new trainees, each with an account, a place in the course and the form of that question."""
    made = []
    for number in range(people):
        if number % 20 == 0:
            told(f"accounts: {number} of {people}")
        visitor = Visitor(site.port)
        name = f"trainee-{number}"
        visitor.sign_up(name, "quatre chevaux lisent dehors")
        visitor.submit(f"/learning/{COURSE}", "/enrolments")
        form = visitor.get(f"/learning/{COURSE}/{unit}/{section}").form(f"/{question}/attempts")
        made.append(Trainee(name, visitor, form, random.Random(f"2026-{number}")))
    return made
