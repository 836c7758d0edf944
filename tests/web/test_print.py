"""A whole unit on one page, to print."""

from tests.browse import Browser


def test_it_works(visitor: Browser) -> None:
    page = visitor.get("/learning/reperes/ecouter/se-taire").follow("Imprimer")
    assert page.path == "/learning/reperes/ecouter/print"
    for words in ("Le silence laisse de la place.", "Qui décide de ce qui est dit ?", "Accueillir"):
        assert words in page.text


def test_it_holds_no_key(visitor: Browser) -> None:
    body = visitor.get("/learning/reperes/ecouter/print").text
    for secret in ("elle décide, et peut changer", "ccueillir vient d'abord", "penser à autre chose"):
        assert secret not in body


def test_a_unit_that_does_not_exist(visitor: Browser) -> None:
    assert visitor.get("/learning/reperes/nulle-part/print").status == 404
