"""One calculation, whoever asks: page, record, trainer's pages, stored row and attestation never disagree."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Callable
from dataclasses import replace

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select, update

from elearn.core.completion import Answered, CourseProgress, Facts, Sat, course_progress, facts_to_state
from elearn.core.course import Unit, dump, load
from elearn.services import learning
from elearn.store.base import db, now
from elearn.store.editions import Document, Published
from elearn.store.learning import Enrolment, Progress
from tests import world
from tests.browse import Browser, Page
from tests.web.groups import group, invitation, join
from tests.web.test_answers import another_edition
from tests.web.test_pool import POOL

COURSE = "courses/reperes/course.yaml"
FILES = {
    COURSE: world.COURSE.replace("[ecouter, parler]", "[ecouter, parler, encore]"),
    "courses/reperes/03-encore/fr.md": world.PARLER_FR.replace("id: parler", "id: encore").replace("Parler", "Encore")
    + POOL,
}
SECTIONS = {"ecouter": ("se-taire", "verifier"), "encore": ("que-dire",)}
QUESTIONS = {
    "ecouter": ("qui-decide", "gestes", "taire-ecouter", "ordre"),
    "encore": ("relier", *(f"phrase-{n}" for n in range(8))),
}
WORDS = {"terminée": "done", "commencée": "begun", "pas commencée": "open"}
WORDS |= {"réussi": "done", "pas encore réussi": "begun", "pas encore passé": "open"}


@st.composite
def facts(draw: Callable[..., object]) -> Facts:
    """What somebody may have done in the course; half of the time, nearly all."""
    diligent = draw(st.booleans())
    worth = st.sampled_from([1.0] * 6 + [0.5]) if diligent else st.sampled_from([0.0, 0.5, 1.0])
    read, answers = {}, {}
    for unit in SECTIONS:
        least = len(SECTIONS[unit]) if diligent and draw(st.integers(0, 4)) else 0
        read[unit] = frozenset(draw(st.lists(st.sampled_from(SECTIONS[unit]), min_size=least, unique=True)))  # type: ignore[call-overload]
        some = QUESTIONS[unit] if diligent else draw(st.lists(st.sampled_from(QUESTIONS[unit]), unique=True))
        best = {name: draw(worth) for name in some}  # type: ignore[attr-defined]
        answers[unit] = {name: Answered(mark, mark, [0], "f", 1) for name, mark in best.items()}  # type: ignore[arg-type]
    sat = draw(st.sampled_from([None, Sat(40, False, 1), Sat(80, True, 2), Sat(80, True, 1, aloud=True)]))
    return Facts(read, answers, {}, {"parler": sat} if isinstance(sat, Sat) else {})


def test_everyone_says_the_same(site: Flask, benoit: Browser, signed_in: Callable[[str], Browser]) -> None:
    from elearn.services.publishing import publish_files

    ada = signed_in("Ada")
    mine = group(ada)
    join(benoit, invitation(mine))
    with site.app_context():
        assert publish_files(world.site(FILES), site.config["ELEARN"].instance, world.AT).problems == ()
    another_edition(site, make_an_exam)
    benoit.get("/learning/")
    seen: set[tuple[int, bool]] = set()
    keys = itertools.count()

    @settings(
        max_examples=15, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(facts())
    def check(done: Facts) -> None:
        expected = do(site, done, f"form-{next(keys):08}")
        seen.add((expected.done, expected.complete))
        agree(expected, benoit, ada, mine)

    check()
    assert {complete for _, complete in seen} == {True, False} and len(seen) >= 3, "else little was looked at"


def make_an_exam(connection: Connection, listed: dict[str, str]) -> None:
    """« Parler » is sat, not practised."""
    name = "unit/reperes/parler/fr"
    body = connection.execute(select(Document.body).where(Document.hash == listed[name])).scalar_one()
    connection.execute(
        insert(Document).values(hash="e" * 64, body=dump(replace(load(Unit, body), exam=True, pass_mark=70)))
    )
    listed[name] = "e" * 64


def do(site: Flask, done: Facts, form: str) -> CourseProgress:
    """Benoît has done all that, then reads a section more; what is true then."""
    with site.app_context():
        edition: Published = site.extensions["shelf"].current()
        assert edition.units["reperes", "parler", "fr"].exam
        course, secret = edition.courses["reperes"], site.config["ELEARN_SECRET"]
        with db.engine.begin() as connection:
            person = connection.execute(select(Enrolment.person_id)).scalar_one()
            values = {"completed_at": None, "completed_edition": None, "units_done": 0, "units_total": 0}
            connection.execute(update(Progress).values(state=facts_to_state(done), **values))
        asker = learning.Asker(person, "fr", now(), form, secret)
        learning.read_section(
            asker, learning.Place(edition, course, edition.units["reperes", "ecouter", "fr"], "verifier")
        )
        units = learning.drawn_units(edition, course, secret, person)
        expected = course_progress(course, units, done.with_section("ecouter", "verifier"))
        with db.engine.connect() as connection:
            row = connection.execute(select(Progress.__table__)).one()
    assert (row.units_done, row.units_total) == (expected.done, 3)
    assert (row.completed_at is not None, row.completed_edition) == (
        expected.complete,
        edition.number if expected.complete else None,
    )
    return expected


def agree(expected: CourseProgress, benoit: Browser, ada: Browser, mine: Page) -> None:
    share, done = f"{expected.percent} %", f"{expected.done} sur 3"
    page = benoit.get("/learning/reperes")
    assert bar(page) == expected.percent and share in page.text
    assert ("Cours terminé" in page.text) == expected.complete
    assert ("Pourquoi ce cours n'est pas encore terminé" in page.text) != expected.complete
    assert page.text.count("Unité terminée") == sum(one.done for one in expected.units.values() if one.sat is None)
    assert bar(benoit.get("/learning/")) == expected.percent
    assert f"Unités terminées {done} ({share})" in benoit.get("/learning/reperes/record").text
    offered = benoit.get("/attestations/new?course=reperes").path.partition("?")[0]
    assert offered == ("/attestations/new" if expected.complete else "/learning/reperes")
    listed = ada.get(mine.path)
    assert done in listed.text and done in listed.follow("Benoît").text
    table = listed.follow("Où chaque personne en est")
    states = [WORDS[" ".join("".join(td.itertext()).split())] for td in table.all("td")[:3]]
    assert states == [state(expected, unit) for unit in expected.counted] and done in table.text
    sheet = ada.client.get(table.link("Télécharger")).get_data().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(sheet)))[1][-2] == str(expected.done)


def bar(page: Page) -> int:
    return int(re.findall(r"\d+", page.all("progress")[0].get("value") or "")[0])


def state(expected: CourseProgress, unit: str) -> str:
    one = expected.units[unit]
    return "done" if one.done else "begun" if one.begun else "open"
