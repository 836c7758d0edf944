"""Before an attestation is issued: what it will reveal, and the name to print."""

import pytest

from tests.browse import Browser, Page
from tests.web.papers import NEW, issued
from tests.web.test_course import finish


def ready(browser: Browser) -> Page:
    finish(browser)
    return browser.get(NEW)


def test_it_works(benoit: Browser) -> None:
    page = ready(benoit)
    for words in ("Premiers repères", "Relations et écoute", "Association Exemple", "Ce que ce papier peut révéler"):
        assert words in page.text
    assert page.form("/attestations/").values()["printed_name"] == [""], "never filled in from the account"
    page = page.form("/attestations/").submit(printed_name="  Benoît   Roy ")
    assert "Benoît Roy a réussi le parcours Premiers repères" in page.text


def test_a_course_that_is_not_complete_leads_back_to_it(benoit: Browser) -> None:
    assert benoit.get(NEW).path == "/learning/reperes"
    benoit.get("/learning/reperes").form("/enrolments").submit()
    assert benoit.get(NEW).path == "/learning/reperes"


def test_asvs_2_3_1_a_form_sent_before_the_course_is_complete_issues_nothing(benoit: Browser, chloe: Browser) -> None:
    form = ready(benoit).form("/attestations/")
    mine = chloe.get("/accounts/").form("/sign-out").values()
    page = chloe.send("post", "/attestations/", {**form.values(), **mine, "printed_name": "Chloé"})
    assert page.path == "/learning/reperes"
    assert "pas encore d'attestation" in chloe.get("/attestations/").text


@pytest.mark.parametrize("course", ["", "ailleurs", "../reperes", "x" * 5000])
def test_a_course_that_does_not_exist(benoit: Browser, course: str) -> None:
    page = benoit.get(f"/attestations/new?course={course}")
    assert page.status == 404 or page.path == "/attestations/"


def test_sent_twice_it_is_issued_once(benoit: Browser) -> None:
    form = ready(benoit).form("/attestations/")
    first, second = form.submit(printed_name="Benoît Roy"), form.submit(printed_name="Benoît Roy")
    assert first.path == second.path
    assert len([link for link in benoit.get("/attestations/").links if link == first.path]) == 1
    assert benoit.get(NEW).path == first.path, "the form leads to the one already issued"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Écrivez le nom"),
        ("   ", "Écrivez le nom"),
        ("\u202e\u200d", "Écrivez le nom"),
        ("é " * 101, "Au plus 200 signes"),
        ("é" * 81, "Au plus 200 signes"),
        ("王小明", "王 小 明"),
        ("Zoé 😀", "ne peuvent pas être imprimés : 😀"),
        ("Z" + "\u0335" * 20, "Trop d'accents"),
    ],
)
def test_a_name_that_cannot_be_printed_is_told_beside_the_field(benoit: Browser, name: str, message: str) -> None:
    page = ready(benoit).form("/attestations/").submit(printed_name=name)
    assert page.status == 422
    (field,) = page.all("input", name="printed_name")
    assert field.get("value") == name and field.get("aria-invalid") == "true"
    beside = [one for one in page.tree.iter() if one.get("id") in (field.get("aria-describedby") or "").split()]
    assert any(message in " ".join("".join(one.itertext()).split()) for one in beside)
    assert "pas encore d'attestation" in benoit.get("/attestations/").text


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '#panic("x") ]', "רות כהן", "{{ config }}", 'a" onfocus="x', "%(signs)s %s"]
)
def test_asvs_1_2_1_hostile_names_are_only_words(benoit: Browser, name: str) -> None:
    page = issued(benoit, name)
    assert name in page.text
    assert not [one for one in page.tree.iter("script") if "alert" in "".join(one.itertext())]
    assert benoit.get(next(link for link in page.links if link.endswith("/pdf"))).status == 200
