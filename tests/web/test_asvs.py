"""Lines of ASVS 5.0 that hold for every page at once; docs/security.md lists them with all the others."""

from __future__ import annotations

import datetime as dt
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, request
from sqlalchemy import event
from werkzeug.routing import Rule

from elearn import logs
from elearn.app import create_app
from elearn.config import ROOT, Settings
from elearn.core.codes import ALPHABET, BYTES, LENGTH
from elearn.core.permissions import may
from elearn.keyring import KEY_FILES, Keyring
from elearn.services.publishing import publish_files
from elearn.store.accounts import new_uid
from elearn.store.base import db
from elearn.web.limits import network
from tests import world
from tests.browse import FORGED, Browser, Page
from tests.conftest import close
from tests.web.groups import group
from tests.web.test_access import World, address, others, person, routes, send, signed_in

COOKIE = "__Host-elearn"
ELSEWHERE = [
    "https://evil.example/",
    "http://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example/%2f..",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "\x00//evil.example",
    "/\x0b/evil.example",
    "/\x7f/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:\\\\evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "evil.example",
    "@evil.example",
    "http://localhost@evil.example/",
    "http://localhost.evil.example/",
    "//localhost@evil.example",
    "//[::1",
    "ftp://evil.example",
    "?next=//evil.example",
]

WITHOUT_CHARSET = {
    "application/json",
    "application/pdf",
    "application/zip",
    "image/svg+xml",
    "application/did+json",
    "application/vc",
}
"""JSON, whatever it holds, is UTF-8 (RFC 8259, 8.1)."""


@pytest.fixture
def there(site: Flask) -> World:
    return others(site)


@pytest.fixture
def real_site(settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """With an address and one proxy in front, as an association would run it."""
    keys = Keyring(settings.keys, strict=False)
    for name in KEY_FILES:
        keys.key(name)
    real = Settings.from_env(
        {},
        database_url=settings.database_url,
        instance=str(settings.instance),
        keys=str(settings.keys),
        base_url="https://asso.example",
        proxies="1",
    )
    made = create_app(real)
    with made.app_context():
        publish_files(world.site(), real.instance, world.AT)
    yield made
    close(made)


def opened(site: Flask, there: World, role: str) -> Iterator[tuple[Rule, Any]]:
    """Every GET route as somebody of that role sees it."""
    with site.app_context():
        who = person("Qui regarde", role)
    browser, _token = signed_in(site, who)
    for rule, method in routes(site):
        if method == "GET":
            answer = browser.client.get(address(site, rule, there))
            yield rule, answer
            answer.close()


@pytest.mark.parametrize("role", ["trainee", "admin"])
def test_asvs_4_1_1_every_answer_says_its_type_and_charset(site: Flask, there: World, role: str) -> None:
    seen = 0
    for rule, answer in opened(site, there, role):
        kind = answer.headers["Content-Type"]
        if answer.mimetype.startswith("text/"):
            assert answer.mimetype_params["charset"].lower() == "utf-8", rule.rule
            seen += 1
        else:
            assert answer.mimetype in WITHOUT_CHARSET, f"{rule.rule}: {kind}"
    assert seen > 10


@pytest.mark.parametrize("path", ["/nowhere", "/cohorts/join/x", "/accounts/links/x"])
def test_asvs_4_1_1_refusals_too(visitor: Browser, path: str) -> None:
    for method in ("GET", "POST", "PUT"):
        answer = visitor.client.open(path, method=method, headers=FORGED)
        if answer.data:
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("role", ["trainee", "trainer", "admin"])
def test_asvs_3_5_3_no_get_writes_anything(site: Flask, there: World, role: str) -> None:
    written: list[str] = []
    with site.app_context():
        engine = db.engine

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN", "WITH")):
            written.append(statement)

    seen = 0
    for rule, answer in opened_while(engine, note, opened(site, there, role)):
        assert written == [], rule.rule
        assert answer.status_code < 500
        seen += 1
    assert seen > 20


def opened_while(engine: Any, note: Callable[..., None], pages: Iterator[Any]) -> Iterator[Any]:
    """The pages, listened to from the second on: what signs in first may write."""
    yield next(pages)
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield from pages
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_asvs_3_5_1_every_unsafe_form_needs_a_page_of_this_site_and_a_token(site: Flask, there: World) -> None:
    """Whoever is signed in: without the token, with another's, or sent from elsewhere, nothing is done."""
    with site.app_context():
        people = {role: person(f"Qui demande {role}", role) for role in ("admin", "trainer")}
        other = person("Quelqu'un", "admin")
    sessions = {role: signed_in(site, who) for role, who in people.items()}
    _, foreign = signed_in(site, other)
    checked = 0
    for rule, method in routes(site):
        view = site.view_functions[rule.endpoint]
        if method == "GET" or getattr(view, "harmless", False):
            continue
        path = address(site, rule, there)
        may_it = view.door == "public" or may("admin", view.door)
        browser, token = sessions["admin" if may_it else "trainer"]
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}, {}):
            answer = browser.client.open(path, method=method, data={"csrf_token": token}, headers=headers)
            assert answer.status_code == 400, f"{method} {rule.rule} from elsewhere: {answer.status_code}"
        if not getattr(view, "keeps", False):
            for wrong in ("", "0" * 64, foreign):
                answer = send(browser, method, path, wrong)
                assert answer.status_code == 400, f"{method} {rule.rule} with token “{wrong[:5]}”: {answer.status_code}"
            checked += 1
    assert checked > 15


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_asvs_3_7_2_no_form_leads_to_another_site(site: Flask, visitor: Browser, wanted: str) -> None:
    for path, fields in (
        ("/language", {"language": "en"}),
        ("/accounts/sign-up", {"sign_in_name": "farid", "password": "lampe ronde tabouret"}),
        ("/accounts/sign-in", {"name": "farid", "password": "lampe ronde tabouret"}),
    ):
        answer = Browser(site).client.post(path, data={**fields, "next": wanted}, headers=FORGED)
        assert answer.status_code == 303, path
        target = answer.headers["Location"]
        parts = urlsplit(target)
        assert re.match(r"/(?![/\\])", target) and not parts.scheme and not parts.netloc
        assert "evil" not in target and "\\" not in target


