"""Verifiers that others wrote, asked about our credentials without any network: two from npm, one from PyPI.

Each says of a job (a credential and the documents that may be fetched): accepted, expired, revoked. `revoked` is the
bit of the status list, None where the list could not be read: the libraries' own word `verified` means opposite things.
"""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError

HERE = Path(__file__).parent
Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    accepted: bool
    expired: bool
    revoked: bool | None


def node() -> str:
    """The path of node. The test is skipped, with its reason, where node or its packages are missing."""
    path = shutil.which("node")
    if path is None:
        pytest.skip("node is not installed")
    if not (HERE / "node_modules").is_dir():
        pytest.skip("the npm packages are not installed: run make test once with npm at hand")
    return path


def ask_npm(jobs: list[Json]) -> list[dict[str, Answer]]:
    """Library -> its answer, for each job."""
    lines = "".join(json.dumps(job) + "\n" for job in jobs)
    command = [node(), str(HERE / "verify.mjs")]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(jobs) and all(not one["tried"] for one in answers), "something tried to leave"
    return [{name: _answer(one[name]) for name in ("digitalbazaar", "verifier_core")} for one in answers]


def ask_openbadgeslib(job: Json) -> Answer:
    """Asked twice: for the proof and the dates, then for the bit of the status list. It knows lists signed as JWT only,
    so the signature of ours is for the other two to check."""

    def fetch(url: str, *_: Any, **__: Any) -> bytes:
        return json.dumps(job["documents"][url]).encode()

    def verdict(**how: Any) -> str:
        try:
            OB3LdpVerifier.for_issuer_did(job["credential"]["issuer"]["id"]).verify(
                job["credential"], download=fetch, **how
            )
        except OB3VerificationError as error:
            return str(error)
        return ""

    with without_network():
        plain, whole = verdict(), verdict(check_status=True, verify_status_list=False)
    expired = "expired" in plain.lower()
    revoked = None if plain and not expired else "status 'revocation' is set" in whole
    return Answer(not plain or expired, expired, revoked)


@contextmanager
def without_network() -> Iterator[None]:
    patch = pytest.MonkeyPatch()

    def refuse(*_: Any) -> None:
        raise AssertionError("no network in a test")

    patch.setattr(socket.socket, "connect", refuse)
    try:
        yield
    finally:
        patch.undo()


def _answer(told: Json) -> Answer:
    return Answer(told["accepted"], told["expired"], told["revoked"])
