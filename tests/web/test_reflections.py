"""« Mes textes personnels »: all of one's own on one page, taken along, deleted; one shared with one trainer, who reads
that wording only, and only while they lead a group of the person. The person sees each reading."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from elearn.store.accounts import Person
from elearn.store.audit import AuditEntry
from elearn.store.base import db
from elearn.store.learning import Reflection
from tests import world
from tests.browse import Browser, Page
from tests.web import groups, sealed
from tests.web.test_access import person as someone
from tests.web.test_access import signed_in as entered
from tests.web.test_privacy_data import SECTION, press, write

MINE, SHARED = "/reflections/", "/reflections/shared"
TEXT = "le jour du canari-7"
RETIRED = {"fr": "retire=oui", "en": "retired=yes"}


@pytest.fixture
def ada(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("Ada")


@pytest.fixture
def together(ada: Browser, benoit: Browser) -> Page:
    """The page of Ada's group, in which Benoît learns; he has kept a text."""
    page = groups.group(ada)
    groups.join(benoit, groups.invitation(page))
    write(benoit, TEXT)
    return page


def change(site: Flask, model: type, **values: object) -> None:
    with site.app_context(), db.engine.begin() as connection:
        connection.execute(update(model).values(**values))


def share(browser: Browser, trainer: str = "Ada") -> Page:
    form = browser.get(MINE).follow("Partager").form("/sharing")
    return form.submit(trainer=form.choices("trainer")[trainer], sure="yes")


def read(trainer: Browser) -> Page:
    """Open the text that is shared, by the button that leaves a trace."""
    return trainer.get(SHARED).form("/readings").submit()


def deeds(site: Flask) -> list[str]:
    about = select(AuditEntry.deed).where(AuditEntry.deed.like("%text%")).order_by(AuditEntry.id)
    with site.app_context(), db.engine.connect() as connection:
        return list(connection.execute(about).scalars())


def body(page: Page) -> str:
    return page.response.get_data(as_text=True)


def test_a_page_without_texts_says_so_and_asks_for_none(benoit: Browser) -> None:
    page = benoit.get("/accounts/").follow("Mes textes personnels")
    assert page.path == MINE and "Rien n'est gardé ici pour l'instant." in page.text
    assert not [form for form in page.forms if form.action.startswith("/reflections")]


def test_a_text_stands_with_its_question_its_date_and_the_way_back(benoit: Browser) -> None:
    write(benoit, "<b>le canari & moi</b>\n  et la suite")
    page = benoit.get(SECTION).follow("Mes textes personnels")
    for words in ("Premiers repères", "Écouter", "Une fois où l'on vous a écouté", "Que s'est-il passé ?", "Gardé le"):
        assert words in page.text
    assert "&lt;b&gt;le canari &amp; moi&lt;/b&gt;\n  et la suite" in body(page)
    assert page.link("Modifier") == SECTION
    assert benoit.get("/privacy/data").link("Mes textes personnels") == MINE
    assert benoit.get("/").link("Mes textes personnels") == MINE


def test_each_sees_their_own_texts_only(benoit: Browser, chloe: Browser) -> None:
    write(benoit, TEXT)
    write(chloe, "le canari de Chloé")
    assert "canari de Chloé" not in body(benoit.get(MINE)) and TEXT not in body(chloe.get(MINE))
    theirs = benoit.get(MINE).link("Effacer…")
    assert chloe.get(theirs).status == 404
    assert TEXT in body(benoit.get(MINE))


@pytest.mark.parametrize("gone", ["question", "unit"])
def test_the_question_is_told_as_it_was_last_asked(site: Flask, benoit: Browser, gone: str) -> None:
    from elearn.services.publishing import publish_files

    write(benoit, TEXT)
    files = world.site()
    path = "courses/reperes/01-ecouter"
    if gone == "question":
        for lang, mark in (("fr", "{.reflexion #une-fois"), ("en", "{.reflection #une-fois")):
            name = f"{path}/{lang}.md"
            files[name] = files[name].replace(mark.encode(), f"{mark} {RETIRED[lang]}".encode())
    else:
        files = {name: body for name, body in files.items() if not name.startswith(path)}
        files["courses/reperes/course.yaml"] = world.COURSE.replace("[ecouter, parler]", "[parler]").encode()
    with site.app_context():
        outcome = publish_files(files, site.config["ELEARN"].instance, world.AT)
    assert outcome.problems == (), outcome.problems
    page = benoit.get(MINE)
    assert "Une fois où l'on vous a écouté" in page.text and TEXT in page.text
    assert "Modifier" not in page.text


