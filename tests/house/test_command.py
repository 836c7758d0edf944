"""The `elearn` command: what it does, what it says, and its exit status. In two languages."""

import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from elearn import cli
from elearn.commands.common import open_site, read_settings
from elearn.config import ROOT
from elearn.store.accounts import Person, SecondFactor
from elearn.store.audit import AuditEntry
from elearn.store.base import db, now
from elearn.terminal import language
from tests import shipped
from tests.services.mailing import person, put
from tests.site import Visitor, environment, free_port, running

ADDRESS = "https://formation.example.org"
GOOD = "quatre chevaux lisent dehors"

pytestmark = pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="makes its own SQLite file")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for a site; what is typed speaks French."""
    for name in [name for name in os.environ if name.startswith("ELEARN_")]:
        monkeypatch.delenv(name)
    for name, value in environment(tmp_path).items():
        if name.startswith("ELEARN_"):
            monkeypatch.setenv(name, value)
    return tmp_path


@pytest.fixture
def content(site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the courses that a test may spoil."""
    copy = shipped.copy(site / "content")
    monkeypatch.setenv("ELEARN_CONTENT", str(copy))
    return copy


def spoil(content: Path) -> Path:
    unit = content / "courses/ecrire-une-unite/01-premiere-unite/fr.md"
    unit.write_text(unit.read_text("utf-8").replace("(x)", "( )"), encoding="utf-8")
    return unit


HELP = {
    "": ("servir le site", "serve the site"),
    "run": ("port d'écoute", "port to listen on"),
    "check": ("pour un programme", "for a program"),
    "fix": ("sans toucher au texte", "without touching the words"),
    "new": ("commencer une unité", "begin a unit"),
    "new unit": ("nom court du cours", "its id, or its folder"),
    "new question": ("par exemple choix-unique", "such as single-choice"),
    "publish": ("recommencer à chaque enregistrement", "again at each save"),
    "publish ": ("recorrigées, seulement vers le haut (remark)", "marked again, only upward (remark)"),
    "diff": ("question par question et mot par mot", "question by question and word by word"),
    "translate": ("Un bloc est une question, ou la prose", "A block is a question, or the prose"),
    "user": ("ouvrir un compte", "open an account"),
    "user add": ("nom affiché", "the name shown"),
    "work": ("une fois, puis finir", "once, then end"),
    "mail": ("ouvrir un message gardé ici", "open a message kept here"),
    "keys": ("créer celles qui manquent", "make those that lack"),
}


@pytest.mark.parametrize("words", HELP)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_help_teaches(
    words: str, lang: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELEARN_LANG", lang)
    with pytest.raises(SystemExit) as end:
        cli.main([*words.split(), "--help"])
    assert end.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    french, english = HELP[words]
    assert (french in said, english in said) == (lang == "fr", lang == "en")


def test_what_is_not_understood_says_where_to_read_on(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        cli.main(["user", "add"])
    assert end.value.code == 2
    assert "elearn user add --help" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "fr"),
        ({"LANG": "C.UTF-8"}, "fr"),
        ({"LANG": "en_CA.UTF-8"}, "en"),
        ({"LANG": "fr_CA.UTF-8"}, "fr"),
        ({"LANG": "en_US.UTF-8", "ELEARN_LANG": "fr"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "en_GB"}, "en"),
    ],
)
def test_the_terminal_speaks_its_language(environ: dict[str, str], expected: str) -> None:
    assert language(environ) == expected


def test_check_is_silent_on_good_courses(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(ROOT / "content")]) == 0
    assert "Rien ne s'oppose à la publication" in capsys.readouterr().out