def test_asvs_3_7_2_a_page_of_this_site_is_followed(site: Flask) -> None:
    data = {"language": "en", "next": "/learning/reperes?x=1"}
    answer = Browser(site).client.post("/language", data=data, headers=FORGED)
    assert answer.headers["Location"] == "/learning/reperes?x=1"


def test_asvs_3_4_1_a_real_site_asks_for_tls_for_a_year(real_site: Flask, visitor: Browser) -> None:
    for path in ("/", "/nowhere", "/accounts/sign-in"):
        answer = real_site.test_client().get(path, base_url="https://asso.example")
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Strict-Transport-Security" not in visitor.client.get("/").headers, "a trial on one machine has no TLS"


PAGES = ["/", "/help", "/learning/reperes", "/accounts/sign-in", "/cohorts/join", "/V/", "/nowhere", "/healthz"]


@pytest.mark.parametrize("path", PAGES)
def test_asvs_3_4_4_types_are_not_guessed(visitor: Browser, path: str) -> None:
    assert visitor.client.get(path).headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_asvs_3_4_5_no_address_is_told_to_other_sites(visitor: Browser, path: str) -> None:
    assert visitor.client.get(path).headers["Referrer-Policy"] in ("same-origin", "no-referrer")


@pytest.mark.parametrize("path", PAGES)
def test_asvs_3_4_6_no_other_site_frames_a_page(visitor: Browser, path: str) -> None:
    assert "frame-ancestors 'none'" in visitor.client.get(path).headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_asvs_3_4_8_no_window_is_shared(visitor: Browser, path: str) -> None:
    assert visitor.client.get(path).headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("sent", "believed"),
    [("198.51.100.7", "198.51.100.7"), ("203.0.113.66, 198.51.100.7", "198.51.100.7"), ("", "192.0.2.1")],
)
def test_asvs_4_1_3_only_the_last_proxy_is_believed(real_site: Flask, sent: str, believed: str) -> None:
    headers = {"X-Forwarded-For": sent, "X-Forwarded-Proto": "https"} if sent else {"X-Forwarded-Proto": "https"}
    with real_site.test_client() as client:
        client.get("/help", headers=headers, base_url="http://asso.example", environ_base={"REMOTE_ADDR": "192.0.2.1"})
        assert request.remote_addr == believed
        assert network() == f"{believed}/32"


def test_asvs_4_1_3_without_a_proxy_nobody_is_believed(site: Flask) -> None:
    with site.test_client() as client:
        client.get("/help", headers={"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Host": "evil.example"})
        assert request.remote_addr == "127.0.0.1"
        assert request.host == "localhost"


@pytest.mark.parametrize("host", ["evil.example", "asso.example.evil.example", "asso.example:1234@evil.example", ""])
def test_asvs_4_1_3_another_host_is_refused(real_site: Flask, host: str) -> None:
    answer = real_site.test_client().get("/", headers={"Host": host})
    assert answer.status_code == 400 and b"evil" not in answer.data