def test_a_question_that_no_edition_has_is_named_by_its_id(site: Flask, benoit: Browser) -> None:
    write(benoit, TEXT)
    change(site, Reflection, question="jamais-vue")
    page = benoit.get(MINE)
    assert "illisible" not in page.text and "jamais-vue" in page.text and TEXT in page.text


def test_one_takes_all_texts_along_as_a_file_to_read(site: Flask, benoit: Browser, chloe: Browser) -> None:
    write(chloe, "le canari de Chloé")
    write(benoit, f"{TEXT}\n\nدفتر — 🙂")
    page = benoit.get(MINE).follow("Tout télécharger…")
    assert page.link("Emporter mes données") == "/privacy/export"
    page = page.form("/reflections/download").submit()
    assert page.response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.response.headers["Content-Disposition"].startswith('attachment; filename="mes-textes-')
    text = page.response.data.decode("utf-8-sig")
    for words in (
        "# Premiers repères",
        "## Écouter – Une fois où l'on vous a écouté",
        "Que s'est-il passé",
        "Gardé le",
    ):
        assert words in text.replace("\u202f", " ").replace("\u00a0", " "), text
    assert f"{TEXT}\n\nدفتر — 🙂" in text and "Chloé" not in text and "&#39;" not in text
    entered_log = select(AuditEntry.facts).where(AuditEntry.deed == "data exported")
    with site.app_context(), db.engine.connect() as connection:
        assert connection.execute(entered_log).scalar_one()["rows"] == 1


@pytest.mark.parametrize("endpoint", ["reflections.download", "reflections.take"])
def test_the_password_is_asked_again_before_all_is_taken(site: Flask, endpoint: str) -> None:
    assert site.view_functions[endpoint].recent  # type: ignore[attr-defined]


def test_a_text_is_deleted_for_good_after_one_question(benoit: Browser) -> None:
    write(benoit, TEXT)
    page = benoit.get(MINE).follow("Effacer…")
    assert "pour de bon" in page.text and TEXT in page.text
    form = page.form("/erasure")
    assert "Le texte est effacé, pour de bon." in form.submit().text
    assert TEXT not in body(benoit.get(MINE)) and TEXT not in body(benoit.get(SECTION))
    assert form.submit().status == 200, "pressed twice, it says the same"


def test_a_text_that_changed_meanwhile_is_not_deleted_unseen(benoit: Browser) -> None:
    write(benoit, TEXT)
    form = benoit.get(MINE).follow("Effacer…").form("/erasure")
    write(benoit, "autre chose, du canari")
    page = form.submit()
    assert page.status == 409 and "a changé ailleurs" in page.text and "autre chose, du canari" in page.text
    assert "Le texte est effacé" in page.form("/erasure").submit().text


def test_all_texts_are_deleted_after_one_question_and_nobody_elses(
    site: Flask, benoit: Browser, chloe: Browser
) -> None:
    write(benoit, TEXT)
    write(chloe, "le canari de Chloé")
    page = benoit.get(MINE).follow("Tout effacer…")
    assert "1 texte sera effacé pour de bon" in page.text
    page = page.form("/reflections/whole-erasure").submit()
    assert "pour de bon" in page.text and "Rien n'est gardé ici" in page.text
    assert "le canari de Chloé" in body(chloe.get(MINE))
    assert deeds(site) == ["texts erased"]


def test_without_a_group_there_is_nobody_to_share_with(benoit: Browser) -> None:
    write(benoit, TEXT)
    page = benoit.get(MINE).follow("Partager…")
    assert "Vous n'êtes dans aucun groupe de ce cours" in page.text
    assert not [form for form in page.forms if form.action.endswith("/sharing")]


def test_a_text_is_shared_read_and_taken_back(site: Flask, together: Page, ada: Browser, benoit: Browser) -> None:
    assert TEXT not in body(ada.get(SHARED))
    page = share(benoit)
    assert "Ce texte est partagé" in page.text and "Ada peut lire ce texte depuis le" in page.text
    assert "Pas encore ouvert." in page.text
    listed = ada.get("/cohorts/").follow("Textes partagés avec moi (1)")
    assert "Benoît" in listed.text and "Une fois où l'on vous a écouté" in listed.text and TEXT not in body(listed)
    shown = read(ada)
    assert TEXT in shown.text and "confié" in shown.text and shown.link("Lignes d'aide") == "/help"
    assert "Ouvert la dernière fois le" in benoit.get(MINE).text
    assert "Texte partagé ouvert" in benoit.get("/accounts/").text
    page = benoit.get(MINE).form("/end-of-sharing").submit()
    assert "n'est plus partagé" in page.text
    assert ada.get(shown.path).status == 404 and "Benoît" not in ada.get(SHARED).text
    assert deeds(site) == ["text shared", "shared text read", "text no longer shared"]


