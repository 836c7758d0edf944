"""Names that may be written, first texts that pass the check, and edits of one line."""

import datetime as dt
import random

import pytest

from elearn.core.check import check_site
from elearn.core.new_ids import NewIds
from elearn.core.pieces import NAMES, pieces
from elearn.core.skeletons import QUESTIONS
from elearn.core.writable import (
    First,
    first_course,
    first_unit,
    folder_for,
    id_of,
    is_name,
    listed,
    slug,
    title_of,
    with_status,
)
from tests import world

TODAY = dt.date(2026, 11, 26)


def ids() -> NewIds:
    return NewIds(random.Random(1).randrange)


def test_a_first_unit_in_a_first_course_passes_the_check() -> None:
    files = world.site()
    files["courses/neuf/course.yaml"] = first_course(First("neuf", 'Un "titre" : ici'), ("fr", "en"), "2026-1").encode()
    files["courses/neuf/01-un/fr.md"] = first_unit(First("un", "Un : deux # trois", 'Zoé "Z"'), "fr", ids()).encode()
    files |= listed(files, [("neuf", "un")])
    build = check_site(files, TODAY, ("courses/neuf",))
    assert {problem.code for problem in build.problems if problem.path.startswith("courses/neuf")} == {"W093"}
    assert build.units["neuf", "un", "fr"].title.replace("\u00a0", " ") == "Un : deux # trois"


def test_every_piece_passes_the_check() -> None:
    assert set(NAMES) == set(QUESTIONS)
    for lang in ("fr", "en"):
        for piece in pieces(lang, ids()):
            if "media/" in piece.text:
                continue
            files = world.site()
            files["courses/reperes/02-parler/fr.md"] = (world.PARLER_FR + "\n## Fin {#fin}\n\n" + piece.text).encode()
            found = [one.code for one in check_site(files, TODAY).problems if one.severity == "error"]
            assert found == [], (lang, piece.name)


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("L'écoute, à deux !", "l-ecoute-a-deux"),
        ("Œuvre et cætera", "oeuvre-et-caetera"),
        ("3 pas", "pas"),
        ("日本", ""),
        ("x" * 90, "x" * 40),
        ("--a--", "a"),
    ],
)
def test_an_id_from_words(words: str, id: str) -> None:
    assert slug(words) == id


def test_the_next_folder() -> None:
    assert folder_for("x", []) == "01-x"
    assert folder_for("x", ["01-a", "07-b", "annexe"]) == "08-x"


@pytest.mark.parametrize(
    ("path", "may", "admin"),
    [
        ("courses/a/01-b/fr.md", True, True),
        ("courses/a/01-b/en.sync.yaml", True, True),
        ("courses/a/01-b/media/Karim.fr.vtt", True, True),
        ("courses/a/course.yaml", True, True),
        ("pools/a/fr.md", True, True),
        ("glossary/fr.md", True, True),
        ("references.yaml", True, True),
        ("site.yaml", False, True),
        ("help-lines.yaml", False, True),
        ("courses/a/01-b/media/a/b.png", False, False),
        ("courses/a/01-b/media/..", False, False),
        ("courses/../site.yaml", False, False),
        ("courses/a/b/fr.md\n", False, False),
        ("courses/a/.b/fr.md", False, False),
        ("courses/a/b../fr.md", False, False),
        ("courses/a/b/fr.md.exe", False, False),
        ("/site.yaml", False, False),
        ("", False, False),
        ("other.yaml", False, False),
    ],
)
def test_names(path: str, may: bool, admin: bool) -> None:
    assert (is_name(path), is_name(path, whole_site=True)) == (may, admin)


def test_a_unit_that_is_listed_is_not_listed_again() -> None:
    files = {"courses/a/course.yaml": b"id: x\nunites:\n  - ab\n  - b-c\n\n  - d\nregle: e\n"}
    assert listed(files, [("a", "ab"), ("a", "b-c"), ("a", "d"), ("b", "x")]) == {}
    for unit in ("a", "b", "c", "e", "x"):
        assert listed(files, [("a", unit)])["courses/a/course.yaml"].count(f"- {unit}\n".encode()) == 1


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("---\nid: a\nstatut: publie\n---\nx\n", "---\nid: a\nstatut: brouillon\n---\nx\n"),
        ("---\nstatus : published\nid: a\n---\nx", "---\nstatus : draft\nid: a\n---\nx"),
        ("---\nid: a\n---\nstatut: publie\n", "---\nid: a\nstatut: brouillon\n---\nstatut: publie\n"),
        ("---\r\nid: a\r\n---\r\nx\r\n", "---\r\nid: a\r\nstatut: brouillon\r\n---\r\nx\r\n"),
        ("\ufeff---\nstatut: publie\n---\n", "\ufeff---\nstatut: brouillon\n---\n"),
        ("# sans en-tête\n", "# sans en-tête\n"),
        ("---\nid: a\n", "---\nid: a\n"),
    ],
)
def test_another_status(text: str, after: str) -> None:
    assert with_status(text, "draft") == after
    assert with_status(after, "draft") == after


def test_a_translation_gets_no_status_of_its_own() -> None:
    assert with_status("---\ntitle: a\n---\n", "draft", add=False) == "---\ntitle: a\n---\n"


def test_what_a_header_says() -> None:
    assert (id_of(world.ECOUTER_FR), title_of(world.ECOUTER_EN)) == ("ecouter", "Listening")
    assert id_of("id: a") == title_of("") == id_of("---\nid: [\n---\n") == ""
