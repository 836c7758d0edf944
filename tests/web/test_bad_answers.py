"""Answers that nobody's browser sends: to every kind, by people signed in and visitors. Each gets a page with words,
what was not acknowledged is not stored, what can be shown again is shown, and any script comes back as sent."""

from __future__ import annotations

import datetime as dt
import os
import random
import re
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from elearn.core.kept import Memory
from elearn.services.publishing import publish_files
from elearn.store.base import db, now
from elearn.store.learning import Reflection, Step
from tests import world
from tests.browse import FORGED, Browser
from tests.web.test_kinds import FR as GENRES
from tests.web.test_pool import POOL
from tests.web.test_scenario import SCENARIO

POSTS = int(os.environ.get("ELEARN_FUZZ_ANSWERS", "150"))
"""How many posts the fuzz sends; 2,000 before a release."""
COURSE = "/learning/reperes"
SAY, HEAR = f"{COURSE}/parler/que-dire", f"{COURSE}/ecouter/se-taire"
CHECK, TRY = f"{COURSE}/ecouter/verifier", f"{COURSE}/genres/essayez"

GOOD: dict[str, tuple[str, dict[str, str]]] = {
    "qui-decide": (HEAR, {"answer": "0"}),
    "gestes": (HEAR, {"answer": "0"}),
    "taire-ecouter": (CHECK, {"answer": "0"}),
    "ordre": (CHECK, {"place-0": "0", "place-1": "1", "place-2": "2"}),
    "relier": (SAY, {"pair-0": "0", "even_so": "1"}),
    "nour": (SAY, {"answer": "1"}),
    "minutes": (TRY, {"answer": "5"}),
    "mot": (TRY, {"answer": "espoir"}),
    "trous": (TRY, {"gap-0": "écoute", "even_so": "1"}),
    "lire": (TRY, {"answer": "0"}),
    "aise": (TRY, {"answer": "0"}),
    "une-fois": (CHECK, {"text": "Un soir", "consent": "yes"}),
}
"""A question of each kind -> the page it stands on, and fields that are an answer to it."""
WRITTEN = ("minutes", "mot", "trous", "une-fois")
BOXES = ("qui-decide", "gestes", "lire", "aise")
CHOSEN = [name for name in GOOD if name not in WRITTEN]


FILES = {
    "courses/reperes/course.yaml": world.COURSE.replace("[ecouter, parler]", "[ecouter, parler, genres]"),
    "courses/reperes/02-parler/fr.md": world.PARLER_FR + SCENARIO + POOL,
    "courses/reperes/03-genres/fr.md": GENRES,
}
COMPILED = Memory()
"""Units that a test before has compiled."""


def publish(site: Flask, at: dt.datetime, **more: str) -> None:
    with site.app_context():
        outcome = publish_files(world.site(FILES | more), site.config["ELEARN"].instance, at, kept=COMPILED)
    assert outcome.changed, outcome.problems


@pytest.fixture
def site(site: Flask) -> Flask:
    publish(site, world.AT)
    return site


@dataclass
class Sender:
    """Someone who sends bytes, with the marks of a page of ours: `acknowledged` counts the answers that were kept."""

    browser: Browser
    acknowledged: int = 0
    marks: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: int = 0

    def marks_of(self, page: str, fresh: bool = False) -> dict[str, str]:
        if page not in self.marks or fresh:
            form = next(form for form in self.browser.get(page).forms if form.action.endswith("/attempts"))
            values = form.values()
            self.marks[page] = {name: values[name][0] for name in ("csrf_token", "document") if name in values}
        self.keys += 1
        return self.marks[page] | {"idempotency_key": f"essai-{self.keys:08}"}

    def send(self, question: str, fields: Any = (), page: str = "", body: bytes = b"", **marks: str) -> TestResponse:
        """`fields`: names and values, repeated ones too; `body`: more of the form as it goes over the wire."""
        page = page or GOOD[question][0]
        known = self.marks_of(page) | marks
        pairs = [*known.items(), *(fields.items() if isinstance(fields, dict) else fields)]
        data = urlencode(pairs).encode() + (b"&" + body if body else b"")
        address = f"{page}/{question}/attempts"
        kind = "application/x-www-form-urlencoded"
        answer = self.browser.client.post(address, data=data, headers=FORGED, content_type=kind)
        assert answer.status_code < 500, (address, pairs, body[:200])
        if answer.status_code == 303:
            self.acknowledged += 1
        else:
            assert "<h1" in answer.get_data(as_text=True), (address, answer.status_code)
        return answer


