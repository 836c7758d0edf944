"""Drafts and what is in force: nothing of two at once is lost, and a refusal or a fault puts everything back."""

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from elearn.config import Settings
from elearn.services import accounts, publishing, writing
from elearn.services.writing import Deed, Refused, StaleBase
from elearn.store.base import now
from elearn.store.own_folders import OutsideFolder, put_file, remove_file
from tests import world

FR, EN = "courses/reperes/01-ecouter/fr.md", "courses/reperes/01-ecouter/en.md"
SCOPE = "courses/reperes/01-ecouter"
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
