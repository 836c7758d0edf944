"""Hashing passwords, outside any transaction and only a few at once: scrypt takes a fifth of a second and 32 MiB."""

import secrets
import threading
from functools import cache
from importlib.resources import files

from werkzeug.security import check_password_hash, generate_password_hash

METHOD = "scrypt:32768:8:3"
"""One of the settings of the OWASP Password Storage Cheat Sheet."""

_hashing = threading.BoundedSemaphore(2)


def hash_password(password: str, method: str = "") -> str:
    with _hashing:
        return generate_password_hash(password, method or METHOD)


def check(kept: str | None, password: str) -> bool:
    """Is it this password? None, for an account that is not there, takes as long and is never right."""
    with _hashing:
        return check_password_hash(kept or _nobody(METHOD), password) and kept is not None


@cache
def common_passwords() -> frozenset[str]:
    """Common words and passwords, French and English, without accents, one a line."""
    text = files("elearn").joinpath("services/common-passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split("\n") if line and not line.startswith("#"))


@cache
def _nobody(method: str) -> str:
    return generate_password_hash(secrets.token_urlsafe(16), method)
