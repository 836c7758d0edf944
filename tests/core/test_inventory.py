"""Days in words, versions of texts: each changes with what it stands for."""

import dataclasses

import pytest

from elearn.core import consents, inventory
from elearn.core.inventory import TOPICS, notice_version, said, span


@pytest.mark.parametrize(
    ("days", "french", "english"),
    [
        (1, "1 jour", "1 day"),
        (3, "3 jours", "3 days"),
        (30, "30 jours", "30 days"),
        (60, "2 mois", "2 months"),
        (90, "90 jours", "90 days"),
        (365, "12 mois", "12 months"),
        (730, "2 ans", "2 years"),
        (1095, "3 ans", "3 years"),
        (400, "400 jours", "400 days"),
    ],
)
def test_days_as_people_say_them(days: int, french: str, english: str) -> None:
    assert (span(days, "fr"), span(days, "en")) == (french, english)


def test_words_carry_their_number() -> None:
    assert said(TOPICS["draft"].kept, "fr", 90) == "90 jours sans y toucher"
    assert said(TOPICS["draft"].kept, "en", 90) == "90 days without a change"


def test_the_version_of_the_notice_changes_with_a_number_and_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    first = notice_version({"draft": 90})
    assert notice_version({"draft": 91}) != first and notice_version({"draft": 90}) == first
    changed = dataclasses.replace(TOPICS["draft"], why={"fr": "autre", "en": "other"})
    monkeypatch.setattr(inventory, "TOPICS", {**TOPICS, "draft": changed})
    assert notice_version({"draft": 90}) != first


def test_each_language_of_a_consent_has_its_version() -> None:
    french, english = (consents.version(consents.REFLECTIONS, lang) for lang in ("fr", "en"))
    assert french != english and len(french) == 12
    with pytest.raises(KeyError):
        consents.version("everything", "fr")