@pytest.fixture
def benoit_sends(benoit: Browser) -> Sender:
    return Sender(benoit)


def stored(site: Flask) -> list[Any]:
    with site.app_context(), db.engine.connect() as connection:
        return list(connection.execute(select(Step.question, Step.response).order_by(Step.attempt_id, Step.sequence)))


def texts(site: Flask) -> int:
    with site.app_context(), db.engine.connect() as connection:
        return len(connection.execute(select(Reflection.id)).all())


@pytest.mark.parametrize("question", GOOD)
def test_it_works(benoit_sends: Sender, site: Flask, question: str) -> None:
    """Else the refusals below would say nothing."""
    assert benoit_sends.send(question, GOOD[question][1]).status_code == 303
    assert [row.question for row in stored(site)] == [question]


ODD_POSITIONS = ["-1", "99", "9" * 22, "٣", "１", "²", "0x1", "1.5", "1e1", " 0", "0 ", "+0", "NaN", "\0", "0\0"]
ODD_POSITIONS += ["🙂", "a" * 5000, "None", "[0]", "0,1", "\u202e0", "é" + "\u0301" * 300]


@pytest.mark.parametrize("question", CHOSEN)
def test_positions_that_are_none(benoit_sends: Sender, site: Flask, question: str) -> None:
    name = next(iter(GOOD[question][1]))
    for value in ODD_POSITIONS:
        answer = benoit_sends.send(question, {name: value})
        assert answer.status_code == 422, value
        assert f'id="{question}_error"' in answer.get_data(as_text=True)
    assert stored(site) == []


@pytest.mark.parametrize("question", GOOD)
def test_wrong_fields_empty_ones_and_none(benoit_sends: Sender, site: Flask, question: str) -> None:
    name = next(iter(GOOD[question][1]))
    cases: list[Any] = [{}, {name: ""}, {"answers": "0"}, {f"{name}[]": "0"}, {name.upper(): "0"}, {"place--1": "0"}]
    for fields in cases:
        assert benoit_sends.send(question, fields).status_code == 422, fields
    assert stored(site) == [] and texts(site) == 0


@pytest.mark.parametrize("question", [name for name in GOOD if name not in BOXES])
def test_a_field_that_is_repeated(benoit_sends: Sender, site: Flask, question: str) -> None:
    fields = GOOD[question][1]
    name = next(iter(fields))
    answer = benoit_sends.send(question, [*fields.items(), (name, fields[name])])
    assert answer.status_code == 422
    assert stored(site) == [] and texts(site) == 0


@pytest.mark.parametrize("question", BOXES)
def test_the_same_box_twice_counts_once_or_is_refused(benoit_sends: Sender, site: Flask, question: str) -> None:
    benoit_sends.send(question, [("answer", "0"), ("answer", "0")])
    assert all(len(row.response) == 1 for row in stored(site))
    assert len(stored(site)) == benoit_sends.acknowledged


ELSEWHERE = [
    (HEAR, "relier", "a question of another unit"),
    (HEAR, "never-made", "a question of no unit"),
    (f"{COURSE}/nowhere/se-taire", "qui-decide", "a unit that is not there"),
    ("/learning/nowhere/ecouter/se-taire", "qui-decide", "a course that is not there"),
    (HEAR, "%00", "a zero"),
    (HEAR, "%ff%fe", "no text"),
    (HEAR, "🙂", "an emoji"),
    (HEAR, "a" * 3000, "a long one"),
]