def test_check_says_where_and_what(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unit = spoil(content)
    assert cli.main(["check"]) == 1
    said = capsys.readouterr().out
    shown = os.path.relpath(unit)
    assert re.search(rf"^{re.escape(shown)}:\d+:\d+: E\d+ \w", said, re.MULTILINE)


def test_check_speaks_to_programs(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(content)
    assert cli.main(["check", "--json", str(content)]) == 1
    problems = json.loads(capsys.readouterr().out)
    assert {"path", "line", "column", "code", "severity", "message"} <= set(problems[0])
    assert problems[0]["path"] == "courses/ecrire-une-unite/01-premiere-unite/fr.md"


def test_check_of_no_folder(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", str(site / "nowhere")]) == 2
    assert "n'existe pas" in capsys.readouterr().err


def test_check_counts_in_its_last_line(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unit = spoil(content)
    unit.write_text(unit.read_text("utf-8") + "\nUn suicide raté.\n" + "\n<b>\n" * 250, encoding="utf-8")
    assert cli.main(["check"]) == 1
    *lines, last = capsys.readouterr().out.splitlines()
    errors = sum(bool(re.search(r":\d+: [ET]\d", line)) for line in lines)
    assert re.match(rf"{errors} erreurs et 1 conseil dans \d+ fichiers?, et (\d+) autres", last)
    assert errors >= 200 and any("W421" in line for line in lines) and " W092 " in "".join(lines)


def test_check_with_advice_only_is_not_a_failure(
    content: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = content / "courses/ecrire-une-unite/01-premiere-unite/fr.md"
    unit.write_text(unit.read_text("utf-8") + "\nUn schizophrène.\n", encoding="utf-8")
    monkeypatch.setenv("ELEARN_LANG", "en")
    assert cli.main(["check"]) == 0
    assert "Nothing stands in the way of publishing: 1 warning in 1 file." in capsys.readouterr().out


def test_a_fault_of_ours_is_one_line(
    content: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("nom")

    monkeypatch.setattr("elearn.core.check.check_site", broken)
    assert cli.main(["check", "--json"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "Panne d'elearn" in said.err and "KeyError" in said.err and "Traceback" not in said.err
    monkeypatch.setenv("ELEARN_DEBUG", "1")
    with pytest.raises(KeyError):
        cli.main(["check"])


def test_publish_makes_one_edition_and_keeps_it_when_spoilt(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["publish"]) == 0
    assert "Édition 1 publiée" in capsys.readouterr().out
    assert cli.main(["publish"]) == 0
    assert "Rien n'a changé : édition 1" in capsys.readouterr().out
    spoil(content)
    assert cli.main(["publish"]) == 1
    assert "l'édition précédente reste en ligne" in capsys.readouterr().out


def test_people_come_and_go(site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\n"))
    assert cli.main(["user", "add", "ada", "--role", "trainer", "--password-stdin"]) == 0
    assert cli.main(["user", "role", "ada", "admin"]) == 0
    capsys.readouterr()
    assert cli.main(["user", "list"]) == 0
    assert re.search(r"^ada +admin +ada$", capsys.readouterr().out, re.MULTILINE)
    assert cli.main(["user", "link", "ada"]) == 0
    assert re.fullmatch(r"http://127\.0\.0\.1:8080/accounts/links/\S{20,}\n", capsys.readouterr().out)
    assert cli.main(["user", "deactivate", "ada"]) == 0
    capsys.readouterr()
    assert cli.main(["user", "list"]) == 0
    assert "(fermé)" in capsys.readouterr().out
    assert cli.main(["user", "link", "ada"]) == 1


def test_a_new_account_is_told_where_to_sign_in(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\n"))
    assert cli.main(["user", "add", "emile", "--role", "admin", "--password-stdin"]) == 0
    assert "http://127.0.0.1:8080/accounts/sign-in" in capsys.readouterr().out


def test_without_a_terminal_a_password_is_read_from_input_or_asked_for_in_words(site: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "elearn.cli", "user", "add", "emile"],
        cwd=ROOT,
        env=environment(site),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        start_new_session=True,
    )
    assert ended.returncode == 1
    assert "--password-stdin" in ended.stderr and "Traceback" not in ended.stderr


def test_whoever_reads_may_leave_early(site: Path) -> None:
    """`elearn register | head -1`."""
    command = [sys.executable, "-m", "elearn.cli", "register"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(site), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        said = process.stderr.read().decode()
        assert process.wait(60) == 141
    assert said == ""


def test_a_lost_second_factor_is_taken_away_from_the_terminal(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the only administrator of a site types, phone and printed codes gone."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\n"))
    assert cli.main(["user", "add", "emile", "--role", "admin", "--password-stdin"]) == 0
    assert cli.main(["user", "remove-factor", "emile"]) == 1
    assert "n'a pas de second facteur" in capsys.readouterr().out
    with open_site(read_settings()):
        emile = db.session.execute(select(Person).where(Person.sign_in_name == "emile")).scalar_one()
        db.session.add(SecondFactor(person_id=emile.id, key_id="-", sealed=b"-", confirmed_at=now()))
        db.session.commit()
    assert cli.main(["user", "remove-factor", "emile"]) == 0
    assert "elearn user link emile" in capsys.readouterr().out
    with open_site(read_settings()):
        assert db.session.execute(select(SecondFactor)).all() == []
        deeds = db.session.execute(select(AuditEntry.deed).order_by(AuditEntry.id)).scalars().all()
        assert deeds[-1] == "second factor removed"


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("ada", "court", "douze signes"),
        ("ad", GOOD, "trois signes"),
        ("benoît", "benoît aime la mer", "contient le nom"),
    ],
)
def test_an_account_that_cannot_be(
    site: Path, name: str, password: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    assert cli.main(["user", "add", name, "--password-stdin"]) == 1
    assert said in capsys.readouterr().out


def test_a_name_is_taken_once(site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for expected in (0, 1):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\n"))
        assert cli.main(["user", "add", "chloe", "--password-stdin"]) == expected
    assert "déjà pris" in capsys.readouterr().out


@pytest.mark.parametrize(
    "deed",
    [["role", "personne", "admin"], ["deactivate", "personne"], ["link", "personne"], ["remove-factor", "personne"]],
)
def test_nobody_of_that_name(site: Path, deed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["user", *deed]) == 1
    assert "Personne n'a le nom « personne »" in capsys.readouterr().out


def test_a_real_site_wants_its_keys_made(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELEARN_BASE_URL", ADDRESS)
    assert cli.main(["migrate"]) == 1
    assert "elearn keys new" in capsys.readouterr().err
    assert cli.main(["keys", "new"]) == 0
    assert cli.main(["migrate"]) == 0
    capsys.readouterr()
    before = (site / "keys" / "secret").read_bytes()
    assert cli.main(["keys", "new"]) == 0
    assert (site / "keys" / "secret").read_bytes() == before


def test_a_link_of_a_real_site_has_its_address(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELEARN_BASE_URL", ADDRESS)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GOOD}\n"))
    assert cli.main(["keys", "new"]) == 0
    assert cli.main(["user", "add", "dalia", "--password-stdin"]) == 0
    capsys.readouterr()
    assert cli.main(["user", "link", "dalia"]) == 0
    assert capsys.readouterr().out.startswith(f"{ADDRESS}/accounts/links/")


def test_beyond_this_machine_an_address_is_needed(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["run", "--host", "0.0.0.0"]) == 1
    assert "ELEARN_BASE_URL" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://elearn:s3cret@127.0.0.1:9/elearn", "La base de données ne répond pas"),
        ("mysql://elearn:s3cret@localhost/elearn", "commence par « mysql »"),
    ],
)
def test_a_database_that_cannot_be_had(
    site: Path, url: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELEARN_DATABASE_URL", url)
    assert cli.main(["migrate"]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert "s3cret" not in told
    assert len(told.splitlines()) == 2


def test_mail_is_kept_here_and_opened(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no mail server is set; once the secret is replaced, nothing kept before opens."""
    assert cli.main(["mail", "list"]) == 0
    assert capsys.readouterr().out == "En attente 0, partis 0, échoués 0, abandonnés 0.\n"
    write_to_benoit()
    assert cli.main(["mail", "send"]) == 0
    assert "Partis 1, remis à plus tard 0, échoués 0, abandonnés 0." in capsys.readouterr().out
    assert cli.main(["mail", "list"]) == 0
    first, last = capsys.readouterr().out.splitlines()
    uid, day, _hour, subject = first.split(maxsplit=3)
    assert (subject, last) == ("Choisir un nouveau mot de passe", "En attente 0, partis 1, échoués 0, abandonnés 0.")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", day)
    assert cli.main(["mail", "show", uid]) == 0
    said = capsys.readouterr().out
    assert "To: benoit@example.org" in said.splitlines()
    assert "https://formation.example.org/accounts/recovery/new-password/CANARI-LIEN-91" in said.splitlines()
    assert cli.main(["mail", "show", "personne"]) == 1
    assert "Aucun message personne ici." in capsys.readouterr().out
    monkeypatch.setenv("ELEARN_PORT", str(free_port()))
    assert cli.main(["keys", "rotate", "--secret", "--yes"]) == 0
    capsys.readouterr()
    assert cli.main(["mail", "show", uid]) == 1
    assert "ne s'ouvre pas" in capsys.readouterr().out
    assert cli.main(["mail", "list"]) == 0
    assert "ne s'ouvre pas" in capsys.readouterr().out
    (site / "keys" / "secret").write_bytes(bytes(range(32)))
    assert cli.main(["mail", "list"]) == 1
    assert "n'est pas" in capsys.readouterr().err


def test_mail_that_cannot_be_sent_is_said(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ELEARN_MAIL_SERVER", f"smtp://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ELEARN_MAIL_FROM", "site@example.org")
    write_to_benoit()
    assert cli.main(["mail", "send"]) == 1
    assert "Partis 0, remis à plus tard 1" in capsys.readouterr().out


def write_to_benoit() -> None:
    """A message for an address that waits in the outbox of the site that the environment names."""
    with open_site(read_settings()):
        put(person("Benoît", "benoit@example.org"))


def test_doctor_says_what_to_mend(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["publish"]) == 0
    capsys.readouterr()
    assert cli.main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "édition publiée : 1" in said
    assert "✗" not in said
    (site / "keys" / "secret").chmod(0o644)
    assert cli.main(["doctor"]) == 1
    assert "chmod 600" in capsys.readouterr().out


def test_run_tells_the_address_and_a_link_for_each_demo_person(tmp_path: Path) -> None:
    with running(tmp_path) as site:
        assert len(site.links) == 3
        assert re.search(rf"http://127\.0\.0\.1:{site.port}/$", site.said(), re.MULTILINE)
        assert all(who in site.said() for who in ("Benoît, en formation", "Ada, formatrice", "Émile, administration"))
        visitor = Visitor(site.port)
        visitor.sign_in(site.links[0])
        assert "Benoît" in visitor.get("/accounts/").text
        assert Visitor(site.port).get("/").status == 200
        other = subprocess.run(
            [sys.executable, "-m", "elearn.cli", "run", "--port", str(site.port)],
            env=environment(tmp_path),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert other.returncode == 1
        assert other.stdout == ""
        assert other.stderr.splitlines() == [
            f"Le port {site.port} est déjà pris par un autre programme : lancez « make run PORT={site.port + 1} ».",
            f"Port {site.port} is already in use by another program: run “make run PORT={site.port + 1}”.",
        ]


def test_asvs_6_3_2_a_real_site_has_no_demo_person(tmp_path: Path) -> None:
    """Not even those that a trial in the same folder has left, nor their links and sessions."""
    visitor = Visitor(0)
    with running(tmp_path) as trial:
        visitor.port = trial.port
        visitor.sign_in(trial.links[0])
        unused = trial.links[1]
    with running(tmp_path, port=trial.port, ELEARN_BASE_URL=f"http://127.0.0.1:{trial.port}") as site:
        assert site.links == ()
        assert visitor.get("/accounts/").status == 303
        assert Visitor(site.port).submit(unused, unused).status == 410
        people = subprocess.run(
            [sys.executable, "-m", "elearn.cli", "user", "list"],
            env=environment(tmp_path),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    assert people.count("(fermé)") == len(people.splitlines()) == 3


def test_preview_shows_each_save_and_what_is_in_its_way(content: Path, tmp_path: Path) -> None:
    unit = content / "courses/ecrire-une-unite/01-premiere-unite/fr.md"
    text = unit.read_text("utf-8")
    with running(tmp_path, "preview", ELEARN_CONTENT=str(content)) as site:
        assert len(site.links) == 1
        visitor = Visitor(site.port)
        visitor.sign_in(site.links[0])
        assert eventually(visitor, "/learning/ecrire-une-unite", "Écrire")
        unit.write_text(text.replace("(x)", "( )"), encoding="utf-8")
        assert eventually(visitor, "/", "ecrire-une-unite/01-premiere-unite/fr.md:")
        page = visitor.get("/learning/ecrire-une-unite/premiere-unite/un-fichier-texte").text
        beside = page.partition('<aside class="problems"')[2].partition("</aside>")[0]
        assert "E200" in beside and "Ligne" in beside
        assert "Voir la réponse" in page and "la dernière version sans erreur" in page
        before = visitor.get("/preview/state").text
        pool = visitor.get("/learning/ecrire-une-unite/premiere-unite/tirage").text
        assert pool.count("Voir la réponse") == 4, "a preview shows every question of a pool"
        story = visitor.get("/learning/ecrire-une-unite/premiere-unite/situations").text
        plan = story.partition('<ol class="paths">')[2].partition("</ol>")[0]
        assert plan.count('id="un-silence_map_') == 5 and "(points : 1)" in plan.replace("\u202f", " ").replace(
            "\xa0", " "
        )
        first, title = re.search(r"^# (.+)$", text, re.MULTILINE)[1], "Un titre tout neuf"  # type: ignore[index]
        unit.write_text(text.replace(first, title), encoding="utf-8")
        assert eventually(visitor, "/learning/ecrire-une-unite", title)
        assert "01-premiere-unite/fr.md:" not in visitor.get("/").text
        assert before.startswith('{"state":') and visitor.get("/preview/state").text != before
    assert not (tmp_path / "instance").exists()


def eventually(visitor: Visitor, path: str, words: str, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if words in visitor.get(path).text:
            return True
        time.sleep(0.1)
    return False
