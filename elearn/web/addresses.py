"""Addresses: those that a form hands back, of which only a path of this site is followed, and those of templates."""

from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, request, url_for

KEPT_LONGEST = 120
"""Signs of a value in an address that is kept ready."""


def local_path(wanted: str | None) -> str | None:
    """A path of this site, or nothing: never another host, whatever a link says."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return None
    if any(ord(character) <= 32 or ord(character) == 127 for character in wanted):
        return None
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return None
    return wanted if not parts.scheme and not parts.netloc else None


def site_address() -> str:
    """Where this site is found, without a final slash: as its operator set it, else as this request was addressed."""
    return str(current_app.config["ELEARN"].base_url) or request.host_url.rstrip("/")


def full_address(endpoint: str, **values: Any) -> str:
    """An address of this site as it is written in a message or on paper. Its host never comes from a visitor, but on a
    trial site, which nobody else reaches."""
    return site_address() + url_for(endpoint, **values)


def page_url(endpoint: str, **values: Any) -> str:
    """`url_for` for templates, each address made once: a page holds some forty. Never relative, never external.

    Long ones are made each time: they come from visitors, who must not fill the memory.
    """
    if any(isinstance(value, str) and len(value) > KEPT_LONGEST for value in values.values()):
        return url_for(endpoint, **values)
    return _made(request.script_root, endpoint, tuple(sorted(values.items())))


@lru_cache(maxsize=16384)
def _made(_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))
