"""Two browsers of one person do whatever they like, in any order: open, save, answer, go back and send an older form,
hand in, sign in again, while questions are corrected, reworded and withdrawn. A model in plain Python says before each
deed what must come of it, and after each what must be stored: nothing more, nothing less.

Short in the ordinary run; with ELEARN_LONG_FAULTS two thousand runs of thirty steps.
"""

from __future__ import annotations

import html
import json
import os
import re
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import insert, select

from elearn.core.completion import Facts, course_progress, facts_to_state
from elearn.core.questions.base import Mark
from elearn.services import accounts, learning, sessions
from elearn.services.publishing import publish_files
from elearn.store.base import db, now
from elearn.store.editions import Edition, EditionEntry, Published, entries, read_edition
from tests import exams, world
from tests.browse import FORGED

LONG = bool(os.environ.get("ELEARN_LONG_FAULTS"))
RUNS, STEPS = (2000 if LONG else 60), 30
SECTION = "/learning/reperes/ecouter/se-taire"
COVER = "/learning/reperes/bilan/sittings"
QUESTIONS = ("un", "deux")
FORM = re.compile(r'<form[^>]*? action="([^"#]*)[^"]*"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
OPTION = re.compile(r'name="answer" value="(\d)"( checked)?[^>]*>\s*<label[^>]*>Réponse (\d) de', re.DOTALL)
FRESH = re.compile(
    r'nonce="[^"]*"|name="(?:idempotency_key|csrf_token)" value="[^"]*"|data-(?:session-left|seconds)="[^"]*"'
)
OTHER_VERSION = re.compile(r'<div class="other-version">(.*?)</div>', re.DOTALL)

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.environ.get("ELEARN_TEST_ON") == "postgresql", reason="opens the SQLite file"),
]


def unit(first: str) -> str:
    head, _heading, _rest = world.ECOUTER_FR.partition("### Qui décide")
    asked = f"{first}\n{exams.question('deux')}".replace("#### ", "### ")
    return f"{head}{asked}\n## Que vérifier ? {{#verifier}}\n\nRien.\n"


def variants() -> list[dict[str, bytes]]:
    """The small site as it is first, with corrected keys, reworded, with questions retired, and with them deleted."""
    sat = exams.exam(draw=1, count=3)
    retired = sat.replace("#ecoute-0}", "#ecoute-0 retire=oui}").replace("#limite-0}", "#limite-0 retire=oui}")
    deleted = retired.replace(exams.question("ecoute-0", "retire=oui"), "")
    deleted = deleted.replace(exams.question("limite-0", "retire=oui"), "")
    pairs = [
        (unit(exams.question("un")), sat),
        (unit(exams.question("un", right=2)), exams.exam(draw=1, count=3, right=2)),
        (unit(exams.question("un", words="Autrement demandé ?")), sat.replace("Question ", "Demande ")),
        (unit(exams.question("un", "retire=oui")), retired),
        (unit(""), deleted),
    ]
    made = []
    for text, exam in pairs:
        files = exams.files(exam, {"courses/reperes/01-ecouter/fr.md": text})
        del files["courses/reperes/01-ecouter/en.md"]
        made.append(files)
    return made


RIGHT = ({"un": 1}, {"un": 2, "ecoute": 2}, {"un": 1}, {"un": 1}, {})
"""By variant: the right option of `un` and of the first pool, 1 where nothing is said; of all else it is 1."""


