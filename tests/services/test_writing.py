"""Drafts and what is in force: nothing of two at once is lost, and a refusal or a fault puts everything back."""

import datetime as dt
import io
import secrets
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from elearn.config import Settings
from elearn.core.rules import Problem
from elearn.services import accounts, publishing, writing
from elearn.services.writing import Deed, Refused, Sent, StaleBase
from elearn.store.base import now
from elearn.store.own_folders import OutsideFolder, put_file, remove_file
from elearn.store.zip_files import write_zip
from tests import world

FR, EN = "courses/reperes/01-ecouter/fr.md", "courses/reperes/01-ecouter/en.md"
SCOPE = "courses/reperes/01-ecouter"
REFUSAL = Problem("x", 1, 1, "E133")
TODAY = dt.date(2026, 11, 26)
BASE = writing.digest(world.ECOUTER_FR.encode())


@pytest.fixture
def site(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Settings]:
    made = replace(settings, content=world.write(tmp_path / "content"))
    with app.app_context():
        publishing.publish(made.layers, made.instance, world.AT)
        yield made


def other(words: str) -> str:
    return world.ECOUTER_FR.replace("Le silence laisse de la place.", words)


def deed(restores: int | None = None) -> Deed:
    return Deed(accounts.sign_up("ada", "Ada", "lampe ronde tabouret", now(), role="trainer"), now(), restores=restores)


def own(site: Settings) -> set[str]:
    return {path.relative_to(site.own_content).as_posix() for path in site.own_content.rglob("*") if path.is_file()}


def test_of_two_who_save_at_once_one_is_told(site: Settings) -> None:
    """Both began with the same text; whoever comes second sees what the first one wrote."""
    met, told = threading.Barrier(8), list[str]()

    def save(number: int) -> None:
        met.wait()
        try:
            writing.save(site, FR, other(f"Mots {number}."), BASE)
            told.append("saved")
        except StaleBase as problem:
            told.append("stale" if "Mots " in problem.theirs else "empty")

    threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["saved"] + ["stale"] * 7


