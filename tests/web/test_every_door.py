"""For each role: open every page that it can reach by links, and press every button of every form as it stands and
filled in. Nothing that is shown may lead to a refusal, a missing page or a fault.
"""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.browse import Browser, Form, Page
from tests.web import groups
from tests.web.test_course import finish

FILLED = {"text": "quelques mots", "search": "écoute", "password": "lampe ronde tabouret 7"}
ENDS_THE_SESSION = ("/sign-out", "/sign-out-everywhere")
MAKES_SOMEONE_ELSE = ("/sign-up", "/sign-in", "/recovery/code")
"""Doors, which only a visitor presses: whoever is signed in would go on as another person."""
TAKES_AWAY = (
    "/erasure",
    "/whole-erasure",
    "/withdrawals",
    "/restorations",
    "/closure",
    "/password",
    "/confirm",
    "/removal",
)
"""A password that is given or changed gives the session another token: forms shown before are no longer good."""
FINE = {200, 401, 409, 410, 422, 429}
"""A form sent as it stands may be asked for more (422), sent again with other words shown both (409), a name refused
(401, 410) or slowed (429): each with words."""


def shape(path: str) -> str:
    """Pages that differ by an id or a query only are the same page here."""
    path = path.partition("?")[0]
    return re.sub(
        r"/[0-9a-f-]{36}(?![0-9a-f])|/[0-9a-f]{64}|/V/[0-9A-Z-]{26,}|/[0-9A-Z]{26}(?=/|$)|/links/[^/]+", "/ID", path
    )


def fill(form: Form) -> dict[str, list[str]]:
    """Something plausible in every field: the last choice of each group, words in texts."""
    values = form.values()
    for one in form.element.iter():
        name, kind = one.get("name"), one.get("type") or "text"
        if not name or kind == "hidden":
            continue
        if one.tag == "textarea" or (one.tag == "input" and kind in FILLED):
            values[name] = [FILLED.get(kind, "quelques mots")]
        elif one.tag == "input" and kind in ("radio", "checkbox"):
            values[name] = [one.get("value") or "on"]
        elif one.tag == "select":
            values[name] = [[option.get("value") or "" for option in one.iter("option")][-1]]
    return values


def crawl(start: Callable[[], Browser], first: str = "/", within: str = "/") -> tuple[dict[str, Page], set[str]]:
    """Every page by shape, and the addresses of every form that was sent. What takes something away comes last."""
    browser = start()
    seen: dict[str, Page] = {}
    sent: set[str] = set()
    waiting, last = [first], list[Form]()
    while waiting:
        path = waiting.pop(0)
        if shape(path) in seen or not path.startswith(within):
            continue
        page = browser.get(path)
        assert page.status == 200, f"{path} answers {page.status}"
        seen[shape(path)] = page
        waiting += page.links
        closed = ENDS_THE_SESSION
        if any(form.action.endswith(ENDS_THE_SESSION) for form in page.forms):
            closed += MAKES_SOMEONE_ELSE
        for form in (one for one in page.forms if one.action.startswith(within)):
            key = f"{form.method} {shape(form.action)}"
            if key not in sent and form.action.endswith(TAKES_AWAY):
                last.append(form)
            elif key not in sent and not form.action.endswith(closed):
                waiting += press(form)
            sent.add(key)
    for form in sorted(last, key=lambda one: TAKES_AWAY.index("/" + one.action.rpartition("/")[2])):
        press(as_it_stands_now(form))
    return seen, sent


def as_it_stands_now(form: Form) -> Form:
    """The same form of the same page, opened again: what was pressed before it may have given other tokens."""
    again = form.page.browser.get(form.page.path)
    return next((one for one in again.forms if one.action == form.action), form)


def press(form: Form) -> list[str]:
    """Each button, with the form as it stands and filled in; the links of the pages that answer."""
    found = []
    for values in (form.values(), fill(form)):
        for button in form.buttons():
            if button.get("name"):
                values[button.get("name") or ""] = [button.get("value") or ""]
            answer = form.page.browser.send(form.method, form.action, values)
            where = f"{form.action} on {form.page.path}"
            assert answer.status in FINE, f"{where} answers {answer.status}: {answer.text[:300]}"
            found += answer.links if answer.status == 200 and answer.is_html else []
    return found


def test_a_visitor(site: Flask) -> None:
    seen, sent = crawl(lambda: Browser(site))
    for page in ("/", "/help", "/privacy", "/learning/", "/accounts/sign-in", "/accounts/sign-up"):
        assert page in seen
    assert "post /accounts/sign-up" in sent
    assert not any(path.startswith("/authoring") for path in seen)


@pytest.mark.parametrize("name", ["Benoît", "Ada", "Émile"])
def test_someone_signed_in(signed_in: Callable[[str], Browser], name: str) -> None:
    seen, sent = crawl(lambda: signed_in(name))
    assert "/attestations/" in seen and "/accounts/" in seen
    assert ("/authoring/" in seen) == (name != "Benoît")
    assert ("/administration/people/ID" in seen) == (name == "Émile")
    assert "post /learning/reperes/ecouter/se-taire/qui-decide/attempts" in sent
    assert {"post /privacy/export", "post /privacy/erasure", "post /privacy/consents"} <= sent


def test_a_trainee_who_finished(signed_in: Callable[[str], Browser]) -> None:
    def start() -> Browser:
        browser = signed_in("Benoît")
        finish(browser)
        return browser

    seen, sent = crawl(start)
    assert "/attestations/ID" in seen
    assert any(key.startswith("post /attestations") for key in sent)


def test_someone_with_a_private_text_and_the_trainer_it_is_shared_with(signed_in: Callable[[str], Browser]) -> None:
    """From the account page on: what leads there from elsewhere is crawled above."""
    ada, benoit = signed_in("Ada"), signed_in("Benoît")
    groups.join(benoit, groups.invitation(groups.group(ada)))
    form = benoit.get("/learning/reperes/ecouter/verifier").form("/une-fois/attempts")
    form.submit(text="quelques mots", consent="yes")
    seen, sent = crawl(lambda: benoit, "/reflections/", within="/reflections/")
    assert {"/reflections/", "/reflections/ID/sharing", "/reflections/ID/erasure", "/reflections/download"} <= set(seen)
    assert {"post /reflections/ID/sharing", "post /reflections/ID/erasure", "post /reflections/whole-erasure"} <= sent
    form = benoit.get("/learning/reperes/ecouter/verifier").form("/une-fois/attempts")
    form.submit(text="quelques mots")
    sharing = benoit.get("/reflections/").follow("Partager").form("/sharing")
    sharing.submit(trainer=next(iter(sharing.choices("trainer").values())), sure="yes")
    seen, sent = crawl(lambda: ada, "/reflections/shared", within="/reflections/")
    assert "/reflections/shared" in seen and "post /reflections/shared/ID/readings" in sent


@pytest.mark.parametrize("ending", ENDS_THE_SESSION)
def test_the_ways_out(signed_in: Callable[[str], Browser], ending: str) -> None:
    page = signed_in("Benoît").get("/accounts/").form(ending).submit()
    assert page.status == 200
    assert "Se connecter" in page.text
