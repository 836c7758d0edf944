"""Classes of changes between two editions: the smallest edit of each class, and what publishing makes of it."""

import time
from dataclasses import replace

import pytest

from elearn.core.changes import Change, Words, changes, compared, follow, moves, needing_decision, refused
from elearn.core.course import Unit
from elearn.core.questions.base import Key, Prompt
from elearn.core.word_diff import Piece, likeness, plain_text, shortened, word_diff
from tests.core.sample import FR, TRANSLATION, UNIT, build

TEAM, ME = "- ( ) L'équipe, en réunion.\n  > L'employeur ne peut pas l'exiger.\n", "- (x) Moi, toujours.\n"
A, B, STEM = "L'équipe, en réunion.", "Moi, toujours.", "Une collègue vous demande de raconter."
CONSENT = "  > Oui : le consentement reste révocable.\n"

# question, then old and new text in pairs, then its class
EDITS: list[tuple[str, ...]] = [
    ("qui-decide", "Un texte simple", "Un texte facile", "="),
    ("qui-decide", "Une collègue vous", "Un collègue vous", "T"),
    ("qui-decide", "ne peut pas l'exiger", "ne peut jamais l'exiger", "T"),
    ("qui-decide", "relisez la première", "relisez bien la première", "T"),
    ("qui-decide", "sert le lien", "sert la relation", "T"),
    ("qui-decide", "Moi, toujours.", "Moi, et personne d'autre.", "T"),
    ("qui-decide", "> **Indice :** relisez la première question.\n\n", "", "T"),
    ("se-taire", "un soir, j'ai attendu", "un soir, nous avons attendu", "T"),
    ("trous", "relire=trois-questions,suite#fin", "relire=suite#fin", "T"),
    ("qui-decide", "#qui-decide points=2", "#qui-decide points=3", "C"),
    ("qui-decide", "- ( ) L'équipe", "- (x) L'équipe", "- (x) Moi", "- ( ) Moi", "C"),
    ("qui-decide", f"( ) {A}", f"( ) {B}", f"(x) {B}", f"(x) {A}", "C"),
    ("que-dire", "bareme=partiel", "bareme=tout-ou-rien", "C"),
    ("tout-dire", ":** faux", ":** vrai", "C"),
    ("tout-dire", "indispensable=oui", "indispensable=non", "C"),
    ("ordre", "1. Demander\n2. Raconter", "1. Raconter\n2. Demander", "C"),
    ("paires", "| Espoir | Croire |\n| Choix | Vouloir |", "| Espoir | Vouloir |\n| Choix | Croire |", "C"),
    ("qui-decide", TEAM + ME + CONSENT, ME + CONSENT + TEAM, "S"),
    ("paires", "| Espoir | Croire |\n| Choix | Vouloir |", "| Choix | Vouloir |\n| Espoir | Croire |", "S"),
    ("que-dire", "- [ ] Rien du tout.\n  > Pas encore.\n", "", "S"),
    ("que-dire", "{.choix-multiple #que-dire bareme=partiel}", "{.reflexion #que-dire}", "S"),
    ("qui-decide", "Qui décide de ce qui est partagé ?", "Quand faut-il parler ?", STEM, "", "S"),
    ("encore", "## Pour finir", "### Et encore ? {.reflexion #encore}\n\n## Pour finir", "N"),
    ("tout-dire", "#tout-dire indispensable=oui", "#tout-dire retire=oui", "R"),
    ("tout-dire", "#tout-dire", "#autrement", "R"),
]  # fmt: skip


def units(*pairs: str, status: str = "publie") -> list[Unit]:
    text = FR.replace("statut: publie", "statut: " + status)
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text, old
        text = text.replace(old, new, 1)
    made = build({UNIT: text, TRANSLATION: None})
    return [unit for (_, _, lang), unit in made.units.items() if lang == "fr"]


def of(found: tuple[Change, ...], question: str) -> Change:
    return next(one for one in found if one.question == question)


@pytest.fixture(scope="module")
def before() -> list[Unit]:
    return units()


