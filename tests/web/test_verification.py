"""The public page of a paper: what it says to a stranger, and what it says to nobody."""

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from elearn.core.attestations import load
from elearn.core.codes import grouped
from elearn.core.paper import paper
from elearn.store.attestations import Attestation, ShareLink
from elearn.store.base import db, now
from elearn.web.attestations import CLOSED_TO_INDEXES
from elearn.web.i18n import day
from tests.browse import Browser
from tests.web.papers import NAME, address, body, issued

UNKNOWN = "/V/0123456789ABCDEFGHJKMNPQRS"


@pytest.fixture
def path(benoit: Browser) -> str:
    return address(issued(benoit))


def change(site: Flask, **values: object) -> None:
    """As a later deed will: only the state of the record is set."""
    with site.app_context(), db.engine.begin() as connection:
        connection.execute(update(Attestation).values(**values))


def test_it_works(path: str, visitor: Browser) -> None:
    page = visitor.get(path)
    assert page.status == 200 and page.heading() == "Valide"
    for words in (
        "Vérifié le",
        "Attestation de réussite",
        "B. R. a réussi le parcours Premiers repères",
        "Association Exemple",
        "asso.example",
        "1 h (théorie), non mesurée",
        "75 à 80 % des points",
        "En ligne, sans surveillance, à livre ouvert.",
        "Texte pas encore relu",
        "Elle ne prouve pas l'identité",
    ):
        assert words in page.text, words


def test_the_name_is_nowhere_until_it_is_typed(path: str, visitor: Browser) -> None:
    page = visitor.get(path)
    sent = page.response.get_data(as_text=True)
    assert "Roy" not in sent and "Beno" not in sent
    page = page.form(path).submit(name="benoit  ROY")
    assert page.status == 200 and "Oui : c'est le nom" in page.text
    page = page.form(path).submit(name="Chloé Roy")
    assert "Non : ce n'est pas le nom" in page.text
    assert NAME not in page.response.get_data(as_text=True)
    assert page.all("input", name="name")[0].get("value") == "Chloé Roy"


@pytest.mark.parametrize("typed", ["", " ", "<script>", "x" * 100_000, "\u0301" * 50, "{{ 7*7 }}"])
def test_any_name_is_answered(path: str, visitor: Browser, typed: str) -> None:
    page = visitor.get(path).form(path).submit(name=typed)
    assert page.status == 200 and "Non : ce n'est pas le nom" in page.text


def test_confirming_stores_nothing_and_needs_no_origin(path: str, site: Flask) -> None:
    client = site.test_client()
    with site.app_context(), db.engine.connect() as connection:
        tables = {name: connection.execute(table.select()).all() for name, table in db.metadata.tables.items()}
    answer = client.post(path, data={"name": NAME}, headers={"Origin": "null"})
    assert answer.status_code == 200 and "Oui" in answer.text
    assert "Set-Cookie" not in answer.headers
    with site.app_context(), db.engine.connect() as connection:
        assert tables == {name: connection.execute(table.select()).all() for name, table in db.metadata.tables.items()}


def test_confirming_while_signed_in_needs_no_token(path: str, chloe: Browser) -> None:
    assert "Oui" in chloe.get(path).form(path).submit(name=NAME).text


def test_names_cannot_be_tried_for_long(path: str, visitor: Browser) -> None:
    form = visitor.get(path).form(path)
    answers = [form.submit(name=f"essai {number}").status for number in range(11)]
    assert answers == [200] * 10 + [429]
    assert "Attendez" in form.submit(name=NAME).text
    assert visitor.get(path).status == 200, "the page itself stays open"


