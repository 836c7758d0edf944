"""A private text is on no page, in no file, message, number or line of log of anybody but its owner: every route is
asked with every role, and all that answers is read.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.core.permissions import ROLES
from elearn.services import cohorts, own_texts
from elearn.store.accounts import Person, SignIn, Viewer, viewer
from elearn.store.base import db, now
from elearn.store.learning import Reflection
from elearn.store.mail import OutboxMessage
from tests import world
from tests.browse import Browser
from tests.web.test_access import FIELDS, FORGED, address, others, person, routes, signed_in
from tests.web.test_every_door import shape

CANARY = "le canari sous la pluie"
LETTERS = CANARY.encode()
FORMS = {
    LETTERS,
    quote(CANARY).encode(),
    CANARY.replace(" ", "+").encode(),
    CANARY.encode("utf-16-le"),
    json.dumps(CANARY).encode()[1:-1],
    *(base64.b64encode(b"." * n + LETTERS)[(n * 8 + 5) // 6 : (n + len(LETTERS)) * 8 // 6] for n in range(3)),
}
LEAVES = ("/sign-out", "/sign-out-everywhere", "/erasure", "/whole-erasure", "/password", "/language")


@pytest.fixture
def written(site: Flask) -> Iterator[tuple[Flask, object]]:
    """The world of test_access, in which Chloé's text is the canary, and shared with nobody."""
    there = others(site)
    from elearn.services import reflections, transaction

    def work(tx: Session) -> None:
        row = tx.execute(select(Reflection)).scalar_one()
        whose = reflections.Whose(row.person_id, row.course, row.unit, row.question, row.revision)
        reflections.save(tx, whose, CANARY, world.AT)

    with site.app_context():
        transaction.run(work)
    yield site, there


def everything(site: Flask, there: object, browser: Browser, token: str) -> Iterator[tuple[str, bytes]]:
    """What every route answers, asked and sent to, files included. What takes away comes last."""
    done = set()
    for rule, method in routes(site):
        path = address(site, rule, there)  # type: ignore[arg-type]
        if (rule.rule.endswith(LEAVES) and method != "GET") or (method, shape(path)) in done:
            continue
        done.add((method, shape(path)))
        data = None if method == "GET" else {**FIELDS, "text": world.ECOUTER_FR, "csrf_token": token}
        answer = browser.client.open(path, method=method, data=data, headers=FORGED, follow_redirects=True)
        yield f"{method} {rule.rule}", answer.data + repr(list(answer.headers)).encode()
        answer.close()


def where_found(parts: Iterator[tuple[str, bytes]]) -> tuple[list[str], int]:
    found, seen = [], 0
    for name, body in parts:
        seen += 1
        found += [name] if any(form in body for form in FORMS) else []
    return found, seen


def by_name(name: str) -> Viewer:
    from elearn.services import sessions

    with db.engine.connect() as connection:
        known = connection.execute(select(Person.id).where(Person.chosen_name == name)).scalar_one()
    token = sessions.open_session(known, now())
    with db.engine.connect() as connection:
        found = viewer(connection, token, now())
    assert found is not None
    return found


@pytest.mark.parametrize("who", [*ROLES, "her trainer", "nobody"])
def test_nobody_else_meets_it_anywhere(written: tuple[Flask, object], who: str) -> None:
    """Dalia leads the group in which Chloé learns: she reads no more than anybody."""
    site, there = written
    if who == "nobody":
        browser, token = Browser(site), ""
    else:
        with site.app_context():
            asker = by_name("Dalia") if who == "her trainer" else person("Qui demande", who)
        browser, token = signed_in(site, asker)
    found, seen = where_found(everything(site, there, browser, token))
    assert found == [] and seen > 120


def test_its_owner_meets_it_on_her_own_pages(written: tuple[Flask, object]) -> None:
    """The control: the same search, as Chloé."""
    site, there = written
    with site.app_context():
        chloe = by_name("Chloé")
    found, _ = where_found(everything(site, there, *signed_in(site, chloe)))
    assert {"GET /reflections/", "GET /reflections/<string(length=36):text>/sharing", "POST /reflections/download"} <= {
        *found
    }
    assert all("/reflections/" in one or "/learning/" in one or "language" in one for one in found), found


def test_shared_it_is_on_one_page_of_one_person(written: tuple[Flask, object]) -> None:
    site, there = written
    with site.app_context():
        chloe, dalia = by_name("Chloé"), by_name("Dalia")
        own_texts.share(chloe, there.text, dalia.uid, 2, now())  # type: ignore[attr-defined]
    browser, token = signed_in(site, dalia)
    found, _ = where_found(everything(site, there, browser, token))
    assert set(found) == {
        "POST /reflections/shared/<string(length=36):text>/readings",
        "GET /reflections/shared/<string(length=36):text>",
    }
    for role in ROLES:
        with site.app_context():
            other = person(f"Autre {role}", role)
            if role == "trainer":
                cohorts.add_trainer(dalia, there.cohort, f"Autre {role}", now())  # type: ignore[attr-defined]
        found, _ = where_found(everything(site, there, *signed_in(site, other)))
        assert found == [], role


def test_no_log_message_number_or_table_holds_it(
    written: tuple[Flask, object], caplog: pytest.LogCaptureFixture
) -> None:
    site, there = written
    caplog.set_level(logging.DEBUG)
    logging.getLogger("elearn").addHandler(caplog.handler)
    with site.app_context():
        chloe, dalia = by_name("Chloé"), by_name("Dalia")
        own_texts.share(chloe, there.text, dalia.uid, 2, now())  # type: ignore[attr-defined]
        own_texts.read(dalia, there.text, now())  # type: ignore[attr-defined]
        own_texts.take_back(chloe, there.text, now())  # type: ignore[attr-defined]
        own_texts.erase_all(chloe, now())
        with db.engine.connect() as connection:
            tables = {name: connection.execute(table.select()).all() for name, table in db.metadata.tables.items()}
        from elearn.store.gauges import HELP

        assert not [name for name in HELP if "text" in name or "reflection" in name]
    logging.getLogger("elearn").removeHandler(caplog.handler)
    said = repr(tables) + caplog.text + repr([record.__dict__ for record in caplog.records])
    assert not any(form in said.encode() for form in FORMS) and "canari" not in said
    assert tables[OutboxMessage.__tablename__] and tables[SignIn.__tablename__], "there was something to look at"
