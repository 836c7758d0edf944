"""What `elearn fix` repairs, what it leaves, and that everything else stays byte for byte."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elearn.core.check import check_site
from elearn.core.edits import apply
from elearn.core.fixing import Repaired, repair
from elearn.core.headings import headings
from elearn.core.mending import REPAIRS, Text
from elearn.core.new_ids import SIGNS, NewIds, made_ids
from elearn.core.rules import RULES, Problem
from elearn.core.source import decode
from tests.core.sample import GOOD, TODAY, TRANSLATION, UNIT, build
from tests.core.test_rules import BROKEN, SUITE, WORDS, broken, problems_of


def fixed(changes: dict[str, str | bytes], seed: int = 1) -> dict[str, Repaired]:
    """The changed files of the good site, repaired."""
    texts: dict[str, str | bytes] = {**GOOD, **changes}
    files = {path: text.encode() if isinstance(text, str) else text for path, text in texts.items()}
    ids = NewIds(random.Random(seed).randrange, made_ids(files.values()))
    return {made.path: made for made in repair(files, "fr", ids, changes)}


def mended(path: str, text: str) -> str:
    return fixed({path: text})[path].body.decode()


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case[0]}-{case[-1][:24]!r}")
def test_what_is_marked_fixable_is_repaired_and_the_rest_is_left(case: tuple[str, ...]) -> None:
    changes, _ = broken(case)
    (path,) = changes
    (problem,) = problems_of(case)

    made = fixed(dict(changes))[path]

    left = [(one.code, one.fixable) for one in build({path: made.body}).problems]
    if problem.fixable:
        assert problem.code not in [code for code, _ in left] and made.done
        assert not any(fixable for _, fixable in left)
    else:
        assert made.body == changes[path].encode() and not made.done


def test_every_fixable_rule_has_an_example_of_a_repair() -> None:
    repaired = {case[0] for case in BROKEN if problems_of(case)[0].fixable}

    assert repaired == {code for code, rule in RULES.items() if rule.fixable}


UNIT_HEAD = "---\nid: suite\ntitre: Et la suite\nduree: 1 h\nauteurs: [Nadia B.]\nlicence: CC-BY-SA-4.0\n---\n\n"
END = "#### C {.fin #c}\n\nFin.\n"
ASKED = "## La fin {#fin}\n\n"

# (what it shows, before, after; ids made by chance are written as q-?, s-?, t-?)
CASES = [
    ("a list that was stuck together", "### A {.choix-unique #a}\n\n-(x)oui\n*( ) non\n+ (X]peut-être\n", None),
    ("closing hashes", "## Encore ##\n", "## Encore {#s-?} ##\n"),
    ("empty braces", "## Encore {}\n", "## Encore {#s-?}\n"),
    ("the kind first", "### A {.reflexion visible=moi}\n", "### A {.reflexion #q-? visible=moi}\n"),
    (
        "boxes under a plain heading",
        "### A ?\n\n- ( ) a\n- (x) b\n",
        "### A ? {.choix-unique #q-?}\n\n- ( ) a\n- (x) b\n",
    ),
    ("several boxes", "### A ?\n\n- [ ] a\n- [x] b\n", "### A ? {.choix-multiple #q-?}\n\n- [ ] a\n- [x] b\n"),
    ("a text that is asked about", "### Question : A ?\n\nUn mot.\n", "### Question : A ?\n\nUn mot.\n"),
    ("boxes of two kinds", "### A ?\n\n- [ ] a\n- (x) b\n", "### A ?\n\n- [ ] a\n- (x) b\n"),
    ("a list without a mark", "### A ?\n\n- ( ) a\n- ( ) b\n", "### A ?\n\n- ( ) a\n- ( ) b\n"),
    (
        "every box of the question",
        "### A {.choix-multiple #a}\n\n- ( ) a\n- (x) b\n- [x] c\n",
        "### A {.choix-multiple #a}\n\n- [ ] a\n- [x] b\n- [x] c\n",
    ),
    (
        "two feedbacks in a row",
        "### A {.choix-unique #a}\n\n- ( ) a\n- (x) b\n\n> Oui.\n> Bien.\n\n> Et encore.\n",
        "### A {.choix-unique #a}\n\n- ( ) a\n- (x) b\n\n  > Oui.\n  > Bien.\n\n  > Et encore.\n",
    ),
    ("a quote in a quote", "> > [!NOTE] Un mot.\n", "> > [!NOTE]\n> > Un mot.\n"),
    ("dashes in a quote", "> Un mot\n> ---\n", "> Un mot\n>\n> ---\n"),
    (
        "three copies",
        "## A {#a}\n\n## B {#a}\n\n### C {.reflexion #a}\n",
        "## A {#a}\n\n## B {#s-?}\n\n### C {.reflexion #q-?}\n",
    ),
    (
        "dashes and spaces of a word processor",
        "### A {.choix-multiple #a}\n\n– [x]oui\n•\u00a0(x)\u00a0non\n[ ] peut-être\n\u202f- [ ] jamais – ou si\n",
        "### A {.choix-multiple #a}\n\n- [x] oui\n- [x]\u00a0non\n- [ ] peut-être\n- [ ] jamais – ou si\n",
    ),
    (
        "an answer glued to words in a quote",
        "> ### A\n>\n> Un mot\n> \u00a0- (x) oui\n",
        "> ### A\n>\n> Un mot\n>- (x) oui\n",
    ),
    (
        "gaps under a plain heading",
        "#### Le [mot](#a) ####\n\nUn [[mot]], un \\[\\[autre]].\n\nEt [[un]].\n",
        "#### Le [mot](#a) {.texte-a-trous #q-?} ####\n\nUn [[mot]], un \\[\\[autre]].\n\nEt [[un]].\n",
    ),
    ("brackets in code are no gap", "### Question : A ?\n\nUn `[[mot]]`.\n", "### Question : A ?\n\nUn `[[mot]]`.\n"),
    ("gaps without a heading", "Un [[mot]].\n", "Un [[mot]].\n"),
    (
        "a copied scenario without its ids",
        "### A {.situation #a}\n\n#### B\n\n- [c](#c)\n\n#### C {.fin #c}\n\nFin.\n\n"
        "### D {.situation #d}\n\n#### B {#b}\n\n- [c](#c)\n\n#### C {.fin #c points=1}\n\nFin.\n",
        "### A {.situation #a}\n\n#### B {#e-?}\n\n- [c](#c)\n\n#### C {.fin #c}\n\nFin.\n\n"
        "### D {.situation #d}\n\n#### B {#b}\n\n- [c](#e-?)\n\n#### C {.fin #e-? points=1}\n\nFin.\n",
    ),
    ("a choice with other words is left", *[f"### A {{.situation #a}}\n\n#### B {{#b}}\n\n- [c](#c) oui\n\n{END}"] * 2),
    (
        "a pool and a question of it",
        "### A {.banque #a}\n\n#### B {.choix-unique #a}\n\n- [x] oui\n- ( ) non\n\n> Oui.\n\n### C {.banque}\n",
        "### A {.banque #a}\n\n#### B {.choix-unique #q-?}\n\n- (x) oui\n- ( ) non\n\n  > Oui.\n\n"
        "### C {.banque #q-?}\n",
    ),
    ("words in stars are no answer", "*(x) est une inconnue*\n", "*(x) est une inconnue*\n"),
]


def without_chance(text: str) -> str:
    for made in made_ids([text.encode()]):
        text = text.replace(made, made[:2] + "?")
    return text


@pytest.mark.parametrize(("name", "before", "after"), CASES, ids=[case[0] for case in CASES])
def test_a_repair(name: str, before: str, after: str | None) -> None:
    after = after or "### A {.choix-unique #a}\n\n- (x) oui\n* ( ) non\n+ (X) peut-être\n"

    assert without_chance(mended(SUITE, UNIT_HEAD + ASKED + before)) == UNIT_HEAD + ASKED + after


YAML_CASES = [
    ("titre: Le rôle : écouter # note", 'titre: "Le rôle : écouter" # note'),
    ('titre: Le "rôle" : l\'écoute', "titre: 'Le \"rôle\" : l''écoute'"),
    ("titre: Le rôle :\n  écouter : bien", "titre: Le rôle :\n  écouter : bien"),
    ("titre:\n\tfr: A\n\ten: B", "titre:\n  fr: A\n  en: B"),
    ("\ttitre: A", "titre: A"),
    ("titre:Le rôle", "titre: Le rôle"),
    ("titre:Le rôle : dire", 'titre: "Le rôle : dire"'),
    ("titre :\u00a0\u202fLe rôle\u00a0! ", "titre : Le rôle\u00a0! "),
    ("titre:\n\tfr:A\n\ten:\u00a0B", "titre:\n  fr: A\n  en: B"),
]


@pytest.mark.parametrize(("before", "after"), YAML_CASES)
def test_a_repair_of_yaml(before: str, after: str) -> None:
    assert mended("competencies.yaml", f"k1: x\n{before}\nk2: y\n") == f"k1: x\n{after}\nk2: y\n"


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_line_ends_and_a_byte_order_mark_stay(ends: str) -> None:
    before = "\ufeff" + (UNIT_HEAD + "## La fin\n\n> [!TIP] Un mot.\n\nA\n---\n\n\tfin  ").replace("\n", ends)
    after = (UNIT_HEAD + "## La fin {#s-?}\n\n> [!TIP]\n> Un mot.\n\nA\n\n---\n\n\tfin  ").replace("\n", ends)

    assert without_chance(mended(SUITE, before)) == "\ufeff" + after


def test_new_ids_are_new_and_cannot_be_misread() -> None:
    taken = {"s-" + SIGNS[0] * 5}
    chance = iter([0] * 5 + [1] * 5)
    files = {SUITE: (UNIT_HEAD + "## La fin\n").encode()}

    (made,) = repair(files, "fr", NewIds(lambda below: next(chance), taken), files)

    assert f"{{#s-{SIGNS[1] * 5}}}".encode() in made.body
    assert not set(SIGNS) & set("aeiouyl10")


def test_a_translation_takes_the_ids_of_its_source() -> None:
    source = GOOD[UNIT].replace("{#fin-de-parcours}", "").replace(" #se-taire", "")
    translation = GOOD[TRANSLATION].replace(" {#fin-de-parcours}", "").replace(" #se-taire", "")
    translation = translation.replace(" #paires", " #ordre").replace("{.single-choice #qui-decide}", "")

    made = fixed({UNIT: source, TRANSLATION: translation})
    after = {path: one.body for path, one in made.items()}

    assert build(after).problems == ()
    assert "### Who decides what is shared? {.single-choice #qui-decide}" in after[TRANSLATION].decode()


def test_a_translation_of_another_shape_is_given_no_id() -> None:
    translation = GOOD[TRANSLATION].replace(" {#fin-de-parcours}", "") + "\n## More\n"

    assert mended(TRANSLATION, translation) == translation


def test_terms_of_the_glossary_are_named() -> None:
    text = GOOD[WORDS] + "\n## Encore\n\nUn mot.\n"

    assert without_chance(mended(WORDS, text)) == text.replace("## Encore", "## Encore {#t-?}")


COPIED = """### Une situation {.situation #une}