def test_codes_cannot_be_tried_for_long(path: str, visitor: Browser, chloe: Browser) -> None:
    answers = [visitor.get(f"/V/{number:026}").status for number in range(121)]
    assert answers == [404] * 120 + [429]
    assert visitor.get(path).status == 429
    assert visitor.get("/help").status == 200
    elsewhere = chloe.client.get(path, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert elsewhere.status_code == 200, "another network is not concerned"


@pytest.mark.parametrize(
    "typed", [str.lower, grouped, lambda code: grouped(code).replace(" ", "-"), lambda code: code.replace("0", "o")]
)
def test_a_code_as_people_type_it(path: str, visitor: Browser, typed: Callable[[str], str]) -> None:
    code = typed(path.removeprefix("/V/"))
    assert visitor.get(f"/V/{code}").heading() == "Valide"
    page = visitor.get("/V/").form("/V/").submit(code=code)
    assert page.heading() == "Valide" and page.path == path


@pytest.mark.parametrize("typed", ["abc", "é" * 26, "x" * 10_000, UNKNOWN + "0", "<b>"])
def test_a_mistyped_code_is_told_beside_the_field(visitor: Browser, typed: str) -> None:
    page = visitor.get("/V/").form("/V/").submit(code=typed)
    assert page.status == 200 and "Un code a 26 lettres et chiffres" in page.text
    assert page.all("input", name="code")[0].get("value") == typed


def test_asvs_6_3_8_unknown_closed_ended_and_malformed_are_one_answer(
    site: Flask, benoit: Browser, visitor: Browser
) -> None:
    page = issued(benoit).form("/links").submit(title="discreet")
    closed, ended = address(page, 0), address(page, 1)
    with site.app_context(), db.engine.begin() as connection:
        for path, values in ((closed, {"closed_at": now()}), (ended, {"expires_at": now() - dt.timedelta(days=1)})):
            connection.execute(update(ShareLink).where(ShareLink.code == path.removeprefix("/V/")).values(**values))
    answers = [visitor.get(path) for path in (UNKNOWN, closed, ended, "/V/abc", "/V/" + "x" * 3000, "/V/%00", "/V/é")]
    answers += [visitor.send("post", path, {"name": NAME}) for path in (UNKNOWN, closed, ended, "/V/abc")]
    first = answers[0]
    assert first.status == 404
    for answer in answers:
        assert answer.status == 404 and body(answer) == body(first)
        assert sorted(name for name, _ in answer.response.headers) == sorted(name for name, _ in first.response.headers)
        for name, value in first.response.headers:
            if name != "Content-Security-Policy":
                assert answer.response.headers[name] == value
    for secret in (UNKNOWN[3:], closed[3:], ended[3:]):
        assert secret.encode() not in body(first)


def test_a_signed_in_reader_gets_that_answer_too(site: Flask, chloe: Browser, visitor: Browser) -> None:
    assert body(chloe.get(UNKNOWN)) == body(visitor.get(UNKNOWN))


@pytest.mark.parametrize("where", ["known", "unknown", "form"])
def test_it_is_closed_to_indexes_caches_and_referrers(path: str, visitor: Browser, where: str) -> None:
    page = visitor.get({"known": path, "unknown": UNKNOWN, "form": "/V/"}[where])
    for name, value in CLOSED_TO_INDEXES.items():
        assert page.response.headers[name] == value
    assert "Set-Cookie" not in page.response.headers and "ETag" not in page.response.headers
    assert page.title.startswith("Vérification d'un document")
    assert not [one for one in page.tree.iter("meta") if (one.get("property") or "").startswith("og:")]
    assert not [link for link in page.links if "://" in link]


@pytest.mark.parametrize(
    ("values", "heading"),
    [
        ({"state": "revoked", "state_changed_at": now()}, "Révoquée par l'organisme"),
        ({"state": "superseded"}, "Remplacée par une autre"),
        ({"state": "suspended"}, "Suspendue"),
        ({"state": "provisional"}, "Provisoire"),
        ({"valid_until": now() - dt.timedelta(days=1)}, "Expirée"),
        ({"valid_until": now() + dt.timedelta(days=1)}, "Valide"),
    ],
)
def test_each_state_in_words(site: Flask, path: str, visitor: Browser, values: dict[str, object], heading: str) -> None:
    change(site, **values)
    page = visitor.get(path)
    assert page.heading() == heading
    assert "Premiers repères" in page.text, "the facts stay comparable"


def test_the_page_speaks_the_papers_language_unless_one_was_chosen(benoit: Browser, visitor: Browser) -> None:
    path = address(issued(benoit, lang="en"))
    page = visitor.get(path)
    assert page.all("html")[0].get("lang") == "en" and page.heading() == "Valid"
    visitor.get("/").form("/language").submit(language="fr")
    page = visitor.get(path)
    assert page.heading() == "Valide"
    other = page.text.partition("Le papier est dans une autre langue. On y lit :")[2].split()[:6]
    assert " ".join(other) == "Attestation of achievement , First landmarks"
    assert {one.get("lang") for one in page.tree.iter("strong")} == {None, "en"}


def test_the_page_says_what_the_paper_says(site: Flask, path: str, visitor: Browser) -> None:
    """An edited paper must differ from the page: each thing that the PDF prints, but the name, stands on the page."""
    with site.test_request_context(), db.engine.connect() as connection:
        snapshot = load(connection.execute(select(Attestation.facts)).scalar_one())
        printed = dataclasses.asdict(paper(snapshot, "real", "fr", day))
    shown = visitor.get(path).text
    said = [" ".join(text.split()) for text in texts({**printed, "name": "B. R.", "lang": ""})]
    assert len(said) > 20
    assert [text for text in said if text not in shown and text != snapshot.locale] == []


def texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in texts(one)]
    return [str(value)]


def test_nothing_counts_who_looked(site: Flask, path: str, visitor: Browser) -> None:
    def rows() -> list[int]:
        with site.app_context(), db.engine.connect() as connection:
            counts = [select(func.count()).select_from(table) for table in db.metadata.sorted_tables]
            return [connection.execute(count).scalar_one() for count in counts]

    before = rows()
    visitor.get(path)
    assert rows() == before


def test_after_its_holder_left_the_address_answers_as_an_unknown_one(path: str, site: Flask, visitor: Browser) -> None:
    from elearn.services import erasure
    from elearn.store.accounts import Person

    with site.app_context():
        with db.engine.connect() as connection:
            uid = connection.execute(select(Person.uid)).scalar_one()
        assert erasure.erase([uid], now()) == 1
    page = visitor.get(path)
    assert page.status == 404
    for words in ("B. R.", NAME, "Premiers repères"):
        assert words not in page.text
