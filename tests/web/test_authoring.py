"""The trainer's page about what is published."""

from collections.abc import Callable

from tests.browse import Browser


def test_it_works(signed_in: Callable[[str], Browser]) -> None:
    page = signed_in("Ada").get("/authoring/")
    assert page.status == 200
    for words in ("Écouter", "Parler", "elearn check", "elearn preview", "elearn publish"):
        assert words in page.text


def test_a_trainee_finds_nothing_there(benoit: Browser) -> None:
    assert benoit.get("/authoring/").status == 404
    assert "/authoring/" not in benoit.get("/").links