CLOSED = [
    *("/.git/config", "/.git/HEAD", "/.env", "/.hg/", "/pyproject.toml", "/wsgi.py", "/elearn.sqlite", "/backup.zip"),
    *("/instance/elearn.sqlite", "/keys/secret", "/static/../config.py", "/static/%2e%2e/config.py"),
    *("/static/..%2fconfig.py", "/static/css/../../../config.py", "/static/%5c..%5cconfig.py"),
]


@pytest.mark.parametrize("path", CLOSED)
def test_asvs_13_4_1_no_repository_key_or_source_is_served(visitor: Browser, path: str) -> None:
    answer = visitor.client.get(path)
    assert answer.status_code in (404, 308, 301), path
    assert not re.search(rb"repositoryformatversion|ELEARN_|SQLite format|\[project\]", answer.data)


@pytest.mark.parametrize(
    "path", ["/console", "/debug", "/_debug_toolbar/", "/?__debugger__=yes&cmd=resource&f=style.css"]
)
def test_asvs_13_4_2_no_debug_page(site: Flask, visitor: Browser, path: str) -> None:
    assert not site.debug
    answer = visitor.client.get(path)
    assert answer.status_code == 404 or b"debugger" not in answer.data.lower().replace(b"__debugger__", b"")


@pytest.mark.parametrize(
    "path", ["/static", "/static/", "/static/css", "/static/css/", "/static/js/", "/media/", "/media"]
)
def test_asvs_13_4_3_no_list_of_files(visitor: Browser, path: str) -> None:
    answer = visitor.client.get(path, follow_redirects=True)
    assert answer.status_code == 404
    assert b"base.css" not in answer.data.replace(b"/static/css/base.", b"")


def test_asvs_13_4_4_trace_is_not_answered(visitor: Browser) -> None:
    for path in ("/", "/help", "/static/css/base.css"):
        answer = visitor.client.open(path, method="TRACE", headers={"X-Canary": "canari-7"})
        assert answer.status_code in (404, 405)
        assert b"canari-7" not in answer.data


@pytest.mark.parametrize("path", ["/metrics", "/admin", "/server-status", "/swagger.json", "/openapi.json", "/docs"])
def test_asvs_13_4_5_no_page_about_the_machine(visitor: Browser, path: str) -> None:
    answer = visitor.client.get(path)
    assert answer.status_code in (401, 403, 404)
    assert b"# HELP" not in answer.data


@pytest.mark.parametrize("role", ["trainee", "admin"])
def test_asvs_14_2_1_no_secret_is_sent_in_an_address(site: Flask, there: World, role: str) -> None:
    """Forms that are sent by GET hold searches, codes and choices: never a password, a token or a text."""
    pages = [
        Page(Browser(site), rule.rule, answer)
        for rule, answer in opened(site, there, role)
        if answer.mimetype == "text/html"
    ]
    forms = [form for page in pages for form in page.forms if form.method == "get"]
    assert forms
    for form in forms:
        for one in form.element.iter():
            assert one.tag != "textarea" and one.get("type") not in ("password", "file")
            assert one.get("name") not in ("csrf_token", "idempotency_key", "text", "password")


@pytest.mark.parametrize("path", PAGES)
def test_asvs_14_2_3_no_page_asks_anything_of_another_site(visitor: Browser, path: str) -> None:
    page = visitor.get(path)
    for tag, name in (("link", "href"), ("script", "src"), ("img", "src"), ("form", "action"), ("iframe", "src")):
        for one in page.all(tag):
            assert (one.get(name) or "/").startswith("/"), f"{tag} {one.get(name)}"
    policy = page.response.headers["Content-Security-Policy"]
    assert "http" not in policy and "*" not in policy


def test_asvs_14_2_3_no_stylesheet_or_script_does_either() -> None:
    for path in (ROOT / "elearn/web/static").rglob("*.*"):
        if path.suffix in (".css", ".js"):
            assert not re.search(
                r"""url\(["']?(?:https?:)?//|@import|["'`](?:https?:)?//""", path.read_text("utf-8")
            ), path


def test_asvs_14_3_2_pages_of_someone_signed_in_are_not_kept(site: Flask, there: World) -> None:
    for rule, answer in opened(site, there, "admin"):
        if answer.mimetype == "text/html" and answer.status_code == 200:
            assert answer.headers["Cache-Control"] == "no-store", rule.rule


def test_asvs_14_3_3_nothing_is_stored_in_the_browser() -> None:
    """No private text in it, since no script stores anything."""
    scripts = list((ROOT / "elearn/web/static/js").glob("*.js"))
    assert scripts
    for path in scripts:
        code = re.sub(r"//.*", "", path.read_text("utf-8"))
        assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.", code), path


