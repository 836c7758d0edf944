"""Headers and pages that hold for the whole site."""

import pytest
from flask import Flask

from tests.browse import Browser

PAGES = ["/", "/help", "/privacy", "/learning/", "/learning/reperes", "/accounts/sign-in", "/nowhere"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_shut_in(visitor: Browser, path: str) -> None:
    headers = visitor.client.get(path).headers
    policy = headers["Content-Security-Policy"]
    for part in (
        "default-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types elearn",
    ):
        assert part in policy
    assert "unsafe" not in policy and "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert "camera=()" in headers["Permissions-Policy"]
    assert "ETag" not in headers


def test_asvs_3_4_3_the_nonce_is_new_each_time(visitor: Browser) -> None:
    one, two = (visitor.client.get("/").headers["Content-Security-Policy"] for _ in range(2))
    assert one != two


@pytest.mark.parametrize("path", PAGES)
def test_help_is_one_step_away_at_the_top_and_at_the_bottom(visitor: Browser, path: str) -> None:
    page = visitor.get(path)
    links = [one for one in page.all("a") if (one.get("href") or "") == "/help"]
    assert len(links) >= 2
    assert any("Besoin d'aide maintenant" in "".join(one.itertext()).replace("\xa0", " ") for one in links)


def test_nothing_is_inline(visitor: Browser) -> None:
    for path in PAGES:
        page = visitor.get(path)
        assert page.all("style") == []
        assert all(one.get("src") and one.get("nonce") for one in page.all("script"))
        for one in page.tree.iter():
            assert not any(name.startswith("on") or name == "style" for name in one.attrib)


def test_assets_have_names_for_ever(visitor: Browser) -> None:
    page = visitor.get("/")
    sheets = [one.get("href") or "" for one in page.all("link", rel="stylesheet")]
    assert sheets
    for sheet in sheets:
        with visitor.client.get(sheet) as answer:
            assert answer.status_code == 200
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.mimetype == "text/css"


def test_a_page_that_does_not_exist(visitor: Browser) -> None:
    page = visitor.get("/nowhere")
    assert page.status == 404
    assert "404" not in page.heading()
    assert "/learning/" in page.links


@pytest.mark.parametrize(("method", "path"), [("post", "/"), ("put", "/learning/"), ("get", "/accounts/sign-out")])
def test_a_wrong_method_gets_a_page(visitor: Browser, method: str, path: str) -> None:
    answer = getattr(visitor.client, method)(path, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code in (404, 405)
    assert answer.mimetype == "text/html"


def test_asvs_2_3_2_a_body_that_is_far_too_large(visitor: Browser) -> None:
    answer = visitor.client.post(
        "/accounts/sign-in", data={"name": "x" * 2_000_000}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 413


class TestWithoutADatabase:
    @pytest.fixture
    def broken(self, site: Flask) -> Browser:
        """The database goes away after the site was published and read once."""
        from sqlalchemy import event
        from sqlalchemy.exc import OperationalError

        from elearn.store.base import db

        browser = Browser(site)
        browser.get("/learning/")
        with site.app_context():
            engine = db.engine

        def away(*_anything: object) -> None:
            raise OperationalError("away", None, Exception("away"))

        event.listen(engine, "before_cursor_execute", away)
        browser.client.set_cookie("__Host-elearn", "a-session-token", domain="localhost")
        return browser

    def test_help_answers(self, broken: Browser) -> None:
        page = broken.get("/help")
        assert page.status == 200
        main = "".join(page.all("main")[0].itertext())
        assert "911" in main and "112" in main

    def test_health_says_so(self, broken: Browser) -> None:
        assert broken.client.get("/healthz").status_code == 503

    def test_asvs_16_5_3_closed_pages_stay_closed_and_say_to_come_back(self, broken: Browser) -> None:
        page = broken.get("/accounts/")
        assert page.status == 503
        assert page.response.headers["Retry-After"]
        assert "/help" in page.links

    def test_asvs_16_5_2_a_visitor_still_reads(self, broken: Browser) -> None:
        broken.client.delete_cookie("__Host-elearn", domain="localhost")
        assert broken.get("/learning/reperes/ecouter/se-taire").status == 200


def test_health(visitor: Browser) -> None:
    answer = visitor.client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"edition": 1, "database": "ok"}
