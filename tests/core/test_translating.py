"""A translation beside its source: block by block missing, late or current, and which language each is shown in."""

import datetime as dt

import pytest

from elearn.core.course import Prose, Section, Unit
from elearn.core.parse import Draft, parse_unit
from elearn.core.source import decode
from elearn.core.strict_yaml import read
from elearn.core.translating import (
    OPENING,
    all_digests,
    blocks,
    digest,
    read_sync,
    skeleton,
    standings,
    sync_text,
)
from tests.core.sample import EN, FR, TRANSLATION, UNIT, build

SYNC = TRANSLATION.replace("en.md", "en.sync.yaml")
BLOCKS = [OPENING, "trois-questions", "qui-decide", "que-dire", "tout-dire", "fin-de-parcours", "ordre", "paires"]
BLOCKS += ["se-taire", "autres", "minutes", "quel-mot", "trous", "lire", "assurance", "confidence", "au-choix"]
BLOCKS += ["mot-a", "mot-b"]


def draft(text: str, lang: str = "fr") -> Draft:
    return parse_unit(f"{lang}.md", text.encode(), lang, dt.date(2026, 11, 22), lang != "fr")


def noted() -> dict[str, str]:
    return all_digests(draft(FR))


def english(fr: str = FR, en: str = EN, sync: dict[str, str] | None = None) -> tuple[Unit, list[str]]:
    """The English unit, and the codes of every problem."""
    made = build({UNIT: fr, TRANSLATION: en, SYNC: sync_text(sync) if sync is not None else None})
    return made.units["reperes", "parler", "en"], [problem.code for problem in made.problems]


def section(unit: Unit, name: str) -> Section:
    found = unit.section(name)
    assert found is not None
    return found


def languages(unit: Unit) -> dict[str, str]:
    """In which language each question is shown, all of it."""
    found = {}
    for prompt in (prompt for one in unit.sections for prompt in one.questions):
        found[prompt.id] = prompt.lang
    return found


def test_the_blocks_of_a_unit() -> None:
    found = blocks(draft(FR))
    assert list(found) == BLOCKS
    assert found["ordre"][1].endswith("Un texte entre deux questions.")
    line, text = found["que-dire"]
    assert FR.split("\n")[line - 1].startswith("### Que dire") and text.startswith("### Que dire")


@pytest.mark.parametrize("spoiled", [FR.replace("\n", "\r\n"), FR.replace(".\n", ".  \n"), FR + "\n\n", "\ufeff" + FR])
def test_how_a_file_is_saved_changes_no_block(spoiled: str) -> None:
    assert all_digests(draft(spoiled)) == noted()


@pytest.mark.parametrize(
    ("old", "new", "late"),
    [
        ("Un texte simple.", "Un texte facile.", ["trois-questions"]),
        ("- (x) Moi, toujours.", "- (x) Moi, souvent.", ["qui-decide"]),
        ("Un texte entre deux questions.", "Un autre texte.", ["ordre"]),
        ("- Vous choisissez.", "- Vous décidez.", [OPENING]),
        ('resume: "Doser."', 'resume: "Choisir."', [OPENING]),
        ("duree: 35 min", "duree: 40 min", []),
        ("Un texte simple.", "1. Un\n2. Deux", ["trois-questions"]),
    ],
)
def test_a_change_of_the_source_makes_its_block_late(old: str, new: str, late: list[str]) -> None:
    found = standings(draft(FR.replace(old, new)), draft(EN, "en"), noted())
    assert [one.id for one in found if one.state == "outdated"] == late
    assert {one.state for one in found} <= {"outdated", "current"}


def test_what_was_never_noted_is_unread_and_what_is_not_there_is_missing() -> None:
    without = EN.replace(EN[EN.index("### Match") : EN.index("### A time")], "")
    found = {one.id: (one.state, one.line) for one in standings(draft(FR), draft(without, "en"), {})}
    assert found["qui-decide"][0] == "unread" and found["paires"] == ("missing", 0)
    assert {one.state for one in standings(draft(FR), None, {})} == {"missing"}


def test_a_skeleton_is_a_sound_translation_of_which_all_is_missing() -> None:
    text = skeleton(draft(FR))
    assert {one.state for one in standings(draft(FR), draft(text, "en"), noted())} == {"missing"}
    unit, codes = english(en=text, sync=noted())
    assert set(codes) == {"T301"} and len(codes) == len(BLOCKS) - 1
    assert set(languages(unit).values()) == {"fr"} and unit.opening_lang == "fr"
    later = FR.replace("Un texte simple.", "Un texte facile.")
    found = {one.id: one.state for one in standings(draft(later), draft(text, "en"), noted())}
    assert found["trois-questions"] == "missing", "an old copy is no translation either"