class World:
    """One site for all runs. Its variants are published once; an edition that comes back is the same documents."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.numbers: list[int] = []
        self.read: dict[int, Published] = {}
        with app.app_context():
            for files in variants():
                decided = {"reperes/ecouter/un": "keep", **{f"reperes/bilan/ecoute-{n}": "keep" for n in range(3)}}
                outcome = publish_files(files, app.config["ELEARN"].instance, world.AT, decisions=decided)
                assert outcome.changed, outcome.problems
                self.numbers.append(outcome.number)
        self.documents: dict[str, int] = {}
        for variant, number in enumerate(self.numbers):
            edition = self.published(number)
            for name in ("ecouter", "bilan"):
                self.documents.setdefault(edition.hashes["reperes", name, "fr"], variant)
        self.number, self.variant, self.old = self.numbers[-1], len(self.numbers) - 1, True

    def published(self, number: int) -> Published:
        if number not in self.read:
            with self.app.app_context(), db.engine.connect() as connection:
                self.read[number] = read_edition(connection, number)
        return self.read[number]

    def publish(self, variant: int, old: bool) -> None:
        """Make a variant current. `old`: long enough ago that who was answering an earlier one is sent back."""
        with self.app.app_context(), db.engine.begin() as connection:
            first = connection.execute(select(Edition.__table__).where(Edition.number == self.numbers[variant])).one()
            at = world.AT if old else now()
            self.number += 1
            connection.execute(insert(Edition).values(**first._asdict() | {"number": self.number, "published_at": at}))
            listed = entries(connection, self.numbers[variant])
            rows = [{"edition": self.number, "name": name, "hash": digest} for name, digest in listed.items()]
            connection.execute(insert(EditionEntry), rows)
        self.variant, self.old = variant, old

    def fingerprint(self, document: str, question: str) -> str | None:
        variant = self.documents[document]
        return self.published(self.numbers[variant]).units["reperes", "ecouter", "fr"].fingerprints.get(question)

    def right(self, document: str, question: str) -> int:
        return RIGHT[self.documents[document]].get(question.partition("-")[0], 1)


@dataclass
class Held:
    """A form as a tab holds it. `options`: source position -> value that is posted for it."""

    action: str
    fields: dict[str, str]
    options: dict[int, str]
    ticked: list[int]
    session: int

    @property
    def question(self) -> str:
        return self.action.split("/")[-2]

    @property
    def number(self) -> int:
        return int(self.action.split("/sittings/")[1].split("/")[0])

    @property
    def base(self) -> tuple[int, int]:
        tries, _dot, revision = self.fields["base"].partition(".")
        return int(tries), int(revision)


@dataclass
class Tab:
    client: Any
    session: int = 0
    forms: dict[str, list[Held]] = field(default_factory=dict)


@dataclass
class Begun:
    posted: str
    document: str
    revision: int


@dataclass
class Sitting:
    questions: list[str]
    edition: int
    drafts: dict[str, Begun] = field(default_factory=dict)
    closed: bool = False
    marks: list[tuple[str, list[int], float]] = field(default_factory=list)
    score: int | None = None
    passed: bool | None = None
    correction: str = ""

    @property
    def seen(self) -> int:
        return sum(one.revision for one in self.drafts.values())


DEEDS = (
    *("open", "read", "publish", "session_ends", "sign_in", "see_cover", "review"),
    *("answer",) * 6,
    *("keep",) * 4,
    *("begin_exam",) * 2,
    *("ask",) * 2,
    *("keep_exam",) * 5,
    *("hand_in",) * 2,
)
"""What happens how often: mostly answers, from pages that are older or newer."""


class Learner(RuleBasedStateMachine):
    """`site`: set by the test. `taken`: steps of all runs."""

    site: World
    taken = 0

    @initialize()
    def begin(self) -> None:
        world = self.site
        if world.variant != 0:
            world.publish(0, old=True)
        with world.app.app_context():
            name = secrets.token_hex(8)
            self.person = accounts.sign_up(name, "", "lampe ronde tabouret", now(), method="scrypt:512:8:1")
        self.sessions = 0
        self.tabs = [Tab(world.app.test_client()), Tab(world.app.test_client())]
        self.file = sqlite3.connect(f"file:{db_file(world.app)}?mode=ro", uri=True)
        self.steps: list[tuple[str, str, list[int], float]] = []
        self.drafts: dict[str, Begun] = {}
        self.keys: dict[str, tuple[Any, ...]] = {}
        self.begun_with: dict[str, int] = {}
        self.sittings: dict[int, Sitting] = {}
        self.facts = Facts()
        self.deed_in = 0
        for tab in self.tabs:
            self._sign_in(tab)

    def teardown(self) -> None:
        if hasattr(self, "file"):
            self.file.close()

    @rule(
        what=st.sampled_from(DEEDS),
        which=st.integers(0, 1),
        name=st.sampled_from(QUESTIONS),
        option=st.integers(0, 2),
        back=st.sampled_from([0, 0, 0, 1, 2, 4]),
        yes=st.booleans(),
        variant=st.sampled_from([0, 0, 1, 1, 2, 3, 4]),
    )
    def deed(self, what: str, which: int, name: str, option: int, back: int, yes: bool, variant: int) -> None:
        deeds: dict[str, Callable[[], None]] = {
            "open": lambda: self.open(which),
            "answer": lambda: self.answer(which, name, option, back, yes),
            "keep": lambda: self.keep(which, name, option, back, yes),
            "read": lambda: self.read(which),
            "see_cover": lambda: self.see_cover(which),
            "begin_exam": lambda: self.begin_exam(which, back, yes),
            "ask": lambda: self.ask(which, option % 2),
            "keep_exam": lambda: self.keep_exam(which, option, back, yes),
            "review": lambda: self.review(which),
            "hand_in": lambda: self.hand_in(which, back),
            "publish": lambda: self.site.publish(variant, yes),
            "session_ends": lambda: self.session_ends(which, yes),
            "sign_in": lambda: self._sign_in(self.tabs[which]),
        }
        deeds[what]()

    # --- practice

    def open(self, which: int) -> None:
        self._section(self.tabs[which])

    def answer(self, which: int, name: str, option: int, back: int, follow: bool) -> None:
        tab = self.tabs[which]
        held = self._held(tab, name, back)
        if held is None:
            return
        known = held.fields.get("idempotency_key", "")
        told = ("answer", name, held.fields["document"], option)
        expected = self._stale(tab, held) or self._outdated(held)
        if expected is None and tab.session == 0:
            expected = 200
        if expected is None and known in self.keys:
            expected = 303 if self.keys[known] == told else 409
        elif expected is None and "base" in held.fields and held.base[0] != self._tries(name):
            expected = 409
        elif expected is None:
            expected = 303
            self._give(name, held.fields["document"], option, known, told)
        answer = self._post(tab, held.action, held.fields | {"answer": held.options[option]})
        assert answer.status_code == expected, (answer.status_code, expected)
        if expected == 303 and follow:
            self._section(tab)
        elif expected == 409:
            self._both_are_shown(tab, answer, name, option)

    def keep(self, which: int, name: str, option: int, back: int, quiet: bool) -> None:
        tab = self.tabs[which]
        held = self._held(tab, name, back)
        if held is None:
            return
        saved = None
        expected = self._stale(tab, held)
        if expected is not None:
            expected = 401 if quiet else expected
        elif tab.session == 0:
            expected = 204 if quiet else 200
        elif held.base[0] != self._tries(name):
            expected = 409
        else:
            saved = saved_over(self.drafts, name, held.options[option], held.fields["document"], held.base[1])
            expected = 409 if saved is None else 204 if quiet else 303
            if saved is not None:
                self.deed_in = self.deed_in or self.site.number
        fields = held.fields | {"answer": held.options[option]} | ({"quiet": "1"} if quiet else {})
        answer = self._post(tab, held.action.replace("/attempts", "/drafts"), fields)
        assert answer.status_code == expected, (answer.status_code, expected)
        if quiet and saved is not None:
            assert answer.headers["Draft-Base"] == f"{self._tries(name)}.{saved}"
            held.fields["base"] = answer.headers["Draft-Base"]
        elif expected == 409 and not quiet:
            self._both_are_shown(tab, answer, name, option)
        elif not quiet:
            self._take(tab, answer)

    def read(self, which: int) -> None:
        tab = self.tabs[which]
        held = self._held(tab, "read", 0)
        if held is None:
            return
        answer = self._post(tab, held.action, held.fields)
        assert answer.status_code == 303
        if tab.session and tab.session == held.session:
            known, told = held.fields["idempotency_key"], ("read",)
            if known not in self.keys:
                self.facts, self.deed_in = self.facts.with_section("ecouter", "se-taire"), self.site.number
                self.keys[known] = told

    # --- the exam

    def see_cover(self, which: int) -> None:
        tab = self.tabs[which]
        page = self._get(tab, COVER)
        assert page.status_code == 200
        self._take(tab, page)

    def begin_exam(self, which: int, back: int, follow: bool) -> None:
        tab = self.tabs[which]
        held = self._held(tab, "begin", back)
        if held is None:
            return
        expected = 303 if tab.session in (0, held.session) else 400
        answer = self._post(tab, held.action, held.fields)
        assert answer.status_code == expected
        if expected == 400 or tab.session == 0:
            return
        known = held.fields["idempotency_key"]
        number = next((number for number, one in self.sittings.items() if not one.closed), self.begun_with.get(known))
        if number is None:
            number = self.begun_with[known] = len(self.sittings) + 1
            [row] = self._rows("SELECT questions FROM attempt WHERE {mine} AND unit = 'bilan' AND number = ?", number)
            self.sittings[number] = Sitting(json.loads(row[0]), self.site.number)
            assert "danger" in self.sittings[number].questions and len(self.sittings[number].questions) == 2
            self.deed_in = self.deed_in or self.site.number
        where = urlsplit(answer.headers["Location"]).path
        assert where.startswith(f"{COVER}/{number}")
        if follow:
            self._take(tab, self._get(tab, where))

    def ask(self, which: int, one: int) -> None:
        tab, number = self.tabs[which], len(self.sittings)
        if not number or not tab.session:
            return
        sitting = self.sittings[number]
        name = sitting.questions[one]
        page = self._get(tab, f"{COVER}/{number}/{name}")
        assert page.status_code == (302 if sitting.closed else 200)
        if not sitting.closed:
            text = page.get_data(as_text=True)
            assert "Explication" not in text and "Remarque" not in text
            [held] = [held for held in self._take(tab, page) if held.action.endswith("/drafts")]
            kept = sitting.drafts.get(name)
            assert held.base == (0, kept.revision if kept else 0)
            assert [held.options[position] for position in held.ticked] == ([kept.posted] if kept else [])

    def keep_exam(self, which: int, option: int, back: int, quiet: bool) -> None:
        tab = self.tabs[which]
        held = self._held(tab, "kept", back)
        if held is None:
            return
        sitting, saved = self.sittings[held.number], None
        if tab.session != held.session or not tab.session:
            expected = 401 if quiet else 422
        elif sitting.closed:
            expected = 410 if quiet else 409
        else:
            posted, document = held.options[option], held.fields["document"]
            saved = saved_over(sitting.drafts, held.question, posted, document, held.base[1])
            expected = 409 if saved is None else 204 if quiet else 303
        fields = held.fields | {"answer": held.options[option]} | ({"quiet": "1"} if quiet else {})
        answer = self._post(tab, held.action, fields)
        assert answer.status_code == expected, (answer.status_code, expected)
        if quiet and saved is not None:
            held.fields["base"] = answer.headers["Draft-Base"]
            assert held.base == (0, saved)
        elif expected == 409 and not quiet and not sitting.closed:
            shown = self._take(tab, answer)
            kept = sitting.drafts[held.question]
            ticked = [one.ticked for one in shown if one.question == held.question]
            wanted = [position for position, value in held.options.items() if value == kept.posted]
            assert ticked == [wanted, [option]], "what is kept, and what was sent"

    def review(self, which: int) -> None:
        tab, number = self.tabs[which], len(self.sittings)
        if number and tab.session:
            page = self._get(tab, f"{COVER}/{number}")
            assert page.status_code == 200
            self._take(tab, page)
            if self.sittings[number].closed:
                self._corrected(page, self.sittings[number])

    def hand_in(self, which: int, back: int) -> None:
        tab = self.tabs[which]
        held = self._held(tab, "hand", back)
        if held is None:
            return
        sitting = self.sittings[held.number]
        expected = 303
        if tab.session and tab.session != held.session:
            expected = 400
        elif tab.session and not sitting.closed and int(held.fields["seen"]) != sitting.seen:
            expected = 409
        elif tab.session and not sitting.closed:
            self._hand_in(sitting)
        answer = self._post(tab, held.action, held.fields)
        assert answer.status_code == expected, (answer.status_code, expected)
        if expected == 409:
            assert "enregistrées ailleurs depuis" in html.unescape(answer.get_data(as_text=True))
            self._take(tab, answer)

    # --- meanwhile

    def session_ends(self, which: int, back_at_once: bool) -> None:
        tab = self.tabs[which]
        tab.client.delete_cookie("__Host-elearn", domain="localhost")
        tab.session = 0
        if back_at_once:
            self._sign_in(tab)

    # --- what must hold after every step

    @invariant()
    def all_is_stored_once_as_given(self) -> None:
        if not hasattr(self, "file"):
            return
        type(self).taken += 1
        steps = self._rows(
            "SELECT sequence, question, document, response, fraction FROM step JOIN attempt ON attempt.id = attempt_id"
            " WHERE {mine} AND unit = 'ecouter' ORDER BY attempt_id, sequence"
        )
        found = [(row[1], row[2], json.loads(row[3]), row[4]) for row in steps]
        assert found == self.steps, "every answer once, in order, with its mark as it was given"
        assert [row[0] for row in steps] == list(range(1, len(steps) + 1))
        sat = self.sittings
        attempts = self._rows("SELECT unit, number, closed_at, score, passed, steps, edition FROM attempt WHERE {mine}")
        assert sorted(row[:2] for row in attempts) == sorted(
            [("bilan", number) for number in sat] + ([("ecouter", 1)] if self.steps else [])
        )
        for name, number, closed, score, passed, count, edition in attempts:
            if name == "bilan":
                one = sat[number]
                assert (closed is not None, score, passed, edition) == (one.closed, one.score, one.passed, one.edition)
                rows = self._rows(
                    "SELECT question, response, fraction FROM step JOIN attempt ON attempt.id = attempt_id"
                    " WHERE {mine} AND unit = 'bilan' AND number = ? ORDER BY sequence",
                    number,
                )
                assert [(row[0], json.loads(row[1]), row[2]) for row in rows] == one.marks
            else:
                assert (closed, count) == (None, len(self.steps))
        kept = {("ecouter", name): one for name, one in self.drafts.items()}
        kept |= {("bilan", name): one for sitting in sat.values() for name, one in sitting.drafts.items()}
        rows = self._rows("SELECT unit, question, response, document, revision FROM draft WHERE {mine}")
        assert {(row[0], row[1]): (json.loads(row[2]), row[3], row[4]) for row in rows} == {
            where: ([["answer", one.posted]], one.document, one.revision) for where, one in kept.items()
        }
        keys = self._rows("SELECT key FROM idempotency WHERE person_id = {person} AND deed IN ('attempt', 'reading')")
        assert {row[0] for row in keys} == set(self.keys)
        self._progress_is_computed_from_the_log()

    def _progress_is_computed_from_the_log(self) -> None:
        rows = self._rows("SELECT state, units_done, units_total, edition FROM progress WHERE {mine}")
        if not self.deed_in:
            assert rows == []
            return
        [(state, done, total, number)] = rows
        assert json.loads(state) == json.loads(json.dumps(facts_to_state(self.facts)))
        for name, answered in self.facts.answers.get("ecouter", {}).items():
            marks = [fraction for question, _, _, fraction in self.steps if question == name]
            assert (answered.best, answered.last, answered.tries) == (max(marks), marks[-1], len(marks))
        edition = self.site.published(self.deed_in)
        course = edition.courses["reperes"]
        secret = self.site.app.config["ELEARN_SECRET"]
        wanted = course_progress(course, learning.drawn_units(edition, course, secret, self.person), self.facts)
        assert (done, total, number) == (wanted.done, len(wanted.counted), self.deed_in)

    # --- helpers

    def _rows(self, words: str, *values: Any) -> list[Any]:
        """Rows of this person: `{mine}` stands for the condition that says so."""
        mine = f"enrolment_id IN (SELECT id FROM enrolment WHERE person_id = {self.person})"
        return self.file.execute(words.format(mine=mine, person=self.person), values).fetchall()

    def _sign_in(self, tab: Tab) -> None:
        with self.site.app.app_context():
            token = sessions.open_session(self.person, now())
        tab.client.set_cookie("__Host-elearn", token, domain="localhost", secure=True)
        self.sessions += 1
        tab.session = self.sessions

    def _get(self, tab: Tab, path: str) -> Any:
        """A page; that writes nothing."""
        before = self.file.execute("PRAGMA data_version").fetchone()
        page = tab.client.get(path)
        assert self.file.execute("PRAGMA data_version").fetchone() == before, "a GET writes nothing"
        return page

    def _post(self, tab: Tab, path: str, fields: dict[str, str]) -> Any:
        return tab.client.post(path, data=fields, headers=FORGED)

    def _take(self, tab: Tab, page: Any) -> list[Held]:
        """The forms of a page: what the tab holds from now on, the newest last."""
        text = page.get_data(as_text=True)
        found = []
        for action, body in FORM.findall(text):
            kind = kind_of(action)
            if kind is None:
                continue
            shown = OPTION.findall(body)
            held = Held(
                action,
                {name: html.unescape(value) for name, value in HIDDEN.findall(body)},
                {int(position): value for value, _checked, position in shown},
                [int(position) for _value, checked, position in shown if checked],
                tab.session,
            )
            if kind == "kept" and not held.options:
                continue  # the form that only sends again
            found.append(held)
            if "--kept" not in body:
                tab.forms.setdefault(kind, []).append(held)
        return found

    def _held(self, tab: Tab, kind: str, back: int) -> Held | None:
        """The newest form of a kind, or one from `back` pages before; the page is opened where there is none."""
        if not tab.forms.get(kind):
            self._open_for(tab, kind)
        held = tab.forms.get(kind, [])
        return held[-1 - min(back, len(held) - 1)] if held else None

    def _open_for(self, tab: Tab, kind: str) -> None:
        if kind in (*QUESTIONS, "read"):
            self._section(tab)
        elif kind == "begin":
            self._take(tab, self._get(tab, COVER))
        elif tab.session and self.sittings:
            for which, one in enumerate(self.tabs):
                if one is tab:
                    self.ask(which, 0) if kind == "kept" else self.review(which)

    def _section(self, tab: Tab) -> None:
        page = self._get(tab, SECTION)
        assert page.status_code == 200
        text = page.get_data(as_text=True)
        shown = {held.question: held for held in self._take(tab, page) if held.options}
        document = self.site.published(self.site.number).hashes["reperes", "ecouter", "fr"]
        for name, held in shown.items():
            if not tab.session:
                assert "base" not in held.fields and held.ticked == []
                continue
            begun, last = self.drafts.get(name), self._last(name)
            assert held.base == (self._tries(name), begun.revision if begun else 0)
            now_asked = self.site.fingerprint(document, name)
            chunk = text.partition(f'<div class="question" id="{name}"')[2].partition("</form>")[0]
            if begun and self.site.fingerprint(begun.document, name) == now_asked:
                assert [held.options[position] for position in held.ticked] == [begun.posted]
            elif last and self.site.fingerprint(last[1], name) == now_asked:
                assert held.ticked == last[2]
                assert ("C'est juste." in html.unescape(chunk)) == (last[3] == 1.0)
            else:
                assert held.ticked == []

    def _stale(self, tab: Tab, held: Held) -> int | None:
        """422 for a form of another session; a visitor's form is one of no session."""
        if tab.session == held.session:
            return None
        return 200 if tab.session == 0 and not held.fields["csrf_token"] else 422

    def _outdated(self, held: Held) -> int | None:
        """What is said where the question is another one since long; it is looked at before the form is."""
        document = self.site.published(self.site.number).hashes["reperes", "ecouter", "fr"]
        was, is_now = (self.site.fingerprint(one, held.question) for one in (held.fields["document"], document))
        if was == is_now or not self.site.old:
            return None
        text = self.site.published(self.site.number).units["reperes", "ecouter", "fr"]
        return 422 if text.prompt(held.question) else 410

    def _tries(self, name: str) -> int:
        return sum(one[0] == name for one in self.steps)

    def _last(self, name: str) -> tuple[str, str, list[int], float] | None:
        return next((one for one in reversed(self.steps) if one[0] == name), None)

    def _give(self, name: str, document: str, option: int, known: str, told: tuple[Any, ...]) -> None:
        fraction = float(option == self.site.right(document, name))
        self.steps.append((name, document, [option], fraction))
        self.drafts.pop(name, None)
        self.keys[known] = told
        fingerprint = self.site.fingerprint(document, name)
        assert fingerprint is not None
        self.facts = self.facts.with_answer("ecouter", name, Mark(fraction), [option], fingerprint)
        self.deed_in = self.site.number

    def _both_are_shown(self, tab: Tab, page: Any, name: str, sent: int) -> None:
        """What was sent is still in the fields; beside it what is kept, in words, where it is of the same question."""
        text = html.unescape(page.get_data(as_text=True))
        held = next((one for one in self._take(tab, page) if one.options and one.question == name), None)
        if held is None:
            return  # the question is withdrawn
        assert held.ticked == [sent]
        other = OTHER_VERSION.search(text)
        assert other is not None
        last = self._last(name)
        document = self.site.published(self.site.number).hashes["reperes", "ecouter", "fr"]
        same = last and self.site.fingerprint(last[1], name) == self.site.fingerprint(document, name)
        if "Déjà donnée" in other[1] and last and same:
            assert f"Réponse {last[2][0]} de {name}." in other[1]

    def _hand_in(self, sitting: Sitting) -> None:
        variant_right = {}
        document = self.site.published(sitting.edition).hashes["reperes", "bilan", "fr"]
        for name in sitting.questions:
            variant_right[name] = self.site.right(document, name)
        for name in sitting.questions:
            kept = sitting.drafts.get(name)
            position = self._position(sitting, name, kept.posted) if kept else None
            response = [] if position is None else [position]
            sitting.marks.append((name, response, float(position == variant_right[name])))
        sitting.closed = True
        sitting.drafts = {}
        sitting.score = int(100 * sum(one[2] for one in sitting.marks) / len(sitting.marks))
        safe = {one[0]: one[2] for one in sitting.marks}["danger"] == 1.0
        sitting.passed = safe and sitting.score >= 60
        self.facts = self.facts.with_sitting("bilan", sitting.score, sitting.passed)
        self.deed_in = self.site.number

    def _position(self, sitting: Sitting, name: str, posted: str) -> int:
        """What stood at the place that was ticked, by the pages that the tabs hold."""
        number = next(number for number, one in self.sittings.items() if one is sitting)
        for tab in self.tabs:
            for held in tab.forms.get("kept", []):
                if (held.number, held.question) == (number, name):
                    return next(position for position, value in held.options.items() if value == posted)
        raise AssertionError("kept without a page")

    def _corrected(self, page: Any, sitting: Sitting) -> None:
        """The correction stays as it was first shown, whatever is published since."""
        text = FRESH.sub("", page.get_data(as_text=True))
        assert f"{sitting.score}" in text and ("Examen réussi" in text) == sitting.passed
        main = text[text.index("<main") : text.index("</main>")]
        sitting.correction = sitting.correction or main
        assert main == sitting.correction


