"""What people entrust lies nowhere in clear: a real site is told a password, an address and a private text, does all
that a site does with them (log, send, back up, rotate, restore), and then every byte that it wrote is searched.
"""

import base64
import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from elearn.config import ROOT
from elearn.core.check import check_site
from elearn.store.base import now
from elearn.store.content_folder import read_folder
from tests import shipped
from tests.site import Running, Visitor, environment, running

NAME, PASSWORD = "chloe", "serrure-canari-violette"
ADDRESS = "plume.canari@exemple.org"
TEXT = "texte-canari que personne d'autre ne lit"
EDITED, REFUSED, SAVED = "texte-canari changé : é 🙂", "texte-canari refusé", "texte-canari gardé en chemin"
CANARIES = {"password": "serrure-canari", "address": "plume.canari", "private text": "texte-canari"}
OPEN = "reponse-ouverte"
"""The control: words of an answer that is not private, which do lie in the database."""


def forms_of(words: str) -> Iterator[bytes]:
    """The bytes under which words may lie: plain, wide, escaped, and in base64 at each of its three places."""
    plain = words.encode()
    yield from (plain, words.encode("utf-16-le"), words.encode("utf-16-be"), words.encode("utf-32-le"))
    yield from (quote(words, safe="").encode(), quote_plus(words).encode(), json.dumps(words)[1:-1].encode())
    yield from (plain.hex().encode(), plain.hex().upper().encode(), plain[::-1])
    for before in range(3):
        coded = base64.b64encode(b"." * before + plain)
        whole = coded[(before * 8 + 5) // 6 : (before + len(plain)) * 8 // 6]
        yield from (whole, whole.replace(b"+", b"-").replace(b"/", b"_"))


pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="searches the SQLite file"),
]


def a_question(wanted: str) -> str:
    """The address of a section that asks a question of this kind, and the question's id."""
    build = check_site(read_folder(shipped.some()), now().date())
    for (course, unit, lang), compiled in build.units.items():
        for section in compiled.sections if lang == "fr" else ():
            for prompt in section.questions:
                if prompt.kind == wanted and prompt in section.prompts:
                    return f"/learning/{course}/{unit}/{section.id} {prompt.id}"
    raise AssertionError(f"no unit asks a question of kind {wanted}")


def elearn(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "elearn.cli", *words],
        cwd=ROOT,
        env=environment(folder, **settings(folder)),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def settings(folder: Path) -> dict[str, str]:
    return {"ELEARN_BACKUPS": str(folder / "backups"), "TMPDIR": str(folder / "tmp"), "SQLITE_TMPDIR": f"{folder}/tmp"}


def entrust(site: Running) -> None:
    """One person gives everything, once right and once wrong, so that refusals are logged too."""
    where, _, question = a_question("reflection").partition(" ")
    visitor = Visitor(site.port)
    visitor.sign_up(NAME, PASSWORD)
    wrong = Visitor(site.port).submit("/accounts/sign-in", "/sign-in", name=NAME, password=PASSWORD + "!")
    assert wrong.status == 422
    page = visitor.get(where)
    form = page.form(f"/{question}/attempts")
    refused = visitor.post(form.action, form.fields | {"text": TEXT, "document": "0" * 64})
    assert refused.status == 400
    kept = visitor.post(form.action, form.fields | {"text": TEXT, "consent": "yes"})
    assert kept.status == 303, kept.text[:300]
    assert TEXT.replace("'", "&#39;") in visitor.get(where).text
    stale = visitor.post(form.action, form.fields | {"text": REFUSED, "idempotency_key": "k" * 22})
    assert stale.status == 409, "another tab: both are shown, nothing is overwritten"
    saved = visitor.get(where).form(f"/{question}/attempts")
    quietly = saved.fields | {"text": SAVED, "quiet": "1"}
    assert visitor.post(saved.action.replace("/attempts", "/drafts"), quietly).status == 204
    edited = visitor.submit(where, f"/{question}/attempts", text=EDITED)
    assert edited.status == 303 and EDITED in visitor.get("/reflections/").text
    assert visitor.submit("/reflections/download", "/reflections/download").status == 200
    fail_to_save(site, visitor, where, question)
    share(site, visitor)
    openly, _, asked_there = a_question("short_answer").partition(" ")
    assert visitor.submit(openly, f"/{asked_there}/attempts", answer=OPEN).status == 303
    given = visitor.submit("/accounts/recovery/address", "/recovery/address", address=ADDRESS)
    assert given.status == 303, given.text[:300]
    asked = Visitor(site.port).submit("/accounts/recovery/mail", "/recovery/mail", who=ADDRESS)
    assert asked.status == 200
    assert visitor.get("/learning/" + "canari" * 2000).status == 404


def erase(site: Running) -> None:
    visitor = Visitor(site.port)
    assert visitor.submit("/accounts/sign-in", "/sign-in", name=NAME, password=PASSWORD).status == 303
    page = text_page(visitor, "erasure")
    assert visitor.submit(page, "/erasure").status == 303 and EDITED not in visitor.get("/reflections/").text