def test_a_question_that_is_not_there(benoit_sends: Sender, site: Flask) -> None:
    known = benoit_sends.marks_of(HEAR)
    for page, question, why in ELSEWHERE:
        data = {**known, "answer": "0"}
        answer = benoit_sends.browser.client.post(f"{page}/{question}/attempts", data=data, headers=FORGED)
        assert answer.status_code == 404, why
    assert stored(site) == []


def test_a_section_that_was_renamed_meanwhile_still_takes_answers(benoit_sends: Sender, site: Flask) -> None:
    marks = benoit_sends.marks_of(HEAR)
    benoit_sends.marks[f"{COURSE}/ecouter/nowhere"] = marks
    answer = benoit_sends.send("qui-decide", {"answer": "0"}, page=f"{COURSE}/ecouter/nowhere")
    assert answer.status_code == 303 and answer.headers["Location"].startswith(HEAR)
    assert len(stored(site)) == 1


DOCUMENTS = ["", "0" * 64, "a" * 63, "A" * 64, "0" * 5000, "\0", "٣" * 64, "../../etc/passwd"]


def test_a_document_that_is_none(benoit_sends: Sender, site: Flask) -> None:
    for document in DOCUMENTS:
        assert benoit_sends.send("qui-decide", {"answer": "0"}, document=document).status_code == 400, document
    assert stored(site) == []


def test_the_document_of_another_unit(benoit_sends: Sender, site: Flask) -> None:
    other = benoit_sends.marks_of(SAY)["document"]
    assert benoit_sends.send("qui-decide", {"answer": "0"}, document=other).status_code == 400
    assert stored(site) == []


def test_a_question_of_a_pool_that_was_not_drawn(benoit_sends: Sender, site: Flask) -> None:
    page = benoit_sends.browser.get(SAY)
    mine = {found for form in page.forms for found in re.findall(r"/(phrase-\d)/attempts$", form.action)}
    for number in range(8):
        answer = benoit_sends.send(f"phrase-{number}", {"answer": "1"}, page=SAY)
        assert answer.status_code == (303 if f"phrase-{number}" in mine else 404)
    assert {row.question for row in stored(site)} == mine


@pytest.mark.parametrize(("hours", "status"), [(1, 303), (13, 410)])
def test_a_question_that_was_withdrawn_meanwhile(benoit_sends: Sender, site: Flask, hours: int, status: int) -> None:
    """Whoever had it before them may still answer it for the length of a session; then it is said that it is gone."""
    benoit_sends.marks_of(HEAR)
    retired = world.ECOUTER_FR.replace("{.choix-unique #qui-decide}", "{.choix-unique #qui-decide retire=oui}")
    publish(site, now() - dt.timedelta(hours=hours), **{"courses/reperes/01-ecouter/fr.md": retired})
    answer = benoit_sends.send("qui-decide", {"answer": "0"})
    assert answer.status_code == status
    assert ("n'est plus posée" in answer.get_data(as_text=True)) == (status == 410)
    benoit_sends.marks_of(HEAR, fresh=True)
    assert benoit_sends.send("qui-decide", {"answer": "0"}).status_code == 404
    assert len(stored(site)) == benoit_sends.acknowledged == (status == 303)


def test_the_same_form_twice_and_with_other_words(benoit_sends: Sender, site: Flask) -> None:
    same = {"idempotency_key": "toujours-la-meme"}
    assert benoit_sends.send("mot", {"answer": "courage"}, **same).status_code == 303
    assert benoit_sends.send("mot", {"answer": "courage"}, **same).status_code == 303
    other = benoit_sends.send("mot", {"answer": "patience"}, **same)
    assert other.status_code == 409 and 'value="patience"' in other.get_data(as_text=True)
    assert [row.response for row in stored(site)] == [["courage"]]


