"""Every route with every role, and with ids of other people: what core/permissions.py says is what happens.

A new route with a parameter must say here what its parameter is: FOREIGN where it names somebody's own thing, OPEN
where it names nobody's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from elearn.core.permissions import ROLES, may, only_own
from elearn.services import (
    accounts,
    attestations,
    cohorts,
    invitations,
    learning,
    organisations,
    outbox,
    sessions,
)
from elearn.services.audit import By
from elearn.store import attestations as attestation_store
from elearn.store.accounts import Viewer, viewer
from elearn.store.base import db, now
from elearn.store.cohorts import Invitation
from elearn.store.editions import Published
from elearn.store.learning import Reflection
from elearn.store.mail import OutboxMessage
from tests import world
from tests.browse import FORGED, Browser
from tests.services.test_learning import finish

if TYPE_CHECKING:
    from flask import Flask

COOKIE = "__Host-elearn"
SIGN_IN = "/accounts/sign-in"
TAKES_AWAY = ("/removal", "/closure", "/withdrawals")
REFUSED, NOT_THEIRS = "refused", "not theirs or not there"


@dataclass(frozen=True)
class World:
    """Things of people who are not asking: an attestation, its link and a private text (Chloé's), a cohort that Dalia
    leads, in which Chloé learns, and its invitation."""

    attestation: str
    link: str
    cohort: str
    member: str
    invitation: str
    code: str
    session: str
    organisation: str
    message: str
    text: str


FOREIGN: dict[str, Callable[[World], str]] = {
    "attestation": lambda there: there.attestation,
    "attestations.close_link:code": lambda there: there.link,
    "attestations.download:code": lambda there: there.link,
    "cohort": lambda there: there.cohort,
    "person": lambda there: there.member,
    "invitation": lambda there: there.invitation,
    "session": lambda there: there.session,
    "text": lambda there: there.text,
}
"""Parameter, or `endpoint:parameter` -> a real id that belongs to somebody else."""

OPEN: dict[str, Callable[[World], str]] = {
    "course": lambda there: "reperes",
    "unit": lambda there: "ecouter",
    "section": lambda there: "se-taire",
    "question": lambda there: "qui-decide",
    "media.file:name": lambda there: f"{'0' * 64}.mp3",
    "filename": lambda there: "css/base.css",
    "path": lambda there: "courses/reperes/01-ecouter/fr.md",
    "number": lambda there: "1",
    "attestations.verify:code": lambda there: there.link,
    "attestations.confirm:code": lambda there: there.link,
    "cohorts.join:code": lambda there: there.code,
    "cohorts.enter:code": lambda there: there.code,
    "variant": lambda there: "real",
    "slug": lambda there: "site",
    "token": lambda there: "never-made",
    "administration.organisation:uid": lambda there: there.organisation,
    "administration.change_pictures:uid": lambda there: there.organisation,
    "administration.sample_paper:uid": lambda there: there.organisation,
    "administration.change_organisation:uid": lambda there: there.organisation,
    "administration.close_organisation:uid": lambda there: there.organisation,
    "administration.reopen_organisation:uid": lambda there: there.organisation,
    "administration.retry_message:uid": lambda there: there.message,
    "administration.drop_message:uid": lambda there: there.message,
    "uid": lambda there: there.member,
}
"""The same for what nobody owns: whoever has the address may use it, or whoever has the right sees all of them."""

ABSENT: dict[str, Callable[[World], str]] = {
    "administration.check_help_line:id": lambda there: "0" * 64,
    "reading": lambda there: "0" * 64,
    "authoring.media:name": lambda there: "0" * 64 + ".png",
}
"""The same for an id that this small site has nothing for: the answer is that of somebody else's thing."""

FIELDS = {
    "idempotency_key": "k" * 22,
    "how": "screen",
    "title": "real",
    "name": "Nouveau nom",
    "trainer-name": "Ada",
    "course": "reperes",
    "language": "fr",
    "scope": "courses/reperes/01-ecouter",
    "text": world.ECOUTER_FR,
}
"""Fields that some form needs before it looks at whose thing it is about."""


@pytest.fixture
def there(site: Flask) -> World:
    return others(site)


def others(site: Flask) -> World:
    with site.app_context():
        edition = site.extensions["shelf"].current()
        chloe, dalia = person("Chloé", "trainee"), person("Dalia", "trainer")
        asker = learning.Asker(chloe.id, "fr", now(), "form-0001", site.config["ELEARN_SECRET"])
        finish(asker, edition)
        wanted = attestations.Request(
            chloe.id, "reperes", "Chloé Tremblay", "fr", now(), asker.secret, "http://localhost:8080"
        )
        held = attestations.issue(wanted, edition)
        cohort = cohorts.make(dalia, "Groupe de Dalia", "reperes", "", "form-0001", now())
        invitation = invitations.make(dalia, cohort, "", 30, 30, "form-0002", now())
        with db.engine.connect() as connection:
            link = attestation_store.links(connection, chloe.id, held)[0].code
            nonce = connection.execute(db.select(Invitation.nonce)).scalar_one()
        code = invitations.code(nonce)
        invitations.join(chloe, asker, code, edition)
        organisation = organisations.add(organisations.Details("Association Exemple"), By(now()))
        with db.engine.begin() as connection, Session(connection) as tx:
            outbox.put(tx, chloe.id, "verify", now(), {"link": "https://example.org/"}, to="chloe@example.org")
            tx.flush()
            message = tx.execute(db.select(OutboxMessage.uid)).scalar_one()
        session = sessions.short_id(chloe.sign_in)
        text = private_text(asker, edition)
        return World(held, link, cohort, chloe.uid, invitation, code, session, organisation, message, text)


def private_text(asker: learning.Asker, edition: Published, words: str = "rien que pour moi") -> str:
    """The id of a text that `asker` writes."""
    unit = edition.units["reperes", "ecouter", "fr"]
    at = learning.Place(edition, edition.courses["reperes"], unit, "verifier")
    prompt = unit.prompt("une-fois")
    assert prompt is not None
    once = replace(asker, form="form-text")
    learning.write_reflection(once, at, prompt, "", words, 0, agreed=True)
    with db.engine.connect() as connection:
        return connection.execute(db.select(Reflection.id).where(Reflection.person_id == asker.person)).scalar_one()


def person(name: str, role: str) -> Viewer:
    made = accounts.sign_up(name, name, "lampe ronde tabouret", now(), role=role, method="scrypt:1024:8:1")
    with db.engine.connect() as connection:
        found = viewer(connection, sessions.open_session(made, now()), now())
    assert found is not None
    return found


def known(rule: Rule, parameter: str, table: dict[str, Callable[[World], str]]) -> Callable[[World], str] | None:
    return table.get(f"{rule.endpoint}:{parameter}") or table.get(parameter)


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Each route with each of its methods; those that take away what others are about come last."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule.endswith(TAKES_AWAY)):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def address(app: Flask, rule: Rule, there: World) -> str:
    values = {}
    for name in rule.arguments:
        find = known(rule, name, FOREIGN) or known(rule, name, OPEN) or known(rule, name, ABSENT)
        assert find is not None, (
            f"{rule.rule} ({rule.endpoint}): say in FOREIGN, OPEN or ABSENT of {__name__} what “{name}” is. "
            f"FOREIGN: a real id of somebody else's thing; OPEN: it names nobody's."
        )
        values[name] = find(there)
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


def is_foreign(rule: Rule) -> bool:
    return any(known(rule, name, FOREIGN) for name in rule.arguments)


def send(browser: Browser, method: str, path: str, token: str = "") -> TestResponse:
    if method == "GET":
        return browser.client.get(path)
    return browser.client.open(path, method=method, data={**FIELDS, "csrf_token": token}, headers=FORGED)


def said(caplog: pytest.LogCaptureFixture) -> set[str]:
    return {record.msg for record in caplog.records if record.name == "elearn"}


def test_every_parameter_is_declared(site: Flask, there: World) -> None:
    for rule, _method in routes(site):
        address(site, rule, there)


def test_asvs_8_2_1_a_visitor(site: Flask, there: World, caplog: pytest.LogCaptureFixture) -> None:
    """Closed pages lead to the sign-in page; the others answer, and none is refused."""
    wrong = []
    for rule, method in routes(site):
        door = site.view_functions[rule.endpoint].door  # type: ignore[attr-defined]
        answer = send(Browser(site), method, address(site, rule, there))
        led = answer.status_code == 303 and answer.headers["Location"].partition("?")[0] == SIGN_IN
        if led != (door != "public") or answer.status_code >= 500:
            wrong.append(f"{method} {rule.rule}: {answer.status_code}, {door}")
        answer.close()
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_asvs_8_2_2_every_route_with_ids_of_others(
    site: Flask, there: World, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Without the right: 404 and a line. With it, but to somebody else's: 404 and a line. Else neither."""
    caplog.set_level(logging.WARNING, "elearn")
    logging.getLogger("elearn").addHandler(caplog.handler)
    with site.app_context():
        who = person("Qui demande", role)
    wrong, refused, not_theirs = [], 0, 0
    for rule, method in routes(site):
        door = site.view_functions[rule.endpoint].door  # type: ignore[attr-defined]
        browser, token = signed_in(site, who)
        caplog.clear()
        answer = send(browser, method, address(site, rule, there), token)
        expected = outcome(role, door, is_foreign(rule))
        if not expected and any(known(rule, name, ABSENT) for name in rule.arguments):
            expected = NOT_THEIRS
        found = said(caplog) & {REFUSED, NOT_THEIRS}
        if found != ({expected} if expected else set()) or (bool(expected) and answer.status_code != 404):
            wrong.append(
                f"{method} {rule.rule} ({door}): {answer.status_code}, log {found}, expected {expected or 'to pass'}"
            )
        if answer.status_code >= 500 or answer.headers.get("Location", "").startswith(SIGN_IN):
            wrong.append(f"{method} {rule.rule} ({door}): {answer.status_code}")
        refused, not_theirs = refused + (expected == REFUSED), not_theirs + (expected == NOT_THEIRS)
        answer.close()
    logging.getLogger("elearn").removeHandler(caplog.handler)
    assert wrong == []
    assert refused or role != "trainee", "a test that refuses nobody has not looked"
    assert not_theirs >= 4


def outcome(role: str, door: str, foreign: bool) -> str:
    """What the log must say of a role at a door; empty where it may pass."""
    if door == "public":
        return ""
    if not may(role, door):
        return REFUSED
    return NOT_THEIRS if foreign and only_own(role, door) else ""


def signed_in(site: Flask, who: Viewer) -> tuple[Browser, str]:
    """A new session of that person, and the token of its forms."""
    with site.app_context():
        session = sessions.open_session(who.id, now())
    browser = Browser(site)
    browser.client.set_cookie(COOKIE, session, domain="localhost", secure=True)
    form: Any = browser.get("/accounts/").form("/sign-out")
    return browser, form.values()["csrf_token"][0]


def test_asvs_8_3_1_the_service_itself_refuses(site: Flask, there: World) -> None:
    """Whoever calls it: the owner is in the query, not in the view."""
    with site.app_context():
        ada = person("Ada", "trainer")
        for deed in (
            lambda: cohorts.rename(ada, there.cohort, "À moi", world.AT),
            lambda: cohorts.close(ada, there.cohort, world.AT),
            lambda: cohorts.add_trainer(ada, there.cohort, "Ada", world.AT),
            lambda: cohorts.remove(ada, there.cohort, there.member, world.AT),
            lambda: cohorts.hand_over(ada, there.cohort, there.member, "paper", "form-0009", now()),
            lambda: invitations.close(ada, there.invitation, world.AT),
        ):
            with pytest.raises(cohorts.NotTheirs):
                deed()
