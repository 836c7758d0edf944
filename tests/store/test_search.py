"""Search in the database: the same on SQLite and on PostgreSQL, units of the edition in force only, made ready once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from elearn.core.search import asked
from elearn.services import searching
from elearn.services.publishing import publish_files
from elearn.store.base import db
from elearn.store.editions import Document, EditionEntry, Passage, newest
from elearn.store.search import find
from tests import world
from tests.web.conftest import publish


@pytest.fixture
def ready(app: Flask) -> Iterator[Flask]:
    publish(app)
    with app.app_context():
        yield app


def found(query: str, *languages: str) -> list[tuple[str, str, str, int]]:
    with db.engine.connect() as connection:
        rows = find(connection, newest(connection) or 0, languages or ("fr",), asked(query))
    return sorted(row[1:] for row in rows)


def made() -> list[tuple[str, str, str]]:
    with db.engine.connect() as connection:
        return sorted(
            tuple(row) for row in connection.execute(select(Passage.document, Passage.section, Passage.words))
        )


CASES = [
    ("silence", [("ecouter", "fr", "se-taire", 0)]),
    ("SILENCE place", [("ecouter", "fr", "se-taire", 0)]),
    ("equipe", [("ecouter", "fr", "se-taire", 0)]),
    ("taire", [("ecouter", "fr", "se-taire", 1), ("ecouter", "fr", "verifier", 0)]),
    ("verif", [("ecouter", "fr", "verifier", 1)]),
    ("se taire", [("ecouter", "fr", "se-taire", 2), ("ecouter", "fr", "verifier", 0)]),
    ("écouté·e", [("ecouter", "fr", "se-taire", 1), ("ecouter", "fr", "verifier", 0)]),
    ("silence demander", []),
    ("de", [("ecouter", "fr", "se-taire", 0)]),
    ("%", []),
    ("%ence", []),
    ("s_lence", []),
    ("sil\\ence", []),
    ("|", []),
    ("1", []),
    ("ilence", []),
    ("' OR 1=1 --", []),
]
"""What is asked, and unit, language, section and words in the title of what answers."""


@pytest.mark.parametrize(("query", "expected"), CASES)
def test_what_is_found(ready: Flask, query: str, expected: list[tuple[str, str, str, int]]) -> None:
    assert found(query) == expected


def test_wildcards_stay_signs(ready: Flask) -> None:
    """No word of ours holds one; the query does not lean on it."""
    with db.engine.connect() as connection:
        for word in ("s%ence", "s_lence", "%", "_", "sil\\ence"):
            assert find(connection, 1, ("fr",), (word,)) == []


def test_one_language_or_two(ready: Flask) -> None:
    assert found("silent", "en") == [("ecouter", "en", "se-taire", 1), ("ecouter", "en", "verifier", 0)]
    assert found("silent", "fr") == []
    assert {row[1] for row in found("reformuler") + found("rephrase", "en", "fr")} == {"fr", "en"}


def test_the_edition_in_force_only(ready: Flask) -> None:
    changed = world.ECOUTER_FR.replace("Le silence laisse", "Le calme laisse")
    publish_files(world.site({"courses/reperes/01-ecouter/fr.md": changed}), ready.config["ELEARN"].instance, world.AT)
    assert found("silence") == []
    assert found("calme") == [("ecouter", "fr", "se-taire", 0)]


def test_once_made_nothing_is_made_again(ready: Flask) -> None:
    before = made()
    assert searching.fill() == 0
    assert len(before) == 5 and made() == before


def test_an_edition_of_an_earlier_release_is_made_ready(ready: Flask) -> None:
    before = made()
    with db.engine.begin() as connection:
        connection.execute(delete(Passage))
    assert found("silence") == []
    assert searching.fill() == 3
    assert made() == before


def test_what_other_rules_made_is_made_again(ready: Flask) -> None:
    before = made()
    with db.engine.begin() as connection:
        connection.execute(update(Passage).values(words="0| vieux | mots "))
    assert searching.fill() == 3
    assert made() == before


def test_what_was_left_in_the_midst_is_ended(ready: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit a transaction: whatever ended after the first, the next pass does the others."""
    before = made()
    monkeypatch.setattr(searching, "AT_ONCE", 1)
    with db.engine.begin() as connection:
        connection.execute(delete(Passage))
    real, passes = searching.keep, []

    def once(tx: Session, rows: searching.Rows) -> None:
        if passes:
            raise KeyboardInterrupt
        passes.append(rows)
        real(tx, rows)

    monkeypatch.setattr(searching, "keep", once)
    with pytest.raises(KeyboardInterrupt):
        searching.fill()
    with db.engine.connect() as connection:
        assert connection.execute(select(func.count(Passage.document.distinct()))).scalar_one() == 1
    monkeypatch.setattr(searching, "keep", real)
    assert searching.fill() == 2
    assert made() == before


def test_a_thousand_units(ready: Flask) -> None:
    """One statement whatever the size, and the rows of what was found only."""
    with db.engine.begin() as connection:
        names = [f"{n:064x}" for n in range(1000)]
        connection.execute(insert(Document), [{"hash": name, "body": b"{}"} for name in names])
        connection.execute(
            insert(EditionEntry),
            [{"edition": 1, "name": f"unit/grand/u{n}/fr", "hash": name} for n, name in enumerate(names)],
        )
        connection.execute(
            insert(Passage),
            [
                {"document": name, "section": "s", "words": f"1| titre{n} | commun {'rare' if n == 7 else 'autre'} "}
                for n, name in enumerate(names)
            ],
        )
    assert len(found("commun")) == 1000
    assert found("rare commun") == [("u7", "fr", "s", 0)]
    assert found("titre7 commun")[0] == ("u7", "fr", "s", 1)