def test_a_mark_that_is_no_mark(benoit_sends: Sender, site: Flask) -> None:
    for key in ("", "a", "a" * 65, "é" * 20, "\0" * 20, "🙂" * 10, "a b c d e f g"):
        for question in ("qui-decide", "une-fois"):
            assert benoit_sends.send(question, GOOD[question][1], idempotency_key=key).status_code == 400, key
    assert stored(site) == [] and texts(site) == 0


@pytest.mark.parametrize(("question", "name"), [("mot", "answer"), ("minutes", "answer"), ("trous", "gap-0")])
def test_words_that_are_refused_stay_in_the_field(benoit_sends: Sender, site: Flask, question: str, name: str) -> None:
    for value in ("x" * 201, "x" * 500_000, "a\0b", "a\x07b", "🙂" * 300, "e\u0301" * 5000):
        answer = benoit_sends.send(question, {name: value})
        assert answer.status_code == 422
        page = answer.get_data(as_text=True)
        assert f'id="{question}_error"' in page and escape(value).replace("\0", "") in page.replace("\0", "")
    assert stored(site) == []


WRONG_BYTES = [b"%ff%fe", b"%ed%a0%80", b"%ed%a0%bd%ed%b8%80", b"%c3%28", b"%f0%9f", b"%00", b"%", b"%zz"]
WRONG_BYTES += [b"\xff\xfe", b"%f4%90%80%80"]


def test_bytes_that_are_no_text(benoit_sends: Sender, site: Flask) -> None:
    """Lone surrogates among them. A sign that stands for bytes that were none may be kept; a zero never."""
    for question, (_page, fields) in GOOD.items():
        for value in WRONG_BYTES if question in WRITTEN else WRONG_BYTES[:2]:
            body = b"&".join(name.encode() + b"=" + value for name in fields if name != "consent") + b"&consent=yes"
            benoit_sends.send(question, {}, body=body)
    assert len(stored(site)) == benoit_sends.acknowledged
    assert not any("\0" in str(word) for row in stored(site) for word in row.response)


def test_a_body_of_a_mebibyte_or_of_ten_thousand_fields(benoit_sends: Sender, site: Flask) -> None:
    assert benoit_sends.send("une-fois", {"text": "x" * 1024 * 1024, "consent": "yes"}).status_code == 413
    for question in ("gestes", "une-fois"):
        benoit_sends.send(question, [(f"field-{number}", "0") for number in range(10_000)])
        benoit_sends.send(question, [("answer", "0")] * 10_000)
    assert len(stored(site)) == benoit_sends.acknowledged
    assert all(len(row.response) <= 2 for row in stored(site))


ODD_TEXTS = [
    "👩🏽‍🦱 🏳️‍🌈 🇨🇦 ok",
    "שלום \u202bعالم\u202c 123",
    "Z" + "\u0301\u0327\u0489" * 60,
    "<b>&amp; </textarea><script>alert(1)</script>",
    "e\u0301 é \u00a0\u202f \u200d fin",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠜎",
]


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_any_script_comes_back_as_it_was_sent(benoit_sends: Sender, site: Flask, text: str) -> None:
    """Typed answers with their spaces tidied, private texts to the sign."""
    assert benoit_sends.send("mot", {"answer": text}).status_code == 303
    assert benoit_sends.send("une-fois", {"text": text, "consent": "yes"}).status_code == 303
    assert stored(site)[0].response == [" ".join(text.split())]
    shown = benoit_sends.browser.get(CHECK).form("/une-fois/attempts").values()["text"]
    assert shown == ["\n" + text] or shown == [text]
    assert benoit_sends.browser.get(TRY).form("/mot/attempts").values()["answer"] == [" ".join(text.split())]


@pytest.mark.parametrize("ended", ["\r\n", "\n", "\r"])
def test_lines_of_a_private_text(benoit_sends: Sender, ended: str) -> None:
    text = ended.join(["", "  une ligne", "", "une autre  ", ""])
    assert benoit_sends.send("une-fois", {"text": text, "consent": "yes"}).status_code == 303
    body = benoit_sends.browser.client.get(CHECK).get_data(as_text=True)
    kept = re.search(r'<textarea id="une-fois_text"[^>]*>\n(.*?)</textarea>', body, re.DOTALL)
    assert kept and kept[1] == "\n  une ligne\n\nune autre  \n"