@pytest.mark.parametrize(("edit"), EDITS, ids=lambda edit: f"{edit[-1]} {edit[0]}: {edit[2][:24]}")
def test_the_class_of_each_edit(before: list[Unit], edit: tuple[str, ...]) -> None:
    question, *pairs, kind = edit
    found = changes(before, units(*pairs))
    assert of(found, question).kind == kind
    others = {one.question: one.kind for one in found if one.question and one.question != question}
    assert set(others.values()) <= {"=", "N"}


def test_nothing_changed(before: list[Unit]) -> None:
    found = changes(before, units())
    assert {one.kind for one in found} == {"="} and not any(one.words for one in found)


def test_each_text_that_differs_is_told_with_its_place(before: list[Unit]) -> None:
    found = changes(before, units("ne peut pas l'exiger", "ne peut jamais l'exiger", "Un texte simple.", "Un texte."))
    feedback = of(found, "qui-decide").words
    assert feedback == (
        Words("feedback", 1, "L'employeur ne peut pas l'exiger.", "L'employeur ne peut jamais l'exiger."),
    )
    prose = next(one for one in found if not one.question and one.section == "trois-questions")
    assert (prose.kind, prose.words[0].part) == ("T", "prose")
    assert "simple" in prose.words[0].before and "simple" not in prose.words[0].after


def test_sections_and_units_come_and_go(before: list[Unit]) -> None:
    found = changes(before, units("## Pour finir {#fin-de-parcours}", "## Pour conclure {#la-fin}"))
    sections = {one.section: one.kind for one in found if not one.question}
    assert (sections["la-fin"], sections["fin-de-parcours"]) == ("N", "R")
    assert not refused(found)
    gone = changes(before, [])
    assert {one.kind for one in gone} == {"R"} and not refused(gone)
    assert {one.kind for one in changes([], before)} == {"N"}


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        (("#tout-dire", "#autrement"), ["reperes/parler/tout-dire"]),
        (("#tout-dire indispensable=oui", "#tout-dire retire=oui"), []),
        (("{.choix-multiple #que-dire bareme=partiel}", "{.reflexion #que-dire}"), ["reperes/parler/que-dire"]),
        (("- [ ] Rien du tout.\n  > Pas encore.\n", ""), []),
    ],
)
def test_what_is_refused(before: list[Unit], pairs: tuple[str, ...], told: list[str]) -> None:
    found = changes(before, units(*pairs))
    assert [one.key for one in refused(found)] == told
    assert not refused(changes(units(status="brouillon"), units(*pairs)))


def test_an_exam_that_becomes_practice_is_told_with_how_often_it_may_be_sat(before: list[Unit]) -> None:
    exam = [replace(unit, exam=True, sittings=3) for unit in before]
    more = [replace(unit, sittings=4) for unit in exam]

    turned, sat = (of(changes(exam, after), "") for after in (before, more))

    assert (turned.kind, turned.words) == ("S", (Words("sittings", 0, "3", ""), Words("exam", 0, "true", "false")))
    assert (sat.kind, sat.words) == ("T", (Words("sittings", 0, "3", "4"),))
    assert (refused([turned]), refused([sat])) == ((turned,), ())
    assert refused([replace(turned, seen=False)]) == ()


def test_a_question_retired_before_may_go(before: list[Unit]) -> None:
    retired = units("#tout-dire indispensable=oui", "#tout-dire retire=oui")
    gone = of(changes(retired, units("#tout-dire", "#autrement")), "tout-dire")
    assert (gone.kind, gone.retired, refused([gone])) == ("R", True, ())
    assert of(changes(retired, before), "tout-dire").kind == "N"


def test_which_changes_need_a_decision(before: list[Unit]) -> None:
    both = changes(
        before,
        units("#qui-decide points=2", "#qui-decide points=3", ":** faux", ":** vrai", "Un texte simple.", "Un texte."),
    )
    assert [one.question for one in needing_decision(both)] == ["qui-decide", "tout-dire"]
    practice = units("#qui-decide points=2", "#qui-decide points=0")
    marks = (
        "#qui-decide points=2",
        "#qui-decide points=0",
        "- ( ) L'équipe",
        "- (x) L'équipe",
        "- (x) Moi",
        "- ( ) Moi",
    )
    assert not needing_decision(changes(practice, units(*marks)))
    assert not needing_decision(
        changes(units(status="brouillon"), units("#qui-decide points=2", "#qui-decide points=3"))
    )


