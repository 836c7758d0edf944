"""The page of a section: read, answer, go on."""

import datetime as dt
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from elearn.keyring import Keyring
from elearn.store.base import db, now
from elearn.store.learning import Step
from tests import world
from tests.browse import Browser, Form, Page
from tests.web.people import move
from tests.web.test_course import finish

SECTION = "/learning/reperes/ecouter/se-taire"


def question(page: Page, name: str) -> Form:
    return page.form(f"/{name}/attempts")


def choose(form: Form, *words: str) -> list[str]:
    found = form.choices("answer")
    return [next(value for label, value in found.items() if word in label) for word in words]


def test_it_works(visitor: Browser) -> None:
    page = visitor.get(SECTION)
    assert page.status == 200
    assert "Pourquoi se taire ?" in page.heading()
    assert "Le silence laisse de la place." in page.text
    assert "L'essentiel" in page.text
    assert "Texte pas encore relu par : deux pairs aidants." in page.text.replace("\u00a0", " ")


def test_a_visitor_tries_and_nothing_is_stored(visitor: Browser, site: Flask) -> None:
    form = question(visitor.get(SECTION), "qui-decide")
    page = form.submit(answer=choose(form, "L'équipe"))
    assert page.status == 200
    assert "Pas encore" in page.text or "Autre piste" in page.text
    assert "L'équipe ne peut pas l'exiger." in page.text
    assert "histoire appartient" not in page.text, "the explanation comes with the right answer"
    form = question(page, "qui-decide")
    page = form.submit(answer=choose(form, "La personne"))
    assert "L'histoire appartient à qui l'a vécue" in page.text
    with site.app_context():
        from sqlalchemy import func, select

        from elearn.store.base import db
        from elearn.store.learning import Enrolment, Step

        with db.engine.connect() as connection:
            for table in (Enrolment, Step):
                assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


def test_a_key_never_reaches_the_page_before_its_time(visitor: Browser) -> None:
    body = visitor.get(SECTION).response.get_data(as_text=True)
    for secret in (
        "L'équipe ne peut pas",
        "elle décide, et peut changer",
        "appartient à qui",
        "attendre et reformuler",
    ):
        assert secret not in body.replace("&#39;", "'")


def test_a_trainee_fails_once_then_passes(benoit: Browser) -> None:
    form = question(benoit.get(SECTION), "qui-decide")
    page = form.submit(answer=choose(form, "Moi"))
    assert page.path == SECTION
    assert "ce n'est pas mon histoire" in page.text
    form = question(page, "qui-decide")
    page = form.submit(answer=choose(form, "La personne"))
    assert "C'est juste" in page.text
    assert "C'est juste" in benoit.get(SECTION).text


@pytest.mark.parametrize("name", ["qui-decide", "gestes"])
def test_an_answer_without_a_choice_is_asked_for_beside_the_question(benoit: Browser, name: str) -> None:
    page = question(benoit.get(SECTION), name).submit()
    assert page.status == 422
    assert "Choisissez une réponse" in page.text


def test_ordering_keeps_what_was_chosen_when_a_place_is_given_twice(benoit: Browser) -> None:
    page = benoit.get("/learning/reperes/ecouter/verifier")
    form = question(page, "ordre")
    page = form.submit(**{"place-0": "1", "place-1": "1", "place-2": "2"})
    assert page.status == 422
    assert question(page, "ordre").values()["place-0"] == ["1"]
    assert "deux fois" in page.text


def test_every_kind_can_be_answered_right(benoit: Browser) -> None:
    page = benoit.get("/learning/reperes/ecouter/verifier")
    page = question(page, "taire-ecouter").submit(answer="0")
    assert "penser à autre chose" in page.text
    form = question(page, "ordre")
    items = ["".join(one.itertext()) for one in form.element.iter("label")]
    order = ["Accueillir", "Écouter", "Reformuler"]
    places = {}
    for shown in range(3):
        label = next(text for text in items if any(word in text for word in order))
        items.remove(label)
        places[f"place-{shown}"] = str(next(n for n, word in enumerate(order) if word in label))
    page = form.submit(**places)
    assert "Accueillir vient d'abord" in page.text
    page = benoit.get("/learning/reperes/parler/que-dire")
    form = question(page, "relier")
    pairs = {"Avant": "Demander", "Pendant": "Partager", "Après": "Demander encore"}
    labels = [" ".join("".join(one.itertext()).split()) for one in form.element.iter("label")]
    answers = {}
    for shown, label in enumerate(labels):
        wanted = next(right for left, right in pairs.items() if left in label)
        answers[f"pair-{shown}"] = form.choices(f"pair-{shown}")[wanted]
    page = form.submit(**answers)
    assert "Demander, partager, demander" in page.text


