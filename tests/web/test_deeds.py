"""Deeds of the audit log in words, on the account page and wherever else."""

import datetime as dt

import pytest
from flask import Flask

from elearn.core.audit import LOGGED
from elearn.web.deeds import DEEDS, ago, done_by, in_words

AT = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)


def test_every_deed_has_words() -> None:
    assert set(DEEDS) == set(LOGGED)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_two_deeds_read_alike(app: Flask, lang: str) -> None:
    with app.test_request_context(headers={"Cookie": f"elearn-lang={lang}"}):
        words = [in_words(deed) for deed in LOGGED]
    assert len(set(words)) == len(words)
    assert all(word[0].isupper() for word in words)


def test_by_whom(app: Flask) -> None:
    with app.test_request_context():
        assert done_by("A", "A") == "par vous"
        assert done_by("B", "A") == "par une personne de l'équipe"
        assert done_by("", "A") == "par le site"
        assert in_words("a deed to come") == "a deed to come"


@pytest.mark.parametrize(
    ("passed", "fr", "en"),
    [
        (dt.timedelta(seconds=-90), "à l'instant", "just now"),
        (dt.timedelta(seconds=59), "à l'instant", "just now"),
        (dt.timedelta(minutes=2), "il y a 2 minutes", "2 minutes ago"),
        (dt.timedelta(minutes=59), "il y a 59 minutes", "59 minutes ago"),
        (dt.timedelta(hours=2), "il y a 2 heures", "2 hours ago"),
        (dt.timedelta(days=3), "il y a 3 jours", "3 days ago"),
        (dt.timedelta(days=8), "14 novembre 2026", "14 November 2026"),
    ],
)
def test_how_long_ago(app: Flask, passed: dt.timedelta, fr: str, en: str) -> None:
    for lang, words in (("fr", fr), ("en", en)):
        with app.test_request_context(headers={"Cookie": f"elearn-lang={lang}"}):
            assert ago(AT - passed, AT).replace("\u00a0", " ").replace("\u202f", " ") == words