def asked(kind: str, *items: bytes, **more: object) -> tuple[Prompt, Key]:
    prompt = {name: more.pop(name) for name in ("title", "menus", "pieces", "targets") if name in more}
    return Prompt("q", kind, "fr", **{"title": b"Qui ?", "items": items, **prompt}), Key(kind, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (asked("number", bounds=("5", "5")), asked("number", bounds=("4", "6")), "C"),
        (asked("short_answer", accepted=(("a", "b"),)), asked("short_answer", accepted=(("b", "a"),)), "T"),
        (asked("short_answer", accepted=(("a",),)), asked("short_answer", accepted=(("a", "b"),)), "C"),
        (
            asked("cloze", menus=((b"un", b"deux"),), solution=(0,)),
            asked("cloze", menus=((b"deux", b"un"),), solution=(0,)),
            "C",
        ),
        (
            asked("cloze", menus=((b"un", b"deux"),), solution=(0,)),
            asked("cloze", menus=((b"deux", b"un"),), solution=(1,)),
            "S",
        ),
        (asked("cloze", pieces=(b"a", b"b")), asked("cloze", pieces=(b"a", b"b", b"c")), "S"),
        (asked("scale", b"non", b"oui"), asked("survey", b"non", b"oui"), "S"),
        (asked("scenario", leads=((1,), ())), asked("scenario", leads=((0,), ())), "C"),
    ],
)
def test_kinds_that_are_typed(before: tuple[Prompt, Key], after: tuple[Prompt, Key], kind: str) -> None:
    assert compared(before, after) == kind


@pytest.mark.parametrize(
    ("before", "after", "places"),
    [
        ((b"a", b"b"), (b"a", b"b"), (0, 1)),
        ((b"oui", b"non"), (b"non", b"oui"), (1, 0)),
        ((b"non", b"non", b"oui"), (b"non", b"non", b"oui !"), (0, 1, 2)),
        ((b"Un chat noir", b"Un chien gris"), (b"Un chien gris clair", b"Tout autre chose"), (1, 0)),
        ((b"abc", b"def"), (b"xyz", b"uvw"), (0, 1)),
    ],
)
def test_where_texts_went(before: tuple[bytes, ...], after: tuple[bytes, ...], places: tuple[int, ...]) -> None:
    assert moves(before, after) == places


def test_an_answer_follows_its_texts() -> None:
    assert follow("single_choice", [0], (1, 0)) == [1]
    assert follow("ordering", [2, -1, 0], (2, 1, 0)) == [0, -1, 2]
    assert follow("matching", [1, 0], (1, 0), (0, 1)) == [0, 1]
    assert follow("true_false", [1], ()) == [1]


def test_words_of_two_texts() -> None:
    assert word_diff("un deux trois", "un trois quatre") == (
        Piece("=", "un"),
        Piece("-", "deux"),
        Piece("=", "trois"),
        Piece("+", "quatre"),
    )
    assert word_diff("a b", "a b") == (Piece("=", "a b"),)
    long = " ".join(str(n) for n in range(60))
    assert shortened(word_diff(long + " a", long + " b"))[0] == Piece("=", "… 52 53 54 55 56 57 58 59")
    assert plain_text(b'<p>L\'<em>un</em> &amp; <img src="x" alt="un &gt; chat"></p><p>b</p>') == "L'un & [un > chat] b"
    assert likeness("Associez", "Associer") > 0.5 > likeness("Qui décide ?", "Quand faut-il parler ?")


def test_long_texts_are_compared_in_bounded_time() -> None:
    same, other = "a " * 30_000, "a " * 29_999 + "b"
    began = time.perf_counter()
    assert likeness(same, other) <= 1.0 and word_diff(same, other)
    assert time.perf_counter() - began < 2
