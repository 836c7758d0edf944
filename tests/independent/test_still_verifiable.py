"""A file that was issued once still verifies, by others too: after its key was rotated, the outer key replaced, the
course changed, a backup restored, the person erased."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from elearn.app import create_app
from elearn.config import Settings
from elearn.keyring import Keyring
from elearn.services import (
    accounts,
    attestations,
    backup,
    credentials,
    erasure,
    issuers,
    learning,
    own_documents,
    rotation,
    status_lists,
    transaction,
    verification,
)
from elearn.services.audit import By
from elearn.services.publishing import publish_files
from elearn.store.accounts import Person
from elearn.store.attestations import Attestation
from elearn.store.base import db, now
from elearn.store.credentials import Credential, current
from tests import world
from tests.conftest import ON_POSTGRESQL, close
from tests.independent.verifiers import Answer, Json, ask_npm, ask_openbadgeslib
from tests.services.test_backup import bring_back
from tests.services.test_learning import finish

BASE = "https://formation.example.org"
NAME = "Benoît Roy"
GOOD = Answer(True, False, False)
pytestmark = pytest.mark.skipif(ON_POSTGRESQL, reason="the ordinary run has it; nothing here is of one database")


@pytest.fixture
def real(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, base_url=BASE, backups=tmp_path / "backups")


@pytest.fixture
def site(app: Flask, real: Settings) -> Iterator[Flask]:
    """The same tables and keys under an address of its own."""
    own = create_app(real)
    with own.app_context():
        yield own
    close(own)


@pytest.fixture
def issued(site: Flask) -> tuple[str, Json]:
    """(the attestation, its real credential)."""
    at = now() - dt.timedelta(hours=2)
    number = publish_files(world.site(), site.config["ELEARN"].instance, at).number
    edition = site.extensions["shelf"].current(number)
    person = accounts.sign_up("benoit", "Benoît", "lampe ronde tabouret", at, method="scrypt:1024:8:1")
    asker = learning.Asker(person, "fr", at, "form-0001", site.config["ELEARN_SECRET"])
    finish(asker, edition)
    asked = attestations.Request(person, "reperes", NAME, "fr", at, asker.secret, BASE)
    made = attestations.issue(asked, edition)
    return made, signed(made)


def signed(attestation: str, variant: str = "real") -> Json:
    with db.engine.connect() as connection:
        found: Json = json.loads(current(connection, attestation, variant).body)
        return found


def job(credential: Json) -> Json:
    """What a stranger fetches of this site today."""
    wanted = (f"{BASE}/o/site/did.json", credential["credentialStatus"]["statusListCredential"])
    found = {url: own_documents.find(url, BASE) for url in wanted}
    return {"credential": credential, "documents": {url: one for url, one in found.items() if one}}


def standing(credential: Json, answer: Answer = GOOD, outcome: str = "valid") -> None:
    asked = job(credential)
    assert verification.check(credential, asked["documents"].get, now()).outcome == outcome
    assert ask_openbadgeslib(asked) == answer
    (npm,) = ask_npm([asked])
    assert npm == {"digitalbazaar": answer, "verifier_core": answer}


@pytest.mark.node
def test_whatever_happens_to_the_site(issued: tuple[str, Json], site: Flask, real: Settings) -> None:
    _attestation, credential = issued
    standing(credential)

    issuers.renew_key("site", By(now()))
    status_lists.sign("site", BASE, now())
    rotation.rotate(now())
    assert issuers.sealed_by() == {"reflections-2": 2}
    standing(credential)

    without = world.COURSE.replace("unites: [ecouter, parler]", "unites: [parler]").replace("Premiers repères", "Autre")
    assert publish_files(world.site({"courses/reperes/course.yaml": without}), real.instance, now()).number is not None
    saved = backup.make(db.engine, real, Keyring(real.keys), now())
    assert "reflections-2" in saved.manifest.keys

    with db.engine.connect() as connection:
        uid = connection.execute(select(Person.uid)).scalar_one()
    assert erasure.erase([uid], now()) == 1
    standing(credential)

    db.session.remove()
    db.engine.dispose()
    bring_back(saved.path, real, now())
    again = create_app(real)
    with again.app_context():
        with db.engine.connect() as connection:
            assert connection.execute(select(Person.uid)).all() == [], "erased again"
            kept = connection.execute(select(Attestation.printed_name, Attestation.facts)).one()
            bodies = connection.execute(select(Credential.body)).scalars().all()
        assert kept.printed_name == "" and NAME.encode() not in kept.facts and set(bodies) == {b""}
        standing(credential)
        db.session.remove()
    close(again)


@pytest.mark.node
def test_revoked_corrected_and_signed_again(issued: tuple[str, Json]) -> None:
    attestation, credential = issued
    discreet = signed(attestation, "discreet")
    standing(discreet)

    credentials.remake(attestation, BASE, now())
    status_lists.sign("site", BASE, now())
    newer = signed(attestation)
    assert newer["id"] == credential["id"] and newer["validFrom"] > credential["validFrom"]
    standing(newer)
    standing(credential, Answer(True, False, True), "revoked")
    standing(discreet, Answer(True, False, True), "revoked")

    key = newer["proof"]["verificationMethod"].partition("#")[2]
    issuers.renew_key("site", By(now()), compromised=key)
    assert credentials.sign_again(BASE, By(now())) == 1
    assert verification.check(newer, job(newer)["documents"].get, now()).outcome == "unknown key"
    assert not ask_openbadgeslib(job(newer)).accepted
    newest = signed(attestation)
    standing(newest)

    transaction.run(lambda tx: credentials.revoke(tx, attestation, now()))
    status_lists.sign("site", BASE, now())
    standing(newest, Answer(True, False, True), "revoked")
