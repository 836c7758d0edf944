"""What becomes of an attestation: corrected without a trace, renewed, reminded, revoked after notice."""

import dataclasses
import datetime as dt
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select

from elearn.core.attestations import load
from elearn.core.revocations import NOTICE, reminder_due
from elearn.services import (
    attestations,
    credentials,
    lifecycle,
    own_documents,
    status_lists,
    transaction,
    verification,
)
from elearn.services.attestations import NotComplete, Request, Shown, UnprintableName
from elearn.services.audit import By
from elearn.services.keys import seal_for
from elearn.services.publishing import publish_files
from elearn.store.attestations import Attestation, Holding, ShareLink
from elearn.store.base import db
from elearn.store.credentials import Credential, current
from elearn.store.editions import Published
from elearn.store.mail import MailAddress, OutboxMessage
from tests import world
from tests.people import Member, member
from tests.services.test_attestations import rows
from tests.services.test_learning import finish

AT = dt.datetime.now(dt.UTC).replace(microsecond=0)
BASE = "https://formation.example.org"
DAY = dt.timedelta(days=1)
EXPIRES = world.COURSE + "validite_mois: 24\n"


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    app.config["ELEARN"] = dataclasses.replace(app.config["ELEARN"], base_url=BASE)
    with app.app_context():
        yield


def publish(app: Flask, **changes: str) -> Published:
    files = {f"courses/reperes/{name}.yaml": text for name, text in changes.items()}
    outcome = publish_files(world.site(files), app.config["ELEARN"].instance, AT)
    assert outcome.problems == ()
    found = app.extensions["shelf"].current(outcome.number)
    assert isinstance(found, Published)
    return found


@pytest.fixture
def edition(app: Flask) -> Published:
    return publish(app, course=EXPIRES)


@pytest.fixture
def benoit(app: Flask, edition: Published) -> Member:
    who = member(app, "Benoît")
    finish(asker(app, who), edition)
    return who


def asker(app: Flask, who: Member) -> Any:
    from elearn.services.learning import Asker

    return Asker(who.id, "fr", AT, "form-0001", app.config["ELEARN_SECRET"])


def request(app: Flask, who: Member, at: dt.datetime = AT, name: str = "Benoît Roy") -> Request:
    return Request(who.id, "reperes", name, "fr", at, app.config["ELEARN_SECRET"], BASE)


@pytest.fixture
def issued(app: Flask, benoit: Member, edition: Published) -> str:
    return attestations.issue(request(app, benoit), edition)


def give_address(who: Member) -> None:
    def work(tx: Any) -> None:
        key_id, sealed = seal_for(tx, who.id, b"benoit@example.org", "mail_address", str(who.id), AT)
        values = {"person_id": who.id, "key_id": key_id, "sealed": sealed, "lookup": "benoit", "given_at": AT}
        tx.execute(insert(MailAddress).values(**values, verified_at=AT, for_notices=True))

    transaction.run(work)


def row(attestation: str) -> Any:
    with db.engine.connect() as connection:
        return connection.execute(select(Attestation).where(Attestation.id == attestation)).one()


def outcome(attestation: str, at: dt.datetime = AT, variant: str = "real") -> str:
    with db.engine.connect() as connection:
        body = current(connection, attestation, variant).body
    return verification.check(json.loads(body), lambda url: own_documents.find(url, BASE), at).outcome


def test_a_correction_leaves_no_trace_of_the_former_name(app: Flask, benoit: Member, issued: str) -> None:
    before = [one.uid for one in rows(Credential)]
    assert lifecycle.confirm_name(benoit.id, "reperes", "  Béatrice   Roy ", AT) == "Béatrice Roy"
    assert row(issued).printed_name == "Benoît Roy", "asking changes nothing"
    lifecycle.correct(issued, BASE, By(AT + DAY, "DALIA", "trainer"))
    after = row(issued)
    assert (after.printed_name, load(after.facts).printed_name) == ("Béatrice Roy", "Béatrice Roy")
    kept = rows(Credential)
    assert [one.uid for one in kept] == before * 2, "the identifiers stay"
    assert [bool(one.revoked_at) for one in kept] == [True, True, False, False]
    assert [bool(one.body) for one in kept] == [False, False, True, True]
    everything = b"".join([after.facts, *(one.body for one in kept), str(after).encode()])
    assert "Benoît".encode() not in everything
    assert outcome(issued, AT + DAY) == "valid"
    assert ("attestation corrected", True) in benoit.deeds()
    with pytest.raises(lifecycle.NothingAsked):
        lifecycle.correct(issued, BASE, By(AT + DAY))


