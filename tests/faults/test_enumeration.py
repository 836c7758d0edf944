"""Nobody learns from an answer who has an account: known and unknown names give the same status and the same bytes, and
times that a classifier does not tell apart. The short form looks at bytes and, coarsely, at times; the long one
(`make faults`) asks for 1,000 of each and bounds the classifier.
"""

import datetime as dt
import os
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import insert, update

from elearn.app import create_app
from elearn.core.codes import code_from_random
from elearn.core.passwords import sign_in_key
from elearn.services import addresses, keys, passwords, transaction
from elearn.store.accounts import Person, new_uid, token_hash
from elearn.store.attestations import Attestation, ShareLink
from elearn.store.base import now
from elearn.store.cohorts import Invitation
from elearn.store.mail import MailAddress
from tests.browse import FORGED

LONG = bool(os.environ.get("ELEARN_LONG_FAULTS"))
EACH = 1000 if LONG else 10
WARM = 20 if LONG else 2
SEPARABLE = 0.55
"""Area under the curve of the best threshold on times, either way round; 0.5 is chance. With 1,000 of each, chance
alone stays under 0.55 in 9,999 runs of 10,000 (Mann–Whitney: deviation 0.013)."""

pytestmark = [pytest.mark.faults, pytest.mark.real_passwords]

Names = list[str]


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    seconds: float


def names(chance: random.Random, count: int = EACH + WARM) -> Names:
    """All of one length, so that an echo of them is as long too."""
    return ["".join(chance.choice("abcdefghijkmnopqrstuvwxyz") for _ in range(12)) for _ in range(count)]


def make_people(app: Flask, known: Names) -> None:
    """Accounts with the password hash that real ones have, and a proved address each."""
    with app.app_context():
        hashed, at = passwords.hash_password("lampe ronde tabouret"), now()
        plain = {"password_hash": hashed, "role": "trainee", "locale": "fr", "created_at": at, "demo": False}

        def work(tx):  # type: ignore[no-untyped-def]
            for name in known:
                row = {"sign_in_name": name, "sign_in_key": sign_in_key(name), "chosen_name": name, **plain}
                person = tx.execute(insert(Person).values(**row).returning(Person.id)).scalar_one()
                address = f"{name}@exemple.org"
                key_id, sealed = keys.seal_for(tx, person, address.encode(), "mail_address", str(person), at)
                lookup = addresses.lookup_of(address)
                kept = {"person_id": person, "key_id": key_id, "sealed": sealed, "lookup": lookup}
                tx.execute(insert(MailAddress).values(**kept, given_at=at, verified_at=at))

        transaction.run(work)


def make_closed_links(app: Flask, codes: Names) -> None:
    """Addresses of a real attestation: one half was closed by its holder, the other has ended by itself."""
    proof = {
        "id": "0" * 8,
        "kind": "success",
        "state": "active",
        "locale": "fr",
        "printed_name": "B",
        "digest": "0" * 64,
    }
    with app.app_context():
        at = now()

        def work(tx):  # type: ignore[no-untyped-def]
            tx.execute(insert(Attestation).values(**proof, facts=b"{}", issued_at=at))
            link = {"attestation_id": proof["id"], "label": "", "shows": {"title": "real"}, "made_at": at}
            closed, ended = {"closed_at": at, "expires_at": None}, {"closed_at": None, "expires_at": at}
            rows = [{"code": code, **link, **(ended if n % 2 else closed)} for n, code in enumerate(codes)]
            tx.execute(insert(ShareLink), rows)

        transaction.run(work)


def make_closed_invitations(app: Flask, codes: Names) -> None:
    """Invitations that their trainer closed."""
    with app.app_context():
        at = now()
        rows = [
            {
                "id": token_hash(code),
                "uid": new_uid(),
                "nonce": code,
                "course": "reperes",
                "most": 30,
                "made_at": at,
                "expires_at": at + dt.timedelta(days=1),
                "closed_at": at,
            }
            for code in codes
        ]
        transaction.run(lambda tx: tx.execute(insert(Invitation), rows))


def post(path: str, fill: Callable[[str], dict[str, str]]) -> Callable[[Flask, str, str], Answer]:
    return lambda app, name, network: ask(app, "POST", path, fill(name), name, network)


