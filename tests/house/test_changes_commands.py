"""Commands that compare and translate: diff, publish with decisions, check --against, translate. In two languages."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from elearn import cli
from elearn.commands import changes_told
from elearn.commands.changes_told import COUNTS, NAMES, PARTS
from elearn.commands.common import open_site, read_settings
from elearn.core.changes import CLASSES, DECISIONS, Change, Words
from elearn.core.translating import STATES
from elearn.store.base import db
from elearn.store.editions import Edition, KeyChange, sources
from elearn.usage import DECIDED, STANDINGS
from tests import world
from tests.site import environment

pytestmark = pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="makes its own SQLite file")

UNIT = "courses/reperes/01-ecouter"
FALSE, TRUE = "> **Réponse :** faux", "> **Réponse :** vrai"


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small site in a folder, without translations, and a site of its own to publish it to."""
    for name in [name for name in os.environ if name.startswith("ELEARN_")]:
        monkeypatch.delenv(name)
    for name, value in environment(tmp_path).items():
        if name.startswith("ELEARN_"):
            monkeypatch.setenv(name, value)
    folder = world.write(tmp_path / "content")
    (folder / UNIT / "en.md").unlink()
    monkeypatch.setenv("ELEARN_CONTENT", str(folder))
    return folder


def edit(content: Path, *pairs: str, name: str = "fr.md") -> None:
    path = content / UNIT / name
    text = path.read_text("utf-8")
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    capsys.readouterr()
    code = cli.main(words)
    told = capsys.readouterr()
    return code, told.out + told.err


def stored() -> tuple[list[str], list[tuple[str, str]]]:
    """The notes of the editions, and what was decided."""
    with open_site(read_settings()), db.engine.connect() as connection:
        notes = list(connection.execute(select(Edition.note).order_by(Edition.number)).scalars())
        decided = connection.execute(select(KeyChange.question, KeyChange.decision).order_by(KeyChange.edition))
        return notes, [(question, decision) for question, decision in decided]


def test_diff_shows_each_change_with_its_class_word_by_word(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["publish"]) == 0
    assert said(capsys, "diff") == (0, "0 question.\n")
    edit(
        content,
        "Le silence laisse",
        "Le silence donne",
        FALSE,
        TRUE,
        "peut changer d'avis",
        "peut toujours changer d'avis",
    )
    edit(content, "### Dans quel ordre", "### Encore ? {.reflexion #encore}\n\n### Dans quel ordre")
    code, told = said(capsys, "diff")
    assert code == 0
    for line in (
        "reperes/ecouter\n",
        "  T  ## se-taire  texte\n       prose : Le silence [-laisse-] {+donne+} de la place.\n",
        "  T  qui-decide  texte\n       retour 2 : Oui : elle décide, et peut {+toujours+} changer d'avis.\n",
        "  C  taire-ecouter  ce qui est juste a changé\n       juste : [-faux-] {+vrai+}\n",
        "  N  encore  nouvelle\n",
        "T texte · C ce qui est juste a changé · S structure changée",
        "3 questions : 1 texte, 1 réponse juste changée, 1 nouvelle ; prose : 1 section.\n",
    ):
        assert line in told, line


