"""The words of a paper: every fact is said, in both languages; the discreet title says nothing more."""

import dataclasses
import datetime as dt

import pytest

from elearn.core.attestations import Earned, ExamFact, ReviewFact, Snapshot
from elearn.core.paper import TABLE, Paper, paper, said
from tests.core.papers import REVEALING, snapshot


def written(made: Snapshot, title: str = "real", lang: str = "fr") -> Paper:
    return paper(made, title, lang, dt.date.isoformat)  # type: ignore[arg-type]


def words(page: Paper) -> str:
    """Everything on it, as one text, with plain spaces."""
    return " | ".join(_texts(dataclasses.asdict(page))).replace("\u00a0", " ").replace("\u202f", " ")


def test_it_works() -> None:
    text = words(written(snapshot()))
    for fact in (
        "Attestation de réussite",
        "Chloé Tremblay",
        "a réussi le parcours",
        "Pair-aidance : premiers repères",
        "Association Exemple",
        "asso.example.org",
        "du 2026-09-08 au 2026-11-20",
        "1 h 30 (théorie), non mesurée",
        "le 2026-11-21",
        "édition 3, règle 2026-1",
        "Le rôle de pair aidant",
        "Rôle et mutualité",
        "75 à 80 % des points",
        "Une question est indispensable",
        "En ligne, sans surveillance, à livre ouvert.",
        "Nombre d'essais non limité.",
        "Identité non vérifiée",
        "Questions publiques",
        "Texte pas encore relu",
        "ni un titre professionnel",
    ):
        assert fact in text, fact


def test_in_english() -> None:
    text = words(written(snapshot(), lang="en"))
    for fact in ("Attestation of achievement", "Peer support: first landmarks", "1 h 30 min (theory), not measured"):
        assert fact in text
    assert "Les étapes du rétablissement" in text, "a unit without a translation keeps its own words"
    assert written(snapshot(), lang="en").units[1].lang == "fr"


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("reviewed", [True, False])
def test_the_discreet_title_reveals_nothing(lang: str, reviewed: bool) -> None:
    review = ReviewFact({"fr": "deux pairs aidants", "en": "two peer supporters"}, "Ada, paire aidante", "2026-10-01")
    made = snapshot(reviews=(review,) if reviewed else ())
    page = written(made, "discreet", lang)
    assert page.title.text == made.discreet_title[lang]
    assert page.units == page.competencies == ()
    assert [word for word in REVEALING if word in words(page).lower()] == []


@pytest.mark.parametrize("kind", ["success", "follow-up"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_it_never_claims_to_certify(kind: str, lang: str) -> None:
    text = words(written(snapshot(kind=kind), lang=lang)).lower()
    assert "certif" not in text and "diplom" not in text and "diplôm" not in text
    assert "certif" not in str(TABLE).lower()


def test_followed_is_not_passed() -> None:
    text = words(written(snapshot(kind="follow-up")))
    assert "Attestation de suivi" in text and "a suivi le parcours" in text
    assert "Elle n'évalue pas ce que la personne sait." in text


def test_every_condition_has_its_words() -> None:
    other = Earned(False, True, False, True, True, False)
    here, there = written(snapshot()), written(snapshot(earned=other))
    assert not set(here.earned[:4]) & set(there.earned[:4])
    assert "Elle ne prouve pas l'identité de la personne." in here.limits
    assert "Elle ne prouve pas l'identité de la personne." not in there.limits


def test_reviews_are_told_one_by_one() -> None:
    done = ReviewFact({"fr": "une formatrice"}, "Ada Lévy", "2026-10-01")
    text = words(written(snapshot(reviews=(done, *snapshot().reviews))))
    assert "Texte relu par Ada Lévy (une formatrice, 2026-10-01)." in text
    assert "Texte pas encore relu par : deux pairs aidants." in text
    partly = words(written(snapshot(reviews=(done, *snapshot().reviews)), "discreet"))
    assert "relu en partie" in partly and "Ada" not in partly


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(24, "24 min"), (60, "1 h"), (65, "1 h 05"), (2400, "40 h")],
)
def test_hours(minutes: int, shown: str) -> None:
    planned = next(
        fact for fact in written(snapshot(minutes={"theory": minutes})).facts if fact.label == "Durée prévue"
    )
    assert planned.value.replace("\u00a0", " ") == f"{shown} (théorie), non mesurée"


def test_small_cases() -> None:
    one_day = written(snapshot(started_on=dt.date(2026, 11, 20)))
    assert one_day.facts[0].value == "le 2026-11-20"
    assert not any("Durée" in fact.label for fact in written(snapshot(minutes={})).facts)
    assert "couture" in words(written(snapshot(minutes={"couture": 60})))
    assert "jusqu'au 2029-11-21" in words(written(snapshot(valid_until=dt.date(2029, 11, 21))))
    assert written(snapshot(issuer_site="")).issuer_domain == ""


def test_words_in_a_language_that_is_missing() -> None:
    assert said({"fr": "Écouter"}, "en").lang == "fr"
    assert said({"en": "Listening"}, "fr").lang == "en"
    assert said({}, "fr").text == ""


def test_every_sentence_is_in_both_languages() -> None:
    for name, sentences in TABLE.items():
        assert set(sentences) == {"fr", "en"} and all(sentences.values()), name


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in _texts(one)]
    return [str(value)]


@pytest.mark.parametrize(
    ("exam", "lang", "sentence"),
    [
        (ExamFact(1, False), "fr", "Examen final réussi (1 passage), à distance, sans surveillance."),
        (ExamFact(3, True), "fr", "Examen final réussi (3 passages), à voix haute avec une personne formatrice."),
        (ExamFact(1, True), "en", "Final exam passed (1 sitting), held aloud with a trainer."),
        (ExamFact(2, False), "en", "Final exam passed (2 sittings), online, unsupervised."),
    ],
)
@pytest.mark.parametrize("title", ["real", "discreet"])
def test_how_the_exam_was_passed_is_said_in_one_sentence(exam: ExamFact, lang: str, sentence: str, title: str) -> None:
    text = words(written(snapshot(exam=exam), title, lang))
    assert sentence in text
    assert ("section de l'unité" in text) == (lang == "fr"), "the exam itself is not read"


def test_a_course_without_an_exam_says_nothing_of_one() -> None:
    assert "xamen" not in words(written(snapshot()))
