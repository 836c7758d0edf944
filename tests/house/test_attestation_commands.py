"""The commands on attestations: issue, revoke, verify a file anywhere, keys, lists, organisations."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from elearn.commands.common import open_site, read_settings
from elearn.config import ROOT
from elearn.core.attestations import load
from elearn.services import own_documents, pdf
from elearn.store.attestations import Attestation, ShareLink
from elearn.store.base import db
from elearn.store.credentials import current
from tests.completed import fill
from tests.house.test_upkeep_commands import Typed, folder, typed
from tests.site import running

__all__ = ["folder", "typed"]

BASE = "https://formation.example.org"
pytestmark = pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="makes its own SQLite file")


@pytest.fixture
def class_of_three(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ELEARN_LANG", "fr")
    with open_site(read_settings()) as app:
        fill(app, 3)
    return folder


def ids() -> list[str]:
    with open_site(read_settings()), db.engine.connect() as connection:
        return list(connection.execute(sa.select(Attestation.id).order_by(Attestation.issued_at)).scalars())


def files(into: Path, attestation: str) -> dict[str, Path]:
    """What its holder has and what a stranger fetches, as files."""
    with open_site(read_settings()) as app:
        address = app.config["ELEARN"].address
        with db.engine.connect() as connection:
            signed = {variant: current(connection, attestation, variant).body for variant in ("real", "discreet")}
            row = connection.execute(sa.select(Attestation).where(Attestation.id == attestation)).one()
            code = connection.execute(sa.select(ShareLink.code)).scalars().first()
        status = json.loads(signed["real"])["credentialStatus"]["statusListCredential"]
        did = status.rpartition("/status/")[0] + "/did.json"
        bodies = {
            **{f"{variant}.json": body for variant, body in signed.items()},
            "paper.pdf": pdf.attestation(load(row.facts), "real", str(code), address, credential=signed["real"]),
            "did.json": json.dumps(own_documents.find(did, address)).encode(),
            "status.json": json.dumps(own_documents.find(status, address)).encode(),
        }
    for name, body in bodies.items():
        (into / name).write_bytes(body)
    return {name: into / name for name in bodies}


def test_issue(class_of_three: Path, typed: Typed) -> None:
    status, said = typed("issue", "reperes", "--dry-run")
    assert (status, ids()) == (0, []) and "À délivrer : 3" in said
    status, said = typed("issue", "reperes")
    assert status == 0 and "Attestations délivrées : 3." in said and len(ids()) == 3
    status, said = typed("issue", "reperes")
    assert status == 0 and "Attestations délivrées : 0." in said and len(ids()) == 3
    status, said = typed("issue", "ailleurs")
    assert status == 1 and "Il y a : reperes" in said


def test_revoke(class_of_three: Path, typed: Typed) -> None:
    typed("issue", "reperes")
    first, second, third = ids()
    status, said = typed("revoke", first, "--reason", "mistake")
    assert status == 0 and "La personne est avertie" in said
    assert typed("revoke", first, "--reason", "mistake") == (status, said), "twice does no more than once"
    status, said = typed("revoke", second, "--reason", "not-earned", "--now")
    assert status == 0 and "L'attestation est révoquée." in said
    assert "déjà révoquée" in typed("revoke", second, "--reason", "not-earned", "--now")[1]
    assert "est révoquée" in typed("revoke", third, "--reason", "asked")[1]
    assert typed("revoke", "nothing", "--reason", "asked")[0] == 1
    found = files(class_of_three, second)
    status, said = typed("verify", str(found["paper.pdf"]), *offline(found))
    assert status == 1 and "Révoquée par l'organisme" in said


def offline(found: dict[str, Path]) -> list[str]:
    return ["--offline", "--did", str(found["did.json"]), "--status", str(found["status.json"])]


def test_verify_needs_no_site(class_of_three: Path, typed: Typed, tmp_path: Path) -> None:
    """In another folder, in a process of its own, without a single setting: neither database nor keys are made."""
    typed("issue", "reperes")
    found, elsewhere = files(class_of_three, ids()[0]), tmp_path / "elsewhere"
    elsewhere.mkdir()
    bare = {name: value for name, value in os.environ.items() if not name.startswith("ELEARN_")}
    for name in ("paper.pdf", "real.json"):
        command = [sys.executable, "-m", "elearn.cli", "verify", str(found[name]), *offline(found)]
        environ = bare | {"PYTHONPATH": str(ROOT), "ELEARN_LANG": "en"}
        done = subprocess.run(
            command, cwd=elsewhere, env=environ, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Valid" in done.stdout and "Personne 0" in done.stdout
    assert list(elsewhere.iterdir()) == []


def test_verify_tells_what_is_wrong_and_how_sure_it_is(class_of_three: Path, typed: Typed) -> None:
    typed("issue", "reperes")
    found = files(class_of_three, ids()[0])
    altered = class_of_three / "altered.json"
    altered.write_bytes(found["real.json"].read_bytes().replace(b"Personne 0", b"Personne 1"))
    empty = class_of_three / "empty.pdf"
    empty.write_bytes(b"%PDF-1.7 nothing")
    for words, status, said in (
        ([str(altered), *offline(found)], 1, "Pas authentique"),
        ([str(found["real.json"]), "--offline"], 2, "Organisme introuvable"),
        ([str(found["real.json"]), "--offline", "--did", str(found["did.json"])], 2, "Statut inconnu"),
        ([str(empty)], 2, "Fichier illisible"),
        ([str(class_of_three / "nowhere.pdf")], 2, "ne peut pas être lu"),
    ):
        outcome = typed("verify", *words)
        assert outcome[0] == status and said in outcome[1], outcome


def test_verify_for_a_program_and_with_a_name(class_of_three: Path, typed: Typed) -> None:
    typed("issue", "reperes")
    found = files(class_of_three, ids()[0])
    status, said = typed("verify", str(found["discreet.json"]), *offline(found), "--json", "--name", "personne 0")
    told = json.loads(said)
    assert (status, told["outcome"], told["name_matches"], told["holder"]) == (0, "valid", False, "")
    status, said = typed("verify", str(found["discreet.json"]), *offline(found), "--name", " Personne  0 ")
    assert status == 0 and "Le nom est bien celui" in said


def test_rotate_keys(class_of_three: Path, typed: Typed) -> None:
    assert typed("rotate-keys")[0] == 1, "nothing is signed yet"
    typed("issue", "reperes")
    assert typed("rotate-keys")[0] == 0 and len(ids()) == 3
    status, said = typed("rotate-keys", "--again")
    assert status == 0 and "Clé en vigueur : key-" in said and "à nouveau : 0" in said
    name = said.partition("Clé en vigueur : ")[2].partition(".")[0]
    status, said = typed("rotate-keys", "--compromised", name.rpartition("-")[0] + "-1")
    assert status == 0 and "à nouveau : 3" in said
    status, said = typed("rotate-keys", "--compromised", name.rpartition("-")[0] + "-1")
    assert status == 0 and "à nouveau : 0" in said
    assert typed("rotate-keys", "--compromised", "key-1")[0] == 1
    found = files(class_of_three, ids()[0])
    assert typed("verify", str(found["real.json"]), *offline(found))[0] == 0


def test_status_lists(class_of_three: Path, typed: Typed) -> None:
    assert "signées : 0" in typed("status-lists")[1]
    typed("issue", "reperes")
    for _ in range(2):
        status, said = typed("status-lists")
        assert status == 0 and "signées : 1" in said


def test_organisation(class_of_three: Path, typed: Typed) -> None:
    assert "Aucune organisation." in typed("organisation", "list")[1]
    agreed = ["--slug", "ecoute", "--agreement", "Convention du 3 mars 2026"]
    status, said = typed(
        "organisation", "add", "Maison Écoute", *agreed, "--signatory", "Dalia", "--role", "directrice"
    )
    assert status == 0 and "Organisation ajoutée" in said
    status, said = typed("organisation", "add", "Une autre", *agreed)
    assert status == 1 and "slug (taken)" in said
    status, said = typed("organisation", "list")
    assert status == 0 and "ecoute" in said and "délivre" in said


def test_verify_asks_the_issuer_over_the_network(class_of_three: Path, typed: Typed) -> None:
    """A real server on this machine: its document, its list, and what it says after a revocation."""
    typed("issue", "reperes")
    first = ids()[0]
    found = files(class_of_three, first)
    port = read_settings().port
    with running(class_of_three, port=port):
        status, said = typed("verify", str(found["paper.pdf"]))
        assert status == 0 and "Valide" in said and f"did:web:localhost%3A{port}:o:site" in said
        typed("revoke", first, "--reason", "mistake", "--now")
        assert typed("verify", str(found["paper.pdf"]))[0] == 1
    status, said = typed("verify", str(found["paper.pdf"]))
    assert status == 2 and "Organisme introuvable" in said