def test_a_block_translated_in_a_skeleton_is_current() -> None:
    text = skeleton(draft(FR)).replace("### On doit tout dire.", "### One must tell all.")
    unit, _ = english(en=text, sync=noted())
    assert languages(unit) == {name: "en" if name == "tout-dire" else "fr" for name in languages(unit)}
    here = section(unit, "trois-questions")
    assert (here.lang, here.title, here.outdated) == ("fr", "Trois questions", ())
    assert [block.lang for block in here.blocks if isinstance(block, Prose)] == ["fr"]


def test_a_late_block_is_shown_with_a_mark_and_the_checker_says_where() -> None:
    unit, codes = english(FR.replace("Moi, toujours", "Moi, souvent"), sync=noted())
    assert codes == ["T305"] and languages(unit)["qui-decide"] == "en"
    assert section(unit, "trois-questions").outdated == ("qui-decide",)
    unit, codes = english(
        FR.replace("- Vous choisissez.", "- Vous décidez."), EN.replace("## Three", "In short.\n\n## Three"), noted()
    )
    assert codes == ["T305"] and unit.opening_outdated and not unit.opening_lang


def test_a_late_block_changes_no_fingerprint() -> None:
    before, _ = english(sync=noted())
    after, _ = english(FR.replace("Moi, toujours", "Moi, souvent"), sync=noted())
    assert before.fingerprints == after.fingerprints


@pytest.mark.parametrize(
    ("old", "new", "question", "code"),
    [
        ("- ( ) None of these.\n  > There is one.\n", "", "qui-decide", "T302"),
        ("{.true-false #tout-dire}\n\n> **Answer:** false", "{.reflection #tout-dire}", "tout-dire", "T302"),
        ("{.true-false #tout-dire}\n\n> **Answer:** false", "", "tout-dire", "T301"),
    ],
)
def test_a_block_of_another_shape_is_shown_whole_in_the_source(old: str, new: str, question: str, code: str) -> None:
    assert old in EN
    unit, codes = english(en=EN.replace(old, new), sync=noted() | {question: "old"})
    assert codes == [code] and languages(unit)[question] == "fr"
    source = build().units["reperes", "parler", "fr"]
    assert unit.prompt(question) == source.prompt(question) and unit.keys[question] == source.keys[question]
    assert question not in section(unit, "trois-questions").outdated


SWAP = "- ( ) L'équipe, en réunion.\n  > L'employeur ne peut pas l'exiger.\n- (x) Moi, toujours.\n"
SWAPPED = "- (x) Moi, toujours.\n  > L'employeur ne peut pas l'exiger.\n- ( ) L'équipe, en réunion.\n"


@pytest.mark.parametrize(
    ("question", "old", "new"),
    [
        ("qui-decide", SWAP, SWAPPED),
        ("qui-decide", SWAP, SWAPPED.replace("(x)", "( )", 1).replace("( ) L'équipe", "(x) L'équipe")),
        ("ordre", "1. Demander\n2. Raconter", "1. Raconter\n2. Demander"),
        ("paires", "| Espoir | Croire |\n| Choix | Vouloir |", "| Choix | Vouloir |\n| Espoir | Croire |"),
    ],
)
def test_answers_that_changed_places_are_shown_in_the_source(question: str, old: str, new: str) -> None:
    """Else the answer that stands at that place in the translation would be marked for another one."""
    assert old in FR
    unit, codes = english(FR.replace(old, new), EN.replace("(x) I do", "( ) I do"), noted())
    assert codes == ["T302"] and languages(unit)[question] == "fr"
    assert not any(question in one.outdated for one in unit.sections)


def test_only_the_source_is_ever_used_for_marking() -> None:
    source, (unit, codes) = build().units["reperes", "parler", "fr"], english(en=EN.replace("(x) I do", "( ) I do"))
    assert codes == []
    assert {name: key.solution for name, key in unit.keys.items()} == {
        name: key.solution for name, key in source.keys.items()
    }


def test_the_sync_file_is_read_as_it_was_written() -> None:
    body = sync_text(noted() | {"douze": "0123456789012345"})
    source = decode("en.sync.yaml", body.encode())
    assert read_sync(read(source)) == noted() | {"douze": "0123456789012345"} and source.problems == []
    assert read_sync(None) == {} and len(digest("Qui ?").split()) == 1
    assert [len(part) for part in digest("Qui ?\n\n- ( ) Moi\n- (x) Toi").split()] == [16, 4, 4]


@pytest.mark.parametrize(("heading", "state"), [("Questions", "current"), ("Pour finir", "missing")])
def test_one_word_alone_may_be_the_same_in_both_languages(heading: str, state: str) -> None:
    text = FR.replace("## Autres questions {#autres}", f"## {heading} {{#autres}}")
    found = {one.id: one.state for one in standings(draft(text), draft(skeleton(draft(text)), "en"), {})}
    assert found["autres"] == state
