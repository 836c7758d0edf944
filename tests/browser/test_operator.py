"""An operator's first hour: from an empty folder, by the commands of docs/running.md, to a first trainee who joins.

Nothing here that a person could not do: what is typed is in the page, and codes come from the secret the site shows.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from elearn.config import ROOT
from elearn.core.totp import STEP, code_of
from tests.browser.conftest import Watch
from tests.browser.reader import tidy
from tests.site import environment, free_port, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASSWORD = "lampe ronde tabouret"
THEIRS = "quatre chevaux lisent dehors"
Type = Callable[..., str]


@contextmanager
def new_browser(chromium: Browser, home: str) -> Iterator[Page]:
    """Someone else's browser. At the end: no console message, no request to another host."""
    context = chromium.new_context(base_url=home, viewport={"width": 390, "height": 844}, locale="fr-CA")
    context.set_default_timeout(10_000)
    watch = Watch(home)
    context.on("page", watch.follow)
    yield context.new_page()
    context.close()
    assert (watch.console, watch.elsewhere) == ([], [])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def settings(tmp_path: Path, port: int) -> dict[str, str]:
    """What /etc/elearn.env would say."""
    return {
        "ELEARN_BASE_URL": f"http://127.0.0.1:{port}",
        "ELEARN_PORT": str(port),
        "ELEARN_BACKUPS": str(tmp_path / "backups"),
    }


@pytest.fixture
def terminal(tmp_path: Path, settings: dict[str, str]) -> Type:
    """Type a command that has to succeed: all that it said."""

    def terminal(*words: str, answer: str = "") -> str:
        command = [sys.executable, "-m", "elearn.cli", *words]
        env = environment(tmp_path, **settings)
        ended = subprocess.run(command, cwd=ROOT, env=env, input=answer, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    return terminal


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name="Se connecter").click()
    page.get_by_label("Nom de connexion").fill(name)
    page.get_by_label("Mot de passe", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Se connecter").click()


def add_second_factor(page: Page) -> None:
    page.get_by_role("button", name="Commencer").click()
    page.get_by_text("Tapez la clé").click()
    secret = base64.b32decode("".join(page.locator("code.spelled").inner_text().split()))
    page.get_by_label("Code à six chiffres").fill(code_of(secret, int(time.time()) // STEP))
    page.get_by_role("button", name="Vérifier ce code").click()
    page.get_by_role("link", name="Je les ai gardés").click()


def add_organisation(page: Page, name: str) -> None:
    page.get_by_role("banner").get_by_role("link", name="Administration").click()
    page.get_by_role("link", name="Organisations").click()
    page.get_by_role("link", name="Ajouter une organisation").click()
    page.get_by_label("Nom en français").fill(name)
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name=name).wait_for()


def paper_for_a_trainer(page: Page, name: str) -> str:
    """The code on the sheet that is handed to them."""
    page.get_by_role("link", name="Administration").first.click()
    page.get_by_role("link", name="Personnes").click()
    page.get_by_role("link", name="Créer un compte pour quelqu'un").click()
    page.get_by_label("Nom de connexion").fill(name)
    page.get_by_label("Rôle").select_option(label="Formatrice ou formateur")
    page.get_by_label("Sur papier").check()
    page.get_by_role("button", name="Créer le compte et son lien").click()
    return page.locator("section.paper code").last.inner_text()


def enter_by_paper(page: Page, code: str) -> None:
    page.goto("/accounts/sign-in")
    page.get_by_role("link", name="J'ai un code sur papier").click()
    page.get_by_label("Code de la feuille").fill(code.lower())
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Entrer dans mon compte").click()
    page.get_by_label("Nouveau mot de passe").fill(THEIRS)
    page.get_by_role("button", name="Garder ce mot de passe").click()
    page.wait_for_url("**/accounts/**")


def invite(page: Page, group: str, organisation: str) -> str:
    """The address of an invitation to a new cohort."""
    page.get_by_role("banner").get_by_role("link", name="Groupes").click()
    page.get_by_role("link", name="Nouveau groupe").click()
    page.get_by_label("Nom du groupe").fill(group)
    page.locator("#organisation").select_option(label=organisation)
    page.get_by_role("button", name="Créer le groupe").click()
    page.get_by_role("link", name="Inviter des personnes").click()
    page.get_by_role("button", name="Faire l'invitation").click()
    return page.get_by_label("Adresse à envoyer").input_value()


def join(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.get_by_role("main").get_by_role("link", name="Créer un compte").click()
    page.get_by_label("Nom de connexion").fill(name)
    page.get_by_label("Mot de passe", exact=True).fill(THEIRS)
    page.get_by_role("button", name="Créer mon compte").click()
    page.get_by_role("button", name="Rejoindre").click()
    page.wait_for_url("**/learning/*")


def test_from_an_empty_folder_to_a_first_trainee(
    chromium: Browser, tmp_path: Path, port: int, settings: dict[str, str], terminal: Type
) -> None:
    assert terminal("keys", "new").count("+ ") == 3
    assert settings["ELEARN_BASE_URL"] in terminal(
        "user", "add", "emile", "--role", "admin", "--password-stdin", answer=f"{PASSWORD}\n"
    )
    with running(tmp_path, port=port, **settings) as site:
        assert site.links == (), "a real site makes no demo account"
        home = settings["ELEARN_BASE_URL"]
        with new_browser(chromium, home) as emile, new_browser(chromium, home) as ada:
            sign_in(emile, "emile", PASSWORD)
            assert "ce site la demande avant le reste" in tidy(emile.get_by_role("main").inner_text())
            add_second_factor(emile)
            add_organisation(emile, "Maison du Tilleul")
            enter_by_paper(ada, paper_for_a_trainer(emile, "ada"))
            address = invite(ada, "Mardi soir", "Maison du Tilleul")
            group = ada.get_by_role("link", name="Mardi soir")
            with new_browser(chromium, home) as chloe:
                join(chloe, address, "chloe")
            group.click()
            assert ada.get_by_role("link", name="chloe").is_visible()
        said = site.said()
    assert not [word for word in ("emile", "chloe", "Tilleul", "Mardi", PASSWORD, THEIRS) if word in said]