def test_a_fault_while_publishing_puts_everything_back(site: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    writing.save(site, FR, other("Mots."), BASE)
    proposed = writing.proposal(writing.desk(site, TODAY), SCOPE, TODAY)

    def falls(*_anything: object, **_more: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(writing, "publish_files", falls)
    with pytest.raises(OperationalError):
        writing.put_in_force(site, proposed, deed())
    assert own(site) == set() and (site.drafts / FR).exists()


def test_a_refusal_while_publishing_puts_everything_back(site: Settings) -> None:
    """The check of the whole passes; only what was published stands against it."""
    gone = world.ECOUTER_FR.replace("{.vrai-faux #taire-ecouter}", "{.vrai-faux #autre}")
    writing.save(site, FR, gone, BASE)
    in_english = world.ECOUTER_EN.replace("{.true-false #taire-ecouter}", "{.true-false #autre}")
    writing.save(site, EN, in_english, writing.digest(world.ECOUTER_EN.encode()))
    proposed = writing.proposal(writing.desk(site, TODAY), SCOPE, TODAY)
    assert proposed.build.ok
    outcome = writing.put_in_force(site, proposed, deed())
    assert "E133" in [one.code for one in outcome.problems] and not outcome.changed
    assert own(site) == set() and (site.drafts / FR).exists()


def test_what_came_into_force_meanwhile_is_not_written_over(site: Settings) -> None:
    writing.save(site, FR, other("Mots."), BASE)
    proposed = writing.proposal(writing.desk(site, TODAY), SCOPE, TODAY)
    put_file(site.own_content, "courses/reperes/02-parler/fr.md", world.PARLER_FR.replace("Que dire", "Quoi").encode())
    with pytest.raises(StaleBase):
        writing.put_in_force(site, proposed, deed())


def test_a_draft_that_was_saved_meanwhile_stays_one(site: Settings) -> None:
    writing.save(site, FR, other("Mots."), BASE)
    proposed = writing.proposal(writing.desk(site, TODAY), SCOPE, TODAY)
    writing.save(site, FR, other("Autres mots."), writing.digest(other("Mots.").encode()))
    assert writing.put_in_force(site, proposed, deed()).changed
    assert "Autres mots." in (site.drafts / FR).read_text("utf-8")
    assert "Mots." in (site.own_content / FR).read_text("utf-8")


@pytest.mark.parametrize(
    "kept", [other("A.").replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + other("A.").encode(), b"\xff\xfe"]
)
def test_whoever_was_told_can_save_whatever_the_bytes_were(site: Settings, kept: bytes) -> None:
    put_file(site.drafts, FR, kept)
    with pytest.raises(StaleBase) as told:
        writing.save(site, FR, other("B."), BASE)
    writing.save(site, FR, other("B."), told.value.base)
    assert (site.drafts / FR).read_bytes() == other("B.").encode()


def test_a_long_file_is_put_back_whole(site: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checker reads the first 200 kB of a text; what was put there by hand may be longer."""
    long = world.ECOUTER_FR.encode() + b"mot " * 60_000
    put_file(site.own_content, FR, long)
    writing.save(site, FR, other("Mots."), writing.digest(long))
    proposed = writing.proposal(writing.desk(site, TODAY), SCOPE, TODAY)
    monkeypatch.setattr(writing, "publish_files", lambda *_a, **_k: publishing.Outcome(None, False, (REFUSAL,)))
    assert not writing.put_in_force(site, proposed, deed()).changed
    assert (site.own_content / FR).read_bytes() == long


SITE = "site.yaml"


def test_a_trainer_brings_into_force_nothing_that_rules_the_site(site: Settings) -> None:
    """An administrator's unfinished draft is not published with everything else, nor an old site with an edition."""
    draft = (world.SITE + "# neuf\n").encode()
    put_file(site.drafts, SITE, draft)
    put_file(site.drafts, FR, other("Mots.").encode())
    proposed = writing.proposal(writing.desk(site, TODAY), "", TODAY, whole_site=False)
    assert set(proposed.changed) == set(proposed.drafts) == {FR}
    assert writing.put_in_force(site, proposed, deed()).changed
    assert (site.drafts / SITE).read_bytes() == draft
    put_file(site.own_content, SITE, draft)
    assert writing.earlier(site, 1, TODAY, whole_site=False)[0].changed == {SITE: draft}
    assert writing.earlier(site, 1, TODAY)[0].changed == {}


def test_what_no_desk_could_read_is_not_taken_in(site: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """One file too large, or one more than there is room for, would shut everyone out of the pages for writing."""
    picture = "courses/reperes/01-ecouter/media/a.png"
    with pytest.raises(Refused, match="heavy"):
        writing.take_in(site, zipped({picture: bytes(100_000) + secrets.token_bytes(10_000_000)}), TODAY)
    with pytest.raises(Refused, match="name"):
        writing.take_in(site, zipped({"courses/a/course.yaml": b"id: a\n", "courses/a/course.yaml/fr.md": b"x"}), TODAY)
    monkeypatch.setattr(writing, "ROOM", 100)
    with pytest.raises(Refused, match="full"):
        writing.take_in(site, zipped({picture: secrets.token_bytes(101)}), TODAY)
    assert not site.drafts.exists()


def zipped(files: dict[str, bytes]) -> Sent:
    target = io.BytesIO()
    write_zip(files, target)
    return Sent("x.zip", target.getvalue())


def test_the_desk_is_read_again_when_a_file_changes(site: Settings) -> None:
    first = writing.desk(site, TODAY)
    assert writing.desk(site, TODAY) is first
    put_file(site.own_content, FR, other("Mots.").encode())
    assert "Mots." in (writing.desk(site, TODAY).text(FR) or "")


def test_going_back_takes_away_what_came_since(site: Settings) -> None:
    put_file(site.own_content, "glossary/fr.md", "# Glossaire\n\n## Écoute {#ecoute}\n\nÉcouter.\n".encode())
    assert publishing.publish(site.layers, site.instance, now()).changed
    proposed, gone = writing.earlier(site, 1, TODAY)
    assert gone == ("glossary/fr.md",) and proposed.changed == {}
    assert writing.put_in_force(site, proposed, deed(1), gone).changed
    assert own(site) == set()
    with pytest.raises(LookupError):
        writing.earlier(site, 99, TODAY)


def test_what_was_shipped_since_stays(site: Settings) -> None:
    put_file(site.content, "glossary/fr.md", "# Glossaire\n\n## Écoute {#ecoute}\n\nÉcouter.\n".encode())
    publishing.publish(site.layers, site.instance, now())
    proposed, gone = writing.earlier(site, 1, TODAY)
    assert "glossary/fr.md" in proposed.files and gone == ()


@pytest.mark.parametrize("path", ["site.yaml", "../x.md", "courses/a/b/media/x.png"])
def test_the_service_itself_refuses_other_places(site: Settings, path: str) -> None:
    with pytest.raises(Refused):
        writing.save(site, path, "x", "")


def test_nothing_is_written_outside_its_folder(tmp_path: Path) -> None:
    folder, outside = tmp_path / "own", tmp_path / "outside"
    outside.mkdir()
    folder.mkdir()
    (folder / "courses").symlink_to(outside)
    for path in ("../x.md", "courses/x.md", "/etc/x.md", ".", "a\\b.md"):
        for touch in (lambda path=path: put_file(folder, path, b"x"), lambda path=path: remove_file(folder, path)):
            with pytest.raises(OutsideFolder):
                touch()
    assert list(outside.iterdir()) == []


def test_a_file_is_there_whole_and_its_empty_folders_go_with_it(tmp_path: Path) -> None:
    put_file(tmp_path, "a/b/c.md", b"1")
    put_file(tmp_path, "a/b/c.md", b"2")
    put_file(tmp_path, "a/d.md", b"3")
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["c.md", "d.md"]
    remove_file(tmp_path, "a/b/c.md")
    remove_file(tmp_path, "a/b/c.md")
    assert not (tmp_path / "a/b").exists() and (tmp_path / "a/d.md").read_bytes() == b"3"
