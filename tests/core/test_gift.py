"""GIFT in, GIFT out: what each construction becomes, what is told of it, and that nothing is lost in silence."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.core.as_written import Question
from elearn.core.check import check_site
from elearn.core.course import Prose, Unit
from elearn.core.exchange import NOTES, as_text
from elearn.core.foreign_text import to_markdown
from elearn.core.gift import Imported, read_gift
from elearn.core.gift_writing import words, write_gift
from elearn.core.questions.base import Prompt
from elearn.core.report import as_text as problems
from elearn.core.typography import fold
from elearn.core.writing import write
from elearn.store.content_folder import read_folder
from tests import shipped
from tests.core.sample import TODAY, build
from tests.core.test_writing import ALONE, QUICK, SUITE, compiled, units

# --- one question -> kind, and what is told


def only(text: str, lang: str = "fr") -> tuple[Question, list[str]]:
    made = read_gift(text.encode(), "suite", "Et la suite", lang)
    assert made.unit, text
    (part,) = (part for section in made.unit.sections for part in section.parts)
    assert isinstance(part, Question), text
    return part, [note.code for note in made.notes if note.code not in ("header", "name")]


CASES: dict[str, tuple[str, str, dict[str, object], list[str]]] = {
    "one right": (
        "::q:: Qui ? {~A # non\n=B # oui\n~C}",
        "single_choice",
        {"answers": [("A", False, "non"), ("B", True, "oui"), ("C", False, "")], "title": "Qui ?", "id": "q"},
        [],
    ),
    "on one line": (
        "Qui ? {~A =B ~C}",
        "single_choice",
        {"answers": [("A", False, ""), ("B", True, ""), ("C", False, "")]},
        [],
    ),
    "general feedback": ("Qui ? {~A =B####Voilà.}", "single_choice", {"explanation": "Voilà."}, []),
    "equal fractions": (
        "Quels ? {~%50%A ~%50%B ~%-50%C}",
        "multiple_choice",
        {"answers": [("A", True, ""), ("B", True, ""), ("C", False, "")], "options": {"scoring": True}},
        [],
    ),
    "no equals sign": ("Quels ? {~%100%A ~%-100%B}", "multiple_choice", {}, []),
    "unequal fractions": ("Quels ? {~%60%A ~%40%B ~C}", "multiple_choice", {"options": {"scoring": True}}, ["weights"]),
    "no right answer": ("Quoi ? {~A ~B}", "survey", {}, ["no_right"]),
    "true": ("Le ciel est bleu. {T}", "true_false", {"answer": "true", "title": "Le ciel est bleu."}, []),
    "false, whole word": ("Non. {FALSE####Eh non.}", "true_false", {"answer": "false", "explanation": "Eh non."}, []),
    "true with feedback": (
        "Oui. {TRUE#raté#bravo}",
        "true_false",
        {"explanation": "raté\n\nbravo"},
        ["moved_feedback"],
    ),
    "short answer": ("Capitale ? {=Paris =paname}", "short_answer", {"accepted": ("Paris", "paname")}, []),
    "lesser answer": ("Capitale ? {=Paris =%50%Lutèce}", "short_answer", {"accepted": ("Paris",)}, ["partial_answer"]),
    "number": ("Combien ? {#5}", "number", {"answer": "5"}, []),
    "number with a tolerance": ("Combien ? {#3.14:0.01}", "number", {"answer": "3,14 ± 0,01"}, []),
    "number between": ("Combien ? {#-1..5}", "number", {"answer": "-1 à 5"}, []),
    "numbers of several weights": ("Combien ? {#=5:0 =%50%5:2}", "number", {"answer": "5"}, ["partial_answer"]),
    "matching": (
        "Associez {=chat -> miaule =chien -> aboie\n= -> vole}",
        "matching",
        {"pairs": [("chat", "miaule"), ("chien", "aboie"), ("", "vole")]},
        [],
    ),
    "missing word": ("Le ciel est {=bleu =azur} ici.", "cloze", {"stem": "Le ciel est [[bleu|azur]] ici."}, []),
    "missing word, menu": ("Le ciel est {~vert =bleu} ici.", "cloze", {"stem": "Le ciel est [[vert|=bleu]] ici."}, []),
    "several gaps": ("Un {=a} et un {=b}.", "cloze", {"stem": "Un [[a]] et un [[b]]."}, ["gaps"]),
    "essay": ("Racontez. {}", "reflection", {"title": "Racontez."}, []),
    "escapes": (r"Que vaut \{x\} \= 1 \~ 2 \: 3 \# 4 ? {=a\=b}", "short_answer", {"accepted": ("a=b",)}, []),
    "equals between spaces": ("Vrai ? {\n=a = b\n~c}", "single_choice", {}, ["unescaped"]),
    "colon": ("Vrai : oui ou non ? {=oui ~non}", "single_choice", {"title": "Vrai : oui ou non ?"}, []),
    "attribute": ('[html]<p class="x">Où ?</p> {=<b title="y">ici</b> ~là}', "single_choice", {}, ["unescaped"]),
    "HTML": ("[html]<p>Un <b>mot</b></p><p>puis</p> {}", "reflection", {"title": "Un **mot**", "stem": "puis"}, []),
    "image": ('[html]<p>Un <img src\\="a.png" alt\\="chat"></p> {}', "reflection", {"title": "Un chat"}, ["image"]),
    "script": ("[html]<p>Un</p><script>alert(1)</script> {}", "reflection", {"title": "Un"}, ["script"]),
    "unsafe link": ("[html]<a href\\='javascript\\:x()'>Un</a> {}", "reflection", {"title": "Un"}, ["link"]),
    "Markdown": ("[markdown]Un **mot** ? {}", "reflection", {"title": "Un **mot** ?"}, []),
    "Markdown of ours": ("[markdown]- ( ) un {}", "reflection", {"title": r"\- ( ) un"}, ["format"]),
    "line ends": ("Un\\n\\ndeux {}", "reflection", {"title": "Un", "stem": "deux"}, []),
    "blank line in braces": ("Un ? {\n=a\n\n~b\n}", "single_choice", {}, ["blank"]),
    "never closed": ("Un ? {=a ~b", "single_choice", {}, ["unclosed"]),
    "bare answer": ("Un ? {mot}", "short_answer", {"accepted": ("mot",)}, ["bare_answer"]),
    "comment in a question": ("Un ?\n// note\n{=a ~b}", "single_choice", {}, ["comment"]),
    "id and tag": ("// [id:77] [tag:facile]\n::q::Un ? {=a ~b}", "single_choice", {}, ["foreign_id", "tag"]),
    "no text": ("::q::{=a ~b}", "single_choice", {"title": "q"}, ["no_text"]),
}


@pytest.mark.parametrize("name", CASES)
def test_each_construction_becomes_a_question(name: str) -> None:
    text, kind, wanted, told = CASES[name]
    made, codes = only(text)

    found = {
        "answers": [(answer.text, answer.right, answer.feedback) for answer in made.answers],
        "pairs": [(pair.left, pair.right) for pair in made.pairs],
    }
    assert made.kind == kind
    assert {part: found.get(part, getattr(made, part)) for part in wanted} == wanted
    assert codes == told or set(codes) == set(told)


UNUSABLE = ("Un ? {~a}", "Un ? {=a -> 1 =b -> 1}", "Un ? {=a -> 1}", "Un ? {#beaucoup}", "Un ? {= }", "A {=a|b} c")


@pytest.mark.parametrize("text", UNUSABLE)
def test_answers_that_do_not_fit_leave_the_words_and_are_told(text: str) -> None:
    made = read_gift(text.encode(), "suite", "Et la suite")

    assert made.unit and isinstance(made.unit.sections[0].parts[0], str)
    assert "shape" in [note.code for note in made.notes]


def test_the_report_gives_the_place() -> None:
    made = read_gift(b"// rien\n\n::q1:: Un ? {\n=a = b\n~c\n}\n", "suite", "Et la suite")

    assert "essai.gift:4:4: deviné: « = » sans barre oblique" in as_text("essai.gift", made.notes)
    assert "essai.gift:4:4: guessed: “=” without a backslash" in as_text("essai.gift", made.notes, "en")
    assert all(note.line >= 1 and note.column >= 1 for note in made.notes)


def test_categories_become_sections() -> None:
    made = read_gift(b"A {T}\n\n$CATEGORY: $course$/top/Un/Deux\n\nB {F}\n\nC {}", "suite", "Et la suite").unit

    assert made and [(section.id, len(section.parts)) for section in made.sections] == [("section-1", 1), ("deux", 2)]


@pytest.mark.parametrize(
    "body",
    [b"", b"// rien", b"\xff\xfe", b"\n\n\n", b"$CATEGORY: x", b"a" * 1_000_001],
    ids=lambda body: repr(body[:9]),
)
def test_a_file_without_questions_makes_no_unit(body: bytes) -> None:
    made = read_gift(body, "suite", "Et la suite")

    assert made.unit is None or body.startswith(b"a")
    assert made.notes


def test_other_encodings_are_told() -> None:
    for body, name in (("Été ? {T}".encode("cp1252"), "Windows-1252"), ("Été ? {T}".encode("utf-16"), "UTF-16")):
        made = read_gift(body, "suite", "Et la suite")
        assert made.unit and made.unit.sections[0].parts[0].title == "Été ?"  # type: ignore[union-attr]
        assert ("encoding", {"name": name}) in [(note.code, note.params) for note in made.notes]


# --- into a unit that passes check, whatever the file


def published(made: Imported) -> Unit | None:
    """The unit as the checker compiles it."""
    if not made.unit:
        return None
    text = write(made.unit)
    found = build({**ALONE, SUITE: text})
    assert found.ok, problems(found.problems) + "\n" + text
    return found.units["reperes", "suite", "fr"]


EVERYTHING = (
    "\n\n".join(text for text, *_ in CASES.values() if "never closed" not in text) + "\n\n" + "\n\n".join(UNUSABLE)
)


def test_every_construction_passes_check() -> None:
    unit = published(read_gift(EVERYTHING.encode(), "suite", "Et la suite"))

    assert unit and len(unit.prompts) > 15


PIECES = (
    *(
        "{",
        "}",
        "=",
        "~",
        "#",
        "####",
        "->",
        "::",
        "%50%",
        "//",
        "$CATEGORY: a/b",
        "[html]",
        "[markdown]",
        "\\",
        "\n\n",
    ),
    *(
        "\\n",
        "<p>",
        "</li>",
        "<img src=x>",
        "<![",
        "&lt;",
        "- (x) ",
        "{.choix-unique #a}",
        "[[",
        "]]",
        "***",
        "# a",
        "|",
    ),
    *(
        "> **Réponse :** vrai",
        "\0",
        "\ud7ff",
        "\u2028",
        "[@leamy2011]",
        "[^1]",
        "```",
        "---",
        "{#",
        "..",
        "1:e99",
        ":::",
    ),
)


def test_spoiled_files_never_stop_the_reader() -> None:
    chance = random.Random(7)
    slowest = 0.0
    for _ in range(80):
        text = EVERYTHING
        for _ in range(chance.randint(1, 8)):
            at, to = sorted(chance.randrange(len(text) + 1) for _ in range(2))
            to = min(to, at + 400)
            piece = chance.choice(PIECES) * chance.choice([1, 1, 1, 3, 20])
            text = chance.choice([text[:at] + text[to:], text[:at] + piece + text[at:], text[:at] + piece + text[to:]])
        start = time.process_time()
        published(read_gift(text.encode("utf-8", "replace"), "suite", "Et la suite"))
        slowest = max(slowest, time.process_time() - start)
    assert slowest < 2


@settings(QUICK, max_examples=40)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=30).map(
            lambda parts: "".join(parts).encode("utf-8", "surrogatepass")
        ),
    )
)
def test_any_bytes_are_read_into_a_sound_unit_or_none(body: bytes) -> None:
    published(read_gift(body, "suite", "Et la suite"))


@pytest.mark.parametrize(
    "piece", ["{", "}", "=a", "~", "#", "::", "\\", "[html]<p", "<b>", "<", "&#", "->", "{=a}", "//\n"]
)
def test_pathological_files_cost_no_more_than_their_size(piece: str) -> None:
    start = time.process_time()
    for head in ("", "[html]", "a {", "[markdown]"):
        read_gift((head + piece * (19_000 // len(piece))).encode(), "suite", "Et la suite")
    assert time.process_time() - start < 4


# --- out and in again


def differences(before: Unit, after: Unit) -> set[tuple[str, str]]:
    """(question, what differs) between a unit and what came back of it."""
    found: set[tuple[str, str]] = set()
    theirs = {prompt.id: prompt for prompt in after.prompts}
    for prompt in (b for section in before.sections for b in section.blocks if isinstance(b, Prompt)):
        other = theirs.get(prompt.id)
        if other is None:
            found.add((prompt.id, "missing"))
            continue
        key, came = before.keys[prompt.id], after.keys[prompt.id]
        pairs = {
            "kind": (prompt.kind, other.kind),
            "title": (fold(words(prompt.title)), fold(words(other.title))),
            "stem": (fold(words(prompt.stem)), fold(words(other.stem))),
            "items": ([fold(words(item)) for item in prompt.items], [fold(words(item)) for item in other.items]),
            "targets": (sorted(fold(words(t)) for t in prompt.targets), sorted(fold(words(t)) for t in other.targets)),
            "right": (key.solution, came.solution),
            "accepted": (key.accepted, came.accepted),
            "bounds": (key.bounds, came.bounds),
            "feedback": ([fold(words(t)) for t in key.feedback], [fold(words(t)) for t in came.feedback]),
            "explanation": (fold(words(key.explanation + b" " + key.sample)), fold(words(came.explanation))),
            "hints": (len(prompt.hints), len(other.hints)),
            "partial": (key.partial, came.partial),
            "points": (prompt.points, other.points),
            **{
                name: (getattr(prompt, name), getattr(other, name))
                for name in (
                    "fixed",
                    "must_pass",
                    "retired",
                    "competencies",
                    "shuffle",
                    "confidence",
                    "regions",
                    "reread",
                )
            },
        }
        found |= {(prompt.id, name) for name, (ours, other_) in pairs.items() if ours != other_}
    return found


EXPLAINS = {
    "missing": {"kind", "retired", "split"},
    "kind": {"ordering"},
    "items": {"ordering", "image"},
    "right": {"ordering", "distractor"},
    "targets": {"ordering", "distractor"},
    "stem": {"image", "element"},
    "title": {"image"},
    "feedback": {"image", "element"},
    "explanation": {"sample", "image", "element"},
    "hints": {"hint"},
    "partial": {"all_or_nothing", "option"},
    "points": {"points"},
    **{
        name: {"option"}
        for name in ("fixed", "must_pass", "competencies", "shuffle", "confidence", "regions", "reread")
    },
    "retired": {"retired"},
}


def nothing_lost_in_silence(unit: Unit) -> None:
    out = write_gift(unit)
    back = read_gift(out.text.encode(), "suite", "Et la suite", unit.lang)
    after = published(back)
    told = {(note.question, note.code) for note in out.notes}
    general = {note.code for note in back.notes} - {"header", "category"}
    assert {code for _, code in told} <= set(NOTES)
    assert {"header_out"} <= {code for _, code in told}
    if after is None:
        kinds = {prompt.id for prompt in unit.prompts}
        assert all((question, "kind") in told for question in kinds)
        return
    for question, what in differences(unit, after):
        explained = any((question, code) in told for code in EXPLAINS[what]) or general & EXPLAINS[what]
        assert explained, (question, what, out.text)


@settings(QUICK, max_examples=15)
@given(units())
def test_out_and_in_again_loses_nothing_in_silence(unit: object) -> None:
    nothing_lost_in_silence(compiled(write(unit)))  # type: ignore[arg-type]


SITE = check_site(read_folder(shipped.some()), TODAY)


@pytest.mark.parametrize("where", [where for where in SITE.units if where[2] == "fr"], ids=lambda where: where[1])
def test_units_of_the_site_out_and_in_again(where: tuple[str, str, str]) -> None:
    unit = SITE.units[where]
    nothing_lost_in_silence(unit)
    assert unit.opening or any(isinstance(block, Prose) for section in unit.sections for block in section.blocks)
    assert "prose" in [note.code for note in write_gift(unit).notes]


def test_the_words_of_every_note_are_in_two_languages() -> None:
    for code, (severity, fr, en) in NOTES.items():
        assert severity in ("lost", "guessed", "kept") and fr != en, code


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("a<br>b", "a\n\nb"),
        ("<ul><li>a</li><li><p>b</p></li></ul>", "- a\n- b"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<ul><li>( ) a</li></ul>", "- &#40; ) a"),
        ("<p><b> a </b>b</p>", "**a** b"),
        ('<a href="https://x.example/a">a</a>', "[a](https://x.example/a)"),
        ("<code>a_b</code> a_b", "`a_b` a\\_b"),
        ("1 &lt; 2 &amp; 3", "1 \\< 2 \\& 3"),
        ("- a", "\\- a"),
        ("<td>a</td>", "a"),
    ],
)
def test_simple_html_is_kept(html: str, markdown: str) -> None:
    assert to_markdown(html, "html").text == markdown
