"""Where people are: the regions that help lines, resources, sections and questions may name. Ids only, no words."""

from collections.abc import Iterable

REGIONS = ("qc", "ca", "fr", "be", "ch", "us", "other")


def meant_for(regions: Iterable[str], chosen: str) -> bool:
    """Is something shown to someone of this region? Everything is, where either says nothing."""
    named = tuple(regions)
    return not named or not chosen or chosen in named or (chosen == "qc" and "ca" in named)
