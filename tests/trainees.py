"""Trainees of a real site who answer one question again and again, each with a ledger of what was sent and answered."""

import http.client
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from elearn.core.check import check_site
from elearn.store.base import now
from elearn.store.content_folder import read_folder
from tests import shipped
from tests.site import Answer, Form, Running, Visitor

COURSE = "ecrire-une-unite"
PATIENCE = 60.0
"""Seconds for which a person sends one form again and again."""


@dataclass
class Ledger:
    """What one person sent: keys of forms in order, the option shown at that place, and what came of each.

    Acknowledged, refused (no try of this form may have taken effect), or neither: nobody heard of it.
    """

    sent: list[tuple[str, str]] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    refused_forms: list[str] = field(default_factory=list)
    retries: int = 0
    refused: list[str] = field(default_factory=list)


@dataclass
class Trainee:
    """`waits_for`: statuses after which the same form is sent again, as the page asks for."""

    name: str
    visitor: Visitor
    form: Form
    chance: random.Random
    ledger: Ledger = field(default_factory=Ledger)
    waits_for: tuple[int, ...] = ()

    @property
    def question(self) -> str:
        return self.form.action.partition("#")[0].split("/")[-2]

    def answer(self, patience_s: float = PATIENCE) -> Answer | None:
        """Give one more answer, until it is acknowledged or refused. What the site said last."""
        key = f"{self.chance.getrandbits(128):032x}"
        chosen = str(self.chance.randrange(2))
        self.ledger.sent.append((key, chosen))
        fields = self.form.fields | {"idempotency_key": key, "answer": chosen}
        fields.pop("base", None)  # nobody knows how many took effect while workers die
        until = time.monotonic() + patience_s
        unsure = False
        while time.monotonic() < until:
            self.visitor.more["X-Answer"] = key
            try:
                answer = self.visitor.post(self.form.action, fields)
            except (OSError, http.client.HTTPException):  # also an answer that was cut in the middle
                unsure = True
                self.ledger.retries += 1
                time.sleep(0.02)
                continue
            if answer.status in self.waits_for:
                self.ledger.retries += 1
                time.sleep(0.1)
                continue
            if answer.status == 303:
                self.ledger.acknowledged.append(key)
            else:
                self.ledger.refused.append(f"{answer.status}: {answer.text[:200]}")
                self.ledger.refused_forms += [] if unsure else [key]
            return answer
        self.ledger.refused.append("no answer after every try")
        return None


def a_question() -> tuple[str, str, str]:
    """Unit, section and id of a question of the demo course with one right answer."""
    build = check_site(read_folder(shipped.some()), now().date())
    for (course, unit, lang), compiled in build.units.items():
        if (course, lang) == (COURSE, "fr"):
            for section in compiled.sections:
                for prompt in section.prompts:
                    if prompt.kind == "single_choice":
                        return unit, section.id, prompt.id
    raise AssertionError("the demo course has no such question")


def enrolled(
    site: Running,
    people: int,
    unit: str,
    section: str,
    question: str,
    first: int = 0,
    told: Callable[[str], None] = lambda _: None,
) -> list[Trainee]:
    """So many new trainees, each with an account, a place in the course and the form of that question.

    `first`: number of the first of them, where a site has others.
    """
    made = []
    for number in range(first, first + people):
        if number % 20 == 0:
            told(f"accounts: {number} of {people}")
        visitor = Visitor(site.port)
        name = f"trainee-{number}"
        visitor.sign_up(name, "quatre chevaux lisent dehors")
        visitor.submit(f"/learning/{COURSE}", "/enrolments")
        form = visitor.get(f"/learning/{COURSE}/{unit}/{section}").form(f"/{question}/attempts")
        made.append(Trainee(name, visitor, form, random.Random(f"2026-{number}")))
    return made
