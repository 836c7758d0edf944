"""The draw of a pool: as many as it says, always the same for one person, fair among many."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.core.check import check_against
from elearn.core.course import Pool, Section, Unit, dump, load
from elearn.core.drawing import drawn, sitting
from elearn.core.questions.base import Prompt
from tests.core.sample import GOOD, UNIT, build

SHARED, SUITE = "pools/limites/fr.md", "courses/reperes/02-suite/fr.md"
PLAIN = build().units["reperes", "suite", "fr"]


def pooled(count: int, draw: int, retired: frozenset[int] = frozenset()) -> Unit:
    prompts = tuple(Prompt(f"q{n}", "true_false", "fr", b"", retired=n in retired) for n in range(count))
    pool = Pool("pool", "Pool", "fr", b"<h3>Pool</h3>", draw, prompts)
    return replace(PLAIN, sections=(Section("s", "S", "fr", (pool,)),))


def ids(unit: Unit) -> list[str]:
    return [prompt.id for prompt in unit.prompts]


@given(st.integers(1, 12), st.integers(1, 12), st.text(max_size=8), st.frozensets(st.integers(0, 11)))
def test_as_many_as_it_says_never_a_retired_one_in_the_order_written(
    count: int, draw: int, seed: str, retired: frozenset[int]
) -> None:
    whole = pooled(count, draw, retired)
    found = ids(drawn(whole, seed))

    assert len(found) == min(draw, len(whole.prompts))
    assert found == [name for name in ids(whole) if name in found]
    assert found == ids(drawn(whole, seed)) == ids(drawn(drawn(whole, seed), seed))


@given(st.integers(2, 12), st.integers(1, 6), st.text(max_size=8))
def test_a_question_more_moves_at_most_one(count: int, draw: int, seed: str) -> None:
    before, after = ids(drawn(pooled(count, draw), seed)), ids(drawn(pooled(count + 1, draw), seed))

    assert len(set(before) - set(after)) <= 1


def test_every_question_has_its_chance() -> None:
    unit, people = pooled(6, 2), 1200
    counts = dict.fromkeys(ids(unit), 0)
    for person in range(people):
        for name in ids(drawn(unit, f"seed-{person}")):
            counts[name] += 1

    wanted = people * 2 / 6
    assert all(abs(count - wanted) < 5 * wanted**0.5 for count in counts.values())


def test_a_unit_without_pools_is_given_back_as_it_is() -> None:
    assert drawn(PLAIN, "seed") is PLAIN


def test_the_heading_of_a_pool_stays_and_keys_too() -> None:
    unit = build().units["reperes", "parler", "fr"]
    made = drawn(unit, "")

    assert len(unit.prompts) - len(made.prompts) == 1
    assert made.keys == unit.keys and made.fingerprints == unit.fingerprints
    text = b"".join(block.html for block in made.sections[-1].blocks if not isinstance(block, Pool | Prompt))
    assert b'id="au-choix"' in text and "tirée au sort".encode() in text


def test_both_languages_draw_the_same() -> None:
    units = build().units
    for seed in ("", "a", "b", "c"):
        french, english = (drawn(units["reperes", "parler", lang], seed) for lang in ("fr", "en"))
        assert ids(french) == ids(english)


def test_a_pool_is_read_back_as_it_was_stored() -> None:
    for unit in build().units.values():
        assert load(Unit, dump(unit)) == unit


def shared(lines: str, more: dict[str, str] | None = None) -> Unit:
    made = build({SUITE: GOOD[SUITE].replace("Un mot.", lines), **(more or {})})
    assert made.problems == ()
    return made.units["reperes", "suite", "fr"]


def test_a_shared_pool_lends_its_questions_under_names_of_their_own() -> None:
    unit = shared("### Banque {.banque #b source=limites}\n\n#### Ici {.reflexion #ici}")

    assert ids(unit) == ["ici", "limites--promesse", "limites--limite"]
    assert set(unit.keys) == set(unit.fingerprints) == set(ids(unit))
    assert unit.keys["limites--promesse"].solution == (0,)
    assert [entry.id for entry in unit.glossary] == ["espoir"] and len(unit.references) == 1


def test_a_shared_pool_is_told_in_its_own_file_once() -> None:
    two = {SUITE: GOOD[SUITE].replace("Un mot.", "### B {.banque #b source=limites}")}
    two |= {UNIT: GOOD[UNIT] + "\n\n### C {.banque #c source=limites}\n"}
    two |= {"courses/reperes/01-parler/en.md": GOOD["courses/reperes/01-parler/en.md"] + "\n\n### C {.pool #c}\n"}
    told = build({**two, SHARED: GOOD[SHARED].replace("** faux", "** peut-être")}).problems

    assert [(one.code, one.path) for one in told] == [("E215", SHARED)]


def test_an_unreadable_shared_pool_is_told_in_its_own_file_alone() -> None:
    drawing = GOOD[SUITE].replace("Un mot.", "### B {.banque #b source=limites tirage=2}")
    told = build({SUITE: drawing, SHARED: GOOD[SHARED] + "> " * 25 + "a"}).problems

    assert [(one.code, one.path) for one in told] == [("E164", SHARED)]


def test_a_translated_pool_speaks_its_language() -> None:
    english = GOOD["pools/limites/fr.md"].split("## Questions")[1]
    english = "---\ntitle: Limits\n---\n\n## Questions" + english.replace("Une promesse.", "A promise.").replace(
        "Une réflexion", "A thought"
    )
    suite = "---\ntitle: The end\n---\n\n## The end {#fin}\n\n### Pool {.pool #b}\n"
    made = build(
        {
            SUITE: GOOD[SUITE].replace("Un mot.", "### Banque {.banque #b source=limites tirage=1}"),
            SUITE.replace("fr.md", "en.md"): suite,
            "pools/limites/en.md": english,
        }
    )
    unit = made.units["reperes", "suite", "en"]
    found = unit.prompt("limites--promesse")

    assert made.problems == ()
    assert found and found.lang == "en" and found.title == b"A promise."
    assert unit.sections[0].pools[0].draw == 1


@pytest.mark.parametrize(("after", "codes"), [("Un mot.", []), ("### B {.banque #b source=limites}", ["E133"])])
def test_a_unit_may_cease_to_draw_from_a_shared_pool(after: str, codes: list[str]) -> None:
    suite = GOOD[SUITE].replace("duree:", "statut: publie\nduree:")
    drawing = suite.replace("Un mot.", "### B {.banque #b source=limites}")
    published = [build({SUITE: drawing}).units["reperes", "suite", "fr"]]
    pool = GOOD[SHARED].replace("### Une réflexion {.reflexion #limite}\n", "")
    later = build({SUITE: suite.replace("Un mot.", after), SHARED: pool})

    assert [one.code for one in check_against(later, published)] == codes


def an_exam(count: int, draw: int, must: int = 0) -> Unit:
    prompts = tuple(Prompt(f"q{n}", "true_false", "fr", b"", must_pass=n < must) for n in range(count))
    private = Prompt("text", "reflection", "fr", b"")
    pool = Pool("pool", "Pool", "fr", b"", draw, (*prompts, private))
    return replace(PLAIN, exam=True, sections=(Section("s", "S", "fr", (pool, private)),))


@given(st.integers(1, 6), st.integers(0, 3), st.integers(0, 6), st.text(max_size=8))
def test_two_sittings_share_only_what_must_be_right(draw: int, must: int, more: int, seed: str) -> None:
    must = min(must, draw)
    whole = an_exam(2 * (draw - must) + must + more, draw, must)
    first = ids(sitting(whole, seed))
    second = ids(sitting(whole, f"{seed}-2", first))

    safe = {f"q{n}" for n in range(must)}
    assert len(first) == len(second) == draw
    assert set(first) & set(second) == safe
    assert first == ids(sitting(whole, seed)) == sorted(first, key=lambda name: int(name[1:]))


def test_what_must_be_right_is_asked_even_beyond_the_draw_and_private_texts_never() -> None:
    assert ids(sitting(an_exam(5, 1, 3), "seed")) == ["q0", "q1", "q2"]


def test_a_small_pool_asks_again_rather_than_less() -> None:
    whole = an_exam(3, 2)
    first = ids(sitting(whole, "a"))
    second = ids(sitting(whole, "b", first))
    assert len(second) == 2 and len(set(first) | set(second)) == 3
