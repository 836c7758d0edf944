"""`elearn import gift`, `elearn export gift`, `elearn export html`: what they write, say, and refuse to write."""

from pathlib import Path

import html5lib
import pytest

from elearn import cli
from elearn.core.check import check_site
from elearn.store.content_folder import read_folder
from tests import shipped
from tests.core.sample import TODAY

GIFT = """// [id:7]
::Qui décide:: Qui décide de ce qui est dit ? {
~%50%Moi # Oui.
~%50%Nous = deux # Oui aussi.
~L'équipe # Non.
}

Racontez. {}
"""
COURSE = "courses/animer-un-groupe/course.yaml"
WHOLE = "courses/animer-un-groupe/07-mes-questions/fr.md"


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the courses, and a file to import beside it; what is typed speaks French."""
    monkeypatch.setenv("ELEARN_LANG", "fr")
    shipped.copy(tmp_path / "content")
    (tmp_path / "Mes questions.gift").write_text(GIFT, encoding="utf-8")
    return tmp_path / "content"


def bring(content: Path, *more: str, file: str = "Mes questions.gift", course: str = "animer-un-groupe") -> int:
    return cli.main(
        ["import", "gift", str(content.parent / file), "--course", course, "--content", str(content), *more]
    )


def take(content: Path, form: str, *more: str) -> int:
    return cli.main(["export", form, *more, "--content", str(content)])


def test_a_gift_file_becomes_a_draft_that_passes_check(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bring(content, "--title", "Mes questions") == 0
    said = capsys.readouterr().out

    text = (content / WHOLE).read_text("utf-8")
    assert "statut: brouillon" in text and "# Mes questions" in text
    assert "### Qui décide de ce qui est dit ? {.choix-multiple #qui-decide bareme=partiel}" in text
    assert "identifiant d'origine « 7 » : ici #qui-decide" in said
    assert "Mes questions.gift:2:1: deviné: fractions inégales" in said
    assert ", mes-questions]" in (content / COURSE).read_text("utf-8")
    build = check_site(read_folder(content), TODAY)
    assert [problem for problem in build.problems if problem.path == WHOLE] == []


def test_a_list_written_in_an_unusual_way_is_left_to_its_author(
    content: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = content / COURSE
    text = course.read_text("utf-8").replace("unites: [", "unites: [  # ici\n    ", 1).replace("]", "\n  ]", 1)
    course.write_text(text, encoding="utf-8")
    assert bring(content) == 0
    assert course.read_text("utf-8") == text and (content / WHOLE).exists()
    assert "ajoutez vous-même mes-questions à la liste « unites »" in capsys.readouterr().out


def test_a_dry_run_writes_nothing(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bring(content, "--dry-run") == 0
    assert "deviné" in capsys.readouterr().out
    assert not (content / WHOLE).parent.exists() and "mes-questions" not in (content / COURSE).read_text("utf-8")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"course": "rien"}, "Il n'y a pas de cours « rien ». Il y a : animer-un-groupe, ecrire-une-unite."),
        ({"file": "rien.gift"}, "ne peut pas être lu"),
        ({"unit": "groupe-d-entraide"}, "Une unité « groupe-d-entraide » existe déjà."),
        ({"unit": "Mon Unité"}, "ne peut pas être un nom court"),
        ({"file": "vide.gift"}, "Rien n'a été écrit."),
        ({"file": "grand.gift"}, "E091"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_cannot_be_taken_whole_is_not_taken(
    content: Path, capsys: pytest.CaptureFixture[str], more: dict[str, str], said: str
) -> None:
    (content.parent / "vide.gift").write_text("// rien\n", encoding="utf-8")
    (content.parent / "grand.gift").write_text(("mot " * 800 + "{T}\n\n") * 80, encoding="utf-8")
    before = read_folder(content)
    options = ["--unit", more.pop("unit")] if "unit" in more else []

    assert bring(content, *options, **more) == 1

    assert said in capsys.readouterr().out
    assert read_folder(content) == before


def test_a_unit_leaves_as_gift_and_what_is_lost_is_told(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert take(content, "gift", "animer-un-groupe/groupe-d-entraide") == 0

    told = capsys.readouterr()
    assert "::qui-fait-les-regles::[html]" in told.out and "$CATEGORY: groupe-d-entraide/" in told.out
    assert "animer-un-groupe/groupe-d-entraide#type-et-trait: perdu: indices non exportés : 1" in told.err


def test_what_left_comes_back(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = content.parent / "groupe.gift"
    assert take(content, "gift", "animer-un-groupe/groupe-d-entraide", "-o", str(file)) == 0
    assert bring(content, "--unit", "de-retour", file="groupe.gift") == 0

    text = (content / "courses/animer-un-groupe/07-de-retour/fr.md").read_text("utf-8")
    assert "{.choix-unique #qui-fait-les-regles}" in text


@pytest.mark.parametrize(("lang", "title"), [("fr", "Ce qu"), ("en", "What a mutual-aid group")])
def test_a_unit_leaves_as_one_page(content: Path, lang: str, title: str) -> None:
    file = content.parent / "unite.html"
    assert take(content, "html", "animer-un-groupe/groupe-d-entraide", "--lang", lang, "-o", str(file)) == 0

    page = file.read_text("utf-8")
    html5lib.HTMLParser(strict=True).parse(page)
    assert f"<h1>{title}" in page and "protège ses membres" not in page and "Corrigé" not in page


def test_the_key_leaves_only_when_asked(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert take(content, "html", "animer-un-groupe/groupe-d-entraide", "--key") == 0
    assert "protège ses membres" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["gift", "html"])
def test_an_unknown_or_broken_unit_does_not_leave(content: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert take(content, form, "animer-un-groupe/rien") == 1
    assert "Écrivez cours/unité" in capsys.readouterr().out

    unit = content / "courses/animer-un-groupe/01-groupe-d-entraide/fr.md"
    unit.write_text(unit.read_text("utf-8").replace("(x)", "( )"), encoding="utf-8")
    assert take(content, form, "animer-un-groupe/groupe-d-entraide") == 1
    assert "E200" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "fr", "en"),
    [
        ("import gift", "dire tout, n'écrire rien", "tell all, write nothing"),
        ("export gift", "ce qui se perd est dit", "what is lost is told"),
        ("export html", "avec le corrigé", "with the answer key"),
    ],
)
def test_help_teaches(
    words: str, fr: str, en: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for lang, wanted in (("fr", fr), ("en", en)):
        monkeypatch.setenv("ELEARN_LANG", lang)
        with pytest.raises(SystemExit):
            cli.main([*words.split(), "--help"])
        assert wanted in " ".join(capsys.readouterr().out.split())