def ask(app: Flask, method: str, path: str, data: dict[str, str], name: str, network: str) -> Answer:
    """One question by a new visitor from a network of its own, so that no limit answers in place of the page."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = network
    began = time.perf_counter()
    response = client.open(path, method=method, data=data, headers=FORGED)
    body = response.get_data(as_text=True)
    seconds = time.perf_counter() - began
    headers = "\n".join(f"{key}: {value}" for key, value in response.headers)
    whole = re.sub(r"nonce[=-]['\"]?[\w-]{22}", "nonce", headers + body).replace(name, "NAME")
    return Answer(response.status_code, whole, seconds)


QUESTIONS = {
    "sign-in": post("/accounts/sign-in", lambda name: {"name": name, "password": "une autre phrase"}),
    "reset by name": post("/accounts/recovery/mail", lambda name: {"who": name}),
    "reset by address": post("/accounts/recovery/mail", lambda name: {"who": f"{name}@exemple.org"}),
    "recovery code": post("/accounts/recovery/code", lambda name: {"name": name, "code": "0" * 24}),
    "verification": lambda app, code, network: ask(app, "GET", f"/V/{code}", {}, code, network),
    "invitation": lambda app, code, network: ask(app, "GET", f"/cohorts/join/{code}", {}, code, network),
}


def asked(app: Flask, question: str, known: Names, unknown: Names) -> tuple[list[Answer], list[Answer]]:
    """The answers to known and to unknown names, asked in random order; the first few only warm up."""
    chance = random.Random(2026)
    order = [(name, True) for name in known[WARM:]] + [(name, False) for name in unknown[WARM:]]
    chance.shuffle(order)
    for one, other in zip(known[:WARM], unknown[:WARM], strict=True):
        order[:0] = [(one, True), (other, False)]
    found: tuple[list[Answer], list[Answer]] = ([], [])
    for number, (name, is_known) in enumerate(order):
        network = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        answer = QUESTIONS[question](app, name, network)
        if number >= 2 * WARM:
            found[not is_known].append(answer)
    return found


def separable(one: list[float], two: list[float]) -> float:
    """How well the best threshold tells the two apart: the larger of AUC and 1 - AUC (Mann–Whitney U / n m)."""
    ranked = sorted([(value, True) for value in one] + [(value, False) for value in two])
    ranks, place = 0.0, 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        ranks += sum(is_one for _value, is_one in ranked[place:end]) * (place + end + 1) / 2
        place = end
    area = (ranks - len(one) * (len(one) + 1) / 2) / (len(one) * len(two))
    return max(area, 1 - area)


@pytest.mark.parametrize("question", QUESTIONS)
def test_asvs_6_3_8_known_and_unknown_names_are_answered_alike(
    site: Flask, question: str, record_property: Callable[[str, object], None]
) -> None:
    chance = random.Random(question)
    if question in ("verification", "invitation"):
        known, unknown = ([code_from_random(chance.randbytes(16)) for _ in range(EACH + WARM)] for _ in range(2))
        make_closed_links(site, known) if question == "verification" else make_closed_invitations(site, known)
    else:
        known, unknown = names(chance), names(chance)
        make_people(site, known)
    ones, others = asked(site, question, known, unknown)
    assert len({answer.status for answer in ones + others}) == 1, "one status"
    assert len({answer.body for answer in ones + others}) == 1, "the same bytes, headers too"
    times = [[answer.seconds for answer in answers] for answers in (ones, others)]
    area, ratio = separable(*times), min(times[0]) / min(times[1])
    record_property("separable", area)
    print(f"{question}: separable {area:.3f}, ratio of the shortest {ratio:.3f}, {EACH} of each")
    assert 0.5 < ratio < 2, "coarsely the same time"
    if LONG:
        assert area <= SEPARABLE


def test_random_codes_find_nothing(site: Flask) -> None:
    """100,000 random codes in the long form, 500 in the short one, on a site with 1,000 open addresses: no hit."""
    chance = random.Random(128)
    there = [code_from_random(chance.randbytes(16)) for _ in range(1000)]
    make_closed_links(site, there)
    with site.app_context():
        transaction.run(lambda tx: tx.execute(update(ShareLink).values(closed_at=None, expires_at=None)))
    client, seen = site.test_client(), set()
    for number in range(100_000 if LONG else 500):
        client.environ_base["REMOTE_ADDR"] = f"10.{number >> 14 & 255}.{number >> 6 & 255}.{number & 63}"
        seen.add(client.get(f"/V/{code_from_random(chance.randbytes(16))}").status_code)
    assert seen == {404}


def test_the_classifier_sees_a_difference_when_there_is_one() -> None:
    chance = random.Random(7)
    same = [[chance.gauss(10, 1) for _ in range(1000)] for _ in range(2)]
    later = [chance.gauss(10.3, 1) for _ in range(1000)]
    assert separable(*same) <= SEPARABLE
    assert separable(same[0], later) > SEPARABLE
    assert separable(later, same[0]) == pytest.approx(separable(same[0], later))
    assert separable([1.0, 1.0], [1.0, 1.0]) == 0.5


@pytest.fixture
def site(settings) -> Flask:  # type: ignore[no-untyped-def]
    from elearn.services.publishing import publish_files
    from tests import world
    from tests.conftest import close

    app = create_app(settings)
    with app.app_context():
        assert publish_files(world.site(), settings.instance, world.AT).problems == ()
    yield app
    close(app)
