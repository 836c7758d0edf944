"""What is written is read back the same: generated units, and the units of the site."""

import re
from html import unescape

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from elearn.config import ROOT
from elearn.core.as_written import Answer, Pair, Question, Section, Unit
from elearn.core.check import check_site
from elearn.core.course import Prose
from elearn.core.course import Unit as Compiled
from elearn.core.frontmatter import FrontMatter
from elearn.core.parse import parse_unit
from elearn.core.questions import KINDS
from elearn.core.report import as_text
from elearn.core.rewriting import as_written
from elearn.core.writing import escape, write
from elearn.store.content_folder import read_folder
from tests.core.sample import GOOD, TODAY, build

SUITE = "courses/reperes/02-suite/fr.md"
ALONE: dict[str, str | bytes | None] = {path: None for path in GOOD if path.startswith("courses/reperes/01")}
ALONE["courses/reperes/course.yaml"] = GOOD["courses/reperes/course.yaml"].replace("[parler, suite]", "[suite]")
QUICK = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)

# --- generated units

LETTERS = "abcdefghijklmnopqrstuvwxyzéèàçœABCDE0123456789"
WORD = st.text(LETTERS, min_size=1, max_size=8)
ODD = st.sampled_from(
    ("«", "»", ":", ";", "?", "#", "*", "_", "[x]", "( )", "{a}", "|", "~", "=", "->", "<b>", "&amp;", "1.", "-", "\\")
)
PLAIN = st.lists(st.one_of(WORD, WORD, ODD), min_size=1, max_size=6).map(lambda words: escape("a" + " ".join(words)))
INLINE = st.one_of(
    PLAIN,
    st.tuples(PLAIN, WORD, WORD).map(lambda t: f"{t[0]} **{t[1]}** puis *{t[2]}* et `code`"),
    st.tuples(WORD, PLAIN).map(lambda t: f"[{t[0]}](unite:suite) {t[1]}"),
    st.tuples(WORD, PLAIN).map(lambda t: f"[{t[0]}](glossaire:espoir), {t[1]} [@leamy2011, p. 4]"),
)
PARAGRAPH = st.lists(INLINE, min_size=1, max_size=2).map("\n".join)
BLOCK = st.one_of(
    PARAGRAPH,
    st.lists(INLINE, min_size=1, max_size=3).map(lambda items: "\n".join(f"- {item}" for item in items)),
    st.lists(INLINE, min_size=1, max_size=3).map(lambda items: "\n".join(f"{n}. {i}" for n, i in enumerate(items, 1))),
    PARAGRAPH.map(lambda text: "> [!TIP]\n" + "\n".join(f"> {line}" for line in text.split("\n"))),
    st.just("```text\n# rien {.choix-unique #x}\n\n- (x) a\n```"),
    st.just("| a | b |\n| --- | --- |\n| c | `d` |"),
    PARAGRAPH.map(lambda text: "### Un sous-titre\n\n" + text),
)
PROSE = st.lists(BLOCK, min_size=1, max_size=3).map("\n\n".join)
STEM_BLOCK = st.one_of(PARAGRAPH, st.sampled_from(["> Une citation.", "```text\ncode\n```", "- a\n- b", "1. a\n2. b"]))
STEM = st.lists(STEM_BLOCK, max_size=2).map("\n\n".join)
SAID = st.one_of(INLINE, st.tuples(INLINE, INLINE).map("\n\n".join), INLINE.map(lambda text: f"- {text}\n- b"))
MAYBE = st.one_of(st.just(""), SAID)
COMMON = {"title": INLINE, "stem": STEM, "hints": st.lists(SAID, max_size=2).map(tuple), "explanation": MAYBE}


def distinct(low: int, high: int) -> st.SearchStrategy[list[str]]:
    return st.integers(low, high).flatmap(
        lambda count: st.tuples(*(PLAIN.map(lambda text, n=n: f"{'abcdefghij'[n]} {text}") for n in range(count))).map(
            list
        )
    )


