"""Units kept on the disk: found again by another process, and never anything but a gain of time."""

import datetime as dt
import threading
from pathlib import Path

import pytest

from elearn.core.check import SiteBuild, check_site
from elearn.store import kept_units as kept_on_disk
from elearn.store.kept_units import FILE, KeptUnits, kept_units
from tests.core.test_kept import START, TODAY, folder, many


def checked(instance: Path, files: dict[str, bytes]) -> tuple[SiteBuild, int, int]:
    """The build, how many units were found, and how many were compiled."""
    with kept_units(instance) as kept:
        build = check_site(files, TODAY, kept=kept)
        assert kept is not None
        return build, len(kept.used), len(kept.made)


def test_it_works(tmp_path: Path) -> None:
    files = folder(START)
    first, found, made = checked(tmp_path, files)
    assert (found, made, first) == (0, 3, check_site(files, TODAY))
    assert checked(tmp_path, files) == (first, 3, 0)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("at", [0, 20, 1000, 9000, -2000, -100])
def test_damage_is_not_found(tmp_path: Path, at: int) -> None:
    files = many(20)
    first, _, _ = checked(tmp_path, files)
    body = bytearray((tmp_path / FILE).read_bytes())
    body[at : at + 64 if at != -100 else None] = b"\xa5" * len(body[at : at + 64 if at != -100 else None])
    (tmp_path / FILE).write_bytes(body)
    assert checked(tmp_path, files)[0] == first
    assert checked(tmp_path, files)[0] == first


def test_a_file_that_is_none_of_ours_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / FILE).write_bytes(b"no database at all, but long enough to be read as a header of one" * 20)
    checked(tmp_path, many(3))
    checked(tmp_path, many(3))
    assert checked(tmp_path, many(3))[1:] == (3, 0)


def test_other_code_finds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked(tmp_path, many(3))
    monkeypatch.setattr(kept_on_disk, "renderer", lambda: "other")
    assert checked(tmp_path, many(3))[1:] == (0, 3)


def test_without_an_instance_nothing_is_written(tmp_path: Path) -> None:
    with kept_units(tmp_path / "none") as kept:
        assert kept is None
    assert not (tmp_path / "none").exists()


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert checked(tmp_path, many(2))[1:] == (0, 2)
    assert checked(tmp_path, many(2))[1:] == (0, 2)


def test_what_is_used_least_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_on_disk, "MOST_ENTRIES", 4)
    checked(tmp_path, many(6))
    there = KeptUnits(tmp_path).there
    assert there is not None
    assert there.execute("SELECT count(*) FROM unit").fetchone() == (4,)
    there.close()


def test_two_at_once(tmp_path: Path) -> None:
    files, builds = many(30), []
    threads = [threading.Thread(target=lambda: builds.append(checked(tmp_path, files)[0])) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert builds == [check_site(files, TODAY)] * 2
    assert checked(tmp_path, files)[1:] == (30, 0)


def test_a_day_on_which_more_is_told(tmp_path: Path) -> None:
    files = many(1)
    files["courses/un/u-0/fr.md"] = files["courses/un/u-0/fr.md"].replace(b"licence", b"relu_le: 2025-01-02\nlicence")
    checked(tmp_path, files)
    with kept_units(tmp_path) as kept:
        later = check_site(files, dt.date(2027, 3, 1), kept=kept)
    assert [problem.code for problem in later.problems] == ["W107"]
