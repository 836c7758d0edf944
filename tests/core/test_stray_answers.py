"""A slip in a heading must not publish the answer as prose: it is an error, on the line of the slip."""

import datetime as dt

import pytest

from elearn.core.check import check_site
from tests import world

FR = "courses/reperes/01-ecouter/fr.md"
GOOD = "### Se taire, c'est écouter. {.vrai-faux #taire-ecouter}"


@pytest.mark.parametrize(
    ("slip", "code"),
    [
        ("### Se taire, c'est écouter. {.vrai-faux #taire-ecouter", "E120"),
        ("### Se taire, c'est écouter. (.vrai-faux #taire-ecouter)", "E120"),
        ("### Se taire, c'est écouter. { .vrai-faux", "E120"),
        ("### Se taire, c'est écouter.", "E141"),
        ("Se taire, c'est écouter.", "E141"),
    ],
)
def test_a_slip_is_an_error(slip: str, code: str) -> None:
    source = world.ECOUTER_FR.replace(GOOD, slip)
    found = check_site(world.site({FR: source}), dt.date(2026, 11, 22))
    assert not found.ok
    lines = source.split("\n")
    wanted = slip if code == "E120" else "> **Réponse :** faux"
    assert (code, lines.index(wanted) + 1) in [(one.code, one.line) for one in found.problems]


def test_a_quote_that_speaks_of_an_answer_is_not_one() -> None:
    source = world.ECOUTER_FR.replace("Le silence laisse de la place.", "> Réponse : je ne sais pas.\n\nBien (.)")
    assert check_site(world.site({FR: source}), dt.date(2026, 11, 22)).ok
