"""What a database must say after a fault: every acknowledged answer is there once, every refused one is absent, and an
answer of which nobody heard is there at most once. On SQLite files; PostgreSQL has the same questions in SQL."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import sqlalchemy as sa

from tests.trainees import Ledger, Trainee

FORMS = (
    "SELECT key FROM idempotency JOIN person ON person.id = person_id WHERE sign_in_name = {name} AND deed = 'attempt'"
)
STEPS = (
    "SELECT sequence, response FROM step JOIN attempt ON attempt.id = attempt_id"
    " JOIN enrolment ON enrolment.id = enrolment_id JOIN person ON person.id = person_id"
    " WHERE sign_in_name = {name} ORDER BY sequence"
)


@contextlib.contextmanager
def opened(database: Path) -> Iterator[sqlite3.Connection]:
    """A database file, to read only."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=20)) as connection:
        yield connection


def compare(database: Path, people: Iterable[Trainee]) -> None:
    """The database against the ledgers."""
    with opened(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        for one in people:
            problems = differences(one.ledger, forms_of(connection, one.name), steps_of(connection, one.name))
            assert problems == [], one.name


def compare_on_postgresql(url: str, people: Iterable[Trainee]) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        for one in people:
            named = {"name": one.name}
            forms = [row.key for row in connection.execute(sa.text(FORMS.format(name=":name")), named)]
            steps = connection.execute(sa.text(STEPS.format(name=":name")), named)
            problems = differences(one.ledger, forms, [(row.sequence, str(row.response)) for row in steps])
            assert problems == [], one.name


def forms_of(connection: sqlite3.Connection, name: str) -> list[str]:
    return [row[0] for row in connection.execute(FORMS.format(name="?"), (name,))]


def steps_of(connection: sqlite3.Connection, name: str) -> list[tuple[int, str]]:
    """(sequence, response) of every step of a person, in order."""
    return connection.execute(STEPS.format(name="?"), (name,)).fetchall()


def differences(ledger: Ledger, forms: list[str], steps: list[tuple[int, str]]) -> list[str]:
    """What a database says against a person's ledger; empty where every acknowledged answer is there once."""
    stored = set(forms)
    found = [f"acknowledged, not stored: {key}" for key in ledger.acknowledged if key not in stored]
    found += [f"refused, but stored: {key}" for key in ledger.refused_forms if key in stored]
    found += [f"stored, never sent: {key}" for key in forms if key not in {sent for sent, _ in ledger.sent}]
    if len(steps) != len(forms):
        found.append(f"{len(forms)} forms took effect, {len(steps)} steps are stored")
    if [number for number, _ in steps] != list(range(1, len(steps) + 1)):
        found.append(f"steps are numbered {[number for number, _ in steps]}")
    effective = [chosen for key, chosen in ledger.sent if key in stored]
    meanings = set(zip(effective, (response for _, response in steps), strict=False))
    if len(meanings) != len({chosen for chosen, _ in meanings}):
        found.append(f"one option was stored as two: {sorted(meanings)}")
    return found
