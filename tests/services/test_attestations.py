"""Issuing on a real database: only what is complete, only once, and nothing later changes what was issued."""

import dataclasses
import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from elearn.core.attestations import canonical, digest, load
from elearn.core.codes import normal_code
from elearn.services import accounts, attestations, learning
from elearn.services.attestations import NotComplete, NotEnrolled, Request, Shown, TooManyLinks, UnprintableName
from elearn.services.publishing import publish_files
from elearn.store import attestations as store
from elearn.store.accounts import Person
from elearn.store.base import db
from elearn.store.editions import Published
from tests import world
from tests.services.test_learning import finish

AT = world.AT
LATER = AT + dt.timedelta(days=3)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def edition(app: Flask) -> Published:
    return publish(app, {})


def publish(app: Flask, changes: dict[str, str]) -> Published:
    outcome = publish_files(world.site(changes), app.config["ELEARN"].instance, AT)
    assert outcome.problems == ()
    found = app.extensions["shelf"].current(outcome.number)
    assert isinstance(found, Published)
    return found


def newcomer(app: Flask, name: str) -> learning.Asker:
    person = accounts.sign_up(name, name, "lampe ronde tabouret", AT, method="scrypt:1024:8:1")
    return learning.Asker(person, "fr", AT, "form-0001", app.config["ELEARN_SECRET"])


@pytest.fixture
def benoit(app: Flask, edition: Published) -> learning.Asker:
    return newcomer(app, "Benoît")


@pytest.fixture
def chloe(app: Flask, edition: Published) -> learning.Asker:
    return newcomer(app, "Chloé")


def request(who: learning.Asker, name: str = "Benoît Roy", at: dt.datetime = LATER) -> Request:
    return Request(who.person, "reperes", name, "fr", at, who.secret, "https://formation.example.org")


def rows(table: Any) -> list[Any]:
    with db.engine.connect() as connection:
        return list(connection.execute(select(table)))


def shown(code: str, at: dt.datetime = LATER) -> Any:
    with db.engine.connect() as connection:
        return store.shown(connection, code, at)


def test_it_works(benoit: learning.Asker, edition: Published) -> None:
    finish(benoit, edition)
    made = attestations.issue(request(benoit, "  Benoît   Roy "), edition)
    (row,) = rows(store.Attestation)
    assert (row.id, row.kind, row.state, row.locale, row.printed_name) == (
        made,
        "success",
        "active",
        "fr",
        "Benoît Roy",
    )
    assert row.issued_at == LATER and row.valid_until is None
    snapshot = load(row.facts)
    assert row.digest == digest(row.facts) and canonical(snapshot) == row.facts
    assert (snapshot.started_on, snapshot.completed_on, snapshot.issued_on) == (AT.date(), AT.date(), LATER.date())
    assert snapshot.title["fr"] == "Premiers repères" and snapshot.edition == 1
    assert [unit.id for unit in snapshot.units] == ["ecouter", "parler"]
    (link,) = rows(store.ShareLink)
    assert normal_code(link.code) == link.code and link.shows == {"title": "real", "name": False, "details": True}
    (holding,) = rows(store.Holding)
    assert (holding.person_id, holding.attestation_id) == (benoit.person, made)
    assert shown(link.code).facts == row.facts


def test_not_complete(benoit: learning.Asker, edition: Published) -> None:
    where = learning.Place(edition, edition.courses["reperes"], edition.units["reperes", "ecouter", "fr"], "se-taire")
    learning.read_section(benoit, where)
    with pytest.raises(NotComplete):
        attestations.issue(request(benoit), edition)
    assert rows(store.Attestation) == rows(store.ShareLink) == []


def test_not_enrolled(benoit: learning.Asker, edition: Published) -> None:
    with pytest.raises(NotEnrolled):
        attestations.issue(request(benoit), edition)