def test_a_reflection_is_kept_and_shown_to_its_owner_only(benoit: Browser, chloe: Browser) -> None:
    path = "/learning/reperes/ecouter/verifier"
    page = question(benoit.get(path), "une-fois").submit(text="Le jour du canari-4 <b>", consent="yes")
    assert "canari-4 <b>" in "".join(page.all("textarea")[0].itertext())
    assert "canari-4" not in chloe.get(path).response.get_data(as_text=True)
    assert "n'est pas surveillé" in page.text


def test_the_first_text_asks_for_a_consent_beside_it_and_loses_nothing(benoit: Browser) -> None:
    path = "/learning/reperes/ecouter/verifier"
    page = question(benoit.get(path), "une-fois").submit(text="mon premier texte")
    assert page.status == 422
    assert "Cochez la case sous votre texte" in page.text
    assert "".join(page.all("textarea")[0].itertext()).strip() == "mon premier texte"
    assert "mon premier texte" not in benoit.get(path).response.get_data(as_text=True)
    page = question(page, "une-fois").submit(consent="yes")
    assert page.status == 200 and "Texte gardé" in page.text
    assert "consent" not in question(page, "une-fois").values()
    assert not page.all("input", name="consent")
    page = question(page, "une-fois").submit(text="un deuxième")
    assert page.status == 200 and "un deuxième" in "".join(page.all("textarea")[0].itertext())


def test_the_course_is_completed_without_writing_anything(benoit: Browser) -> None:
    finish(benoit)
    assert any(link.startswith("/attestations/new") for link in benoit.get("/learning/reperes").links)


def test_two_honest_sentences_stand_where_one_writes(benoit: Browser) -> None:
    page = benoit.get("/learning/reperes/ecouter/verifier")
    assert "Personne d'autre ne peut lire ce texte, sauf si vous choisissez un jour de le partager :" in page.text
    assert "ni à l'écran, quel que soit son rôle, ni dans un fichier" in page.text
    assert "quelqu'un qui aurait à la fois le serveur et sa clé pourrait le lire." in page.text
    benoit.get("/").form("/language").submit(language="en")
    page = benoit.get("/learning/reperes/ecouter/verifier")
    assert "Nobody else can read this text, unless you choose one day to share it: not on screen," in page.text
    assert "whatever their role, nor in a file" in page.text
    assert "someone who had both the server and its key could read it." in page.text


@pytest.mark.parametrize(("text", "message"), [("x" * 20001, "20 000 signes"), ("a\x00b", "ne peut pas être gardé")])
def test_a_text_that_cannot_be_kept_stays_in_its_field(benoit: Browser, text: str, message: str) -> None:
    page = question(benoit.get("/learning/reperes/ecouter/verifier"), "une-fois").submit(text=text)
    assert page.status == 422
    assert message in page.text
    kept = "".join(page.all("textarea")[0].itertext()).lstrip("\n")
    assert kept.replace("\ufffd", "\x00") == text


def test_continue_records_and_leads_on(benoit: Browser) -> None:
    page = benoit.get("/learning/reperes/ecouter").form("/se-taire/readings").submit()
    assert page.path.startswith("/learning/reperes/ecouter/verifier")
    assert benoit.get("/learning/reperes/ecouter").path.startswith("/learning/reperes/ecouter/verifier")
    page = page.form("/verifier/readings").submit()
    assert page.path.startswith("/learning/reperes")


def test_a_visitor_goes_on_too(visitor: Browser) -> None:
    page = visitor.get(SECTION).form("/se-taire/readings").submit()
    assert page.path == "/learning/reperes/ecouter/verifier"


def test_sending_a_form_twice_counts_once(benoit: Browser) -> None:
    form = question(benoit.get(SECTION), "qui-decide")
    answer = choose(form, "L'équipe")
    form.submit(answer=answer)
    form.submit(answer=answer)
    page = form.submit(answer=choose(form, "La personne"))
    assert page.status == 409
    assert "une autre réponse" in page.text
    checked = [one for one in question(page, "qui-decide").element.iter("input") if one.get("checked") is not None]
    assert [one.get("value") for one in checked] == choose(form, "La personne")


def test_after_the_session_ended_nothing_typed_is_lost(benoit: Browser) -> None:
    form = question(benoit.get("/learning/reperes/ecouter/verifier"), "une-fois")
    benoit.client.delete_cookie("__Host-elearn", domain="localhost")
    page = form.submit(text="une longue phrase", consent="yes")
    assert page.status == 422
    assert "La connexion est fermée. Ce que vous avez écrit est encore ici" in page.text
    doors = [one for one in page.all("a", target="_blank") if "Se connecter" in "".join(one.itertext())]
    assert len(doors) == 1, "signing in does not leave the page where the text is"
    assert "une longue phrase" in page.response.get_data(as_text=True)


