"""The discreet variant: no word that tells the field is in the paper, its metadata, its file's name, the signed file,
the public page, the address, or a mail. The course's every other text tells it."""

import io
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from flask import Flask

from elearn.core.mail import DIGEST, LETTERS
from elearn.services.publishing import publish_files
from elearn.store.base import now
from tests import world
from tests.browse import Browser, Page
from tests.services.test_pdf import run
from tests.web.papers import issued
from tests.web.test_attestation import new_link

BANNED = (
    "pair", "aidant", "peer", "mental", "sante", "health", "retablissement", "recovery", "vecu", "experience",
    "detresse", "psych", "suicide", "crise", "divulg", "disclos", "trouble", "malad", "ecouter", "parler", "role",
    "mutual", "reperes", "landmark", "competenc", "deux pairs", "two peer", "stage", "practicum",
)  # fmt: skip
"""Without accents and in small letters, as a search would."""
ALLOWED = ("/o/site/status/", "did:web:", "localhost")


@pytest.fixture
def telling(site: Flask) -> Iterator[None]:
    """Titles, competencies, reviewers and the rule's words all say the field; only the discreet title does not."""
    course = world.COURSE.replace(
        "Premiers repères, en: First landmarks", "Devenir pair aidant en santé mentale, en: Peer support"
    )
    with site.app_context():
        files = world.site({"courses/reperes/course.yaml": course})
        assert publish_files(files, site.config["ELEARN"].instance, now()).problems == ()
    yield


@pytest.fixture
def page(telling: None, benoit: Browser) -> Page:
    return new_link(issued(benoit, "Bastien Roy"), title="discreet", details="1")


RANDOM = re.compile(r'"(?:proofValue|identityHash|salt|id)":\s*"[^"]*"')
"""Members whose value is drawn or hashed: any letters may stand there."""


def plain(text: str) -> str:
    text = RANDOM.sub("", text)
    whole = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    for words in ALLOWED:
        whole = whole.replace(words, " ")
    return whole.casefold()


def found(text: str) -> list[str]:
    return [word for word in BANNED if word in plain(text)]


def discreet_paper(page: Page) -> tuple[bytes, str]:
    """(the PDF, the name of its file)."""
    for link in (one for one in page.links if one.endswith("/pdf")):
        response = page.browser.get(link).response
        with pikepdf.open(io.BytesIO(response.get_data())) as paper:
            if "Relations" in str(paper.docinfo.get("/Title")):
                return response.get_data(), response.headers["Content-Disposition"]
    raise AssertionError("there is no discreet paper")


def test_the_words_are_found_where_they_may_stand(page: Page) -> None:
    """The search itself works: the real paper and page are full of them."""
    assert {"pair", "aidant", "mental", "ecouter"} <= set(found(page.text))


def test_the_paper(page: Page, tmp_path: Path) -> None:
    body, name = discreet_paper(page)
    (tmp_path / "paper.pdf").write_bytes(body)
    assert found(name) == []
    assert found(run("pdftotext", "-layout", tmp_path / "paper.pdf", "-")) == []
    for option in ([], ["-meta"], ["-struct-text"], ["-custom"], ["-url"]):
        assert found(run("pdfinfo", *option, tmp_path / "paper.pdf")) == [], option
    with pikepdf.open(io.BytesIO(body)) as paper:
        streams = [one for one in paper.objects if isinstance(one, pikepdf.Stream)]
        attached = paper.attachments["attestation.vc.json"].get_file().read_bytes()
        strings = [str(one) for one in paper.objects if isinstance(one, pikepdf.String)]
    assert found(attached.decode()) == [] and found(" ".join(strings)) == [] and streams


def test_the_signed_file(page: Page) -> None:
    holder = page.path
    body = page.browser.get(f"{holder}/credentials/discreet").response.get_data()
    assert found(body.decode()) == []
    real = json.loads(page.browser.get(f"{holder}/credentials/real").response.get_data())
    discreet = json.loads(body)
    shared = set(_texts(real)) & set(_texts(discreet))
    narrative = discreet["credentialSubject"]["achievement"]["criteria"]["narrative"]
    assert "%" not in narrative and "tag" not in discreet["credentialSubject"]["achievement"]
    assert real["id"] != discreet["id"]
    assert real["credentialSubject"]["achievement"]["id"] != discreet["credentialSubject"]["achievement"]["id"]
    assert real["credentialStatus"]["statusListIndex"] != discreet["credentialStatus"]["statusListIndex"]
    assert not [one for one in shared if "Bastien" in one], "the name stands in none that both share"


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def test_the_page_and_its_address(page: Page, visitor: Browser) -> None:
    for path in (link for link in page.links if link.startswith("/V/")):
        shown = visitor.get(path)
        if "Relations et écoute" not in shown.text:
            continue
        assert found(path) == []
        main = re.search(r"<main.*?</main>", shown.response.get_data(as_text=True), re.DOTALL)
        head = re.search(r"<head>.*?</head>", shown.response.get_data(as_text=True), re.DOTALL)
        assert main and head
        assert found(re.sub(r"<[^>]+>", " ", main[0])) == []
        assert found(re.sub(r'nonce="[^"]+"|href="[^"]+"|src="[^"]+"', "", head[0])) == []
        return
    raise AssertionError("there is no discreet page")


def test_mails() -> None:
    """No letter says a course, a unit or a field, in its subject or its words."""
    for letter in (*LETTERS.values(), DIGEST):
        for words in (*letter.subject.values(), *(line for lines in letter.lines.values() for line in lines)):
            assert found(words) == [], words
