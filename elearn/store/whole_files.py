"""A file put in place whole or not at all. Nothing here knows what is in it."""

import secrets
from pathlib import Path


def write_whole(target: Path, body: bytes, mode: int | None = None) -> None:
    """It takes its name once it is written. `mode`: that of the file it replaces, where there is one. OSError."""
    mine = target.with_name(f".{secrets.token_hex(8)}")
    try:
        mine.write_bytes(body)
        if mode is not None:
            mine.chmod(mode)
        mine.replace(target)
    finally:
        mine.unlink(missing_ok=True)
