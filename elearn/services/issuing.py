"""The issuing desk: many attestations at once, by whoever may issue them. Each is a transaction of its own, so that a
run that was killed goes on where it stopped and a second one issues nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from elearn.services import attestations
from elearn.services.attestations import NotComplete, NotEnrolled, Request, UnprintableName
from elearn.services.audit import By
from elearn.store.editions import Published
from elearn.store.issuing import Candidate

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Outcome:
    """`issued`: ids of new attestations; `there`: how many were there already; `not_yet`: people who lack something."""

    issued: list[str] = field(default_factory=list)
    there: int = 0
    not_yet: list[int] = field(default_factory=list)


def issue_all(
    people: Sequence[Candidate],
    course: str,
    edition: Published,
    secret: bytes,
    address: str,
    by: By,
    progress: Progress = lambda done, of: None,
) -> Outcome:
    """Issue for everyone of `people` who is complete and has confirmed a name; nobody else is touched."""
    outcome = Outcome()
    for done, one in enumerate(people, 1):
        if one.attestation is not None:
            outcome.there += 1
        elif not one.printed_name:
            outcome.not_yet.append(one.person)
        else:
            asked = Request(one.person, course, one.printed_name, one.locale, by.at, secret, address, by)
            try:
                outcome.issued.append(attestations.issue(asked, edition))
            except (NotComplete, NotEnrolled, UnprintableName):
                outcome.not_yet.append(one.person)
        progress(done, len(people))
    return outcome