def question(kind: str, options: tuple[str, ...] = (), **parts: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    known = {
        "points": st.sampled_from([0.5, 2.0, 3.0]),
        "must_pass": st.just(True),
        "retired": st.just(True),
        "competencies": st.sampled_from([("k1",), ("k1", "k2")]),
        "shuffle": st.booleans(),
        "scoring": st.booleans(),
        "reread": st.sampled_from([("s0",), ("s0", "suite#s0")]),
    }
    chosen = st.fixed_dictionaries({}, optional={name: known[name] for name in options})
    return st.builds(Question, kind=st.just(kind), id=st.just("x"), options=chosen, **{**COMMON, **parts})


def answers(only: bool, marked: bool = True) -> st.SearchStrategy[tuple[Answer, ...]]:
    @st.composite
    def listed(draw: st.DrawFn) -> tuple[Answer, ...]:
        texts = draw(distinct(2, 5))
        right = {draw(st.integers(0, len(texts) - 1))} if marked else set()
        if marked and not only:
            right |= draw(st.sets(st.integers(0, len(texts) - 1)))
        fixed = draw(st.booleans())
        return tuple(
            Answer(text, n in right, draw(MAYBE), fixed and n == len(texts) - 1) for n, text in enumerate(texts)
        )

    return listed()


SCORED = ("points", "must_pass", "retired", "competencies", "reread")
PAIRS = distinct(2, 4).map(lambda texts: tuple(Pair("" if n > 1 else f"l{n}", text) for n, text in enumerate(texts)))
GAPS = st.tuples(PLAIN, WORD, WORD).map(lambda t: f"{t[0]} [[{t[1]}|{t[2]}2]] et [[={t[1]}|{t[2]}3]] fin.")
EVERY_KIND: dict[str, st.SearchStrategy[object]] = {
    "single_choice": question("single_choice", (*SCORED, "shuffle"), answers=answers(True)),
    "multiple_choice": question("multiple_choice", (*SCORED, "shuffle", "scoring"), answers=answers(False)),
    "true_false": question("true_false", SCORED, answer=st.sampled_from(["true", "false"])),
    "ordering": question("ordering", (*SCORED, "scoring"), items=distinct(3, 5).map(tuple)),
    "matching": question("matching", (*SCORED, "shuffle", "scoring"), pairs=PAIRS, head=st.tuples(WORD, WORD)),
    "reflection": question("reflection", ("retired", "competencies"), sample=MAYBE),
    "number": question("number", SCORED, answer=st.sampled_from(["5", "5 ± 1", "4 à 6", "1,5"])),
    "short_answer": question("short_answer", SCORED, accepted=st.lists(WORD, min_size=1, max_size=3).map(tuple)),
    "cloze": question("cloze", SCORED, stem=GAPS),
    "survey": question("survey", ("retired",), answers=answers(False, marked=False), several=st.booleans()),
    "scale": question("scale", ("retired",), items=distinct(3, 5).map(tuple)),
}
KNOWN = [strategy for kind, strategy in EVERY_KIND.items() if kind in KINDS]


@st.composite
def units(draw: st.DrawFn, tongue: str = "fr") -> Unit:
    ids = iter(f"x{n}" for n in range(100))
    sections = []
    for number in range(draw(st.integers(1, 3))):
        parts: list[str | Question] = []
        for part in draw(st.lists(st.one_of(PROSE, *KNOWN), max_size=4)):
            if isinstance(part, Question):
                parts.append(Question(**{name: getattr(part, name) for name in part.__slots__} | {"id": next(ids)}))
            elif not parts or isinstance(parts[-1], Question):
                parts.append(str(part))
        sections.append(Section(f"s{number}", draw(PLAIN), tuple(parts)))
    text = st.lists(st.one_of(WORD, ODD), min_size=1, max_size=5).map(" ".join)
    front = FrontMatter(
        id="suite",
        title="Et la suite",
        summary=draw(text),
        minutes=draw(st.integers(1, 400)),
        competencies=draw(st.sampled_from([(), ("k1",), ("k1", "k2")])),
        authors=tuple(draw(st.lists(text, min_size=1, max_size=2))),
        licence="CC-BY-SA-4.0",
        status=draw(st.sampled_from(["draft", "review", "published"])),
        reviewed_on=draw(st.sampled_from(["", "2026-01-31"])),
        content_note=draw(text),
        pass_mark=draw(st.sampled_from([None, 0, 80])),
        shuffle=draw(st.booleans()),
    )
    return Unit(front, draw(st.one_of(st.just(""), PARAGRAPH)), tuple(sections))


def compiled(text: str) -> Compiled:
    made = build({**ALONE, SUITE: text})
    assert made.ok, as_text(made.problems) + "\n" + text
    return made.units["reperes", "suite", "fr"]


@QUICK
@given(units(), st.sampled_from(["fr", "en"]))
def test_a_written_unit_is_read_the_same_as_it_was_meant(unit: Unit, lang: str) -> None:
    text = write(unit, lang)
    made = compiled(text)

    assert (made.minutes, made.status, made.authors) == (unit.front.minutes, unit.front.status, unit.front.authors)
    assert (made.competencies, made.pass_mark) == (unit.front.competencies, unit.front.pass_mark)
    assert [section.id for section in made.sections] == [section.id for section in unit.sections]
    for section, meant in zip(made.sections, unit.sections, strict=True):
        shapes = ["prose" if isinstance(part, str) else part.kind for part in meant.parts]
        assert [getattr(block, "kind", "prose") for block in section.blocks] == shapes
    for question in (part for section in unit.sections for part in section.parts if isinstance(part, Question)):
        meant_so(question, made)


def meant_so(question: Question, made: Compiled) -> None:
    """The compiled question has the parts that were put into it, no more and no fewer."""
    prompt = next(b for section in made.sections for b in section.blocks if getattr(b, "id", "") == question.id)
    key = made.keys[question.id]
    assert len(prompt.hints) == len(question.hints)
    assert bool(prompt.stem) == bool(question.stem) or question.kind == "cloze"
    assert bool(key.explanation) == bool(question.explanation)
    assert bool(key.sample) == bool(question.sample)
    if question.kind in ("single_choice", "multiple_choice"):
        assert key.solution == tuple(n for n, answer in enumerate(question.answers) if answer.right)
        assert [bool(said) for said in key.feedback] == [bool(answer.feedback) for answer in question.answers]
        assert prompt.fixed == tuple(n for n, answer in enumerate(question.answers) if answer.fixed)
    if question.kind == "true_false":
        assert key.solution == ((1,) if question.answer == "true" else (0,))
    if question.kind == "matching":
        assert len(prompt.targets) == len(question.pairs)
        assert len(prompt.items) == sum(bool(pair.left) for pair in question.pairs)
    if question.items:
        assert len(prompt.items) == len(question.items)
    assert prompt.reread == (("s0",) if "reread" in question.options else ())
    for name in ("points", "must_pass", "retired"):
        if name in question.options:
            assert getattr(prompt, name) == question.options[name]
    if "scoring" in question.options:
        assert key.partial == question.options["scoring"]


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("sittings", [None, 3])
def test_an_exam_is_written_and_read_as_one(lang: str, sittings: int | None) -> None:
    asked = Question("true_false", "q", "Vrai ?", answer="true", explanation="Oui.", options={"competencies": ("k1",)})
    front = FrontMatter("suite", "Et la suite", "", 5, authors=("A",), licence="MIT", exam=True, sittings=sittings)
    text = write(Unit(front, "", (Section("s0", "Tout", (asked,)),)), lang)

    made = compiled(text)

    assert (made.exam, made.sittings) == (True, sittings)
    assert write(as_written(parse_unit(SUITE, text.encode(), "fr", TODAY)), lang) == text


@QUICK
@given(units())
def test_written_read_and_written_again_is_the_same_file(unit: Unit) -> None:
    text = write(unit)
    draft = parse_unit(SUITE, text.encode(), "fr", TODAY)

    again = write(as_written(draft))

    assert again == text
    assert compiled(again) == compiled(text)


@QUICK
@given(units())
def test_french_and_english_words_are_equal_in_rank(unit: Unit) -> None:
    assert compiled(write(unit, "fr")) == compiled(write(unit, "en"))


@QUICK
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")), min_size=1, max_size=30)
)
def test_escaped_words_show_as_they_are(words: str) -> None:
    made = compiled(GOOD[SUITE].replace("prerequis: [parler]\n", "").replace("Un mot.", escape(words)))

    (block,) = made.sections[0].blocks
    assert isinstance(block, Prose)
    assert unescape(re.sub(r"^<p>|</p>$", "", block.html.decode())) == words


# --- the units of the site

CONTENT = read_folder(ROOT / "content")
UNITS = [path for path in CONTENT if re.fullmatch(r"courses/[^/]+/[^/]+/[a-z]{2}\.md", path)]


def test_every_unit_of_the_site_written_again_is_the_same_unit() -> None:
    before = check_site(CONTENT, TODAY)
    again = dict(CONTENT)
    for path in UNITS:
        lang = path[-5:-3]
        draft = parse_unit(path, CONTENT[path], lang, TODAY, translation=lang != "fr")
        again[path] = write(as_written(draft), lang).encode()

    after = check_site(again, TODAY)

    assert after.units == before.units
    assert [(p.path, p.code) for p in after.problems] == [(p.path, p.code) for p in before.problems]


@pytest.mark.parametrize("path", UNITS)
def test_writing_twice_changes_nothing(path: str) -> None:
    lang = path[-5:-3]
    once = write(as_written(parse_unit(path, CONTENT[path], lang, TODAY, lang != "fr")), lang)

    assert write(as_written(parse_unit(path, once.encode(), lang, TODAY, lang != "fr")), lang) == once
