"""The journal of erased accounts, `erasures.jsonl`: a line `{"uid": …, "at": …}` each, kept beside every copy of the
database, so that an erasure holds after any restore."""

import datetime as dt
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

JOURNAL = "erasures.jsonl"
KEPT = dt.timedelta(days=62)
"""Two months: longer than any backup."""


def read_journals(paths: Iterable[Path]) -> dict[str, str]:
    """uid -> moment, from every journal that is there. A line cut short by a crash is passed over."""
    found: dict[str, str] = {}
    for path in paths:
        if not path.exists():
            continue
        for line in path.read_text("utf-8", "replace").splitlines():
            try:
                row = json.loads(line)
                found.setdefault(str(row["uid"]), str(row["at"]))
            except (ValueError, KeyError, TypeError):
                continue
    return found


def write_journal(path: Path, entries: Mapping[str, str]) -> None:
    """The whole journal anew, in one step, where there is anything to write."""
    if not entries:
        return
    mine = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        for uid, at in sorted(entries.items(), key=lambda one: one[1]):
            file.write(json.dumps({"uid": uid, "at": at}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    mine.replace(path)
