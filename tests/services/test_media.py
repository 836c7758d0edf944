"""Media of an edition: copied whole under the name of their content, kept for earlier editions, in every backup."""

from __future__ import annotations

import hashlib
import stat
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from elearn.services.publishing import Outcome, publish_files
from elearn.store.base import db
from elearn.store.editions import Document, EditionEntry, entries
from tests import world

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

FR = "courses/reperes/01-ecouter/fr.md"
SOUND, UNUSED = b"ID3" + bytes(5000), b"ID3 not asked for"
NAME = hashlib.sha256(SOUND).hexdigest() + ".mp3"


def files(sound: bytes = SOUND) -> dict[str, bytes]:
    folder = "courses/reperes/01-ecouter/media/"
    text = world.ECOUTER_FR.replace("Le silence laisse de la place.", "[Écouter](media/k.mp3)")
    return {
        **world.site({FR: text}),
        folder + "k.mp3": sound,
        folder + "k.yaml": b"consentement: oui, 2026-03",
        folder + "k.fr.md": b"Bonjour.",
        folder + "autre.mp3": UNUSED,
    }


def publish(app: Flask, made: dict[str, bytes]) -> Outcome:
    with app.app_context():
        return publish_files(made, app.config["ELEARN"].instance, world.AT)


def kept(app: Flask) -> dict[str, bytes]:
    folder: Path = app.config["ELEARN"].instance / "media"
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def test_it_works(app: Flask) -> None:
    assert publish(app, files()) == Outcome(1, True, ())

    assert kept(app) == {NAME: SOUND}
    folder: Path = app.config["ELEARN"].instance / "media"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_database_holds_no_sound_but_says_which_ones_an_edition_plays(app: Flask) -> None:
    publish(app, files())
    with app.app_context(), db.engine.connect() as connection:
        bodies = connection.execute(select(Document.body)).scalars().all()
        named = entries(connection, 1)
        told = connection.execute(
            select(Document.body)
            .join(EditionEntry, EditionEntry.hash == Document.hash)
            .where(EditionEntry.name == f"media/{NAME}")
        ).scalar_one()

    assert not any(SOUND in body for body in bodies)
    assert told == f"elearn media {NAME} {len(SOUND)}\n".encode()
    assert "source/courses/reperes/01-ecouter/media/autre.mp3" in named


def test_the_same_again_copies_nothing_and_a_lost_file_comes_back(app: Flask) -> None:
    publish(app, files())
    target: Path = app.config["ELEARN"].instance / "media" / NAME
    before = target.stat().st_mtime_ns
    assert publish(app, files()) == Outcome(1, False, ())
    assert target.stat().st_mtime_ns == before

    target.unlink()
    assert publish(app, files()) == Outcome(1, False, ())
    assert kept(app) == {NAME: SOUND}


def test_a_file_that_changed_has_another_name_and_the_earlier_one_stays(app: Flask) -> None:
    publish(app, files())
    assert publish(app, files(SOUND + b"!")) == Outcome(2, True, ())

    assert kept(app) == {NAME: SOUND, hashlib.sha256(SOUND + b"!").hexdigest() + ".mp3": SOUND + b"!"}


def test_a_copy_that_was_cut_short_is_written_anew(app: Flask) -> None:
    folder: Path = app.config["ELEARN"].instance / "media"
    folder.mkdir(parents=True)
    (folder / NAME).write_bytes(SOUND[:10])
    publish(app, files())

    assert kept(app) == {NAME: SOUND}


def test_nothing_is_copied_of_a_folder_with_an_error(app: Flask) -> None:
    outcome = publish(app, {**files(), "courses/reperes/01-ecouter/media/k.yaml": b"auteur: K."})

    assert [problem.code for problem in outcome.problems] == ["E403"] and kept(app) == {}


def test_where_media_cannot_be_written_no_edition_is_made(app: Flask) -> None:
    instance: Path = app.config["ELEARN"].instance
    instance.mkdir(parents=True, exist_ok=True)
    (instance / "media").write_bytes(b"in the way")
    with pytest.raises(OSError):
        publish(app, files())
    with app.app_context(), db.engine.connect() as connection:
        assert connection.execute(select(EditionEntry.name)).all() == []
