"""Every key of course.yaml, in French and in English, either counts or is refused in words: none is ignored."""

import re
from dataclasses import replace

import pytest

from elearn.core.course import Course, Credit, dump, load
from tests.core.sample import GOOD, build

COURSE = "courses/reperes/course.yaml"
COUNTS = {
    "titre_discret: {fr: Discret}": ("discreet_title", {"fr": "Discret"}),
    "discreet_title: {fr: Discret}": ("discreet_title", {"fr": "Discret"}),
    "ouvert: non": ("open", False),
    "open: no": ("open", False),
    "mention: {fr: Ceci}": ("disclaimer", {"fr": "Ceci"}),
    "disclaimer: {fr: Ceci}": ("disclaimer", {"fr": "Ceci"}),
    "contact: ada@example.org": ("contact", "ada@example.org"),
    "validite_mois: 24": ("valid_months", 24),
    "valid_months: 36": ("valid_months", 36),
}
LATER = {
    "engagement: oui": "commitment: yes",
    "stage: {heures: 3, competences: [k1]}": "practicum: {hours: 3}",
    "declarations: [a]": "declarations: [a]",
    "renouvellement: {heures: 3}": "renewal: {hours: 3}",
}
WRITTEN = [line for pair in LATER.items() for line in pair]
HOURS = {
    "theorie": "theory",
    "atelier": "workshop",
    "travail_personnel": "personal_work",
    "stage": "practicum",
    "supervision": "supervision",
    "ethique": "ethics",
}


def course(text: str) -> Course:
    made = build({COURSE: text})
    assert made.problems == ()
    return made.courses[0]


@pytest.mark.parametrize("line", COUNTS)
def test_a_key_counts(line: str) -> None:
    name, value = COUNTS[line]
    assert getattr(course(GOOD[COURSE] + line + "\n"), name) == value


def test_english_keys_are_the_french_ones() -> None:
    english = GOOD[COURSE]
    pairs = ("titre title", "resume summary", "unites units", "relectures reviews", "genre kind", "regle rule")
    pairs += ("seuil pass_mark", "heures hours", "theorie theory", "delivrance issue", "par by", "le on")
    for pair in pairs:
        french, word = pair.split()
        english = re.sub(rf"\b{french}:", f"{word}:", english)
    english = english.replace("toutes", "all").replace("automatique", "automatic")
    assert english != GOOD[COURSE] and course(english) == course(GOOD[COURSE])


@pytest.mark.parametrize("line", WRITTEN)
@pytest.mark.parametrize("inside", [False, True])
def test_a_rule_that_cannot_be_kept_yet_is_refused_in_words(line: str, inside: bool) -> None:
    text = GOOD[COURSE].replace("  heures:", f"  {line}\n  heures:") if inside else GOOD[COURSE] + line + "\n"
    (problem,) = build({COURSE: text}).problems

    assert (problem.code, problem.params["variant"]) == ("E102", "later")
    assert line.split(":")[0] in problem.message("fr") and "retirez la ligne" in problem.message("fr")


def test_credits_are_said_in_each_language() -> None:
    line = "credits: [{nom: Aline, role: {fr: rédaction, en: writing}, chapeaux: paire et formatrice}]\n"
    made = course(GOOD[COURSE] + line)
    assert made.credits == (Credit("Aline", {"fr": "rédaction", "en": "writing"}, {"fr": "paire et formatrice"}),)
    assert load(Course, dump(made)).credits == made.credits


def test_an_edition_that_kept_credits_in_one_language_still_opens() -> None:
    made = replace(course(GOOD[COURSE]), credits=(Credit("Aline", {"fr": "rédaction"}),))
    former = dump(made).replace('{"fr":"rédaction"}'.encode(), '"rédaction"'.encode())
    assert former != dump(made) and load(Course, former).credits == made.credits


@pytest.mark.parametrize("line", ["delivrance: approbation", "issue: approval"])
def test_attestations_may_wait_for_an_approval(line: str) -> None:
    assert course(GOOD[COURSE].replace("delivrance: automatique", line)).issue == "approval"
    assert course(GOOD[COURSE]).issue == "automatic"


@pytest.mark.parametrize("word", [word for pair in HOURS.items() for word in pair])
def test_hours_of_each_kind_count(word: str) -> None:
    hours = course(GOOD[COURSE].replace("theorie:", f"{word}:")).rule.hours
    assert list(hours.values()) == [1.5]


def test_a_prerequisite_that_is_no_course_is_refused() -> None:
    (problem,) = build({COURSE: GOOD[COURSE] + "prerequis: [ailleurs]\n"}).problems
    assert problem.code == "E512"


def test_an_unknown_key_is_refused_with_the_nearest() -> None:
    (problem,) = build({COURSE: GOOD[COURSE] + "contacts: a\n"}).problems
    assert problem.code == "E102" and "vouliez-vous « contact »" in problem.message("fr")