def test_a_form_from_before_signing_in_again_asks_once_more(benoit: Browser) -> None:
    form = question(benoit.get("/learning/reperes/ecouter/verifier"), "une-fois")
    form.element.find(".//input[@name='csrf_token']").set("value", "0" * 64)  # type: ignore[union-attr]
    page = form.submit(text="une longue phrase", consent="yes")
    assert page.status == 422
    page = question(page, "une-fois").submit()
    assert page.status == 200
    assert "une longue phrase" in "".join(page.all("textarea")[0].itertext())


@pytest.mark.parametrize(
    "changes",
    [
        {"document": "0" * 64},
        {"document": ""},
        {"idempotency_key": ""},
        {"idempotency_key": "x" * 65},
        {"answer": "99"},
        {"answer": "-1"},
        {"answer": "é"},
        {"answer": ["0", "1"]},
    ],
)
def test_asvs_2_2_2_forged_fields_change_nothing(benoit: Browser, changes: dict[str, str]) -> None:
    form = question(benoit.get(SECTION), "qui-decide")
    page = form.submit(**{"answer": "0", **changes})
    assert page.status in (400, 422)
    assert "C'est juste" not in benoit.get(SECTION).text


@pytest.mark.parametrize(
    "path",
    [
        "/learning/nulle-part",
        "/learning/reperes/nulle-part",
        "/learning/reperes/ecouter/nulle-part",
        "/learning/reperes/ecouter/../../secret",
    ],
)
def test_what_does_not_exist(visitor: Browser, path: str) -> None:
    page = visitor.get(path)
    assert page.status == 404
    assert page.link("Besoin d'aide maintenant") == "/help"


def test_a_unit_that_is_not_published_is_not_shown(site: Flask, visitor: Browser) -> None:
    from elearn.services.publishing import publish_files

    draft = {"courses/reperes/02-parler/fr.md": world.PARLER_FR.replace("publie", "brouillon")}
    with site.app_context():
        outcome = publish_files(world.site(draft), site.config["ELEARN"].instance, world.AT)
        site.extensions["shelf"].current(outcome.number)
    assert outcome.number == 2
    assert visitor.get("/learning/reperes/parler").status == 404
    assert "Parler" not in visitor.get("/learning/reperes").text


def edit(site: Flask, source: str, at: dt.datetime) -> None:
    """Publish the first unit in another wording, in French only."""
    from elearn.services.publishing import publish_files

    files = world.site({"courses/reperes/01-ecouter/fr.md": source})
    del files["courses/reperes/01-ecouter/en.md"]
    with site.app_context():
        outcome = publish_files(files, site.config["ELEARN"].instance, at)
    assert outcome.changed, outcome.problems


WITH_GROUP = world.ECOUTER_FR.replace("- ( ) L'équipe.", "- ( ) Le groupe.\n  > Autre piste.\n- ( ) L'équipe.")


def test_an_edit_between_page_and_answer_marks_what_was_shown(site: Flask, benoit: Browser) -> None:
    """Within the length of a session: someone who was answering is not sent back."""
    form = question(benoit.get(SECTION), "qui-decide")
    right = choose(form, "La personne")
    edit(site, WITH_GROUP, now())
    page = form.submit(answer=right)
    assert page.status == 200
    assert "Le groupe." in page.text
    with site.app_context(), db.engine.connect() as connection:
        step = connection.execute(select(Step.response, Step.fraction)).one()
    assert (step.response, step.fraction) == ([1], 1.0)


def test_a_key_that_was_corrected_does_not_go_on_opening_doors(site: Flask, benoit: Browser) -> None:
    form = question(benoit.get(SECTION), "qui-decide")
    right = choose(form, "La personne")
    edit(site, WITH_GROUP, now() - dt.timedelta(hours=13))
    page = form.submit(answer=right)
    assert page.status == 422
    assert "a changé depuis" in page.text
    assert not any(one.get("checked") is not None for one in question(page, "qui-decide").element.iter("input"))
    fresh = question(page, "qui-decide")
    assert "C'est juste" in fresh.submit(answer=choose(fresh, "La personne")).text


def test_a_private_text_is_kept_however_long_ago_its_question_was_reworded(site: Flask, benoit: Browser) -> None:
    form = question(benoit.get("/learning/reperes/ecouter/verifier"), "une-fois")
    edit(site, world.ECOUTER_FR.replace("Que s'est-il passé ?", "Comment était-ce ?"), now() - dt.timedelta(hours=13))
    page = form.submit(text="une longue phrase", consent="yes")
    assert page.status == 200
    assert "une longue phrase" in "".join(page.all("textarea")[0].itertext())