def fail_to_save(site: Running, visitor: Visitor, where: str, question: str) -> None:
    """The database refuses the text: it is shown again, and no log takes a word of it."""
    form = visitor.get(where).form(f"/{question}/attempts")
    with closing(sqlite3.connect(database(site.folder))) as file:
        for deed in ("UPDATE", "INSERT"):
            words = "RAISE(ABORT, 'refused by the test')"
            file.execute(f"CREATE TRIGGER no_{deed} BEFORE {deed} ON reflection BEGIN SELECT {words}; END")
        answer = visitor.post(form.action, form.fields | {"text": REFUSED})
        assert answer.status == 503 and REFUSED in answer.text, "what was typed stays on the page"
        for deed in ("UPDATE", "INSERT"):
            file.execute(f"DROP TRIGGER no_{deed}")
    assert EDITED in visitor.get(where).text


def share(site: Running, visitor: Visitor) -> None:
    """With a trainer, who opens it; then the words change once more."""
    trainer = next(one for one in entered(site) if one.get("/reflections/shared").status == 200)
    course = a_question("reflection").split("/")[2]
    group = trainer.submit("/cohorts/new", "/cohorts/", name="Mardi", course=course, organisation="")
    assert group.status == 303, group.text
    into = f"cohort:{group.path.rpartition('/')[2]}"
    made = trainer.submit("/cohorts/invitations/new", "/invitations", into=into, days="30", most="9")
    assert made.status == 303, made.text
    join = re.search(r'/cohorts/join/[\w-]+(?=")', trainer.get(made.path).text)
    assert join and visitor.submit(join[0], join[0]).status == 303
    form = visitor.get(text_page(visitor, "sharing")).form("/sharing")
    chosen = re.search(r'name="trainer" value="(\w+)"', visitor.get(form.action).text)
    assert chosen and visitor.post(form.action, form.fields | {"trainer": chosen[1], "sure": "yes"}).status == 303
    opened = trainer.submit("/reflections/shared", "/readings")
    assert EDITED in trainer.get(opened.path).text


def entered(site: Running) -> Iterator[Visitor]:
    for link in site.links:
        visitor = Visitor(site.port)
        visitor.sign_in(link)
        yield visitor


def text_page(visitor: Visitor, word: str) -> str:
    address = re.search(rf"/reflections/[0-9a-f-]{{36}}/{word}", visitor.get("/reflections/").text)
    assert address
    return address[0]


def database(folder: Path) -> Path:
    return folder / "instance" / "elearn.sqlite"


def found(folder: Path, wanted: Mapping[str, str] = CANARIES) -> list[str]:
    """Files in which a canary lies in clear, in whatever form, also inside what is compressed."""
    forms = {what: set(forms_of(words)) for what, words in wanted.items()}
    hits = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        body = path.read_bytes()
        bodies = [body, gzip.decompress(body)] if body.startswith(b"\x1f\x8b") else [body]
        here = path.relative_to(folder)
        hits += [f"{what} in {here}" for what, its in forms.items() if any(it in b for it in its for b in bodies)]
    return hits


def test_asvs_14_1_2_what_is_entrusted_lies_nowhere_in_clear(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    with running(tmp_path, **settings(tmp_path)) as site:
        entrust(site)
        elearn(tmp_path, "work", "--once")
        assert found(tmp_path, {"open": OPEN}), "the control: an answer that is not private lies there, and is found"
        assert found(tmp_path) == [], "while the site runs: database, WAL, log, mail"
        elearn(tmp_path, "backup")
        elearn(tmp_path, "keys", "rotate", "--again")
        assert list((tmp_path / "instance" / "mail").iterdir()), "a message was written: else nothing was looked for"
        assert found(tmp_path) == [], "backup, rotation, temporary files"
        erase(site)
        assert found(tmp_path) == [], "a deleted text"
    archive = next((tmp_path / "backups").glob("*.backup"))
    elearn(tmp_path, "restore", str(archive))
    elearn(tmp_path, "doctor")
    assert found(tmp_path) == [], "after a restore, the former instance kept aside included"


@pytest.mark.parametrize("form", sorted(set(forms_of(CANARIES["private text"]))))
def test_the_search_finds_what_lies_in_clear(tmp_path: Path, form: bytes) -> None:
    (tmp_path / "a").write_bytes(b"...plume.canari@...")
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"..." + form + b"..."))
    (tmp_path / "c").write_bytes(b"texte-canary")
    assert found(tmp_path) == ["address in a", "private text in b.gz"]


@pytest.mark.parametrize("before", range(3))
def test_the_search_finds_words_within_what_was_coded_whole(tmp_path: Path, before: int) -> None:
    (tmp_path / "a").write_bytes(base64.b64encode(b"." * before + b"texte-canari que personne"))
    assert found(tmp_path) == ["private text in a"]
