"""The page of every way back in."""

from tests.browse import Browser


def test_it_works(visitor: Browser) -> None:
    page = visitor.get("/accounts/recovery/")
    assert page.status == 200
    for path in ("/accounts/links/", "/accounts/recovery/code", "/accounts/recovery/mail"):
        assert path in page.links
        assert visitor.get(path).status == 200


def test_someone_signed_in_may_read_it(benoit: Browser) -> None:
    assert benoit.get("/accounts/recovery/").status == 200
