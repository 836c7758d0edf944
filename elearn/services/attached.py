"""A file that someone brings, as a credential: a JSON file, or a PDF that holds one. Nothing of it is kept."""

import json
import subprocess
import sys
import threading
from pathlib import Path

from elearn.core.credentials import ATTACHED, Json

LARGEST = 5 * 1024 * 1024
LONGEST_CREDENTIAL = 200_000
AT_ONCE = threading.BoundedSemaphore(2)
"""PDF readers of one worker: each may take half a gigabyte."""
READER = Path(__file__).with_name("pdf_attachment.py")
PATIENCE = 10.0
NONE = 3


class NotRead(Exception):
    """`outcome`: heavy, unreadable, no credential or busy (core.verdicts)."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def read(body: bytes) -> Json:
    """The credential that a file holds. NotRead."""
    if len(body) > LARGEST:
        raise NotRead("heavy")
    if b"%PDF-" in body[:1024]:
        body = _from_pdf(body)
    if len(body) > LONGEST_CREDENTIAL:
        raise NotRead("unreadable")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotRead("unreadable") from error
    if not isinstance(found, dict) or "proof" not in found:
        raise NotRead("unreadable")
    return found


def _from_pdf(body: bytes) -> bytes:
    """In a process of its own, with limits: -I keeps it from whatever lies around."""
    if not AT_ONCE.acquire(timeout=PATIENCE):
        raise NotRead("busy")
    try:
        reader = subprocess.run(  # noqa: S603 - our own program, a fixed name
            [sys.executable, "-I", str(READER), ATTACHED, str(NONE)],
            input=body,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotRead("unreadable") from error
    finally:
        AT_ONCE.release()
    if reader.returncode == NONE:
        raise NotRead("no credential")
    if reader.returncode != 0:
        raise NotRead("unreadable")
    return reader.stdout
