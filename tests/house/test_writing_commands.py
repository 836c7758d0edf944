"""`elearn fix` and `elearn new`: what they write, where, what they say, and what they leave alone."""

import io
import os
import re
import shutil
import stat
from pathlib import Path

import pytest

from elearn import cli
from elearn.commands import folders
from elearn.commands.common import open_site, read_settings
from tests import shipped
from tests.site import environment

pytestmark = pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="makes its own SQLite file")

SLIPS = "\n### Qui décide ?\n\n-(x) Moi, toujours.\n-( ) Eux.\n\n## Encore\n\nUn mot.\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for a site; what is typed speaks French and stands there."""
    for name in [name for name in os.environ if name.startswith("ELEARN_")]:
        monkeypatch.delenv(name)
    for name, value in environment(tmp_path).items():
        if name.startswith("ELEARN_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(folders, "SHIPPED", shipped.some())
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def own(site: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The operator's own content, with a course and a unit that were just begun."""
    assert cli.main(["new", "course", "ecoute", "--title", "L'écoute : un début"]) == 0
    assert cli.main(["new", "unit", "ecoute", "se-taire", "--title", 'Se "taire"']) == 0
    capsys.readouterr()
    return read_settings().own_content


def unit_of(own: Path) -> Path:
    return own / "courses/ecoute/01-se-taire/fr.md"


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def as_shipped() -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in shipped.some().rglob("*") if path.is_file()}


def test_from_nothing_to_a_unit_that_can_be_published(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kind in ("vrai-faux", "ordering", ".Choix-Multiple", "banque"):
        assert cli.main(["new", "question", "se-taire", "--kind", kind]) == 0
    assert cli.main(["new", "unit", "ecoute", "suite"]) == 0
    assert re.search(r"Écrit : \S+02-suite/fr\.md\n", said(capsys))

    assert cli.main(["check"]) == 0
    told = said(capsys)
    assert told.count(" W093 ") == 3 and "Rien ne s'oppose à la publication" in told
    assert cli.main(["publish"]) == 0
    assert re.search(r"(.* W093 .*\n){3}Édition 1 publiée", said(capsys))
    assert "unites: [se-taire, suite]" in (own / "courses/ecoute/course.yaml").read_text("utf-8")
    assert unit_of(own).read_text("utf-8").count("\n### ") == 5


def test_an_exam_is_begun_and_named_by_the_rule(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["new", "unit", "ecoute", "bilan", "--exam"]) == 0
    assert "écrivez « examen: bilan » sous « regle: » dans courses/ecoute/course.yaml" in said(capsys)
    course = own / "courses/ecoute/course.yaml"
    course.write_text(course.read_text("utf-8").replace("  seuil: 80", "  seuil: 80\n  examen: bilan"), "utf-8")

    assert cli.main(["check"]) == 0
    assert set(re.findall(r" ([EWT]\d{3}) ", said(capsys))) == {"W093"}


def test_english_words_are_proposed_on_request(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["new", "course", "listening", "--lang", "en"]) == 0
    assert cli.main(["new", "unit", "listening", "silence", "--lang", "en"]) == 0
    assert cli.main(["new", "question", "listening/silence", "--kind", "true-false"]) == 0

    text = (own / "courses/listening/01-silence/fr.md").read_text("utf-8")
    assert 'title: "Silence"' in text and "**Answer:**" in text
    assert "units: [silence]" in (own / "courses/listening/course.yaml").read_text("utf-8")
    assert cli.main(["check"]) == 0


def test_a_folder_of_its_own_gets_its_site(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for course in ("un", "deux"):
        assert cli.main(["new", "course", course, "--content", "cours"]) == 0
        assert cli.main(["new", "unit", course, f"{course}-a", "--content", "cours"]) == 0

    assert "cours: [un, deux]" in (site / "cours/site.yaml").read_text("utf-8")
    assert cli.main(["check", "cours"]) == 0


def test_a_unit_in_a_shipped_course_leaves_what_was_shipped(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = as_shipped()

    assert cli.main(["new", "unit", "animer-un-groupe", "neuve"]) == 0

    assert "copie à vous" in said(capsys) and as_shipped() == before
    assert (read_settings().own_content / "courses/animer-un-groupe/07-neuve/fr.md").is_file()
    assert cli.main(["check"]) == 0


def test_an_unusual_list_is_left_and_told(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    course = own / "courses/ecoute/course.yaml"
    course.write_text(course.read_text("utf-8").replace("[se-taire]", "se-taire"), encoding="utf-8")

    assert cli.main(["new", "unit", "ecoute", "suite"]) == 0

    assert "ajoutez vous-même suite à la liste « unites »" in said(capsys)
    assert "unites: se-taire\n" in course.read_text("utf-8")


REFUSED = [
    ("new course Écoute", "n'est pas un nom court"),
    ("new course print", "n'est pas un nom court"),
    ("new course ecoute", "est déjà pris"),
    ("new unit ecoute se-taire", "est déjà pris"),
    ("new unit nulle-part ailleurs", "elearn new course nulle-part"),
    ("new question nulle-part --kind ordre", "Il n'y a pas d'unité"),
    ("new question se-taire --kind choix", "n'existe pas. Il y a : choix-unique"),
    ("new question se-taire", "Ajoutez --kind"),
]


@pytest.mark.parametrize(("words", "why"), REFUSED)
def test_what_cannot_be_begun_says_why(words: str, why: str, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}

    assert cli.main(words.split()) == 1

    assert why in said(capsys)
    assert {path: path.read_bytes() for path in own.rglob("*") if path.is_file()} == before


def test_without_a_terminal_nothing_is_asked(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["new", "unit"]) == 1
    assert "elearn new unit mon-cours mon-unite" in capsys.readouterr().err


class Typed(io.StringIO):
    """What somebody types on a terminal."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_title_gives_a_short_name(
    own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Typed("ecoute\nL'œil qui écoute : 2\n\n"))

    assert cli.main(["new", "unit"]) == 0

    text = (own / "courses/ecoute/02-l-oeil-qui-ecoute-2/fr.md").read_text("utf-8")
    assert 'titre: "L\'œil qui écoute : 2"' in text
    monkeypatch.setattr("sys.stdin", Typed(""))
    assert cli.main(["new", "course"]) == 1


def test_an_unclosed_end_gets_no_question(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unit_of(own).write_text(unit_of(own).read_text("utf-8") + "\n```\ncode\n", encoding="utf-8")
    before = unit_of(own).read_bytes()

    assert cli.main(["new", "question", str(unit_of(own)), "--kind", "ordre"]) == 1

    assert "ne se lit pas" in said(capsys) and unit_of(own).read_bytes() == before


# --- fix


def test_a_repair_is_shown_then_made_then_over(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unit = unit_of(own)
    unit.write_bytes(unit.read_bytes() + SLIPS.encode())
    unit.chmod(0o640)
    before = unit.read_bytes()
    assert cli.main(["check"]) == 1
    assert "Réparable sans vous : 3" in said(capsys)

    assert cli.main(["fix", "--dry-run"]) == 0
    shown = said(capsys)
    assert "\n--(x) Moi, toujours.\n" in shown and "\n+- (x) Moi, toujours.\n" in shown and "\x1b" not in shown
    assert unit.read_bytes() == before

    assert cli.main(["fix"]) == 0
    assert re.search(r"Réparé : \S+fr\.md \(E132, E141, E150 × 2\)\n", said(capsys))
    after = unit.read_bytes()
    assert stat.S_IMODE(unit.stat().st_mode) == 0o640 and [path.name for path in unit.parent.iterdir()] == ["fr.md"]
    assert b"### Qui d\xc3\xa9cide ? {.choix-unique #q-" in after
    assert cli.main(["check"]) == 0

    capsys.readouterr()
    assert cli.main(["fix"]) == 0
    assert "Fichiers réparés : 0" in said(capsys) and unit.read_bytes() == after


def test_what_only_a_person_can_say_is_asked(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unit = unit_of(own)
    unit.write_bytes(unit.read_bytes() + b"\n### Question : qui ?\n\nUn mot.\n")
    before = unit.read_bytes()

    assert cli.main(["fix", str(unit)]) == 0

    assert re.search(r"À vous de dire :\n  \S+fr\.md:\d+:\d+: W140 .*\.reflexion", said(capsys))
    assert unit.read_bytes() == before


def test_only_what_is_named_or_owned_is_written(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unit = unit_of(own)
    unit.write_bytes(unit.read_bytes() + SLIPS.encode())
    before, files = unit.read_bytes(), as_shipped()

    assert cli.main(["fix", str(own / "courses/ecoute/course.yaml")]) == 0
    assert unit.read_bytes() == before
    assert cli.main(["fix"]) == 0
    assert unit.read_bytes() != before and as_shipped() == files


def test_shipped_courses_are_written_only_where_there_are_no_others(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert folders.writable(read_settings()) == [shipped.some()]
    read_settings().own_content.mkdir(parents=True)
    assert folders.writable(read_settings()) == [site / "instance/content"]
    monkeypatch.setenv("ELEARN_CONTENT", str(site / "cours"))
    assert folders.writable(read_settings()) == [site / "cours", site / "instance/content"]


@pytest.mark.parametrize("body", [b"## A \xff\n", b"## A\0\n", b"## A\n" * 50_000])
def test_a_file_that_cannot_be_read_is_left(body: bytes, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unit_of(own).write_bytes(body)

    assert cli.main(["fix"]) == 1

    assert "laissé tel quel" in said(capsys) and unit_of(own).read_bytes() == body


def test_a_path_outside_the_courses_is_refused(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["fix", "/nowhere/at/all.md"]) == 1
    assert "n'est pas dans un dossier de cours" in said(capsys)


def test_ids_of_every_edition_are_known_and_no_database_is_made(
    own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert folders.published_ids(read_settings()) == set()
    assert not (own.parent / "elearn.sqlite").exists()
    content = own.parent.parent / "petit"
    shutil.copytree(own, content)
    monkeypatch.setenv("ELEARN_CONTENT", str(content))
    (content / "site.yaml").write_text("langues: [fr, en]\ncours: [ecoute]\n", encoding="utf-8")
    shutil.rmtree(own)
    published = set(re.findall(r"#([sq]-\w{5})", (content / "courses/ecoute/01-se-taire/fr.md").read_text("utf-8")))

    with open_site(read_settings()):
        pass
    assert cli.main(["publish"]) == 0

    assert len(published) == 3 and folders.published_ids(read_settings()) == published