def test_a_declined_correction_changes_nothing(benoit: Member, issued: str) -> None:
    lifecycle.confirm_name(benoit.id, "reperes", "Quelqu'un d'autre", AT)
    lifecycle.decline(issued, By(AT))
    assert row(issued).printed_name == "Benoît Roy" and outcome(issued) == "valid"
    with pytest.raises(lifecycle.NothingAsked):
        lifecycle.correct(issued, BASE, By(AT))


@pytest.mark.parametrize("typed", ["", "  ", "x" * 81, "Benoît \U0001f600"])
def test_a_name_that_cannot_be_printed_is_refused_when_it_is_confirmed(benoit: Member, typed: str) -> None:
    with pytest.raises(UnprintableName):
        lifecycle.confirm_name(benoit.id, "reperes", typed, AT)


def test_where_someone_looks_first_the_name_waits(app: Flask, benoit: Member) -> None:
    edition = publish(app, course=world.COURSE.replace("delivrance: automatique", "delivrance: approbation"))
    with pytest.raises(attestations.NotApproved):
        attestations.issue(request(app, benoit), edition)
    approved = dataclasses.replace(request(app, benoit), by=By(AT, "DALIA", "trainer"))
    made = attestations.issue(approved, edition)
    assert attestations.issue(approved, edition) == made
    assert benoit.deeds().count(("attestation issued", True)) == 1


def test_a_revocation_is_announced_and_takes_effect_on_its_day(app: Flask, benoit: Member, issued: str) -> None:
    due = lifecycle.announce(issued, "mistake", By(AT, "ÉMILE", "admin"))
    assert due == AT + NOTICE
    assert row(issued).state == "active" and outcome(issued) == "valid"
    assert ("attestation revoked", True) in benoit.deeds(), "told first"
    lifecycle.daily(due - DAY)
    assert row(issued).state == "active"
    lifecycle.daily(due)
    after = row(issued)
    assert (after.state, after.reason, after.state_changed_at) == ("revoked", "mistake", due)
    assert outcome(issued, due) == outcome(issued, due, "discreet") == "revoked"
    assert lifecycle.revoke(issued, "mistake", BASE, By(due)) is False, "twice does no more than once"
    with pytest.raises(lifecycle.NotStanding):
        lifecycle.announce(issued, "mistake", By(due))


def test_an_announced_revocation_is_given_up(issued: str) -> None:
    due = lifecycle.announce(issued, "other-person", By(AT))
    lifecycle.withdraw(issued, By(AT + DAY))
    lifecycle.daily(due + DAY)
    after = row(issued)
    assert (after.state, after.reason, after.state_changed_at) == ("active", "", None)
    assert lifecycle.announce(issued, "asked", By(AT)) == AT, "at once where they asked for it themselves"


def test_no_other_reason_is_kept(issued: str) -> None:
    for reason in ("", "santé", "health"):
        with pytest.raises(ValueError, match=f"^{reason}$"):
            lifecycle.announce(issued, reason, By(AT))


def test_a_renewal_is_a_new_one_beside_the_old(app: Flask, benoit: Member, issued: str, edition: Published) -> None:
    ends = row(issued).valid_until
    with pytest.raises(LookupError):
        attestations.renew(request(app, benoit, ends - dt.timedelta(days=91)), issued, edition)
    at = ends - dt.timedelta(days=60)
    made = attestations.renew(request(app, benoit, at), issued, edition)
    assert made != issued and row(made).renews == issued
    assert row(made).valid_until > ends and row(issued).state == "active"
    assert {one.attestation_id: one.enrolment_id is None for one in rows(Holding)} == {issued: True, made: False}
    status_lists.sign("site", BASE, at)
    assert outcome(issued, at) == outcome(made, at) == "valid", "the former one runs to its end"
    with pytest.raises(LookupError):
        attestations.renew(request(app, benoit, at), issued, edition)
    assert attestations.issue(request(app, benoit, at), edition) == made


def test_what_the_course_has_gained_comes_before_a_renewal(app: Flask, benoit: Member, issued: str) -> None:
    more = world.PARLER_FR.replace("id: parler", "id: demander").replace(
        "{.reliez #relier}", "{.reliez #relier-encore}"
    )
    files = {
        "courses/reperes/course.yaml": EXPIRES.replace("[ecouter, parler]", "[ecouter, parler, demander]"),
        "courses/reperes/03-demander/fr.md": more,
    }
    outcome = publish_files(world.site(files), app.config["ELEARN"].instance, AT)
    assert outcome.number is not None, outcome.problems
    grown = app.extensions["shelf"].current(outcome.number)
    with pytest.raises(NotComplete):
        attestations.renew(request(app, benoit, row(issued).valid_until), issued, grown)


