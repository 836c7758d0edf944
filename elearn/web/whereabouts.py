"""Where members of a cohort stand in its course, for whoever leads it.

Found from what each did under the edition of today, since rows are only brought up to date by the next deed of a
person. Of it nothing but states of units leaves this module: no answer, no mark, no text, no date but completion.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import Connection

from elearn.core.completion import Facts, UnitProgress, course_progress, facts_from_state
from elearn.services import learning
from elearn.store import cohorts as store
from elearn.store.editions import Published

OPEN, BEGUN, DONE = "open", "begun", "done"


@dataclass(frozen=True)
class Whereabouts:
    """`states`: unit -> open, begun or done, of the units that count, in their order. `begun`: follows the course."""

    begun: bool
    states: dict[str, str]
    completed_at: dt.datetime | None

    @property
    def done(self) -> int:
        return sum(state == DONE for state in self.states.values())


def whereabouts(connection: Connection, edition: Published, course: str, rows: Sequence[Any]) -> dict[int, Whereabouts]:
    """Of each person of `rows`, by id: one statement, none where there is nobody. Somebody who does not follow the
    course has begun nothing; of a course that is gone no state is known."""
    found = store.standings(connection, course, [row.id for row in rows]) if rows else []
    standings = {row.person_id: row for row in found}
    return {row.id: _where(edition, course, row.id, standings.get(row.id)) for row in rows}


def _where(edition: Published, course: str, person: int, standing: Any) -> Whereabouts:
    held = edition.courses.get(course)
    completed_at = standing.completed_at if standing else None
    if held is None:
        return Whereabouts(standing is not None, {}, completed_at)
    facts = facts_from_state(standing.state) if standing else Facts()
    units = learning.drawn_units(edition, held, current_app.config["ELEARN_SECRET"], person)
    progress = course_progress(held, units, facts)
    states = {unit: _state(progress.units[unit]) for unit in progress.counted}
    return Whereabouts(standing is not None, states, completed_at)


def _state(progress: UnitProgress) -> str:
    if progress.done:
        return DONE
    return BEGUN if progress.begun else OPEN