def test_diff_speaks_english_and_compares_with_an_edition_or_a_folder(
    content: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cli.main(["publish"])
    edit(content, "Le silence laisse", "Le silence donne")
    cli.main(["publish"])
    monkeypatch.setenv("ELEARN_LANG", "en")
    assert said(capsys, "diff")[1] == "0 questions.\n"
    assert said(capsys, "diff", "--against", "1")[1].endswith("0 questions; prose: 1 section.\n")
    other = world.write(tmp_path / "exported")
    assert "[-laisse-] {+donne+}" in said(capsys, "diff", "--against", str(other))[1]
    code, told = said(capsys, "diff", "--against", "7")
    assert code == 1 and "There is no edition “7”" in told


def test_diff_of_courses_with_errors_says_to_mend_them(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(content, FALSE, "> **Réponse :** peut-être")
    code, told = said(capsys, "diff")
    assert code == 1 and "elearn check" in told


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{.vrai-faux #taire-ecouter}", "{.vrai-faux #autre}", "E133"),
        (f"{{.vrai-faux #taire-ecouter}}\n\n{FALSE}", "{.reflexion #taire-ecouter}", "E134"),
    ],
)
def test_what_was_published_may_not_go_nor_turn(
    content: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, old: str, new: str, code: str
) -> None:
    cli.main(["publish"])
    exported = world.write(tmp_path / "exported")
    edit(content, old, new, "\n> **Explication :** on peut se taire et penser à autre chose.\n", "\n")
    assert f" {code} " not in said(capsys, "check")[1], "check never looks at a database by itself"
    for against in ("1", str(exported)):
        status, told = said(capsys, "check", "--against", against)
        assert status == 1 and f" {code} « taire-ecouter »" in told
    status, told = said(capsys, "publish")
    assert status == 1 and f" {code} « taire-ecouter »" in told and "Contenu non publié" in told


def test_a_changed_key_asks_for_a_decision(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["publish"])
    edit(content, FALSE, TRUE)
    code, told = said(capsys, "publish")
    assert code == 1 and "reperes/ecouter/taire-ecouter" in told and "--key-changes keep" in told
    code, told = said(capsys, "publish", "--dry-run")
    assert code == 0 and "1 réponse juste changée" in told and "Rien n'est publié" in told
    assert stored() == ([""], [])
    code, told = said(capsys, "publish", "--key-changes", "cancel", "--note", "Clé corrigée")
    assert code == 0
    assert "Édition 2 publiée.\n  1 question : 1 réponse juste changée.\n  C  reperes/ecouter/taire-ecouter" in told
    assert "inscriptions qui y gagnent : 0" in told
    assert stored() == (["", "Clé corrigée"], [("reperes/ecouter/taire-ecouter", "cancel")])


def test_somebody_at_a_terminal_is_asked(
    content: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.main(["publish"])
    edit(content, FALSE, TRUE)
    for stream in ("stdin", "stdout"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True)
    typed = iter(["x", "r"])
    monkeypatch.setattr("builtins.input", lambda _words: next(typed))
    assert cli.main(["publish"]) == 0
    assert stored()[1] == [("reperes/ecouter/taire-ecouter", "remark")]

    def gone(_words: str) -> str:
        raise EOFError

    edit(content, TRUE, FALSE)
    monkeypatch.setattr("builtins.input", gone)
    assert cli.main(["publish"]) == 1
    assert len(stored()[0]) == 2


def test_a_start_publishes_without_asking_and_says_so(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from elearn.running import publish_and_tell

    cli.main(["publish"])
    edit(content, FALSE, TRUE)
    capsys.readouterr()
    with open_site(read_settings()):
        assert publish_and_tell(read_settings()).number == 2
    assert "restent notées comme elles étaient" in capsys.readouterr().out
    assert stored()[1] == [("reperes/ecouter/taire-ecouter", "keep")]


def test_what_is_published_while_it_asks_is_not_undone(content: Path) -> None:
    from elearn.running import keep_answers, publish_and_tell

    cli.main(["publish"])
    edit(content, FALSE, TRUE)

    def slow(asked: Sequence[Change]) -> Mapping[str, str] | None:
        if len(stored()[0]) == 1:
            edit(content, "penser à autre chose", "rêver à autre chose")
            publish_and_tell(read_settings())
        return keep_answers(asked)

    with open_site(read_settings()):
        assert publish_and_tell(read_settings(), slow).number == 2
        with db.engine.connect() as connection:
            assert "rêver à autre chose".encode() in sources(connection, 2)[f"{UNIT}/fr.md"]


def test_on_a_throwaway_site_questions_come_and_go_as_one_writes(content: Path) -> None:
    from elearn.running import publish_and_tell

    cli.main(["publish"])
    edit(content, "{.vrai-faux #taire-ecouter}", "{.vrai-faux #autre}")
    with open_site(read_settings()):
        assert publish_and_tell(read_settings()).number == 1
        assert publish_and_tell(read_settings(), trial=True).number == 2


def test_translate_from_nothing_to_current(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = said(capsys, "translate", "reperes/ecouter")
    assert code == 0 and "en.md" in told
    assert (content / UNIT / "en.sync.yaml").exists()
    assert said(capsys, "check")[0] == 0
    assert "manque 8" in said(capsys, "translate", "reperes/01-ecouter")[1]
    edit(content, "### Se taire, c'est écouter.", "### To keep silent is to listen.", name="en.md")
    assert "  à jour     taire-ecouter" in said(capsys, "translate", "reperes/ecouter", "--lang", "en")[1]
    edit(content, "penser à autre chose", "rêver à autre chose")
    assert "  en retard  taire-ecouter" in said(capsys, "translate", "reperes/ecouter")[1]
    assert "T305" in said(capsys, "check")[1]
    told = said(capsys, "translate", "reperes/ecouter", "--reviewed", "taire-ecouter")[1]
    assert "Blocs notés comme relus : 1." in told and "  à jour     taire-ecouter" in told
    assert "T305" not in said(capsys, "check")[1]


def test_only_what_is_translated_is_noted_as_reviewed(content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world.write(content)
    assert "à relire 8" in said(capsys, "translate", "reperes/ecouter")[1]
    edit(content, world.ECOUTER_EN[world.ECOUTER_EN.index("### In which order") :], "", name="en.md")
    assert (
        "à jour 6, à relire 0, en retard 0, déplacé 0, manque 2"
        in said(capsys, "translate", "reperes/ecouter", "--reviewed")[1]
    )
    assert "ordre" not in (content / UNIT / "en.sync.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nulle/part"], "reperes/parler"),
        (["reperes/ecouter", "--lang", "es"], "« es »"),
        (["reperes/ecouter", "--reviewed", "zut"], "taire-ecouter"),
    ],
)
def test_translate_says_what_there_is(
    content: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    world.write(content)
    code, heard = said(capsys, "translate", *words)
    assert code == 1 and told in heard


def test_every_class_state_and_decision_has_words() -> None:
    assert set(NAMES) == set(COUNTS) == set(CLASSES)
    assert tuple(STANDINGS) == STATES and tuple(DECIDED) == DECISIONS
    letters = [{words[n][0] for words in DECIDED.values()} for n in (0, 1)]
    assert [len(some) for some in letters] == [3, 3], "one letter types one decision"


def test_colours_take_the_place_of_marks_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    changed = Change("T", "c", "u", "s", "q", words=(Words("stem", 0, "un mot", "un autre mot"),))
    changes_told.tell_changes([changed])
    told = capsys.readouterr().out
    assert "un \x1b[32mautre\x1b[0m mot" in told and "{+autre+}" not in told
    assert set(PARTS) >= {"stem", "prose", "right"}