def test_a_section_renamed_while_one_writes_loses_nothing(site: Flask, benoit: Browser) -> None:
    form = question(benoit.get("/learning/reperes/ecouter/verifier"), "une-fois")
    edit(site, world.ECOUTER_FR.replace("{#verifier}", "{#controler}"), now())
    page = form.submit(text="une longue phrase", consent="yes")
    assert page.status == 200
    assert page.path.partition("?")[0] == "/learning/reperes/ecouter/controler"
    assert "une longue phrase" in "".join(page.all("textarea")[0].itertext())


def test_two_tabs_never_overwrite_a_text_in_silence(benoit: Browser) -> None:
    path = "/learning/reperes/ecouter/verifier"
    one, other = (question(benoit.get(path), "une-fois") for _ in range(2))
    one.submit(text="le texte du téléphone", consent="yes")
    page = other.submit(text="le texte de l'ordinateur", consent="yes")
    assert page.status == 409
    assert "le texte du téléphone" in page.text
    assert "le texte de l'ordinateur" in "".join(page.all("textarea")[0].itertext())
    page = question(page, "une-fois").submit()
    assert page.status == 200
    assert "le texte de l'ordinateur" in "".join(benoit.get(path).all("textarea")[0].itertext())


def test_a_text_that_cannot_be_opened_is_not_replaced(site: Flask, benoit: Browser, tmp_path: Path) -> None:
    path = "/learning/reperes/ecouter/verifier"
    question(benoit.get(path), "une-fois").submit(text="le premier texte", consent="yes")
    other = Keyring(tmp_path / "other-keys", strict=False)
    site.config["ELEARN_KEYRING"], right = other, site.config["ELEARN_KEYRING"]
    page = benoit.get(path)
    assert "illisible pour l'instant" in page.text
    page = question(page, "une-fois").submit(text="un autre texte")
    assert page.status == 409
    assert "un autre texte" in "".join(page.all("textarea")[0].itertext())
    site.config["ELEARN_KEYRING"] = right
    assert "le premier texte" in "".join(benoit.get(path).all("textarea")[0].itertext())


@pytest.mark.parametrize("minutes", [0, 50], ids=["just seen", "a sign of life is due"])
def test_a_busy_database_loses_nothing_typed(site: Flask, benoit: Browser, minutes: int) -> None:
    form = question(benoit.get("/learning/reperes/ecouter/verifier"), "une-fois")
    move(site, seen_at=-dt.timedelta(minutes=minutes))
    with site.app_context():
        engine = db.engine

    def busy(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(("BEGIN IMMEDIATE", "INSERT", "UPDATE")):
            raise OperationalError("busy", None, Exception("busy"))

    event.listen(engine, "before_cursor_execute", busy)
    page = form.submit(text="une longue phrase", consent="yes")
    event.remove(engine, "before_cursor_execute", busy)
    assert page.status == 503 and page.response.headers["Retry-After"]
    assert "une longue phrase" in "".join(page.all("textarea")[0].itertext())
    again = question(page, "une-fois")
    assert again.values()["idempotency_key"] == form.values()["idempotency_key"], "it counts once, whatever happened"
    assert again.submit().status == 200


@pytest.mark.parametrize("name", ["document", "idempotency_key", "answer", "revision", "text"])
def test_a_nul_in_any_field_is_refused_in_words(benoit: Browser, name: str) -> None:
    page = benoit.get("/learning/reperes/ecouter/verifier")
    form = question(page, "une-fois" if name in ("revision", "text") else "taire-ecouter")
    data = {**form.values(), "text": ["des mots"], "answer": ["0"], name: ["a\x00b"]}
    assert benoit.send("post", form.action, data).status in (200, 303, 400, 422)


def test_its_owner_erases_a_text_in_two_steps(benoit: Browser) -> None:
    path = "/learning/reperes/ecouter/verifier"
    page = question(benoit.get(path), "une-fois").submit(text="à effacer", consent="yes")
    form = question(page, "une-fois")
    assert [one.get("value") for one in form.buttons() if one.get("name") == "erase"] == ["1"]
    page = benoit.send("post", form.action, {**form.values(), "erase": ["1"]})
    assert "Votre texte est effacé." in page.text
    assert "".join(page.all("textarea")[0].itertext()).strip() == ""
    assert "à effacer" not in benoit.get(path).response.get_data(as_text=True)


def test_a_served_site_has_no_key_on_demand(visitor: Browser) -> None:
    body = visitor.get(SECTION).response.get_data(as_text=True)
    assert "data-question" in body
    assert "answer-key" not in body and "data-preview-state" not in body
    assert visitor.get("/preview/state").status == 404
