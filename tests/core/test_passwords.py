"""Names and passwords: what is taken and what is refused, and for which reason."""

import pytest

from elearn.core.passwords import name_problem, password_problem, sign_in_key
from elearn.services.passwords import common_passwords


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("lampe ronde tabouret", None),
        ("trottoir-musée-42-velours", None),
        ("onze signes", "short"),
        ("x" * 201, "long"),
        ("motdepasse2026", "common"),
        ("Motdepasse!!!2026", "common"),
        ("Bonjour-soleil-1", "common"),
        ("azertyuiop123", "common"),
        ("123456789012", "common"),
        ("aaaaaaaaaaaaaa", "common"),
        ("rétablissement1", "common"),
        ("vive benoît tremblay", "names"),
        ("vive BENOIT demain", "names"),
    ],
)
def test_password(password: str, problem: str | None) -> None:
    assert password_problem(password, ("benoît",), common_passwords()) == problem


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("Benoît", None),
        ("chloé-2", None),
        ("l'ami du parc", None),
        ("陽子さん", None),
        ("ab", "short"),
        ("x" * 41, "long"),
        ("a<b>c", "characters"),
        ("abc\u202edef", "characters"),
        ("abc\x00def", "characters"),
    ],
)
def test_sign_in_name(name: str, problem: str | None) -> None:
    assert name_problem(name) == problem


def test_one_person_one_spelling() -> None:
    assert sign_in_key("  Benoît  ") == sign_in_key("BENOÎT") == sign_in_key("Benoi\u0302t")
