"""The privacy page: made from the inventory, in plain words, and there when the database is not."""

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import event, insert
from sqlalchemy.exc import OperationalError

from elearn.core.inventory import NOTICE_ON, TOPICS, notice_version, said
from elearn.store.base import db
from elearn.store.cohorts import Organisation
from elearn.store.inventory import topic_days
from tests import world
from tests.browse import Browser


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_it_works(visitor: Browser, lang: str) -> None:
    visitor.get("/").form("/language").submit(language=lang)
    page = visitor.get("/privacy")
    assert page.status == 200
    days = topic_days()
    for name, topic in TOPICS.items():
        for text in (topic.what, topic.why, topic.kept, topic.erased):
            words = " ".join(said(text, lang, days[name]).split())
            assert (words in page.text) or not topic.about, words
    assert "{keep}" not in page.text


def test_a_number_stands_in_one_place(visitor: Browser) -> None:
    assert "90 jours sans y toucher" in visitor.get("/privacy").text
    assert topic_days()["draft"] == 90


def test_it_says_its_version_and_its_day(visitor: Browser) -> None:
    page = visitor.get("/privacy")
    assert notice_version(topic_days()) in page.text
    assert str(dt.date.fromisoformat(NOTICE_ON).year) in page.text


def test_it_names_who_answers_for_it(site: Flask, visitor: Browser) -> None:
    assert "La personne qui tient ce site." in visitor.get("/privacy").text
    row = {"uid": "O", "name_fr": "Asso <b>", "officer": "Émile Roy", "contact": "vie-privee@asso.example"}
    with site.app_context(), db.engine.begin() as connection:
        connection.execute(insert(Organisation).values(made_at=world.AT, **row))
    text = visitor.get("/privacy").text
    assert "Émile Roy" in text and "vie-privee@asso.example" in text and "Asso <b>" in text
    assert "La personne qui tient ce site." not in text


def test_it_answers_when_the_database_does_not(site: Flask, visitor: Browser) -> None:
    with site.app_context():
        engine = db.engine

    def away(*_anything: object) -> None:
        raise OperationalError("away", None, Exception("away"))

    event.listen(engine, "before_cursor_execute", away)
    page = visitor.get("/privacy")
    event.remove(engine, "before_cursor_execute", away)
    assert page.status == 200 and "La personne qui tient ce site." in page.text


def test_signing_up_keeps_which_notice_was_shown(site: Flask, visitor: Browser) -> None:
    from sqlalchemy import select

    from elearn.store.privacy import Consent

    page = visitor.get("/accounts/sign-up")
    assert "/privacy" in page.links
    page.form("/accounts/sign-up").submit(sign_in_name="Benoît", password="lampe ronde tabouret 7")
    with site.app_context(), db.engine.connect() as connection:
        row = connection.execute(select(Consent.purpose, Consent.text_version, Consent.locale)).one()
    assert tuple(row) == ("notice", notice_version(topic_days()), "fr")
