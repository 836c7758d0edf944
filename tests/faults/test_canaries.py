"""What people entrust lies nowhere in clear: a real site is told a password, an address and a private text, does all
that a site does with them (log, send, back up, rotate, restore), and then every byte that it wrote is searched.
"""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from elearn.config import ROOT
from elearn.core.check import check_site
from elearn.store.base import now
from elearn.store.content_folder import read_folder
from tests.site import Running, Visitor, environment, running

NAME, PASSWORD = "chloe", "serrure-canari-violette"
ADDRESS = "plume.canari@exemple.org"
TEXT = "texte-canari que personne d'autre ne lit"
CANARIES = {"password": b"serrure-canari", "address": b"plume.canari", "private text": b"texte-canari"}

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="searches the SQLite file"),
]


def a_private_question() -> str:
    """The address of a section that asks for a private text."""
    build = check_site(read_folder(ROOT / "content"), now().date())
    for (course, unit, lang), compiled in build.units.items():
        for section in compiled.sections if lang == "fr" else ():
            if any(prompt.kind == "reflection" for prompt in section.prompts):
                return f"/learning/{course}/{unit}/{section.id} {section.prompts[-1].id}"
    raise AssertionError("no unit asks for a private text")


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
    where, _, question = a_private_question().partition(" ")
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
    given = visitor.submit("/accounts/recovery/address", "/recovery/address", address=ADDRESS)
    assert given.status == 303, given.text[:300]
    asked = Visitor(site.port).submit("/accounts/recovery/mail", "/recovery/mail", who=ADDRESS)
    assert asked.status == 200
    assert visitor.get("/learning/" + "canari" * 2000).status == 404


def found(folder: Path) -> list[str]:
    """Files in which a canary lies in clear, also inside what is compressed."""
    hits = []
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        body = path.read_bytes()
        bodies = [body, gzip.decompress(body)] if body.startswith(b"\x1f\x8b") else [body]
        hits += [
            f"{what} in {path.relative_to(folder)}" for what, it in CANARIES.items() if any(it in b for b in bodies)
        ]
    return hits


def test_asvs_14_1_2_what_is_entrusted_lies_nowhere_in_clear(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    with running(tmp_path, **settings(tmp_path)) as site:
        entrust(site)
        elearn(tmp_path, "work", "--once")
        assert found(tmp_path) == [], "while the site runs: database, WAL, log, mail"
        elearn(tmp_path, "backup")
        elearn(tmp_path, "keys", "rotate", "--again")
        assert list((tmp_path / "instance" / "mail").iterdir()), "a message was written: else nothing was looked for"
        assert found(tmp_path) == [], "backup, rotation, temporary files"
    archive = next((tmp_path / "backups").glob("*.backup"))
    elearn(tmp_path, "restore", str(archive))
    elearn(tmp_path, "doctor")
    assert found(tmp_path) == [], "after a restore, the former instance kept aside included"


def test_the_search_finds_what_lies_in_clear(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"...plume.canari@...")
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"texte-canari"))
    assert found(tmp_path) == ["address in a", "private text in b.gz"]
