"""Backups as they lie in their folder. None can be fetched."""

import datetime as dt
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests.browse import Browser
from tests.web.test_administration_home import note
from tests.web.test_cost import counting

LIST = "/administration/backups"


@pytest.fixture
def folder(site: Flask, tmp_path: Path) -> Iterator[Path]:
    site.config["ELEARN"] = replace(site.config["ELEARN"], backups=tmp_path / "backups")
    (tmp_path / "backups").mkdir()
    yield tmp_path / "backups"


@pytest.fixture
def emile(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Émile")


def lay(folder: Path, name: str, size: int, day: int) -> None:
    path = folder / name
    path.write_bytes(b"x" * size)
    at = dt.datetime(2026, 11, day, 3, 0, tzinfo=dt.UTC).timestamp()
    os.utime(path, (at, at))


def test_it_works(emile: Browser, site: Flask, folder: Path) -> None:
    lay(folder, "elearn-20261121.backup", 2048, 21)
    lay(folder, "elearn-20261122.backup", 3 * 1024 * 1024, 22)
    note(site, "backup", dt.timedelta(hours=1))
    page = emile.get("/administration/").follow("Sauvegardes")
    rows = [" ".join("".join(one.itertext()).split()) for one in page.all("tr")[1:]]
    assert rows[0].startswith("elearn-20261122.backup") and "3.0 Mo" in rows[0] and "22 novembre 2026" in rows[0]
    assert rows[1].startswith("elearn-20261121.backup") and "2.0 ko" in rows[1]
    assert "elearn backup" in page.text and "elearn restore --drill" in page.text


def test_nothing_else_of_the_folder_is_shown(emile: Browser, folder: Path) -> None:
    for name in ("erasures.jsonl", ".elearn-half.backup.tmp", "secret"):
        (folder / name).write_text("x")
    (folder / "sub.backup").mkdir()
    page = emile.get(LIST)
    assert "Pas encore de sauvegarde dans ce dossier." in page.text


def test_a_folder_that_is_not_there(emile: Browser, folder: Path) -> None:
    folder.rmdir()
    assert "Pas encore de sauvegarde dans ce dossier." in emile.get(LIST).text


def test_no_archive_is_served(emile: Browser, folder: Path) -> None:
    lay(folder, "elearn-20261121.backup", 10, 21)
    page = emile.get(LIST)
    assert not any("backup" in link.rpartition("/")[2] and link != LIST for link in page.links)
    for path in (f"{LIST}/elearn-20261121.backup", "/backups/elearn-20261121.backup", f"{LIST}/../backups"):
        assert emile.get(path).status in (404, 308)


def test_pages(emile: Browser, site: Flask, folder: Path) -> None:
    for n in range(26):
        lay(folder, f"elearn-{n:02}.backup", 1, 1)
    with counting(site) as statements:
        page = emile.get(f"{LIST}?page=2")
    assert "Page 2 sur 2" in page.text and len(page.all("tr")) == 2
    assert len(statements) == 3