#### Étape {#dire}

- [Oui](#fin)
- [Non](#dire)

#### Fin {.fin #fin}

### Sa copie {.situation #q-aaaaa}

#### Étape {#dire}

- [Oui](#fin)
- [Non](#dire)

#### Fin {.fin}
"""


def test_steps_get_ids_and_links_of_a_copied_situation_follow_them() -> None:
    source = decode("fr.md", COPIED.encode())
    text = Text(source, "fr", False, headings(source, 0), None, NewIds(random.Random(2).randrange))
    copy, nameless = (Problem("fr.md", 12, 13, "E131", {"id": "dire", "other": 3}), Problem("fr.md", 17, 16, "E160"))

    after = apply(
        COPIED.encode(), [edit for problem in (copy, nameless) for edit in REPAIRS[problem.code](text, problem)]
    )

    first, second = after.decode().split("### Sa copie")
    assert first == COPIED.split("### Sa copie")[0]
    assert without_chance(second) == (
        " {.situation #q-aaaaa}\n\n#### Étape {#e-?}\n\n- [Oui](#fin)\n- [Non](#e-?)\n\n#### Fin {.fin #e-?}\n"
    ).replace("#q-aaaaa", "#q-?")


def test_other_texts_are_no_units() -> None:
    assert fixed({"courses/reperes/01-parler/media/karim.fr.md": "mot : a : b\n\n> [!TIP] x\n"}) == {}


POOL = "pools/limites/fr.md"
ASKED_IN_IT = "\n### Qui ? {.choix-unique #qui}\n\n– (x) Moi.\n\n> Oui.\n\n- [ ] Vous.\n\n> **Explication :** a\n"


def test_a_shared_pool_and_its_translation_are_repaired_as_the_checker_tells_them() -> None:
    pool = GOOD[POOL].replace(" {#questions}", "").replace(" #limite}", "}") + ASKED_IN_IT
    english = "---\ntitle: Limits\n---\n\n## Questions\n\n### A promise. {.true-false #promesse}\n\n> [!TIP] x\n"
    english += "\n> **Answer:** false\n\n### A thought {.reflection}\n\n### Who?\n\n- ( ) I.\n-(x) You.\n"

    made = fixed({POOL: pool, POOL.replace("fr.md", "en.md"): english})
    left = build({path: one.body for path, one in made.items()}).problems

    assert [problem.code for problem in left] == ["T304", "T304"]  # only which answer is right
    after = made[POOL].body.decode()
    assert "\n- (x) Moi.\n\n  > Oui.\n\n- ( ) Vous.\n" in after
    assert without_chance(after).count("#q-?") == without_chance(after).count("#s-?") == 1


def test_a_file_that_is_no_text_is_left() -> None:
    assert fixed({SUITE: b"\xff\xfe## A"}) == {}


def test_three_hundred_slips_of_one_file_are_repaired_at_once() -> None:
    text = UNIT_HEAD + ASKED + "".join(f"## Section {n}\n\n> [!TIP] Un mot.\n\n" for n in range(150))

    made = fixed({SUITE: text})[SUITE]

    assert len(made.done) == 300 and build({SUITE: made.body}).problems == ()


PIECES = (
    *("-(x) a\n", "- (x]b\n", "> [!TIP] x\n", "---\n", "## A\n", "### A {.reflexion}\n", "### Question : a\n", "\t"),
    *(
        "– (x) a\n",
        "( ) a\n",
        "\u00a0",
        "[[mot]]",
        "#### B {.fin}\n",
        "- [a](#debut) b\n",
        "### B {.banque}\n",
        "titre:",
    ),
    *("- [x] a\n", "> ", "{#a}", "{", "}", "#", ": ", "  ", "\r\n", "***\n", "#### B {#fin}\n", "```\n", "é", "\u2028"),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    path=st.sampled_from([UNIT, TRANSLATION, SUITE, WORDS, POOL, "courses/reperes/course.yaml"]),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.sampled_from(PIECES)), min_size=1, max_size=6),
)
def test_a_second_run_changes_nothing(path: str, changes: list[tuple[float, int, str]]) -> None:
    text = GOOD[path]
    for where, cut, piece in changes:
        at = int(where * len(text))
        text = text[:at] + piece + text[at + cut :]

    once = fixed({path: text})[path]
    again = fixed({path: once.body}, seed=2)[path]

    assert again.body == once.body and again.done == ()
    files = {name: body.encode() for name, body in GOOD.items()} | {path: once.body}
    check_site(files, TODAY)
