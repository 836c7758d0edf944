"""The page on running a site says what is true: commands, settings, files and figures that it names exist."""

import argparse
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from elearn import cli, usage
from elearn.config import PREFIX, ROOT, SETTINGS
from elearn.services.backup import KEEP_DAYS

PAGE = (ROOT / "docs/running.md").read_text("utf-8")
DEPLOY = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "deploy").iterdir())}
ONLY_HERE = {"ELEARN_LANG"}
"""Read by the terminal and no setting of the site."""


def commands(text: str) -> set[str]:
    """Every `elearn …` of a text as it would be typed, options and all."""
    found = set()
    for line in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) + re.findall(r"`(elearn [^`]+)`", text):
        for typed in line.splitlines():
            match = re.search(r"(?:^|\s|&& )elearn ([a-z][^#]*)", typed)
            if match and "docker" not in typed and "apt" not in typed and "useradd" not in typed:
                found.add(match[1].strip())
    return found


def unknown(typed: str) -> str | None:
    """What the command's grammar says against it; None where it is understood."""
    try:
        given = usage.parser().parse_args(typed.split())
    except SystemExit as end:
        return f"elearn {typed}: {end.code}"
    return None if given.command in cli.COMMANDS else typed


SHOWN = {one for one in commands(PAGE) if not re.match(r"(createuser|elearn|git|make)\b", one)}


@pytest.mark.parametrize("typed", sorted(SHOWN))
def test_every_command_is_understood(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert unknown(typed) is None, capsys.readouterr().err


def test_the_page_shows_what_matters() -> None:
    first = {" ".join(one.split()[:2]) for one in SHOWN}
    assert {
        "keys new",
        "keys rotate",
        "keys forget",
        "user add",
        "upgrade",
        "doctor",
        "backup",
        "restore --drill",
    } <= first


def test_a_command_that_does_not_exist_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    """The control."""
    assert commands("```sh\nelearn restart --now   # words\n```") == {"restart --now"}
    assert unknown("restart --now") is not None
    assert isinstance(usage.parser(), argparse.ArgumentParser)


@pytest.mark.parametrize("name", ["docs/running.md", *(f"deploy/{name}" for name in DEPLOY)])
def test_every_setting_exists(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    known = {PREFIX + setting.upper() for setting in SETTINGS} | ONLY_HERE
    assert set(re.findall(r"ELEARN_[A-Z_]+", text)) <= known


def test_every_file_of_the_clone_exists() -> None:
    for path in re.findall(r"(?:deploy|requirements|docs)/[\w.-]+", PAGE):
        assert (ROOT / path).exists(), path


def test_the_page_and_the_code_agree_on_how_long_backups_live() -> None:
    assert f"older than {KEEP_DAYS} days" in PAGE


def test_no_address_but_examples() -> None:
    for text in (PAGE, *DEPLOY.values()):
        hosts = set(re.findall(r"(?:https?|smtps?)://(?:[^/@\s]*@)?([\w.-]+)", text))
        assert all(host.endswith(("example.org", "127.0.0.1")) or host in ("host",) for host in hosts), hosts


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_reads_the_units(tmp_path: Path) -> None:
    """With the program's own path put in place of the one it will have."""
    for name in ("elearn.service", "elearn-backup.service", "elearn-backup.timer"):
        text = DEPLOY[name].replace("/srv/elearn/app/.venv/bin/elearn", "/bin/true").replace("/srv/elearn/app", "/tmp")
        text = re.sub(r"^(User|Group)=.*\n", "", text, flags=re.MULTILINE)
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [
            "systemd-analyze",
            "verify",
            *(str(tmp_path / name) for name in DEPLOY if name.endswith((".service", ".timer"))),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "elearn" in line]
    assert said == []


def test_the_shell_reads_the_wrapper() -> None:
    assert subprocess.run(["sh", "-n", str(ROOT / "deploy/elearn.sh")], check=False).returncode == 0