def test_asvs_15_3_3_fields_that_a_form_does_not_offer_change_nothing(
    site: Flask, visitor: Browser, signed_in: Callable[[str], Browser]
) -> None:
    more = {"role": "admin", "id": "1", "uid": "7" * 26, "demo": "1", "created_at": "2020-01-01", "password_hash": "x"}
    data = {"sign_in_name": "farid", "password": "lampe ronde tabouret", **more}
    assert visitor.client.post("/accounts/sign-up", data=data, headers=FORGED).status_code == 303
    ada = signed_in("Ada")
    form = ada.get("/cohorts/new").form("/cohorts/")
    data = {**form.values(), "name": "Jeudi", **more, "closed_at": "2020-01-01", "made_at": "2020-01-01"}
    ada.client.post("/cohorts/", data=data, headers=FORGED)
    with site.app_context(), db.engine.connect() as connection:
        who = connection.exec_driver_sql("SELECT * FROM person WHERE sign_in_key = 'farid'").one()
        made = connection.exec_driver_sql("SELECT * FROM cohort WHERE name = 'Jeudi'").one()
    assert (who.role, who.demo, who.uid == "7" * 26, who.password_hash == "x") == ("trainee", 0, False, False)
    assert (made.uid == "7" * 26, made.closed_at) == (False, None)
    assert not str(made.made_at).startswith("2020")


def test_asvs_16_5_1_a_fault_tells_nothing_of_the_inside(
    benoit: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """We break a query on purpose: no test double, only a fault."""

    def fault(*_anything: object) -> None:
        raise RuntimeError("canari-7 in elearn/store/attestations.py")

    monkeypatch.setattr("elearn.store.attestations.held", fault)
    page = benoit.get("/attestations/")
    assert page.status == 500
    assert "Une erreur est de notre côté" in page.text
    for word in (b"canari", b"Traceback", b"RuntimeError", b"elearn/", b".py"):
        assert word not in page.response.data
    assert "/help" in page.links


def test_asvs_16_3_2_a_refusal_leaves_a_line_that_names_nobody(
    signed_in: Callable[[str], Browser], benoit: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    path = group(signed_in("Ada"), "Groupe secret").path
    dalia = signed_in("Dalia")
    lines = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(logs.JsonLines().format(record)))

    keep = Keep()
    logging.getLogger("elearn").addHandler(keep)
    benoit.get(path)
    dalia.get(path)
    logging.getLogger("elearn").removeHandler(keep)
    told = [(one["event"], one["role"], one["endpoint"]) for one in lines]
    assert told == [("refused", "trainee", "cohorts.cohort"), ("not theirs or not there", "trainer", "cohorts.cohort")]
    assert not re.search(r"Beno|Dalia|secret|" + path.rpartition("/")[2], json.dumps(lines, ensure_ascii=False))
    assert all(dt.datetime.fromisoformat(one["at"]).utcoffset() == dt.timedelta(0) for one in lines)


def test_asvs_11_5_1_codes_have_128_random_bits() -> None:
    codes = {new_uid() for _ in range(2000)}
    assert len(codes) == 2000
    assert BYTES * 8 == 128 and all(len(code) == LENGTH and set(code) <= set(ALPHABET) for code in codes)
    for place in range(1, LENGTH):
        assert len({code[place] for code in codes}) == len(ALPHABET), "each place takes every value"


def test_asvs_11_1_2_every_key_says_what_it_is_for_and_no_two_uses_share_one(app: Flask) -> None:
    assert all(KEY_FILES.values())
    ring: Keyring = app.config["ELEARN_KEYRING"]
    used = {ring.key(name) for name in KEY_FILES} | {
        ring.derived(one) for one in ("invitation", "session", "mail address")
    }
    assert len(used) == len(KEY_FILES) + 3


@pytest.mark.parametrize("value", ["a\nb", "a\r\n{}", "\x1b[31mrouge", "\u2028", '"}\n{"event": "forged"}', "\x00"])
def test_asvs_16_4_1_nobody_writes_a_line_of_their_own_into_the_log(value: str) -> None:
    record = logging.LogRecord("elearn", logging.WARNING, __file__, 1, "refused", None, None)
    record.fields = {"endpoint": value}
    line = logs.JsonLines().format(record)
    assert "\n" not in line and "\r" not in line and "\x1b" not in line
    assert json.loads(line)["endpoint"] == value and json.loads(line)["event"] == "refused"


def test_asvs_16_2_1_only_fields_of_the_list_are_written() -> None:
    with pytest.raises(ValueError, match="password"):
        logs.note("refused", password="lampe ronde tabouret")
