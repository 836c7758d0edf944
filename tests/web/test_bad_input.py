"""Requests that nobody's browser sends: other hosts, far too much of everything, odd methods and bytes. Each gets a
plain page, and nothing is half done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from elearn.config import Settings
from elearn.web import addresses
from tests.browse import FORGED, Browser
from tests.conftest import close


@pytest.fixture
def real(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A site with an address of its own, behind one proxy."""
    from elearn.app import create_app
    from elearn.keyring import KEY_FILES, make_key

    for name in KEY_FILES:
        make_key(tmp_path / "keys" / name)
    folders = {"instance": str(tmp_path / "instance"), "keys": str(tmp_path / "keys")}
    settings = Settings.from_env(
        {}, database_url=database_url, base_url="https://cours.example.org", proxies="1", **folders
    )
    settings.make_folders()
    app = create_app(settings)
    yield app
    close(app)


HOSTS = [
    "evil.example",
    "cours.example.org.evil.example",
    "cours.example.org@evil.example",
    "evil.example#cours.example.org",
    "cours.example.org:99999",
    "cours.example.org:80:80",
    "cours.example.org/evil",
    "[::1",
    "",
    "cours.example.org, evil.example",
    "ｃours.example.org",
]


@pytest.mark.parametrize("host", HOSTS)
def test_asvs_4_1_3_another_host_is_refused_and_never_repeated(real: Flask, host: str) -> None:
    """No link, redirect or page may be made with a host that a request invented (reset poisoning)."""
    answer = real.test_client().get("/help", headers={"Host": host.encode().decode("latin-1")})
    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.7", "[::1"]
)
def test_asvs_4_1_3_without_an_address_only_this_machine_is_answered(site: Flask, host: str) -> None:
    """Else a reset link could be made with a host that a visitor invented, wherever a proxy stands before a trial."""
    answer = site.test_client().post("/accounts/recovery/mail", data={"who": "x"}, headers=FORGED | {"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:8000", "127.0.0.2", "[::1]:8000"])
def test_by_any_name_of_this_machine_a_trial_answers(site: Flask, host: str) -> None:
    assert site.test_client().get("/help", headers={"Host": host}).status_code == 200


def test_asvs_4_1_3_only_the_counted_proxy_is_believed(real: Flask) -> None:
    """One proxy is ours: what a visitor wrote before it into X-Forwarded-Host does not count."""
    right = {"Host": "127.0.0.1:8080", "X-Forwarded-Proto": "https"}
    client = real.test_client()
    trusted = client.get("/help", headers={**right, "X-Forwarded-Host": "evil.example, cours.example.org"})
    assert trusted.status_code == 200
    forged = client.get("/help", headers={**right, "X-Forwarded-Host": "cours.example.org, evil.example"})
    assert forged.status_code == 400


def test_asvs_2_3_2_a_form_of_many_parts_is_refused(visitor: Browser) -> None:
    many = {f"field-{number}": "x" for number in range(10_000)}
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nx\r\n' for name in many)
    answer = visitor.client.post(
        "/accounts/sign-in",
        data=f"{parts}--b--\r\n".encode(),
        headers=FORGED,
        content_type="multipart/form-data; boundary=b",
    )
    assert answer.status_code == 413
    flat = visitor.client.post("/accounts/sign-in", data=many, headers=FORGED)
    assert flat.status_code in (413, 422)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml", "multipart/form-data", ""])
def test_a_body_of_another_kind_is_an_empty_form(visitor: Browser, kind: str) -> None:
    answer = visitor.client.post("/accounts/sign-in", data=b'{"name": "\xff"}', content_type=kind, headers=FORGED)
    assert answer.status_code == 422
    assert "Se connecter" in answer.get_data(as_text=True)


@pytest.mark.parametrize("body", [b"name=%ff%fe&password=%00", b"name=\xff&password=\xfe", b"name=%F0%9F&password=x"])
def test_bytes_that_are_no_text(visitor: Browser, body: bytes) -> None:
    answer = visitor.client.post(
        "/accounts/sign-in", data=body, content_type="application/x-www-form-urlencoded", headers=FORGED
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("name", ["\0", "ben\0oît", "a" * 150 + "\0@exemple.org"], ids=["nul", "inside", "address"])
def test_a_name_with_a_zero_is_one_that_nobody_has(visitor: Browser, name: str) -> None:
    """PostgreSQL takes no such text, not even to look for it."""
    asked = {
        "/accounts/sign-in": ({"name": name, "password": "x" * 20}, 422),
        "/accounts/recovery/mail": ({"who": name}, 200),
        "/accounts/recovery/code": ({"name": name, "code": "0" * 24}, 422),
    }
    for path, (fields, status) in asked.items():
        assert visitor.client.post(path, data=fields, headers=FORGED).status_code == status, path


def test_an_address_with_a_zero_leads_nowhere(signed_in: Callable[[str], Browser]) -> None:
    assert signed_in("Ada").client.get(f"/cohorts/{'%00' * 26}").status_code == 404


def test_long_addresses_are_not_kept_in_memory(visitor: Browser) -> None:
    """Whoever asks for ever new and long ones must not fill a worker's memory."""
    visitor.get("/accounts/sign-in?next=/learning/")
    kept = addresses._made.cache_info().currsize
    for number in range(3):
        page = visitor.get(f"/accounts/sign-in?next=/{number}{'a' * 5000}")
        assert f"{number}aaaa" in page.response.get_data(as_text=True)
    assert addresses._made.cache_info().currsize == kept


@pytest.mark.parametrize(
    "path", ["/learning/" + "a" * 10_000, "/V/" + "A" * 10_000, "/accounts/links/" + "%00" * 50], ids=["a", "b", "c"]
)
def test_addresses_without_end(visitor: Browser, path: str) -> None:
    assert visitor.client.get(path).status_code in (200, 404, 410)


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/accounts/sign-in", "/learning/"])
def test_asvs_13_4_4_other_methods_do_nothing(visitor: Browser, method: str, path: str) -> None:
    assert visitor.client.open(path, method=method, headers=FORGED).status_code == 405


PRIVATE_PATHS = [
    "/.git/config",
    "/.env",
    "/instance/elearn.sqlite",
    "/keys/secret",
    "/static/../app.py",
    "/static/..%2f..%2fapp.py",
    "/static/%2e%2e/%2e%2e/config.py",
    "/static/....//app.py",
    "/static/css/",
    "/static/",
    "/console",
    "/elearn.sqlite",
    "/wsgi.py",
    "/backups/",
]


@pytest.mark.parametrize("path", PRIVATE_PATHS)
def test_asvs_13_4_1_nothing_of_the_server_is_served(visitor: Browser, path: str) -> None:
    assert visitor.client.get(path).status_code == 404


def test_asvs_13_4_2_debugging_is_off(real: Flask) -> None:
    assert not real.debug
    assert not real.testing