def test_the_log_tells_the_act_and_not_a_word_of_it(site: Flask, together: Page, ada: Browser, benoit: Browser) -> None:
    share(benoit)
    read(ada)
    with site.app_context(), db.engine.connect() as connection:
        entries = connection.execute(select(AuditEntry).where(AuditEntry.deed.like("%text%"))).all()
        text = connection.execute(select(Reflection.id)).scalar_one()
        people = {row.chosen_name: row.uid for row in connection.execute(select(Person.chosen_name, Person.uid))}
    assert [(one.actor, one.subject) for one in entries] == [
        (people["Benoît"], people["Benoît"]),
        (people["Ada"], people["Benoît"]),
    ]
    assert [sorted(one.facts) for one in entries] == [["role", "text", "trainer"], ["role", "text"]]
    assert {one.facts["text"] for one in entries} == {text}


def test_a_text_is_read_by_a_press_that_leaves_a_trace(
    site: Flask, together: Page, ada: Browser, benoit: Browser
) -> None:
    share(benoit)
    form = ada.get(SHARED).form("/readings")
    address = form.action.removesuffix("/readings")
    page = ada.get(address)
    assert page.path.startswith(SHARED) and TEXT not in body(page), "an address alone opens nothing"
    assert TEXT in form.submit().text and TEXT in ada.get(address).text
    from elearn.web import reflections as pages

    half_an_hour, pages.STAYS_OPEN = pages.STAYS_OPEN, dt.timedelta(0)
    try:
        assert TEXT not in body(ada.get(address))
    finally:
        pages.STAYS_OPEN = half_an_hour


def test_a_later_wording_is_not_shown_until_it_is_shared_too(together: Page, ada: Browser, benoit: Browser) -> None:
    share(benoit)
    shown = read(ada)
    write(benoit, "plus tard, le canari")
    for page in (ada.get(shown.path), ada.get(SHARED)):
        assert TEXT not in body(page) and "plus tard" not in body(page)
        assert "La personne a changé son texte depuis" in page.text
    assert "Vous avez changé ce texte" in benoit.get(MINE).text
    assert "(1)" not in ada.get("/cohorts/").text
    share(benoit)
    assert "plus tard, le canari" in read(ada).text


def away(site: Flask, together: Page, ada: Browser) -> dict[str, Callable[[], object]]:
    """Ways in which a trainer stops being someone who may read."""
    return {
        "out of the group": lambda: groups.member(ada, together, "Benoît").form("/removal").submit(),
        "the group is closed": lambda: ada.get(together.path + "/settings").form("/closure").submit(),
        "became an admin": lambda: role(site, "admin"),
        "became a trainee": lambda: role(site, "trainee"),
        "its owner is suspended": lambda: suspend(site, "Benoît"),
    }


def role(site: Flask, value: str) -> None:
    with site.app_context(), db.engine.begin() as connection:
        connection.execute(update(Person).where(Person.chosen_name == "Ada").values(role=value))


def suspend(site: Flask, name: str) -> None:
    with site.app_context(), db.engine.begin() as connection:
        connection.execute(update(Person).where(Person.chosen_name == name).values(deactivated_at=world.AT))


@pytest.mark.parametrize("way", list(away(None, None, None)))  # type: ignore[arg-type]
def test_whoever_no_longer_leads_the_group_reads_nothing(
    site: Flask, together: Page, ada: Browser, benoit: Browser, way: str
) -> None:
    share(benoit)
    shown = read(ada)
    assert TEXT in shown.text
    away(site, together, ada)[way]()
    for path in (shown.path, SHARED):
        page = ada.get(path)
        assert TEXT not in body(page) and "Benoît" not in page.text, path
    if way != "its owner is suspended":
        page = benoit.get(MINE)
        assert "Ada ne suit plus votre groupe" in page.text
        assert "n'est plus partagé" in page.form("/end-of-sharing").submit().text


def test_only_the_trainer_chosen_reads_it(
    site: Flask, together: Page, ada: Browser, benoit: Browser, signed_in: Callable[[str], Browser]
) -> None:
    dalia, emile = signed_in("Dalia"), signed_in("Émile")
    ada.get(together.path + "/settings").form("/trainers").submit(trainer_name="Dalia")
    share(benoit, "Ada")
    shown = read(ada)
    for other in (dalia, emile, benoit):
        assert other.get(shown.path).status == 404
        assert other.send("post", shown.path + "/readings").status in (400, 404)
        assert TEXT not in body(other.get("/cohorts/"))
    share_again = benoit.get(shown.path.replace("/shared/", "/") + "/sharing").form("/sharing")
    share_again.submit(trainer=share_again.choices("trainer")["Dalia"], sure="yes")
    assert ada.get(shown.path).status == 404 and TEXT in read(dalia).text
    assert deeds(site)[-3:] == ["text no longer shared", "text shared", "shared text read"]


