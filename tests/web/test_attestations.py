"""The list of one's own attestations."""

from tests.browse import Browser
from tests.web.papers import issued


def test_it_works(benoit: Browser) -> None:
    issued(benoit)
    page = benoit.get("/learning/").follow("Mes attestations")
    assert page.path == "/attestations/"
    for words in ("Premiers repères", "Attestation de réussite", "Valide"):
        assert words in page.text
    assert page.follow("Premiers repères").status == 200


def test_an_empty_list_says_what_leads_to_one(benoit: Browser) -> None:
    page = benoit.get("/attestations/")
    assert "pas encore d'attestation" in page.text
    assert page.follow("Voir où vous en êtes").path == "/learning/"


def test_nobody_sees_those_of_another(benoit: Browser, chloe: Browser) -> None:
    issued(benoit)
    assert "Premiers repères" not in chloe.get("/attestations/").text


def test_a_visitor_is_asked_to_sign_in(visitor: Browser) -> None:
    assert visitor.get("/attestations/").path.startswith("/accounts/sign-in")
