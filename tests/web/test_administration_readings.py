"""Readings that a course owes: an admin says who made one, the notice changes, and what waited for it opens."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from elearn.core.adoption import Adoption, adopted, closed, fingerprint
from elearn.core.course import Course, ReaderReview, Rule
from tests import world
from tests.browse import Browser, Page
from tests.conftest import close
from tests.web.administration import logged
from tests.web.test_cost import counting

if TYPE_CHECKING:
    from flask import Flask

LIST = "/administration/readings"
COURSE = "/learning/reperes"
OWED = "Texte pas encore relu par"
LAWYER = '  - {genre: {fr: une avocate, en: a lawyer}, par: "", le: "", unites: [parler], avant_ouverture: oui}\n'
WITH_LAWYER = world.COURSE.replace("regle:", f"{LAWYER}regle:")
SAID = {"reader": "Nora Diallo", "role": "paire aidante", "on": "2026-11-20"}


def publish(app: Flask, course: str = WITH_LAWYER) -> None:
    from elearn.services.publishing import publish_files

    with app.app_context():
        path = next(path for path in world.FILES if path.endswith("course.yaml"))
        outcome = publish_files(world.site({path: course}), app.config["ELEARN"].instance, world.AT)
    assert [one for one in outcome.problems if one.severity == "error"] == []


@pytest.fixture
def emile(signed_in: Callable[[str], Browser], site: Flask) -> Browser:
    publish(site)
    return signed_in("Émile")


@pytest.fixture
def holding(site: Flask) -> Iterator[Flask]:
    """The same site where what must be read first is kept closed."""
    from elearn.app import create_app

    publish(site)
    app = create_app(dataclasses.replace(site.config["ELEARN"], hold_unread=True))
    yield app
    close(app)


def adopt(browser: Browser, kind: str, **changes: str) -> Page:
    page = browser.get(LIST).follow(f"Noter une relecture – {kind}")
    return page.form("/adoptions").submit(**{**SAID, **changes})


def test_it_works(emile: Browser, site: Flask) -> None:
    assert "2 relectures sont encore attendues." in emile.get("/administration/").text
    page = emile.get("/administration/").follow("Relectures")
    assert page.text.count("pas encore relu") == 2
    page = adopt(emile, "deux pairs aidants")
    assert page.path == LIST
    assert page.text.count("pas encore relu") == 1 and "relu par Nora Diallo, paire aidante" in page.text
    assert logged(site)[-1] == ("course adopted", False, {"role": "admin", "course": "reperes"})


def test_the_notice_changes_everywhere(emile: Browser, site: Flask) -> None:
    """On the page of the course, before each unit that is concerned, in print; without a statement more."""
    visitor = Browser(site)
    paper = f"{COURSE}/parler/print"
    first = visitor.get(f"{COURSE}/parler").path
    other = visitor.get(f"{COURSE}/ecouter").path
    for path in (COURSE, first, paper):
        text = visitor.get(path).text
        assert OWED in text and "deux pairs aidants" in text and "une avocate" in text
    assert "une avocate" not in visitor.get(other).text and OWED in visitor.get(other).text
    with counting(site) as before:
        visitor.get(first)
    adopt(emile, "deux pairs aidants")
    text = visitor.get(COURSE).text
    assert "Nora Diallo, paire aidante, 2026-11-20" in text and "une avocate" in text
    assert OWED not in visitor.get(other).text
    adopt(emile, "une avocate", reader="Maître Roy", role="avocate au Québec")
    assert all(OWED not in visitor.get(path).text for path in (COURSE, first, paper))
    with counting(site) as after:
        visitor.get(first)
    assert len(after) == len(before)


def test_taken_back_it_is_owed_again(emile: Browser, site: Flask) -> None:
    adopt(emile, "deux pairs aidants")
    page = next(form for form in emile.get(LIST).forms if form.action.endswith("/withdrawals")).submit()
    assert page.text.count("pas encore relu") == 2 and "Nora" not in page.text
    assert "Nora" not in Browser(site).get(COURSE).text
    assert logged(site)[-1][0] == "adoption withdrawn"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reader": " "}, "À remplir."),
        ({"reader": "N" * 81}, "Au plus 80 signes."),
        ({"role": "r" * 121}, "Au plus 120 signes."),
        ({"role": "pair\u202eaidant"}, "Ce texte contient un signe invisible"),
        ({"reader": "Nora 𓀀"}, "un signe que le papier ne sait pas imprimer"),
        ({"on": "hier"}, "Une date comme"),
        ({"on": "2999-01-01"}, "Ce jour n'est pas encore venu."),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(
    emile: Browser, changes: dict[str, str], said: str
) -> None:
    page = adopt(emile, "deux pairs aidants", **changes)
    assert page.status == 422 and said in page.text
    kept = {**SAID, **changes}
    assert [page.form("/adoptions").values()[name] for name in ("reader", "role")] == [[kept["reader"]], [kept["role"]]]
    assert emile.get(LIST).text.count("pas encore relu") == 2


def test_a_reading_that_is_not_there(emile: Browser) -> None:
    assert emile.get(f"{LIST}/{'0' * 64}").status == 404


def test_what_must_be_read_first_stays_closed_until_then(holding: Flask, site: Flask, emile: Browser) -> None:
    visitor = Browser(holding)
    page = visitor.get(COURSE)
    assert "Pas encore ouverte : attend une relecture" in page.text
    for path in (f"{COURSE}/parler", f"{COURSE}/parler/print"):
        page = visitor.get(path)
        assert page.path.startswith(COURSE) and "Cette unité n'est pas encore ouverte sur ce site" in page.text
    assert "parler" not in [link.rpartition("/")[2] for link in visitor.get("/search?q=parler").links]
    adopt(emile, "une avocate")
    assert visitor.get(f"{COURSE}/parler").path.startswith(f"{COURSE}/parler/")
    assert "Pas encore ouverte" not in visitor.get(COURSE).text


def test_a_damaged_copy_does_not_take_the_pages_down(emile: Browser, site: Flask) -> None:
    adopt(emile, "deux pairs aidants")
    copy = site.config["ELEARN"].instance / "adoptions.json"
    assert len(json.loads(copy.read_text())) == 1
    for damage in (b"{", b"[1]", b'{"x": 3}'):
        copy.write_bytes(damage)
        assert Browser(site).get(COURSE).status == 200


def test_what_a_reading_is_told_apart_by() -> None:
    """Its course, whom it asks for in the source language, and its units: a reword of the translation keeps it."""
    one = ReaderReview({"fr": "une avocate", "en": "a lawyer"}, units=("b", "a"), before_opening=True)
    same = dataclasses.replace(one, kind={"fr": "une avocate", "en": "an attorney"}, units=("a", "b"))
    assert fingerprint("c", one, "fr") == fingerprint("c", same, "fr")
    others = [dataclasses.replace(one, kind={"fr": "un avocat"}), dataclasses.replace(one, units=("a",))]
    assert (
        len({fingerprint("c", one, "fr"), fingerprint("d", one, "fr"), *(fingerprint("c", x, "fr") for x in others)})
        == 4
    )
    course = Course("c", {}, {}, {}, ("a", "b", "z"), Rule("1", (), 80), reviews=(one,))
    assert closed(course) == {"a", "b"}
    done = adopted(course, {fingerprint("c", one, "fr"): Adoption("N.", "avocate", "2026-11-20")}, "fr")
    assert closed(done) == frozenset() and done.reviews[0].by == "N., avocate"
    read = dataclasses.replace(course, reviews=(dataclasses.replace(one, by="M."),))
    assert adopted(read, {fingerprint("c", one, "fr"): Adoption("N.", "avocate", "2026-11-20")}, "fr") == read
