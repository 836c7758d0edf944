"""What `make run` says on a machine that lacks something, and that a second start installs nothing."""

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from elearn.config import ROOT

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="no make here")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What make needs of a clone, without an environment."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    return tmp_path


def python_that(folder: Path, script: str) -> Path:
    made = folder / "python-of-the-test"
    made.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    made.chmod(made.stat().st_mode | stat.S_IXUSR)
    return made


def make(clone: Path, *words: str) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "PYTHON"))}
    return subprocess.run(
        ["make", *words], cwd=clone, env=plain, capture_output=True, text=True, check=False, timeout=60
    )


@needs_make
@pytest.mark.parametrize(
    ("script", "french", "english"),
    [
        ('echo "Python 3.9.6"; exit 1', "Python 3.11 ou plus récent (trouvé : Python 3.9.6)", "found: Python 3.9.6"),
        (
            f'case "$*" in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"',
            "le module venv",
            "venv module is missing",
        ),
    ],
    ids=["too old", "no venv"],
)
def test_what_lacks_is_said_in_one_sentence(clone: Path, script: str, french: str, english: str) -> None:
    done = make(clone, "run", f"PYTHON={python_that(clone, script)}")
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert len(said) == 2
    assert french in said[0]
    assert english in said[1]
    assert not (clone / ".venv").exists()


@needs_make
def test_a_second_start_installs_nothing(clone: Path) -> None:
    assert "pip" in make(clone, "-n", "run").stdout
    (clone / ".venv").mkdir()
    (clone / ".venv" / "run.stamp").touch()
    again = make(clone, "-n", "run", "PORT=9000")
    assert again.returncode == 0
    assert "pip" not in again.stdout
    assert "elearn run --port 9000" in again.stdout


@needs_make
def test_a_new_list_of_packages_is_installed(clone: Path) -> None:
    (clone / ".venv").mkdir()
    (clone / ".venv" / "run.stamp").touch()
    os.utime(clone / ".venv" / "run.stamp", (0, 0))
    assert "--require-hashes -r requirements/run.txt" in make(clone, "-n", "run").stdout


@needs_make
def test_help_names_every_word_that_readme_and_docs_use(clone: Path) -> None:
    offered = set(re.findall(r"^  make ([a-z-]+)", make(clone).stdout, re.MULTILINE))
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    used = {
        word for page in pages for word in re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE)
    }
    assert {"run", "test", "check"} <= used
    assert used <= offered
