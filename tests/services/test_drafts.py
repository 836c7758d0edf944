"""Half answers on a real database: kept once, never over what another page kept, gone with the answer."""

import dataclasses
import threading

import pytest
from flask import Flask
from sqlalchemy import select

from elearn.core.begun import Base
from elearn.services import drafts, learning, reflections
from elearn.store import learning as tables
from elearn.store.base import db
from elearn.store.editions import Published
from tests.services.test_learning import benoit, context, count, edition, form, given, place, read

__all__ = ["benoit", "context", "edition"]


def keep(who: learning.Asker, edition: Published, words: str, base: Base) -> Base:
    where = place(edition, "ecouter", "se-taire")
    return learning.keep_answer(who, where, "qui-decide", "d" * 64, [["answer", words]], base)


def kept() -> list[tuple[str, int]]:
    with db.engine.connect() as connection:
        found = connection.execute(select(tables.Draft.response, tables.Draft.revision))
        return [(row.response[0][1], row.revision) for row in found]


def write(who: learning.Asker, edition: Published, words: str, revision: int, agreed: bool = True) -> int:
    where = place(edition, "ecouter", "verifier")
    return learning.keep_text(who, where, "une-fois", "d" * 64, words, revision, agreed)


def test_it_is_kept_once_and_enrols(benoit: learning.Asker, edition: Published) -> None:
    assert keep(benoit, edition, "0", Base()) == Base(0, 1)
    assert keep(benoit, edition, "0", Base()) == Base(0, 1)
    assert keep(benoit, edition, "1", Base(0, 1)) == Base(0, 2)
    assert kept() == [("1", 2)] and count(tables.Enrolment) == 1
    assert (count(tables.Step), count(tables.Idempotency)) == (0, 0)


def test_nothing_is_kept_of_nothing(benoit: learning.Asker, edition: Published) -> None:
    where = place(edition, "ecouter", "se-taire")
    assert learning.keep_answer(benoit, where, "qui-decide", "d" * 64, [], Base()) == Base()
    assert kept() == []


@pytest.mark.parametrize("base", [Base(0, 0), Base(0, 2)])
def test_an_older_page_overwrites_nothing(benoit: learning.Asker, edition: Published, base: Base) -> None:
    keep(benoit, edition, "0", Base())
    with pytest.raises(drafts.StaleDraft):
        keep(benoit, edition, "1", base)
    assert kept() == [("0", 1)]


def test_a_page_that_has_not_seen_the_correction_keeps_and_gives_nothing(
    benoit: learning.Asker, edition: Published
) -> None:
    where = place(edition, "ecouter", "se-taire")
    keep(benoit, edition, "0", Base())
    answer = given(edition, "ecouter", "qui-decide", [1])
    learning.answer(form(benoit, "form-0002"), where, answer, Base(0, 0))
    assert kept() == []
    with pytest.raises(learning.OtherAnswer):
        keep(benoit, edition, "1", Base(0, 1))
    with pytest.raises(learning.OtherAnswer):
        learning.answer(form(benoit, "form-0003"), where, given(edition, "ecouter", "qui-decide", [2]), Base(0, 1))
    learning.answer(form(benoit, "form-0002"), where, answer, Base(0, 0))
    assert count(tables.Step) == 1, "the same form again is the same answer, however old its page is"
    learning.answer(form(benoit, "form-0004"), where, given(edition, "ecouter", "qui-decide", [2]), Base(1, 0))
    assert count(tables.Step) == 2


def test_of_pages_that_save_at_once_one_is_kept_and_the_others_know(
    app: Flask, benoit: learning.Asker, edition: Published
) -> None:
    barrier, told = threading.Barrier(6), list[str]()

    def save(number: int) -> None:
        with app.app_context():
            barrier.wait()
            try:
                keep(dataclasses.replace(benoit, form=f"form-{number:04}"), edition, str(number % 3), Base())
                told.append(f"kept {number % 3}")
            except drafts.StaleDraft:
                told.append("stale")

    threads = [threading.Thread(target=save, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ((words, revision),) = kept()
    assert revision == 1
    assert sorted(told) == [f"kept {words}"] * 2 + ["stale"] * 4


def test_a_private_text_leaves_one_step_and_an_older_page_overwrites_nothing(
    benoit: learning.Asker, edition: Published
) -> None:
    assert [write(benoit, edition, "un", 0), write(benoit, edition, "un", 0), write(benoit, edition, "deux", 1)] == [
        1,
        1,
        2,
    ]
    with pytest.raises(reflections.StaleBase):
        write(benoit, edition, "trois", 1)
    assert write(benoit, edition, "", 2) == 2
    assert read(benoit) == {"une-fois": "deux"}
    assert (count(tables.Step), count(tables.Draft)) == (1, 0)