def test_a_course_that_does_not_exist(benoit: learning.Asker, edition: Published) -> None:
    with pytest.raises(NotEnrolled):
        attestations.issue(dataclasses.replace(request(benoit), course="ailleurs"), edition)


def test_somebody_elses_work_does_not_count(benoit: learning.Asker, chloe: learning.Asker, edition: Published) -> None:
    finish(benoit, edition)
    with pytest.raises(NotEnrolled):
        attestations.issue(request(chloe), edition)


def test_a_row_that_claims_to_be_complete_is_not_believed(benoit: learning.Asker, edition: Published) -> None:
    where = learning.Place(edition, edition.courses["reperes"], edition.units["reperes", "ecouter", "fr"], "se-taire")
    learning.read_section(benoit, where)
    with db.engine.begin() as connection:
        connection.execute(update(learning.Progress).values(completed_at=AT, completed_edition=1, units_done=2))
    with pytest.raises(NotComplete):
        attestations.issue(request(benoit), edition)


def test_asking_twice_gives_the_same_one(benoit: learning.Asker, edition: Published) -> None:
    finish(benoit, edition)
    first = attestations.issue(request(benoit), edition)
    assert attestations.issue(request(benoit, "Un autre nom"), edition) == first
    (row,) = rows(store.Attestation)
    assert row.printed_name == "Benoît Roy"
    assert len(rows(store.ShareLink)) == 1


def test_eight_presses_at_once_issue_one(app: Flask, benoit: learning.Asker, edition: Published) -> None:
    finish(benoit, edition)
    barrier, made, failed = threading.Barrier(8), set(), []

    def press() -> None:
        with app.app_context():
            barrier.wait()
            try:
                made.add(attestations.issue(request(benoit), edition))
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == [] and len(made) == 1
    assert [len(rows(table)) for table in (store.Attestation, store.Holding, store.ShareLink)] == [1, 1, 1]


def test_the_rule_is_that_of_the_edition_in_which_it_first_held(
    app: Flask, benoit: learning.Asker, edition: Published
) -> None:
    finish(benoit, edition)
    stricter = publish(app, {
        "courses/reperes/course.yaml": world.COURSE.replace("Premiers repères", "Repères revus"),
        "courses/reperes/02-parler/fr.md": world.PARLER_FR + "\n## Une section de plus {#de-plus}\n\nÀ lire.\n",
    })  # fmt: skip
    assert stricter.number == 2
    attestations.issue(request(benoit), stricter)
    snapshot = load(rows(store.Attestation)[0].facts)
    assert (snapshot.edition, snapshot.title["fr"]) == (1, "Premiers repères")


def test_nothing_later_changes_what_was_issued(app: Flask, benoit: learning.Asker, edition: Published) -> None:
    finish(benoit, edition)
    attestations.issue(request(benoit), edition)
    before = rows(store.Attestation)
    publish(app, {"courses/reperes/course.yaml": world.COURSE.replace("Premiers repères", "Autre chose")})
    with db.engine.begin() as connection:
        connection.execute(delete(Person).where(Person.id == benoit.person))
    assert rows(store.Holding) == []
    assert rows(store.Attestation) == before
    assert shown(rows(store.ShareLink)[0].code) is not None


