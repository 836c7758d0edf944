"""What comes after an answer that is not right yet: what to reread, what is open, how sure one was."""

from dataclasses import replace

import pytest

from elearn.core.completion import Facts
from elearn.core.course import Pool, Prose, Section, Unit
from elearn.core.drawing import drawn
from elearn.core.feedback import Open, Reread, confidence, open_questions, to_reread
from elearn.core.questions.base import Mark, Prompt, UnreadableResponse

TEXT = Prose(b"<p>Lire.</p>", "fr")


def asked(name: str, **more: object) -> Prompt:
    return Prompt(name, "single_choice", "fr", b"<p>?</p>", **more)  # type: ignore[arg-type]


def section(name: str, *blocks: object, regions: tuple[str, ...] = ()) -> Section:
    return Section(name, name, "fr", blocks, regions=regions)  # type: ignore[arg-type]


def unit(*sections: Section, name: str = "lire", **more: object) -> Unit:
    return Unit(name, "cours", "fr", name, 10, "CC0", "published", ("Ada",), sections=sections, **more)  # type: ignore[arg-type]


POOL = Pool("tirage", "Tirage", "fr", b"<h3>Tirage</h3>", 1, (asked("q"),))


@pytest.mark.parametrize(
    ("sections", "places"),
    [
        ([section("un", TEXT, asked("q"))], [Reread("lire", "un", 0)]),
        ([section("un", TEXT, TEXT, asked("q"))], [Reread("lire", "un", 0)]),
        ([section("un", TEXT, asked("p"), TEXT, asked("q"), TEXT)], [Reread("lire", "un", 2)]),
        ([section("un", TEXT, asked("p"), asked("q"))], [Reread("lire", "un", 0)]),
        ([section("un", TEXT), section("deux", TEXT), section("trois", asked("q"))], [Reread("lire", "deux")]),
        ([section("un", TEXT), section("deux", asked("p")), section("trois", asked("q"))], [Reread("lire", "un")]),
        ([section("un", TEXT), section("deux", TEXT, regions=("qc",)), section("trois", asked("q"))],
         [Reread("lire", "un")]),
        ([section("un", asked("q"), TEXT), section("deux", TEXT)], []),
        ([section("un", TEXT), section("deux", POOL)], [Reread("lire", "un")]),
        ([section("un", Prose(b" ", "fr"), asked("q"))], []),
        ([section("un", TEXT, asked("q", reread=("deux", "autre#la", "deux"))), section("deux", TEXT)],
         [Reread("lire", "deux"), Reread("autre", "la")]),
        ([section("un", TEXT, asked("q", reread=("nulle-part", "autre#ici", "parti#la")))], [Reread("lire", "un", 0)]),
        ([section("un", TEXT)], []),
    ],
)  # fmt: skip
def test_where_to_look_again(sections: list[Section], places: list[Reread]) -> None:
    whole = unit(*sections)
    units = {"lire": whole, "autre": unit(section("la", TEXT), name="autre")}

    assert to_reread(units, drawn(whole, "graine"), "q") == tuple(places)


def test_what_is_open() -> None:
    questions = [asked(name) for name in ("juste", "faux", "jamais", "partie")]
    uncounted = [asked("ailleurs", points=0.0), asked("avant", retired=True), Prompt("avis", "survey", "fr", b"")]
    text = unit(section("un", *questions, *uncounted))
    facts = Facts()
    for name, fraction, sure in (("juste", 1.0, 3), ("juste", 0.0, 3), ("faux", 0.0, 3), ("partie", 0.5, 2)):
        facts = facts.with_answer("lire", name, Mark(fraction), [0], "f", sure)
    facts = facts.with_answer("lire", "avis", Mark(0.0), [0], "f")

    found = open_questions(text, facts)

    assert [(one.prompt.id, one.answered is not None, one.believed) for one in found] == [
        ("faux", True, True),
        ("jamais", False, False),
        ("partie", True, False),
    ]
    assert found[0] == Open("lire", "un", questions[1], facts.answers["lire"]["faux"])
    assert open_questions(replace(text, exam=True), facts) == ()


@pytest.mark.parametrize(("values", "level"), [([], 0), ([""], 0), (["1"], 1), (["2"], 2), (["3"], 3), (["3", ""], 3)])
def test_how_sure_one_is(values: list[str], level: int) -> None:
    assert confidence(asked("q", confidence=True), {"confidence": values}) == level
    assert confidence(asked("q"), {"confidence": values}) == 0


@pytest.mark.parametrize("values", [["0"], ["4"], ["-1"], ["²"], ["3 "], ["x" * 10_000], ["1", "2"], ["\ud800"]])
def test_what_cannot_be_a_level_is_refused(values: list[str]) -> None:
    with pytest.raises(UnreadableResponse) as refused:
        confidence(asked("q", confidence=True), {"confidence": values})
    assert refused.value.code == "unknown_position"