def test_reminders_are_sent_once_each_and_say_nothing_of_the_course(app: Flask, benoit: Member, issued: str) -> None:
    give_address(benoit)
    ends = row(issued).valid_until
    sent = []
    for days in (120, 91, 90, 60, 30, 29, 10, 7, 1, 0, -1):
        sent.append(lifecycle.remind(ends - dt.timedelta(days=days), BASE))
    assert sent == [0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0]
    kinds = [kind for kind, _to, _words in benoit.letters()]
    assert kinds == ["attestation ends"] * 3
    assert all(set(words) == {"link"} for _kind, _to, words in benoit.letters())


def test_no_reminder_for_who_does_not_want_one_or_has_renewed(
    app: Flask, benoit: Member, issued: str, edition: Published
) -> None:
    give_address(benoit)
    at = row(issued).valid_until - dt.timedelta(days=20)
    lifecycle.set_reminders(benoit.id, False)
    assert lifecycle.remind(at, BASE) == 0
    lifecycle.set_reminders(benoit.id, True)
    attestations.renew(request(app, benoit, at), issued, edition)
    assert lifecycle.remind(at, BASE) == 0
    assert rows(OutboxMessage) == []


@pytest.mark.parametrize(
    ("days", "reminded", "due"),
    [
        (91, None, None),
        (90, None, 90),
        (40, 90, None),
        (20, None, 30),
        (20, 90, 30),
        (7, 30, 7),
        (1, 7, None),
        (0, None, None),
    ],
)
def test_of_several_reminders_that_were_missed_the_latest_alone(
    days: int, reminded: int | None, due: int | None
) -> None:
    assert reminder_due(AT + dt.timedelta(days=days), reminded, AT) == due


def test_two_corrections_at_once_are_one(app: Flask, benoit: Member, issued: str) -> None:
    lifecycle.confirm_name(benoit.id, "reperes", "Béatrice Roy", AT)
    barrier, failed = threading.Barrier(4), []

    def run() -> None:
        with app.app_context():
            barrier.wait()
            try:
                lifecycle.correct(issued, BASE, By(AT + DAY))
            except lifecycle.NothingAsked:
                failed.append(1)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    standing = [one for one in rows(Credential) if one.revoked_at is None]
    assert len(failed) == 3 and {one.variant for one in standing} == {"real", "discreet"} and len(standing) == 2
    assert outcome(issued, AT + DAY) == "valid"


def test_a_link_keeps_what_its_holder_chose(benoit: Member, issued: str) -> None:
    shown = Shown("real", True, False, "  Pour   l'hôpital ", AT + DAY)
    attestations.open_link(benoit.id, issued, shown, "f" * 22, AT)
    link = next(one for one in rows(ShareLink) if one.label)
    assert (link.label, link.shows, link.expires_at) == (
        "Pour l'hôpital",
        {"title": "real", "name": True, "details": False},
        AT + DAY,
    )


def test_places_are_drawn_all_over_the_list(app: Flask, edition: Published) -> None:
    drawn = [one.place for _ in range(200) for one in status_lists.free_places("site", 2, BASE, AT)]
    assert len(set(drawn)) > 390 and min(drawn) < 20_000 and max(drawn) > 110_000


def test_a_place_that_was_taken_meanwhile_is_drawn_again(
    app: Flask, benoit: Member, issued: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first draw is the one that stands already, as if another had stored it in between."""
    taken = [status_lists.Place(one.status_list_id, 1, one.place) for one in rows(Credential)]
    drawn, real = [taken], status_lists.free_places
    monkeypatch.setattr(status_lists, "free_places", lambda *asked: drawn.pop() if drawn else real(*asked))
    credentials.remake(issued, BASE, AT)
    assert not drawn and len({one.place for one in rows(Credential)}) == 4


def test_a_list_that_is_half_full_is_followed_by_another(app: Flask, benoit: Member, issued: str) -> None:
    """The draw costs two statements, however many places are taken."""
    (first, _second) = rows(Credential)
    with db.engine.begin() as connection:
        taken = {one.place for one in rows(Credential)}
        row = {name: value for name, value in first._mapping.items() if name not in ("id", "place")}
        places = [place for place in range(status_lists.signing.PLACES) if place % 8 and place not in taken]
        connection.execute(insert(Credential.__table__), [{**row, "place": place} for place in places])
    drawn = status_lists.free_places("site", 2, BASE, AT)
    assert {one.number for one in drawn} == {2}
    credentials.remake(issued, BASE, AT)
    assert outcome(issued) == "valid"


def test_what_was_issued_before_there_were_signed_files_gets_one(issued: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(delete(Credential))
    assert credentials.to_sign_again() == [issued]
    assert credentials.sign_again(BASE, By(AT)) == 1
    assert outcome(issued) == outcome(issued, AT, "discreet") == "valid"
    assert credentials.to_sign_again() == []