def test_a_private_text_that_is_refused_stays(benoit_sends: Sender, site: Flask) -> None:
    for text in ("x" * 20_001, "🙂" * 20_001, "a\0b", "\0"):
        answer = benoit_sends.send("une-fois", {"text": text, "consent": "yes"})
        assert answer.status_code == 422
        assert text.replace("\0", "") in answer.get_data(as_text=True).replace("\0", "")
    assert texts(site) == 0 and stored(site) == []


def test_a_revision_that_is_none_overwrites_nothing(benoit_sends: Sender) -> None:
    assert benoit_sends.send("une-fois", {"text": "le premier", "consent": "yes"}).status_code == 303
    for revision in ("-1", "9" * 20, "٣", "x", "1.0", "", "\0"):
        answer = benoit_sends.send("une-fois", {"text": "le second", "revision": revision})
        assert answer.status_code == 409, revision
        page = answer.get_data(as_text=True)
        assert "le premier" in page and "le second" in page


def test_a_visitor_is_answered_and_nothing_is_kept(visitor: Browser, site: Flask) -> None:
    sender = Sender(visitor)
    for question, (_page, fields) in GOOD.items():
        assert sender.send(question, fields).status_code == (400 if question == "une-fois" else 200)
        sender.send(question, dict.fromkeys(fields, "٣" * 500))
    assert stored(site) == [] and texts(site) == 0 and sender.acknowledged == 0


NAMES = ["answer", "text", "gap-0", "gap-1", "gap-2", "place-0", "place-1", "place-2", "pair-0", "pair-1", "path", ""]
NAMES += ["back", "restart", "erase", "consent", "revision", "confidence"]
NAMES += ["document", "csrf_token", "idempotency_key"]


def a_value(chance: random.Random) -> bytes:
    made = [
        lambda: str(chance.randrange(-1, 5)).encode(),
        lambda: b"",
        lambda: chance.choice(WRONG_BYTES),
        lambda: quote_from_bytes(chance.choice([*ODD_TEXTS, *ODD_POSITIONS]).encode()).encode(),
        lambda: quote_from_bytes(chance.randbytes(chance.randrange(40))).encode(),
        lambda: b".".join(str(chance.randrange(4)).encode() for _ in range(chance.randrange(1, 60))),
        lambda: b"x" * chance.choice([1, 200, 201, 4000]),
        lambda: b"yes",
    ]
    return chance.choice(made)()


@pytest.mark.parametrize("who", ["benoit", "visitor"])
def test_posts_at_random(request: pytest.FixtureRequest, site: Flask, who: str) -> None:
    """No fault, and the log of steps holds as many as were acknowledged: no more, no fewer."""
    chance = random.Random(f"answers-{who}")
    sender = Sender(request.getfixturevalue(who))
    acknowledged, removed = 0, 0
    for _ in range(POSTS if who == "benoit" else POSTS // 5):
        question = chance.choice([*GOOD, "phrase-0", "phrase-1"])
        page = GOOD[question][0] if question in GOOD else SAY
        body = [chance.choice(NAMES).encode() + b"=" + a_value(chance) for _ in range(chance.randrange(5))]
        good = list(GOOD[question][1].items()) if question in GOOD and chance.random() < 0.5 else []
        before = len(stored(site)) if question == "une-fois" else 0
        answer = sender.send(question, good, page=page, body=b"&".join(body))
        if answer.status_code == 303 and question == "une-fois":
            # « Effacer » is acknowledged too, and leaves no step.
            removed += len(stored(site)) == before
        acknowledged = sender.acknowledged
    assert len(stored(site)) == acknowledged - removed
    assert acknowledged > POSTS // 20 or who == "visitor"