def saved_over(drafts: dict[str, Begun], name: str, posted: str, document: str, revision: int) -> int | None:
    """The new revision where a save is taken; None where it would overwrite what the page had not seen."""
    before = drafts.get(name)
    if before and (before.posted, before.document) == (posted, document):
        return before.revision
    if (before.revision if before else 0) != revision:
        return None
    drafts[name] = Begun(posted, document, revision + 1)
    return revision + 1


def kind_of(action: str) -> str | None:
    if action.startswith(COVER):
        last = action.rpartition("/")[2]
        return {"sittings": "begin", "drafts": "kept", "submissions": "hand"}.get(last)
    if action.startswith(SECTION):
        return "read" if action.endswith("/readings") else action.split("/")[-2]
    return None


def db_file(app: Flask) -> str:
    url: str = app.config["ELEARN"].database_url
    return url.removeprefix("sqlite:///")


def play(app: Flask, runs: int = RUNS, seeded: bool = not LONG) -> int:
    """So many runs; the number of steps that were compared."""
    machine = type("Played", (Learner,), {"site": World(app), "taken": 0})
    how = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=seeded,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=how)
    return int(machine.taken)


def test_two_tabs_in_any_order(app: Flask) -> None:
    steps = play(app)
    print(f"{steps} steps")
    assert steps >= RUNS * STEPS / 2
