"""The sign-up page."""

import pytest

from tests.browse import Browser

GOOD = {"sign_in_name": "benoît", "chosen_name": "Ben", "password": "lampe ronde tabouret"}


def test_it_works(visitor: Browser) -> None:
    page = visitor.get("/").follow("Créer un compte")
    page = page.form("/accounts/sign-up").submit(**GOOD)
    assert page.status == 200
    assert "Ben" in page.text
    assert visitor.get("/accounts/").status == 200


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"sign_in_name": ""}, "À remplir."),
        ({"password": ""}, "À remplir."),
        ({"password": "court"}, "Au moins 12 signes"),
        ({"password": "motdepasse2026"}, "Trop facile à deviner"),
        ({"password": "vive benoît demain"}, "Il contient votre nom"),
        ({"sign_in_name": "be"}, "Au moins 3 signes"),
        ({"sign_in_name": "b" * 60}, "Au plus 40 signes"),
        ({"sign_in_name": "b" * 300}, "C'est trop long"),
        ({"sign_in_name": "ben<script>"}, "Lettres, chiffres"),
        ({"chosen_name": "b" * 90}, "Au plus 80 signes"),
    ],
)
def test_refused_beside_the_field_and_what_was_typed_is_kept(
    visitor: Browser, changes: dict[str, str], message: str
) -> None:
    page = visitor.get("/accounts/sign-up").form("/accounts/sign-up").submit(**{**GOOD, **changes})
    assert page.status == 422
    field = next(iter(changes))
    shown = page.all("input", name=field)[0]
    described = " ".join(
        "".join(page.all(tag, id=one)[0].itertext())
        for one in (shown.get("aria-describedby") or "").split()
        for tag in ("p", "span", "div")
        if page.all(tag, id=one)
    )
    assert message in " ".join(described.split())
    assert shown.get("aria-invalid") == "true"
    kept = page.form("/accounts/sign-up").values()
    for name, value in {**GOOD, **changes}.items():
        if name != "password":
            assert kept[name] == [value]
    assert kept["password"] == [""]


def test_a_name_that_is_taken(visitor: Browser) -> None:
    visitor.get("/accounts/sign-up").form("/accounts/sign-up").submit(**GOOD)
    visitor.client.delete_cookie("__Host-elearn", domain="localhost")
    page = visitor.get("/accounts/sign-up").form("/accounts/sign-up").submit(**{**GOOD, "sign_in_name": "BENOÎT"})
    assert page.status == 422
    assert "Ce nom est déjà pris" in page.text


def test_it_asks_for_no_address(visitor: Browser) -> None:
    page = visitor.get("/accounts/sign-up")
    assert page.all("input", type="email") == []
    assert {one.get("autocomplete") for one in page.all("input", type="password")} == {"new-password"}