def test_an_admin_who_leads_a_group_cannot_be_chosen(
    site: Flask, benoit: Browser, signed_in: Callable[[str], Browser]
) -> None:
    page = groups.group(signed_in("Émile"))
    groups.join(benoit, groups.invitation(page))
    write(benoit, TEXT)
    assert "Vous n'êtes dans aucun groupe" in benoit.get(MINE).follow("Partager…").text


def test_sharing_is_refused_with_words_and_changes_nothing(site: Flask, together: Page, benoit: Browser) -> None:
    form = benoit.get(MINE).follow("Partager…").form("/sharing")
    ada = form.choices("trainer")["Ada"]
    with site.app_context():
        stranger = someone("Zoé", "trainer")
    cases = [
        ({"trainer": ada}, 422, "Cochez la case"),
        ({"trainer": "", "sure": "yes"}, 422, "Choisissez une personne"),
        ({"trainer": stranger.uid, "sure": "yes"}, 422, "Choisissez une personne"),
        ({"trainer": "X" * 5000, "sure": "yes"}, 422, "Choisissez une personne"),
        ({"trainer": ada, "sure": "yes", "revision": "7"}, 409, "a changé ailleurs"),
        ({"trainer": ada, "sure": "yes", "revision": "-1"}, 409, "a changé ailleurs"),
    ]
    for changes, status, said in cases:
        page = form.submit(**changes)
        assert (page.status, said in page.text) == (status, True), changes
    assert deeds(site) == []
    browser, _ = entered(site, stranger)
    assert TEXT not in body(browser.get(SHARED))


def test_a_withdrawn_consent_ends_sharing_and_allows_none(
    site: Flask, together: Page, ada: Browser, benoit: Browser
) -> None:
    share(benoit)
    shown = read(ada)
    form = benoit.get(MINE.rstrip("/") + shown.path.removeprefix(SHARED) + "/sharing").form("/sharing")
    press(benoit.get("/privacy/data"), "/privacy/withdrawals", "keep")
    assert ada.get(shown.path).status == 404
    assert TEXT in benoit.get(MINE).text, "the text stays, for its owner alone"
    page = form.submit(trainer=form.choices("trainer")["Ada"], sure="yes")
    assert page.status == 409 and "retiré votre consentement" in page.text
    benoit.get("/privacy/data").form("/privacy/consents").submit()
    assert ada.get(shown.path).status == 404, "a consent given again shares nothing by itself"
    assert deeds(site)[-1] == "text no longer shared"


@pytest.mark.parametrize("swap", ["texts", "data keys", "questions"])
def test_asvs_11_3_3_what_was_moved_is_neither_shown_nor_overwritten(
    site: Flask,
    together: Page,
    ada: Browser,
    benoit: Browser,
    chloe: Browser,
    swap: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    share(benoit)
    shown = read(ada)
    write(chloe, "le canari de Chloé")
    form = benoit.get(SECTION).form("/une-fois/attempts")
    sealed.swapped(site, swap)
    before = sealed.rows(site)
    logging.getLogger("elearn").addHandler(caplog.handler)
    for browser in (benoit, chloe) if swap != "questions" else (benoit,):
        page = browser.get(MINE)
        assert "illisible pour l'instant" in page.text and "canari" not in body(page)
        assert "illisible pour l'instant" in browser.get(SECTION).text
    logging.getLogger("elearn").removeHandler(caplog.handler)
    told = [record for record in caplog.records if record.msg == "sealed value does not open"]
    assert told and {record.levelname for record in told} == {"ERROR"}
    assert {record.fields["code"] for record in told} <= {one.id for one in before}  # type: ignore[attr-defined]
    assert "illisible" in ada.get(shown.path).text and "canari" not in body(ada.get(shown.path))
    page = form.submit(text="un nouveau texte")
    assert page.status == 409 and "illisible pour l'instant : rien n'a été remplacé" in page.text
    address = MINE.rstrip("/") + shown.path.removeprefix(SHARED) + "/sharing"
    assert "ne peut pas" not in benoit.get(address).text and "canari" not in body(benoit.get(address))
    assert sealed.rows(site) == before
