"""The final exam by its pages: cover, one question a screen, review, handing in, correction; and every refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from elearn.services.publishing import publish_files
from elearn.store import learning as tables
from elearn.store.base import db
from tests import exams, world
from tests.browse import FORGED, Browser, Page
from tests.web.groups import group, invitation, join, member
from tests.web.test_every_door import press

if TYPE_CHECKING:
    from flask import Flask

COVER = "/learning/reperes/bilan/sittings"
ONE = f"{COVER}/1"
SECRETS = ("Remarque", "xplication de", "C'est juste", "Pas encore.")


@pytest.fixture
def site(site: Flask) -> Flask:
    publish(site, exams.files())
    return site


def publish(site: Flask, files: dict[str, bytes]) -> None:
    with site.app_context():
        outcome = publish_files(files, site.config["ELEARN"].instance, world.AT)
    assert [one for one in outcome.problems if one.severity == "error"] == []


def begun(browser: Browser) -> Page:
    return browser.get(COVER).form("/sittings").submit()


def answer(page: Page, words: str = "Réponse 1") -> Page:
    """Choose the option whose words begin so, and go on."""
    form = page.form("/drafts")
    value = next(value for said, value in form.choices("answer").items() if said.startswith(words))
    return form.submit(answer=value)


def answered(browser: Browser, but: str = "", words: str = "Réponse 1") -> Page:
    """The page before handing in, once every question is answered."""
    page = begun(browser)
    while "/submissions" not in str([form.action for form in page.forms]):
        skipped = but and page.path.endswith(f"/{but}")
        page = page.follow("Passer cette question") if skipped else answer(page, words)
    return page


def handed_in(browser: Browser, but: str = "", words: str = "Réponse 1") -> Page:
    return answered(browser, but, words).form("/submissions").submit()


def count(site: Flask, table: type) -> int:
    with site.app_context(), db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_it_works(benoit: Browser) -> None:
    cover = benoit.get("/learning/reperes/bilan")
    assert cover.path == COVER and cover.heading() == "Examen"
    assert "4 questions, dont 1 de sécurité, qui doit être juste" in cover.text
    assert "Réussi à partir de 60 % des points" in cover.text and "Sans limite de temps" in cover.text
    page = cover.form("/sittings").submit()
    assert "Question 1 sur 4" in page.text
    page = answer(page)
    assert "Question 2 sur 4" in page.text
    while "/submissions" not in str([form.action for form in page.forms]):
        page = answer(page)
    assert page.heading() == "Relire avant de rendre" and "Toutes les questions ont une réponse" in page.text
    page = page.form("/submissions").submit()
    assert page.heading() == "Examen réussi" and page.path == ONE
    assert "4 questions justes sur 4 , soit 100 % des points ; il en faut 60 %." in page.text
    assert page.text.count("Juste.") == 4 and "Explication de danger" in page.text
    course = benoit.get("/learning/reperes")
    assert "Examen réussi" in course.text


def test_it_is_resumed_where_it_was_left(benoit: Browser) -> None:
    second = answer(begun(benoit)).path
    cover = benoit.get(COVER)
    assert "Reprendre l'examen" in cover.text
    again = cover.form("/sittings").submit()
    assert again.path == second
    first = again.follow("Question précédente")
    assert "Votre réponse est enregistrée" in first.text
    assert [box.get("value") for box in first.all("input", name="answer") if box.get("checked") is not None]


def test_no_key_and_no_word_of_feedback_before_it_is_handed_in(benoit: Browser) -> None:
    page = begun(benoit)
    pages = [benoit.get(COVER), page]
    while "/submissions" not in str([form.action for form in page.forms]):
        page = answer(page, "Réponse 0")
        pages.append(page)
    for one in pages:
        assert not [secret for secret in SECRETS if secret in one.text], one.path
        raw = one.response.get_data(as_text=True)
        assert "Remarque" not in raw and "Explication" not in raw
    result = pages[-1].form("/submissions").submit()
    assert "Remarque 0 sur danger" in result.text


def test_what_was_missed_is_shown_calmly_with_what_to_review(site: Flask, benoit: Browser) -> None:
    result = handed_in(benoit, but="danger")
    assert result.heading() == "Pas encore réussi"
    assert "3 questions justes sur 4 , soit 75 % des points" in result.text
    assert "Une question de sécurité doit encore être juste." in result.text
    assert "Vous n'avez pas répondu à cette question." in result.text
    assert "✗" not in result.text and "faux" not in result.text.lower().replace("faux pas", "")
    cover = result.follow("Que revoir, et la suite")
    assert "À revoir d'abord" in cover.text and "Premiers repères" in cover.text
    assert "Passage 1" in cover.text and "Pas encore réussi" in cover.text
    course = benoit.get("/learning/reperes")
    assert "Examen pas encore réussi" in course.text
    assert benoit.get(COVER.rpartition("/")[0]).path == COVER


def test_what_to_review_comes_from_the_units_with_the_same_competencies(site: Flask, benoit: Browser) -> None:
    text = exams.exam().replace("{.choix-unique #danger", "{.choix-unique #danger competence=limites")
    listening = world.ECOUTER_FR.replace("duree: 20 min", "duree: 20 min\ncompetences: [limites]")
    publish(
        site,
        exams.files(text, {"competencies.yaml": exams.COMPETENCIES, "courses/reperes/01-ecouter/fr.md": listening}),
    )
    cover = handed_in(benoit, but="danger").follow("Que revoir")
    assert cover.follow("Écouter").path.startswith("/learning/reperes/ecouter")


def test_three_tries_offer_a_talk_and_never_a_lock(benoit: Browser) -> None:
    for _ in range(3):
        assert "En parler aide souvent" not in benoit.get(COVER).text
        begun(benoit)
        number = len(re.findall(r"Passage \d", benoit.get(COVER).text)) + 1
        benoit.get(f"{COVER}/{number}").form("/submissions").submit()
    cover = benoit.get(COVER)
    assert "En parler aide souvent" in cover.text
    assert "Question 1 sur 4" in cover.form("/sittings").submit().text


def test_the_course_says_whom_to_talk_to(site: Flask, benoit: Browser) -> None:
    course = exams.files()["courses/reperes/course.yaml"].decode() + "contact: ada@asso.example\n"
    publish(site, exams.files("", {"courses/reperes/course.yaml": course}))
    for number in (1, 2, 3):
        begun(benoit)
        benoit.get(f"{COVER}/{number}").form("/submissions").submit()
    assert "Écrire à ada@asso.example" in benoit.get(COVER).text


def test_as_many_sittings_as_the_trainer_set(site: Flask, benoit: Browser) -> None:
    publish(site, exams.files(exams.exam(sittings=1)))
    cover = benoit.get(COVER)
    assert "1 passage au plus (il en reste 1)" in cover.text
    stale = cover.form("/sittings")
    handed_in(benoit, but="danger")
    cover = benoit.get(COVER)
    assert not [form for form in cover.forms if form.action.endswith("/sittings")]
    again = {**stale.values(), "idempotency_key": ["another-key-1"]}
    refused = benoit.send("post", COVER, again)
    assert refused.status == 409 and "Tous les passages prévus" in refused.text
    assert count(site, tables.Attempt) == 1


def test_a_visitor_sees_the_cover_only(site: Flask, visitor: Browser) -> None:
    cover = visitor.get("/learning/reperes/bilan")
    assert cover.path == COVER and "L'examen demande un compte" in cover.text
    for path in (ONE, f"{ONE}/danger"):
        assert visitor.get(path).path.startswith("/accounts/sign-in")
    refused = visitor.send("post", f"{ONE}/danger/drafts", {"answer": "0", "document": "0" * 64})
    assert refused.status == 422 and "Votre réponse est toujours là" in refused.text
    assert [one.get("value") for one in refused.all("input", name="answer")] == ["0"]


def test_the_ordinary_pages_give_nothing_away(site: Flask, benoit: Browser, visitor: Browser) -> None:
    unit = "/learning/reperes/bilan"
    token = benoit.get("/accounts/").form("/sign-out").values()["csrf_token"][0]
    with site.app_context():
        edition = site.extensions["shelf"].current()
    document = edition.hashes["reperes", "bilan", "fr"]
    fields = {"csrf_token": token, "idempotency_key": "k" * 22, "answer": "1", "document": document}
    for browser in (benoit, visitor):
        assert browser.get(f"{unit}/partie-limites").path == COVER
        assert browser.get(f"{unit}/print").status == 404
        for deed in ("partie-limites/danger/attempts", "partie-limites/readings"):
            page = browser.send("post", f"{unit}/{deed}", fields)
            assert page.path == f"{COVER}?told=nothing" and "Remarque" not in page.text
            assert "rien n'a été enregistré" in page.text
    assert count(site, tables.Step) == count(site, tables.Draft) == 0
    for page in (benoit.get("/learning/"), benoit.get("/learning/reperes")):
        assert "Question danger" not in page.text


def test_a_preview_shows_every_question_to_its_author(site: Flask, benoit: Browser) -> None:
    site.config["ELEARN_PREVIEW"] = True
    assert "Question danger" in benoit.get("/learning/reperes/bilan/partie-limites").text
    assert "Question danger" in benoit.get("/learning/reperes/bilan/print").text


def test_an_answer_after_handing_in_is_refused_and_nothing_stored(site: Flask, benoit: Browser) -> None:
    page = begun(benoit)
    form = page.form("/drafts")
    benoit.get(ONE).form("/submissions").submit()
    refused = form.submit(answer="0")
    assert refused.status == 409 and "déjà rendu" in refused.text and "La correction" in refused.text
    assert count(site, tables.Draft) == 0 and count(site, tables.Step) == 4
    assert benoit.get(page.path).path == ONE


def test_handing_in_twice_gives_the_same_page(site: Flask, benoit: Browser) -> None:
    form = answered(benoit).form("/submissions")
    first, second = form.submit(), form.submit()
    assert (first.path, first.heading()) == (second.path, second.heading()) == (ONE, "Examen réussi")
    assert count(site, tables.Step) == 4


def test_two_tabs_show_both_answers_and_overwrite_nothing(site: Flask, benoit: Browser) -> None:
    page = begun(benoit)
    here, there = page.form("/drafts"), benoit.get(page.path).form("/drafts")
    here.submit(answer="0")
    both = there.submit(answer="2")
    assert both.status == 409 and "Une autre réponse a été enregistrée ailleurs" in both.text
    kept = [one.get("value") for one in both.all("input", name="answer") if one.get("checked") is not None]
    assert kept == ["0", "2"]
    assert count(site, tables.Draft) == 1
    assert benoit.get(page.path).form("/drafts").values()["answer"] == ["0"]
    assert both.form("/drafts").submit is not None
    last = next(form for form in both.forms if form.buttons() and form.action.endswith("/drafts"))
    assert last.submit(answer="2").status == 200
    assert benoit.get(page.path).form("/drafts").values()["answer"] == ["2"]


def test_handing_in_from_a_page_that_had_not_seen_the_last_answers(site: Flask, benoit: Browser) -> None:
    page = begun(benoit)
    old = benoit.get(ONE).form("/submissions")
    answer(page)
    shown = old.submit()
    assert shown.status == 409 and "enregistrées ailleurs depuis" in shown.text
    assert shown.form("/submissions").submit().status == 200
    assert count(site, tables.Step) == 4


def test_a_new_edition_in_the_middle_changes_nothing(site: Flask, benoit: Browser) -> None:
    page = begun(benoit)
    name = page.path.rpartition("/")[2]
    publish(site, exams.files(exams.exam(title="Autre titre").replace("Question ", "Demande ").replace("60", "100")))
    again = benoit.get(page.path)
    assert f"Question {name}" in again.text and f"Demande {name}" not in again.text
    assert answer(again).status == 200
    assert "Examen" in benoit.get(ONE).text
    result = benoit.get(ONE).form("/submissions").submit()
    assert "il en faut 60 %" in result.text
    assert "Réussi à partir de 100 %" in benoit.get(COVER).text


def test_the_script_is_told_what_was_saved(site: Flask, benoit: Browser) -> None:
    page = begun(benoit)
    values = {**page.form("/drafts").values(), "answer": ["1"], "quiet": ["1"]}

    def send(**changes: str) -> tuple[int, str | None]:
        answer = benoit.client.post(page.form("/drafts").action, data={**values, **changes}, headers=FORGED)
        return answer.status_code, answer.headers.get("Draft-Base")

    assert send() == (204, "0.1")
    assert send() == (204, "0.1")
    assert send(answer="2") == (409, None)
    assert send(answer="2", base="0.1") == (204, "0.2")
    assert send(answer="2", csrf_token="no") == (401, None)
    benoit.get(ONE).form("/submissions").submit()
    assert send(base="0.2") == (410, None)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"answer": "9"}, 422),
        ({"answer": "\ud800".encode("utf-8", "surrogatepass")}, 200),
        ({"answer": ["0", "1"]}, 422),
        ({"answer": "x" * 3000}, 422),
        ({"answer": ["0"] * 201}, 422),
        ({"document": "0" * 64}, 400),
        ({"document": ""}, 400),
        ({"idempotency_key": "?"}, 400),
        ({"base": "x"}, 409),
        ({"base": "0.-1"}, 409),
    ],
)
def test_bad_input(site: Flask, benoit: Browser, changes: dict[str, object], status: int) -> None:
    form = begun(benoit).form("/drafts")
    page = benoit.send("post", form.action, {**form.values(), "answer": ["0"], **changes})
    assert page.status == status or (status == 200 and page.status == 422), page.text
    assert page.heading()


@pytest.mark.parametrize("path", [f"{COVER}/2", f"{COVER}/0", f"{ONE}/qui-decide", f"{ONE}/nowhere", f"{COVER}/999999"])
def test_what_is_not_there(benoit: Browser, path: str) -> None:
    begun(benoit)
    assert benoit.get(path).status == 404


def test_a_unit_that_is_no_exam_has_no_sittings(benoit: Browser) -> None:
    assert benoit.get("/learning/reperes/ecouter/sittings").status == 404


def test_somebody_elses_sitting(benoit: Browser, chloe: Browser) -> None:
    begun(benoit)
    assert chloe.get(ONE).status == 404
    assert "Commencer l'examen" in chloe.get(COVER).text


def test_a_session_that_ended_keeps_what_was_sent(site: Flask, benoit: Browser) -> None:
    page = begun(benoit)
    form, secure = page.form("/drafts"), "__Host-elearn"
    cookie = benoit.client.get_cookie(secure)
    assert cookie is not None
    benoit.client.delete_cookie(secure)
    kept = form.submit(answer="2")
    assert kept.status == 422 and "Reconnectez-vous dans un nouvel onglet" in kept.text
    benoit.client.set_cookie(secure, cookie.value, secure=True)
    once_more = kept.form("/drafts").submit()
    assert once_more.status == 422 and "Envoyez votre réponse à nouveau" in once_more.text
    assert once_more.form("/drafts").submit().status == 200
    assert benoit.get(page.path).form("/drafts").values()["answer"] == ["2"]


def test_english_speaks_english(site: Flask, benoit: Browser) -> None:
    publish(site, exams.files("", {"courses/reperes/03-bilan/en.md": exams.english()}))
    benoit.client.set_cookie("elearn-lang", "en", domain="localhost", secure=True)
    page = begun(benoit)
    assert "Question 1 of 4" in page.text and "Ask " in page.text
    assert page.form("/drafts").submit(answer="0").status == 200


@pytest.fixture
def ada(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Ada")


def theirs(ada: Browser, benoit: Browser) -> str:
    """The exam of Benoît, whom Ada leads, as she opens it."""
    page = group(ada)
    join(benoit, invitation(page))
    return member(ada, page, "Benoît").link("Examen")


def test_held_aloud(site: Flask, ada: Browser, benoit: Browser) -> None:
    where = theirs(ada, benoit)
    page = ada.get(where).form("/exams/bilan").submit()
    assert "À voix haute, avec Benoît" in page.text
    waiting = benoit.get(COVER)
    assert "Un passage est commencé à voix haute avec Ada" in waiting.text
    assert benoit.get(page.path.replace(where, ONE.rpartition("/")[0])).status == 409
    while "/submissions" not in str([form.action for form in page.forms]):
        page = answer(page)
    page = page.form("/submissions").submit()
    assert page.heading() == "Examen réussi" and "à voix haute" in page.text
    assert "Examen réussi" in benoit.get("/learning/reperes").text
    cover = benoit.get(COVER)
    assert "à voix haute avec Ada" in cover.text
    assert "Examen à voix haute rendu" in benoit.get("/accounts/").text


def test_a_trainer_sees_nothing_of_what_was_sat_alone(ada: Browser, benoit: Browser) -> None:
    where = theirs(ada, benoit)
    begun(benoit)
    cover = ada.get(where)
    assert "Un passage est déjà commencé" in cover.text
    assert ada.get(f"{where}/1").status == 404 and ada.get(f"{where}/1/danger").status == 404
    benoit.get(ONE).form("/submissions").submit()
    assert ada.get(f"{where}/1").status == 404
    assert "Passage 1" not in ada.get(where).text


def test_another_trainer_is_refused(
    ada: Browser, benoit: Browser, signed_in: Callable[[str], Browser], site: Flask
) -> None:
    where = theirs(ada, benoit)
    page = ada.get(where).form("/exams/bilan").submit()
    dalia = signed_in("Dalia")
    for path in (where, f"{where}/1", page.path):
        assert dalia.get(path).status == 404
    assert benoit.get(where).status == 404
    assert "Benoît" in signed_in("Émile").get(where).text


def test_someone_goes_on_alone(ada: Browser, benoit: Browser) -> None:
    where = theirs(ada, benoit)
    page = ada.get(where).form("/exams/bilan").submit()
    waiting = benoit.get(COVER)
    assert waiting.form("/sittings").submit().path.startswith(ONE)
    late = page.form("/drafts").submit(answer="0")
    assert late.status == 404
    assert handed_in(benoit).heading() == "Examen réussi"


def test_an_answer_that_is_not_whole_is_saved_and_said(site: Flask, benoit: Browser) -> None:
    order = "### Dans quel ordre ? {.ordre #ordre}\n\n1. Un\n2. Deux\n3. Trois\n\n> **Explication :** bien.\n"
    publish(site, exams.files(exams.exam(more=f"\n{order}")))
    begun(benoit)
    page = benoit.get(f"{ONE}/ordre").form("/drafts").submit(**{"place-0": "0"})
    assert page.status == 422 and "n'est pas complète" in page.text
    review = benoit.get(ONE)
    assert "1 réponse n'est pas complète." in review.text and "Pas complète" in review.text
    twice = benoit.get(f"{ONE}/ordre").form("/drafts").submit(**{"place-0": "0", "place-1": "0"})
    assert twice.status == 422 and "La même place est donnée deux fois" in twice.text
    assert benoit.get(f"{ONE}/ordre").form("/drafts").values()["place-1"] == ["0"]


@pytest.mark.parametrize("where", [COVER, f"{ONE}/danger", ONE])
def test_every_button_of_its_pages(site: Flask, benoit: Browser, where: str) -> None:
    """As it stands and filled in: nothing that is shown leads to a refusal, a missing page or a fault."""
    begun(benoit)
    for form in benoit.get(where).forms:
        if form.action.startswith(COVER):
            press(form)
    assert benoit.get(where).status == 200
