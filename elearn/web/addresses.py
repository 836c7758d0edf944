"""Addresses that a form hands back: only a path of this site is ever followed."""

from urllib.parse import urlsplit


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
