"""The list of people: search, filters, pages; and making an account for someone."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask import Flask

from tests.browse import FORGED, Browser, words
from tests.web.administration import account, code_of, crowd, logged, values
from tests.web.test_cost import counting

LIST = "/administration/people"
HOSTILE = [
    "%",
    "_",
    "\\",
    "'",
    "' OR 1=1 --",
    "/",
    "\x00",
    "a\x00b",
    "é" * 5000,
    "\N{RIGHT-TO-LEFT OVERRIDE}",
    "\r\nX: y",
]


@pytest.fixture
def emile(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Émile")


def names(browser: Browser, query: str = "") -> list[str]:
    page = browser.get(f"{LIST}{query}")
    assert page.status == 200
    return [" ".join("".join(words(one)).split()) for one in page.all("th", scope="row")]


def test_it_works(emile: Browser, site: Flask) -> None:
    account(site, "benoit", "Benoît")
    page = emile.get("/").follow("Administration").follow("Personnes")
    assert page.path == LIST
    assert page.heading() == "Personnes"
    assert "2 personnes" in page.text
    assert "Benoît benoit" in page.text
    assert "Apprenante ou apprenant" in page.text
    assert "Ouvert" in page.text


@pytest.mark.parametrize("name", ["Benoît", "Ada"])
def test_asvs_8_2_1_only_admins_open_it(signed_in: Callable[[str], Browser], name: str) -> None:
    browser = signed_in(name)
    for path in ("/administration/", LIST, f"{LIST}/new"):
        assert browser.get(path).status == 404
    assert browser.client.post(LIST, data={"sign_in_name": "x"}, headers=FORGED).status_code in (400, 404)
    assert "Administration" not in [one.text for one in browser.get("/learning/").all("a")]


def test_a_visitor_is_led_to_sign_in(visitor: Browser) -> None:
    assert visitor.get(LIST).path.startswith("/accounts/sign-in")


def test_accents_and_case_do_not_matter(emile: Browser, site: Flask) -> None:
    account(site, "chloe", "Chloé Lœuillet")
    account(site, "benoit", "Benoît")
    for typed in ("CHLOE", "chloé", "uillet chloe", "oë"):
        assert names(emile, f"?q={quote(typed)}") == ["Chloé Lœuillet chloe"]
    assert names(emile, "?q=chloe+benoit") == []


def test_filters_by_role_and_state(emile: Browser, site: Flask) -> None:
    account(site, "ada", "Ada", "trainer")
    account(site, "benoit", "Benoît")
    assert names(emile, "?role=trainer") == ["Ada ada"]
    assert names(emile, "?role=trainee&state=open") == ["Benoît benoit"]
    assert names(emile, "?state=suspended") == []
    assert "Personne ne répond à cette recherche" in emile.get(f"{LIST}?state=suspended").text
    assert len(names(emile, "?role=queen&state=asleep")) == 3


def test_pages(emile: Browser, site: Flask) -> None:
    crowd(site, 60)
    page = emile.get(f"{LIST}?q=personne")
    assert "Page 1 sur 3" in page.text
    page = page.follow("Page suivante")
    assert "Page 2 sur 3" in page.text
    assert "personne 0025" in page.text and "personne 0024" not in page.text
    assert page.form("/people").values()["q"] == ["personne"]


@pytest.mark.parametrize("number", ["999", "99999999999999999999", "0", "-1", "x", "２", "1e3", ""])
def test_a_page_that_is_not_there_is_the_nearest(emile: Browser, site: Flask, number: str) -> None:
    crowd(site, 30)
    page = emile.get(f"{LIST}?page={number}")
    assert page.status == 200
    assert ("Page 2 sur 2" if number == "999" else "Page 1 sur 2") in page.text


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_searches_find_nothing_and_break_nothing(emile: Browser, site: Flask, typed: str) -> None:
    account(site, "benoit", "Benoît")
    response = emile.client.get(LIST, query_string={"q": typed})
    assert response.status_code == 200
    nothing_left = typed in ("\x00", "\N{RIGHT-TO-LEFT OVERRIDE}")
    assert ("benoit" in response.get_data(as_text=True)) is nothing_left


def test_a_name_made_of_markup_is_shown_as_it_is(emile: Browser, site: Flask) -> None:
    account(site, "mallory", "<script>alert(1)</script>\"'&")
    page = emile.get(LIST)
    assert "<script>alert(1)</script>\"'&" in page.text
    assert all("alert" not in "".join(one.itertext()) for one in page.all("script"))


@pytest.mark.parametrize("people", [10, 1000])
def test_it_costs_the_same_with_ten_people_and_with_a_thousand(emile: Browser, site: Flask, people: int) -> None:
    crowd(site, people)
    with counting(site) as statements:
        emile.get(LIST)
    assert len(statements) == 3


def make(browser: Browser, **changes: str):  # type: ignore[no-untyped-def]
    form = browser.get(LIST).follow("Créer un compte pour quelqu'un").form(LIST)
    return form.submit(**{"sign_in_name": "rosa", "chosen_name": "Rosa", **changes})


def test_an_account_is_made_and_its_link_opens_it_once(emile: Browser, site: Flask) -> None:
    page = make(emile, role="trainer", locale="en")
    assert page.status == 200
    assert "To sign in" in page.text and "rosa" in page.text
    assert page.response.headers["Cache-Control"] == "no-store"
    code = code_of(page)
    rosa = Browser(site)
    link = f"/accounts/links/{code.replace(' ', '-')}"
    entered = rosa.get(link).form(link).submit()
    assert entered.status == 200 and "Rosa" in entered.text
    assert Browser(site).get(link).form(link).submit().status == 410
    deeds = [entry[0] for entry in logged(site)]
    assert deeds[-2:] == ["account made", "link handed over"]


def test_asvs_16_2_1_who_made_the_account_and_for_how_long_the_link_works_is_logged(
    emile: Browser, site: Flask
) -> None:
    make(emile, role="trainer", lasts="screen")
    made, handed = logged(site)[-2:]
    assert made == ("account made", False, {"role": "admin", "to": "trainer"})
    assert handed == ("link handed over", True, {"role": "admin", "minutes": 30})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sign_in_name": ""}, "Au moins 3 signes"),
        ({"sign_in_name": "x" * 41}, "Au plus 40 signes"),
        ({"sign_in_name": "a\r\nBcc: b"}, "Lettres, chiffres"),
        ({"chosen_name": "x" * 81}, "Au plus 80 signes"),
        ({"chosen_name": "a\u202eb"}, "signe invisible"),
        ({"sign_in_name": "ÉMILE"}, "déjà pris"),
        ({"role": "queen"}, "Choisissez dans la liste"),
        ({"locale": "xx"}, "Choisissez dans la liste"),
        ({"lasts": "ever"}, "Choisissez dans la liste"),
    ],
)
def test_what_cannot_be_made(emile: Browser, site: Flask, changes: dict[str, str], said: str) -> None:
    page = make(emile, **changes)
    assert page.status == 422
    assert said in page.text
    assert page.title.startswith("Erreur")
    assert "account made" not in [entry[0] for entry in logged(site)]


def test_asvs_15_3_3_other_fields_change_nothing(emile: Browser, site: Flask) -> None:
    form = emile.get(f"{LIST}/new").form(LIST)
    more = {"password": "motdepasse tres connu", "id": "1", "uid": "0" * 26, "demo": "1", "erase_at": "2026-01-01"}
    data = {**form.values(), "sign_in_name": ["rosa"], **{name: [value] for name, value in more.items()}}
    assert emile.send("post", LIST, data).status == 200
    rosa = next(row for row in [values(site, uid) for uid in uids(site)] if row.sign_in_name == "rosa")
    assert rosa.uid != "0" * 26 and not rosa.demo and rosa.erase_at is None and rosa.role == "trainee"
    from elearn.services import sessions
    from elearn.store.base import now

    with site.app_context():
        assert sessions.sign_in("rosa", "motdepasse tres connu", now()) is None


def uids(app: Flask) -> list[str]:
    from sqlalchemy import select

    from elearn.store.accounts import Person
    from elearn.store.base import db

    with app.app_context(), db.engine.connect() as connection:
        return list(connection.execute(select(Person.uid)).scalars())


def test_without_its_token_the_form_is_refused(emile: Browser, site: Flask) -> None:
    form = emile.get(f"{LIST}/new").form(LIST)
    for token in ([""], ["0" * 64]):
        data = {**form.values(), "sign_in_name": ["rosa"], "csrf_token": token}
        assert emile.send("post", LIST, data).status == 400
    assert "account made" not in [entry[0] for entry in logged(site)]