def test_it_ends_with_the_last_day_that_it_names(benoit: learning.Asker, edition: Published) -> None:
    """`course.yaml` cannot say so yet; the record can."""
    finish(benoit, edition)
    course = dataclasses.replace(edition.courses["reperes"], valid_months=24)
    attestations.issue(request(benoit), dataclasses.replace(edition, courses={"reperes": course}))
    (row,) = rows(store.Attestation)
    last = load(row.facts).valid_until
    assert last == dt.date(2028, 11, 25)
    assert row.valid_until == dt.datetime(2028, 11, 26, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "empty"),
        (" \u200b\u202e ", "empty"),
        ("\u200d", "empty"),
        ("... -", "empty"),
        ("é" * 81, "long"),
        ("Marie-Anne " * 19, "long"),
        ("x" * 200, "long"),
        ("Z" + "\u0335" * 30, "marks"),
        ("王小明", "signs"),
        ("Zoé 😀", "signs"),
        ("Zoé \ue000", "signs"),
    ],
)
def test_a_name_that_cannot_be_printed(benoit: learning.Asker, edition: Published, name: str, code: str) -> None:
    finish(benoit, edition)
    with pytest.raises(UnprintableName) as refused:
        attestations.issue(request(benoit, name), edition)
    assert refused.value.code == code
    if code == "signs":
        assert refused.value.signs and set(refused.value.signs) <= set(name)
    assert rows(store.Attestation) == []


@pytest.fixture
def held(benoit: learning.Asker, edition: Published) -> str:
    finish(benoit, edition)
    return attestations.issue(request(benoit), edition)


def test_a_new_link_with_the_discreet_title(benoit: learning.Asker, held: str) -> None:
    attestations.open_link(benoit.person, held, Shown("discreet"), "form-link-1", LATER)
    assert sorted(link.shows["title"] for link in rows(store.ShareLink)) == ["discreet", "real"]
    assert len({link.code for link in rows(store.ShareLink)}) == 2


def test_the_same_form_opens_one_link(benoit: learning.Asker, held: str) -> None:
    for _ in range(3):
        attestations.open_link(benoit.person, held, Shown("discreet"), "form-link-1", LATER)
    assert len(rows(store.ShareLink)) == 2


def test_a_closed_link_shows_nothing_and_the_others_stay(benoit: learning.Asker, held: str) -> None:
    attestations.open_link(benoit.person, held, Shown(), "form-link-1", LATER)
    one, other = (link.code for link in rows(store.ShareLink))
    attestations.close_link(benoit.person, held, one, LATER)
    attestations.close_link(benoit.person, held, one, LATER + dt.timedelta(days=1))
    assert shown(one) is None and shown(other) is not None
    closed = next(link for link in rows(store.ShareLink) if link.code == one)
    assert closed.closed_at == LATER, "closing twice changes nothing"


def test_an_ended_link_shows_nothing(benoit: learning.Asker, held: str) -> None:
    code = rows(store.ShareLink)[0].code
    with db.engine.begin() as connection:
        connection.execute(update(store.ShareLink).values(expires_at=LATER))
    assert shown(code, LATER - dt.timedelta(seconds=1)) is not None
    assert shown(code, LATER) is None


def test_links_of_somebody_else_are_out_of_reach(chloe: learning.Asker, held: str) -> None:
    code = rows(store.ShareLink)[0].code
    with pytest.raises(LookupError):
        attestations.open_link(chloe.person, held, Shown(), "form-link-1", LATER)
    with pytest.raises(LookupError):
        attestations.close_link(chloe.person, held, code, LATER)
    with db.engine.connect() as connection:
        assert store.held(connection, chloe.person) == []
        assert store.held_one(connection, chloe.person, held) is None
        assert store.links(connection, chloe.person, held) == []
    assert shown(code) is not None


def test_asvs_2_3_2_links_have_a_bound(benoit: learning.Asker, held: str) -> None:
    for number in range(attestations.MOST_LINKS - 1):
        attestations.open_link(benoit.person, held, Shown(), f"form-link-{number}", LATER)
    with pytest.raises(TooManyLinks):
        attestations.open_link(benoit.person, held, Shown(), "form-link-more", LATER)
    attestations.close_link(benoit.person, held, rows(store.ShareLink)[0].code, LATER)
    attestations.open_link(benoit.person, held, Shown(), "form-link-more", LATER)
    with db.engine.connect() as connection:
        still_open = select(func.count()).where(store.ShareLink.closed_at.is_(None))
        assert connection.execute(still_open).scalar_one() == attestations.MOST_LINKS
