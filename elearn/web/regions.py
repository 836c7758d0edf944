"""The region that a visitor has chosen, kept in a cookie and nowhere else: what is meant for it is shown first."""

from collections.abc import Callable, Iterable, Mapping

from flask import request

from elearn.core import regions
from elearn.web.i18n import _

COOKIE = "elearn-region"
REGIONS: Mapping[str, Callable[[], str]] = {
    "qc": lambda: _("Québec"),
    "ca": lambda: _("Canada"),
    "fr": lambda: _("France"),
    "be": lambda: _("Belgique"),
    "ch": lambda: _("Suisse"),
    "us": lambda: _("États-Unis"),
    "other": lambda: _("Ailleurs"),
}


def chosen() -> str:
    """One of REGIONS, empty where none was chosen: then everything is shown."""
    region = request.cookies.get(COOKIE, "")
    return region if region in REGIONS else ""


def meant_for_me(named: Iterable[str]) -> bool:
    return regions.meant_for(named, chosen())


def in_words(named: Iterable[str]) -> str:
    """`Québec, France`."""
    return ", ".join(REGIONS[region]() for region in named if region in REGIONS)


def choices() -> list[tuple[str, str]]:
    return [(region, name()) for region, name in REGIONS.items()]
