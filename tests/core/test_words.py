"""Words that may hurt are told with better ones, at their place, and not where they are only spoken about; reading
ease; an answer given away by its length, in each language."""

import time

import pytest

from elearn.core.parse import parse_unit
from elearn.core.readability import ease, prose
from elearn.core.source import Source
from elearn.core.wording import BETTER, check_words
from tests.core.sample import GOOD, HERE, TODAY, TRANSLATION, UNIT, build, edited, told

DIED, ATTEMPT = BETTER["fr:died"], BETTER["fr:attempt"]
TOLD = [
    (f"Il a {HERE}commis un suicide.", "W421", DIED),
    (f"Il a {HERE}COMMIS un  Suicide.", "W421", DIED),
    (f"Sans {HERE}commettre\nle suicide.", "W421", DIED),
    (f"> Un {HERE}suicide\n> réussi.", "W421", DIED),
    (f"Un **{HERE}suicide** *raté*.", "W421", ATTEMPT),
    (f"Une {HERE}tentative de suicide échouée.", "W421", ATTEMPT),
    (f"Suicide : une {HERE}tentative ratee.", "W421", ATTEMPT),
    (f"She {HERE}committed suicide.", "W421", "died by suicide"),
    (f"A {HERE}successful suicide attempt.", "W421", "died by suicide"),
    (f"A {HERE}failed suicide attempt.", "W421", "suicide attempt"),
    (f"Une {HERE}lettre d’adieu.", "W421", DIED),
    (f"Elle {HERE}s’est pendue.", "W421", DIED),
    (f"He {HERE}hanged himself.", "W421", "died by suicide"),
    (f"Une {HERE}schizophrène.", "W422", "personne qui vit avec une schizophrénie"),
    (f"Voir {HERE}les malades.", "W422", "personne qui vit avec un trouble"),
    (f"Un {HERE}malade mental.", "W422", "personne qui vit avec un trouble psychique"),
    (f"Il {HERE}souffre d’un trouble bipolaire.", "W422", "vit avec"),
    (f"For {HERE}the mentally ill.", "W422", "people who live with a mental health condition"),
    (f"She {HERE}suffers from depression.", "W422", "lives with"),
    (f'---\ntitre: "Le {HERE}suicide raté"\n---\n', "W421", ATTEMPT),
]


@pytest.mark.parametrize(("text", "code", "better"), TOLD, ids=lambda value: value[:40])
def test_a_word_is_told_at_its_place_with_a_better_one(text: str, code: str, better: str) -> None:
    before = text.split(HERE)[0]
    source = Source("a.md", text.replace(HERE, ""))
    check_words(source)

    (problem,) = source.problems
    assert (problem.code, problem.params["better"]) == (code, better)
    assert (problem.line, problem.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert better in problem.message("fr") and better in problem.message("en")


@pytest.mark.parametrize(
    "text",
    [
        "On ne dit pas « commettre un suicide ».",
        'On ne dit pas “suicide raté”, ni "suicide réussi".',
        "On ne dit pas `commettre un suicide`.",
        "```\ncommettre un suicide\n```",
        "<!-- suicide raté -->",
        "[un texte](https://example.org/suicide-note)",
        "Mort par suicide. Une tentative de suicide. Died by suicide.",
        "Une tentative ratée de parler de soi. A failed attempt at cooking.",
        "Le suicide.\n\nRatée, la tarte.",
        "Cela dépend : le linge est suspendu, une pente, un examen réussi.",
        "Elle est malade. Un malaise. Il souffre de la faim. The schizophrenic symptoms.",
        "En cas de crise ; la schizophrénie ; des personnes qui vivent avec un trouble.",
    ],
)
def test_a_word_that_is_quoted_or_sound_is_not_told(text: str) -> None:
    source = Source("a.md", text)
    check_words(source)

    assert source.problems == []


def test_transcripts_courses_and_glossaries_are_read_too() -> None:
    slip = "Un suicide raté."
    changes = {
        "courses/reperes/01-parler/media/karim.fr.md": slip,
        "glossary/en.md": GOOD["glossary/en.md"].replace("Croire", slip + " Croire", 1),
        "courses/reperes/course.yaml": GOOD["courses/reperes/course.yaml"].replace("Pour commencer.", slip, 1),
    }

    assert {path for code, path, _, _ in told(changes) if code == "W421"} == set(changes)


@pytest.mark.parametrize(
    "piece", ["<!--", "```", "commettre ", "«", "](a", '"a', "suicide ", "un ", "*_", "commettre un suicide ", "` `` "]
)
def test_a_long_odd_text_is_read_quickly(piece: str) -> None:
    source = Source("a.md", piece * (190_000 // len(piece)) + "suicid malade")
    began = time.process_time()
    check_words(source)

    assert time.process_time() - began < 2


EASY = "Le chat dort. Il fait beau. On va au parc. " * 20
HEAVY = "L'institutionnalisation interdisciplinaire présuppose une conceptualisation méthodologique rigoureuse. " * 30


def test_reading_ease_goes_down_with_longer_words_and_longer_sentences() -> None:
    easy, heavy = ease(EASY, "fr"), ease(HEAVY, "fr")
    long = ease(EASY.replace(".", ","), "fr")
    assert easy and heavy and long
    assert easy.ease == 100 and heavy.ease == 0 and easy.words < 5
    assert long.words > 100 and long.ease < easy.ease


def test_reading_ease_in_english_follows_flesch() -> None:
    """Twelve words and fifteen syllables a sentence."""
    measured = ease("The small brown dog ran over the hill to find water again. " * 20, "en")
    assert measured and measured.words == 12
    assert measured.ease == pytest.approx(206.835 - 1.015 * 12 - 84.6 * 15 / 12, abs=0.1)


def test_too_few_words_or_another_language_are_not_measured() -> None:
    assert ease("Un mot.", "fr") is None and ease(EASY, "nl") is None


def test_only_prose_is_measured() -> None:
    path, text = edited(
        UNIT, "Un texte simple.", "Un [lien gardé](unite:suite) `code caché`.\n\n```\nbloc caché\n```\n\n"
    )
    made = build({path: text})
    assert made.ok
    words = prose(parse_unit(path, text.encode(), "fr", TODAY).outline)
    assert "lien gardé" in words and "caché" not in words and "Trois questions" not in words and "leamy" not in words


def test_an_information_does_not_keep_from_publishing_and_is_one_a_unit() -> None:
    path, text = edited(UNIT, "Un texte simple.", HEAVY)
    made = build({path: text})

    assert made.ok and [(one.code, one.severity) for one in made.problems] == [("I430", "info")]


@pytest.mark.parametrize("mark", ["(x)", "( )"])
def test_the_longest_answer_gives_itself_away_in_a_translation_too(mark: str) -> None:
    """Marked there or not: what is right comes from the source."""
    long = f"- {mark} I do, always, whatever anybody else may wish to know about me."
    text = GOOD[TRANSLATION].replace("- (x) I do, always.", long)

    assert [(code, path) for code, path, _, _ in told({TRANSLATION: text})] == [("W221", TRANSLATION)]
